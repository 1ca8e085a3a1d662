"""The command channel with real programs, well-behaved and not."""

import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from tests.channels.contract import HOSTILE_TITLES, ChannelContract, End, refusal_of
from tests.processes import is_alive, needs_proc, wait_until

from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal, Urgency
from remindcli.channels.command import CommandChannel
from remindcli.channels.secret import Secret

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs are scripts")


def script(path: Path, body: str) -> Path:
    """Write a program in Python."""
    path.write_text(f"#!{sys.executable} -ISs\nimport json, os, sys\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "told"


@pytest.fixture
def program(tmp_path: Path, log: Path) -> Path:
    return script(
        tmp_path / "tell",
        f"told = json.loads(sys.stdin.readline())\n"
        f"seen = {{name: os.environ[name] for name in os.environ if name.startswith('REMIND_')}}\n"
        f"print(json.dumps([told, seen, sys.argv[1:]]), file=open({str(log)!r}, 'a'))",
    )


def told(log: Path) -> list[tuple[dict[str, str], dict[str, str], list[str]]]:
    return [tuple(json.loads(line)) for line in log.read_text().splitlines()]


def error_of(channel: Channel) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(Message("key", "milk"))
    return caught.value


class TestContract(ChannelContract):
    hang_is = Refusal.UNKNOWN
    absent_is = (Refusal.REFUSED, True)

    @pytest.fixture
    def works(self, program: Path, log: Path) -> End:
        return End(CommandChannel(run=[str(program)], timeout=20), lambda: [one[0]["title"] for one in told(log)])

    @pytest.fixture
    def impatient(self, program: Path) -> Channel:
        return CommandChannel(run=[str(program)], timeout=2)

    @pytest.fixture
    def absent(self, tmp_path: Path) -> Channel:
        return CommandChannel(run=[str(tmp_path / "nothing")])

    @pytest.fixture
    def refuses(self, tmp_path: Path) -> tuple[Channel, Refusal]:
        return CommandChannel(run=[str(script(tmp_path / "no", "sys.exit(1)"))]), Refusal.REFUSED

    @pytest.fixture
    def hang(self, program: Path) -> Callable[[], AbstractContextManager[None]]:
        @contextmanager
        def hanging() -> Iterator[None]:
            text = program.read_text()
            script(program, "import signal; signal.pause()")
            yield
            program.write_text(text)

        return hanging


@pytest.mark.parametrize(("title", "seen"), HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_the_variables_are_what_stdin_says(program: Path, log: Path, title: str, seen: str) -> None:
    CommandChannel(run=[str(program)]).send(Message("uid+0", title, "due\n09:00", Urgency.CRITICAL))
    ((on_stdin, variables, _),) = told(log)
    assert on_stdin == {"key": "uid+0", "title": seen, "body": "due\n09:00", "urgency": "critical"}
    assert {name.removeprefix("REMIND_").lower(): value for name, value in variables.items()} == on_stdin


def test_no_shell_reads_the_words(program: Path, log: Path) -> None:
    words = ["$(touch x)", "; false", "*", "-h", "", "é"]
    CommandChannel(run=[str(program), *words]).send(Message("key", "milk"))
    assert told(log)[0][2] == words


def test_secrets_come_as_variables_and_are_not_told_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    program = script(tmp_path / "tell", "print('the token is', os.environ['TOKEN']); sys.exit(1)")
    error = error_of(CommandChannel(run=[str(program)], environment={"TOKEN": Secret("tk_12345")}))
    assert error.why == "the token is [secret]"
    assert "tk_12345" not in caplog.text


@pytest.mark.parametrize(("status", "is_permanent"), [(1, True), (75, False), (2, True), (127, True), (255, True)])
def test_75_is_for_now_and_the_rest_for_good(tmp_path: Path, status: int, is_permanent: bool) -> None:
    program = script(tmp_path / "no", f"sys.stderr.write('no \\x1b[31m room\\n'); sys.exit({status})")
    error = error_of(CommandChannel(run=[str(program)]))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, is_permanent)
    assert error.what == f"no ended with {status}"
    assert error.why == "no ␛[31m room"


def test_a_program_that_a_signal_killed_is_unknown(tmp_path: Path) -> None:
    program = script(tmp_path / "dies", "os.kill(os.getpid(), 9)")
    error = error_of(CommandChannel(run=[str(program)]))
    assert (error.refusal, error.what) == (Refusal.UNKNOWN, "dies was killed by signal 9")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda _path: None, "No such file or directory"),
        (lambda path: path.write_text("#!/bin/sh\n"), "Permission denied"),
        (lambda path: path.mkdir(), "Permission denied"),
        (lambda path: (path.write_text("#!/nowhere/sh\n"), path.chmod(0o755)), "No such file or directory"),
        (lambda path: (path.write_bytes(b"\0\1"), path.chmod(0o755)), "Exec format error"),
    ],
    ids=["not there", "not executable", "a folder", "no interpreter", "no program"],
)
def test_what_cannot_be_run_is_a_no_for_good(tmp_path: Path, make: Callable[[Path], object], why: str) -> None:
    make(tmp_path / "it")
    channel = CommandChannel(run=[str(tmp_path / "it")])
    error = error_of(channel)
    assert (error.refusal, error.permanent, error.why) == (Refusal.REFUSED, True, why)
    assert error.hint


def test_examine_runs_nothing(program: Path, log: Path, tmp_path: Path) -> None:
    assert CommandChannel(run=[str(program)]).examine() == f"runs {program}"
    assert not log.exists()
    with pytest.raises(ChannelError, match="can't be run"):
        CommandChannel(run=[str(tmp_path / "nothing")]).examine()


def test_a_flood_is_thrown_away_and_ends_in_time(tmp_path: Path) -> None:
    finite = script(tmp_path / "finite", "sys.stdout.write('x' * 5_000_000); sys.exit(1)")
    error = error_of(CommandChannel(run=[str(finite)]))
    assert (error.what, len(error.why)) == ("finite ended with 1", 200)
    endless = script(tmp_path / "endless", "while True: sys.stdout.write('x' * 65536)")
    assert refusal_of(CommandChannel(run=[str(endless)], timeout=1))[0] is Refusal.UNKNOWN


def test_a_program_that_reads_nothing_gets_its_message_all_the_same(tmp_path: Path) -> None:
    closes = script(tmp_path / "closes", "os.close(0)")
    receipt = CommandChannel(run=[str(closes)]).send(Message("key", "x" * 200, "y" * 2000))
    assert receipt == Receipt("command", "closes")


@needs_proc
def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = script(
        tmp_path / "forks",
        "import signal\nsignal.signal(15, signal.SIG_IGN)\nfor _ in range(3):\n    if not os.fork(): break\n"
        f"print(os.getpid(), file=open({str(pids)!r}, 'a'), flush=True)\nsignal.pause()",
    )
    assert refusal_of(CommandChannel(run=[str(program)], timeout=1))[0] is Refusal.UNKNOWN
    started = [int(line) for line in pids.read_text().split()]
    assert len(started) == 4
    wait_until(lambda: not any(map(is_alive, started)))


@needs_proc
def test_a_child_that_keeps_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    program = script(
        tmp_path / "forks",
        f"pid = os.fork()\nif pid: open({str(pid_file)!r}, 'w').write(str(pid)); print('told'); sys.exit()\n"
        "import signal; signal.pause()",
    )
    assert CommandChannel(run=[str(program)], timeout=20).send(Message("key", "milk")).target == "forks"
    child = int(pid_file.read_text())
    assert is_alive(child), "what a program leaves behind, a sound that plays, is left alone"
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: not is_alive(child))
