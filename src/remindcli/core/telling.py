"""What a reminder says: the body of its message, in plain words."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from remindcli.core.decide import LATE_AFTER
from remindcli.core.task import Delivery, Occurrence

_LINES = 20


def body(delivery: Delivery, occurrence: Occurrence, *, now: datetime, zone: tzinfo) -> str:
    """Return when it is due, how late it rings, and how many times passed before it.

    Args:
        now: the aware instant at which it is told.
        zone: the zone in which the user reads the clock.
    """
    late_for = now - delivery.promised_at
    late = f"rings {span(late_for)} late" if late_for > LATE_AFTER else ""
    parts = (_due(occurrence, now, zone), late, _since(delivery), _passed(occurrence))
    return ", ".join(part for part in parts if part)


def digest(
    told: Sequence[tuple[str, Occurrence]], *, now: datetime, zone: tzinfo, is_kept: bool = False
) -> tuple[str, str]:
    """Return the title and the body of one message for what could not ring when it was due, the earliest first.

    Args:
        told: each task's title with the occurrence that is told.
        is_kept: they were kept for the end of quiet hours; else nothing ran, or nobody was there.
    """
    lines = [line(title, occurrence, now=now, zone=zone) for title, occurrence in told[:_LINES]]
    if len(told) > _LINES:
        lines.append(f"and {len(told) - _LINES} more: remind")
    whence = "quiet hours" if is_kept else "while you were away"
    return f"{len(told)} reminders from {whence}", "\n".join(lines)


def line(title: str, occurrence: Occurrence, *, now: datetime, zone: tzinfo) -> str:
    """Return a task with when it is due, in one line of a message about several."""
    about = ", ".join(part for part in (_due(occurrence, now, zone), _passed(occurrence)) if part)
    return f"{title} ({about})" if about else title


def span(length: timedelta) -> str:
    """Return a span in its largest unit, rounded down: "3 days", "1 hour", "45 seconds"."""
    seconds = max(0, int(length.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _since(delivery: Delivery) -> str:
    """Return in words what came between its time and this message."""
    if "is_kept" in delivery.payload:
        return "kept for the end of quiet hours" if delivery.payload["is_kept"] == "quiet" else "kept meanwhile"
    if "unseen_at" in delivery.payload:
        return "rang while you were away"
    return f"told {delivery.repetition + 1} times" if delivery.repetition else ""


def _due(occurrence: Occurrence, now: datetime, zone: tzinfo) -> str:
    if occurrence.due_at is None:
        return ""
    wall, today = occurrence.due_at.astimezone(zone), now.astimezone(zone).date()
    day = _day(wall.date() - today, wall)
    if occurrence.is_all_day:
        return f"due {day}"
    return f"due {day} {wall:%H:%M}".replace("due today ", "due ")


def _passed(occurrence: Occurrence) -> str:
    if not occurrence.passed:
        return ""
    times = "once" if occurrence.passed == 1 else f"{occurrence.passed} times"
    return f"passed {times} before"


def _day(away: timedelta, wall: datetime) -> str:
    names = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return names.get(away.days) or f"{wall:%a} {wall.day} {wall:%b}"
