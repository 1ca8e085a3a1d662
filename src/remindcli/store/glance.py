"""A quick look into the store for completion: standard library only, read-only, and silent where it can't be read."""

import os
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing

from remindcli.core.fields import Value

TYPE_CHECKING = False  # what typing calls so: importing it takes time, and only a checker needs it
if TYPE_CHECKING:
    from typing import Any

_APPLICATION_ID = 0x524D4E44  # schema.APPLICATION_ID, without what the schema imports; a test compares
_BUSY_SECONDS = 0.1
_TITLE_CHARACTERS = 400

# An id is compared in SQL and text in Python, whose idea of capitals is everybody's: nothing typed asks neither.
_DATED = """
    SELECT tasks.id, substr(tasks.title, 1, :characters), occurrences.due_at, occurrences.all_day
    FROM occurrences JOIN tasks ON tasks.id = occurrences.task_id
    WHERE occurrences.state = 'open' AND occurrences.due_at IS NOT NULL
        AND tasks.state IN (:one_state, :other_state)
        AND (:id_pattern = '' OR tasks.id || '' GLOB :id_pattern)
        AND (:text = '' OR contains(CAST(tasks.title AS BLOB)))
        AND (NOT :is_failed OR EXISTS (
            SELECT 1 FROM scheduled_tasks AS told WHERE told.task_id = tasks.id AND told.status = 'discarded'
        ))
    ORDER BY occurrences.due_at
"""
_UNDATED = """
    SELECT tasks.id, substr(tasks.title, 1, :characters), NULL, 0
    FROM tasks
    WHERE tasks.state IN (:one_state, :other_state)
        AND (:id_pattern = '' OR tasks.id || '' GLOB :id_pattern)
        AND (:text = '' OR contains(CAST(tasks.title AS BLOB)))
        AND (NOT :is_failed OR EXISTS (
            SELECT 1 FROM scheduled_tasks AS told WHERE told.task_id = tasks.id AND told.status = 'discarded'
        ))
        AND NOT EXISTS (
            SELECT 1 FROM occurrences
            WHERE occurrences.task_id = tasks.id AND occurrences.state = 'open' AND occurrences.due_at IS NOT NULL
        )
    ORDER BY tasks.id
"""
_TAGS = """
    SELECT tag, count(*) FROM task_tags JOIN tasks ON tasks.id = task_tags.task_id
    WHERE tasks.state IN ('active', 'paused') GROUP BY tag ORDER BY count(*) DESC, tag LIMIT :limit
"""
_LISTS = """
    SELECT list, count(*) FROM tasks
    WHERE state IN ('active', 'paused') AND list <> '' GROUP BY list ORDER BY count(*) DESC, list LIMIT :limit
"""


class Glimpse(Value):
    """A task as completion shows it.

    Attributes:
        due_ms: when its first open occurrence is due, UTC milliseconds.
    """

    id: int
    title: str
    due_ms: int | None
    is_all_day: bool


def tasks(
    path: str,
    limit: int,
    *,
    typed: str = "",
    states: tuple[str, str] = ("active", "paused"),
    is_failed: bool = False,
) -> list[Glimpse]:
    """Return tasks, the next due first.

    Args:
        typed: digits with which the id begins, or text that stands in the title.
        is_failed: only those with an alert that was given up.
    """
    is_id = typed.isascii() and typed.isdecimal()
    values: dict[str, str | int] = {
        "one_state": states[0],
        "other_state": states[1],
        "id_pattern": f"{typed}*" if is_id else "",
        "text": "" if is_id else typed.casefold(),
        "is_failed": is_failed,
        "characters": _TITLE_CHARACTERS,
    }
    found: dict[int, Glimpse] = {}
    for query in (_DATED, _UNDATED):
        if len(found) >= limit:
            break  # asking is what costs: those without a time are looked for in all
        with closing(_rows(path, query, values)) as rows:
            for task_id, title, due_ms, is_all_day in rows:
                found.setdefault(task_id, Glimpse(task_id, title, due_ms, bool(is_all_day)))
                if len(found) >= limit:
                    break
    return list(found.values())


def tags(path: str, limit: int) -> list[tuple[str, int]]:
    """Return the tags of live tasks, each with how many have it, the most used first."""
    return list(_rows(path, _TAGS, {"limit": limit}))


def lists(path: str, limit: int) -> list[tuple[str, int]]:
    """Return the lists of live tasks, each with how many are on it, the longest first."""
    return list(_rows(path, _LISTS, {"limit": limit}))


def _rows(path: str, query: str, values: Mapping[str, str | int]) -> "Generator[Any, None, None]":
    """Yield rows of the store until one can't be read."""
    wanted = str(values.get("text", ""))
    try:
        # Anything but a file (a pipe, for one) could be waited for without end.
        if not os.path.isfile(path):  # noqa: PTH113 (pathlib: 6 ms)
            return
        # what may stand in a path must not end the URI's path
        uri = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
            connection.text_factory = _text
            connection.execute("PRAGMA trusted_schema = OFF")
            if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION_ID,):
                return
            connection.create_function("contains", 1, lambda title: wanted in _text(title).casefold())
            yield from connection.execute(query, values)
    except (sqlite3.Error, OSError, ValueError):
        return


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
