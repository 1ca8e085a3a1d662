"""What is to come: the times that a rule gives beyond what is spawned, and when they ring."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from remindcli.core import recurrence
from remindcli.core.alert import FURTHEST, day_alert_at
from remindcli.core.decide import alert_at
from remindcli.core.rule import Planned, Repeat, Rule
from remindcli.core.task import Task

MOST_OF_ONE = 1000
"""How many times of one task are looked at: a task of every minute must not hide the others, nor take long."""


class Ring(NamedTuple):
    """One time at which a task will ring.

    Attributes:
        at: the instant.
        due_at: when it is due then; of an all-day task the start of the day.
        planned: the time that its rule gave.
    """

    at: datetime
    due_at: datetime
    planned: Planned


def tz_of(rule: Rule, local: tzinfo) -> tzinfo:
    """Return the zone in which the wall times of a rule are meant."""
    return ZoneInfo(rule.zone) if rule.zone else local


def planned_between(
    task: Task, spawned: str | None, begin: datetime, end: datetime, local: tzinfo
) -> Iterator[Planned]:
    """Yield the times of a task's rule in [begin, end) that are not spawned yet, at most MOST_OF_ONE.

    What repeats from its completion has none: they depend on when it is done.

    Args:
        spawned: the key of the last planned time that is spawned; None if there is none.
    """
    rule = task.rule
    if rule is None or not task.is_recurring or rule.repeat is Repeat.COMPLETION:
        return
    after = begin - timedelta(milliseconds=1)
    if spawned:
        after = max(after, recurrence.planned(rule, spawned, local).at)
    for _ in range(MOST_OF_ONE):
        found = recurrence.next_after(rule, after, local)
        if found is None or found.at >= end:
            return
        yield found
        after = found.at


def rings_between(
    task: Task, spawned: str | None, begin: datetime, end: datetime, local: tzinfo, *, all_day_at: time
) -> list[Ring]:
    """Return when a task will ring in [begin, end) for times that are not spawned yet, the first one first.

    Args:
        spawned: as in `planned_between`.
        all_day_at: when the alert of an all-day task rings.
    """
    rule = task.rule
    if rule is None or not (task.alerts or task.day_alerts):
        return []
    tz = tz_of(rule, local)
    # an alert may lie days before or after the due time that it belongs to
    before = max([timedelta(days=1), *(-alert for alert in task.alerts)])
    if task.day_alerts:
        before = max(before, timedelta(days=FURTHEST + 1))
    after = max([timedelta(days=1), *task.alerts])
    rings = []
    for planned in planned_between(task, spawned, begin - after, end + before, local):
        times = [
            alert_at(planned.at, is_all_day=rule.is_all_day, alert=alert, tz=tz, all_day_at=all_day_at)
            for alert in task.alerts
        ]
        times += [day_alert_at(planned.at, alert, tz) for alert in task.day_alerts]
        rings += [Ring(at, planned.at, planned) for at in times if begin <= at < end]
    return sorted(rings, key=lambda ring: ring.at)
