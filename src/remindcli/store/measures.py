"""Counters and the histogram of lateness, counted from what the store holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Column, func, select

from remindcli.core.task import DeliveryState
from remindcli.store.database import Tx
from remindcli.store.schema import attempts, scheduled_tasks, tasks

LATENESS_BUCKETS = tuple(timedelta(seconds=seconds) for seconds in (0.1, 1, 5, 60, 600, 3_600, 86_400))


@dataclass(frozen=True, slots=True)
class Measures:
    """What a monitor asks of a store.

    Attributes:
        tasks: how many tasks are in each state.
        deliveries: how many deliveries are in each state.
        tries: how many tries at each channel had which result.
        lateness: how many deliveries were told at most so late, by the bucket's upper bound; cumulative.
        lateness_sum: all lateness together.
        lateness_count: how many deliveries were told.
        lateness_worst: the latest of them.
    """

    tasks: Mapping[str, int]
    deliveries: Mapping[str, int]
    tries: Mapping[tuple[str, str], int]
    lateness: Mapping[timedelta, int]
    lateness_sum: timedelta
    lateness_count: int
    lateness_worst: timedelta


def measure(tx: Tx) -> Measures:
    """Return the measures of the store as it is; a snoozed delivery is late from when it was to ring again."""
    ask = tx.connection.execute
    late_ms = func.max(0, scheduled_tasks.c.delivered_at - scheduled_tasks.c.execute_at)
    told = scheduled_tasks.c.status == DeliveryState.DELIVERED.value
    lateness = {}
    for bound in LATENESS_BUCKETS:
        most = round(bound / timedelta(milliseconds=1))
        lateness[bound] = ask(
            select(func.count()).select_from(scheduled_tasks).where(told, late_ms <= most)
        ).scalar_one()
    raw_ms = scheduled_tasks.c.delivered_at - scheduled_tasks.c.execute_at
    total, count, worst = ask(
        select(func.sum(late_ms), func.count(), func.max(raw_ms)).select_from(scheduled_tasks).where(told)
    ).one()
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
        lateness=lateness,
        lateness_sum=timedelta(milliseconds=total or 0),
        lateness_count=count,
        lateness_worst=timedelta(milliseconds=max(0, worst or 0)),
    )


def counts_by(tx: Tx, column: Column[str]) -> dict[str, int]:
    """Return how many rows there are of each value of a column."""
    rows = tx.connection.execute(select(column, func.count()).group_by(column))
    return {row[0]: row[1] for row in rows}
