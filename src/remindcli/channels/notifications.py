"""Notifications over D-Bus, on one connection that lives as long as the daemon: shown, answered, taken away.

Servers send the signals of a notification to the connection that posted it, so that the connection stays; its signals
are kept while a call waits.
"""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock, Thread
from typing import Any

from jeepney import DBusErrorResponse, HeaderFields, MessageType

from remindcli.channels import ChannelError, Message
from remindcli.channels.notification_server import (
    NAME,
    REPLY_SECONDS,
    SERVER,
    NotificationServer,
    UnansweredError,
    call,
    meet,
)
from remindcli.channels.session_bus import SessionBus, SilentError, bus_address, signal
from remindcli.core.safe import safe

log = logging.getLogger(__name__)

NOTIFY_SECONDS = 6.0
SHOW_SECONDS = 16.0
"""The longest that all calls for one message take together."""

DISMISSED = "dismissed"
"""What is told of a notification that the user closed."""

_CLOSED_BY_USER = 2
_MOST_SHOWN_AGAIN = 20
"""How much of what a server showed that is gone is shown on the next one."""

_BUS = "org.freedesktop.DBus"

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


_OWNER_CHANGED = signal(sender=_BUS, interface=_BUS, member="NameOwnerChanged")
_OWNER_CHANGED.add_arg_condition(0, NAME)
_RULES = (
    signal(interface=NAME, member="ActionInvoked", path=SERVER.object_path),
    signal(interface=NAME, member="NotificationClosed", path=SERVER.object_path),
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
        self._server: NotificationServer | None = None
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
            server = self._meet_server(self._connected())
            number = self._notify(server, message, texts, self._number_of(message.key, replaces))
            return f"{server.owner}/{number}"

    def show_again(self, message: Message, texts: Texts) -> bool:
        """Show a message in place of what an earlier process showed of it; return whether that server is still there.

        Raises:
            ChannelError: see `show`.
        """
        with self._lock:
            server = self._meet_server(self._connected())
            number = self._number_of(message.key, message.replaces)
            if not number or message.key in self._shown:
                return False
            self._notify(server, message, texts, number)
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
                self._line.call(call("CloseNotification", "u", (shown.number,)), REPLY_SECONDS)
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
            self._line, self._server = None, None
            self._lose()
        self._line = SessionBus(address, _RULES)
        self._line.allow(SHOW_SECONDS)
        Thread(target=self._hear, args=(self._line,), name="notifications", daemon=True).start()
        return self._line

    def _meet_server(self, line: SessionBus) -> NotificationServer:
        """Return who serves now, and answers; what another one showed is lost, and shown again on this one."""
        server = meet(line, self._variables(), self._server)
        if server is not self._server:
            self._server = server
            self._lose()
            if self._lost:
                Thread(target=self._show_lost, name="notifications", daemon=True).start()
        return server

    def _lose(self) -> None:
        """Note that what was shown is gone with its server; the numbers of the next one start over."""
        self._lost |= self._shown
        for key in [*self._lost][:-_MOST_SHOWN_AGAIN]:
            del self._lost[key]
        self._shown.clear()
        self._unsure.clear()

    def _number_of(self, key: str, replaces: str) -> int:
        """Return the number of what is shown of a message by the server of now; 0 if nothing is."""
        if key in self._shown:
            return self._shown[key].number
        owner, _, number = replaces.rpartition("/")
        return int(number) if owner == self._owner() and number.isdecimal() else 0

    def _owner(self) -> str:
        """Return the unique name of the server that was met last, or ""."""
        return self._server.owner if self._server is not None else ""

    def _notify(self, server: NotificationServer, message: Message, texts: Texts, replaces: int) -> int:
        said = texts(server.has_markup)
        try:
            number = server.notify(message, said, replaces=replaces, seconds=self._notify_seconds)
        except UnansweredError as error:
            self._unsure[error.serial] = Shown(0, message, texts)
            raise
        self._shown[message.key] = Shown(number, message, texts)
        self._lost.pop(message.key, None)
        return number

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
            if owner == self._owner():
                return  # a message has met it already
            self._server = None  # asked anew at the next message
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
            if late is not None and sender == self._owner() and late.message.key not in self._shown:
                self._shown[late.message.key] = replace(late, number=int(body[0]))

    def _heed(self, member: str, sender: str, number: int, what: object) -> None:
        with self._lock:
            key, shown = next(((key, one) for key, one in self._shown.items() if one.number == number), ("", None))
            if shown is None:
                return  # some servers tell everybody of everything
            if sender != self._owner():
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
