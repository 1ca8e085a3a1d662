"""A real desktop for tests: Xvfb, a session bus of its own, and dunst as the notification server."""

import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from jeepney import DBusAddress, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from remindcli.channels.notification_server import NAME, SERVER

PACKAGES = {
    "Xvfb": "xvfb",
    "convert": "imagemagick",
    "dbus-daemon": "dbus",
    "dunst": "dunst",
    "dunstctl": "dunst",
    "fish": "fish",
    "gcc": "gcc",
    "mount": "mount",
    "notify-send": "libnotify-bin",
    "setsid": "util-linux",
    "strace": "strace",
    "/lib/systemd/systemd": "systemd",
    "/usr/lib/notification-daemon/notification-daemon": "notification-daemon",
    "systemd-analyze": "systemd",
    "tmux": "tmux",
    "umount": "mount",
    "xfce4-notifyd-config": "xfce4-notifyd",
    "xfconf-query": "xfconf",
    "unshare": "util-linux",
    "xdotool": "xdotool",
    "xwd": "x11-apps",
    "zsh": "zsh",
}
"""The Debian package of each program that a live test may need; they stand in packages.txt too."""

_BUS_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={folder}/bus</listen>{services}
<limit name="max_completed_connections">{connections}</limit>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>
"""
_DUNSTRC = """\
[global]
    width = 420
    height = 300
    origin = top-right
    offset = 20x20
    font = DejaVu Sans 11
    markup = full
    format = "<b>%s</b>\\n%b"
    idle_threshold = 0
    history_length = 2000
[urgency_low]
    background = "#222222"
    foreground = "#888888"
[urgency_normal]
    background = "#285577"
    foreground = "#ffffff"
[urgency_critical]
    background = "#900000"
    foreground = "#ffffff"
