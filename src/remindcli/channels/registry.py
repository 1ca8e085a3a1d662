"""The channels that exist, by name, and the order in which they are tried."""

from collections.abc import Mapping, Sequence
from typing import TextIO

from remindcli.channels import Channel
from remindcli.channels.desktop import DesktopChannel
from remindcli.channels.terminal import TerminalChannel
from remindcli.core.safe import safe
from remindcli.errors import UsageError

DEFAULT_ORDER = (DesktopChannel.name, TerminalChannel.name)


def available(*, streams: Sequence[TextIO] = ()) -> Mapping[str, Channel]:
    """Return every channel by its name, in the order in which they are tried.

    Args:
        streams: open texts that count as a terminal.
    """
    return {
        DesktopChannel.name: DesktopChannel(),
        TerminalChannel.name: TerminalChannel(streams=streams),
    }


def build(names: Sequence[str] = DEFAULT_ORDER, *, streams: Sequence[TextIO] = ()) -> Mapping[str, Channel]:
    """Return the named channels, in the order of the names.

    Raises:
        UsageError: a name is not a channel's.
    """
    channels = available(streams=streams)
    for name in names:
        if name not in channels:
            raise _unknown_name(name, list(channels))
    return {name: channels[name] for name in names}


def _unknown_name(name: str, known: Sequence[str]) -> UsageError:
    from difflib import get_close_matches  # noqa: PLC0415

    near = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return UsageError(
        f'there is no channel "{safe(name, 40)}"',
        why=f"the channels are {', '.join(known)}",
        hint=f'did you mean "{near[0]}"?' if near else "",
    )
