"""Claims: what is due is marked as ours in one statement, and read with what it is about; steps of a transaction."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, bindparam, or_, select, update
from sqlalchemy.exc import DBAPIError

from remindcli.core import decide
from remindcli.core.task import CatchUp, Delivery, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner
from remindcli.store.rows import delivery_from_row, occurrence_from_row, task_from_row
from remindcli.store.schema import IS_EXECUTING, IS_OPEN, IS_WAITING, occurrences, scheduled_tasks, task_tags, tasks
from remindcli.store.transaction import Tx

log = logging.getLogger(__name__)

_LARGEST_DIGEST = 1000

# What each look asks is built once: putting a statement together takes longer than SQLite takes to answer it.
_LONGEST_DUE = (
    select(scheduled_tasks.c.id)
    .where(IS_WAITING, scheduled_tasks.c.execute_at <= bindparam("now"))
    .order_by(scheduled_tasks.c.execute_at, scheduled_tasks.c.id)
    .limit(bindparam("most"))
)
_CLAIMED = (
    update(scheduled_tasks)
    .values(
        status=DeliveryState.EXECUTING.value,
        attempt=scheduled_tasks.c.attempt + 1,
        lease_until=bindparam("until"),
        owner=bindparam("claimed_by"),
    )
    .returning(scheduled_tasks)
)
_CLAIM = _CLAIMED.where(scheduled_tasks.c.id.in_(_LONGEST_DUE))
_CLAIM_THESE = _CLAIMED.where(scheduled_tasks.c.id.in_(bindparam("deliveries", expanding=True)), IS_WAITING)
_LATE = (
    select(scheduled_tasks.c.id)
    .where(IS_WAITING, scheduled_tasks.c.execute_at <= bindparam("now"), scheduled_tasks.c.due_at <= bindparam("late"))
    .limit(2)
)
_DUE = (
    select(scheduled_tasks, tasks.c.channels)
    .join(tasks, tasks.c.id == scheduled_tasks.c.task_id)
    .where(
        IS_WAITING,
        scheduled_tasks.c.execute_at <= bindparam("now"),
        tasks.c.priority != 1,
        tasks.c.conditions == "{}",
    )
    .order_by(scheduled_tasks.c.due_at, scheduled_tasks.c.id)
    .limit(_LARGEST_DIGEST)
)
_TASKS = select(tasks).where(tasks.c.id.in_(bindparam("ids", expanding=True)))
_TAGS = select(task_tags).where(task_tags.c.task_id.in_(bindparam("ids", expanding=True)))
_OCCURRENCES = (
    select(occurrences)
    .where(
        or_(
            occurrences.c.id.in_(bindparam("claimed", expanding=True)),
            occurrences.c.id.in_(
                select(occurrences.c.id).where(occurrences.c.task_id.in_(bindparam("ids", expanding=True)), IS_OPEN)
            ),
        )
    )
    .order_by(occurrences.c.id)
)
_CLOSE = (
    update(scheduled_tasks)
    .where(scheduled_tasks.c.id == bindparam("delivery"), IS_EXECUTING)
    .values(status=bindparam("state"), lease_until=None, last_error=bindparam("why"))
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send until its lease ends, with what it is about."""

    delivery: Delivery
    task: Task
    occurrence: Occurrence


def claim_digest(tx: Tx, planner: Planner, owner: str, *, old_after: timedelta) -> list[Claim]:
    """Claim the late deliveries that are told together, in one message on the same channels; none if there are few.

    What is of the highest priority is told by itself, and so is what has conditions.
    """
    late = {"now": to_ms(tx.now), "late": to_ms(tx.now - decide.LATE_AFTER)}
    if len(tx.connection.execute(_LATE, late).all()) < 2:
        return []
    rows = tx.connection.execute(_DUE, {"now": to_ms(tx.now)}).mappings().all()
    if len(rows) < 2:
        return []
    chosen = decide.belongs_in_digest([_late_for(row, tx.now) for row in rows], old_after=old_after)
    together = [row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]
    same_way = [row["id"] for row in together if row["channels"] == together[0]["channels"]]
    if not same_way:
        return []
    claimed = tx.connection.execute(_CLAIM_THESE, {**_ours(tx, owner), "deliveries": same_way}).mappings().all()
    return read(tx, planner, sorted(claimed, key=lambda row: (row["due_at"], row["id"])), by=tx.now)


def claim_longest_due(tx: Tx, planner: Planner, owner: str, most: int, *, by: datetime) -> list[Claim]:
    """Claim the waiting deliveries that are due longest by then, so many at the most; none if none is due.

    The open occurrences that they supersede are marked as missed. What is not to be told any more (done while it was
    to be tried again) is cancelled; what can't be read is given up.
    """
    values = {**_ours(tx, owner), "now": to_ms(by), "most": most}
    while rows := tx.connection.execute(_CLAIM, values).mappings().all():
        claims = read(tx, planner, sorted(rows, key=lambda row: (row["execute_at"], row["id"])), by=by)
        if claims:
            return claims
    return []


