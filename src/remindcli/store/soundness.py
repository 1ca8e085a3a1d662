"""Whether a store's file is whole: every page, every row, every reference, every text."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Literal

from remindcli.errors import StoreBusyError

APPLICATION_ID = 0x524D4E44  # schema.APPLICATION_ID, without SQLAlchemy behind it; a test compares
_TABLES = frozenset({"tasks", "occurrences", "scheduled_tasks", "changes", "daemon"})
_STEPS_BETWEEN_LOOKS = 200_000


def connect(path: Path, mode: Literal["ro", "rw"], *, busy_seconds: float = 10.0) -> sqlite3.Connection:
    """Return a connection to a file that is there; none is made.

    Args:
        mode: "rw" lets SQLite take back what a crash left half-written, as every use of a store does.
    """
    # Anything but a file (a pipe, for one) could be waited for without end.
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    return connection


def find_fault(path: Path, mode: Literal["ro", "rw"] = "ro", *, is_ended: Callable[[], bool] = lambda: False) -> str:
    """Return what is wrong with a store's file in a clause; "" if it is whole.

    Args:
        is_ended: asked now and then; the search ends as if there were a fault when it says so.

    Raises:
        StoreBusyError: another program holds its lock.
    """
    try:
        with closing(connect(path, mode)) as connection:
            connection.set_progress_handler(is_ended, _STEPS_BETWEEN_LOOKS)
            return fault_of(connection)
    except (sqlite3.Error, OSError, ValueError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusyError(
                f"{path} is in use", why="another program holds its lock", hint="try again; nothing was changed"
            ) from error
        return str(error)


def fault_of(connection: sqlite3.Connection) -> str:
    """Return what is wrong with the store behind a connection in a clause; "" if it is whole.

    Raises:
        sqlite3.Error: it can't be read at all, or can't be read now.
    """
    if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
        return "it is not a store of remind"
    (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        return " ".join(str(said).split())
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if _TABLES - tables:
        return f"the table {min(_TABLES - tables)} is missing"
    loose = connection.execute("PRAGMA foreign_key_check").fetchone()
    if loose is not None:
        return f"a row of {loose[0]} belongs to a row of {loose[2]} that is not there"
    # SQLite checks no text: bytes that are no UTF-8 stop whoever reads the row.
    for table in sorted(tables):
        quoted = table.replace('"', '""')
        for _ in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 (a table's own name, quoted)
            pass
    return ""
