"""The tables `[channel.NAME]` of the settings file as they are written; what an option must be, its channel says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from remindcli.errors import UsageError

KINDS = ("desktop", "terminal", "command", "webhook", "ntfy", "email", "apprise")
"""The ways to reach the user that there are."""

ALWAYS = ("desktop", "terminal")
"""The channels that are there without a table."""

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChannelTable:
    """A channel as the user wrote it down.

    Attributes:
        name: as --channel and the order of the settings name it.
        kind: one of KINDS.
        options: as written, secrets among them: never printed.
        origins: the file and the line of each option.
        origin: the file and the line of the table.
        is_private: whether nobody else may read the file.
    """

    name: str
    kind: str
    options: Mapping[str, object] = field(repr=False)
    origins: Mapping[str, str]
    origin: str
    is_private: bool


def read(tables: object, text: str, file: Path, *, is_private: bool) -> dict[str, ChannelTable]:
    """Return the channels by their names, in the order of the file.

    Args:
        tables: what stands under "channel".
        text: the whole file, for the numbers of its lines.

    Raises:
        UsageError: it is no table, or a name or a kind is wrong.
    """
    if not isinstance(tables, dict):
        raise UsageError(
            "channel must be tables, one for each channel", why=f"it stands in {file}", hint="such as [channel.phone]"
        )
    return {name: _table(name, table, text, file, is_private=is_private) for name, table in tables.items()}


def names_of(tables: Mapping[str, ChannelTable]) -> tuple[str, ...]:
    """Return the names of all channels that there are."""
    return tuple(dict.fromkeys((*ALWAYS, *tables)))


def check_order(names: Sequence[str], known: Sequence[str], *, origin: str = "") -> None:
    """Look whether there are channels of these names.

    Args:
        known: the names of all that there are.
        origin: where the names come from, for the error.

    Raises:
        UsageError: one is not there.
    """
    for name in names:
        if name not in known:
            raise _unknown(name, tuple(known), origin)


def _unknown(name: str, known: tuple[str, ...], origin: str) -> UsageError:
    why = (f"it comes from {origin}; " if origin else "") + "the channels are " + ", ".join(known)
    hint = nearest(name, known) if name else ""
    if name and not hint.startswith("did"):
        hint = f"a table of the settings makes one: [channel.{name[:40]}]"
    return UsageError(f'there is no channel "{name[:40]}"', why=why, hint=hint)


def _table(name: str, table: object, text: str, file: Path, *, is_private: bool) -> ChannelTable:
    lines = _lines_of(text, name)
    origin = f"{file}:{lines['']}" if "" in lines else f"{file}"
    why = f"it stands in {origin}"
    if not _NAME.fullmatch(name):
        raise UsageError(
            f'a channel can\'t be named "{name}"',
            why=why,
            hint="small letters, digits, - and _, such as [channel.phone]",
        )
    if not isinstance(table, dict):
        raise UsageError(f"channel.{name} must be a table", why=why, hint=f"[channel.{name}]")
    kind = table.get("kind", name)
    if name in KINDS and kind != name:
        raise UsageError(
            f'the channel "{name}" is of its own kind', why=why, hint=f"name it otherwise: [channel.my-{name}]"
        )
    if "kind" not in table and name not in KINDS:
        raise UsageError(f'the channel "{name}" has no kind', why=why, hint=f"kind = one of {', '.join(KINDS)}")
    if kind not in KINDS:
        where = f"{file}:{lines['kind']}" if "kind" in lines else origin
        raise UsageError(
            f'there is no kind of channel "{kind}"', why=f"it stands in {where}", hint=nearest(str(kind), KINDS)
        )
    options = {key: value for key, value in table.items() if key != "kind"}
    origins = {key: f"{file}:{lines[key]}" if key in lines else origin for key in options}
    return ChannelTable(name, str(kind), options, origins, origin, is_private)


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Return a hint that names the nearest of the known words, or all of them."""
    from difflib import get_close_matches  # noqa: PLC0415 (only an error needs it)

    near = get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f'did you mean "{near[0]}"?' if near else "there are: " + ", ".join(known)


def _lines_of(text: str, name: str) -> dict[str, int]:
    """Return the number of the line of each key of a channel's table, from 1 on; of the table itself under ""."""
    table = re.compile(rf"""\s*\[\s*channel\s*\.\s*["']?{re.escape(name)}["']?\s*[\].]""")
    key = re.compile(r"""\s*["']?([\w-]+)["']?\s*[=.]""")
    found: dict[str, int] = {}
    is_inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            is_inside = table.match(line) is not None
            if is_inside:
                found.setdefault("", number)
        elif is_inside and (match := key.match(line)):
            found.setdefault(match[1], number)
    return found
