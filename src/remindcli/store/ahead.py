"""What is to come, as far as the store knows it: deliveries that wait, open occurrences, rules and how far they are."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from remindcli.core.task import Occurrence, Task
from remindcli.store.instants import from_ms, to_ms
from remindcli.store.rows import occurrence_from_row, task_from_row
from remindcli.store.schema import IS_ACTIVE, IS_OPEN, IS_WAITING, occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx


class Waiting(NamedTuple):
    """A delivery that waits, and what it is about."""

    execute_at: datetime
    is_snoozed: bool
    task_id: int
    occurrence: Occurrence


class Series(NamedTuple):
    """A task that comes back, and the key of the last planned time of it that is spawned."""

    task: Task
    spawned: str | None


def waiting(tx: Tx, begin: datetime, end: datetime) -> list[Waiting]:
    """Return the deliveries of active tasks that wait to be told in [begin, end), the first one first."""
    rows = tx.connection.execute(
        select(occurrences, scheduled_tasks.c.execute_at, scheduled_tasks.c.payload)
        .join(occurrences, occurrences.c.id == scheduled_tasks.c.occurrence_id)
        .join(tasks, tasks.c.id == scheduled_tasks.c.task_id)
        .where(
            IS_WAITING,
            IS_ACTIVE,
            scheduled_tasks.c.execute_at >= to_ms(begin),
            scheduled_tasks.c.execute_at < to_ms(end),
        )
        .order_by(scheduled_tasks.c.execute_at, scheduled_tasks.c.id)
    ).mappings()
    return [
        Waiting(
            from_ms(row["execute_at"]),
            '"snoozed_until"' in row["payload"],
            row["task_id"],
            occurrence_from_row(row),
        )
        for row in rows
    ]


def series(tx: Tx) -> list[Series]:
    """Return the active tasks that come back, each with how far it is spawned."""
    newest = select(func.max(occurrences.c.id)).where(occurrences.c.task_id == tasks.c.id).scalar_subquery()
    spawned = occurrences.alias("spawned")
    rows = tx.connection.execute(
        select(tasks, spawned.c.planned_for)
        .select_from(tasks.outerjoin(spawned, spawned.c.id == newest))
        .where(IS_ACTIVE, (tasks.c.rrule.is_not(None)) | (tasks.c.rdate != "[]"))
    ).mappings()
    return [Series(task_from_row(row, ()), row["planned_for"] or None) for row in rows]


def open_between(tx: Tx, begin: datetime, end: datetime) -> list[Occurrence]:
    """Return the open occurrences of active tasks that are due in [begin, end)."""
    rows = tx.connection.execute(
        select(occurrences)
        .join(tasks, tasks.c.id == occurrences.c.task_id)
        .where(IS_OPEN, IS_ACTIVE, _due_in(begin, end))
        .order_by(occurrences.c.due_at, occurrences.c.id)
    ).mappings()
    return [occurrence_from_row(row) for row in rows]


def done_between(tx: Tx, begin: datetime, end: datetime) -> list[tuple[int, datetime]]:
    """Return what was done in [begin, end): each time with its task's id."""
    at = occurrences.c.done_at
    rows = tx.connection.execute(
        select(occurrences.c.task_id, at).where(at >= to_ms(begin), at < to_ms(end)).order_by(at)
    )
    return [(task_id, from_ms(done_at)) for task_id, done_at in rows]


def titles(tx: Tx, ids: Sequence[int]) -> dict[int, str]:
    """Return the titles of tasks by their ids."""
    wanted = select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)
    return {
        row.id: row.title
        for row in tx.connection.execute(select(tasks.c.id, tasks.c.title).where(tasks.c.id.in_(wanted)))
    }


def _due_in(begin: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(occurrences.c.due_at >= to_ms(begin), occurrences.c.due_at < to_ms(end))
