"""Whether a notification server is there, and what it can show: asked over D-Bus, never assumed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, MessageFlag, message_bus, new_method_call
from jeepney.bus import get_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.wrappers import unwrap_msg

from remindcli.channels import ChannelError, Refusal
from remindcli.core.safe import safe

NAME = "org.freedesktop.Notifications"
CONNECT_SECONDS = 1.0
REPLY_SECONDS = 2.0
START_SECONDS = 3.0
CHECK_SECONDS = 4.0
"""The longest that all questions before a message may take together."""
RECHECK_SECONDS = 1.0

_SERVER = DBusAddress("/org/freedesktop/Notifications", bus_name=NAME, interface=NAME)


class NotificationServer:
    """The server that owns the name now.

    Attributes:
        owner: its unique name on the bus.
        capabilities: what it says it can do, such as "body-markup".
    """

    def __init__(self, bus: "_Bus", owner: str) -> None:
        self._bus = bus
        self.owner = owner
        self.capabilities: frozenset[str] = frozenset()

    def ask(self) -> None:
        """Learn the capabilities, which also proves that the server answers.

        Raises:
            ChannelError: refused: it is there and silent, or answers with an error; absent: it has gone.
        """
        try:
            self._bus.call("GetServerInformation")
            (capabilities,) = self._bus.call("GetCapabilities")
        except TimeoutError:
            raise ChannelError(
                "the notification server does not answer",
                refusal=Refusal.REFUSED,
                why=f"it said nothing for {REPLY_SECONDS:g} seconds; nothing was sent",
                hint="restart it, or log out and in",
            ) from None
        except (OSError, _BusError) as error:
            if not self.is_still_there():
                raise no_server() from error
            raise ChannelError(
                "the notification server answers with an error",
                refusal=Refusal.REFUSED,
                why=safe(str(error), 200),
            ) from error
        self.capabilities = frozenset(capabilities)

    def is_still_there(self) -> bool:
        """Return whether the same server still owns the name."""
        self._bus.allow(RECHECK_SECONDS)
        try:
            return self._bus.owner_of(NAME) == self.owner
        except OSError:
            return False


@contextmanager
def notification_server(environment: Mapping[str, str]) -> Iterator[NotificationServer]:
    """Yield the server that answers now.

    Raises:
        ChannelError: absent: no bus or no server; refused: there is one, and it is silent.
    """
    connection = _connect(bus_address(environment))
    with connection:
        bus = _Bus(connection)
        try:
            owner = bus.owner_of(NAME)
            # Without a display a started server can only fail, and systemd lets its caller wait for that.
            if not owner and (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
                owner = bus.start(NAME)
        except OSError as error:
            raise no_bus(str(error)) from error
        if not owner:
            raise no_server()
        server = NotificationServer(bus, owner)
        server.ask()
        yield server


def bus_address(environment: Mapping[str, str]) -> str:
    """Return the address of the user's session bus where libdbus and GDBus look for it, or ""."""
    if address := environment.get("DBUS_SESSION_BUS_ADDRESS"):
        return address
    if runtime := environment.get("XDG_RUNTIME_DIR"):
        return f"unix:path={runtime}/bus"
    return ""


def no_server() -> ChannelError:
    """Return that nobody serves."""
    return ChannelError(
        "no notification server runs",
        refusal=Refusal.ABSENT,
        hint="log in on a desktop, or start a server such as dunst or mako",
    )


def no_bus(why: str) -> ChannelError:
    """Return that no session bus answers."""
    return ChannelError(
        "no session bus answers",
        refusal=Refusal.ABSENT,
        why=safe(why, 200),
        hint="log in on a desktop, or see DBUS_SESSION_BUS_ADDRESS",
    )


class _BusError(Exception):
    """The bus, or who was called, answered with an error."""


class _Bus:
    """A connection to the session bus on which every call has an end."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self.allow(CHECK_SECONDS)

    def allow(self, seconds: float) -> None:
        """Set how long all further calls may take together."""
        self._ends_at = time.monotonic() + seconds

    def call(self, member: str) -> tuple[Any, ...]:
        """Return the server's answer; nobody is started to give it."""
        message = new_method_call(_SERVER, member)
        message.header.flags |= MessageFlag.no_auto_start
        return self._answer(message)

    def owner_of(self, name: str) -> str:
        """Return the unique name of the owner, or ""."""
        try:
            (owner,) = self._answer(message_bus.GetNameOwner(name))
        except _BusError:
            return ""
        return str(owner)

    def start(self, name: str) -> str:
        """Return the owner after asking the bus to start one, or ""."""
        try:
            self._answer(message_bus.StartServiceByName(name), START_SECONDS)
        except (_BusError, TimeoutError):
            return ""
        return self.owner_of(name)

    def _answer(self, message: Any, seconds: float = REPLY_SECONDS) -> tuple[Any, ...]:
        left = max(0.0, min(seconds, self._ends_at - time.monotonic()))
        try:
            body: tuple[Any, ...] = unwrap_msg(self._connection.send_and_get_reply(message, timeout=left))
        except DBusErrorResponse as error:
            raise _BusError(f"{error.name}: {error.data}") from error
        return body


class BoundedConnection(DBusConnection):  # type: ignore[misc]  # jeepney has no types
    """A connection that waits for no reply for ever; jeepney's own greeting of the bus would."""

    def send_and_get_reply(self, message: Any, *, timeout: float | None = None) -> Any:
        """Return the reply to the message."""
        return super().send_and_get_reply(message, timeout=CONNECT_SECONDS if timeout is None else timeout)


def _connect(address: str) -> DBusConnection:
    """Return a connection to the bus at that address.

    Raises:
        ChannelError: absent: nothing answers there.
    """
    if not address:
        raise no_bus("neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set")
    try:
        socket = prep_socket(get_bus(address), timeout=CONNECT_SECONDS)
    except (
        OSError,
        RuntimeError,
        ValueError,
        StopIteration,
    ) as error:  # what jeepney raises on bad addresses
        raise no_bus(str(error)) from error
    try:
        return BoundedConnection(socket)
    except (OSError, DBusErrorResponse) as error:  # silent, or it has as many connections as it allows
        socket.close()
        raise no_bus(str(error)) from error
