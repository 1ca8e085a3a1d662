"""The warm process and who asks it, as real processes: each change once or not at all, whoever dies or answers."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.conftest import lacking
from tests.live.rig import until

from remindcli import client

REMIND = Path(sys.executable).with_name("remind")
COMMANDS = 500 if os.environ.get("REMIND_FULL") else 40

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the warm process is for Linux")


_SPY = """\
import os, socket, sys
os.setuid(65534)
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("up", flush=True)
line, _ = listener.accept()
print(len(line.recv(1 << 16)), flush=True)
"""
"""Listens as another user, and says how many bytes it heard."""


class Place:
    """A home with a store, and the variables of a shell in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "remind.db"
        self.variables = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "XDG_RUNTIME_DIR": str(folder),
            "REMIND_DB": str(self.store),
            "LANG": "C.UTF-8",
        }
        (folder / "remindcli").mkdir(mode=0o700)
        self._begun: list[subprocess.Popen[str]] = []

    @property
    def address(self) -> Path:
        """Return where the warm process of this store listens."""
        variables = {os.fsencode(name): os.fsencode(value) for name, value in self.variables.items()}
        return Path(client.address_of(client.store_path(variables, str(self.folder)), variables))

    def remind(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a shell does."""
        return subprocess.run(
            [REMIND, *words],
            env={**self.variables, **variables},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a command; what still runs when the test is over is killed."""
        self._begun.append(
            subprocess.Popen(
                [REMIND, *words],
                env=self.variables,
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return self._begun[-1]

    def end(self) -> None:
        """End what was begun, and close its pipes."""
        for process in self._begun:
            process.kill()
            process.communicate()

    def titles(self) -> list[str]:
        """Return the titles in the store."""
        with sqlite3.connect(self.store) as connection:
            return [title for (title,) in connection.execute("SELECT title FROM tasks")]

    @contextmanager
    def warm(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run a warm process, as the daemon does."""
        process = subprocess.Popen(
            [sys.executable, "-m", "remindcli.warm", os.path.realpath(self.store)],
            env=self.variables,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            until(self.address.exists, 60, "the warm process's socket")
            yield process
        finally:
            process.kill()
            process.communicate()

    @contextmanager
    def impostor(self, answer: Callable[[socket.socket], object]) -> Iterator[list[bytes]]:
        """Listen where the warm process would, and answer each in a way of one's own; yield what came."""
        heard: list[bytes] = []
        self.address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self.address))
            listener.listen()

            def serve() -> None:
                while True:
                    try:
                        line, _ = listener.accept()
                    except OSError:
                        return
                    with line:
                        heard.append(line.recv(1 << 16))
                        answer(line)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            try:
                yield heard
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                thread.join(10)


@pytest.fixture
def place() -> Iterator[Place]:
    """Return a home of which paths are short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="rw-") as folder:
        made = Place(Path(folder))
        yield made
        made.end()


def is_used(place: Place, *words: str) -> bool:
    """Return whether the warm process does a command: a cold one would import what `-X importtime` names."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from remindcli.__main__ import run; run()", *words],
        env=place.variables,
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return "remindcli.cli.environment" not in run.stderr


def test_what_it_says_is_what_a_cold_start_says(place: Place) -> None:
    with place.warm():
        for words in (
            ("add", "call bob tomorrow 5pm +work"),
            ("list",),
            ("list", "--json"),
            ("done", "7"),
            ("when", "every 31st at 9am"),
            ("lsit",),
            ("--help",),
            (),
        ):
            warm = place.remind(*words, REMIND_WARM="1")
            if words[:1] == ("add",):
                assert place.titles() == ["call bob"]
                continue
            cold = place.remind(*words, REMIND_WARM="0")
            assert (warm.returncode, warm.stdout, warm.stderr) == (cold.returncode, cold.stdout, cold.stderr), words
        assert is_used(place, "list")
        assert not is_used(place, "doctor"), "what works on the daemon is done by a process of its own"


def test_another_store_zone_or_keyboard_is_served_as_it_is(place: Place) -> None:
    place.remind("add", "here tomorrow 9am")
    with place.warm():
        other = place.remind("list", REMIND_DB=str(place.folder / "other.db"))
        assert (other.returncode, other.stdout) == (0, "")
        assert place.remind("--db", "third.db", "list").stdout == ""
        assert "+09:00" in place.remind("list", TZ="Asia/Tokyo").stdout
        assert "+00:00" in place.remind("list", TZ="UTC").stdout
        read = subprocess.run(
            [REMIND, "when", "--stdin"],
            env=place.variables,
            input="tomorrow\n",
            capture_output=True,
            text=True,
            check=True,
        )
        assert '"phrase": "tomorrow"' in read.stdout


@pytest.mark.parametrize(
    "answer",
    [
        lambda _line: None,
        lambda line: line.sendall(b"N"),
        lambda line: line.sendall(os.urandom(100)),
        lambda line: line.recv(1),
    ],
    ids=["hangs up", "declines", "talks nonsense", "says nothing"],
)
def test_whatever_else_answers_the_command_is_done(place: Place, answer: Callable[[socket.socket], object]) -> None:
    with place.impostor(answer) as heard:
        added = place.remind("add", "-q", "pay rent")
    assert heard, "it was asked"
    assert (added.returncode, added.stdout) == (0, "1\n")
    assert place.titles() == ["pay rent"]


def test_one_that_dies_after_the_word_to_go_leaves_it_to_the_asker(place: Place) -> None:
    def begin_and_die(line: socket.socket) -> None:
        line.sendall(client.READY)
        assert line.recv(1) == client.GO

    with place.impostor(begin_and_die):
        added = place.remind("add", "-q", "pay rent")
    assert (added.returncode, added.stdout) == (0, "1\n")
    assert place.titles() == ["pay rent"]


def test_a_stale_socket_is_no_hindrance(place: Place) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(place.address))
    assert place.remind("add", "-q", "pay rent").stdout == "1\n"
    with place.warm():
        until(lambda: is_used(place, "list"), 60, "the next one to take its place")


