"""The desktop channel on a real session bus with a real notification server."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from jeepney.io.blocking import open_dbus_connection
from tests.channels import stub_server
from tests.channels.contract import ChannelContract, End, refusal_of
from tests.conftest import lacking
from tests.live.rig import NAME, PACKAGES, NotificationRig, commands_with, until

import remindcli
from remindcli.channels import Channel, ChannelError, Message, Refusal, Urgency
from remindcli.channels.desktop import DesktopChannel
from remindcli.channels.notifications import Notifications
from remindcli.channels.plyer_desktop import PlyerDesktop

_OPENED: list[DesktopChannel] = []


def desktop_channel(environment: Mapping[str, str], child_seconds: float | None = None) -> DesktopChannel:
    """Return a channel that is let go of when the test ends."""
    _OPENED.append(DesktopChannel(environment=environment, child_seconds=child_seconds))
    return _OPENED[-1]


@pytest.fixture(autouse=True)
def let_go() -> Iterator[None]:
    """Let go of the channels of a test."""
    yield
    while _OPENED:
        _OPENED.pop().end()


STUB = [sys.executable, stub_server.__file__]


@pytest.fixture
def channel(notification_server: NotificationRig) -> DesktopChannel:
    """Return a channel to a dunst that has shown nothing yet."""
    return desktop_channel(environment=notification_server.env)


class Misbehaving:
    """Starts a server that does, at Notify, what its name says."""

    def __init__(self, rig: NotificationRig, log: Path) -> None:
        self.rig = rig
        self.log = log

    def __call__(self, kind: str) -> DesktopChannel:
        self.rig.start_server([*STUB, kind, str(self.log)])
        return desktop_channel(environment=self.rig.env, child_seconds=1.0)


@pytest.fixture
def misbehaving(desktop: NotificationRig, tmp_path: Path) -> Iterator[Misbehaving]:
    """Return what starts such a server; it is ended with the test."""
    yield Misbehaving(desktop, tmp_path / "log")
    if desktop.server:
        desktop.stop_server()


class TestContract(ChannelContract):
    hang_is = Refusal.REFUSED

    @pytest.fixture
    def works(self, channel: DesktopChannel, notification_server: NotificationRig) -> End:
        return End(channel, notification_server.titles)

    @pytest.fixture
    def absent(self, desktop: NotificationRig) -> Channel:
        return desktop_channel(environment=desktop.env)

    @pytest.fixture
    def refuses(self, misbehaving: Misbehaving) -> tuple[Channel, Refusal]:
        return misbehaving("angry"), Refusal.REFUSED

    @pytest.fixture
    def hang(self, notification_server: NotificationRig) -> Callable[[], AbstractContextManager[None]]:
        return notification_server.frozen_server


def test_the_receipt_names_the_notification(channel: DesktopChannel, notification_server: NotificationRig) -> None:
    receipt = channel.send(Message("key", "call bob", "due 09:00 & <soon> \\n\nsecond line"))
    (shown,) = notification_server.history()
    assert receipt.target.rpartition("/")[2] == str(shown["id"])
    assert shown["appname"] == "remind"
    assert shown["body"] == "due 09:00 &amp; &lt;soon&gt; \\n\nsecond line"
    assert shown["timeout"] == 0, "it stays until somebody has seen it"


def test_a_server_without_markup_gets_the_body_as_it_is(misbehaving: Misbehaving) -> None:
    channel = misbehaving("plain")
    assert channel.send(Message("key", "title", "<b>&amp;\\n")).target.endswith("/7")
    assert misbehaving.log.read_text() == "<b>&amp;\\n"


def test_every_urgency_is_taken(channel: DesktopChannel, notification_server: NotificationRig) -> None:
    for urgency in Urgency:
        channel.send(Message(f"key {urgency}", urgency, urgency=urgency))
    assert notification_server.titles() == ["low", "normal", "critical"]


def test_a_server_that_hangs_after_the_message_was_sent_is_unknown_and_nothing_stays(
    misbehaving: Misbehaving,
) -> None:
    channel = misbehaving("silent")
    assert refusal_of(channel)[0] is Refusal.UNKNOWN
    left = commands_with(f"DBUS_SESSION_BUS_ADDRESS={misbehaving.rig.env['DBUS_SESSION_BUS_ADDRESS']}")
    assert not [command for command in left if "notify-send" in command or "plyer" in command]


def test_a_server_that_dies_of_the_message_is_unknown(misbehaving: Misbehaving) -> None:
    assert refusal_of(misbehaving("vanishing"))[0] is Refusal.UNKNOWN


def test_an_answer_that_comes_too_late_is_not_lost_the_next_try_replaces_the_message(misbehaving: Misbehaving) -> None:
    misbehaving("late")
    notifications = Notifications(misbehaving.rig.env, notify_seconds=0.3)
    message = Message("key", "pay rent", occurrence_id=1)
    with pytest.raises(ChannelError) as caught:
        notifications.show(message, lambda _: ("pay rent", ""))
    assert caught.value.refusal is Refusal.UNKNOWN
    assert not notifications.shown()
    misbehaving.rig.ask_server("GetCapabilities")
    assert until(lambda: notifications.shown() == {"key": 1}, what="the late answer")
    notifications.show(message, lambda _: ("pay rent", ""))
    assert misbehaving.log.read_text() == "7"
    notifications.end()


def test_a_bus_that_goes_away_while_it_is_told_is_unknown(require: Callable[..., None], tmp_path: Path) -> None:
    require("dbus-daemon")
    with NotificationRig(screen=None) as rig, ThreadPoolExecutor(1) as beside:
        rig.start_server([*STUB, "silent", str(tmp_path / "log")])
        channel = DesktopChannel(environment=rig.env)
        refusal = beside.submit(refusal_of, channel)
        until((tmp_path / "log").exists, what="the message")
        rig.bus.kill()
        assert refusal.result() == (Refusal.UNKNOWN, False)
        assert refusal_of(channel) == (Refusal.ABSENT, False)
        channel.end()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_what_stood_on_the_screen_of_a_server_that_ended_stands_on_the_next_one(
    channel: DesktopChannel, notification_server: NotificationRig, how: signal.Signals
) -> None:
    for number in range(3):
        channel.send(Message(f"key {number}", f"task {number}", "due 09:00", occurrence_id=number))
    channel.close("key 1")
    notification_server.stop_server(how=how)
    channel.close("key 2")
    assert channel.shown() == {"key 0": 0}
    notification_server.start_server()
    assert notification_server.wait_for("task 0")["body"] == "due 09:00"
    assert notification_server.titles() == ["task 0"]


def test_the_category_is_handed_over(channel: DesktopChannel, notification_server: NotificationRig) -> None:
    channel.send(Message("key", "pay rent"))
    (shown,) = notification_server.history()
    assert shown["category"] == "x-remindcli.reminder"


def test_what_a_program_leaves_behind_is_killed_with_it(notification_server: NotificationRig, tmp_path: Path) -> None:
    program = tmp_path / "notify-send"
    program.write_text("#!/bin/sh\nsleep 4711 &\nsleep 4711\n")
    program.chmod(0o755)
    environment = {**notification_server.env, "PATH": f"{tmp_path}:{os.environ['PATH']}", "MARK": str(tmp_path)}
    assert refusal_of(PlyerDesktop(environment=environment, child_seconds=1.0))[0] is Refusal.UNKNOWN
    assert until(lambda: not commands_with(f"MARK={tmp_path}"), what="the end of what was left behind")


def test_the_exit_status_that_plyer_ignores_is_seen(notification_server: NotificationRig, tmp_path: Path) -> None:
    program = tmp_path / "notify-send"
    program.write_text("#!/bin/sh\necho 'GDBus.Error: no' >&2\nexit 1\n")
    program.chmod(0o755)
    environment = {**notification_server.env, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert refusal_of(PlyerDesktop(environment=environment)) == (Refusal.REFUSED, False)


def test_an_old_notify_send_without_print_id_still_shows_it(
    notification_server: NotificationRig, tmp_path: Path
) -> None:
    program = tmp_path / "notify-send"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --print-id ] && { echo "Unknown option --print-id" >&2; exit 1; }\n'
        f'PATH={os.environ["PATH"]} exec notify-send "$@"\n'
    )
    program.chmod(0o755)
    environment = {**notification_server.env, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    PlyerDesktop(environment=environment).send(Message("key", "-h"))
    assert notification_server.titles() == ["-h"]


def test_without_notify_send_it_can_never_work(notification_server: NotificationRig) -> None:
    channel = PlyerDesktop(environment={**notification_server.env, "PATH": ""})
    assert refusal_of(channel) == (Refusal.REFUSED, True)


def test_a_frozen_bus_is_absent(channel: DesktopChannel, notification_server: NotificationRig) -> None:
    with notification_server.frozen_bus():
        assert refusal_of(channel) == (Refusal.ABSENT, False)
    channel.send(Message("key", "after it"))
    assert notification_server.titles() == ["after it"]


def test_a_bus_that_takes_no_more_connections_is_absent(require: Callable[..., None]) -> None:
    require("dbus-daemon")
    with (
        NotificationRig(screen=None, connections=1) as rig,
        open_dbus_connection(rig.env["DBUS_SESSION_BUS_ADDRESS"]),
    ):
        assert refusal_of(desktop_channel(environment=rig.env)) == (Refusal.ABSENT, False)


def test_a_server_killed_and_started_again_works_again(
    channel: DesktopChannel, notification_server: NotificationRig
) -> None:
    channel.send(Message("key", "before"))
    notification_server.stop_server(how=signal.SIGKILL)
    assert refusal_of(channel) == (Refusal.ABSENT, False)
    notification_server.start_server()
    channel.send(Message("key", "after"))
    assert notification_server.titles() == ["after"]


def test_dbus_python_is_plyer_s_other_way(
    notification_server: NotificationRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # dbus-python comes with the system and for the system's Python alone: plyer runs in that one.
    system = "/usr/bin/python3"
    asked = [system, "-c", "import json, sys, dbus; print(json.dumps(sys.path[1:]))"]
    try:
        packages = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        lacking("dbus-python (Debian: python3-dbus)")
    monkeypatch.setattr(sys, "executable", system)
    monkeypatch.setattr(
        sys, "path", [*packages, str(Path(remindcli.__file__).parents[1]), sysconfig.get_path("purelib")]
    )
    channel = PlyerDesktop(environment={**notification_server.env, "PATH": ""})
    channel.send(Message("key", "-h \\n <b>", "a\\nb"))
    (shown,) = notification_server.history()
    assert (shown["summary"], shown["body"], shown["timeout"]) == ("-h \\n <b>", "a\\nb", 0)


class TestABusThatStartsServers:
    """A bus with a service file for the server, as desktops have it."""

    SERVICE = "[D-BUS Service]\nName={name}\nExec={exec}\n"

    @pytest.fixture
    def start(self, require: Callable[..., None], tmp_path: Path) -> str:
        require("dbus-daemon", "notify-send")
        return self.SERVICE.format(name=NAME, exec=f"{' '.join(STUB)} plain {tmp_path}/log")

    def test_without_a_display_nothing_is_started(self, start: str) -> None:
        with NotificationRig(screen=None, services=start) as rig:
            assert refusal_of(desktop_channel(environment=rig.env)) == (Refusal.ABSENT, False)

    def test_with_a_display_it_is_started_and_told(self, start: str, tmp_path: Path) -> None:
        with NotificationRig(screen=None, services=start) as rig:
            desktop_channel(environment={**rig.env, "DISPLAY": ":0"}).send(Message("key", "title", "hello"))
            assert (tmp_path / "log").read_text() == "hello"

    def test_one_that_cannot_start_is_absent(self, require: Callable[..., None]) -> None:
        require("dbus-daemon")
        with NotificationRig(screen=None, services=self.SERVICE.format(name=NAME, exec="/bin/false")) as rig:
            channel = desktop_channel(environment={**rig.env, "DISPLAY": ":0"})
            assert refusal_of(channel) == (Refusal.ABSENT, False)

    def test_one_that_never_comes_is_absent_in_time(self, require: Callable[..., None]) -> None:
        require("dbus-daemon")
        service = self.SERVICE.format(name=NAME, exec="/bin/sleep 60")
        with NotificationRig(screen=None, services=service) as rig:
            channel = desktop_channel(environment={**rig.env, "DISPLAY": ":0"})
            assert refusal_of(channel) == (Refusal.ABSENT, False)


def test_a_picture_can_be_taken(
    channel: DesktopChannel,
    notification_server: NotificationRig,
    require: Callable[..., None],
    tmp_path: Path,
) -> None:
    require("xwd", "convert")
    channel.send(Message("key", "call bob", "due now"))
    notification_server.screenshot(tmp_path / "screen.png")
    assert (tmp_path / "screen.png").read_bytes().startswith(b"\x89PNG")


class TestWithoutTheServers:
    """A machine on which no program of the rig is installed."""

    def outcome(self, ci: str) -> "subprocess.CompletedProcess[str]":
        one = f"{__file__}::TestContract::test_nothing_there_is_absent"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", one]
        environment = {
            "PATH": "",
            "CI": ci,
            "HOME": os.environ.get("HOME", "/"),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        root = Path(__file__).parents[2]
        return subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=False)

    def test_outside_ci_the_test_is_skipped_and_the_packages_named(self) -> None:
        done = self.outcome("")
        assert done.returncode == 0, done.stdout
        assert "1 skipped" in done.stdout
        assert "dunst (Debian: dunst), notify-send (Debian: libnotify-bin)" in done.stdout

    def test_in_ci_it_fails(self) -> None:
        done = self.outcome("true")
        assert done.returncode == 1
        assert "missing in CI: Xvfb (Debian: xvfb)" in done.stdout

    def test_every_package_is_in_the_list_that_ci_installs(self) -> None:
        listed = Path(__file__).with_name("packages.txt").read_text().split()
        assert listed == sorted(listed)
        assert set(PACKAGES.values()) <= set(listed)
