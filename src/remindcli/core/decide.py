"""What happens next, as pure functions: when to tell, what to do after an attempt, which occurrence counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from remindcli.core.recurrence import resolve
from remindcli.core.task import Occurrence

LATE_AFTER = timedelta(minutes=1)
"""From when on a reminder counts as late, and says so."""

OLD_AFTER = timedelta(days=1)
"""From when on late reminders are told together (the setting digest_after_hours)."""

MOST_ONE_BY_ONE = 5
"""How many late reminders are told one by one."""

HOLD_FOR = timedelta(seconds=30)
"""How long a held delivery waits until somebody looks again whether a channel is there."""

LEASE = timedelta(minutes=2)
"""How long a claim holds: far above the longest send."""

MOST_RESCUES = 3
"""How often a delivery is tried again that was on its way when the daemon was killed: it may be what kills it."""

ALONE_AFTER = 2
"""After so many rescues it is sent with nothing else on its way, so that what ends the daemon is known."""

LONGEST_BACKOFF = timedelta(minutes=10)

LONGEST_RETRY_AFTER = timedelta(hours=1)
"""What a channel asks for is heeded up to this: it is a stranger who asks."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How a channel is tried again; one that says nothing of it has these.

    Attributes:
        attempts: attempts at a delivery after which one that this channel keeps refusing is discarded: about ten
            minutes in all.
        failures: failures in a row after which the next channel of the list is tried.
        first_wait: after the first attempt; doubled after each.
        longest_wait: where doubling ends.
    """

    attempts: int = 8
    failures: int = 2
    first_wait: timedelta = timedelta(seconds=5)
    longest_wait: timedelta = LONGEST_BACKOFF


USUAL = Retry()


class Result(StrEnum):
    """What one try at one channel came to."""

    SHOWN = "shown"
    ABSENT = "absent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Deliver:
    """It reached the user.

    Attributes:
        again_at: when it is told again, by the id of the delivery; one that is not named does not nag.
        is_unseen: nobody was there to see it.
    """

    again_at: Mapping[int, datetime] = field(default_factory=dict)
    is_unseen: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Its condition does not hold: ask again at that time; it is no attempt."""

    execute_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not to be told any more."""

    why: str


@dataclass(frozen=True, slots=True)
class TryNow:
    """Try this channel at once, within the same attempt."""

    channel: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """Try this channel at that time."""

    channel: str
    execute_at: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Hold:
    """No channel that could take it is there: look again at that time; the attempt does not count."""

    execute_at: datetime


@dataclass(frozen=True, slots=True)
class Discard:
    """Every channel refused, for good or too often: the dead letter."""


Next = Deliver | TryNow | TryLater | Hold | Discard


def first_channel(order: Sequence[str], last: str) -> str:
    """Return the channel to begin an attempt with: the one tried last if it is still in the list."""
    return last if last in order else order[0]


def after_try(
    result: Result,
    *,
    channel: str,
    order: Sequence[str],
    failures: int,
    attempt: int,
    is_permanent: bool,
    any_may_take_it: bool,
    any_absent: bool,
    now: datetime,
    jitter: float = 0.0,
    retry: Retry = USUAL,
    retry_after: timedelta | None = None,
) -> Next:
    """Return what follows a try at a channel.

    Args:
        channel: the one just tried, a member of `order`.
        order: the task's channels.
        failures: failed tries in a row on this channel, this one not included.
        attempt: the number of this attempt at the delivery, from 1.
        is_permanent: trying the same channel again can't help.
        any_may_take_it: earlier in this attempt a channel refused, not for good, or gave no answer.
        any_absent: earlier in this attempt a channel was not there.
        now: an aware instant.
        jitter: a random number from 0 to 1: how much of a quarter the wait is shortened by, so that what failed
            together is not tried again together.
        retry: how the channel just tried is tried again.
        retry_after: how long it asked to wait.
    """
    wait = _wait(attempt, jitter, retry, retry_after)
    later = order[order.index(channel) + 1 :]
    has_another_go = failures + 1 < retry.failures and attempt < retry.attempts
    match result:
        case Result.SHOWN:
            return Deliver()
        case Result.UNKNOWN if has_another_go:
            # it may have been shown: repeat under the same key, but not before the lease is over
            return TryLater(channel, now + LEASE, failures + 1)
        case Result.REFUSED if has_another_go and not is_permanent:
            return TryLater(channel, now + wait, failures + 1)
    if later:
        return TryNow(later[0])
    is_absent = result is Result.ABSENT
    if any_may_take_it or not (is_absent or is_permanent):
        return TryLater(order[0], now + wait, 0) if attempt < retry.attempts else Discard()
    # what is left refused for good or is not there: who is not there may come, and then take it
    return Hold(now + HOLD_FOR) if is_absent or any_absent else Discard()


def backoff(attempt: int, jitter: float = 0.0, retry: Retry = USUAL) -> timedelta:
    """Return how long to wait after the attempt of that number (from 1): doubled each time.

    Args:
        jitter: from 0 to 1; shortens the wait by up to a quarter.
    """
    return min(retry.longest_wait, retry.first_wait * (1 << min(attempt - 1, 20))) * (1 - jitter / 4)


def _wait(attempt: int, jitter: float, retry: Retry, retry_after: timedelta | None) -> timedelta:
    usual = backoff(attempt, jitter, retry)
    return usual if retry_after is None else max(usual, min(retry_after, LONGEST_RETRY_AFTER))


def belongs_in_digest(late_for: Sequence[timedelta], *, old_after: timedelta) -> list[bool]:
    """Return which of the reminders that are due now are told together, in one message.

    What came due while nothing ran is late: more than five of that come together. Fewer come one by one, but for
    what is older than `old_after`.

    Args:
        late_for: how late each is.
    """
    is_late = [span > LATE_AFTER for span in late_for]
    if sum(is_late) > MOST_ONE_BY_ONE:
        return is_late
    is_old = [span > old_after for span in late_for]
    return is_old if sum(is_old) > 1 else [False] * len(late_for)


def alert_at(due_at: datetime, *, is_all_day: bool, alert: timedelta, tz: tzinfo, all_day_at: time) -> datetime:
    """Return the instant at which an alert rings.

    Whole days are counted on the wall clock (the day before at the same hour, across a DST change), the rest
    as time that passes. An all-day task counts from `all_day_at` of its day.

    Args:
        due_at: aware instant of due; of an all-day task any instant of its day.
        alert: offset from due; negative is before.
    """
    days = timedelta(days=int(alert / timedelta(days=1)))
    if not is_all_day and not days:
        return due_at + alert
    wall = due_at.astimezone(tz).replace(tzinfo=None)
    base = datetime.combine(wall.date(), all_day_at) if is_all_day else wall
    return resolve(base + days, tz) + (alert - days)


def alerts_to_schedule(
    times: Sequence[tuple[timedelta, datetime]], *, now: datetime, rings_late: bool
) -> list[tuple[timedelta, datetime]]:
    """Return the alerts of an occurrence that are still to be told, in their order in time.

    Args:
        times: each alert with its instant.
        rings_late: of the alerts whose time has passed the last one is told, late; else none is.
    """
    ordered = sorted(times, key=lambda pair: pair[1])
    ahead = [pair for pair in ordered if pair[1] >= now]
    behind = [pair for pair in ordered if pair[1] < now]
    return behind[-1:] + ahead if rings_late else ahead


def current(occurrences: Sequence[Occurrence], *, now: datetime) -> Occurrence | None:
    """Return the occurrence of one task that a user means: the latest that is due, else the next to come.

    Args:
        occurrences: the open ones of one task.
    """
    if not occurrences:
        return None
    timed = sorted((o for o in occurrences if o.due_at is not None), key=lambda o: (o.due_at, o.id))
    if not timed:
        return occurrences[0]
    due = [o for o in timed if o.due_at is not None and o.due_at <= now]
    return due[-1] if due else timed[0]
