"""The start at login before systemd's own eyes, and a real daemon that talks to a service manager."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.live.conftest import Require
from tests.live.rig import until

from remindcli.daemon.autostart import systemd
from remindcli.daemon.autostart.start import Start
from remindcli.daemon.background import stop
from remindcli.daemon.instance import is_running
from remindcli.daemon.readiness import ServiceManager

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")

HOSTILE = ("plain", "with space", "a$HOME ${X} $$", "50% %h %%", "it's", 'five"', "back\\slash\\n", ";&|<>*#", "ä→☂")
_MANAGER = "/lib/systemd/systemd"


def unit_for(folder: Path) -> str:
    """Return the unit for a program, a store and settings in a folder of that name."""
    program = folder / "remindcli"
    folder.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    start = Start.of(str(folder / "python"), "linux", db=folder / "x.db", settings=folder / "c.toml")
    return systemd.describe(start, Path("/nowhere")).text


@pytest.mark.parametrize("name", HOSTILE)
def test_systemd_finds_no_fault_in_the_unit(require: Require, tmp_path: Path, name: str) -> None:
    require("systemd-analyze")
    file = tmp_path / "remindcli.service"
    file.write_text(unit_for(tmp_path / name))
    # This and the targets alone: units of the machine, such as those of two notification servers, have faults too.
    for target in ("basic", "default", "shutdown"):
        (tmp_path / f"{target}.target").write_text("[Unit]\nDefaultDependencies=no\n")
    own = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "SYSTEMD_UNIT_PATH": str(tmp_path)}
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", file],
        env={"PATH": os.environ["PATH"], **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), "an unknown key is told on stderr, with exit status 0"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_user_manager_reads_the_very_words(require: Require, folder: Path, name: str) -> None:
    """The manager in its dry run prints the command with quotes, and the environment as it is."""
    require(_MANAGER, "setsid")
    units = folder / "home/.config/systemd/user"
    place = folder / name
    text = unit_for(place)
    (units / "default.target.wants").mkdir(parents=True)
    (units / systemd.UNIT).write_text(text)
    (units / "default.target.wants" / systemd.UNIT).symlink_to(units / systemd.UNIT)
    runtime = folder / "run"
    runtime.mkdir()
    as_user: list[str] = []
    if os.getuid() == 0:  # a user manager does not run as root
        as_user = ["setpriv", "--reuid", "65534", "--clear-groups"]
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, -1, follow_symlinks=False)
    done = subprocess.run(
        [*as_user, _MANAGER, "--user", "--test"],
        env={"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "XDG_RUNTIME_DIR": str(runtime)},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    ours = done.stdout.partition(f"-> Unit {systemd.UNIT}:")[2].partition("-> Unit ")[0]
    said = [line.strip() for line in ours.splitlines()]
    assert "WantedBy: default.target (destination-file)" in said, done.stderr
    assert f"Environment: REMIND_CONFIG={place}/c.toml" in said
    command = next(line for line in said if line.startswith("Command Line: "))
    words = read(command.removeprefix("Command Line: "))
    assert words[words[0] == "/usr/bin/env" :] == [f"{place}/remindcli", "--db", f"{place}/x.db", "daemon"]


def read(shown: str) -> list[str]:
    """Return the words of a command as systemd shows it: in quotes where needed, with escapes in them."""
    found = re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', shown)
    return [plain or re.sub(r"\\(.)", r"\1", quoted) for quoted, plain in found]


class Manager:
    """A service manager's socket."""

    def __init__(self, address: Path) -> None:
        self.address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)
        self._socket.settimeout(60)

    def hears(self) -> str:
        """Return the next word."""
        return self._socket.recv(100).decode()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(folder: Path) -> Iterator[Manager]:
    made = Manager(folder / "notify")
    yield made
    made.close()


@contextmanager
def running(folder: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a daemon of the folder's own, and kill it if it is still there at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "remindcli", "--db", folder / "x.db", "daemon"],
        env=variables(folder, **more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def variables(folder: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), **more}


def test_a_daemon_says_ready_alive_and_stopping(folder: Path, manager: Manager) -> None:
    with running(folder, NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="200000") as daemon:
        assert manager.hears() == "READY=1"
        assert is_running(folder / "x.db"), "it says so when it serves, not before"
        assert [manager.hears() for _ in range(3)] == ["WATCHDOG=1"] * 3
        daemon.send_signal(signal.SIGTERM)
        last = until(lambda: word if (word := manager.hears()) != "WATCHDOG=1" else "")
        assert last == "STOPPING=1"
        assert daemon.wait(60) == 0


def test_a_second_daemon_ends_with_a_status_of_its_own_and_never_says_ready(folder: Path, manager: Manager) -> None:
    """RestartPreventExitStatus has it: the service manager does not try for ever."""
    with running(folder, NOTIFY_SOCKET=manager.address):
        assert manager.hears() == "READY=1"
        with running(folder, NOTIFY_SOCKET=manager.address) as second:
            assert second.wait(60) == 75
            assert second.stderr is not None
            assert "a daemon runs for this store already" in second.stderr.read()
        ServiceManager({"NOTIFY_SOCKET": manager.address}).stopping()
        assert manager.hears() == "STOPPING=1", "nothing was said between"


def remind(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a command that must succeed; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "remindcli", *words],
        env=environment or variables(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_a_user_manager_the_desktop_starts_it_and_so_does_install(folder: Path) -> None:
    store = folder / ".local/share/remindcli/remind.db"
    entry = folder / ".config/autostart/remindcli.desktop"
    said = remind(folder, "daemon", "install").splitlines()
    try:
        assert said[0] == f"wrote {entry}"
        assert said[-1] == "the daemon starts at login: XDG autostart entry"
        assert is_running(store)
        assert f"login start: XDG autostart entry {entry}\n" in remind(folder, "daemon", "status")
        assert remind(folder, "daemon", "install").splitlines() == [f"{entry} is as it should be", said[-1]]
        assert remind(folder, "daemon", "uninstall").splitlines() == [
            f"removed {entry}",
            "the daemon does not start at login",
            "a daemon runs still; end it with: remind daemon stop",
        ]
    finally:
        stop(store, int(said[1].partition("(process ")[2].rstrip(")")))
    assert not entry.exists()