"""
_Found = TypeVar("_Found")
_FOREIGN = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "TMUX")


class RigError(RuntimeError):
    """The rig itself does not work."""


def until(found: Callable[[], _Found], seconds: float = 60.0, what: str = "what was waited for") -> _Found:
    """Return the first true value that `found` gives.

    Args:
        seconds: far longer than it takes, also on a busy machine; less only where later would be a fault.

    Raises:
        RigError: it gave none in time.
    """
    ends_at = time.monotonic() + seconds
    pause = threading.Event()
    while not (value := found()):
        if time.monotonic() > ends_at:
            raise RigError(f"{what} did not come within {seconds:g} s")
        pause.wait(0.01)
    return value


def missing(programs: Sequence[str]) -> Mapping[str, str]:
    """Return which of the programs are not installed, each with its Debian package."""
    return {program: PACKAGES[program] for program in programs if not shutil.which(program)}


class NotificationRig:
    """A session bus, with a screen and a notification server on request.

    Attributes:
        env: the environment for the program under test.
        folder: a folder that lives as long as the rig.
    """

    NEEDS = ("Xvfb", "dbus-daemon", "dunst", "notify-send")

    def __init__(self, *, screen: str | None = "800x500", services: str | None = None, connections: int = 1000) -> None:
        """Describe the rig; nothing runs before `with`.

        Args:
            screen: its size, None for a machine without a display.
            services: a service file's text, for a bus that starts servers by itself.
            connections: how many the bus allows.
        """
        self._screen = screen
        self._services = services
        self._connections = connections
        self._running: list[subprocess.Popen[bytes]] = []
        self.server: subprocess.Popen[bytes] | None = None
        self.env: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="rig-"))
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        self.env = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        self.env["XDG_RUNTIME_DIR"] = str(self.folder)
        self.env["REMIND_WARM"] = "no"  # test_warm.py is about that; elsewhere it takes time and nothing else
        # dunst must not read the developer's own settings.
        self.env["XDG_CONFIG_HOME"] = str(self.folder / "config")
        if self._screen:
            display = self._spawn_and_read(
                ["Xvfb", "-displayfd", "{fd}", "-screen", "0", f"{self._screen}x24", "-nolisten", "tcp", "-noreset"]
            )
            self.env["DISPLAY"] = f":{display}"
        services = ""
        if self._services:
            (self.folder / "services").mkdir()
            (self.folder / "services" / f"{NAME}.service").write_text(self._services)
            services = f"<servicedir>{self.folder}/services</servicedir>"
        # Without service folders nothing is started behind the test's back.
        config = self.folder / "bus.conf"
        config.write_text(_BUS_CONFIG.format(folder=self.folder, services=services, connections=self._connections))
        address = self._spawn_and_read(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address={fd}"]
        )
        self.bus = self._running[-1]
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address.split(",")[0]

    def close(self) -> None:
        """End everything."""
        for process in reversed(self._running):
            self._end(process)
        self._running.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- the server ----------------------------------------------------------------------------------------

    def start_server(self, command: Sequence[str] = ()) -> None:
        """Start dunst, or another server, and wait until it owns the name."""
        config = self.folder / "dunstrc"
        config.write_text(_DUNSTRC)
        self.server = server = self._spawn(list(command) or ["dunst", "-conf", str(config)])

        def is_ready() -> bool:
            if server.poll() is not None:
                raise RigError(f"the server ended: {(self.folder / 'log').read_text(errors='replace')}")
            return bool(self._ask(message_bus.NameHasOwner(NAME))[0])

        until(is_ready, what="the notification server")

    def stop_server(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """End the server and wait until its name is free."""
        assert self.server is not None
        self._end(self.server, how)
        self._running.remove(self.server)
        self.server = None
        if self.bus.poll() is None:
            until(lambda: not self._ask(message_bus.NameHasOwner(NAME))[0], what="the end of the server")

    def ask_server(self, member: str) -> Any:
        """Return what the server answers to a call without arguments."""
        return self._ask(new_method_call(SERVER, member))

    @contextmanager
    def frozen_server(self) -> Iterator[None]:
        """Stop the server's process for a while, as a hang does."""
        assert self.server is not None
        with frozen(self.server):
            yield

    @contextmanager
    def frozen_bus(self) -> Iterator[None]:
        """Stop the bus for a while."""
        with frozen(self.bus):
            yield

    # -- what a person sees --------------------------------------------------------------------------------

    def history(self) -> list[dict[str, Any]]:
        """Return what dunst has shown by its own record, newest first, after closing what is on the screen.

        Each has summary, body, message (with markup), appname, id, urgency where dunst tells it.
        """
        self._dunst("NotificationCloseAll")
        (entries,) = self._dunst("NotificationListHistory")
        shown = [{name: value for name, (_, value) in entry.items()} for entry in entries]
        # dunst's own order is the one in which they were closed: the urgent ones first.
        return sorted(shown, key=lambda entry: entry["id"], reverse=True)

    def titles(self) -> list[str]:
        """Return the titles that dunst has shown, oldest first."""
        return [entry["summary"] for entry in reversed(self.history())]

    def wait_for(self, title: str, seconds: float = 10.0) -> dict[str, Any]:
        """Return dunst's record of the notification with that title as soon as there is one."""
        return until(
            lambda: next((entry for entry in self.history() if entry["summary"] == title), {}),
            seconds,
            f"a notification {title!r}",
        )

    def screenshot(self, path: Path) -> None:
        """Write a picture of the screen."""
        picture = self.run("xwd", "-root", "-silent")
        self.run("convert", "xwd:-", f"png:{path}", stdin=picture)

    def run(self, *command: str, stdin: bytes = b"") -> bytes:
        """Return what a program on this desktop prints."""
        done = subprocess.run(command, env=self.env, input=stdin, capture_output=True, check=False, timeout=20)
        if done.returncode:
            raise RigError(f"{command[0]} ended with status {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    # -- below ---------------------------------------------------------------------------------------------

    def _dunst(self, member: str, signature: str | None = None, body: tuple[object, ...] = ()) -> Any:
        address = DBusAddress(SERVER.object_path, bus_name=NAME, interface="org.dunstproject.cmd0")
        return self._ask(new_method_call(address, member, signature, body))

    def _ask(self, message: Any) -> Any:
        with open_dbus_connection(self.env["DBUS_SESSION_BUS_ADDRESS"]) as connection:
            return unwrap_msg(connection.send_and_get_reply(message, timeout=10))

    def _spawn(self, command: Sequence[str], pass_fds: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, env=self.env, pass_fds=pass_fds, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._running.append(process)
        return process

    def _spawn_and_read(self, command: Sequence[str]) -> str:
        """Return the line that the program writes to {fd} when it is ready."""
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as lines:
            try:
                self._spawn([word.replace("{fd}", str(writer)) for word in command], (writer,))
            finally:
                os.close(writer)
            is_ready = select.select([lines], [], [], 60)[0]
            line = lines.readline().decode().strip() if is_ready else ""
        if not line:
            raise RigError(f"{command[0]} did not begin: {(self.folder / 'log').read_text(errors='replace')}")
        return line

    @staticmethod
    def _end(process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM) -> None:
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()


@contextmanager
def frozen(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Stop a process of ours for a while."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def commands_with(environment: str) -> list[str]:
    """Return the command lines of the running processes whose environment contains that text."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if environment.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip())
    return [command for command in found if command]
