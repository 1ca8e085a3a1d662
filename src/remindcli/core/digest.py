"""The morning digest: when it comes, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from remindcli.core import telling
from remindcli.core.recurrence import resolve, start_of_day
from remindcli.core.task import Occurrence, is_overdue

_LINES = 20


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that is to be told.

    Attributes:
        day: the local day of which it tells.
    """

    day: date
    title: str
    body: str

    @property
    def key(self) -> str:
        """Return its idempotency key: one digest a day."""
        return f"digest-{self.day.isoformat()}"


def day_due(now: datetime, at: Mapping[int, time], tz: tzinfo, *, told_on: date) -> date | None:
    """Return the day whose digest is to be told now; None if it is not its time, or it was told.

    One that was missed, because the machine slept, comes late on its own day and not on another.

    Args:
        at: wall times by the day of the week, 0 is Monday.
        told_on: the day of the last digest. A day ahead of today is of a clock that was wrong, and does not count.
    """
    today = now.astimezone(tz).date()
    hour = at.get(today.weekday())
    if hour is None or told_on == today or now < resolve(datetime.combine(today, hour), tz):
        return None
    return today


def next_at(now: datetime, at: Mapping[int, time], tz: tzinfo) -> datetime | None:
    """Return when the next digest comes, strictly after now; None if none ever does."""
    today = now.astimezone(tz).date()
    for day in (today + timedelta(days=away) for away in range(8)):
        hour = at.get(day.weekday())
        if hour is not None and (moment := resolve(datetime.combine(day, hour), tz)) > now:
            return moment
    return None


def compose(day: date, open_ones: Sequence[tuple[str, Occurrence]], *, now: datetime, tz: tzinfo) -> Digest | None:
    """Return the digest of a day; None if there is nothing to say.

    Args:
        open_ones: the titles of tasks with what is open of them.
    """
    ends_at = start_of_day(day + timedelta(days=1), tz)
    starts_at = start_of_day(day, tz)
    dated = [(title, one, one.due_at) for title, one in open_ones if one.due_at is not None and one.due_at < ends_at]
    today = [(title, one) for title, one, due_at in dated if due_at >= starts_at]
    before = [(title, one) for title, one, due_at in dated if due_at < starts_at and is_overdue(one, now=now)]
    if not today and not before:
        return None
    lines = [telling.line(title, one, now=now, zone=tz) for title, one in (*today, *before)]
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], f"and {len(lines) - _LINES} more: remind"]
    parts = [f"{len(today)} due today"] * bool(today) + [f"{len(before)} overdue"] * bool(before)
    return Digest(day, ", ".join(parts), "\n".join(lines))
