"""Commands run under strace, a fault at any of their system calls, and what is then left of the store."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.conftest import MEMORY_DISK, FakeClock
from tests.live.faults.warm import GO
from tests.live.rig import until

from remindcli.store.store import Store

ROOT = Path(__file__).parents[3]
IS_FULL = os.environ.get("REMIND_FULL") == "1"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

WRITING = ("open", "openat", "mkdir", "pwrite64", "write", "fsync", "fdatasync", "ftruncate", "fallocate")
NAMING = ("unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "chmod", "fchmod")
LOCKING = ("flock", "fcntl")
READING = ("read", "pread64", "stat", "lstat", "fstat", "newfstatat", "access", "faccessat2")
_ENTERED = re.compile(r"^(?:(?P<tid>\d+) +)?(?P<name>\w+)\((?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that touched the store.

    Attributes:
        name: of the call.
        number: which one of that name it was in its thread, from 1: strace's `when`.
        held: where the process waited for its tracer: "start" or "send".
        text: strace's line.
    """

    name: str
    number: int
    held: str
    text: str

    def __str__(self) -> str:
        return f"{self.name} #{self.number} from the {self.held}: {self.text[:160]}"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended; a negative status is the signal that killed it."""

    status: int
    out: str
    err: str
    log: str

    @property
    def is_killed(self) -> bool:
        return self.status < 0


@dataclass(frozen=True, slots=True)
class Step:
    """What is run: the words of a command, or one step of the engine (None), at that time."""

    argv: Sequence[str] | None
    now: datetime = NOON


class Lab:
    """Stores on a disk in memory, and a warm process that runs commands on them."""

    def __init__(self) -> None:
        place = MEMORY_DISK if MEMORY_DISK.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="remind-faults-", dir=place))
        self._count = 0

    def __enter__(self) -> Self:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "REMIND_CONFIG": str(self.folder / "config.toml"),
            "PYTHONPATH": str(ROOT),
            "TZ": "UTC",
        }
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "tests.live.faults.warm"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._warm.stdin is not None
        self._warm.stdin.close()
        self._warm.wait(10)
        assert self._warm.stdout is not None
        self._warm.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def store(self, like: Path | None = None) -> Iterator[Path]:
        """Give the path of a store in a folder of its own; without `like` nothing is there yet."""
        self._count += 1
        path = self.folder / f"s{self._count}" / "remind.db"
        if like is not None:
            path.parent.mkdir(mode=0o700)
            shutil.copyfile(like, path)
        try:
            yield path
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)

    def run(self, db: Path, step: Step, *strace: str, held: str = "start", follow: bool = True) -> Ran:
        """Run a step; with options for strace under it.

        Args:
            held: where it waits for its tracer.
        """
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        out, err = self.folder / "out", self.folder / "err"
        request = {
            "argv": step.argv,
            "db": str(db),
            "now": step.now.isoformat(),
            "held": held if strace else "",
            "out": str(out),
            "err": str(err),
            "sent": str(self.sent(db)),
        }
        assert self._warm.stdin is not None
        self._warm.stdin.write(json.dumps(request) + "\n")
        self._warm.stdin.flush()
        answer = self._answer()
        if "waits" in answer:
            threads = ["-f"] if follow and held == "start" else []
            command = ["strace", *threads, "-y", "-qq", "-o", str(log), *strace, "-p", str(answer["waits"])]
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
                _let_go(answer["waits"], tracer)
                answer = self._answer()
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return Ran(answer["status"], out.read_text(), err.read_text(), text)

    def calls(self, db: Path, step: Step, names: Sequence[str], *, held: str = "start") -> tuple[Ran, list[Call]]:
        """Run a step, and return the calls with which it touched the store's folder."""
        ran = self.run(db, step, "-e", f"trace={_known(names)}", held=held)
        return ran, list(_touching(ran.log, str(db.parent), held))

    def break_at(self, db: Path, step: Step, call: Call, fault: str, names: Sequence[str]) -> Ran:
        """Run a step with a fault at one call.

        Args:
            fault: as strace's inject has it: "signal=SIGKILL", "error=EIO".
        """
        options = ("-e", f"trace={_known(names)}", "-e", f"inject={call.name}:{fault}:when={call.number}")
        return self.run(db, step, *options, held=call.held)

    @staticmethod
    def sent(db: Path) -> Path:
        """Return the file in which a store's engine tells; not in the store's own folder."""
        return db.parent.with_suffix(".sent")

    def _answer(self) -> dict[str, Any]:
        assert self._warm.stdout is not None
        return dict(json.loads(self._warm.stdout.readline()))


def _let_go(thread: int, tracer: "subprocess.Popen[str]") -> None:
    """Let a waiting thread go on as soon as it is traced."""

    def is_traced() -> bool:
        assert tracer.poll() is None, tracer.stderr.read() if tracer.stderr else ""
        status = Path(f"/proc/{thread}/status").read_text()
        return "TracerPid:\t0\n" not in status

    until(is_traced, what="the tracer")
    os.kill(thread, GO)


def _known(names: Sequence[str]) -> str:
    """Return names for strace; with a question mark it takes those that this machine has not."""
    return ",".join(f"?{name}" for name in names)


def _touching(log: str, folder: str, held: str) -> Iterator[Call]:
    numbers: Counter[tuple[str, str]] = Counter()
    for line in log.splitlines():
        found = _ENTERED.match(line)
        if found is None:
            continue
        key = (found["tid"] or "", found["name"])
        numbers[key] += 1
        if re.search(re.escape(folder) + r"[/\">]", found["rest"]):
            yield Call(found["name"], numbers[key], held, line.replace(folder, ""))


def sample(calls: Sequence[Call], most: int) -> list[Call]:
    """Return all calls in the full form, else some of them, spread evenly."""
    if IS_FULL or len(calls) <= most:
        return list(calls)
    return [calls[index * len(calls) // most] for index in range(most)]


# -- what is left ----------------------------------------------------------------------------------------------

Dump = dict[str, list[tuple[Any, ...]]]


def dump(db: Path) -> Dump | None:
    """Return all that a store holds, opened by the product and found sound; None where there is no store.

    New tasks get random uids: those are left out.
    """
    if not db.exists():
        return None
    Store(db, FakeClock(NOON)).close()
    with closing(sqlite3.connect(db)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchall()
        assert verdict == ("ok",), verdict
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("sqlite_")
        ]
        uids = {uid: f"uid-{number}" for number, uid in connection.execute("SELECT id, uid FROM tasks")}
        return {name: sorted(_rows(connection, name, uids), key=repr) for name in names}


def _rows(connection: sqlite3.Connection, table: str, uids: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    for row in cursor.fetchall():
        cells = []
        for cell in row:
            value = cell
            if isinstance(cell, str):
                for uid, name in uids.items():
                    value = value.replace(uid, name)
            cells.append(value)
        yield tuple(cells)
