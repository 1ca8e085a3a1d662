"""Every file that a store can't be: one clear error, and not a byte of it changed."""

import hashlib
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from tests.conftest import FakeClock

from remindcli.core.rule import Rule
from remindcli.errors import StoreBusyError, StoreError
from remindcli.store import schema
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

NOBODY = 65534


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def path(folder: Path, clock: FakeClock) -> Path:
    """Return the file of a store with twenty tasks, closed."""
    made = Store(folder / "remind.db", clock)
    for number in range(20):
        made.add(NewTask(f"task {number}", Rule(datetime(2026, 11, 3, 9), rrule="FREQ=DAILY")))
    made.close()
    return made.path


@contextmanager
def as_nobody(*folders: Path) -> Iterator[None]:
    """Go on as a user who may only what the permissions say: root may all."""
    if os.geteuid() != 0:
        yield
        return
    for folder in folders:
        for one in (folder, *folder.rglob("*")):
            os.chown(one, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def refusal(path: Path, clock: FakeClock, busy_seconds: float = 0.05) -> StoreError:
    """Return what is said of a file that can't be opened, read and written."""
    with pytest.raises(StoreError) as caught:
        use(path, clock, busy_seconds)
    assert caught.value.what
    assert str(path.name) in caught.value.what or str(path) in caught.value.what
    return caught.value


def use(path: Path, clock: FakeClock, busy_seconds: float = 0.05) -> None:
    """Open a store, read from it, and write into it."""
    store = Store(path, clock, busy_seconds=busy_seconds)
    try:
        store.items()
        store.add(NewTask("one more", Rule(datetime(2026, 11, 3, 9))))
    finally:
        store.close()


# -- what is made ----------------------------------------------------------------------------------------------


def test_a_new_store_is_its_owner_s_alone(folder: Path, clock: FakeClock) -> None:
    before = os.umask(0)
    try:
        store = Store(folder / "made" / "for" / "it" / "remind.db", clock)
        store.add(NewTask("secret", None))
        store.close()
    finally:
        os.umask(before)
    assert mode(store.path.parent) == 0o700
    assert {one.name: mode(one) for one in store.path.parent.iterdir()} == {"remind.db": 0o600, "remind.db.lock": 0o600}


def test_what_was_written_is_there_when_it_is_opened_again(path: Path, clock: FakeClock) -> None:
    store = Store(path, clock)
    assert [item.task.title for item in store.items()] == [f"task {number}" for number in range(20)]
    store.close()


def test_opening_and_reading_changes_no_byte(path: Path, clock: FakeClock) -> None:
    before = digest(path)
    store = Store(path, clock)
    store.items()
    store.close()
    assert digest(path) == before


def test_the_file_is_written_as_the_design_says(path: Path, clock: FakeClock) -> None:
    store = Store(path, clock)
    with store.database.read() as tx:

        def pragma(name: str) -> object:
            return tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "delete"
        assert pragma("synchronous") == 3, "EXTRA"
        assert pragma("foreign_keys") == 1
        assert pragma("trusted_schema") == 0
        assert pragma("application_id") == schema.APPLICATION_ID
        assert pragma("integrity_check") == "ok"
    store.close()


def test_a_half_made_store_of_a_crash_is_made_anew(folder: Path, clock: FakeClock) -> None:
    (folder / "remind.db.new").write_bytes(b"SQLite format 3\0 and no more")
    use(folder / "remind.db", clock)
    assert not (folder / "remind.db.new").exists()


# -- what is not a store ---------------------------------------------------------------------------------------


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def text_file(path: Path) -> None:
    path.write_text("- [ ] call bob\n" * 50)


def truncated_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {schema.NEWEST + 1}")


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:8192])


def garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


def one_flipped_header(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"SQLite format 3", b"SQLite format 4", 1))


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (empty, "is damaged"),
        (garbage, "is damaged"),
        (text_file, "is damaged"),
        (truncated_header, "is damaged"),
        (one_flipped_header, "is damaged"),
        (foreign, "is not a store of remind"),
        (newer, "is newer than this program"),
        (truncated, "looks damaged"),
        (garbled, "looks damaged"),
    ],
)
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(
    damage: Callable[[Path], None], what: str, path: Path, clock: FakeClock
) -> None:
    damage(path)
    before = digest(path)
    error = refusal(path, clock)
    assert what in error.what
    assert error.hint
    assert digest(path) == before
    refusal(path, clock)
    assert digest(path) == before
    assert [one.name for one in path.parent.iterdir() if one.suffix == ".new"] == []


def test_a_folder_is_refused(folder: Path, clock: FakeClock) -> None:
    (folder / "remind.db").mkdir()
    error = refusal(folder / "remind.db", clock)
    assert "is a folder" in error.what
    assert str(folder / "remind.db" / "remind.db") in error.hint


