"""The delivery queue: claim, record, rescue; what the daemon's engine does to the store."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from remindcli.core import decide
from remindcli.core.decide import Deliver, Discard, Drop, Hold, Result, TryLater, Wait
from remindcli.core.task import Delivery, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.store import clocks
from remindcli.store.database import Database, Tx
from remindcli.store.instants import from_ms, maybe_moment, to_ms
from remindcli.store.keeping import PASSING
from remindcli.store.measures import counts_by
from remindcli.store.planning import Planner
from remindcli.store.rows import delivery_from_row, occurrence_from_row, seconds_of
from remindcli.store.schema import (
    IS_ACTIVE,
    IS_EXECUTING,
    IS_WAITING,
    attempts,
    daemon,
    occurrences,
    scheduled_tasks,
    tasks,
)

log = logging.getLogger(__name__)

_LARGEST_DIGEST = 1000

# What each tick asks is built once: putting a statement together takes longer than SQLite takes to answer it.
_LONGEST_DUE = (
    select(scheduled_tasks.c.id)
    .where(IS_WAITING, scheduled_tasks.c.execute_at <= bindparam("now"))
    .order_by(scheduled_tasks.c.execute_at, scheduled_tasks.c.id)
    .limit(1)
    .scalar_subquery()
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
_CLAIM = _CLAIMED.where(scheduled_tasks.c.id == _LONGEST_DUE)
_CLAIM_ONE = _CLAIMED.where(scheduled_tasks.c.id == bindparam("delivery"))
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
_IS_BEHIND = select(tasks.c.id).where(tasks.c.next_at <= bindparam("now"), IS_ACTIVE).limit(1)
_NEXT_LOOK = select(
    select(func.min(scheduled_tasks.c.execute_at)).where(IS_WAITING).scalar_subquery(),
    select(func.min(scheduled_tasks.c.lease_until)).where(IS_EXECUTING).scalar_subquery(),
    select(func.min(tasks.c.next_at)).where(tasks.c.next_at.is_not(None), IS_ACTIVE).scalar_subquery(),
)


Outcome = Deliver | TryLater | Hold | Discard | Wait | Drop
"""What is written of an attempt."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to send until its lease ends, with what it is about."""

    delivery: Delivery
    task: Task
    occurrence: Occurrence


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try at one channel came to, as it is kept."""

    channel: str
    tried_at: datetime
    result: Result
    target: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the daemon last said of itself."""

    pid: int | None
    version: str
    started_at: datetime | None
    heartbeat_at: datetime | None
    last_error: str


