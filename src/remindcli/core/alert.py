"""Alerts at an hour of their own, on the day on which a task is due or so many days before it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from remindcli.core.recurrence import resolve

FURTHEST = 366
"""Days before due at the most."""


@dataclass(frozen=True, slots=True, order=True)
class DayAlert:
    """A time of day on a day before: "9am the day before".

    It is kept as it was meant and counted on the wall clock of the task, so that a change of the clocks, of the zone
    or of the due hour does not move it.

    Attributes:
        days_before: 0 is the day itself.
        at: wall time, in whole minutes.
    """

    days_before: int
    at: time

    def wall_on(self, due: datetime) -> datetime:
        """Return the wall time at which it rings for what is due at a wall time."""
        return datetime.combine(due.date() - timedelta(days=self.days_before), self.at)

    @property
    def words(self) -> str:
        """Return it as it is typed."""
        days = {0: "on the day", 1: "the day before"}.get(self.days_before, f"{self.days_before} days before")
        return f"{self.at:%H:%M} {days}"


def day_alert_at(due_at: datetime, alert: DayAlert, tz: tzinfo) -> datetime:
    """Return the instant at which it rings.

    Args:
        due_at: aware instant of due; of an all-day task any instant of its day.
        tz: the zone in which the task's wall times are meant.
    """
    return resolve(alert.wall_on(due_at.astimezone(tz)), tz)


def day_alert_offset(due_at: datetime, alert: DayAlert, tz: tzinfo, *, all_day_at: time | None = None) -> timedelta:
    """Return how far from due it is on the wall clock, which names it beside alerts that are offsets.

    Args:
        all_day_at: from when on an all-day task counts; None: it has an hour of its own.
    """
    due = due_at.astimezone(tz).replace(tzinfo=None)
    base = due if all_day_at is None else datetime.combine(due.date(), all_day_at)
    return alert.wall_on(due) - base
