"""What attempts came to: written for many at once, with what comes next of each task; steps of a transaction."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Update, bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from remindcli.core.decide import Deliver, Discard, Drop, Hold, Result, TryLater, Wait
from remindcli.core.task import Delivery, DeliveryState, Occurrence, TaskState
from remindcli.store.claiming import Claim
from remindcli.store.instants import from_ms, to_ms
from remindcli.store.keeping import PASSING
from remindcli.store.planning import Planner, follows_its_rule
from remindcli.store.rows import seconds_of
from remindcli.store.schema import attempts, occurrences, scheduled_tasks
from remindcli.store.told import Taken
from remindcli.store.transaction import Tx

log = logging.getLogger(__name__)

Outcome = Deliver | TryLater | Hold | Discard | Wait | Drop
"""What is written of an attempt."""

_CHANGED = ("execute_at", "attempt", "channel", "failures", "target", "last_error", "delivered_at", "payload")
_KEPT_OR_CHANGED = (*_CHANGED, "unseen", "rescues")


def _update() -> Update:
    """Return the statement that writes an outcome where the claim is still ours; a column of None stays as it is."""
    columns = scheduled_tasks.c
    return (
        update(scheduled_tasks)
        .where(
            columns.id == bindparam("delivery"),
            columns.owner == bindparam("claimed_by"),
            columns.attempt == bindparam("claimed_attempt"),
            columns.status == DeliveryState.EXECUTING.value,
        )
        .values(
            status=bindparam("new_status"),
            lease_until=None,
            **{name: func.coalesce(bindparam(f"new_{name}"), columns[name]) for name in _KEPT_OR_CHANGED},
        )
    )


# Built once: putting a statement together takes longer than SQLite takes to do it.
_RECORD = _update()
_ATTEMPTS = insert(attempts)
_STILL_THERE = select(occurrences.c.id).where(occurrences.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try at one channel came to, as it is kept."""

    channel: str
    tried_at: datetime
    result: Result
    target: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message.

    Attributes:
        claims: the deliveries that it was about: one, or those of a digest.
        outcome: None: it was not sent, and waits as before.
    """

    claims: Sequence[Claim]
    tries: Sequence[Attempt]
    outcome: Outcome | None


def record(tx: Tx, planner: Planner, reports: Sequence[Report]) -> list[list[Occurrence | None]]:
    """Write what attempts came to, and spawn what follows; return for each report what each of its claims spawned.

    A claim that is no longer ours (its lease ran out, the user moved it) changes nothing but the history.
    """
    tx.connection.execute(
        _RECORD, [_values(claim.delivery, report, tx.now) for report in reports for claim in report.claims]
    )
    ids = sorted({claim.occurrence.id for report in reports for claim in report.claims})
    # not there: undone or moved away while the message was on its way
    there = set(tx.connection.execute(_STILL_THERE, {"ids": ids}).scalars())
    kept = [
        row
        for report in reports
        if report.outcome is not None and not isinstance(report.outcome, Hold | Wait)
        for claim in report.claims
        if claim.occurrence.id in there
        for row in _attempts(claim.delivery, report.tries)
    ]
    if kept:
        tx.connection.execute(_ATTEMPTS, kept)
    return [
        [
            _spawn_after(tx, planner, claim) if report.outcome is not None and claim.occurrence.id in there else None
            for claim in report.claims
        ]
        for report in reports
    ]


def report_of(claim: Claim, taken: Taken) -> Report:
    """Return the report of a delivery of which only a note says that it was told."""
    again = {one: from_ms(moment) for one, moment in taken.again_at.items()}
    tried = Attempt(taken.channel, from_ms(taken.taken_at), Result.SHOWN, target=taken.target)
    return Report([claim], [tried], Deliver(again, is_unseen=taken.is_unseen))


def _spawn_after(tx: Tx, planner: Planner, claim: Claim) -> Occurrence | None:
    if not follows_its_rule(claim.task):
        return None
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


def _values(delivery: Delivery, report: Report, now: datetime) -> dict[str, object]:
    last = report.tries[-1] if report.tries else None
    new: dict[str, object] = {
        "rescues": 0,
        "last_error": last.error if last else "",
        "channel": last.channel if last else "",
        "target": last.target if last else "",
    }
    match report.outcome:
        case None:
            is_first = delivery.attempt == 1
            status = DeliveryState.SCHEDULED if is_first else DeliveryState.RETRYABLE
            new = {"status": status.value, "attempt": delivery.attempt - 1}
        case Deliver(again_at, is_unseen):
            new |= _told(delivery, again_at.get(delivery.id), now) | {"unseen": int(is_unseen)}
        case Wait(execute_at, why):
            new |= _waiting(delivery, execute_at, why)
        case Drop(why):
            status = DeliveryState.DELIVERED if delivery.is_told else DeliveryState.CANCELLED
            new |= {"status": status.value, "last_error": why}
        case TryLater(channel, execute_at, failures):
            new |= {"status": DeliveryState.RETRYABLE.value, "execute_at": to_ms(execute_at)}
            new |= {"channel": channel, "failures": failures}
        case Hold(execute_at):
            new |= {"status": DeliveryState.HELD.value, "execute_at": to_ms(execute_at)}
            new |= {"attempt": delivery.attempt - 1, "channel": "", "failures": 0}
        case Discard():
            new |= {"status": DeliveryState.DISCARDED.value}
    return {
        "delivery": delivery.id,
        "claimed_by": delivery.owner,
        "claimed_attempt": delivery.attempt,
        "new_status": new["status"],
        **{f"new_{name}": new.get(name) for name in _KEPT_OR_CHANGED},
    }


def _told(delivery: Delivery, again_at: datetime | None, now: datetime) -> dict[str, object]:
    """Return the columns of a delivery that was told; one that nags waits to be told again."""
    payload = {name: value for name, value in delivery.payload.items() if name not in PASSING}
    if delivery.repetition:
        payload["nagged"] = delivery.repetition
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


def _attempts(delivery: Delivery, tries: Sequence[Attempt]) -> list[dict[str, object]]:
    return [
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
    ]
