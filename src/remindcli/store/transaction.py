"""One transaction: rows read and written with statements that are written out once, and noted for undo."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import Cursor, Row
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from remindcli.clock import Clock
from remindcli.store import schema
from remindcli.store.instants import to_ms
from remindcli.store.prepared import Prepared


@cache
def _by_id(table: Table) -> Prepared:
    return Prepared(select(table).where(table.c.id == bindparam("row_id")))


@cache
def _insert_into(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).returning(table), names)


@cache
def _update_of(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(update(table).where(table.c.id == bindparam("row_id")), names)


@cache
def _delete_from(table: Table) -> Prepared:
    return Prepared(delete(table).where(table.c.id == bindparam("row_id")))


_FORGET_UNDONE = Prepared(delete(schema.actions).where(schema.actions.c.is_undone == 1))
_ACTION = Prepared(insert(schema.actions), ("made_at", "verb", "summary", "is_undone", "request"))
_CHANGES = Prepared(insert(schema.changes), ("action_id", "entity", "entity_id", "before", "after"))


class Tx:
    """One open transaction: its connection, and the time and zone that were read after the lock was held.

    What is written through `insert`, `update` and `delete` while an action is open is noted in `changes`,
    which is what undo and redo read.

    Args:
        request: noted with the user action that is made, undone or redone here; "" is none.
    """

    def __init__(self, connection: Connection, clock: Clock, request: str = "") -> None:
        self.connection = connection
        self.request = request
        self.now = clock.now()
        self.zone: ZoneInfo = clock.zone()
        self._sqlite = sqlite_of(connection)
        self._verb: str | None = None
        self._noted: list[dict[str, object]] = []

    @property
    def is_in_action(self) -> bool:
        """Return whether a user action is open."""
        return self._verb is not None

    def begin_action(self, verb: str) -> None:
        """Open a user action: all that follows in this transaction, until `describe`, is one step of undo."""
        self._verb = verb

    def describe(self, summary: str) -> None:
        """Close the open action and say in words what it did; an action that changed nothing is forgotten."""
        verb, self._verb = self._verb, None
        noted, self._noted = self._noted, []
        if not noted:
            return
        self.do(_FORGET_UNDONE)
        made = self.do(_ACTION, made_at=to_ms(self.now), verb=verb, summary=summary, is_undone=0, request=self.request)
        self.do_each(_CHANGES, [{"action_id": made.lastrowid, **change} for change in noted])

    @contextmanager
    def as_part_of(self, action_id: int) -> Iterator[None]:
        """Note what follows as part of a user action that was made before."""
        self._verb = ""
        yield
        self._verb = None
        noted, self._noted = self._noted, []
        if noted:
            self.do_each(_CHANGES, [{"action_id": action_id, **change} for change in noted])

    def rows(self, statement: Prepared, **values: Any) -> list[Row]:
        """Return the rows that a statement finds; they know their columns by name."""
        return statement.rows(self._sqlite, values)

    def do(self, statement: Prepared, **values: Any) -> Cursor:
        """Change what a statement says."""
        return statement.do(self._sqlite, values)

    def do_each(self, statement: Prepared, every: Sequence[Mapping[str, Any]]) -> Cursor:
        """Change what a statement says with each of the values."""
        return statement.do_each(self._sqlite, every)

    def row(self, table: Table, row_id: int) -> dict[str, Any] | None:
        """Return a row by its id."""
        found = self.rows(_by_id(table), row_id=row_id)
        return dict(found[0]) if found else None

    def insert(self, table: Table, **values: Any) -> int:
        """Insert a row and return its id."""
        (made,) = self.rows(_insert_into(table, tuple(values)), **values)
        row = dict(made)
        row_id = int(row["id"])
        self.note(table, row_id, None, row)
        return row_id

    def update(self, table: Table, row_id: int, **values: Any) -> None:
        """Change columns of a row."""
        if self.is_in_action:
            before = self.row(table, row_id)
            assert before is not None
            changed = {name: value for name, value in values.items() if before[name] != value}
            if not changed:
                return
            self.note(table, row_id, {name: before[name] for name in changed}, changed)
        self.do(_update_of(table, tuple(values)), row_id=row_id, **values)

    def delete(self, table: Table, row_id: int) -> None:
        """Delete a row."""
        if self.is_in_action:
            self.note(table, row_id, self.row(table, row_id), None)
        self.do(_delete_from(table), row_id=row_id)

    def note(self, table: Table, entity_id: int, before: object, after: object) -> None:
        """Note a change as part of the open action, if there is one.

        Args:
            before: what JSON keeps of it; None: the row was not there.
            after: None: the row is gone.
        """
        if self.is_in_action:
            self._noted.append(
                {
                    "entity": table.name,
                    "entity_id": entity_id,
                    "before": None if before is None else json.dumps(before),
                    "after": None if after is None else json.dumps(after),
                }
            )


def sqlite_of(connection: Connection) -> SQLiteConnection:
    """Return what SQLAlchemy wraps."""
    return cast("SQLiteConnection", connection.connection.dbapi_connection)