def test_a_pipe_is_refused_and_not_waited_for(folder: Path, clock: FakeClock) -> None:
    os.mkfifo(folder / "remind.db")
    assert "is not a file" in refusal(folder / "remind.db", clock).what


def test_a_path_through_a_file_is_refused(folder: Path, clock: FakeClock) -> None:
    (folder / "file").write_text("")
    assert "can't create" in refusal(folder / "file" / "remind.db", clock).what


def test_a_name_too_long_is_refused(folder: Path, clock: FakeClock) -> None:
    assert "can't" in refusal(folder / ("x" * 300), clock).what


# -- what may not be written -----------------------------------------------------------------------------------


def test_a_read_only_file_is_read_and_not_written(path: Path, clock: FakeClock) -> None:
    path.chmod(0o400)
    before = digest(path)
    with as_nobody(path.parent):
        store = Store(path, clock)
        assert len(store.items()) == 20
        with pytest.raises(StoreError) as caught:
            store.add(NewTask("one more", None))
        store.close()
    assert "is read-only" in caught.value.what
    assert digest(path) == before


def test_a_read_only_folder_is_read_and_not_written(path: Path, clock: FakeClock) -> None:
    path.with_name("remind.db.lock").unlink()
    with as_nobody(path.parent):
        path.parent.chmod(0o500)
        store = Store(path, clock)
        assert len(store.items()) == 20
        with pytest.raises(StoreError) as caught:
            store.add(NewTask("one more", None))
        store.close()
        path.parent.chmod(0o700)
    assert "can't write to the store" in caught.value.what


def test_a_folder_that_may_not_be_written_has_no_new_store(folder: Path, clock: FakeClock) -> None:
    with as_nobody(folder):
        folder.chmod(0o500)
        error = refusal(folder / "remind.db", clock)
        folder.chmod(0o700)
    assert "can't" in error.what
    assert list(folder.iterdir()) == []


def test_a_folder_that_may_not_be_entered_is_refused(path: Path, clock: FakeClock) -> None:
    with as_nobody(path.parent):
        path.parent.chmod(0)
        error = refusal(path, clock)
        path.parent.chmod(0o700)
    assert "permission" in error.why.lower()


def test_a_file_that_may_not_be_read_is_refused(path: Path, clock: FakeClock) -> None:
    path.chmod(0)
    with as_nobody(path.parent):
        assert "can't read" in refusal(path, clock).what


# -- what is held by another -----------------------------------------------------------------------------------


def test_a_store_that_another_program_locks_is_busy_and_then_free(path: Path, clock: FakeClock) -> None:
    store = Store(path, clock, busy_seconds=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError):
            store.items()
        with pytest.raises(StoreBusyError):
            store.add(NewTask("one more", None))
        assert isinstance(refusal(path, clock), StoreBusyError)
        other.execute("ROLLBACK")
    store.add(NewTask("one more", None))
    assert len(store.items()) == 21
    store.close()


def test_a_program_that_reads_for_long_makes_a_writer_wait_and_not_lose(path: Path, clock: FakeClock) -> None:
    store = Store(path, clock, busy_seconds=0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        cursor = other.execute("SELECT * FROM tasks")
        cursor.fetchone()
        with pytest.raises(StoreBusyError):
            store.add(NewTask("one more", None))
        cursor.close()
        other.execute("ROLLBACK")
    assert len(store.items()) == 20
    store.close()


# -- what has no room ------------------------------------------------------------------------------------------

GROW = """
import resource, sys
from pathlib import Path
from remindcli.clock import SystemClock
from remindcli.errors import StoreError
from remindcli.store.asked import NewTask
from remindcli.store.store import Store
path, limit = Path(sys.argv[1]), int(sys.argv[2])
store = Store(path, SystemClock())
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
kept = 0
try:
    for number in range(200):
        store.add(NewTask(f"{number}", note="x" * 2000))
        kept += 1
    print("it never was full")
except StoreError as error:
    print(kept, error.what, "|", error.why)
store.close()
"""


def fill(path: Path, limit: int = 0) -> tuple[int, str]:
    """Add tasks until there is no room; return how many were acknowledged, and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", GROW, str(path), str(limit)], capture_output=True, text=True, check=True, timeout=60
    )
    kept, _, said = done.stdout.strip().partition(" ")
    return int(kept), said


def kept_in(path: Path, clock: FakeClock) -> int:
    store = Store(path, clock)
    try:
        with store.database.read() as tx:
            assert tx.connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        return len(store.items())
    finally:
        store.close()


def test_a_file_that_may_not_grow_keeps_what_was_acknowledged(path: Path, clock: FakeClock) -> None:
    acknowledged, said = fill(path, path.stat().st_size + 40_000)
    assert "can't" in said
    assert kept_in(path, clock) == 20 + acknowledged
    use(path, clock)
