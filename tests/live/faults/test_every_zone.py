"""Every zone of the time zone database, across each of its changes from 2000 to 2037: one ring for each planned day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL

from remindcli.core.recurrence import following, next_after
from remindcli.core.rule import Rule

DAY = timedelta(days=1)
FROM, TO = datetime(2000, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)
SOME = 40
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
CHOSEN = ZONES if IS_FULL else ZONES[:: max(1, len(ZONES) // SOME)]


def changes(tz: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants at which a zone's offset changes, to the second: looked for in steps of 12 hours."""
    at, offset = FROM, FROM.astimezone(tz).utcoffset()
    while at < TO:
        later = at + DAY / 2
        if later.astimezone(tz).utcoffset() != offset:
            low, high = at, later
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                if middle.astimezone(tz).utcoffset() == offset:
                    low = middle
                else:
                    high = middle
            yield high
            offset = later.astimezone(tz).utcoffset()
        at = later


def planned_days(rule: Rule, tz: ZoneInfo, around: datetime) -> list[tuple[date, datetime]]:
    """Return the planned days and instants from three days before a change to three days after it."""
    begin, end = around - 3 * DAY, around + 3 * DAY
    found = next_after(rule, begin, tz)
    times = []
    while found is not None and found.at < end:
        times.append((date.fromisoformat(found.key[:10]), found.at))
        again = next_after(rule, found.at, tz)
        assert again == following(rule, found.key, tz), "from its instant and from its name another one follows"
        found = again
    return times


def is_lived(day: date, tz: ZoneInfo) -> bool:
    """Return whether a zone had that day at all: Samoa left out 30 December 2011."""
    noon = datetime.combine(day, time(12), tz)
    return noon.astimezone(UTC).astimezone(tz).date() == day


def fault_at(tz: ZoneInfo, change: datetime, wall: str) -> str:
    """Return what is wrong with a daily rule across a change, or ""."""
    rule = Rule(datetime.fromisoformat(f"1999-12-01T{wall}"), tz.key, rrule="FREQ=DAILY")
    times = planned_days(rule, tz, change)
    days = [day for day, _ in times]
    every = [days[0] + number * DAY for number in range((days[-1] - days[0]).days + 1)]
    expected = [day for day in every if is_lived(day, tz)]
    if days != expected or not 5 <= len(days) <= 7:
        return f"rings for {days}"
    if any(later <= at for (_, at), (_, later) in pairwise(times)):
        return "not one after the other"
    for day, at in times:
        asked = datetime.combine(day, rule.dtstart.time())
        # RFC 5545, 3.3.5: in a gap the offset before it holds, and of two equal wall times the first is meant
        if at != asked.replace(tzinfo=tz).astimezone(UTC):
            return f"{asked} rings at {at}"
    return ""


@pytest.mark.parametrize("wall", ["09:00:00", "02:30:00"])
def test_a_daily_reminder_rings_once_for_each_day_across_each_change(wall: str, tell: Tell) -> None:
    count = 0
    wrong = []
    for name in CHOSEN:
        tz = ZoneInfo(name)
        for change in changes(tz):
            count += 1
            if fault := fault_at(tz, change, wall):
                wrong.append(f"{name}, {change}: {fault}")
    tell(f"{wall} daily: {count} changes in {len(CHOSEN)} of {len(ZONES)} zones")
    assert not wrong, "\n".join(wrong[:20])
