"""A connection to the session bus that lives long: every call has an end, and signals are kept while one waits."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from jeepney import DBusErrorResponse, MatchRule, message_bus
from jeepney.bus import get_bus
from jeepney.io.blocking import prep_socket
from jeepney.io.common import RouterClosed
from jeepney.io.threading import DBusConnection, DBusRouter
from jeepney.wrappers import unwrap_msg

from remindcli.channels import ChannelError, Refusal
from remindcli.core.safe import safe

CONNECT_SECONDS = 1.0

_LATE = MatchRule(type="method_return")
"""Answers for which nobody waits any more."""


def signal(**what: str) -> MatchRule:
    """Return the rule that catches a signal."""
    return MatchRule(type="signal", **what)


def bus_address(environment: Mapping[str, str]) -> str:
    """Return the address of the user's session bus where libdbus and GDBus look for it, or ""."""
    if address := environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        return f"unix:path={runtime}/bus"
    return ""


def no_bus(why: str) -> ChannelError:
    """Return that no session bus answers."""
    return ChannelError(
        "no session bus answers",
        refusal=Refusal.ABSENT,
        why=safe(why, 200),
        hint="log in on a desktop, or see DBUS_SESSION_BUS_ADDRESS",
    )


class SilentError(Exception):
    """No answer came in time."""


class _Router(DBusRouter):  # type: ignore[misc]  # jeepney has no types
    """Ends quietly when the other side does; who waits for an answer is told."""

    def _receiver(self) -> None:
        with suppress(OSError):
            super()._receiver()


class _Connection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
    """Knows the number of the message that it sent last: the answer that comes too late bears it."""

    last_sent = 0

    def send(self, message: Any, serial: int | None = None) -> None:
        self.last_sent = serial or 0
        super().send(message, serial=serial)


class SessionBus:
    """A connection to the session bus on which each call has an end; what comes unasked goes into a queue.

    Args:
        rules: which signals are wanted.
        connect_seconds: how long the bus may take for its greeting.

    Attributes:
        signals: those, and answers for which nobody waits any more; None when the connection is closed.

    Raises:
        ChannelError: absent: nothing answers at that address.
    """

    def __init__(
        self, address: str, rules: Sequence[MatchRule] = (), *, connect_seconds: float = CONNECT_SECONDS
    ) -> None:
        self.address = address
        if not address:
            raise no_bus("neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set")
        try:
            socket = prep_socket(get_bus(address), timeout=connect_seconds)
        except (OSError, RuntimeError, ValueError, StopIteration) as error:  # what jeepney raises on bad addresses
            raise no_bus(str(error)) from error
        self._connection = _Connection(socket)
        self._router = _Router(self._connection)
        self.allow(2 * connect_seconds)
        self.signals: SimpleQueue[Any] = SimpleQueue()
        try:
            (name,) = self.call(message_bus.Hello(), connect_seconds)
            self._connection.unique_name = name
            self._router.filter(_LATE, queue=self.signals).__enter__()
            for rule in rules:
                self._router.filter(rule, queue=self.signals).__enter__()
                self.call(message_bus.AddMatch(rule), connect_seconds)
        except (OSError, SilentError, DBusErrorResponse) as error:
            self.close()
            raise no_bus(str(error)) from error

    @property
    def is_open(self) -> bool:
        """Return whether somebody reads at the other end."""
        return bool(self._router._rcv_thread.is_alive())  # noqa: SLF001 (it says so nowhere else)

    @property
    def last_sent(self) -> int:
        """Return the number of the message that was sent last."""
        return self._connection.last_sent

    def allow(self, seconds: float) -> None:
        """Set how long all further calls may take together."""
        self._ends_at = time.monotonic() + seconds

    def call(self, message: Any, seconds: float) -> tuple[Any, ...]:
        """Return the answer.

        Raises:
            SilentError: none came in time.
            DBusErrorResponse: it is an error.
            OSError: the bus is gone.
        """
        seconds = max(0.0, min(seconds, self._ends_at - time.monotonic()))
        try:
            answer: tuple[Any, ...] = unwrap_msg(self._router.send_and_get_reply(message, timeout=seconds))
        except TimeoutError as error:
            raise SilentError(f"no answer within {seconds:g} seconds") from error
        except (RouterClosed, KeyError) as error:
            # KeyError: jeepney 0.9 forgets all calls when the bus goes away, and then looks for this one to forget it
            raise ConnectionResetError("the session bus went away") from error
        return answer

    def owner_of(self, name: str) -> str:
        """Return the unique name of the owner, or "".

        Raises:
            OSError: the bus is gone, or silent.
        """
        try:
            (owner,) = self.call(message_bus.GetNameOwner(name), CONNECT_SECONDS)
        except DBusErrorResponse:
            return ""
        except SilentError as error:
            raise TimeoutError(str(error)) from error
        return str(owner)

    def started(self, name: str, seconds: float) -> str:
        """Return the owner after asking the bus to start one, or "".

        Raises:
            OSError: the bus is gone, or silent.
        """
        try:
            self.call(message_bus.StartServiceByName(name), seconds)
        except (DBusErrorResponse, SilentError):
            return ""
        return self.owner_of(name)

    def close(self) -> None:
        """Close the connection; who waits for signals gets None."""
        try:
            self._router.close()
            self._connection.close()
        except OSError:
            pass  # it was closed by the other side
        self.signals.put(None)