def test_a_socket_of_another_user_is_not_asked(place: Place) -> None:
    if os.getuid() != 0:
        lacking("root, to be another user")
    place.folder.chmod(0o777)
    (place.folder / "remindcli").chmod(0o777)
    command = [sys.executable, "-c", _SPY, str(place.address)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as spy:
        try:
            assert spy.stdout is not None
            assert spy.stdout.readline() == "up\n"
            place.address.chmod(0o777)
            assert place.remind("add", "-q", "a secret").stdout == "1\n"
            assert spy.communicate(timeout=60)[0] == "0\n", "it heard nothing"
        finally:
            spy.kill()


def test_one_of_an_older_version_is_not_used_and_makes_room(place: Place) -> None:
    place.remind("add", "here")
    with place.warm() as process:
        variables = {os.fsencode(name): os.fsencode(value) for name, value in place.variables.items()}
        world = client.World(
            terminals=(False, False, False), width=80, encodings=("utf-8", "utf-8"), variables=variables, cwd="/"
        )
        store = client.store_path(variables, "/")
        frame = client.request_frame(["list"], world, store, "x")
        newer = frame.replace(client.stamp().split("\0")[0].encode(), b"9.9.9", 1)
        assert client.ask(str(place.address), newer, lambda _kind, _text: None) is None
        assert process.wait(60) == 0, "the daemon starts the version that is there now"
        assert not place.address.exists()


def test_a_flood_and_what_is_too_large_do_no_harm(place: Place) -> None:
    place.remind("add", "here")
    with place.warm():
        idle = []
        for size in (0, 1, 10_000_000):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.connect(str(place.address))
            line.sendall(size.to_bytes(4, "big"))
            idle.append(line)
        many = [place.begin("add", "-q", f"number {number}") for number in range(12)]
        assert [process.wait(60) for process in many] == [0] * 12
        for process in many:
            process.communicate()
        for line in idle:
            line.close()
        assert sorted(place.titles()) == sorted(["here", *(f"number {number}" for number in range(12))])
        until(lambda: is_used(place, "list"), 60, "the warm process to serve again")
        too_long = place.remind("add", "x" * 100_000)
        assert too_long.returncode == 2
        assert "100,000 characters" in too_long.stderr


def test_one_that_hangs_is_left_alone_and_the_change_is_made_once(place: Place) -> None:
    place.remind("add", "here")
    with place.warm() as process:
        process.send_signal(signal.SIGSTOP)
        added = place.remind("add", "-q", "while it hangs")
        assert added.stdout == "2\n", "one that does not even say that it will is left alone"
        process.send_signal(signal.SIGCONT)
        assert place.remind("list", "-q").stdout == "1\n2\n"
    assert place.titles() == ["here", "while it hangs"]


def test_an_interrupt_ends_the_command_and_not_the_warm_process(place: Place) -> None:
    place.remind("add", "here")
    with place.warm() as process:
        process.send_signal(signal.SIGSTOP)
        asking = place.begin("list")
        asking.send_signal(signal.SIGINT)
        assert asking.wait(60) in (130, -signal.SIGINT)
        asking.communicate()
        process.send_signal(signal.SIGCONT)
        assert place.remind("list", "-q").stdout == "1\n"
        assert process.poll() is None


def test_a_closed_pipe_is_no_error(place: Place) -> None:
    for number in range(3):
        place.remind("add", f"number {number}")
    with place.warm():
        run = subprocess.run(
            ["bash", "-c", f'set -o pipefail; "{REMIND}" list | head -1'],
            env=place.variables,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) == 1


def test_killed_at_random_each_change_is_made_once_or_not_at_all_as_was_said(place: Place) -> None:
    """Kill -9 of the warm process and of the asker while commands run."""
    chance = random.Random(20261124)
    pause = threading.Event()
    place.remind("add", "first")
    said: dict[str, str] = {}
    number = 0
    while number < COMMANDS:
        with place.warm() as process:
            for _ in range(chance.randint(1, 6)):
                number += 1
                title = f"change {number}"
                asking = place.begin("add", "-q", title)
                pause.wait(chance.random() * 0.05)
                victim = chance.choice((process, asking, None))
                if victim is not None:
                    victim.kill()
                out, err = asking.communicate(timeout=60)
                if asking.returncode == 0:
                    assert out.strip().isdigit() or "it had done this" in err, (out, err)
                    said[title] = "made"
                elif asking.returncode == -signal.SIGKILL:
                    said[title] = "not said"
                else:
                    pytest.fail(f"{asking.returncode}: {err}")
                if process.poll() is not None:
                    break
    made = place.titles()
    assert len(made) == len(set(made)), "none twice"
    assert {title for title, what in said.items() if what == "made"} <= set(made), "what was said is there"
    assert set(made) - {"first"} <= set(said), "and nothing else"
    with sqlite3.connect(place.store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    counts = {what: sum(one == what for one in said.values()) for what in set(said.values())}
    print(f"{number} commands: {counts}, {len(made) - 1} changes")


def test_the_daemon_keeps_one_and_starts_it_again(place: Place) -> None:
    place.remind("add", "here")
    daemon = subprocess.Popen(
        [REMIND, "daemon"], env=place.variables, cwd=place.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: is_used(place, "list"), 60, "the warm process")
        first = warm_process_of(daemon.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: warm_process_of(daemon.pid) not in (0, first), 60, "another one")
        until(lambda: is_used(place, "list"), 60, "an answer of it")
        second = warm_process_of(daemon.pid)
    finally:
        daemon.kill()
        daemon.wait()
    until(lambda: not Path(f"/proc/{second}").exists(), 60, "its end: the daemon was killed")
    assert place.remind("list", "-q").stdout == "1\n"


def test_the_daemon_ends_its_warm_process_when_it_ends(place: Place) -> None:
    daemon = subprocess.Popen(
        [REMIND, "daemon"], env=place.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(place.address.exists, 60, "the warm process")
        daemon.terminate()
        assert daemon.wait(60) == 0
        assert not place.address.exists()
    finally:
        daemon.kill()
        daemon.wait()


def warm_process_of(daemon: int) -> int:
    """Return the process id of a daemon's warm process; 0 if there is none."""
    children = Path(f"/proc/{daemon}/task/{daemon}/children")
    every = [Path(task, "children") for task in Path(f"/proc/{daemon}/task").glob("*")] if children.exists() else []
    for child in " ".join(one.read_text() for one in every if one.exists()).split():
        command = Path(f"/proc/{child}/cmdline")
        if command.exists() and b"remindcli.warm" in command.read_bytes():
            return int(child)
    return 0
