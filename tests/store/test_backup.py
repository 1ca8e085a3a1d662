"""Backups: copies that are whole, made while others write; restores that can be taken back; damage that is kept."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.conftest import FakeClock

from remindcli.errors import StoreBusyError, StoreError, UsageError
from remindcli.store import backup, database, schema, soundness
from remindcli.store.asked import NewTask
from remindcli.store.kept import Kind, backups, newest_good
from remindcli.store.lock import FileLock
from remindcli.store.store import Store

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def path(store: Store) -> Path:
    """Return the file of a store with one task in it."""
    store.add(NewTask("call bob"))
    return store.path


def titles(path: Path) -> list[str]:
    """Return the titles in a store's file."""
    with closing(sqlite3.connect(path)) as connection:
        return [title for (title,) in connection.execute("SELECT title FROM tasks ORDER BY id")]


def damage(path: Path, *, keep: int = 4096) -> None:
    """Overwrite all but the first page with noise."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(keep)
        file.write(bytes(range(1, 256)) * ((size - keep) // 255 + 1))
        file.truncate(size)


def names(path: Path) -> list[str]:
    """Return what stands in a folder, in order."""
    return sorted(entry.name for entry in path.iterdir())


def test_the_mark_of_our_files_is_the_same_in_both_places() -> None:
    assert soundness.APPLICATION_ID == schema.APPLICATION_ID


# -- making ------------------------------------------------------------------------------------------------------


def test_a_backup_is_whole_private_and_alone(path: Path) -> None:
    made = backup.make(path, NOW)
    assert made.path == path.parent / "backups" / "remind-20261124T080000Z.db"
    assert titles(made.path) == ["call bob"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert made.size == made.path.stat().st_size
    assert names(made.path.parent) == [made.path.name]
    assert backups(path) == [made]


def test_two_in_one_second_have_two_names(path: Path) -> None:
    made = [backup.make(path, NOW, kind) for kind in (Kind.MANUAL, Kind.MANUAL, Kind.DAILY)]
    assert [one.path.name for one in made] == [
        "remind-20261124T080000Z.db",
        "remind-20261124T080000Z.2.db",
        "remind-20261124T080000Z-daily.db",
    ]
    assert {one.path for one in backups(path)} == {one.path for one in made}
    assert backups(path)[0] == made[1], "the later one first"


def test_a_file_that_is_there_is_replaced_only_by_force(path: Path, folder: Path) -> None:
    target = folder / "copy.db"
    target.write_text("dear")
    with pytest.raises(UsageError, match="is there already"):
        backup.make(path, NOW, to=target)
    assert target.read_text() == "dear"
    backup.make(path, NOW, to=target, is_forced=True)
    assert titles(target) == ["call bob"]
    with pytest.raises(UsageError, match="is the store itself"):
        backup.make(path, NOW, to=path, is_forced=True)
    with pytest.raises(UsageError, match="there is no folder"):
        backup.make(path, NOW, to=folder / "nowhere" / "copy.db")
    assert backup.make(path, NOW, to=folder).path == folder / "remind-20261124T080000Z.db", "a folder gets the name"


def test_nothing_is_made_where_no_store_is(folder: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        backup.make(folder / "remind.db", NOW)
    assert names(folder) == []


def test_a_damaged_store_gives_no_backup_and_costs_none(path: Path, store: Store) -> None:
    for days in range(backup.KEPT_DAYS):
        assert backup.make_daily(path, NOW + timedelta(days=days))
    before = backups(path)
    store.close()
    damage(path)
    with pytest.raises(StoreError, match="damaged") as caught:
        backup.make_daily(path, NOW + timedelta(days=30))
    assert f"remind backup restore {before[0].path.name}" in caught.value.hint
    assert backups(path) == before
    assert names(path.parent / "backups") == sorted(one.path.name for one in before)


def test_a_copy_goes_on_while_others_write_without_end(
    path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_PAGES", 1)
    written = []

    def write(copied: int, total: int) -> None:
        """Write between any two steps, so that SQLite begins again at each."""
        if copied < total:
            written.append(store.add(NewTask(f"task {len(written)}")))

    made = backup.make(path, NOW, watch=write)
    assert len(written) > backup._RESTARTS, "writers had their turn, and then no more"
    assert set(titles(made.path)) <= {"call bob", *(item.task.title for item in written)}
    assert soundness.find_fault(made.path) == ""


def test_a_locked_store_is_waited_for_and_then_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_BUSY_SECONDS", 0.0)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError):
            backup.make(path, NOW)
    assert names(path.parent / "backups") == []


class _EndedError(Exception):
    pass


def test_who_watches_can_end_it_and_nothing_is_left(path: Path) -> None:
    def end(_copied: int, _total: int) -> None:
        raise _EndedError

    with pytest.raises(_EndedError):
        backup.make(path, NOW, watch=end)
    assert names(path.parent / "backups") == []


# -- daily -------------------------------------------------------------------------------------------------------


def test_one_a_day_and_the_last_seven_are_kept(path: Path) -> None:
    by_hand = backup.make(path, NOW)
    for hours in range(0, 24 * 12, 6):
        backup.make_daily(path, NOW + timedelta(hours=hours))
    found = backups(path)
    assert by_hand in found
    assert [one.made_at for one in found if one.kind is Kind.DAILY] == [
        NOW + timedelta(days=days) for days in range(11, 4, -1)
    ]


def test_backups_of_a_clock_that_ran_ahead_do_not_crowd_out_the_real_ones(path: Path) -> None:
    for days in range(7):
        backup.make_daily(path, NOW + timedelta(days=365 + days))
    for days in range(3):
        assert backup.make_daily(path, NOW + timedelta(days=days)) is not None
    real = [one.made_at for one in backups(path) if one.made_at < NOW + timedelta(days=300)]
    assert real == [NOW + timedelta(days=days) for days in (2, 1, 0)]


def test_files_of_others_are_neither_listed_nor_deleted(path: Path) -> None:
    (path.parent / "backups").mkdir()
    others = ["work-20261124T080000Z-daily.db", "remind-notes.db", "remind-99999999T999999Z-daily.db", "x.part"]
    for name in others:
        (path.parent / "backups" / name).write_text("")
    for days in range(9):
        backup.make_daily(path, NOW + timedelta(days=days))
    assert len(backups(path)) == backup.KEPT_DAYS
    assert set(others) < set(names(path.parent / "backups"))


def test_what_a_kill_left_is_cleared_away_after_a_day(path: Path) -> None:
    backup.make_daily(path, NOW)
    left = path.parent / "backups" / "remind-20261123T080000Z-daily.db.4711.part"
    left.write_text("half")
    os.utime(left, (0, 0))
    backup.make_daily(path, NOW + timedelta(days=1))
    assert not left.exists()


# -- before a migration ------------------------------------------------------------------------------------------


@pytest.fixture
def old_path(folder: Path) -> Path:
    """Return a store as the first version made it, with one task."""
    path = folder / "remind.db"
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        database._apply(connection, schema.MIGRATIONS[0], NOW)
        connection.exec_driver_sql(
            "INSERT INTO tasks (uid, title, created_at, modified_at) VALUES ('u', 'call bob', 0, 0)"
        )
    engine.dispose()
    return path


def test_the_store_is_kept_as_it_was_before_its_tables_change(old_path: Path, clock: FakeClock) -> None:
    Store(old_path, clock).close()
    (made,) = backups(old_path)
    assert made.kind is Kind.MIGRATION
    with closing(sqlite3.connect(made.path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    Store(old_path, clock).close()
    assert len(backups(old_path)) == 1, "once"


def test_without_room_for_a_backup_the_tables_stay_as_they_are(old_path: Path, clock: FakeClock) -> None:
    (old_path.parent / "backups").write_text("in the way")
    before = old_path.read_bytes()
    with pytest.raises(StoreError, match="can't write"):
        Store(old_path, clock)
    assert old_path.read_bytes() == before


def test_an_older_backup_is_restored_and_then_brought_up_to_date(
    old_path: Path, folder: Path, clock: FakeClock
) -> None:
    new = folder / "other" / "remind.db"
    backup.restore(old_path, new, NOW)
    store = Store(new, clock)
    assert [item.task.title for item in store.items()] in (["call bob"], []), "it opens"
    store.close()
    with closing(sqlite3.connect(new)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (schema.NEWEST,)


# -- restoring ---------------------------------------------------------------------------------------------------


def test_a_restore_can_be_taken_back(path: Path, store: Store) -> None:
    first = backup.make(path, NOW)
    store.add(NewTask("buy milk"))
    done = backup.restore(first.path, path, NOW + timedelta(hours=1))
    assert titles(path) == ["call bob"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert done.kept is not None
    assert done.kept.kind is Kind.RESTORE
    backup.restore(done.kept.path, path, NOW + timedelta(hours=2))
    assert titles(path) == ["call bob", "buy milk"]


def test_who_had_the_store_open_writes_into_the_new_one(path: Path, store: Store) -> None:
    first = backup.make(path, NOW)
    store.add(NewTask("buy milk"))
    backup.restore(first.path, path, NOW)
    assert [item.task.title for item in store.items()] == ["call bob"]
    store.add(NewTask("read a book"))
    assert titles(path) == ["call bob", "read a book"]


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _text(path: Path) -> None:
    path.write_bytes(b"not a database, for sure, " * 400)


def _bad_letters(path: Path) -> None:
    data = path.read_bytes()
    assert data.count(b"call bob") >= 1
    path.write_bytes(data.replace(b"call bob", b"call \xff\xfeb"))


def _index_without_row(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("INSERT INTO task_tags VALUES (99, 'lost')")
        connection.commit()


DAMAGES = [damage, _emptied, _cut, _text, _bad_letters, _index_without_row]


@pytest.mark.parametrize("harm", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_is_changed(path: Path, store: Store, harm) -> None:  # type: ignore[no-untyped-def]
    copy = backup.make(path, NOW).path
    store.close()
    harm(copy)
    before = path.read_bytes(), copy.read_bytes(), names(path.parent)
    with pytest.raises(StoreError, match="can't restore"):
        backup.restore(copy, path, NOW)
    assert (path.read_bytes(), copy.read_bytes(), names(path.parent)) == before
    assert len(backups(path)) == 1


@pytest.mark.parametrize("harm", DAMAGES)
def test_a_damaged_store_is_moved_aside_byte_for_byte(path: Path, store: Store, harm) -> None:  # type: ignore[no-untyped-def]
    copy = backup.make(path, NOW).path
    store.close()
    harm(path)
    before = path.read_bytes()
    done = backup.restore(copy, path, NOW)
    assert done.kept is None
    assert done.moved_aside == path.with_name("remind.db.damaged-20261124T080000Z")
    assert done.moved_aside.read_bytes() == before
    assert titles(path) == ["call bob"]


def test_the_journal_of_a_damaged_store_is_not_played_into_the_new_one(path: Path, store: Store) -> None:
    copy = backup.make(path, NOW).path
    store.close()
    _text(path)
    journal = path.with_name("remind.db-journal")
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\0" * 600)
    backup.restore(copy, path, NOW)
    assert not journal.exists()
    assert titles(path) == ["call bob"]


def test_a_store_that_is_gone_comes_back(path: Path, store: Store) -> None:
    copy = backup.make(path, NOW).path
    store.close()
    path.unlink()
    assert backup.restore(copy, path, NOW) == backup.Restored(None, None)
    assert titles(path) == ["call bob"]


def test_another_programs_file_is_not_replaced(path: Path, folder: Path) -> None:
    copy = backup.make(path, NOW).path
    theirs = folder / "theirs.db"
    with closing(sqlite3.connect(theirs)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = theirs.read_bytes()
    with pytest.raises(StoreError, match="is not a store of remind"):
        backup.restore(copy, theirs, NOW)
    with pytest.raises(StoreError, match="can't restore"):
        backup.restore(theirs, path, NOW)
    with pytest.raises(UsageError, match="is the store itself"):
        backup.restore(path, path, NOW)
    with pytest.raises(StoreError, match="there is no backup"):
        backup.restore(folder / "nothing.db", path, NOW)
    assert theirs.read_bytes() == before


def test_a_newer_backup_is_refused(path: Path) -> None:
    copy = backup.make(path, NOW).path
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"PRAGMA user_version = {schema.NEWEST + 1}")
    with pytest.raises(StoreError) as caught:
        backup.restore(copy, path, NOW)
    assert "upgrade" in caught.value.hint


def test_a_restore_waits_for_the_stores_lock(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_BUSY_SECONDS", 0.0)
    copy = backup.make(path, NOW).path
    before = path.read_bytes()
    with FileLock(path.with_name("remind.db.lock")) as lock:
        assert lock.acquire()
        with pytest.raises(StoreBusyError):
            backup.restore(copy, path, NOW)
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*.part"))


def test_a_store_behind_a_link_stays_behind_it(path: Path, store: Store, folder: Path) -> None:
    copy = backup.make(path, NOW).path
    store.close()
    real = folder / "elsewhere.db"
    path.rename(real)
    path.symlink_to(real)
    backup.restore(copy, path, NOW)
    assert path.is_symlink()
    assert titles(real) == ["call bob"]


# -- advice ------------------------------------------------------------------------------------------------------


def test_the_error_of_a_damaged_store_names_the_newest_good_backup(path: Path, store: Store, clock: FakeClock) -> None:
    good = backup.make(path, NOW)
    bad = backup.make(path, NOW + timedelta(hours=1))
    damage(bad.path)
    store.close()
    assert newest_good(path) == good
    for harm in (damage, _text):
        harm(path)
        before = path.read_bytes()
        with pytest.raises(StoreError, match="damaged") as caught:
            Store(path, clock).items()
        assert caught.value.hint.endswith("remind backup restore remind-20261124T080000Z.db")
        assert path.read_bytes() == before


@pytest.fixture
def many(store: Store) -> Store:
    """Return a store of more than one step of a copy."""
    with closing(sqlite3.connect(store.path)) as connection:
        connection.executemany(
            "INSERT INTO tasks (uid, title, note, created_at, modified_at) VALUES (?, 'x', ?, 0, 0)",
            [(f"u{number}", "y" * 20_000) for number in range(300)],
        )
        connection.commit()
    return store


def test_a_large_store_is_copied_in_steps_and_writers_get_their_turn(many: Store) -> None:
    steps: list[tuple[int, int]] = []
    other = threading.Thread(target=lambda: many.add(NewTask("meanwhile")))

    def watch(copied: int, total: int) -> None:
        if not steps:
            other.start()
            other.join(20)
            assert not other.is_alive(), "a writer waited for the whole copy"
        steps.append((copied, total))

    made = backup.make(many.path, NOW, watch=watch)
    assert len(steps) >= 2
    assert titles(made.path)[-1] == "meanwhile"


def test_a_large_store_that_is_written_all_the_time_is_copied_in_one_go(
    many: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_PAGES", 700)  # more than SQLite keeps in memory, so that half a copy is on the disk
    made = backup.make(many.path, NOW, watch=lambda copied, total: copied < total and many.add(NewTask("x")) and None)
    assert soundness.find_fault(made.path) == ""
    assert len(titles(made.path)) == len(titles(many.path))
