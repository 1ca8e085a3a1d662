"""Whether the user wants to be left alone, or is not there at all: asked over D-Bus, and of gsettings on GNOME.

Every question has an end, nobody is started to answer it, and no answer means "no": a reminder is never lost to a
question that could not be asked.

Sources: `Inhibited` as KDE proposed it for the specification, dunst(5) and dunstctl (`paused`), swaync-client(1)
(`--get-dnd`), mako(5) (modes, "do-not-disturb"), xfconf's org.xfce.Xfconf with the channel of xfce4-notifyd, GNOME's
schema org.gnome.desktop.notifications (`show-banners`), org.freedesktop.login1(5) (`LockedHint`, `IdleHint`).
"""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Self

from remindcli.channels import ChannelError

if TYPE_CHECKING:
    from remindcli.channels.session_bus import SessionBus

ASK_SECONDS = 0.5
"""How long one question may take."""

ALL_SECONDS = 4 * ASK_SECONDS
"""How long all questions to one bus may take."""

FRESH_SECONDS = 2.0
"""How long an answer holds: what comes due at one moment asks once."""

SLOW_SECONDS = 60.0
"""How long it holds where somebody kept silent: what is due must not wait for them again and again."""

_NOTIFICATIONS = "org.freedesktop.Notifications"
_PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(frozen=True, slots=True)
class _Switch:
    """A switch "do not disturb", and the call that asks how it stands.

    Attributes:
        arguments: all of them texts.
        server: the name that the notification server must give itself; "" is any: one without the switch answers with
            an error.
        owner: who is asked.
        is_on: reads the value of the answer.
    """

    path: str
    interface: str
    member: str
    arguments: tuple[str, ...] = ()
    server: str = ""
    owner: str = _NOTIFICATIONS
    is_on: Callable[[object], bool] = lambda value: value is True


_SWITCHES = (
    # KDE Plasma, and what programs asked of it
    _Switch("/org/freedesktop/Notifications", _PROPERTIES, "Get", (_NOTIFICATIONS, "Inhibited")),
    _Switch("/org/freedesktop/Notifications", _PROPERTIES, "Get", ("org.dunstproject.cmd0", "paused")),
    _Switch("/org/erikreider/swaync/cc", "org.erikreider.swaync.cc", "GetDnd"),
    _Switch("/org/erikreider/swaync/cc", "org.erikreider.swaync.cc", "IsInhibited"),
    # mako's modes have any name; this is the one that its manual gives as the example, and people's files have
    _Switch(
        "/fr/emersion/Mako",
        "fr.emersion.Mako",
        "ListModes",
        is_on=lambda value: isinstance(value, list) and "do-not-disturb" in value,
    ),
    _Switch(
        "/org/xfce/Xfconf",
        "org.xfce.Xfconf",
        "GetProperty",
        ("xfce4-notifyd", "/do-not-disturb"),
        server="Xfce Notify Daemon",
        owner="org.xfce.Xfconf",
    ),
)
_GNOME = "gnome-shell"

_LOGIN = "org.freedesktop.login1"
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"


