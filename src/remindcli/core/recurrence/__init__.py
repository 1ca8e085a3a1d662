"""RFC 5545 rules in a zone: the next time, the last one, all between; every answer is bounded work.

parts.py and content.py read the rules; years.py, days.py, walls.py and ticks.py expand them; series.py puts them on
the clock of a zone. docs/recurrence.md says what is read how, and what python-dateutil is and isn't asked.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

from remindcli.core.recurrence.content import canonical, read_rule
from remindcli.core.recurrence.parts import SUB_DAILY, parse
from remindcli.core.recurrence.series import planned_for, prepared, zone_of
from remindcli.core.recurrence.years import days_in
from remindcli.core.recurrence.zones import DAY, FIRST_SECOND, resolve, seconds_of, start_of_day
from remindcli.core.rule import Planned, Rule
from remindcli.errors import InvalidRuleError

__all__ = [
    "after_completion",
    "canonical",
    "coming",
    "count_between",
    "first",
    "following",
    "has_ended",
    "latest",
    "next_after",
    "planned",
    "preview",
    "read_rule",
    "resolve",
    "start_of_day",
]


def first(rule: Rule, local: tzinfo) -> Planned | None:
    """Return the first planned time of the rule; None if it has none.

    Args:
        local: the zone in which a floating rule is meant.
    """
    return prepared(rule, zone_of(rule, local)).after(FIRST_SECOND - 2 * DAY)


def next_after(rule: Rule, after: datetime, local: tzinfo) -> Planned | None:
    """Return the first planned time that is strictly later than an aware instant; None at the end of the rule."""
    return prepared(rule, zone_of(rule, local)).after(_seconds(after))


def following(rule: Rule, key: str, local: tzinfo) -> Planned | None:
    """Return the planned time after the one with that key, in the rule's own order.

    The key is taken on the clock of `local` now: a traveller's floating 09:00 that has rung in one zone does not
    ring again on the same day in another.
    """
    tz = zone_of(rule, local)
    return prepared(rule, tz).after(seconds_of(planned_for(key, tz).at))


def latest(rule: Rule, until: datetime, local: tzinfo) -> Planned | None:
    """Return the last planned time that is not later than an aware instant: computed, not walked to."""
    return prepared(rule, zone_of(rule, local)).at_or_before(_seconds(until))


def count_between(rule: Rule, after: datetime, until: datetime, local: tzinfo, *, limit: int = 1000) -> int:
    """Return how many planned times lie after one instant and not after another; at most `limit`."""
    return prepared(rule, zone_of(rule, local)).count(_seconds(after), _seconds(until), limit)


def preview(rule: Rule, after: datetime, local: tzinfo, n: int) -> list[Planned]:
    """Return the next planned times after an instant, at most `n`."""
    times: list[Planned] = []
    found = next_after(rule, after, local) if n > 0 else None
    while found is not None:
        times.append(found)
        found = next_after(rule, found.at, local) if len(times) < n else None
    return times


def coming(rule: Rule, now: datetime, local: tzinfo, n: int) -> list[Planned]:
    """Return the next planned times, at most `n`: from now on, of an all-day rule from today on.

    A rule without a recurrence has its one time, though it has passed.
    """
    if rule.rrule is None:
        only = first(rule, local)
        return [only] if only else []
    begin = start_of_day(now.astimezone(local).date(), local) if rule.is_all_day else now
    return preview(rule, begin - timedelta(milliseconds=1), local, n)


def planned(rule: Rule, key: str, local: tzinfo) -> Planned:
    """Return the planned time of a key, at the instant that it means now: zones and their data change.

    Raises:
        InvalidRuleError: the text is not a key (Planned.key).
    """
    return planned_for(key, zone_of(rule, local))


def after_completion(rule: Rule, done_at: datetime, local: tzinfo) -> Planned:
    """Return when a rule that repeats from completion is planned next (Repeat.COMPLETION).

    FREQ and INTERVAL are counted from the local day on which it was done, at the rule's own time of day, and the
    last day of a month stands for a day that it lacks; HOURLY and faster from the instant.

    Raises:
        InvalidRuleError: the rule has no FREQ, or the time lies beyond the year 9999.
    """
    if rule.rrule is None:
        raise InvalidRuleError("can't repeat without a rule", hint="for example RRULE:FREQ=DAILY;INTERVAL=3")
    parts = parse(rule.rrule)
    tz = zone_of(rule, local)
    try:
        if parts.freq in SUB_DAILY and not rule.is_all_day:
            step = timedelta(seconds=SUB_DAILY[parts.freq] * parts.interval)
            at = done_at.astimezone(UTC).replace(microsecond=0) + step
            return Planned(at, f"{at.replace(tzinfo=None).isoformat()}Z")
        day = _later(done_at.astimezone(tz).date(), parts.freq, parts.interval)
        wall = datetime.combine(day, rule.dtstart.time())
    except (OverflowError, ValueError) as error:
        raise InvalidRuleError("can't plan beyond the year 9999", why="the rule's interval is too long") from error
    key = wall.date().isoformat() if rule.is_all_day else wall.isoformat()
    return Planned(resolve(wall, tz), key)


def has_ended(rule: Rule, planned: Planned, local: tzinfo, *, made: int) -> bool:
    """Return whether a rule that repeats from completion has ended before a time that was counted from one.

    Args:
        made: how many times came before it.
    """
    parts = parse(rule.rrule or "")
    if parts.count is not None and made >= parts.count:
        return True
    if parts.until is None:
        return False
    clock = UTC if parts.until.is_utc else zone_of(rule, local)
    wall = planned.at.astimezone(clock).replace(tzinfo=None)
    return wall.date() > parts.until.wall.date() if parts.until.is_date else wall > parts.until.wall


def _later(day: date, freq: str, interval: int) -> date:
    months = {"MONTHLY": 1, "YEARLY": 12}.get(freq)
    if months is None:
        seconds = SUB_DAILY.get(freq)
        days = -(-interval * seconds // DAY) if seconds else interval * (7 if freq == "WEEKLY" else 1)
        return day + timedelta(days=days)
    year, month = divmod(day.year * 12 + day.month - 1 + months * interval, 12)
    return date(year, month + 1, min(day.day, days_in(year, month + 1)))


def _seconds(instant: datetime) -> int:
    """Return an aware instant in whole seconds, rounded down: planned times are whole seconds."""
    return seconds_of(instant.astimezone(UTC).replace(tzinfo=None))
