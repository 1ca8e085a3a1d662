"""What a command costs from its start to its end, beside an empty Python: python bench/startup.py [--sizes 100,10000].

Each command is run as a whole process, in rounds in which every command has its turn, warm and cold; its ratio is the
median over the rounds of its time by that of `python -c pass` in the same round. Taskwarrior and todoman are measured
in the same rounds where `task` and `todo` are installed. Prints a table in Markdown (bench/RESULTS.md keeps one).
"""

import argparse
import json
import os
import pty
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from stores import fill

from remindcli import client
from remindcli.clock import SystemClock
from remindcli.store.store import Store

CLOCK = SystemClock()
ENTRY = [sys.executable, "-c", "from remindcli.__main__ import run; run()"]
"""The entry script of a current pip, pipx or uv, which imports no more than this."""

GOALS: dict[str, tuple[float | None, float | None]] = {
    "add": (1.3, 26),
    "done": (1.3, 26),
    "snooze": (1.3, 26),
    "undo": (1.3, 26),
    "list to a pipe": (1.3, 26),
    "list to a terminal": (2.0, 30),
    "completion of ids": (1.3, 2.5),
    "status --prompt": (1.3, 2.0),
    "--help": (1.3, 8),
}
"""Ratios to reach, warm and cold."""


@dataclass(frozen=True)
class Command:
    """One thing that is measured.

    Attributes:
        argv: made anew for each round, which it is given.
        on_terminal: whether stdout is a terminal of 100 columns.
    """

    name: str
    argv: Callable[[int], Sequence[str]]
    env: dict[str, str]
    on_terminal: bool = False


def constant(*words: str) -> Callable[[int], Sequence[str]]:
    """Return the same words for each round."""
    return lambda _round: words


