"""What a daemon that is gone had claimed: told after all, given back, or given up; steps of a transaction."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, RowMapping, bindparam, select, update
from sqlalchemy.exc import DBAPIError

from remindcli.core import decide
from remindcli.core.task import DeliveryState
from remindcli.store.claiming import Claim
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner
from remindcli.store.recording import record, report_of
from remindcli.store.rows import delivery_from_row, occurrence_from_row
from remindcli.store.schema import IS_EXECUTING, occurrences, scheduled_tasks
from remindcli.store.told import Notes, Taken
from remindcli.store.transaction import Tx

log = logging.getLogger(__name__)

ENDED = "the daemon ended while the message was on its way"

_GIVE_BACK = (
    update(scheduled_tasks)
    .where(scheduled_tasks.c.id == bindparam("delivery"), scheduled_tasks.c.status == DeliveryState.EXECUTING.value)
    .values(
        status=bindparam("new_status"),
        lease_until=None,
        owner="",
        attempt=bindparam("new_attempt"),
        execute_at=bindparam("new_execute_at"),
        rescues=bindparam("new_rescues"),
        last_error=bindparam("why"),
    )
)


@dataclass(frozen=True, slots=True)
class Rescued:
    """What was settled of a daemon's claims.

    Attributes:
        count: how many.
        given_up: those that are dead letters now; one that can't be read is left out.
    """

    count: int = 0
    given_up: Sequence[Claim] = ()


def give_back(tx: Tx, planner: Planner, which: ColumnElement[bool], notes: Notes, *, is_expired: bool) -> Rescued:
    """Settle what is claimed and that condition holds for.

    What was noted as told is recorded. What was on its way is tried again, and counted: a message that ends the
    daemon each time is given up. What was claimed and not begun waits as before.

    Args:
        is_expired: the lease ran out; then what no note is about may have been on its way.
    """
    rows = tx.connection.execute(select(scheduled_tasks).where(IS_EXECUTING, which)).mappings().all()
    back, given_up = [], []
    for row in rows:
        key = (row["owner"], row["id"])
        if key in notes.taken and _record(tx, planner, row, notes.taken[key]):
            continue
        is_begun = key in notes.begun or (is_expired and row["owner"] not in notes.owners)
        columns = _columns(tx, row) if is_begun else _as_before(row)
        back.append(columns)
        if columns["new_status"] == DeliveryState.DISCARDED.value:
            with suppress(ValueError, TypeError, KeyError, OverflowError, AssertionError):
                given_up.append(_claim_of(tx, planner, row))
    if back:
        tx.connection.execute(_GIVE_BACK, back)
    return Rescued(len(rows), given_up)


def _columns(tx: Tx, row: RowMapping) -> dict[str, object]:
    rescues = row["rescues"] + 1
    is_over = rescues > decide.MOST_RESCUES
    why = f"{ENDED}, {rescues} times" if is_over else ENDED
    if is_over:
        log.error("gave up delivery %d of task %d: %s", row["id"], row["task_id"], why)
    return {
        "delivery": row["id"],
        "new_status": (DeliveryState.DISCARDED if is_over else DeliveryState.RETRYABLE).value,
        "new_attempt": row["attempt"],
        "new_execute_at": to_ms(tx.now),
        "new_rescues": rescues,
        "why": why,
    }


def _as_before(row: RowMapping) -> dict[str, object]:
    attempt = max(0, row["attempt"] - 1)
    return {
        "delivery": row["id"],
        "new_status": (DeliveryState.RETRYABLE if attempt else DeliveryState.SCHEDULED).value,
        "new_attempt": attempt,
        "new_execute_at": row["execute_at"],
        "new_rescues": row["rescues"],
        "why": row["last_error"],
    }


def _record(tx: Tx, planner: Planner, row: RowMapping, taken: Taken) -> bool:
    """Record that a delivery was told; return whether that could be done."""
    try:
        with tx.connection.begin_nested():
            record(tx, planner, [report_of(_claim_of(tx, planner, row), taken)])
    except DBAPIError:
        raise
    except Exception:  # told twice is better than a daemon that can't begin
        log.exception("delivery %d was told, and can't be recorded", row["id"])
        return False
    return True


def _claim_of(tx: Tx, planner: Planner, row: RowMapping) -> Claim:
    occurrence = tx.row(occurrences, row["occurrence_id"])
    assert occurrence is not None, "a delivery has an occurrence"
    return Claim(delivery_from_row(row), planner.task(row["task_id"]), occurrence_from_row(occurrence))
