"""A warm process: it has everything imported, and each command runs in a fork of it that waits for its tracer.

A command so costs 50 ms instead of 700, and what is traced begins at the command itself. Requests come as lines of
JSON on stdin; answers go out as lines of JSON: where a fork waits, and how it ended.
"""

import json
import os
import shutil
import signal
import sys
import threading
import traceback
from ctypes import CDLL
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from tests.conftest import FakeClock

from remindcli.channels import Message, Receipt
from remindcli.cli import commands, main
from remindcli.cli.environment import Environment
from remindcli.daemon.engine import Engine
from remindcli.errors import StoreError
from remindcli.store.store import Store

GO = signal.SIGUSR1
BUG = 70
_PR_SET_PTRACER = 0x59616D61
_ANYBODY = -1


def serve() -> None:
    """Answer requests until stdin ends."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [GO])
    answers = os.dup(1)
    _import_the_rest()
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _run(request, answers)
        _, status = os.waitpid(pid, 0)
        _answer(answers, status=os.waitstatus_to_exitcode(status))


def _import_the_rest() -> None:
    """Run a few commands on a store of their own: what they import counts as no call of the command under test."""
    with TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        commands.load_all()
        clock = FakeClock(datetime(2026, 11, 2, 12, tzinfo=UTC))
        world = _environment({"db": f"{folder}/remind.db"}, clock)
        world.stdout = world.stderr = nowhere
        for line in ("add tea daily 9am", "snooze 1 20m", "done 1", "undo", "list --json", "list"):
            main(line.split(), world)


def _answer(answers: int, **values: object) -> None:
    os.write(answers, json.dumps(values).encode() + b"\n")


def _run(request: dict[str, Any], answers: int) -> None:
    """Do what a request says, and end with its exit status."""
    status = BUG
    try:
        CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
        for descriptor, name in ((1, "out"), (2, "err")):
            opened = os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(opened, descriptor)
            os.close(opened)

        def wait_for_tracer() -> None:
            _answer(answers, waits=threading.get_native_id())
            signal.sigwait([GO])

        clock = FakeClock(datetime.fromisoformat(request["now"]))
        if request["held"] == "start":
            wait_for_tracer()
        if request["argv"] is None:
            status = _tick(request, clock, wait_for_tracer)
        else:
            status = main(request["argv"], _environment(request, clock))
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 (a fork must not go on as its parent)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _environment(request: dict[str, Any], clock: FakeClock) -> Environment:
    return Environment(
        stdin=sys.stdin,
        stdout=sys.stdout,
        stderr=sys.stderr,
        has_terminal_in=False,
        has_terminal_out=False,
        has_terminal_err=False,
        width=shutil.get_terminal_size().columns,
        variables=dict(os.environ, REMIND_DB=request["db"]),
        clock=clock,
        cwd=Path("/"),
    )


class FileChannel:
    """Tells by a line in a file, the message's key; what is told so outlives a kill."""

    name: ClassVar[str] = "file"
    timeout_seconds: ClassVar[float] = 1.0

    def __init__(self, path: str, then: Any) -> None:
        self._path = path
        self._then = then

    def send(self, message: Message) -> Receipt:
        """Tell."""
        with Path(self._path).open("a", encoding="utf-8") as file:
            file.write(message.key + "\n")
        self._then()
        return Receipt(self.name, message.key)


def _tick(request: dict[str, Any], clock: FakeClock, wait_for_tracer: Any) -> int:
    """Do one step of the engine.

    The engine sends and records in a thread of its own, whose calls strace counts apart: to break those, it is held
    in its first send.
    """
    held = [wait_for_tracer] if request["held"] == "send" else []

    def sent() -> None:
        if held:
            held.pop()()

    try:
        store = Store(Path(request["db"]), clock)
        channels = {"file": FileChannel(request["sent"], sent)}
        Engine(store, channels, clock, order=("file",), owner="daemon", workers=1, jitter=lambda: 0.0).tick()
        store.close()
    except StoreError as error:
        print(f"error: {error.what}: {error.why}", file=sys.stderr)
        return error.status
    return 0


if __name__ == "__main__":
    serve()
