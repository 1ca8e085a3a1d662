"""What can be wrong with a store's file, found before SQLite touches it, and said so that a person can mend it."""

import sqlite3
import stat
import struct
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from remindcli import __version__
from remindcli.errors import StoreBusyError, StoreError
from remindcli.store import schema
from remindcli.store.kept import advice

MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


def check_file(path: Path) -> int:
    """Return the schema version of a store's file, read from its header (sqlite.org/fileformat.html, 1.3).

    Raises:
        StoreError: it is a folder, unreadable, empty, not SQLite, another program's, or newer than this version.
    """
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise StoreError(
                f"the store {path} is a folder",
                why="a store is a single file",
                hint=f"try --db {path / 'remind.db'}",
            )
        if not stat.S_ISREG(kind):
            raise StoreError(f"the store {path} is not a file", why="it is a device, a pipe or a socket")
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise StoreError(
            f"can't read the store {path}", why=error.strerror or str(error), hint="check its permissions"
        ) from error
    if len(header) < _HEADER_BYTES or not header.startswith(MAGIC):
        empty = not header
        raise StoreError(
            f"the store {path} is damaged",
            why="the file is empty" if empty else "it is not a SQLite file",
            hint=advice(path),
        )
    version, application_id = struct.unpack(">i4x", header[60:68])[0], struct.unpack(">i", header[68:72])[0]
    if application_id != schema.APPLICATION_ID:
        raise StoreError(
            f"{path} is not a store of remind",
            why="it is a SQLite file of another program",
            hint="choose another file with --db or REMIND_DB",
        )
    if version > schema.NEWEST:
        raise StoreError(
            f"the store {path} is newer than this program",
            why=f"it has schema {version}; remind {__version__} knows up to {schema.NEWEST}",
            hint="upgrade remindcli: pipx upgrade remindcli",
        )
    return int(version)


def as_store_error(
    error: DBAPIError | sqlite3.Error, path: Path, *, outcome: str = "nothing was changed"
) -> StoreError:
    """Return what SQLite said as an error that says what to do.

    Args:
        outcome: what is known of the change; by default that the transaction is gone, and all of it.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, sqlite3.Error):
        return StoreError(f"the store {path} can't be used", why=str(cause))
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    why = str(cause)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(
            f"the store {path} is in use",
            why="another program holds its lock",
            hint="try again; nothing was changed",
        )
    if code == sqlite3.SQLITE_CORRUPT:  # a read that failed once looks the same, while the file is intact
        return StoreError(f"the store {path} looks damaged", why=why, hint=f"try again; if it stays so: {advice(path)}")
    if code == sqlite3.SQLITE_NOTADB:
        return StoreError(f"the store {path} is damaged", why=why, hint=advice(path))
    permissions = "check the permissions of the file and of its folder"
    what, hint = {
        sqlite3.SQLITE_READONLY: ("is read-only", permissions),
        sqlite3.SQLITE_PERM: ("is read-only", permissions),
        sqlite3.SQLITE_CANTOPEN: ("can't be opened", permissions),
        sqlite3.SQLITE_FULL: ("can't grow", "the disk is full; make room and try again: nothing was changed"),
        sqlite3.SQLITE_IOERR: (
            "can't be read or written",
            f"check the disk; {outcome}" if outcome else "check the disk",
        ),
    }.get(code, ("can't be used", outcome))
    return StoreError(f"the store {path} {what}", why=why, hint=hint)
