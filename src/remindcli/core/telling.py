"""What a reminder says: the body of its message, in plain words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from remindcli.core.task import Delivery, Occurrence

_LATE_AFTER = timedelta(minutes=1)


def body(delivery: Delivery, occurrence: Occurrence, *, now: datetime, zone: ZoneInfo) -> str:
    """Return when it is due, how late it rings, and how many times passed before it.

    Args:
        now: the aware instant at which it is told.
        zone: the zone in which the user reads the clock.
    """
    parts = []
    due_at = occurrence.due_at
    if due_at is not None:
        wall, today = due_at.astimezone(zone), now.astimezone(zone).date()
        day = _day(wall.date() - today, wall)
        parts.append(f"due {day}" if occurrence.is_all_day else f"due {day} {wall:%H:%M}".replace("due today ", "due "))
    late_for = now - delivery.promised_at
    if late_for > _LATE_AFTER:
        parts.append(f"rings {span(late_for)} late")
    if occurrence.passed:
        times = "once" if occurrence.passed == 1 else f"{occurrence.passed} times"
        parts.append(f"passed {times} before")
    return ", ".join(parts)


def span(length: timedelta) -> str:
    """Return a span in its largest unit, rounded down: "3 days", "1 hour", "45 seconds"."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _day(away: timedelta, wall: datetime) -> str:
    names = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return names.get(away.days) or f"{wall:%a} {wall.day} {wall:%b}"
