"""Counters and the histogram of lateness, counted from what the store holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Column, ColumnElement, Subquery, and_, case, func, select

from remindcli.core.decide import Result
from remindcli.core.task import DeliveryState
from remindcli.store.schema import attempts, scheduled_tasks, tasks
from remindcli.store.transaction import Tx

LATENESS_BUCKETS = tuple(timedelta(seconds=seconds) for seconds in (0.1, 1, 5, 60, 600, 3_600, 86_400))


@dataclass(frozen=True, slots=True)
class Measures:
    """What a monitor asks of a store.

    Attributes:
        tasks: how many tasks are in each state.
        deliveries: how many deliveries are in each state.
        tries: how many tries at each channel had which result.
        retries: how many attempts were not the first at their delivery.
        cut_off: how many attempts have no result: a daemon was killed in the middle of each.
        lateness: how many deliveries were told at most so late, by the bucket's upper bound; cumulative.
        lateness_sum: all lateness together.
        lateness_count: how many deliveries were told.
        lateness_worst: the latest of them.
    """

    tasks: Mapping[str, int]
    deliveries: Mapping[str, int]
    tries: Mapping[tuple[str, str], int]
    retries: int
    cut_off: int
    lateness: Mapping[timedelta, int]
    lateness_sum: timedelta
    lateness_count: int
    lateness_worst: timedelta

    @property
    def may_be_double(self) -> int:
        """Return how many messages may have come twice: nobody knows of them whether they came at all."""
        unanswered = sum(count for (_, result), count in self.tries.items() if result == Result.UNKNOWN.value)
        return self.cut_off + unanswered


def measure(tx: Tx) -> Measures:
    """Return the measures of the store as it is.

    Late is counted as `Delivery.promised_at` does: from due, or from when a snoozed one was to ring again.
    """
    ask = tx.connection.execute
    late_ms = func.max(0, scheduled_tasks.c.delivered_at - _promised_ms())
    told = scheduled_tasks.c.status == DeliveryState.DELIVERED.value
    bounds = [round(bound / timedelta(milliseconds=1)) for bound in LATENESS_BUCKETS]
    *within, total, count, worst = ask(
        select(
            *(func.sum(case((late_ms <= most, 1), else_=0)) for most in bounds),
            func.sum(late_ms),
            func.count(),
            func.max(late_ms),
        ).where(told)
    ).one()
    lateness = {bound: number or 0 for bound, number in zip(LATENESS_BUCKETS, within, strict=True)}
    retries, cut_off = ask(select(func.sum(_STEPS.c.is_retry), func.sum(_STEPS.c.cut_off))).one()
    return Measures(
        tasks=counts_by(tx, tasks.c.state),
        deliveries=counts_by(tx, scheduled_tasks.c.status),
        tries={
            (channel, result): number
            for channel, result, number in ask(
                select(attempts.c.channel, attempts.c.result, func.count()).group_by(
                    attempts.c.channel, attempts.c.result
                )
            )
        },
        retries=retries or 0,
        cut_off=cut_off or 0,
        lateness=lateness,
        lateness_sum=timedelta(milliseconds=total or 0),
        lateness_count=count,
        lateness_worst=timedelta(milliseconds=worst or 0),
    )


def _promised_ms() -> ColumnElement[int]:
    """Return from when on a delivery is late; where the payload can't be read, it is due."""
    payload = scheduled_tasks.c.payload
    is_readable = func.json_valid(payload) == 1
    until = case(
        (
            is_readable,
            func.coalesce(func.json_extract(payload, "$.promised"), func.json_extract(payload, "$.snoozed_until")),
        )
    )
    return func.coalesce(until, scheduled_tasks.c.due_at)


def _steps() -> Subquery:
    """Return, for each try, whether it begins a retry, and how many attempts before it left no result.

    Attempts count up from 1 and begin anew when a delivery is put off; one attempt may try several channels. So a
    number that was left out is an attempt whose daemon was killed.
    """
    number = attempts.c.number
    before = func.lag(number).over(partition_by=(attempts.c.occurrence_id, attempts.c.alert), order_by=attempts.c.id)
    since = case((before <= number, before), else_=0)
    return select(
        case((and_(number > 1, number > since), 1), else_=0).label("is_retry"),
        case((number > since + 1, number - since - 1), else_=0).label("cut_off"),
    ).subquery()


_STEPS = _steps()


def counts_by(tx: Tx, column: Column[str]) -> dict[str, int]:
    """Return how many rows there are of each value of a column."""
    rows = tx.connection.execute(select(column, func.count()).group_by(column))
    return {row[0]: row[1] for row in rows}
