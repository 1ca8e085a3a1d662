"""What the views ask of the store: tasks with where they stand, and what was told of them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from remindcli.core import decide
from remindcli.core.decide import Result
from remindcli.core.task import WAITING, Delivery, DeliveryState, Occurrence, Task
from remindcli.errors import NotFoundError
from remindcli.store.instants import from_ms, to_ms
from remindcli.store.prepared import Prepared
from remindcli.store.rows import delivery_from_row, occurrence_from_row, task_from_row
from remindcli.store.schema import (
    IS_ACTIVE,
    IS_OPEN,
    IS_WAITING,
    attempts,
    daemon,
    occurrences,
    scheduled_tasks,
    task_tags,
    tasks,
)
from remindcli.store.transaction import Tx

_ONE_HERE = Prepared(select(tasks.c.id).where(tasks.c.id == bindparam("task_id")))
_TAGS = Prepared(select(task_tags.c.tag).where(task_tags.c.task_id == bindparam("task_id")))
_OPEN = Prepared(
    select(occurrences).where(occurrences.c.task_id == bindparam("task_id"), IS_OPEN).order_by(occurrences.c.id)
)
_TOLD = Prepared(select(scheduled_tasks).where(scheduled_tasks.c.task_id == bindparam("task_id")))

_chosen = select(func.json_each(bindparam("ids")).table_valued("value").c.value)
_TASKS_OF = Prepared(select(tasks).where(tasks.c.id.in_(_chosen)))
_TAGS_OF = Prepared(select(task_tags).where(task_tags.c.task_id.in_(_chosen)))
_OPEN_OF = Prepared(select(occurrences).where(occurrences.c.task_id.in_(_chosen), IS_OPEN))
_TOLD_OF = Prepared(
    select(scheduled_tasks)
    .join(occurrences, occurrences.c.id == scheduled_tasks.c.occurrence_id)
    .where(scheduled_tasks.c.task_id.in_(_chosen), IS_OPEN)
)
_OF_OCCURRENCE = Prepared(select(scheduled_tasks).where(scheduled_tasks.c.occurrence_id == bindparam("occurrence_id")))
_WAITING = Prepared(select(scheduled_tasks.c.id).where(IS_WAITING).limit(1))
_TRIED = Prepared(select(attempts.c.id).where(attempts.c.occurrence_id == bindparam("occurrence_id")).limit(1))
_HEARTBEAT = Prepared(select(daemon.c.pid, daemon.c.heartbeat_at))


@dataclass(frozen=True, slots=True)
class Item:
    """A task with where it stands.

    Attributes:
        occurrence: the one that a user means; None if nothing is open.
        coming: the open one after it, if it is spawned already.
        rings_at: when it is told next.
        rang_at: when it was last told of `occurrence`.
        is_snoozed: its alert was put off.
        is_nagging: it was told, and is told again until it is answered.
        is_kept: it waits for the end of the quiet hours, or of a do-not-disturb.
        waits_for: what keeps it from being told now, in words; "" is nothing.
        has_failed: an alert of it is a dead letter.
        passed: how many planned times passed unanswered before `occurrence`.
    """

    task: Task
    occurrence: Occurrence | None = None
    coming: Occurrence | None = None
    rings_at: datetime | None = None
    rang_at: datetime | None = None
    is_snoozed: bool = False
    is_nagging: bool = False
    is_kept: bool = False
    waits_for: str = ""
    has_failed: bool = False
    passed: int = 0

    @property
    def is_ringing(self) -> bool:
        """Return whether it was told and is not answered."""
        return self.rang_at is not None and not self.is_snoozed


@dataclass(frozen=True, slots=True)
class Tried:
    """One try to tell of a task, as it was kept."""

    occurrence_id: int
    alert: timedelta
    number: int
    channel: str
    tried_at: datetime
    result: Result
    target: str
    error: str


def must_exist(tx: Tx, task_id: int) -> None:
    """Check that there is such a task.

    Raises:
        NotFoundError: there is none.
    """
    if not tx.rows(_ONE_HERE, task_id=task_id):
        raise _not_there(task_id)


def _not_there(task_id: int) -> NotFoundError:
    return NotFoundError(f"there is no task {task_id}", hint="remind list shows the ids")


def item(tx: Tx, task_id: int) -> Item:
    """Return a task with where it stands.

    Raises:
        NotFoundError: there is no such task.
    """
    row = tx.row(tasks, task_id)
    if row is None:
        raise _not_there(task_id)
    told = [delivery_from_row(one) for one in tx.rows(_TOLD, task_id=task_id)]
    return _stand(task_from_row(row, tags_of(tx, task_id)), open_of(tx, task_id), told, tx.now)


def tags_of(tx: Tx, task_id: int) -> list[str]:
    """Return the tags of a task."""
    return [row["tag"] for row in tx.rows(_TAGS, task_id=task_id)]


def open_of(tx: Tx, task_id: int) -> list[Occurrence]:
    """Return the open occurrences of a task, the earliest spawned first."""
    return [occurrence_from_row(row) for row in tx.rows(_OPEN, task_id=task_id)]


def was_tried(tx: Tx, occurrence_id: int) -> bool:
    """Return whether somebody was, or may have been, told of an occurrence."""
    return bool(tx.rows(_TRIED, occurrence_id=occurrence_id))


def items(tx: Tx, ids: Sequence[int]) -> list[Item]:
    """Return the tasks with these ids and where they stand, in the order of the ids; what is not there is left out."""
    chosen = json.dumps(list(ids))
    tags: defaultdict[int, list[str]] = defaultdict(list)
    for row in tx.rows(_TAGS_OF, ids=chosen):
        tags[row["task_id"]].append(row["tag"])
    open_ones: defaultdict[int, list[Occurrence]] = defaultdict(list)
    for row in tx.rows(_OPEN_OF, ids=chosen):
        open_ones[row["task_id"]].append(occurrence_from_row(row))
    told: defaultdict[int, list[Delivery]] = defaultdict(list)
    for row in tx.rows(_TOLD_OF, ids=chosen):
        told[row["task_id"]].append(delivery_from_row(row))
    found = {
        row["id"]: _stand(task_from_row(row, tags[row["id"]]), open_ones[row["id"]], told[row["id"]], tx.now)
        for row in tx.rows(_TASKS_OF, ids=chosen)
    }
    return [found[task_id] for task_id in ids if task_id in found]


def deliveries(tx: Tx, task_id: int, limit: int) -> list[Delivery]:
    """Return the latest deliveries of a task, the newest first."""
    rows = tx.connection.execute(
        select(scheduled_tasks)
        .where(scheduled_tasks.c.task_id == task_id)
        .order_by(scheduled_tasks.c.execute_at.desc(), scheduled_tasks.c.id.desc())
        .limit(limit)
    ).mappings()
    return [delivery_from_row(row) for row in rows]


def deliveries_of(tx: Tx, occurrence_id: int) -> list[Delivery]:
    """Return the deliveries of an occurrence."""
    return [delivery_from_row(row) for row in tx.rows(_OF_OCCURRENCE, occurrence_id=occurrence_id)]


def tries(tx: Tx, task_id: int, limit: int) -> list[Tried]:
    """Return the latest tries to tell of a task, the newest first."""
    rows = tx.connection.execute(
        select(attempts).where(attempts.c.task_id == task_id).order_by(attempts.c.id.desc()).limit(limit)
    ).mappings()
    return [
        Tried(
            occurrence_id=row["occurrence_id"],
            alert=timedelta(seconds=row["alert"]),
            number=row["number"],
            channel=row["channel"],
            tried_at=from_ms(row["tried_at"]),
            result=Result(row["result"]),
            target=row["target"],
            error=row["error"],
        )
        for row in rows
    ]


def daemon_silent_for(tx: Tx) -> timedelta:
    """Return how long ago the daemon last said that it lives; a very long time if it never did or has ended."""
    (row,) = tx.rows(_HEARTBEAT)
    if row["pid"] is None or row["heartbeat_at"] is None:
        return timedelta.max
    return abs(tx.now - from_ms(row["heartbeat_at"]))


def waits_to_ring(tx: Tx) -> bool:
    """Return whether anything waits to be told."""
    return bool(tx.rows(_WAITING))


def next_to_ring(tx: Tx) -> tuple[Item, datetime] | None:
    """Return the active task that is told next, and when; None if nothing waits."""
    first = (
        select(scheduled_tasks.c.task_id, scheduled_tasks.c.execute_at)
        .join(tasks, tasks.c.id == scheduled_tasks.c.task_id)
        .where(IS_WAITING, IS_ACTIVE, scheduled_tasks.c.execute_at >= to_ms(tx.now))
        .order_by(scheduled_tasks.c.execute_at, scheduled_tasks.c.id)
        .limit(1)
    )
    row = tx.connection.execute(first).first()
    return None if row is None else (item(tx, row.task_id), from_ms(row.execute_at))


def _stand(task: Task, open_ones: Sequence[Occurrence], told: Sequence[Delivery], now: datetime) -> Item:
    current = decide.current(open_ones, now=now)
    if current is None:
        return Item(task)
    mine = [one for one in told if one.occurrence_id == current.id]
    waiting = [one for one in mine if one.status in WAITING]
    rung = [one.delivered_at for one in mine if one.is_told and one.delivered_at]
    later = [one for one in open_ones if _due(one) > _due(current)]
    earlier = [one for one in open_ones if _due(one) < _due(current)]
    return Item(
        task=task,
        occurrence=current,
        coming=min(later, key=_due, default=None),
        rings_at=min((one.execute_at for one in waiting), default=None),
        rang_at=max(rung, default=None),
        is_snoozed=any(one.is_snoozed and not one.is_told for one in waiting),
        is_nagging=any(one.is_told for one in waiting),
        is_kept=any("is_kept" in one.payload for one in waiting),
        waits_for=next((one.waits_for for one in waiting if one.waits_for), ""),
        has_failed=any(one.status is DeliveryState.DISCARDED for one in mine),
        passed=current.passed + sum(1 + one.passed for one in earlier),
    )


def _due(occurrence: Occurrence) -> int:
    return -1 if occurrence.due_at is None else to_ms(occurrence.due_at)
