"""Tell the service manager how the daemon is: ready, alive, ending (sd_notify(3), with the standard library)."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic

_PINGS_IN_A_SPAN = 2  # sd_watchdog_enabled(3): "every half of the time"
_SEND_SECONDS = 1.0


class ServiceManager:
    """The service manager that started this process; where there is none, nothing is said.

    Attributes:
        ping_seconds: how often it wants to hear that the daemon is alive; None if it does not ask.
    """

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._address = _address(variables.get("NOTIFY_SOCKET", ""))
        self.ping_seconds = _ping_seconds(variables) if self._address else None
        self._ping_at = monotonic()

    def ready(self) -> None:
        """Say that the daemon serves."""
        self._say("READY=1")

    def stopping(self) -> None:
        """Say that the daemon is about to end."""
        self._say("STOPPING=1")

    def alive(self, *, is_well: bool = True) -> None:
        """Say that the daemon is alive, if it soon is time to; one that is not well says nothing, and is ended."""
        if self.ping_seconds is None or monotonic() < self._ping_at - self.ping_seconds / 2:
            return
        if is_well:
            self._say("WATCHDOG=1")
        self._ping_at = monotonic() + self.ping_seconds

    def longest_wait(self, seconds: float) -> float:
        """Return how long the daemon may wait, at most the seconds, to be in time for the next `alive`."""
        if self.ping_seconds is None:
            return seconds
        return max(0.0, min(seconds, self._ping_at - monotonic()))

    def _say(self, what: str) -> None:
        if self._address is None:
            return
        # A manager that has gone away or does not read is its own trouble: reminders go on.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
            sender.settimeout(_SEND_SECONDS)
            sender.sendto(what.encode(), self._address)


def _address(given: str) -> str | bytes | None:
    """Return the address to send to: a path, or a name in the abstract namespace ("@" stands for NUL)."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    if given.startswith("/"):
        return given
    return b"\0" + os.fsencode(given[1:]) if len(given) > 1 and given[0] == "@" else None


def _ping_seconds(variables: Mapping[str, str]) -> float | None:
    span, process = variables.get("WATCHDOG_USEC", ""), variables.get("WATCHDOG_PID", "")
    if not (span.isascii() and span.isdigit() and int(span)) or process not in ("", str(os.getpid())):
        return None
    return int(span) / 1_000_000 / _PINGS_IN_A_SPAN
