"""The channels that exist, by name: those that are there anyway, and those that the settings name."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TextIO, cast

from remindcli.channel_tables import ALWAYS, ChannelTable, check_order, names_of, nearest
from remindcli.channels import Channel
from remindcli.core.safe import safe
from remindcli.errors import UsageError
from remindcli.settings import Setting

DEFAULT_ORDER = ALWAYS
_NONE: Mapping[str, ChannelTable] = {}


def available(tables: Mapping[str, ChannelTable] = _NONE, *, streams: Sequence[TextIO] = ()) -> Mapping[str, Channel]:
    """Return every channel by its name.

    Args:
        tables: what the settings say of channels.
        streams: open texts that count as a terminal.

    Raises:
        UsageError: an option of a channel is wrong.
    """
    return {name: _channel(name, tables.get(name), streams) for name in names_of(tables)}


def build(
    names: Sequence[str] = DEFAULT_ORDER,
    tables: Mapping[str, ChannelTable] = _NONE,
    *,
    streams: Sequence[TextIO] = (),
) -> Mapping[str, Channel]:
    """Return the named channels, in the order of the names.

    Raises:
        UsageError: a name is not a channel's, or an option of one is wrong.
    """
    check_order(names, names_of(tables))
    return {name: _channel(name, tables.get(name), streams) for name in names}


def check(tables: Mapping[str, ChannelTable]) -> None:
    """Look at every option of every channel.

    Raises:
        UsageError: one is wrong; it says where it stands.
    """
    for table in tables.values():
        _values(table)


def options_of(kind: str) -> tuple[Setting, ...]:
    """Return what can be set of a kind of channel."""
    return getattr(import_module(f"remindcli.channels.{kind}"), "OPTIONS", ())


def shown(table: ChannelTable) -> dict[str, object]:
    """Return the options of a channel as anybody may see them: of a secret only where it stands."""
    from remindcli.channels.secret import HIDDEN, Secret  # noqa: PLC0415

    def hide(value: object) -> object:
        if isinstance(value, list | tuple):
            return [hide(one) for one in value]
        if isinstance(value, dict):
            return {key: hide(one) for key, one in value.items()}
        return (Secret(value).place if isinstance(value, str) else "") or HIDDEN

    plain = {one.name for one in options_of(table.kind) if not one.is_secret}
    return {name: value if name in plain else hide(value) for name, value in table.options.items()}


def _channel(name: str, table: ChannelTable | None, streams: Sequence[TextIO]) -> Channel:
    kind = table.kind if table is not None else name
    module = import_module(f"remindcli.channels.{kind}")
    make = cast("Callable[..., Channel]", getattr(module, f"{kind.capitalize()}Channel"))
    values = _values(table) if table is not None else {}
    return make(**values, streams=streams) if kind == "terminal" else make(**values)


def _values(table: ChannelTable) -> dict[str, object]:
    """Return the options of a channel, each in its own type; those that are left out keep the channel's default."""
    known = {one.name: one for one in options_of(table.kind)}
    for name, origin in table.origins.items():
        if name not in known:
            raise UsageError(
                f'the channel "{table.name}" has no option "{safe(name, 40)}"',
                why=f"it stands in {origin}",
                hint=nearest(name, tuple(known)) if known else f"the kind {table.kind} takes no options",
            )
    for one in known.values():
        if one.is_required and one.name not in table.options:
            raise UsageError(
                f'the channel "{table.name}" needs {one.name}', why=f"it stands in {table.origin}", hint=one.help
            )
    return {name: _value(table, known[name], written) for name, written in table.options.items()}


def _value(table: ChannelTable, option: Setting, written: object) -> object:
    origin = table.origins[option.name]
    what = f'{option.name} of the channel "{table.name}" can\'t be '
    try:
        value = option.check(written)
    except ValueError as error:
        said = "that" if option.is_secret else f'"{safe(str(written), 100)}"'
        raise UsageError(what + said, why=f"it stands in {origin}", hint=f"it takes {error}") from None
    if option.is_secret and not table.is_private and _holds_plain(value):
        raise UsageError(
            f'{option.name} of the channel "{table.name}" is a secret, and others may read it',
            why=f"it stands in {origin}",
            hint=f"chmod 600 {origin.rpartition(':')[0]}, or write where it stands: env:NAME, keyring:…, file:PATH",
        )
    return value


def _holds_plain(value: object) -> bool:
    """Return whether a secret itself stands in the settings, and not only where it is."""
    from remindcli.channels.secret import Secret  # noqa: PLC0415

    if isinstance(value, Secret):
        return not value.place
    if isinstance(value, dict):
        return any(map(_holds_plain, value.values()))
    return isinstance(value, tuple) and any(map(_holds_plain, value))
