"""Nagging: when what was told and not answered is told again, on which channel, and when that ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from remindcli.core.task import Task

BACKOFF = 1.5
"""Each wait is so many times the one before it."""

LONGEST_WAIT = timedelta(hours=1)
"""No wait grows beyond this; one that begins above it does not grow."""

DEFAULT = timedelta(minutes=5)
"""What `--nag` means without a span."""

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)


def nag_of(task: Task, by_settings: Mapping[str, timedelta]) -> timedelta | None:
    """Return after which span a task is told again; None if it does not nag.

    What stands with the task goes over the settings; of those that fit it, the shortest counts.

    Args:
        by_settings: spans by "@list", "+tag" or "p1"; zero is off.
    """
    if task.nag_after is not None:
        return task.nag_after or None
    if task.conditions.until_ok:
        return DEFAULT
    labels = {f"@{task.list_name}", f"p{task.priority}", *(f"+{tag}" for tag in task.tags)}
    return min((span for label, span in by_settings.items() if label in labels and span), default=None)


def next_nag_at(now: datetime, nag_after: timedelta, nagged: int, *, times: int | None) -> datetime | None:
    """Return when to tell again; None if it was told again often enough.

    Args:
        nagged: how often it was told again already.
        times: how often at the most; None has no end.
    """
    if times is not None and nagged >= times:
        return None
    longest = max(nag_after, LONGEST_WAIT)
    # beyond some forty steps a float would overflow into what no clock shows
    return now + min(longest, nag_after * BACKOFF ** min(nagged, 40))


def order_of(order: Sequence[str], nagged: int) -> tuple[str, ...]:
    """Return the channels in the order in which they are tried for the repetition of that number.

    Each repetition begins one channel further along the list, and round again: who does not answer on the desktop
    may answer on the telephone. The others stand behind it, should it not be there.
    """
    begin = nagged % len(order) if order else 0
    return (*order[begin:], *order[:begin])
