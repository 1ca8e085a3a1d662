"""Statements that are written out once: what each command asks goes to SQLite as text and values, and nothing between.

A statement stays what it is everywhere in the store, one of SQLAlchemy. But putting it together, looking for its text
by its parts and wrapping its rows take ten times what SQLite takes to do it (decision 0276).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from sqlite3 import Connection, Cursor, Error, Row
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError

_DIALECT = SQLiteDialect_pysqlite(paramstyle="named")


class Prepared:
    """A statement whose text is kept, for as long as the program runs: one of the few that a module names.

    Args:
        statement: what differs from one time to the next is a bindparam of it; without lists behind IN, whose text
            depends on how many there are (schema.written_out, or json_each).
        columns: what an INSERT or UPDATE gives values to.
    """

    def __init__(self, statement: ClauseElement, columns: Iterable[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns)

    @cached_property
    def _written(self) -> tuple[str, Mapping[str, Any]]:
        """Return the text and the values that stand in the statement itself."""
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=self._columns or None)
        return compiled.string, compiled.params

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Return the rows that it finds, all of them: one that is left half read would hold up who writes.

        Raises:
            DBAPIError: what SQLAlchemy raises for what is in the way.
        """
        text, own = self._written
        cursor = connection.cursor()
        cursor.row_factory = Row
        try:
            return cursor.execute(text, {**own, **values}).fetchall()
        except Error as error:
            raise _as_raised(error, text, values) from error

    def do(self, connection: Connection, values: Mapping[str, Any]) -> Cursor:
        """Change what it says; the cursor tells how many rows, and the id of the last one.

        Raises:
            DBAPIError: as `rows`.
        """
        text, own = self._written
        try:
            return connection.execute(text, {**own, **values})
        except Error as error:
            raise _as_raised(error, text, values) from error

    def do_each(self, connection: Connection, every: Sequence[Mapping[str, Any]]) -> Cursor:
        """Change what it says with each of the values.

        Raises:
            DBAPIError: as `rows`.
        """
        text, own = self._written
        try:
            return connection.executemany(text, ({**own, **values} for values in every))
        except Error as error:
            raise _as_raised(error, text, every) from error


def _as_raised(error: Error, text: str, values: Any) -> BaseException:
    return DBAPIError.instance(text, values, error, Error, hide_parameters=True, dialect=_DIALECT)
