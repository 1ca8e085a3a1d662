"""The notification server on the user's session bus: who it is, what it can show, and the calls that it takes.

Nothing of it is assumed. Source: the Desktop Notifications Specification 1.2 (org.freedesktop.Notifications).
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, MessageFlag, new_method_call

from remindcli.channels import ChannelError, Message, Refusal, Urgency
from remindcli.channels.session_bus import SessionBus, SilentError, bus_address, no_bus
from remindcli.core.safe import safe

NAME = "org.freedesktop.Notifications"
SERVER = DBusAddress("/org/freedesktop/Notifications", bus_name=NAME, interface=NAME)

REPLY_SECONDS = 4.0
START_SECONDS = 3.0
CHECK_SECONDS = 4.0
"""The longest that all questions of a check may take together."""
RECHECK_SECONDS = 1.0

_CATEGORY = "x-remindcli.reminder"
"""The specification has none for reminders; rules of a server can name it."""

_URGENCY = {Urgency.LOW: 0, Urgency.NORMAL: 1, Urgency.CRITICAL: 2}
_GONE = frozenset(
    f"org.freedesktop.DBus.Error.{name}" for name in ("NoReply", "ServiceUnknown", "NameHasNoOwner", "Disconnected")
)


class NotTakenError(ChannelError):
    """The server answered the message with an error."""


class UnansweredError(ChannelError):
    """The server did not answer the message in time, and may show it all the same.

    Attributes:
        serial: the number that the answer bears if it still comes.
    """

    def __init__(self, serial: int, seconds: float) -> None:
        super().__init__(_UNSURE, refusal=Refusal.UNKNOWN, why=f"the server did not answer for {seconds:g} seconds")
        self.serial = serial


_UNSURE = "the desktop may not have shown the notification"


class NotificationServer:
    """The server that owned the name when it was met, and answered.

    Attributes:
        owner: its unique name on the bus.
        capabilities: what it says it can do, such as "body-markup".
    """

    def __init__(self, bus: SessionBus, owner: str, capabilities: frozenset[str]) -> None:
        self._bus = bus
        self.owner = owner
        self.capabilities = capabilities

    @property
    def has_markup(self) -> bool:
        """Return whether it reads the body as markup; no server reads the title so."""
        return "body-markup" in self.capabilities

    def notify(self, message: Message, texts: tuple[str, str], *, replaces: int, seconds: float) -> int:
        """Show a message; return its number there.

        Args:
            texts: title and body, as this server may get them.
            replaces: the number of what it takes the place of; 0 is nothing.
            seconds: how long the server may take.

        Raises:
            ChannelError: NotTakenError, UnansweredError, or unknown: the server or the bus went away meanwhile.
        """
        try:
            (number,) = self._bus.call(self._notification(message, texts, replaces), seconds)
        except SilentError:
            raise UnansweredError(self._bus.last_sent, seconds) from None
        except OSError as error:
            raise ChannelError(_UNSURE, refusal=Refusal.UNKNOWN, why="the session bus went away meanwhile") from error
        except DBusErrorResponse as error:
            if error.name in _GONE:
                why = "the notification server went away meanwhile"
                raise ChannelError(_UNSURE, refusal=Refusal.UNKNOWN, why=why) from error
            raise NotTakenError(
                "the notification server did not take it", refusal=Refusal.REFUSED, why=_words_of(error)
            ) from error
        return int(number)

    def is_still_there(self) -> bool:
        """Return whether the same server still owns the name."""
        self._bus.allow(RECHECK_SECONDS)
        try:
            return self._bus.owner_of(NAME) == self.owner
        except (OSError, SilentError):
            return False

    def _notification(self, message: Message, texts: tuple[str, str], replaces: int) -> Any:
        buttons: list[str] = []
        if "actions" in self.capabilities:
            buttons = [word for button in message.buttons for word in (button.key, button.label)]
        hints: dict[str, tuple[str, object]] = {
            "urgency": ("y", _URGENCY[message.urgency]),
            "category": ("s", _CATEGORY),
        }
        if "sound" in self.capabilities:
            if message.urgency is Urgency.LOW:
                hints["suppress-sound"] = ("b", True)
            else:
                hints["sound-name"] = ("s", "alarm-clock-elapsed")
        never = 0  # it stays until somebody has seen it
        return call("Notify", "susssasa{sv}i", ("remind", replaces, "", *texts, buttons, hints, never))


def meet(
    bus: SessionBus, environment: Mapping[str, str], known: NotificationServer | None = None
) -> NotificationServer:
    """Return the server that owns the name now, and answers; where a display is known, the bus may start one.

    Args:
        known: who was met before on this connection: returned if it is still that one, and answers.

    Raises:
        ChannelError: absent: no bus or no server; refused: it is there and silent, or answers with an error.
    """
    try:
        owner = bus.owner_of(NAME)
        if not owner and (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
            # Without a display a started server can only fail, and systemd lets its caller wait for that.
            owner = bus.started(NAME, START_SECONDS)
        if not owner:
            raise no_server()
        bus.call(call("GetServerInformation"), REPLY_SECONDS)
        if known is not None and known.owner == owner:
            return known
        (capabilities,) = bus.call(call("GetCapabilities"), REPLY_SECONDS)
    except OSError as error:
        raise no_bus(str(error)) from error
    except SilentError as error:
        raise ChannelError(
            "the notification server does not answer",
            refusal=Refusal.REFUSED,
            why=f"{error}; nothing was sent",
            hint="restart it, or log out and in",
        ) from None
    except DBusErrorResponse as error:
        if error.name in _GONE:
            raise no_server() from error
        raise ChannelError(
            "the notification server answers with an error", refusal=Refusal.REFUSED, why=_words_of(error)
        ) from error
    return NotificationServer(bus, owner, frozenset(capabilities))


@contextmanager
def notification_server(environment: Mapping[str, str]) -> Iterator[NotificationServer]:
    """Yield the server that answers now, on a connection of its own.

    Raises:
        ChannelError: see `meet`.
    """
    with closing(SessionBus(bus_address(environment))) as bus:
        bus.allow(CHECK_SECONDS)
        yield meet(bus, environment)


def call(member: str, signature: str | None = None, values: tuple[object, ...] = ()) -> Any:
    """Return a call of the server for which nobody is started."""
    message = new_method_call(SERVER, member, signature, values)
    message.header.flags |= MessageFlag.no_auto_start
    return message


def no_server() -> ChannelError:
    """Return that nobody serves."""
    return ChannelError(
        "no notification server runs",
        refusal=Refusal.ABSENT,
        hint="log in on a desktop, or start a server such as dunst or mako",
    )


def _words_of(error: DBusErrorResponse) -> str:
    return safe(f"{error.name}: {' '.join(str(part) for part in error.data or ())}", 200)
