"""How late the engine is, what a look costs, and how soon a write is noticed: python bench/engine.py [--full].

The channel takes no time at all, so that what is measured is ours. Each row is measured on a disk in memory and on
the disk of the temporary folder, where each write is synced (docs/store.md); what a write costs there stands first.
The engine has told something before, as that of a daemon has; `--full` adds 100,000 waiting, and a daemon that is left
alone for a minute (Linux).
"""

import argparse
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from stores import fill

from remindcli import nudge
from remindcli.channels import Message, Receipt
from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.daemon import serve
from remindcli.daemon.engine import Engine
from remindcli.daemon.runner import Runner
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

MEMORY = Path("/dev/shm")
CLOCK = SystemClock()


class Instant:
    """A channel that takes a message at once and notes when."""

    name = "instant"
    timeout_seconds = 1.0

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.came = threading.Event()

    def send(self, message: Message) -> Receipt:
        """Take it."""
        self.taken.append(time.perf_counter())
        self.came.set()
        return Receipt(self.name, message.key)


@contextmanager
def store_in(base: Path | None) -> Iterator[Store]:
    """Return a new store in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="remind-bench-", dir=base) as folder:
        store = Store(Path(folder, "remind.db"), CLOCK)
        try:
            yield store
        finally:
            store.close()


def due_now() -> NewTask:
    """Return a task that is due now."""
    return NewTask("due", Rule(CLOCK.now().replace(tzinfo=None, microsecond=0), "UTC"))


def commit(base: Path | None) -> float:
    """Return the median milliseconds of the smallest write."""
    with store_in(base) as store:
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            store.queue.beat(pid=None, version="bench")
            times.append((time.perf_counter() - begun) * 1000)
        return statistics.median(times)


def due_at_once(base: Path | None, count: int, ahead: timedelta = timedelta()) -> tuple[float, float]:
    """Return how many milliseconds late the first and the last were told of so many that are due at once.

    Args:
        ahead: how long before that the engine looks, as its alarm has it.
    """
    with store_in(base) as store:
        fill(store.path, count)
        channel = Instant()
        engine = Engine(store, {"instant": channel}, CLOCK, order=("instant",), owner="bench", ahead=ahead)
        for _ in range(3):
            store.add(due_now())
            engine.tick()
        channel.taken.clear()
        due = CLOCK.now() + timedelta(seconds=1)
        moment = {"at": int(due.timestamp() * 1000)}
        with closing(sqlite3.connect(store.path, isolation_level=None)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("UPDATE occurrences SET due_at = :at WHERE planned_for = '2026-01-01T09:00'", moment)
            raw.execute("UPDATE scheduled_tasks SET due_at = :at, execute_at = :at WHERE status = 'scheduled'", moment)
            raw.execute("COMMIT")
        time.sleep(max(0.0, (due - ahead - CLOCK.now()).total_seconds()))
        begun = time.perf_counter() + (due - CLOCK.now()).total_seconds()
        engine.tick()
        assert len(channel.taken) == count, len(channel.taken)
        return (channel.taken[0] - begun) * 1000, (channel.taken[-1] - begun) * 1000


def left_alone(base: Path | None, waiting: int) -> Sequence[tuple[str, str]]:
    """Return what a daemon does with so many waiting in a minute in which nothing is due."""
    with store_in(base) as store:
        fill(store.path, waiting)
        env = dict(os.environ, HOME=str(store.path.parent), XDG_RUNTIME_DIR=str(store.path.parent), REMIND_WARM="off")
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "remindcli", "--db", str(store.path), "daemon", "--background"], env=env
        )
        try:
            while store.queue.heartbeat().pid != process.pid:
                time.sleep(0.005)
            start = time.perf_counter() - begun
            time.sleep(90)  # its first minute ends with the backup of the day
            before = spent(process.pid)
            time.sleep(60)
            cpu, wakes = (after - one for after, one in zip(spent(process.pid), before, strict=True))
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
        finally:
            process.terminate()
            process.wait()
    what = f"{waiting:,} waiting, the daemon"
    return (
        (f"{what}: serves after", f"{start * 1000:.0f}"),
        (f"{what}: CPU in an idle minute", f"{cpu:.1f}"),
        (f"{what}: times the main thread slept in it (each wait for the disk is one)", f"{wakes:.0f}"),
        (f"{what}: resident MB", f"{resident / 1024:.0f}"),
    )


def spent(pid: int) -> tuple[float, float]:
    """Return the CPU milliseconds of a process, and how often its main thread went to sleep."""
    tasks = list(Path(f"/proc/{pid}/task").iterdir())
    cpu = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6
    status = Path(f"/proc/{pid}/task/{pid}/status").read_text()
    return cpu, next(int(line.split()[1]) for line in status.splitlines() if line.startswith("voluntary"))


def look(base: Path | None, waiting: int) -> tuple[float, float]:
    """Return the median milliseconds of a look with so many waiting, and of the start of the store."""
    with store_in(base) as store:
        fill(store.path, waiting)
        begun = time.perf_counter()
        again = Store(store.path, CLOCK)
        start = (time.perf_counter() - begun) * 1000
        engine = Engine(again, {"instant": Instant()}, CLOCK, order=("instant",), owner="bench")
        engine.tick()
        times = []
        for _ in range(30):
            begun = time.perf_counter()
            engine.tick()
            times.append((time.perf_counter() - begun) * 1000)
        again.close()
        return statistics.median(times), start


class Watched(Engine):
    """An engine that notes when it has looked, and what it then took for the next time."""

    came = threading.Event()
    seen: tuple[float, datetime | None] = (0.0, None)

    def tick(self) -> datetime | None:
        """Look, and note it."""
        next_at = super().tick()
        self.seen = (time.perf_counter(), next_at)
        self.came.set()
        return next_at


@contextmanager
def serving(store: Store, serve_it: Callable[[Callable[[], bool]], object]) -> Iterator[None]:
    """Serve a store on a thread meanwhile; what serves it is given what to ask whether it is finished."""
    is_over = threading.Event()
    daemon = threading.Thread(target=serve_it, args=(is_over.is_set,))
    daemon.start()
    try:
        yield
    finally:
        is_over.set()
        nudge.send(store.path)
        daemon.join()


def noticed(base: Path | None, writes: int) -> float:
    """Return the median milliseconds from a write's commit until a running daemon has looked and has seen it.

    Each write plans something earlier than all before, and nothing that is due: the look reads it, and claims nothing.
    """
    with store_in(base) as store:
        engine = Watched(store, {"instant": Instant()}, CLOCK, order=("instant",), owner="bench", ahead=serve.AHEAD)
        start = CLOCK.now().replace(tzinfo=None, microsecond=0) + timedelta(days=writes)
        times = []
        with (
            serving(store, lambda is_over: Runner(store, engine, CLOCK, is_finished=is_over).run()),
            closing(Store(store.path, CLOCK)) as writer,
        ):
            for number in range(writes):
                time.sleep(0.2)
                engine.came.clear()
                rule = Rule(start - timedelta(days=number), "UTC")
                writer.add(NewTask(f"{number}", rule))
                begun = time.perf_counter()
                nudge.send(writer.path)
                while engine.seen[1] is None or engine.seen[1].replace(tzinfo=None) != rule.dtstart:
                    assert engine.came.wait(20)
                    engine.came.clear()
                times.append((engine.seen[0] - begun) * 1000)
        return statistics.median(times)


def handed_over(base: Path | None, writes: int) -> float:
    """Return the median milliseconds from the commit of a write that is due until a daemon's channel has its message.

    In between the daemon commits a claim: a synced write (decision 0214).
    """
    with store_in(base) as store:
        store.add(NewTask("far away", Rule(CLOCK.now().replace(tzinfo=None) + timedelta(days=9), "UTC")))
        channel, order = Instant(), ("instant",)
        times = []
        with (
            serving(
                store, lambda is_over: serve.run(store, {"instant": channel}, CLOCK, order=order, is_finished=is_over)
            ),
            closing(Store(store.path, CLOCK)) as writer,
        ):
            for number in range(writes):
                time.sleep(0.2)
                channel.came.clear()
                writer.add(NewTask(f"{number}", Rule(CLOCK.now().replace(tzinfo=None, microsecond=0), "UTC")))
                begun = time.perf_counter()
                nudge.send(writer.path)
                assert channel.came.wait(20)
                times.append((channel.taken[-1] - begun) * 1000)
        return statistics.median(times)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="100,000 waiting too")
    is_full = parser.parse_args().full
    places = {"disk": None} | ({"memory": MEMORY} if MEMORY.is_dir() else {})
    rows = [["what (milliseconds)", *places]]

    def measured(what: str, *figures: Sequence[float]) -> None:
        print(f"{what} ...", file=sys.stderr)
        rows.append([what, *(" / ".join(f"{one:.1f}" for one in figure) for figure in figures)])

    measured("a write", *((commit(base),) for base in places.values()))
    for count in (1, 100):
        what = f"{count} due at once, late: first / last"
        measured(f"{what}, looked for when due", *(due_at_once(base, count) for base in places.values()))
        measured(f"{what}, claimed ahead", *(due_at_once(base, count, serve.AHEAD) for base in places.values()))
    for waiting in (0, 1_000, 10_000, *((100_000,) if is_full else ())):
        measured(f"{waiting:,} waiting: a look / opening the store", *(look(base, waiting) for base in places.values()))
    measured("a write is noticed by a running daemon (median)", *((noticed(base, 30),) for base in places.values()))
    what = "a write that is due is handed to a channel, a claim committed in between (median)"
    measured(what, *((handed_over(base, 30),) for base in places.values()))
    if is_full and sys.platform == "linux":
        print("a daemon left alone for a minute ...", file=sys.stderr)
        rows += [[what, figure, ""] for what, figure in left_alone(None, 100_000)]
    table(rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    print(f"peak resident memory of all of it: {peak:.0f} MB")


if __name__ == "__main__":
    main()