class Queue:
    """The queue `scheduled_tasks`; each method is one transaction."""

    def __init__(self, database: Database, *, all_day_at: time) -> None:
        self._database = database
        self._all_day_at = all_day_at

    def rescue(self) -> int:
        """Give back what a crash left claimed, and what a wrong clock put too far away; return how many."""
        with self._database.write() as tx:
            planner = Planner(tx, self._all_day_at)
            planner.follow_zone()
            return _rescue_expired(tx) + clocks.mend(tx, planner)

    def take_over(self) -> int:
        """Give back at once what a daemon that is gone had claimed; return how many.

        The caller holds the daemon's lock, so that no claim can be of one that still lives.
        """
        with self._database.write() as tx:
            return _give_back(tx, IS_EXECUTING)

    def catch_up(self) -> int:
        """Spawn what has come due unspawned; return for how many tasks. Writes only if there is any."""
        with self._database.read() as tx:
            if not _is_behind(tx):
                return 0
        with self._database.write() as tx:
            return self._keep_up(tx)

    def _keep_up(self, tx: Tx) -> int:
        """Catch up before anything is claimed: the machine may have slept since, in the middle of a message."""
        if not _is_behind(tx):
            return 0
        clocks.note(tx)
        return Planner(tx, self._all_day_at).catch_up()

    def claim(self, owner: str) -> Claim | None:
        """Claim the waiting delivery that is due longest; None if none is due.

        The open occurrences that it supersedes are marked as missed in the same transaction. What is not to be
        told any more (done while it was to be tried again) is cancelled; what can't be read is given up.
        """
        with self._database.write() as tx:
            self._keep_up(tx)
            while (row := _claim_due(tx, owner)) is not None:
                claim = self._take(tx, row)
                if claim is not None:
                    return claim
            return None

    def claim_digest(self, owner: str, *, old_after: timedelta = decide.OLD_AFTER) -> list[Claim]:
        """Claim the late deliveries that are told together, in one message on the same channels; none if there are few.

        What is of the highest priority is told by itself.
        """
        with self._database.write() as tx:
            self._keep_up(tx)
            rows = tx.connection.execute(_DUE, {"now": to_ms(tx.now)}).mappings().all()
            if len(rows) < 2:
                return []
            chosen = decide.belongs_in_digest([_late_for(row, tx.now) for row in rows], old_after=old_after)
            together = [row for row, is_chosen in zip(rows, chosen, strict=True) if is_chosen]
            same_way = [row for row in together if row["channels"] == together[0]["channels"]]
            claims = [self._take(tx, _claim_row(tx, row["id"], owner)) for row in same_way]
            return [claim for claim in claims if claim is not None]

    def _take(self, tx: Tx, row: RowMapping) -> Claim | None:
        """Return the claim of a row that is marked as ours; None if it is not to be told, and closed."""
        clocks.note(tx)
        try:
            with tx.connection.begin_nested():
                claim = self._claim_of(tx, row)
        except DBAPIError:
            raise
        except Exception as error:
            # One row that can't be read must not keep the others from being told.
            log.exception("delivery %d can't be read; it is given up", row["id"])
            _close(tx, row["id"], DeliveryState.DISCARDED, f"{type(error).__name__}: {error}")
            return None
        if claim is None:
            _close(tx, row["id"], DeliveryState.CANCELLED, "")
        return claim

    def _claim_of(self, tx: Tx, row: RowMapping) -> Claim | None:
        planner = Planner(tx, self._all_day_at)
        task = planner.task(row["task_id"])
        occurrence = _occurrence(tx, row["occurrence_id"])
        if occurrence.state is not OccurrenceState.OPEN or task.state in (TaskState.DELETED, TaskState.PAUSED):
            return None
        # an alert before due tells of what is to come: what is due by then is the one before it
        latest = planner.current(task.id)
        if latest is not None and latest.due_at is not None and latest.due_at <= tx.now:
            planner.supersede(task, latest)
        return Claim(delivery_from_row(row), task, planner.with_passed(task, _occurrence(tx, occurrence.id)))

    def record(self, claim: Claim, tries: Sequence[Attempt], outcome: Outcome) -> Occurrence | None:
        """Write what an attempt came to, and spawn the next occurrence with its delivery; return what was spawned.

        A claim that is no longer ours (its lease ran out, the user moved it) changes nothing but the history.
        """
        (following,) = self.record_all([claim], tries, outcome)
        return following

    def record_all(
        self, claims: Sequence[Claim], tries: Sequence[Attempt], outcome: Outcome
    ) -> list[Occurrence | None]:
        """Write what one attempt at all of these came to, as `record` does for each."""
        with self._database.write() as tx:
            clocks.note(tx)
            return [self._record(tx, claim, tries, outcome) for claim in claims]

    def _record(self, tx: Tx, claim: Claim, tries: Sequence[Attempt], outcome: Outcome) -> Occurrence | None:
        delivery = claim.delivery
        here = and_(
            scheduled_tasks.c.id == delivery.id,
            scheduled_tasks.c.owner == delivery.owner,
            scheduled_tasks.c.attempt == delivery.attempt,
            scheduled_tasks.c.status == DeliveryState.EXECUTING.value,
        )
        last = tries[-1] if tries else None
        values: dict[str, object] = {
            "lease_until": None,
            "last_error": last.error if last else "",
            "channel": last.channel if last else "",
            "target": last.target if last else "",
        }
        match outcome:
            case Deliver(again_at, is_unseen):
                values |= _told(delivery, again_at.get(delivery.id), tx.now) | {"unseen": int(is_unseen)}
            case Wait(execute_at, why):
                values |= _waiting(delivery, execute_at, why)
            case Drop(why):
                values |= {"status": DeliveryState.CANCELLED.value, "last_error": why}
            case TryLater(channel, execute_at, failures):
                values |= {"status": DeliveryState.RETRYABLE.value, "execute_at": to_ms(execute_at)}
                values |= {"channel": channel, "failures": failures}
            case Hold(execute_at):
                values |= {"status": DeliveryState.HELD.value, "execute_at": to_ms(execute_at)}
                values |= {"attempt": delivery.attempt - 1, "channel": "", "failures": 0}
            case Discard():
                values |= {"status": DeliveryState.DISCARDED.value}
        tx.connection.execute(update(scheduled_tasks).where(here).values(**values))
        if tx.row(occurrences, claim.occurrence.id) is None:
            return None  # undone or moved away while the message was on its way
        if not isinstance(outcome, Hold | Wait):
            _keep_attempts(tx, delivery, tries)
        return self._spawn_after(tx, claim)

    def _spawn_after(self, tx: Tx, claim: Claim) -> Occurrence | None:
        planner = Planner(tx, self._all_day_at)
        try:
            with tx.connection.begin_nested():
                task = planner.task(claim.task.id)
                newest = planner.newest(task.id)
                if task.state is not TaskState.ACTIVE or newest is None or newest.id != claim.occurrence.id:
                    return None
                return planner.spawn_following(task, newest)
        except DBAPIError:
            raise
        except Exception:
            # The outcome stands all the same: else the user would be told the same thing for ever.
            log.exception("the next occurrence of task %d can't be planned", claim.task.id)
            return None

    def next_look_at(self) -> datetime | None:
        """Return when something is to be done next: told, rescued or spawned; None if nothing is planned."""
        with self._database.read() as tx:
            moments = tx.connection.execute(_NEXT_LOOK).one()
        known = [moment for moment in moments if moment is not None]
        return from_ms(min(known)) if known else None

    def beat(self, *, pid: int | None, version: str, last_error: str = "", is_start: bool = False) -> None:
        """Note that the daemon lives; pid None says that it has ended."""
        with self._database.write() as tx:
            now = to_ms(tx.now)
            values = {"pid": pid, "version": version, "heartbeat_at": now, "last_error": last_error}
            if is_start:
                values["started_at"] = now
            tx.connection.execute(update(daemon).where(daemon.c.id == 1).values(**values))

    def heartbeat(self) -> Heartbeat:
        """Return what the daemon last said of itself."""
        with self._database.read() as tx:
            row = tx.connection.execute(select(daemon).where(daemon.c.id == 1)).mappings().one()
        return Heartbeat(
            pid=row["pid"],
            version=row["version"],
            started_at=maybe_moment(row["started_at"]),
            heartbeat_at=maybe_moment(row["heartbeat_at"]),
            last_error=row["last_error"],
        )

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        with self._database.read() as tx:
            return counts_by(tx, scheduled_tasks.c.status)


