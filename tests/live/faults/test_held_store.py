"""Another program holds the store for long: commands wait, and say so; the daemon waits it out, and says so once."""

import hashlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Timer

import pexpect
import pytest
from tests.live.faults.bell import ROOT, Belfry
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.errors import ExitStatus
from remindcli.store.asked import NewTask
from remindcli.store.database import BUSY_SECONDS
from remindcli.store.store import Store

SECONDS = 30.0 if IS_FULL else BUSY_SECONDS + 2
"""How long the store is held: longer than a command waits."""

HOLD = {
    # what a backup by another program, a browser for SQLite or a frozen process of ours does
    "a reader keeps writers out": "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
    "db.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read(); db.execute('ROLLBACK')",
    "a command of ours hangs": "import fcntl, sys; f = open(sys.argv[1] + '.lock', 'a'); fcntl.flock(f, fcntl.LOCK_EX);"
    "print('held', flush=True); sys.stdin.read()",
}


@pytest.fixture
def belfry(folder: Path) -> Belfry:
    """Return a store with a task in it."""
    belfry = Belfry(folder / "home")
    store = Store(belfry.db, SystemClock())
    store.add(NewTask("stretch", None))
    store.close()
    return belfry


@contextmanager
def held(belfry: Belfry, how: str) -> Iterator["subprocess.Popen[str]"]:
    """Let another process hold the store, until its stdin is closed or the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD[how], str(belfry.db)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def let_go(process: "subprocess.Popen[str]") -> None:
    """Let the other process end."""
    assert process.stdin is not None
    process.stdin.close()
    process.wait(10)


def remind(belfry: Belfry, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with its output in pipes."""
    return subprocess.run(
        [sys.executable, "-m", "remindcli", *words],
        env=belfry.variables(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("how", HOLD)
def test_a_command_that_waits_longer_than_a_second_says_so_on_a_terminal_and_then_does_it(
    how: str, belfry: Belfry
) -> None:
    with held(belfry, how) as other, pexpect.spawn(
        sys.executable, ["-m", "remindcli", "add", "call", "bob"], env=belfry.variables(), encoding="utf-8", timeout=30
    ) as terminal:  # fmt: skip
        terminal.expect_exact("waiting for the store: another program holds it ...")
        let_go(other)
        terminal.expect_exact("\r\x1b[K")  # the line is gone again
        terminal.expect_exact("call bob")
        terminal.expect_exact(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == ExitStatus.OK


def test_a_store_that_is_held_for_long_refuses_commands_clearly_and_the_daemon_tells_all_after(
    belfry: Belfry, tell: Tell
) -> None:
    store = Store(belfry.db, SystemClock())
    due = (SystemClock().now() + timedelta(seconds=4)).replace(tzinfo=None, microsecond=0)
    for number in range(4):
        store.add(NewTask(f"due {number}", Rule(due, "UTC")))
    store.close()
    with belfry.daemon() as daemon:
        with held(belfry, "a reader keeps writers out") as other:
            began, before = time.monotonic(), hashlib.sha256(belfry.db.read_bytes()).digest()
            for words in (("add", "call", "eve"), ("list",)):
                refused = remind(belfry, *words)
                assert refused.returncode == ExitStatus.FAILED
                assert "is in use" in refused.stderr
                assert "why: another program" in refused.stderr
                assert "hint: try again" in refused.stderr
                assert "Traceback" not in refused.stderr
                if not IS_FULL:
                    break
            rest = Timer(max(0.0, began + SECONDS - time.monotonic()), lambda: None)
            rest.start()
            rest.join()
            assert hashlib.sha256(belfry.db.read_bytes()).digest() == before, "not a byte was changed"
            assert belfry.titles() == []
            let_go(other)
        for number in range(4):
            belfry.until_told(f"due {number}", 30)
        assert daemon.poll() is None
    assert sorted(belfry.titles()) == [f"due {number}" for number in range(4)], "each once"
    assert belfry.log_text().count("is in use") == 1, "said once, and not at each look"
    assert remind(belfry, "add", "call", "eve").returncode == ExitStatus.OK
    with closing(sqlite3.connect(belfry.db)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        titles = {title for (title,) in connection.execute("SELECT title FROM tasks")}
    assert titles == {"stretch", "call eve", *(f"due {number}" for number in range(4))}, "what was refused is not there"
    tell(f"a store held for {SECONDS:g} s: refused clearly, not a byte changed, the daemon said it once and told all")
