"""A SQLite file opened with care: checked before it is trusted, written in short transactions under a lock."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import Error as SQLiteError
from threading import RLock

from sqlalchemy import (
    Connection,
    create_engine,
    event,
    insert,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from remindcli.clock import Clock
from remindcli.errors import StoreBusyError, StoreError
from remindcli.store import backup, schema
from remindcli.store.faults import as_store_error, check_file
from remindcli.store.instants import to_ms
from remindcli.store.kept import Kind, sync_folder
from remindcli.store.lock import FileLock
from remindcli.store.transaction import Tx, sqlite_of

BUSY_SECONDS = 10.0
"""How long a write waits for another one before it is refused."""


Stamp = tuple[int, int, int, int]


_TOUCH = "SELECT 1 FROM sqlite_schema LIMIT 1"


class Database:
    """The store's file and the way into it.

    Attributes:
        request: names what is done now, so that it can be asked whether it was (docs/start-up.md); "" names nothing.
        while_waiting: returns what is entered for as long as another program may keep us out; None enters nothing.

    Raises:
        StoreError: the file is not a store of ours, is damaged, newer, unreadable, or can't be created.
    """

    def __init__(self, path: Path, clock: Clock, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.request = ""
        self.while_waiting: Callable[[], AbstractContextManager[object]] | None = None
        self._clock = clock
        self._busy_seconds = busy_seconds
        self._lock = FileLock(path.with_name(path.name + ".lock"))
        self._mutex = RLock()
        self._file: tuple[int, int] | None = None
        self._engine = create_engine(
            URL.create("sqlite", database=str(path)),
            poolclass=QueuePool,
            connect_args={"timeout": busy_seconds, "isolation_level": None, "check_same_thread": False},
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        self._lock.release()

    def stamp(self) -> Stamp | None:
        """Return what is another value after each change of the file, by whomever; None if it is not there.

        Nothing is opened: a look that is taken often must not hold up who writes.
        """
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a reading transaction: one state of the store, whatever is written meanwhile.

        Raises:
            StoreError: see `as_store_error`.
        """
        self._follow_file()
        try:
            with self._begun() as connection:
                yield Tx(connection, self._clock)
        except DBAPIError as error:  # what was written before stands
            raise as_store_error(error, self.path, outcome="") from error

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a writing transaction: all of it is kept, or nothing.

        Raises:
            StoreBusyError: another program held the store for too long.
            StoreError: see `as_store_error`.
        """
        outcome = "nothing was changed"
        try:
            with self._begun(is_alone=True) as connection:
                yield Tx(connection, self._clock, self.request)
                # a commit may fail after the change is on the disk: at the sync of the folder, at the unlock
                outcome = "look whether the change was kept before you make it again"
        except DBAPIError as error:
            raise as_store_error(error, self.path, outcome=outcome) from error

    @contextmanager
    def _begun(self, *, is_alone: bool = False) -> Iterator[Connection]:
        """Open a transaction, behind our own locks if it is to be alone; say that it waits once it has to."""
        begin = "IMMEDIATE" if is_alone else "DEFERRED"
        with ExitStack() as held:
            with ExitStack() as waiting:
                say = _Once(waiting, self.while_waiting)
                if is_alone:
                    held.enter_context(self._mutex)
                    held.enter_context(self._exclusive(say))
                pool = self._engine.pool
                if not (isinstance(pool, QueuePool) and pool.checkedin()):
                    say()  # to open the file is to read it
                connection = held.enter_context(self._engine.connect().execution_options(begin=begin))
                if self.while_waiting is not None and not self._has_begun(connection, begin):
                    say()
                held.enter_context(connection.begin())
                if self.while_waiting is not None:
                    # a deferred transaction meets the lock at its first statement: let that be here
                    connection.exec_driver_sql(_TOUCH).close()
            yield connection

    def _has_begun(self, connection: Connection, begin: str) -> bool:
        """Begin a transaction if nobody is in the way now; return whether it was begun."""
        sqlite = sqlite_of(connection)
        sqlite.execute("PRAGMA busy_timeout = 0").close()
        try:
            sqlite.execute(f"BEGIN {begin}").close()
            sqlite.execute(_TOUCH).close()
        except SQLiteError:  # who waits finds out what it is
            sqlite.rollback()
            return False
        finally:
            sqlite.execute(f"PRAGMA busy_timeout = {round(self._busy_seconds * 1000)}").close()
        return True

    @contextmanager
    def _exclusive(self, say: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Hold the lock of those who write.

        Args:
            say: called if it has to be waited for.
        """
        try:
            is_held = self._lock.acquire()
            if not is_held:
                say()
                is_held = self._lock.acquire(self._busy_seconds)
        except OSError as error:
            raise StoreError(
                f"can't write to the store {self.path}",
                why=str(error),
                hint="check the permissions of its folder and the free room of its disk",
            ) from error
        if not is_held:
            raise StoreBusyError(
                f"the store {self.path} is in use",
                why=f"another program has held its lock for {self._busy_seconds:g} s",
                hint="try again; nothing was changed",
            )
        try:
            self._follow_file()
            yield
        finally:
            self._lock.release()

    def _follow_file(self) -> None:
        """Open the file anew if another one took its place: what is written into the old one would be lost."""
        try:
            found = self.path.stat()
        except OSError:
            return
        here = (found.st_dev, found.st_ino)
        if self._file not in (None, here):
            self._engine.dispose()
        self._file = here

    def _open(self) -> None:
        try:
            is_new = not self.path.exists()
        except OSError as error:  # a folder that may not be entered, a name that is too long
            raise StoreError(
                f"can't reach the store {self.path}", why=error.strerror or str(error), hint="check its permissions"
            ) from error
        if is_new:
            self._create()
        version = check_file(self.path)
        if version < schema.NEWEST:
            backup.make(self.path, self._clock.now(), Kind.MIGRATION)
            for migration in schema.MIGRATIONS:
                self._migrate(migration)

    def _create(self) -> None:
        """Make the file whole under another name first: a kill in the middle leaves no half store."""
        try:
            _make_folder(self.path.parent)
            with self._exclusive():
                if self.path.exists():
                    return
                fresh = self.path.with_name(f"{self.path.name}.new")
                fresh.unlink(missing_ok=True)
                os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
                engine = create_engine(
                    URL.create("sqlite", database=str(fresh)), connect_args={"isolation_level": None}
                )
                event.listen(engine, "connect", _prepare)
                event.listen(engine, "begin", _begin)
                try:
                    with engine.connect() as connection, connection.begin():
                        connection.execute(text(f"PRAGMA application_id = {schema.APPLICATION_ID}"))
                        for migration in schema.MIGRATIONS:
                            _apply(connection, migration, self._clock.now())
                finally:
                    engine.dispose()
                fresh.rename(self.path)
                sync_folder(self.path.parent)
        except OSError as error:
            raise StoreError(
                f"can't create the store {self.path}",
                why=str(error),
                hint="choose another place with --db or REMIND_DB",
            ) from error
        except DBAPIError as error:
            raise as_store_error(error, self.path) from error

    def _migrate(self, migration: schema.Migration) -> None:
        with self.write() as tx:
            version = tx.connection.execute(text("PRAGMA user_version")).scalar_one()
            if version < migration.number:
                _apply(tx.connection, migration, tx.now)


