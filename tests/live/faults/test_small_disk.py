"""A disk that is full, or read-only, or a file that may not grow: real mounts, real commands, the real daemon."""

import hashlib
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import lacking
from tests.live.conftest import Require
from tests.live.faults.bell import ROOT, Belfry
from tests.live.faults.conftest import Tell
from tests.live.rig import until

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.errors import ExitStatus, StoreError
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

ROOM = "1m"


@pytest.fixture
def small(tmp_path: Path, require: Require) -> Iterator[Belfry]:
    """Return a store on a small disk of its own; what its daemon tells and says is elsewhere."""
    require("mount", "umount")
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "tmpfs", place],
        check=False,
        capture_output=True,
        text=True,
    )
    if mounted.returncode:
        lacking(f"the right to mount: {mounted.stderr}")
    belfry = Belfry(place)
    try:
        store = Store(belfry.db, SystemClock())
        store.add(NewTask("stretch", None))
        store.close()
        yield belfry
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def remind(belfry: Belfry, *words: str, before: Callable[[], None] | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command.

    Args:
        before: is called in its process first.
    """
    return subprocess.run(
        [sys.executable, "-m", "remindcli", *words],
        env=belfry.variables(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=before,
    )


def digest(belfry: Belfry) -> bytes:
    """Return what tells one content of the store from another."""
    return hashlib.sha256(belfry.db.read_bytes()).digest()


def is_refused(done: "subprocess.CompletedProcess[str]", *said: str) -> None:
    """Look whether a command ended with a clear error."""
    assert done.returncode == ExitStatus.FAILED, done.stderr
    assert done.stdout == ""
    for text in ("error:", "hint:", *said):
        assert text in done.stderr
    assert "Traceback" not in done.stderr


def fill(place: Path) -> Path:
    """Take all the room that is left; return the file to remove."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return ballast


def test_a_daemon_on_a_full_disk_says_it_once_waits_and_tells_all_when_there_is_room(small: Belfry, tell: Tell) -> None:
    store = Store(small.db, SystemClock())
    due = (SystemClock().now() + timedelta(seconds=3)).replace(tzinfo=None, microsecond=0)
    titles = [f"due {number}" for number in range(5)]
    for title in titles:
        store.add(NewTask(title, Rule(due, "UTC", rrule="FREQ=DAILY")))
    store.close()
    with small.daemon() as daemon:
        ballast, before = fill(small.folder), digest(small)
        is_refused(remind(small, "add", "call", "eve", "tomorrow", "9am"), "full")
        until(lambda: "can't grow" in small.log_text(), 20, "word of the full disk")
        assert remind(small, "--json", "list").returncode == ExitStatus.OK, "what is there can be read"
        assert digest(small) == before
        ballast.unlink()
        for title in titles:
            small.until_told(title, 30)
        assert daemon.poll() is None
    assert small.log_text().count("can't grow") == 1, "said once, and not at each look"
    doubled = [title for title in titles if small.titles().count(title) > 1]
    assert doubled == [], "each once"
    assert remind(small, "add", "call", "eve", "tomorrow", "9am").returncode == ExitStatus.OK
    tell("a full disk: the daemon said it once, waited, and told all when there was room")


def test_what_was_acknowledged_before_a_disk_was_full_is_kept(small: Belfry) -> None:
    ballast = fill(small.folder)
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - 100_000)
    store, acknowledged = Store(small.db, SystemClock()), ["stretch"]

    def add_until_full() -> None:
        while True:
            store.add(NewTask(title := f"number {len(acknowledged)}", note="x" * 2000))
            acknowledged.append(title)

    with pytest.raises(StoreError, match="can't grow"):
        add_until_full()
    assert len(acknowledged) > 1
    store.close()
    ballast.unlink()
    store = Store(small.db, SystemClock())
    with store.database.read() as tx:
        assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert sorted(item.task.title for item in store.items()) == sorted(acknowledged)
    store.close()
    assert remind(small, "add", "call", "eve").returncode == ExitStatus.OK


def test_a_disk_that_is_read_only_can_be_read_refuses_clearly_and_goes_on_when_it_is_writable(small: Belfry) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small.folder], check=True)
    before = digest(small)
    listed = remind(small, "list")
    assert (listed.returncode, "stretch" in listed.stdout) == (ExitStatus.OK, True), listed.stderr
    is_refused(remind(small, "done", "1"))
    is_refused(remind(small, "add", "call", "eve"))
    is_refused(remind(small, "daemon"), "can't serve the store")
    assert digest(small) == before
    subprocess.run(["mount", "-o", "remount,rw", small.folder], check=True)
    assert remind(small, "done", "1").returncode == ExitStatus.OK


@pytest.mark.parametrize("most", [512, 4096, 65536])
def test_a_file_that_may_not_grow_refuses_clearly_and_keeps_what_was_there(most: int, folder: Path) -> None:
    belfry = Belfry(folder / "home")
    store = Store(belfry.db, SystemClock())
    store.add(NewTask("stretch", None, note="x" * 60_000))
    store.close()

    def may_not_grow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    is_refused(remind(belfry, "add", "call", "eve", "--note", "y" * 90_000, before=may_not_grow))
    store = Store(belfry.db, SystemClock())
    assert [item.task.title for item in store.items()] == ["stretch"]
    store.close()
    assert remind(belfry, "add", "call", "eve").returncode == ExitStatus.OK
