"""The backups beside a store: their names, which there are, and the newest from which it can be restored."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from remindcli.errors import StoreBusyError
from remindcli.store.soundness import find_fault

_STAMP = "%Y%m%dT%H%M%SZ"


class Kind(StrEnum):
    """Why a backup was made."""

    MANUAL = "manual"
    DAILY = "daily"
    """By the daemon: only these are ever deleted, the oldest first."""
    MIGRATION = "migration"
    """Before the tables were changed by a newer version."""
    RESTORE = "restore"
    """What a restore replaced."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a store.

    Attributes:
        size: bytes.
    """

    path: Path
    made_at: datetime
    kind: Kind
    size: int


def folder_of(store: Path) -> Path:
    """Return where the backups of a store are kept."""
    return store.parent / "backups"


def free_name(store: Path, now: datetime, kind: Kind) -> Path:
    """Return a name that no backup of the store has: remind-20261124T080000Z-daily.db."""
    stem = f"{store.stem}-{now.astimezone(UTC).strftime(_STAMP)}"
    reason = "" if kind is Kind.MANUAL else f"-{kind.value}"
    number = 1
    while True:
        found = folder_of(store) / f"{stem}{f'.{number}' if number > 1 else ''}{reason}.db"
        if not os.path.lexists(found):
            return found
        number += 1


def backups(store: Path) -> list[Backup]:
    """Return the backups in the store's folder, the newest first; files of other names are not ours.

    Raises:
        OSError: the folder can't be read.
    """
    name = re.compile(
        re.escape(store.stem) + r"-(\d{8}T\d{6}Z)(?:\.(\d+))?(?:-(daily|migration|restore))?\.db", re.ASCII
    )
    found: list[tuple[datetime, int, Backup]] = []
    try:
        entries = list(os.scandir(folder_of(store)))
    except FileNotFoundError:
        return []
    for entry in entries:
        match = name.fullmatch(entry.name)
        if match is None or not entry.is_file():
            continue
        try:
            made_at = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        kind = Kind(match[3]) if match[3] else Kind.MANUAL
        backup = Backup(Path(entry.path), made_at, kind, entry.stat().st_size)
        found.append((made_at, int(match[2] or 1), backup))
    return [backup for *_, backup in sorted(found, key=lambda one: one[:2], reverse=True)]


def newest_good(store: Path) -> Backup | None:
    """Return the newest backup that is whole; each was when it was made, but disks go bad."""
    try:
        return next((one for one in backups(store) if not _fault(one.path, one.path.stat().st_mtime_ns)), None)
    except (OSError, StoreBusyError):
        return None


def advice(store: Path) -> str:
    """Return what to do about a damaged store: the command that restores its newest good backup."""
    newest = newest_good(store)
    if newest is None:
        return "it was left as it is, and there is no backup of it; move it away to begin anew"
    return f"it was left as it is; its newest good backup: remind backup restore {newest.path.name}"


@lru_cache(maxsize=32)
def _fault(path: Path, _changed_ns: int) -> str:
    """Return what is wrong with a backup, asked once: a daemon over a damaged store comes by every few seconds."""
    return find_fault(path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