def _make_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that their names last through a power cut."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        with suppress(PermissionError):  # a folder in which names may be made and not listed
            sync_folder(one.parent)


def _apply(connection: Connection, migration: schema.Migration, now: datetime) -> None:
    for statement in migration.statements:
        connection.exec_driver_sql(statement)
    connection.execute(
        insert(schema.migrations).values(number=migration.number, name=migration.name, applied_at=to_ms(now))
    )
    connection.exec_driver_sql(f"PRAGMA user_version = {migration.number}")


def _prepare(connection: SQLiteConnection, _record: object) -> None:
    """Set what has to be set for each connection (the reasons are in docs/store.md)."""
    for pragma in (
        "journal_mode = DELETE",
        "synchronous = EXTRA",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cell_size_check = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    # SQLite's own lower() knows ASCII alone
    connection.create_function("casefold", 1, str.casefold, deterministic=True)


def _begin(connection: Connection) -> None:
    if not sqlite_of(connection).in_transaction:
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")


class _Once:
    """Enters, once, what is there for as long as somebody waits."""

    def __init__(self, into: ExitStack, what: Callable[[], AbstractContextManager[object]] | None) -> None:
        self._into = into
        self._what = what

    def __call__(self) -> None:
        what, self._what = self._what, None
        if what is not None:
            self._into.enter_context(what())
