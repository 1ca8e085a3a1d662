"""What is special about a planned time: a day on which the clocks change, the last day of a short month."""

from datetime import datetime, timedelta, tzinfo

from remindcli.core.recurrence import start_of_day
from remindcli.core.rule import Planned, Rule


def marks(planned: Planned, rule: Rule, tz: tzinfo) -> tuple[str, ...]:
    """Return what a person should know about a planned time, in words.

    Args:
        rule: the rule that gave it.
        tz: the zone in which its wall time is meant.
    """
    found = []
    wall = planned.at.astimezone(tz).replace(tzinfo=None)
    change = clock_change(wall, tz)
    if change:
        found.append(change)
    asked = _wall_of(planned.key)
    if asked is not None and asked != wall and not planned.key.endswith("Z"):
        found.append(f"{asked:%H:%M} does not exist on that day")
    days = _days_asked(rule)
    if len(days) > 1 and wall.day < max(days):
        found.append("the last day of a short month")
    return tuple(found)


def clock_change(wall: datetime, tz: tzinfo) -> str:
    """Return in words that the clocks of a zone change on the day of a wall time; "" if they do not."""
    change = _clock_change(wall, tz)
    return f"the clocks go {'forward' if change > timedelta(0) else 'back'}" if change else ""


def _clock_change(wall: datetime, tz: tzinfo) -> timedelta:
    """Return by how much the offset from UTC grows within the day."""
    day = wall.date()
    begin, end = (start_of_day(one, tz).astimezone(tz) for one in (day, day + timedelta(days=1)))
    before, after = begin.utcoffset(), end.utcoffset()
    assert before is not None
    assert after is not None
    return after - before


def _wall_of(key: str) -> datetime | None:
    return datetime.fromisoformat(key) if "T" in key and not key.endswith("Z") else None


def _days_asked(rule: Rule) -> list[int]:
    """Return the days of the month from which the last one that exists is taken; none for other rules."""
    parts = dict(part.split("=", 1) for part in (rule.rrule or "").split(";") if "=" in part)
    days = parts.get("BYMONTHDAY", "")
    if not parts.get("BYSETPOS", "").endswith("-1") or "28" not in days.split(","):
        return []
    return [int(day) for day in days.split(",")]
