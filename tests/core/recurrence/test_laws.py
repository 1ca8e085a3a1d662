"""Laws: every answer equals a walk through all days or all seconds, written down here without any cleverness."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from remindcli.core import recurrence
from remindcli.core.rule import Planned, Rule
from remindcli.errors import InvalidRuleError

ZULU = ZoneInfo("UTC")
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)

thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def week_start(day: date, wkst: int) -> date:
    return day - timedelta(days=(day.weekday() - wkst) % 7)


def week_number(day: date, wkst: int) -> tuple[int, int, int]:
    """Return the week year, the number of the week, and how many weeks that year has."""
    monday = week_start(day, wkst)
    year = (monday + timedelta(days=3)).year
    begin = week_start(date(year, 1, 4), wkst)
    end = week_start(date(year + 1, 1, 4), wkst)
    return year, (monday - begin).days // 7 + 1, (end - begin).days // 7


def last_day(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


def counts(day: date, ordinal: int, weekday: int, first: date, last: date) -> bool:
    """Return whether a day is that weekday of the span, counted from its start or its end."""
    if day.weekday() != weekday:
        return False
    return (day - first).days // 7 + 1 == ordinal if ordinal > 0 else -((last - day).days // 7) - 1 == ordinal


def picked(members: list[datetime], positions: list[int]) -> list[datetime]:
    places = {p - 1 if p > 0 else len(members) + p for p in positions}
    return [members[p] for p in sorted(places) if 0 <= p < len(members)] if positions else members


class Walk:
    """What RFC 5545 says, a day at a time."""

    def __init__(self, parts: dict[str, str], start: datetime) -> None:
        self.freq = parts["FREQ"]
        self.start = start
        self.interval = int(parts.get("INTERVAL", "1"))
        self.wkst = NAMES.index(parts.get("WKST", "MO"))
        numbers = {k: [int(x) for x in v.split(",")] for k, v in parts.items() if k.startswith("BY") and k != "BYDAY"}
        self.months = numbers.get("BYMONTH", [])
        self.weeks = numbers.get("BYWEEKNO", [])
        self.year_days = numbers.get("BYYEARDAY", [])
        self.month_days = numbers.get("BYMONTHDAY", [])
        self.positions = numbers.get("BYSETPOS", [])
        self.by_day = [(int(d[:-2] or 0), NAMES.index(d[-2:])) for d in parts.get("BYDAY", "").split(",") if d]
        self.in_month = self.freq == "MONTHLY" or bool(self.months)
        if not (self.by_day or self.month_days or self.year_days):
            if self.freq == "WEEKLY" or self.weeks:
                self.by_day = [(0, start.weekday())]
            elif self.freq in ("MONTHLY", "YEARLY"):
                self.month_days = [start.day]
                if self.freq == "YEARLY":
                    self.months = self.months or [start.month]
        elif self.freq == "YEARLY" and not (self.by_day or self.year_days or self.weeks or self.months):
            self.months = [start.month]
        self.times = [
            time(hour, minute, second)
            for hour in numbers.get("BYHOUR", [start.hour])
            for minute in numbers.get("BYMINUTE", [start.minute])
            for second in numbers.get("BYSECOND", [start.second])
        ]

    def period(self, day: date) -> int:
        if self.freq == "YEARLY":
            return week_number(day, self.wkst)[0] if self.weeks else day.year
        if self.freq == "MONTHLY":
            return day.year * 12 + day.month
        return week_start(day, self.wkst).toordinal() // 7 if self.freq == "WEEKLY" else day.toordinal()

    def fits(self, day: date) -> bool:
        year_days = (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1
        of_year = day.timetuple().tm_yday
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not {day.day, day.day - last_day(day).day - 1} & set(self.month_days):
            return False
        if self.year_days and not {of_year, of_year - year_days - 1} & set(self.year_days):
            return False
        if self.weeks:
            _, number, weeks = week_number(day, self.wkst)
            if not {number, number - weeks - 1} & set(self.weeks):
                return False
        if not self.by_day:
            return True
        first = day.replace(day=1) if self.in_month else date(day.year, 1, 1)
        last = last_day(day) if self.in_month else date(day.year, 12, 31)
        return any(
            day.weekday() == weekday if not ordinal else counts(day, ordinal, weekday, first, last)
            for ordinal, weekday in self.by_day
        )

    def walls(self, years: int) -> list[datetime]:
        sets: dict[int, list[datetime]] = {}
        day, begin = self.start.date() - timedelta(days=372), self.period(self.start.date())
        end = self.start.date() + timedelta(days=366 * years)
        while day <= end:
            if (self.period(day) - begin) % self.interval == 0 and self.fits(day):
                sets.setdefault(self.period(day), []).extend(datetime.combine(day, t) for t in self.times)
            day += DAY
        found: list[datetime] = []
        for members in sets.values():
            members.sort()
            found.extend(picked(members, self.positions))
        # the last period may be cut off by the end of the walk
        stop = datetime.combine(end - timedelta(days=372), time())
        return [wall for wall in sorted(found) if self.start <= wall < stop]


def some(values: st.SearchStrategy[int], most: int) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(lambda v: ",".join(map(str, sorted(v))))


def signed(high: int) -> st.SearchStrategy[int]:
    return st.integers(-high, high).filter(bool)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, str]:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": freq}
    optional = {
        "INTERVAL": st.integers(1, 5).map(str),
        "BYMONTH": some(st.integers(1, 12), 3),
        "BYHOUR": some(st.integers(0, 23), 3),
        "BYMINUTE": some(st.integers(0, 59), 2),
        "WKST": st.sampled_from(NAMES),
    }
    if freq != "WEEKLY":
        optional["BYMONTHDAY"] = some(signed(31), 4)
    if freq == "YEARLY":
        optional["BYYEARDAY"] = some(signed(366), 4)
        optional["BYWEEKNO"] = some(signed(53), 3)
    for name in draw(st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True)):
        parts[name] = draw(optional[name])
    if draw(st.booleans()):
        top = {"MONTHLY": 5, "YEARLY": 53}.get(freq, 0)
        numbers = st.integers(-top, top) if top and "BYWEEKNO" not in parts else st.just(0)
        days = draw(st.lists(st.tuples(numbers, st.sampled_from(NAMES)), min_size=1, max_size=4, unique=True))
        parts["BYDAY"] = ",".join(f"{ordinal or ''}{name}" for ordinal, name in days)
    if set(parts) - {"FREQ", "INTERVAL", "WKST"} and draw(st.booleans()):
        parts["BYSETPOS"] = draw(some(signed(6), 2))
    return parts


starts = st.datetimes(datetime(1995, 1, 1), datetime(2035, 12, 31)).map(lambda d: d.replace(microsecond=0))


def text_of(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def rule_of(parts: dict[str, str], start: datetime, zone: str | None = "UTC") -> Rule:
    """Return the rule, or leave the example if it is refused as one that never occurs."""
    try:
        return recurrence.read_rule(text_of(parts), dtstart=start, zone=zone, is_all_day=False)
    except InvalidRuleError as error:
        assume("never occurs" not in error.what)
        raise


def aware(wall: datetime) -> datetime:
    return wall.replace(tzinfo=UTC)


@thorough
@given(parts=rules(), start=starts, data=st.data())
def test_every_answer_is_that_of_a_walk_from_the_start(
    parts: dict[str, str], start: datetime, data: st.DataObject
) -> None:
    walls = Walk(parts, start).walls(years=12)
    if not walls:
        return
    rule = rule_of(parts, start)
    assert [p.at for p in islice(walking(rule), min(len(walls), 40))] == [aware(wall) for wall in walls[:40]]
    # any instant, the planned ones and their neighbours first
    near = st.sampled_from(walls).flatmap(lambda w: st.integers(-1, 1).map(lambda s: w + timedelta(seconds=s)))
    asked = data.draw(near | st.datetimes(start - 400 * DAY, walls[-1]).map(lambda d: d.replace(microsecond=0)))
    place = bisect_right(walls, asked)
    if place < len(walls):
        coming = recurrence.next_after(rule, aware(asked), ZULU)
        assert coming is not None
        assert coming.at == aware(walls[place])
        assert coming.key == walls[place].isoformat()
    past = recurrence.latest(rule, aware(asked), ZULU)
    assert (past and past.at) == (aware(walls[place - 1]) if place else None)
    until = data.draw(st.sampled_from(walls))
    expected = max(0, bisect_right(walls, until) - place)
    assert recurrence.count_between(rule, aware(asked), aware(until), ZULU, limit=50) == min(50, expected)


@thorough
@given(parts=rules(), start=starts, count=st.integers(1, 30))
def test_count_keeps_the_first_ones(parts: dict[str, str], start: datetime, count: int) -> None:
    walls = Walk(parts, start).walls(years=9)
    assume(len(walls) > count)
    rule = rule_of({**parts, "COUNT": str(count)}, start)
    assert [p.at for p in walking(rule)] == [aware(wall) for wall in walls[:count]]
    last = recurrence.latest(rule, aware(walls[-1]), ZULU)
    assert last is not None
    assert last.at == aware(walls[count - 1])


@thorough
@given(parts=rules(), start=starts)
def test_dateutil_agrees_where_it_is_right(parts: dict[str, str], start: datetime) -> None:
    yearly = parts["FREQ"] == "YEARLY"
    days = parts.get("BYDAY", "")
    assume("BYWEEKNO" not in parts)
    in_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    assume(not (in_month and any(abs(int(item[:-2] or 0)) > 5 for item in days.split(",") if item)))
    assume(not (yearly and "BYMONTHDAY" in parts and not {"BYMONTH", "BYDAY", "BYYEARDAY"} & set(parts)))
    assume(not (parts["FREQ"] == "WEEKLY" and "BYSETPOS" in parts))
    ordinals = {item[0].isalpha() for item in days.split(",") if item}
    assume(len(ordinals) < 2)
    assume(Walk(parts, start).walls(years=4))
    theirs = list(islice(rrulestr(text_of(parts), dtstart=start), 25))
    ours = list(islice(walking(rule_of(parts, start)), len(theirs)))
    assert [p.at for p in ours] == [aware(wall) for wall in theirs]


@st.composite
def fast_rules(draw: st.DrawFn) -> dict[str, str]:
    freq = draw(st.sampled_from(["HOURLY", "MINUTELY"]))
    parts = {"FREQ": freq, "INTERVAL": str(draw(st.sampled_from([1, 2, 5, 7, 13, 24, 36, 90, 1440])))}
    optional = {
        "BYMONTH": some(st.integers(3, 11), 6),
        "BYMONTHDAY": some(signed(31), 12),
        "BYDAY": st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True).map(",".join),
        "BYHOUR": some(st.integers(0, 23), 5),
        "BYMINUTE": some(st.integers(0, 59), 5),
    }
    for name in draw(st.lists(st.sampled_from(sorted(optional)), max_size=3, unique=True)):
        parts[name] = draw(optional[name])
    if "BYMINUTE" in parts and freq == "HOURLY" and draw(st.booleans()):
        parts["BYSETPOS"] = draw(some(signed(3), 2))
    return parts


def ticks(parts: dict[str, str], start: datetime, zone: ZoneInfo, hours: int) -> list[datetime]:
    """Return the instants of a rule by the hour or the minute: every minute is looked at."""
    walk = Walk({**parts, "FREQ": "DAILY"}, start)
    unit = 60 if parts["FREQ"] == "HOURLY" else 1
    first = recurrence.resolve(start, zone)
    begin = first - timedelta(minutes=start.minute % unit)
    given_minutes = [int(m) for m in parts.get("BYMINUTE", "").split(",") if m]
    by_hour = [int(h) for h in parts.get("BYHOUR", "").split(",") if h]
    sets: dict[int, list[datetime]] = {}
    for minutes in range(hours * 60):
        period, into = divmod(minutes, unit)
        at = begin + timedelta(minutes=minutes)
        wall = at.astimezone(zone)
        is_minute = wall.minute in given_minutes if given_minutes else unit == 1 or into == start.minute
        is_hour = not by_hour or wall.hour in by_hour
        if is_minute and is_hour and period % walk.interval == 0 and walk.fits(wall.date()):
            sets.setdefault(period, []).append(at)
    found = []
    for members in sets.values():
        found.extend(picked(members, walk.positions))
    return [at for at in found if at >= first]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    parts=fast_rules(),
    start=st.sampled_from(
        # some days before a DST change, and an ordinary day
        [
            datetime(2026, 3, 27, 21, 0),
            datetime(2026, 10, 23, 23, 40),
            datetime(2026, 10, 1, 9, 5),
            datetime(2026, 4, 3, 1, 30),
            datetime(2026, 6, 1, 12, 0),
        ]
    ),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]),
    data=st.data(),
)
def test_hourly_and_faster_is_that_of_a_walk_in_utc(
    parts: dict[str, str], start: datetime, zone: str, data: st.DataObject
) -> None:
    expected = ticks(parts, start, ZoneInfo(zone), hours=12 * 24)
    if not expected:
        return
    # a rule may fit only where a zone changes its offset: that is not looked for when it is checked
    rule = Rule(start, zone, rrule=text_of(parts))
    assert [p.at for p in islice(walking(rule), min(len(expected), 300))] == expected[:300]
    asked = data.draw(st.datetimes(start - DAY, start + 11 * DAY)).replace(tzinfo=UTC)
    place = bisect_right(expected, asked)
    coming = recurrence.next_after(rule, asked, ZULU)
    if place < len(expected):
        assert coming is not None
        assert coming.at == expected[place]
        assert coming.key == f"{expected[place]:%Y-%m-%dT%H:%M:%S}Z"
    past = recurrence.latest(rule, asked, ZULU)
    assert (past and past.at) == (expected[place - 1] if place else None)
    until = data.draw(st.sampled_from(expected))
    number = max(0, bisect_right(expected, until) - place)
    assert recurrence.count_between(rule, asked, until, ZULU, limit=200) == min(200, number)


@thorough
@given(
    parts=rules(),
    start=starts,
    zone=st.sampled_from(
        [
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Cairo",
            "America/Sao_Paulo",
            "Pacific/Apia",
            "Africa/Casablanca",
            "Asia/Tehran",
        ]
    ),
)
def test_in_a_zone_the_wall_time_holds_and_no_instant_comes_twice(
    parts: dict[str, str], start: datetime, zone: str
) -> None:
    tz = ZoneInfo(zone)
    walls = Walk(parts, start).walls(years=5)
    if not walls:
        return
    expected = sorted({recurrence.resolve(wall, tz) for wall in walls})
    rule = rule_of(parts, start, zone)
    assert [p.at for p in islice(walking(rule), min(len(expected), 200))] == expected[:200]
    for at in expected[:40]:
        for second in (-1, 0, 1):
            asked = at + timedelta(seconds=second)
            place = bisect_right(expected, asked)
            past = recurrence.latest(rule, asked, ZULU)
            assert (past and past.at) == (expected[place - 1] if place else None)
            if place < len(expected):
                coming = recurrence.next_after(rule, asked, ZULU)
                assert coming is not None
                assert coming.at == expected[place]
                assert recurrence.planned(rule, coming.key, ZULU) == coming


@pytest.mark.parametrize("name", ["Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo"])
def test_each_quarter_of_an_hour_of_a_year_in_a_zone(name: str) -> None:
    tz = ZoneInfo(name)
    start = datetime(2011, 1, 1)
    hours, minutes = ",".join(map(str, range(24))), "0,15,30,45"
    rule = Rule(start, name, rrule=f"FREQ=DAILY;BYHOUR={hours};BYMINUTE={minutes}")
    walls = [start + timedelta(minutes=15 * number) for number in range(4 * 24 * 400)]
    expected = sorted({recurrence.resolve(wall, tz) for wall in walls})
    assert [p.at for p in islice(walking(rule), len(expected))] == expected
    back = []
    at: datetime = expected[-1]
    while (past := recurrence.latest(rule, at, ZULU)) is not None:
        back.append(past.at)
        at = past.at - timedelta(seconds=1)
    assert back[::-1] == expected


def walking(rule: Rule) -> Iterator[Planned]:
    found = recurrence.first(rule, ZULU)
    while found is not None:
        yield found
        coming = recurrence.following(rule, found.key, ZULU)
        assert coming is None or coming.at > found.at
        found = coming
