"""Notifications over D-Bus, on one connection that lives as long as the daemon: shown, answered, taken away.

Source: the Desktop Notifications Specification 1.2 (org.freedesktop.Notifications). Servers send the signals of a
notification to the connection that posted it, so that the connection stays; its signals are kept while a call waits.
"""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock, Thread
from typing import Any

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MessageFlag,
    MessageType,
    message_bus,
    new_method_call,
)

from remindcli.channels import ChannelError, Message, Refusal, Urgency
from remindcli.channels.notification_server import NAME, bus_address, no_bus, no_server
from remindcli.channels.session_bus import CONNECT_SECONDS, SessionBus, SilentError, signal
from remindcli.core.safe import safe

log = logging.getLogger(__name__)

REPLY_SECONDS = 4.0
START_SECONDS = 3.0
NOTIFY_SECONDS = 6.0
SHOW_SECONDS = 16.0
"""The longest that all calls for one message take together."""

DISMISSED = "dismissed"
"""What is told of a notification that the user closed."""

_CLOSED_BY_USER = 2
_CATEGORY = "x-remindcli.reminder"
"""The specification has none for reminders; rules of a server can name it."""

_MOST_SHOWN_AGAIN = 20
"""How much of what a server showed that is gone is shown on the next one."""

_URGENCY = {Urgency.LOW: 0, Urgency.NORMAL: 1, Urgency.CRITICAL: 2}
_SERVER = DBusAddress("/org/freedesktop/Notifications", bus_name=NAME, interface=NAME)
_BUS = "org.freedesktop.DBus"
_GONE = frozenset(f"{_BUS}.Error.{name}" for name in ("NoReply", "ServiceUnknown", "NameHasNoOwner", "Disconnected"))

Texts = Callable[[bool], tuple[str, str]]
"""Returns title and body, given whether the body is read as markup."""

OnAnswer = Callable[[str, int, str], object]
"""Is given the key of a message, the occurrence that it is about, and which button was chosen, or DISMISSED."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notification that the server shows, as far as is known here.

    Attributes:
        number: the server's id of it.
        message: what it tells, and what it is about.
    """

    number: int
    message: Message
    texts: Texts


class NotTakenError(ChannelError):
    """The server answered the message with an error."""


_OWNER_CHANGED = signal(sender=_BUS, interface=_BUS, member="NameOwnerChanged")
_OWNER_CHANGED.add_arg_condition(0, NAME)
_RULES = (
    signal(interface=NAME, member="ActionInvoked", path="/org/freedesktop/Notifications"),
    signal(interface=NAME, member="NotificationClosed", path="/org/freedesktop/Notifications"),
    _OWNER_CHANGED,
)


