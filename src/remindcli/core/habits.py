"""What became of the occurrences of a task that comes back: done on time, how late, how many in a row."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from statistics import median

from remindcli.core.fields import Value
from remindcli.core.task import Occurrence, OccurrenceState

ON_TIME = timedelta(hours=1)
"""Done so long after due at the most is on time; what is due on a day is on time all day."""


class Habit(Value):
    """What became of the occurrences of one task.

    Attributes:
        done: how many were done.
        on_time: how many of them on time.
        missed: how many passed undone.
        skipped: how many were left out on purpose.
        late_for: how late they were done in the middle (median); None if none was done.
        streak: how many were done in a row up to now, skipped ones left out.
        best: the longest such row ever.
    """

    done: int
    on_time: int
    missed: int
    skipped: int
    late_for: timedelta | None
    streak: int
    best: int


def habit_of(occurrences: Sequence[Occurrence], tz: tzinfo) -> Habit:
    """Return what became of occurrences.

    Args:
        occurrences: of one task, in the order in which they were planned; an open one is neither done nor missed.
        tz: the zone in whose days an all-day occurrence is on time.
    """
    done = on_time = missed = skipped = streak = best = unfollowed = 0
    late: list[timedelta] = []
    for one in occurrences:
        if one.state is OccurrenceState.MISSED:
            # the one that superseded it has it among those that passed
            unfollowed += 1
            streak = 0
            continue
        unfollowed = 0
        if one.passed:
            missed += one.passed
            streak = 0
        if one.state is OccurrenceState.DONE:
            done += 1
            streak += 1
            best = max(best, streak)
            lateness = _lateness(one, tz)
            if lateness is not None:
                late.append(lateness)
            on_time += lateness is None or lateness <= (timedelta(0) if one.is_all_day else ON_TIME)
        elif one.state is OccurrenceState.SKIPPED:
            skipped += 1
    missed += unfollowed
    middle = timedelta(seconds=median(one.total_seconds() for one in late)) if late else None
    return Habit(done, on_time, missed, skipped, middle, streak, best)


def _lateness(one: Occurrence, tz: tzinfo) -> timedelta | None:
    """Return how long after due it was done; of an all-day one in whole days; never less than nothing."""
    if one.due_at is None or one.done_at is None:
        return None
    if one.is_all_day:
        return max(timedelta(0), one.done_at.astimezone(tz).date() - one.due_at.astimezone(tz).date())
    return max(timedelta(0), one.done_at - one.due_at)


def by_day(moments: Sequence[datetime], tz: tzinfo) -> dict[str, int]:
    """Return how many moments lie on each local day, by its ISO date."""
    counts: dict[str, int] = {}
    for at in moments:
        day = at.astimezone(tz).date().isoformat()
        counts[day] = counts.get(day, 0) + 1
    return counts