def read(tx: Tx, planner: Planner, rows: Sequence[RowMapping], *, by: datetime) -> list[Claim]:
    """Return the claims of rows that are marked as ours; those that are not to be told are closed and left out."""
    if not rows:
        return []
    read_rows = _Around(tx, planner, rows)
    claims = []
    for row in rows:
        try:
            claim = read_rows.claim_of(row, by)
        except DBAPIError:
            raise
        except Exception as error:
            # One row that can't be read must not keep the others from being told.
            log.exception("delivery %d can't be read; it is given up", row["id"])
            close(tx, row["id"], DeliveryState.DISCARDED, f"{type(error).__name__}: {error}")
            continue
        if claim is None:
            state = DeliveryState.CANCELLED if row["delivered_at"] is None else DeliveryState.DELIVERED
            close(tx, row["id"], state, "")
        else:
            claims.append(claim)
    return claims


class _Around:
    """What stands around claimed rows, read for all of them at once."""

    def __init__(self, tx: Tx, planner: Planner, rows: Sequence[RowMapping]) -> None:
        self._tx = tx
        self._planner = planner
        ids = sorted({row["task_id"] for row in rows})
        claimed = [row["occurrence_id"] for row in rows]
        self._tasks = {row["id"]: row for row in tx.connection.execute(_TASKS, {"ids": ids}).mappings()}
        self._tags: dict[int, list[str]] = defaultdict(list)
        for tag in tx.connection.execute(_TAGS, {"ids": ids}):
            self._tags[tag.task_id].append(tag.tag)
        self._occurrences: dict[int, dict[int, RowMapping]] = defaultdict(dict)
        self._keep(tx.connection.execute(_OCCURRENCES, {"ids": ids, "claimed": claimed}).mappings())

    def _keep(self, rows: Iterable[RowMapping]) -> None:
        for row in rows:
            self._occurrences[row["task_id"]][row["id"]] = row

    def claim_of(self, row: RowMapping, by: datetime) -> Claim | None:
        """Return the claim of a row that is told at that time; None if it is not to be told."""
        task_id = row["task_id"]
        task = task_from_row(self._tasks[task_id], self._tags[task_id])
        occurrence = occurrence_from_row(self._occurrences[task_id][row["occurrence_id"]])
        if occurrence.state is not OccurrenceState.OPEN or task.state in (TaskState.DELETED, TaskState.PAUSED):
            return None
        delivery = delivery_from_row(row)
        open_ones = self._open(task_id)
        # an alert before due tells of what is to come: what is due by then is the one before it
        latest = decide.current(open_ones, now=by)
        if latest is not None and latest.due_at is not None and latest.due_at <= by and len(open_ones) > 1:
            with self._tx.connection.begin_nested():
                self._planner.supersede(task, latest)
            known = list(self._occurrences[task_id])
            self._keep(self._tx.connection.execute(_OCCURRENCES, {"ids": [task_id], "claimed": known}).mappings())
            open_ones = self._open(task_id)
            occurrence = occurrence_from_row(self._occurrences[task_id][occurrence.id])
            if occurrence.state is not OccurrenceState.OPEN:
                return None  # it nagged on, or waited, until the next one came due
        return Claim(delivery, task, _with_passed(task, occurrence, open_ones))

    def _open(self, task_id: int) -> list[Occurrence]:
        rows = self._occurrences[task_id].values()
        return [occurrence_from_row(row) for row in rows if row["state"] == OccurrenceState.OPEN.value]


def close(tx: Tx, delivery_id: int, state: DeliveryState, why: str) -> None:
    """Put a claimed delivery into a state in which it is not told."""
    tx.connection.execute(_CLOSE, {"delivery": delivery_id, "state": state.value, "why": why})


def _with_passed(task: Task, occurrence: Occurrence, open_ones: Sequence[Occurrence]) -> Occurrence:
    """Return an occurrence that counts what is open before it as passed, unless each is to be done."""
    if task.catch_up is CatchUp.ALL or occurrence.due_at is None:
        return occurrence
    before = [one for one in open_ones if one.due_at and one.due_at < occurrence.due_at]
    return replace(occurrence, passed=occurrence.passed + sum(1 + one.passed for one in before))


def _ours(tx: Tx, owner: str) -> dict[str, object]:
    return {"until": to_ms(tx.now + decide.LEASE), "claimed_by": owner}


def _late_for(row: RowMapping, now: datetime) -> timedelta:
    """Return how late a delivery is; one that can't be read is not late: it is given up when it is claimed."""
    try:
        return now - delivery_from_row(row).waits_since
    except (ValueError, TypeError, KeyError, OverflowError):
        return timedelta(0)
