"""Notifications over D-Bus, on one connection that lives as long as the daemon: shown, answered, taken away.

Source: the Desktop Notifications Specification 1.2 (org.freedesktop.Notifications). Servers send the signals of a
notification to the connection that posted it, so that the connection stays; its signals are kept while a call waits.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    MessageFlag,
    MessageType,
    message_bus,
    new_method_call,
)
from jeepney.bus import get_bus
from jeepney.io.blocking import prep_socket
from jeepney.io.common import RouterClosed
from jeepney.io.threading import DBusConnection, DBusRouter
from jeepney.wrappers import unwrap_msg

from remindcli.channels import ChannelError, Message, Refusal, Urgency
from remindcli.channels.notification_server import NAME, bus_address, no_bus, no_server
from remindcli.core.safe import safe

log = logging.getLogger(__name__)

CONNECT_SECONDS = 1.0
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


class _SilentError(Exception):
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


class _Line:
    """A connection to the session bus on which each call has an end; what comes unasked goes into a queue.

    Raises:
        ChannelError: absent: nothing answers at that address.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        if not address:
            raise no_bus("neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set")
        try:
            socket = prep_socket(get_bus(address), timeout=CONNECT_SECONDS)
        except (OSError, RuntimeError, ValueError, StopIteration) as error:  # what jeepney raises on bad addresses
            raise no_bus(str(error)) from error
        self._connection = _Connection(socket)
        self._router = _Router(self._connection)
        self.allow(2 * CONNECT_SECONDS)
        self.signals: SimpleQueue[Any] = SimpleQueue()
        try:
            (name,) = self.call(message_bus.Hello(), CONNECT_SECONDS)
            self._connection.unique_name = name
            self._router.filter(_LATE, queue=self.signals).__enter__()
            for rule in _RULES:
                self._router.filter(rule, queue=self.signals).__enter__()
                self.call(message_bus.AddMatch(rule), CONNECT_SECONDS)
        except (OSError, _SilentError, DBusErrorResponse) as error:
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
            _SilentError: none came in time.
            DBusErrorResponse: it is an error.
            OSError: the bus is gone.
        """
        seconds = max(0.0, min(seconds, self._ends_at - time.monotonic()))
        try:
            answer: tuple[Any, ...] = unwrap_msg(self._router.send_and_get_reply(message, timeout=seconds))
        except TimeoutError as error:
            raise _SilentError(f"no answer within {seconds:g} seconds") from error
        except (RouterClosed, KeyError) as error:
            # KeyError: jeepney 0.9 forgets all calls when the bus goes away, and then looks for this one to forget it
            raise ConnectionResetError("the session bus went away") from error
        return answer

    def close(self) -> None:
        """Close the connection; who waits for signals gets None."""
        try:
            self._router.close()
            self._connection.close()
        except OSError:
            pass  # it was closed by the other side
        self.signals.put(None)


def _rule(**what: str) -> MatchRule:
    return MatchRule(type="signal", **what)


_LATE = MatchRule(type="method_return")
"""Answers for which nobody waits any more."""

_OWNER_CHANGED = _rule(sender=_BUS, interface=_BUS, member="NameOwnerChanged")
_OWNER_CHANGED.add_arg_condition(0, NAME)
_RULES = (
    _rule(interface=NAME, member="ActionInvoked", path="/org/freedesktop/Notifications"),
    _rule(interface=NAME, member="NotificationClosed", path="/org/freedesktop/Notifications"),
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
        self._line: _Line | None = None
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
            except (OSError, _SilentError, DBusErrorResponse) as error:
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

    def _connected(self) -> _Line:
        """Return an open connection, for the calls of one message."""
        address = bus_address(self._variables())
        if self._line is not None and self._line.is_open and self._line.address == address:
            self._line.allow(SHOW_SECONDS)
            return self._line
        if self._line is not None:
            self._line.close()
            self._line, self._owner = None, ""
            self._lose()
        self._line = _Line(address)
        self._line.allow(SHOW_SECONDS)
        Thread(target=self._hear, args=(self._line,), name="notifications", daemon=True).start()
        return self._line

    def _meet_server(self, line: _Line) -> None:
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
        except _SilentError as error:
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

    def _owner_now(self, line: _Line) -> str:
        try:
            (owner,) = line.call(message_bus.GetNameOwner(NAME), CONNECT_SECONDS)
        except DBusErrorResponse:
            return ""
        except _SilentError as error:
            raise no_bus(str(error)) from error
        return str(owner)

    def _started(self, line: _Line) -> str:
        try:
            line.call(message_bus.StartServiceByName(NAME), START_SECONDS)
        except (DBusErrorResponse, _SilentError):
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

    def _notify(self, line: _Line, message: Message, texts: Texts, replaces: int) -> int:
        title, body = texts("body-markup" in self._capabilities)
        try:
            (number,) = line.call(self._call_of(message, title, body, replaces), self._notify_seconds)
        except _SilentError:
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

    def _hear(self, line: _Line) -> None:
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
