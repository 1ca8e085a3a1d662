"""Quiet hours: from when until when of each day of the week nothing rings, counted on the wall clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from remindcli.core.recurrence import resolve

Windows = Mapping[int, Sequence[tuple[time, time]]]
"""Begin and end by the day of the week on which it begins, 0 is Monday; an end that is not later is of the next day."""

_DAYS_IN_A_ROW = 8
"""Windows that meet are one; a week without an hour between them never ends, and is cut here."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A stretch of quiet hours: aware instants."""

    begins_at: datetime
    ends_at: datetime


def quiet_at(now: datetime, windows: Windows, tz: tzinfo) -> Quiet | None:
    """Return the quiet hours in which an instant lies; None if it lies in none. The end is outside.

    A wall time that the clocks leave out is the first moment after the gap, one that comes twice is its first.
    """
    today = now.astimezone(tz).date()
    found: list[Quiet] = []
    for day in (today + timedelta(days=away) for away in range(-1, _DAYS_IN_A_ROW)):
        for begin, end in windows.get(day.weekday(), ()):
            until = day if end > begin else day + timedelta(days=1)
            found.append(
                Quiet(resolve(datetime.combine(day, begin), tz), resolve(datetime.combine(until, end), tz)),
            )
    inside: Quiet | None = None
    for window in sorted(found, key=lambda one: one.begins_at):
        if inside is None:
            inside = window if window.begins_at <= now < window.ends_at else None
        elif window.begins_at <= inside.ends_at < window.ends_at:
            inside = Quiet(inside.begins_at, window.ends_at)
    return inside


def passes(*, priority: int, least_priority: int, asked_at: datetime, quiet: Quiet) -> bool:
    """Return whether a reminder rings in quiet hours: what is urgent, and what was asked for since they began.

    Args:
        priority: 1 (high) to 3 (low); 0 is none.
        least_priority: the lowest priority that passes; 0: none does.
        asked_at: when the task was written down, or put off.
    """
    return 0 < priority <= least_priority or asked_at >= quiet.begins_at