class Notifications:
    """What this process shows through the notification server.

    Args:
        environment: where the bus and the display are named; the default is this process's own, at each message.
        notify_seconds: how long the server may take for a message.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, *, notify_seconds: float = NOTIFY_SECONDS) -> None:
        self._environment = environment
        self._notify_seconds = notify_seconds
        self._lock = Lock()
        self._line: SessionBus | None = None
        self._owner = ""
        self._capabilities: frozenset[str] = frozenset()
        self._shown: dict[str, Shown] = {}
        self._lost: dict[str, Shown] = {}
        self._unsure: dict[int, Shown] = {}
        self._on_answer: OnAnswer | None = None
        self._on_return: Callable[[], object] | None = None

    # -- what happens there ----------------------------------------------------------------------------------

    def on_answer(self, call: OnAnswer) -> None:
        """Have what the user chooses told, on a thread of its own."""
        self._on_answer = call

    def on_return(self, call: Callable[[], object]) -> None:
        """Have it told when a server appears; listening begins now, if there is a bus."""
        self._on_return = call
        Thread(target=self._listen_from_now, name="notifications", daemon=True).start()

    def _listen_from_now(self) -> None:
        try:
            with self._lock:
                self._connected()
        except ChannelError as error:
            log.debug("no session bus yet: %s", error)  # the next message asks again

    # -- showing ---------------------------------------------------------------------------------------------

    def show(self, message: Message, texts: Texts, *, replaces: str = "") -> str:
        """Show a message, in place of what is shown of its key; return its target: owner and number.

        Args:
            replaces: the target of what another process showed of it.

        Raises:
            ChannelError: absent: no bus or no server; refused: a silent server, or one that answers with an error;
                unknown: no answer came to the message itself.
        """
        with self._lock:
            line = self._connected()
            self._meet_server(line)
            number = self._notify(line, message, texts, self._number_of(message.key, replaces))
            return f"{self._owner}/{number}"

    def show_again(self, message: Message, texts: Texts) -> bool:
        """Show a message in place of what an earlier process showed of it; return whether that server is still there.

        Raises:
            ChannelError: see `show`.
        """
        with self._lock:
            line = self._connected()
            self._meet_server(line)
            number = self._number_of(message.key, message.replaces)
            if not number or message.key in self._shown:
                return False
            self._notify(line, message, texts, number)
            return True

    def close(self, key: str) -> None:
        """Take a notification away; one that is gone is what was asked for."""
        with self._lock:
            self._lost.pop(key, None)
            shown = self._shown.pop(key, None)
            if shown is None or self._line is None:
                return
            self._line.allow(REPLY_SECONDS)
            try:
                self._line.call(_quiet("CloseNotification", "u", (shown.number,)), REPLY_SECONDS)
            except (OSError, SilentError, DBusErrorResponse) as error:
                log.debug("could not close a notification: %s", error)

    def shown(self) -> dict[str, int]:
        """Return the occurrence of each notification that can be answered, by the key of its message."""
        with self._lock:
            every = self._lost | self._shown
            return {
                key: one.message.occurrence_id for key, one in every.items() if one.message.occurrence_id is not None
            }

    def end(self) -> None:
        """Close the connection; the server keeps what it shows."""
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    # -- below, under the lock -------------------------------------------------------------------------------

    def _variables(self) -> Mapping[str, str]:
        return os.environ if self._environment is None else self._environment

    def _connected(self) -> SessionBus:
        """Return an open connection, for the calls of one message."""
        address = bus_address(self._variables())
        if self._line is not None and self._line.is_open and self._line.address == address:
            self._line.allow(SHOW_SECONDS)
            return self._line
        if self._line is not None:
            self._line.close()
            self._line, self._owner = None, ""
            self._lose()
        self._line = SessionBus(address, _RULES)
        self._line.allow(SHOW_SECONDS)
        Thread(target=self._hear, args=(self._line,), name="notifications", daemon=True).start()
        return self._line

    def _meet_server(self, line: SessionBus) -> None:
        """Find who serves now, and that it answers."""
        try:
            owner = self._owner_now(line)
            if not owner and (self._variables().get("DISPLAY") or self._variables().get("WAYLAND_DISPLAY")):
                # Without a display a started server can only fail, and systemd lets its caller wait for that.
                owner = self._started(line)
            if not owner:
                raise no_server()
            line.call(_quiet("GetServerInformation"), REPLY_SECONDS)
            if owner != self._owner:
                (capabilities,) = line.call(_quiet("GetCapabilities"), REPLY_SECONDS)
                self._capabilities = frozenset(capabilities)
                self._owner = owner
                self._lose()
                if self._lost:
                    Thread(target=self._show_lost, name="notifications", daemon=True).start()
        except OSError as error:
            raise no_bus(str(error)) from error
        except SilentError as error:
            raise _silent(error) from None
        except DBusErrorResponse as error:
            if error.name in _GONE:
                raise no_server() from error
            raise ChannelError(
                "the notification server answers with an error", refusal=Refusal.REFUSED, why=_words_of(error)
            ) from error

    def _lose(self) -> None:
        """Note that what was shown is gone with its server; the numbers of the next one start over."""
        self._lost |= self._shown
        for key in [*self._lost][:-_MOST_SHOWN_AGAIN]:
            del self._lost[key]
        self._shown.clear()
        self._unsure.clear()

    def _owner_now(self, line: SessionBus) -> str:
        try:
            (owner,) = line.call(message_bus.GetNameOwner(NAME), CONNECT_SECONDS)
        except DBusErrorResponse:
            return ""
        except SilentError as error:
            raise no_bus(str(error)) from error
        return str(owner)

    def _started(self, line: SessionBus) -> str:
        try:
            line.call(message_bus.StartServiceByName(NAME), START_SECONDS)
        except (DBusErrorResponse, SilentError):
            return ""
        return self._owner_now(line)

    def _number_of(self, key: str, replaces: str) -> int:
        """Return the number of what is shown of a message by the server of now; 0 if nothing is."""
        if key in self._shown:
            return self._shown[key].number
        owner, _, number = replaces.rpartition("/")
        return int(number) if owner == self._owner and number.isdecimal() else 0

    def _call_of(self, message: Message, title: str, body: str, replaces: int) -> Any:
        buttons: list[str] = []
        if "actions" in self._capabilities:
            buttons = [word for button in message.buttons for word in (button.key, button.label)]
        hints: dict[str, tuple[str, object]] = {
            "urgency": ("y", _URGENCY[message.urgency]),
            "category": ("s", _CATEGORY),
        }
        if "sound" in self._capabilities:
            if message.urgency is Urgency.LOW:
                hints["suppress-sound"] = ("b", True)
            else:
                hints["sound-name"] = ("s", "alarm-clock-elapsed")
        never = 0  # it stays until somebody has seen it
        values = ("remind", replaces, "", title, body, buttons, hints, never)
        return _quiet("Notify", "susssasa{sv}i", values)

    def _notify(self, line: SessionBus, message: Message, texts: Texts, replaces: int) -> int:
        title, body = texts("body-markup" in self._capabilities)
        try:
            (number,) = line.call(self._call_of(message, title, body, replaces), self._notify_seconds)
        except SilentError:
            self._unsure[line.last_sent] = Shown(0, message, texts)
            raise _unsure(f"the server did not answer for {self._notify_seconds:g} seconds") from None
        except OSError as error:
            raise _unsure("the session bus went away meanwhile") from error
        except DBusErrorResponse as error:
            if error.name in _GONE:
                raise _unsure("the notification server went away meanwhile") from error
            raise NotTakenError(
                "the notification server did not take it", refusal=Refusal.REFUSED, why=_words_of(error)
            ) from error
        self._shown[message.key] = Shown(int(number), message, texts)
        self._lost.pop(message.key, None)
        return int(number)

    # -- signals, on their own thread ------------------------------------------------------------------------

    def _hear(self, line: SessionBus) -> None:
        while (signal := line.signals.get()) is not None:
            fields, body = signal.header.fields, signal.body
            member, sender = fields.get(HeaderFields.member), fields.get(HeaderFields.sender)
            try:
                if signal.header.message_type is MessageType.method_return:
                    self._take_late(fields.get(HeaderFields.reply_serial), str(sender), body)
                match member:
                    case "NameOwnerChanged":
                        self._new_owner(str(body[2]))
                    case "ActionInvoked" | "NotificationClosed":
                        self._heed(member, str(sender), int(body[0]), body[1])
            except Exception:
                # A signal of somebody else's making must not end the thread that hears the others.
                log.exception("a signal of the notification server could not be read")

    def _new_owner(self, owner: str) -> None:
        with self._lock:
            if owner == self._owner:
                return  # a message has met it already
            self._owner = ""  # asked anew at the next message
            self._lose()
        if owner and self._on_return is not None:
            self._on_return()
        if owner:
            self._show_lost()

    def _show_lost(self) -> None:
        """Show on the server of now what stood on the screen when the one before went away."""
        while True:
            with self._lock:
                if not self._lost:
                    return
                key = next(iter(self._lost))
                lost = self._lost.pop(key)
                if key in self._shown:
                    continue
            try:
                self.show(lost.message, lost.texts)
            except ChannelError as error:
                log.info("what the notification server showed that is gone can't be shown again: %s", error)
                with self._lock:
                    self._lost.setdefault(key, lost)
                return
            log.info("shown again on the new notification server: %s", safe(lost.message.title, 80))

    def _take_late(self, serial: object, sender: str, body: tuple[Any, ...]) -> None:
        """Note the number of a notification whose answer came too late: the next try replaces it."""
        with self._lock:
            late = self._unsure.pop(serial, None) if isinstance(serial, int) else None
            if late is not None and sender == self._owner and late.message.key not in self._shown:
                self._shown[late.message.key] = replace(late, number=int(body[0]))

    def _heed(self, member: str, sender: str, number: int, what: object) -> None:
        with self._lock:
            key, shown = next(((key, one) for key, one in self._shown.items() if one.number == number), ("", None))
            if shown is None:
                return  # some servers tell everybody of everything
            if sender != self._owner:
                log.warning("%s tells of a notification that is not its own", safe(sender, 40))
                return
            if member == "NotificationClosed":
                del self._shown[key]
        occurrence_id = shown.message.occurrence_id
        if occurrence_id is None or self._on_answer is None:
            return
        if member == "ActionInvoked":
            self._on_answer(key, occurrence_id, str(what))
        elif what == _CLOSED_BY_USER:
            self._on_answer(key, occurrence_id, DISMISSED)


def _quiet(member: str, signature: str | None = None, values: tuple[object, ...] = ()) -> Any:
    """Return a call of the server for which nobody is started."""
    message = new_method_call(_SERVER, member, signature, values)
    message.header.flags |= MessageFlag.no_auto_start
    return message


def _words_of(error: DBusErrorResponse) -> str:
    return safe(f"{error.name}: {' '.join(str(part) for part in error.data or ())}", 200)


def _silent(error: Exception) -> ChannelError:
    return ChannelError(
        "the notification server does not answer",
        refusal=Refusal.REFUSED,
        why=f"{error}; nothing was sent",
        hint="restart it, or log out and in",
    )


def _unsure(why: str) -> ChannelError:
    return ChannelError("the desktop may not have shown the notification", refusal=Refusal.UNKNOWN, why=why)
