"""What happened: user actions, what was told, how occurrences ended; read from what the store keeps anyway."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, case, func, literal, or_, select

from remindcli.core.decide import Result
from remindcli.core.task import Occurrence, OccurrenceState, Task
from remindcli.store.instants import from_ms, to_ms
from remindcli.store.rows import occurrence_from_row, task_from_row
from remindcli.store.schema import actions, attempts, changes, occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx


class Happened(NamedTuple):
    """One thing that happened.

    Attributes:
        kind: the verb of a user action; "told", or "untold" for a try that did not reach the user.
        ids: the tasks that it was about.
        text: what happened, in words, with ids and titles.
        is_undone: a user action that was taken back.
        channel: where it was told; "" for a user action.
    """

    at: datetime
    kind: str
    ids: tuple[int, ...]
    text: str
    is_undone: bool = False
    channel: str = ""
    error: str = ""


class Ended(NamedTuple):
    """A task with its occurrences that are over, and the open one, in the order in which they were planned."""

    task: Task
    occurrences: list[Occurrence]


class PutOff(NamedTuple):
    """A task that was snoozed.

    Attributes:
        times: how often, as far as the actions are kept.
    """

    id: int
    title: str
    times: int


def _task_of(table: Table) -> ColumnElement[Any]:
    """Return the task of a changed row; of a row that is gone as it was noted."""
    here = select(table.c.task_id).where(table.c.id == changes.c.entity_id).scalar_subquery()
    noted = (func.json_extract(text, "$.task_id") for text in (changes.c.after, changes.c.before))
    return func.coalesce(here, *noted)


_CHANGED_TASK = case(
    (changes.c.entity.in_(("tasks", "task_tags")), changes.c.entity_id),
    (changes.c.entity == "occurrences", _task_of(occurrences)),
    (changes.c.entity == "scheduled_tasks", _task_of(scheduled_tasks)),
)
"""The task that a change was of; NULL where nothing says."""


class Wanted(NamedTuple):
    """Which of what happened is wanted.

    Attributes:
        begin: from then on.
        end: before then.
        ids: only what was about these tasks; None is all.
        kinds: only what is of these kinds; none is all.
        limit: the latest so many.
    """

    begin: datetime | None = None
    end: datetime | None = None
    ids: Sequence[int] | None = None
    kinds: Sequence[str] = ()
    limit: int | None = None


def happened(tx: Tx, wanted: Wanted) -> list[Happened]:
    """Return what happened, the latest last."""
    found = [*_actions(tx, wanted), *_tries(tx, wanted)]
    found.sort(key=lambda one: one.at)
    return found if wanted.limit is None else found[-wanted.limit :]


def _actions(tx: Tx, wanted: Wanted) -> list[Happened]:
    begin, end, ids, kinds, limit = wanted
    query: Select[Any] = select(actions).where(*_within(actions.c.made_at, begin, end))
    if kinds:
        query = query.where(actions.c.verb.in_(kinds))
    if ids is not None:
        about = select(changes.c.id).where(changes.c.action_id == actions.c.id, _CHANGED_TASK.in_(_listed(ids)))
        query = query.where(about.exists())
    rows = tx.connection.execute(_latest(query, actions.c.made_at, actions.c.id, limit)).mappings().all()
    about_ids: defaultdict[int, list[int]] = defaultdict(list)
    these = _listed([row["id"] for row in rows])
    pairs = select(changes.c.action_id, _CHANGED_TASK).where(changes.c.action_id.in_(these)).order_by(changes.c.id)
    for action_id, task_id in tx.connection.execute(pairs):
        if task_id is not None:
            about_ids[action_id].append(task_id)
    return [
        Happened(
            from_ms(row["made_at"]),
            row["verb"],
            tuple(dict.fromkeys(about_ids[row["id"]])),
            row["summary"],
            is_undone=bool(row["is_undone"]),
        )
        for row in rows
    ]


def _tries(tx: Tx, wanted: Wanted) -> list[Happened]:
    begin, end, ids, kinds, limit = wanted
    was_told = attempts.c.result == Result.SHOWN.value
    results = [was_told] * (not kinds or "told" in kinds) + [~was_told] * (not kinds or "untold" in kinds)
    if not results:
        return []
    query: Select[Any] = (
        select(attempts, tasks.c.title)
        .join(tasks, tasks.c.id == attempts.c.task_id)
        .where(or_(*results), *_within(attempts.c.tried_at, begin, end))
    )
    if ids is not None:
        query = query.where(attempts.c.task_id.in_(_listed(ids)))
    rows = tx.connection.execute(_latest(query, attempts.c.tried_at, attempts.c.id, limit)).mappings()
    return [
        Happened(
            from_ms(row["tried_at"]),
            "told" if row["result"] == Result.SHOWN.value else "untold",
            (row["task_id"],),
            f'{row["task_id"]} "{row["title"]}"',
            channel=row["channel"],
            error=row["error"] or ("" if row["result"] == Result.SHOWN.value else row["result"]),
        )
        for row in rows
    ]


def _within(column: ColumnElement[Any], begin: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    bounds = [] if begin is None else [column >= to_ms(begin)]
    return bounds if end is None else [*bounds, column < to_ms(end)]


def _latest(query: Select[Any], at: Any, row_id: Any, limit: int | None) -> Select[Any]:
    """Return the query for the latest rows, in the order of time."""
    if limit is None:
        return query.order_by(at, row_id)
    return query.order_by(at.desc(), row_id.desc()).limit(limit)


def _listed(ids: Sequence[int]) -> Select[Any]:
    return select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)


def ended(tx: Tx, ids: Sequence[int]) -> list[Ended]:
    """Return the tasks with these ids that come back, each with its occurrences in the order of their planned times."""
    mine: defaultdict[int, list[Occurrence]] = defaultdict(list)
    rows = tx.connection.execute(
        select(occurrences).where(occurrences.c.task_id.in_(_listed(ids))).order_by(occurrences.c.id)
    ).mappings()
    for row in rows:
        mine[row["task_id"]].append(occurrence_from_row(row))
    comes_back = or_(tasks.c.rrule.is_not(None), tasks.c.rdate != "[]")
    found = {
        row["id"]: task_from_row(row, ())
        for row in tx.connection.execute(select(tasks).where(tasks.c.id.in_(_listed(ids)), comes_back)).mappings()
    }
    return [
        Ended(found[task_id], sorted(mine[task_id], key=lambda one: (one.planned_for, one.id)))
        for task_id in ids
        if task_id in found
    ]


def done_at(tx: Tx, ids: Sequence[int] | None, begin: datetime, end: datetime) -> list[datetime]:
    """Return when something was done in [begin, end), of these tasks or of all."""
    query = select(occurrences.c.done_at).where(
        occurrences.c.state == OccurrenceState.DONE.value, *_within(occurrences.c.done_at, begin, end)
    )
    if ids is not None:
        query = query.where(occurrences.c.task_id.in_(_listed(ids)))
    return [from_ms(at) for at in tx.connection.execute(query.order_by(occurrences.c.done_at)).scalars()]


def most_snoozed(tx: Tx, ids: Sequence[int] | None, begin: datetime, limit: int) -> list[PutOff]:
    """Return the tasks that were snoozed most since an instant, the most snoozed first; an undone one is none."""
    snoozed = (
        select(changes.c.action_id, _CHANGED_TASK.label("task_id"))
        .join(actions, actions.c.id == changes.c.action_id)
        .where(actions.c.verb == literal("snooze"), actions.c.is_undone == 0, actions.c.made_at >= to_ms(begin))
        .distinct()
        .subquery()
    )
    query = (
        select(tasks.c.id, tasks.c.title, func.count())
        .join(snoozed, snoozed.c.task_id == tasks.c.id)
        .group_by(tasks.c.id)
        .order_by(func.count().desc(), tasks.c.id)
        .limit(limit)
    )
    if ids is not None:
        query = query.where(tasks.c.id.in_(_listed(ids)))
    return [PutOff(*row) for row in tx.connection.execute(query)]
