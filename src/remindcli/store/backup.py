"""Backups of a store: made whole beside its use, checked before they count, and restored so that it can be undone."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Literal

from remindcli.errors import StoreBusyError, StoreError, UsageError
from remindcli.store.faults import MAGIC, as_store_error, check_file
from remindcli.store.kept import Backup, Kind, advice, backups, folder_of, free_name, sync_folder
from remindcli.store.lock import FileLock
from remindcli.store.soundness import connect, find_fault

KEPT_DAYS = 7
"""How many daily backups are kept."""

_BUSY_SECONDS = 10.0
_PAGES = 1024
"""How much is copied before writers have their turn: 4 MB take some 5 ms."""
_RESTARTS = 3
_LISTED = "remind backup list shows the backups"
_DAY = timedelta(days=1)

Watch = Callable[[int, int], None]
"""Told after each step how many pages are copied, of how many; what it raises ends the copy."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes:
        kept: a backup of the store as it was before.
        moved_aside: where the damaged store went.
    """

    kept: Backup | None
    moved_aside: Path | None


def _ignore(_copied: int, _total: int) -> None:
    """Watch nothing."""


def make(
    store: Path,
    now: datetime,
    kind: Kind = Kind.MANUAL,
    *,
    to: Path | None = None,
    is_forced: bool = False,
    watch: Watch = _ignore,
) -> Backup:
    """Copy a store while others use it, check the copy, and return it.

    Args:
        to: the file; the default is a name of its own in the folder of backups.
        is_forced: a file that stands there is replaced.

    Raises:
        StoreError: the store is not there or damaged, or the copy can't be written.
        UsageError: `to` can't be the place of a backup.
    """
    if not store.exists():
        raise StoreError(f"there is no store {store} yet", hint="remind add call bob tomorrow 5pm begins one")
    check_file(store)
    target = free_name(store, now, kind) if to is None else _checked_target(to, store, now, is_forced=is_forced)
    if to is None:
        _make_folder(folder_of(store))
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        _copy(store, part, "rw", watch)
        fault = _fault(part, watch)
        if fault:
            raise StoreError(f"the store {store} looks damaged", why=fault, hint=advice(store))
        part.replace(target)
        sync_folder(target.parent)
        return Backup(target, now.astimezone(UTC).replace(microsecond=0), kind, target.stat().st_size)
    except OSError as error:
        raise _cannot_write(target, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def make_daily(store: Path, now: datetime, *, watch: Watch = _ignore) -> Backup | None:
    """Make the daily backup if the last one is a day old, and delete the oldest daily ones; None if it is not time.

    Raises:
        StoreError: see `make`; nothing is deleted then.
    """
    if not is_daily_due(store, now):
        return None
    made = make(store, now, Kind.DAILY, watch=watch)
    dailies = [one for one in backups(store) if one.kind is Kind.DAILY]
    # A clock that ran ahead for a while dates backups in the future; those must not crowd out the real ones.
    dailies.sort(key=lambda one: (one.made_at <= now, one.made_at), reverse=True)
    for old in dailies[KEPT_DAYS:]:
        old.path.unlink(missing_ok=True)
    for part in folder_of(store).glob(f"{store.stem}-*.part"):  # what a kill left
        if now.timestamp() - part.stat().st_mtime > _DAY.total_seconds():
            part.unlink(missing_ok=True)
    return made


def is_daily_due(store: Path, now: datetime) -> bool:
    """Return whether no daily backup was made in the last day; the dates of wrong clocks do not count."""
    try:
        return not any(one.kind is Kind.DAILY and now - _DAY < one.made_at <= now for one in backups(store))
    except OSError:
        return True


def restore(copy: Path, store: Path, now: datetime, *, watch: Watch = _ignore) -> Restored:
    """Put a backup in the place of the store, which is kept as a backup of its own, or moved aside if damaged.

    No daemon may run for the store meanwhile: who calls sees to that.

    Raises:
        StoreError: the backup is not whole, newer, or not ours, or the store is another program's; nothing was
            changed.
        StoreBusyError: another program holds the store's lock.
    """
    real = Path(os.path.realpath(store))  # a store behind a link stays behind it
    try:
        _check_copy(copy, real)
        _refuse_what_is_not_ours(real)
        _make_folder(real.parent)
        fresh = real.with_name(f"{real.name}.{os.getpid()}.part")
        try:
            _copy_whole(copy, fresh, watch)
            with _held(store):
                kept, moved_aside = _put_away(store, real, now)
                fresh.replace(real)
                sync_folder(real.parent)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(real, error) from error
    return Restored(kept, moved_aside)


def _put_away(store: Path, real: Path, now: datetime) -> tuple[Backup | None, Path | None]:
    """Keep the present store: as a backup if it is whole, else as it is under another name. The lock is held."""
    if not real.exists() or find_fault(real, "rw"):
        return None, _move_aside(real, now)
    return make(store, now, Kind.RESTORE), None


def _move_aside(real: Path, now: datetime) -> Path | None:
    """Give a damaged store another name beside its own, which the new one takes; its journal goes with it.

    A journal that stayed would be played back into the new store.
    """
    stem = f"{real.name}.damaged-{now.astimezone(UTC).strftime('%Y%m%dT%H%M%SZ')}"
    aside, number = real.with_name(stem), 1
    while os.path.lexists(aside):
        number += 1
        aside = real.with_name(f"{stem}.{number}")
    for suffix in ("-journal", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            real.with_name(real.name + suffix).rename(aside.with_name(aside.name + suffix))
    if not real.exists():
        return None
    try:
        # With a second name there is no moment without a store: a command that came then would begin a new one.
        aside.hardlink_to(real)
    except OSError:
        real.rename(aside)
    return aside


def _refuse_what_is_not_ours(real: Path) -> None:
    """Refuse to replace another program's file, or a newer version's store."""
    if not os.path.lexists(real):
        return
    if not real.is_file():
        check_file(real)
    with real.open("rb") as file:
        header = file.read(100)
    if len(header) == 100 and header.startswith(MAGIC):
        check_file(real)


def _check_copy(copy: Path, real: Path) -> None:
    if not copy.exists():
        raise StoreError(f"there is no backup {copy}", hint=_LISTED)
    if real.exists() and copy.samefile(real):
        raise UsageError(f"{copy} is the store itself", hint=_LISTED)
    try:
        check_file(copy)
    except StoreError as error:
        raise _cannot_restore(copy, error) from None


def _copy_whole(copy: Path, fresh: Path, watch: Watch) -> None:
    try:
        _copy(copy, fresh, "ro", watch)
    except StoreBusyError:
        raise
    except StoreError as error:
        raise _cannot_restore(copy, error) from error
    fault = _fault(fresh, watch)
    if fault:
        raise StoreError(f"can't restore {copy}", why=fault, hint=_LISTED)


def _cannot_restore(copy: Path, error: StoreError) -> StoreError:
    # What a damaged store is to be mended with is no help about a backup.
    hint = _LISTED if "damaged" in error.what or not error.hint else error.hint
    return StoreError(f"can't restore {copy}", why=error.why or error.what, hint=hint)


def _checked_target(to: Path, store: Path, now: datetime, *, is_forced: bool) -> Path:
    if to.is_dir():
        to = to / free_name(store, now, Kind.MANUAL).name
    if to.exists() and to.samefile(store):
        raise UsageError(f"{to} is the store itself", hint="choose another file")
    if os.path.lexists(to) and not to.is_file():
        raise UsageError(f"{to} is not a file", hint="choose another name")
    if os.path.lexists(to) and not is_forced:
        raise UsageError(f"{to} is there already", hint="choose another name, or --force to replace it")
    if not to.parent.is_dir():
        raise UsageError(f"there is no folder {to.parent}", hint="make it first, or choose another place")
    return to


def _copy(source: Path, target: Path, mode: Literal["ro", "rw"], watch: Watch) -> None:
    """Copy a store's pages in one state of it into a new file (0600), and see it to the disk.

    Raises:
        StoreError: it can't be read, or the copy can't be written.
    """
    try:
        try:
            _copy_pages(source, target, mode, watch, pages=_PAGES)
        except _BegunAgainError:
            _copy_pages(source, target, mode, watch, pages=-1)  # the others wait once
    except sqlite3.Error as error:
        raise as_store_error(error, source) from error
    descriptor = os.open(target, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_pages(source: Path, target: Path, mode: Literal["ro", "rw"], watch: Watch, *, pages: int) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with (
        closing(connect(source, mode, busy_seconds=_BUSY_SECONDS)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        # Nobody knows the copy yet, and it is synced as a whole at the end.
        writing.execute("PRAGMA journal_mode = OFF")
        writing.execute("PRAGMA synchronous = OFF")
        reading.backup(writing, pages=pages, progress=_Steps(source, watch), sleep=0.01)
        writing.execute("PRAGMA journal_mode = DELETE")


class _BegunAgainError(Exception):
    """Somebody wrote between two steps, so that SQLite began the copy again, too often."""


class _Steps:
    """Told of each step of a copy: watches that it goes on."""

    def __init__(self, source: Path, watch: Watch) -> None:
        self._source = source
        self._watch = watch
        self._left: int | None = None
        self._restarts = 0
        self._moved_at = monotonic()

    def __call__(self, status: int, left: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if monotonic() - self._moved_at > _BUSY_SECONDS:
                raise StoreBusyError(
                    f"the store {self._source} is in use", why="another program holds its lock", hint="try again"
                )
            return
        self._moved_at = monotonic()
        self._restarts += self._left is not None and left >= self._left
        self._left = left
        self._watch(total - left, total)
        if self._restarts > _RESTARTS and left:
            raise _BegunAgainError


def _fault(copied: Path, watch: Watch) -> str:
    """Return what is wrong with a copy; its watcher can end the search."""

    def is_ended() -> bool:
        watch(1, 1)  # what it raises ends the search
        return False

    fault = find_fault(copied, is_ended=is_ended)
    watch(1, 1)  # and is not taken for a fault
    return fault


@contextmanager
def _held(store: Path) -> Iterator[None]:
    with FileLock(store.with_name(store.name + ".lock")) as lock:
        if not lock.acquire(_BUSY_SECONDS):
            raise StoreBusyError(
                f"the store {store} is in use",
                why=f"another program has held its lock for {_BUSY_SECONDS:g} s",
                hint="try again; nothing was changed",
            )
        yield


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(place: Path, error: OSError) -> StoreError:
    return StoreError(
        f"can't write {place}",
        why=error.strerror or str(error),
        hint="check the permissions and the free room of its disk; nothing was changed",
    )
