"""A restore that is killed at each of its steps leaves the old store or the new one, whole, and nothing is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.live.conftest import Require

from remindcli.clock import SystemClock
from remindcli.store import backup, soundness
from remindcli.store.asked import NewTask
from remindcli.store.kept import backups
from remindcli.store.store import Store

CALLS = ("rename", "link", "linkat", "unlink", "fsync", "fdatasync", "ftruncate", "flock", "mkdir")
RESTORE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from remindcli.store import backup
backup.restore(Path(sys.argv[1]), Path(sys.argv[2]), datetime(2026, 11, 24, 8, tzinfo=UTC))
"""


def titles(path: Path) -> list[str]:
    """Return the titles in a store's file."""
    with closing(sqlite3.connect(path)) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM tasks ORDER BY id")]


def kill_at(call: str, number: int, *arguments: str) -> bool:
    """Run a restore that is killed at the so-manieth call; return whether it got as far as that."""
    inject = f"inject={call}:signal=SIGKILL:when={number}"
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject, sys.executable, "-c", RESTORE, *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode != 0


@pytest.mark.parametrize("is_damaged", [False, True], ids=["whole", "damaged"])
def test_a_restore_killed_anywhere(folder: Path, require: Require, is_damaged: bool) -> None:
    require("strace")
    before = folder / "before"
    before.mkdir()
    store = Store(before / "remind.db", SystemClock())
    store.add(NewTask("old"))
    name = backup.make(store.path, datetime(2026, 11, 1, tzinfo=UTC)).path.name
    store.add(NewTask("new"))
    store.close()
    if is_damaged:
        with store.path.open("r+b") as file:
            file.seek(4096)
            file.write(os.urandom(40_000))
    original = store.path.read_bytes()

    points = 0
    for call in CALLS:
        number = 1
        while True:
            here = folder / "here"
            shutil.rmtree(here, ignore_errors=True)
            shutil.copytree(before, here)
            path, copy = here / "remind.db", here / "backups" / name
            if not kill_at(call, number, str(copy), str(path)):
                break
            where = f"killed at {call} number {number}"
            if not (is_damaged and path.read_bytes() == original):
                assert soundness.find_fault(path, "rw") == "", where
                assert titles(path) in (["old"], ["old", "new"]), where
                if titles(path) == ["old"]:
                    kept = [titles(one.path) for one in backups(path)]
                    aside = [one.read_bytes() for one in here.glob("remind.db.damaged-*")]
                    assert original in aside if is_damaged else ["old", "new"] in kept, where
            assert not any(soundness.find_fault(one.path) for one in backups(path)), where
            backup.restore(copy, path, datetime(2026, 11, 24, 9, tzinfo=UTC))
            assert titles(path) == ["old"], where
            points += 1
            number += 1
    print(f"{points} points at which a restore was killed")
    assert points > 10