class Focus:
    """Asks the desktop and logind.

    Args:
        environment: where the buses are named; the default is this process's own, at each question.
        seconds: reads a clock that only goes forward.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, *, seconds: Callable[[], float] = monotonic
    ) -> None:
        self._environment = environment
        self._seconds = seconds
        self._answers: dict[str, tuple[float, bool]] = {}  # until when an answer holds, and it

    def is_do_not_disturb(self) -> bool:
        """Return whether the desktop says that it shows no notifications now."""
        return self._fresh("focus", lambda: _is_inhibited(self._variables()))

    def is_away(self) -> bool:
        """Return whether nobody is at any session of this user: each is locked or idle, or there is none.

        A session is idle as logind has it: of a desktop as that says itself, of a terminal after some minutes
        without a key.
        """
        return self._fresh("away", lambda: _is_away(self._variables()))

    def _variables(self) -> Mapping[str, str]:
        return os.environ if self._environment is None else self._environment

    def _fresh(self, question: str, ask: Callable[[], bool]) -> bool:
        until, answer = self._answers.get(question, (0.0, False))
        begun_at = self._seconds()
        if begun_at >= until:
            answer = ask()
            ended_at = self._seconds()
            was_slow = ended_at - begun_at >= ASK_SECONDS
            self._answers[question] = (ended_at + (SLOW_SECONDS if was_slow else FRESH_SECONDS), answer)
        return answer


def _is_inhibited(environment: Mapping[str, str]) -> bool:
    from remindcli.channels.session_bus import bus_address  # noqa: PLC0415  jeepney takes 20 ms

    with _Questions(bus_address(environment)) as bus:
        server = bus.call(_NOTIFICATIONS, "/org/freedesktop/Notifications", _NOTIFICATIONS, "GetServerInformation")
        for one in _SWITCHES:
            if one.server in ("", server):
                answer = bus.call(one.owner, one.path, one.interface, one.member, one.arguments)
                if one.is_on(answer):
                    return True
    return server == _GNOME and _gnome_shows_none(environment)


def _gnome_shows_none(environment: Mapping[str, str]) -> bool:
    """Return whether GNOME's switch "Do Not Disturb" is on."""
    words = ["gsettings", "get", "org.gnome.desktop.notifications", "show-banners"]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=2 * ASK_SECONDS,
            env=dict(environment),
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and done.stdout.strip() == b"false"


def _is_away(environment: Mapping[str, str]) -> bool:
    address = environment.get("DBUS_SYSTEM_BUS_ADDRESS") or _SYSTEM_BUS
    with _Questions(address) as bus:
        sessions = bus.read(_LOGIN, f"/org/freedesktop/login1/user/_{os.getuid()}", f"{_LOGIN}.User", "Sessions")
        if not isinstance(sessions, list):
            # a user without a session, who lingers or not, is known to logind or is not: both are no session here
            return bus.read(_LOGIN, "/org/freedesktop/login1", f"{_LOGIN}.Manager", "NCurrentSessions") is not None
        people = [_hints(bus, str(path)) for _, path in sessions]
        return all(is_gone for is_gone in people if is_gone is not None)
    return False


def _hints(bus: "_Questions", path: str) -> bool | None:
    """Return whether nobody is at a session; None if it is none of a person."""
    interface = f"{_LOGIN}.Session"
    if bus.read(_LOGIN, path, interface, "Class") not in (None, "user"):
        return None
    if bus.read(_LOGIN, path, interface, "State") == "closing":
        return None
    return any(bus.read(_LOGIN, path, interface, hint) is True for hint in ("LockedHint", "IdleHint"))


class _Questions:
    """A connection to a bus for a few questions; where there is none, every answer is None."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._bus: SessionBus | None = None

    def __enter__(self) -> Self:
        try:
            from remindcli.channels.session_bus import SessionBus  # noqa: PLC0415

            self._bus = SessionBus(self._address, connect_seconds=ASK_SECONDS)
        except (ImportError, ChannelError):  # jeepney is on Linux alone
            return self
        self._bus.allow(ALL_SECONDS)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bus is not None:
            self._bus.close()
            self._bus = None

    def read(self, name: str, path: str, interface: str, member: str) -> object:
        """Return a property; None if it can't be had."""
        return self.call(name, path, _PROPERTIES, "Get", (interface, member))

    def call(self, name: str, path: str, interface: str, member: str, arguments: tuple[str, ...] = ()) -> object:
        """Return the first value of an answer, a variant's own; None if there is none. Nobody is started to give it."""
        if self._bus is None:
            return None
        from jeepney import DBusAddress, DBusErrorResponse, MessageFlag, new_method_call  # noqa: PLC0415

        from remindcli.channels.session_bus import SilentError  # noqa: PLC0415

        where = DBusAddress(path, bus_name=name, interface=interface)
        message = new_method_call(where, member, "s" * len(arguments) or None, arguments)
        message.header.flags |= MessageFlag.no_auto_start
        try:
            answer = self._bus.call(message, ASK_SECONDS)
        except DBusErrorResponse:
            return None
        except (OSError, SilentError):  # no answer, which is an answer here
            self.__exit__()  # who kept silent once is not asked more
            return None
        if not answer:
            return None
        return answer[0][1] if isinstance(answer[0], tuple) else answer[0]