def _is_behind(tx: Tx) -> bool:
    return tx.connection.execute(_IS_BEHIND, {"now": to_ms(tx.now)}).first() is not None


def _claim_due(tx: Tx, owner: str) -> RowMapping | None:
    """Mark the waiting delivery that is due longest as claimed, in one statement, and return it."""
    values = {"now": to_ms(tx.now), "until": to_ms(tx.now + decide.LEASE), "claimed_by": owner}
    return tx.connection.execute(_CLAIM, values).mappings().first()


def _late_for(row: RowMapping, now: datetime) -> timedelta:
    """Return how late a delivery is; one that can't be read is not late: it is given up when it is claimed."""
    try:
        return now - delivery_from_row(row).waits_since
    except (ValueError, TypeError, KeyError, OverflowError):
        return timedelta(0)


def _told(delivery: Delivery, again_at: datetime | None, now: datetime) -> dict[str, object]:
    """Return the columns of a delivery that was told; one that nags waits to be told again."""
    payload = {name: value for name, value in delivery.payload.items() if name not in PASSING}
    if delivery.is_told and "unseen_at" not in delivery.payload:
        payload["nagged"] = delivery.nagged + 1
    values: dict[str, object] = {
        "status": DeliveryState.DELIVERED.value,
        "delivered_at": to_ms(now),
        "failures": 0,
        "payload": json.dumps(payload),
    }
    if again_at is not None:
        promised = {**payload, "promised": to_ms(again_at)}
        values |= {"status": DeliveryState.SCHEDULED.value, "execute_at": to_ms(again_at), "attempt": 0}
        values |= {"channel": "", "payload": json.dumps(promised)}
    return values


def _waiting(delivery: Delivery, execute_at: datetime, why: str) -> dict[str, object]:
    """Return the columns of a delivery whose condition does not hold yet."""
    payload = {**delivery.payload, "why": why, "promised": to_ms(execute_at)}
    values: dict[str, object] = {"status": DeliveryState.SCHEDULED.value, "execute_at": to_ms(execute_at)}
    return values | {"attempt": delivery.attempt - 1, "channel": "", "failures": 0, "payload": json.dumps(payload)}


def _claim_row(tx: Tx, delivery_id: int, owner: str) -> RowMapping:
    """Mark a waiting delivery as claimed, and return it; the transaction is what keeps others away."""
    values = {"until": to_ms(tx.now + decide.LEASE), "claimed_by": owner, "delivery": delivery_id}
    return tx.connection.execute(_CLAIM_ONE, values).mappings().one()


def _close(tx: Tx, delivery_id: int, status: DeliveryState, error: str) -> None:
    here = scheduled_tasks.c.id == delivery_id
    values = {"status": status.value, "lease_until": None, "last_error": error}
    tx.connection.execute(update(scheduled_tasks).where(here).values(**values))


def _occurrence(tx: Tx, occurrence_id: int) -> Occurrence:
    row = tx.row(occurrences, occurrence_id)
    assert row is not None
    return occurrence_from_row(row)


def _keep_attempts(tx: Tx, delivery: Delivery, tries: Sequence[Attempt]) -> None:
    if tries:
        tx.connection.execute(
            insert(attempts),
            [
                {
                    "task_id": delivery.task_id,
                    "occurrence_id": delivery.occurrence_id,
                    "alert": seconds_of(delivery.alert),
                    "number": delivery.attempt,
                    "channel": one.channel,
                    "tried_at": to_ms(one.tried_at),
                    "result": one.result.value,
                    "target": one.target,
                    "error": one.error,
                }
                for one in tries
            ],
        )


def _rescue_expired(tx: Tx) -> int:
    return _give_back(tx, and_(IS_EXECUTING, scheduled_tasks.c.lease_until <= to_ms(tx.now)))


def _give_back(tx: Tx, which: ColumnElement[bool]) -> int:
    result = tx.connection.execute(
        update(scheduled_tasks)
        .where(which)
        .values(
            status=DeliveryState.RETRYABLE.value,
            lease_until=None,
            owner="",
            execute_at=to_ms(tx.now),
            last_error="the daemon ended while the message was on its way",
        )
    )
    return result.rowcount
