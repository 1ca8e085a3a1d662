"""What tells those who watch from outside: a real command, a real server that answers, refuses, redirects or drips."""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.conftest import FakeChannel, FakeClock
from tests.processes import is_alive, needs_proc, wait_until

from remindcli.core.rule import Rule
from remindcli.daemon.engine import Engine
from remindcli.daemon.hooks import ping, run_hook
from remindcli.errors import UsageError
from remindcli.settings import load
from remindcli.store.asked import NewTask
from remindcli.store.store import Store


def program(folder: Path, text: str) -> list[str]:
    """Return the words of a command that runs this Python text."""
    script = folder / "hook.py"
    script.write_text(text)
    return [sys.executable, str(script)]


def test_a_command_gets_what_was_given_up_as_json(
    store: Store, channel: FakeChannel, clock: FakeClock, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    command = [*program(tmp_path, "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"), str(told)]
    store.add(NewTask("call $(touch owned) `bob`", Rule(clock.now().replace(tzinfo=None), "UTC")))
    channel.refuses(permanent=True)
    engine = Engine(
        store,
        {"fake": channel},
        clock,
        order=("fake",),
        owner="test",
        workers=1,
        on_loss=lambda about: run_hook(command, about),
    )
    engine.tick()
    about = json.loads(told.read_text())
    assert (about["event"], about["why"]) == ("given up", "fake: it said no")
    assert [(task["id"], task["title"]) for task in about["tasks"]] == [(1, "call $(touch owned) `bob`")]


def test_a_command_that_fails_hangs_or_is_not_there_stops_nothing(tmp_path: Path) -> None:
    assert not run_hook(program(tmp_path, "raise SystemExit(3)"), {})
    assert not run_hook(program(tmp_path, "import threading; threading.Event().wait(60)"), {}, seconds=0.5)
    assert not run_hook([str(tmp_path / "nothing-here")], {})
    (tmp_path / "text").write_text("no program")
    assert not run_hook([str(tmp_path / "text")], {})
    assert run_hook(program(tmp_path, "print('x' * 10_000_000)"), {}), "a flood of output goes nowhere"


@needs_proc
def test_a_command_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    line = f"sleep 617 & echo $! > {pid}.new; mv {pid}.new {pid}; wait"
    assert not run_hook(["sh", "-c", line], {}, seconds=0.5)
    started = int(pid.read_text())
    wait_until(lambda: not is_alive(started))


class Answers(BaseHTTPRequestHandler):
    """Answers by the path: /200, /500, /redirect, /drip, /drip-head."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path in ("/drip", "/drip-head"):
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            if self.path == "/drip":
                self.end_headers()
            self.flush_headers()
            for _ in range(100):
                try:
                    self.wfile.write(b".")
                    self.wfile.flush()
                except OSError:
                    return
                threading.Event().wait(0.1)
            return
        status = 302 if self.path == "/redirect" else int(self.path[1:])
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Return the address of a server on this machine, and what it was asked for."""
    asked: list[str] = []
    handler = type("Handler", (Answers,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


def test_a_ping_is_heard(server: tuple[str, list[str]]) -> None:
    address, asked = server
    assert ping(f"{address}/200")
    assert asked == ["/200"]


def test_a_ping_that_is_refused_or_sent_elsewhere_has_failed(
    server: tuple[str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    address, asked = server
    assert not ping(f"{address}/500")
    assert not ping(f"{address}/redirect")
    assert asked == ["/500", "/redirect"], "no redirect is followed"
    assert "/500" not in caplog.text, "the path may be a secret"


def test_a_ping_does_not_wait_for_a_server_that_drips_or_is_not_there(server: tuple[str, list[str]]) -> None:
    address, _ = server
    assert ping(f"{address}/drip", seconds=0.5), "it answered 200, and the rest does not matter"
    assert not ping(f"{address}/drip-head", seconds=0.5), "no single wait is long, and all of it is"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert not ping(f"http://127.0.0.1:{port}/", seconds=0.5)


def test_only_settings_of_ones_own_name_what_is_run(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('on_failure = ["true"]\nheartbeat_url = "https://example.org/secret"')
    file.chmod(0o600)
    assert load(file, {}).names("on_failure") == ("true",)
    file.chmod(0o666)
    if os.name == "posix":
        with pytest.raises(UsageError, match="others can write"):
            load(file, {})
    for text in ("on_failure = 3", 'heartbeat_url = "file:///etc/passwd"'):
        file.chmod(0o600)
        file.write_text(text)
        with pytest.raises(UsageError):
            load(file, {})
