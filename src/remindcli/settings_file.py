"""The settings file, changed by a command: comments and order stay, and it is never half written."""

import os
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from remindcli import channel_tables, checks, settings
from remindcli.errors import NotFoundError, UsageError

_FIRST = "# The settings of remind: remind config list shows all of them.\n"


def put(file: Path, name: str, words: Sequence[str]) -> None:
    """Write a setting into the file; one that is not there yet is made.

    Args:
        words: the value as it was typed: TOML, a plain text, or the words of a command.

    Raises:
        UsageError: there is no such setting, it does not take that, or the file is wrong already.
    """
    name, entry = parted(name)
    setting = next((one for one in settings.TABLE if one.name == name), None)
    if setting is None:
        raise settings.unknown_setting(name)
    value = _value(setting, words) if not entry else _with_entry(setting, file, entry, " ".join(words))
    found = settings.load(file, {}, without=name)  # what is wrong beside it is said first
    if name in settings.NAMING_CHANNELS:
        channel_tables.check_order(checks.maybe_names(value), found.channel_names)
    import tomlkit  # noqa: PLC0415 (50 ms, and only this needs it)

    text = settings.text_of(file)
    document = tomlkit.parse(text)
    if entry and name in document:
        document[name][entry] = " ".join(words)  # a table: _with_entry has looked
    else:
        document[name] = value
    changed = (_FIRST if not text else "") + tomlkit.dumps(document)
    check(changed, file)
    write(file, changed)


def take_off(file: Path, name: str) -> None:
    """Take a setting out of the file, also one that nobody knows.

    Raises:
        NotFoundError: it is not there.
        UsageError: the file is not TOML.
    """
    import tomlkit  # noqa: PLC0415
    from tomlkit.exceptions import ParseError  # noqa: PLC0415

    try:
        document = tomlkit.parse(settings.text_of(file))
    except ParseError as error:
        raise UsageError(f"the settings in {file} are not TOML", why=str(error), hint="remind config edit") from None
    name, entry = parted(name)
    table = document.get(name) if entry else document
    if not isinstance(table, dict) or (entry or name) not in table:
        missing = f"{name}.{entry}" if entry else name
        raise NotFoundError(f"{missing} does not stand in {file}", hint="remind config list says where each comes from")
    del table[entry or name]
    write(file, tomlkit.dumps(document))


def parted(name: str) -> tuple[str, str]:
    """Return the name of a setting and that of an entry of it: "views.mine"; "" where the whole setting is meant."""
    head, _, entry = name.partition(".")
    is_table = any(one.name == head and isinstance(one.default, dict) for one in settings.TABLE)
    return (head, entry) if is_table and entry else (name, "")


def _with_entry(setting: settings.Setting, file: Path, entry: str, text: str) -> dict[str, object]:
    """Return a setting of names and values with one more, or another one.

    Raises:
        UsageError: it does not take that, or is no table in the file.
    """
    try:
        before = tomllib.loads(settings.text_of(file)).get(setting.name, {})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the settings in {file} are not TOML", why=str(error), hint="remind config edit") from None
    if not isinstance(before, dict):
        raise UsageError(f"{setting.name} is no table in {file}", hint="remind config edit")
    try:
        setting.check({**before, entry: text})
    except ValueError as error:
        raise UsageError(f'{setting.name}.{entry} can\'t be "{text}"', hint=f"it takes {error}") from None
    return {**before, entry: text}


def template() -> str:
    """Return a file in which every setting stands as a comment, with what it does."""
    import json  # noqa: PLC0415

    lines = [_FIRST]
    for one in settings.TABLE:
        value = "{}" if isinstance(one.default, dict) else json.dumps(one.default)
        lines += [f"# {one.help}", f"# {one.name} = {value}", ""]
    return "\n".join(lines)


def check(text: str, file: Path, also: Callable[[settings.Settings], object] = lambda _found: None) -> None:
    """Check what is to become the settings file.

    Args:
        also: looks at what stands above the settings, such as the options of channels; raises UsageError.

    Raises:
        UsageError: it is not TOML, or a name or a value is wrong; with its line.
    """
    trial = _beside(file, text)
    try:
        with suppress(OSError):
            trial.chmod(file.stat().st_mode & 0o777)  # what may stand in it depends on who may read it
        also(settings.load(trial, {}))
    except UsageError as error:
        name, real = str(trial), str(file)
        what, why, hint = (part.replace(name, real) for part in (error.what, error.why, error.hint))
        raise UsageError(what, why=why, hint=hint) from None
    finally:
        trial.unlink(missing_ok=True)


def _value(setting: settings.Setting, words: Sequence[str]) -> object:
    """Return the value that was typed, as it is to stand in the file."""
    text = " ".join(words)
    value: object = list(words) if len(words) > 1 and isinstance(setting.default, list) else text
    if value == text:
        with suppress(tomllib.TOMLDecodeError):
            read = tomllib.loads(f"value = {text}")
            # a time or a date of TOML is a text here
            if len(read) == 1 and isinstance(read["value"], bool | int | list | dict | str):
                value = read["value"]
    try:
        setting.check(value)
    except ValueError as error:
        shown = "that" if setting.is_secret else f'"{text}"'
        raise UsageError(f"{setting.name} can't be {shown}", hint=f"it takes {error}") from None
    return value


def write(file: Path, text: str) -> None:
    """Put a checked text in place of the settings file.

    Raises:
        UsageError: it can't be written; the file is as it was.
    """
    real = file.resolve()  # a link into somebody's dotfiles stays one
    fresh = _beside(real, text)
    try:
        with suppress(FileNotFoundError):
            fresh.chmod(real.stat().st_mode & 0o777)
        fresh.replace(real)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UsageError(f"can't write the settings in {file}", why=error.strerror or str(error)) from error


def _beside(file: Path, text: str) -> Path:
    """Return a new file beside another one, with a text in it that is on the disk."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 (a descriptor)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise UsageError(f"can't write the settings in {file}", why=error.strerror or str(error)) from error
    return Path(name)