def seconds(command: Command, number: int) -> float:
    """Return how long a command takes as a process."""
    argv = command.argv(number)
    if not command.on_terminal:
        begun = time.perf_counter()
        done = subprocess.run(
            argv,
            env=command.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        took = time.perf_counter() - begun
    else:
        ours, theirs = pty.openpty()
        drain = threading.Thread(target=_read_all, args=(ours,))
        drain.start()
        begun = time.perf_counter()
        done = subprocess.run(
            argv, env=command.env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, check=False
        )
        took = time.perf_counter() - begun
        os.close(theirs)
        drain.join()
        os.close(ours)
    if done.returncode not in (0, 5):
        raise RuntimeError(f"{command.name}: {done.stderr.decode()}")
    return took


def _read_all(descriptor: int) -> None:
    try:
        while os.read(descriptor, 1 << 16):
            pass
    except OSError:
        return


def ratios(commands: Sequence[Command], rounds: int) -> dict[str, tuple[float, float]]:
    """Return the median milliseconds of each command, and its median ratio to the first one in the same round."""
    times: dict[str, list[float]] = {command.name: [] for command in commands}
    for number in range(-2, rounds):
        for command in commands:
            took = seconds(command, number + 2)
            if number >= 0:
                times[command.name].append(took)
    floor = times[commands[0].name]
    return {
        name: (statistics.median(took) * 1000, statistics.median(a / b for a, b in zip(took, floor, strict=True)))
        for name, took in times.items()
    }


@contextmanager
def place(count: int, *, done_percent: int, base: Path | None) -> Iterator[dict[str, str]]:
    """Return the variables of a home with a store of so many tasks."""
    with tempfile.TemporaryDirectory(prefix="rb-", dir=base) as folder:
        home = Path(folder)
        path = home / "remind.db"
        Store(path, CLOCK).close()
        start = int((CLOCK.now() + timedelta(days=1)).timestamp() * 1000)
        fill(path, count, due_at=start, step_ms=60_000, done_percent=done_percent)
        (home / "remindcli").mkdir(mode=0o700)
        yield {
            "HOME": folder,
            "PATH": os.environ["PATH"],
            "REMIND_DB": str(path),
            "XDG_RUNTIME_DIR": folder,
            "TERM": "xterm-256color",
            "COLUMNS": "100",
            "LANG": "C.UTF-8",
        }


@contextmanager
def warm(env: dict[str, str]) -> Iterator[int]:
    """Run a warm process as the daemon does; yield its process id."""
    variables = {os.fsencode(name): os.fsencode(value) for name, value in env.items()}
    store = client.store_path(variables, "/")
    address = Path(client.address_of(store, variables))
    process = subprocess.Popen([sys.executable, "-m", "remindcli.warm", store], env=env, stdin=subprocess.PIPE)
    try:
        while not address.exists():
            if process.poll() is not None:
                raise RuntimeError("no warm process")
            threading.Event().wait(0.01)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def ours(env: dict[str, str], *, suffix: str, done_percent: int) -> list[Command]:
    """Return the daily commands.

    Args:
        done_percent: how many of each hundred tasks are done already, the first ones (stores.fill).
    """

    def open_one(number: int) -> str:
        hundreds, rest = divmod(number, 100 - done_percent)
        return str(100 * hundreds + done_percent + rest + 1)

    def run(*words: str) -> Sequence[str]:
        return [*ENTRY, *words]

    def one(name: str, argv: Callable[[int], Sequence[str]], *, on_terminal: bool = False) -> Command:
        return Command(f"{name}{suffix}", argv, env, on_terminal=on_terminal)

    limit = ("--limit", "20") if _takes_a_limit() else ()
    return [
        one("add", lambda number: run("add", f"call the plumber {number}", "tomorrow 5pm")),
        one("done", lambda number: run("done", open_one(number))),
        one("snooze", lambda number: run("snooze", open_one(number + 40), "2h")),
        one("undo", lambda _number: run("undo")),
        one("list to a pipe", lambda _number: run("list", *limit)),
        one("list to a terminal", lambda _number: run("list", *limit), on_terminal=True),
        one("completion of ids", lambda _number: run("__complete", "bash", "63", "", "remind done ")),
        one("status --prompt", lambda _number: run("status", "--prompt")),
        one("--help", lambda _number: run("--help")),
    ]


def _takes_a_limit() -> bool:
    shown = subprocess.run([*ENTRY, "list", "--help"], capture_output=True, text=True, check=True)
    return "--limit" in shown.stdout


def peers(count: int, folder: Path) -> list[Command]:
    """Return the lists of Taskwarrior and todoman over as many tasks, where they are installed."""
    found = []
    if shutil.which("task"):
        rc = folder / "taskrc"
        rc.write_text(f"data.location={folder}/task\nconfirmation=off\nhooks=off\n")
        env = {**os.environ, "TASKRC": str(rc)}
        rows = [{"description": f"task {number} of the bench", "due": "20271201T090000Z"} for number in range(count)]
        (folder / "tasks.json").write_text(json.dumps(rows))
        subprocess.run(["task", "import", folder / "tasks.json"], env=env, capture_output=True, check=True)
        found.append(Command("taskwarrior list", constant("task", "limit:20", "list"), env))
    if shutil.which("todo") and count <= 10_000:
        calendar = folder / "cal" / "main"
        calendar.mkdir(parents=True)
        for number in range(count):
            (calendar / f"{number}.ics").write_text(_TODO.format(number), newline="\r\n")
        config = folder / "todoman.py"
        config.write_text(
            f'path = "{folder}/cal/*"\ncache_path = "{folder}/cache.sqlite3"\ndefault_list = "main"\n'
            'date_format = "%Y-%m-%d"\ntime_format = "%H:%M"\n'
        )
        argv = ("todo", "--config", str(config), "list", "--sort", "due")
        subprocess.run(argv, capture_output=True, check=True)
        found.append(Command("todoman list", constant(*argv), dict(os.environ)))
    return found


_TODO = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//bench//EN
BEGIN:VTODO
UID:bench-{0}
DTSTAMP:20260101T090000Z
DUE:20271201T090000Z
SUMMARY:task {0} of the bench
END:VTODO
END:VCALENDAR
"""


def peak_megabytes(pid: int) -> float:
    """Return the resident memory of a process at its highest (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def client_megabytes(env: dict[str, str]) -> float:
    """Return the peak resident memory of a command that the warm process does."""
    code = "import os, resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    run = subprocess.run(
        [sys.executable, "-c", code, *ENTRY, "list"], env=env, capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000,100000")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--done", type=int, default=0, metavar="PERCENT", help="how many of the tasks are done")
    parser.add_argument(
        "--memory", action="store_true", help="stores on a disk in memory: the program without the disk"
    )
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    base = Path("/dev/shm") if given.memory else None
    for count in (int(size) for size in given.sizes.split(",")):
        with (
            place(count, done_percent=given.done, base=base) as env,
            place(count, done_percent=given.done, base=base) as other,
            tempfile.TemporaryDirectory(prefix="rb-peers-", dir=base) as folder,
            warm(env) as pid,
        ):
            commands = [
                Command("python -c pass", constant(sys.executable, "-c", "pass"), env),
                *ours({**env, "REMIND_WARM": "yes"}, suffix="", done_percent=given.done),
                *ours({**other, "REMIND_WARM": "no"}, suffix=" (cold)", done_percent=given.done),
                *peers(count, Path(folder)),
            ]
            found = ratios(commands, given.rounds)
            print(f"\n### {count:,} tasks, {given.done} % done, {given.rounds} rounds\n")
            print(
                "| command | warm ms | warm ratio | goal | cold ms | cold ratio | goal |\n|---|---|---|---|---|---|---|"
            )
            for name, (goal, cold_goal) in GOALS.items():
                (ms, ratio), (cold_ms, cold) = found[name], found[f"{name} (cold)"]
                print(f"| {name} | {ms:.1f} | {ratio:.2f} | {goal} | {cold_ms:.0f} | {cold:.1f} | {cold_goal} |")
            print(f"\n`python -c pass`: {found['python -c pass'][0]:.1f} ms.", end=" ")
            for name in ("taskwarrior list", "todoman list"):
                if name in found:
                    ratio = found["list to a pipe"][0] / found[name][0]
                    print(
                        f"{name}: {found[name][0]:.1f} ms; ours to it: {ratio:.3f}.",
                        end=" ",
                    )
            print(
                f"Memory at its peak: warm process {peak_megabytes(pid):.0f} MB, client {client_megabytes(env):.1f} MB."
            )


if __name__ == "__main__":
    main()
