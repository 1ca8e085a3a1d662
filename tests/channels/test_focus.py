"""Do-not-disturb and absence, asked of a real bus with a desktop and a logind that a test makes up."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import pytest
from tests.conftest import lacking

from remindcli.channels.focus import FRESH_SECONDS, SLOW_SECONDS, Focus

_STUB = Path(__file__).with_name("stub_focus.py")
_NOTIFY = "/org/freedesktop/Notifications org.freedesktop.Notifications"
_SERVER = f"{_NOTIFY} GetServerInformation"
_DUNST = "/org/freedesktop/Notifications org.dunstproject.cmd0"
_SWAYNC = "/org/erikreider/swaync/cc org.erikreider.swaync.cc"
_MAKO = "/fr/emersion/Mako fr.emersion.Mako ListModes"
_XFCE = "/org/xfce/Xfconf org.xfce.Xfconf GetProperty xfce4-notifyd /do-not-disturb"
_USER = f"/org/freedesktop/login1/user/_{os.getuid()} org.freedesktop.login1.User"
_MANAGER = "/org/freedesktop/login1 org.freedesktop.login1.Manager"

Ask = Callable[..., Focus]


def session(number: int, **hints: object) -> dict[str, object]:
    """Return the answers of one session of logind."""
    given = {"Class": "user", "State": "active", "LockedHint": False, "IdleHint": False} | hints
    kind = {bool: "b", str: "s"}
    where = f"/org/freedesktop/login1/session/_{number} org.freedesktop.login1.Session"
    return {f"{where} {name}": [kind[type(value)], value] for name, value in given.items()}


def sessions(count: int) -> dict[str, object]:
    """Return the answer that names so many sessions."""
    return {f"{_USER} Sessions": ["a(so)", [[f"{n}", f"/org/freedesktop/login1/session/_{n}"] for n in range(count)]]}


def server(name: str) -> dict[str, object]:
    """Return the answer with which a notification server says who it is."""
    return {_SERVER: ["ssss", [name, "somebody", "1.0", "1.2"]]}


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Return a way to ask surroundings with these answers."""
    if not shutil.which("dbus-daemon"):
        lacking("dbus-daemon (Debian: dbus)")
    with ExitStack() as stack:

        def start(answers: Mapping[str, object], seconds: Callable[[], float] = monotonic, **variables: str) -> Focus:
            bus = subprocess.Popen(
                ["dbus-daemon", "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(bus)
            stack.callback(bus.kill)
            assert bus.stdout is not None
            address = bus.stdout.readline().strip()
            environment = {
                **os.environ,
                "DBUS_SESSION_BUS_ADDRESS": address,
                "DBUS_SYSTEM_BUS_ADDRESS": address,
            } | variables
            stub = subprocess.Popen(
                [sys.executable, str(_STUB), json.dumps(answers)], env=environment, stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(stub)
            stack.callback(stub.kill)
            assert stub.stdout is not None
            assert stub.stdout.readline() == "ready\n"
            return Focus(environment, seconds=seconds)

        yield start


@pytest.mark.parametrize(
    ("answers", "is_busy"),
    [
        ({f"{_NOTIFY} Inhibited": ["b", True]}, True),
        ({f"{_NOTIFY} Inhibited": ["b", False]}, False),
        ({f"{_DUNST} paused": ["b", True]}, True),
        ({f"{_DUNST} paused": ["b", False]}, False),
        ({f"{_SWAYNC} GetDnd": ["b", [True]], f"{_SWAYNC} IsInhibited": ["b", [False]]}, True),
        ({f"{_SWAYNC} GetDnd": ["b", [False]], f"{_SWAYNC} IsInhibited": ["b", [True]]}, True),
        ({f"{_SWAYNC} GetDnd": ["b", [False]]}, False),
        ({_MAKO: ["as", [["default", "do-not-disturb"]]]}, True),
        ({_MAKO: ["as", [["default"]]]}, False),
        (server("Xfce Notify Daemon") | {_XFCE: ["v", [["b", True]]]}, True),
        (server("Xfce Notify Daemon") | {_XFCE: ["v", [["b", False]]]}, False),
        (server("dunst") | {_XFCE: ["v", [["b", True]]]}, False),
        ({f"{_NOTIFY} Inhibited": ["s", "yes"]}, False),
        ({f"{_NOTIFY} ServerId": ["s", "no such property"]}, False),
        ({}, False),
    ],
    ids=[
        "inhibited",
        "not inhibited",
        "dunst paused",
        "dunst not paused",
        "swaync",
        "swaync for a program",
        "swaync off",
        "mako",
        "mako off",
        "Xfce",
        "Xfce off",
        "Xfce's switch under another server",
        "nonsense",
        "knows none",
        "no server",
    ],
)
def test_do_not_disturb(ask: Ask, answers: Mapping[str, object], is_busy: bool) -> None:
    assert ask(answers).is_do_not_disturb() is is_busy


@pytest.mark.parametrize(
    ("answers", "is_away"),
    [
        (sessions(1) | session(0), False),
        (sessions(1) | session(0, LockedHint=True), True),
        (sessions(1) | session(0, IdleHint=True), True),
        (sessions(2) | session(0, LockedHint=True) | session(1), False),
        (sessions(2) | session(0, LockedHint=True) | session(1, State="closing"), True),
        (sessions(2) | session(0, LockedHint=True) | session(1, Class="greeter"), True),
        ({f"{_MANAGER} NCurrentSessions": ["t", 0]}, True),
        (sessions(0), True),
        ({}, False),
    ],
    ids=["there", "locked", "idle", "one of two", "one closes", "a greeter", "no session", "none named", "no logind"],
)
def test_absence(ask: Ask, answers: Mapping[str, object], is_away: bool) -> None:
    assert ask(answers).is_away() is is_away


def test_a_desktop_that_keeps_silent_means_no_and_is_not_asked_again_for_a_while(ask: Ask) -> None:
    focus, asked_at = ask({"silent": True}), monotonic()
    assert not focus.is_do_not_disturb()
    assert not focus.is_away()
    until = [moment for moment, _ in focus._answers.values()]
    assert len(until) == 2
    assert all(moment >= asked_at + SLOW_SECONDS for moment in until)


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere", "nonsense", "tcp:host=127.0.0.1,port=1", "unix:"])
def test_no_bus_means_no(address: str) -> None:
    focus = Focus({"DBUS_SESSION_BUS_ADDRESS": address, "DBUS_SYSTEM_BUS_ADDRESS": address or "unix:path=/nowhere"})
    assert not focus.is_do_not_disturb()
    assert not focus.is_away()


@pytest.mark.parametrize(("printed", "is_busy"), [("false", True), ("true", False), ("nonsense", False)])
def test_gnome_is_asked_through_gsettings(ask: Ask, tmp_path: Path, printed: str, is_busy: bool) -> None:
    program = tmp_path / "gsettings"
    program.write_text(f'#!/bin/sh\n[ "$*" = "get org.gnome.desktop.notifications show-banners" ] && echo {printed}\n')
    program.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    assert ask(server("gnome-shell"), PATH=path).is_do_not_disturb() is is_busy
    assert not ask(server("Plasma"), PATH=path).is_do_not_disturb()


def test_an_answer_holds_for_a_moment(ask: Ask, tmp_path: Path) -> None:
    seconds = [0.0]
    focus = ask(server("gnome-shell"), lambda: seconds[0], PATH=f"{tmp_path}:/usr/bin:/bin")
    assert not focus.is_do_not_disturb()
    program = tmp_path / "gsettings"
    program.write_text("#!/bin/sh\necho false\n")
    program.chmod(0o755)
    assert not focus.is_do_not_disturb()
    seconds[0] += FRESH_SECONDS
    assert focus.is_do_not_disturb()
