"""Every answer is bounded work: rare rules, old rules, fast rules, hostile ones, and the ends of the calendar."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remindcli.core import recurrence
from remindcli.core.rule import Rule
from remindcli.errors import InvalidRuleError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
EVERY_SECOND = (
    f"BYHOUR={','.join(map(str, range(24)))};BYMINUTE={','.join(map(str, range(60)))}"
    f";BYSECOND={','.join(map(str, range(60)))}"
)

MOST_CALLS = 1_500_000
"""Of functions, ours and C's, for all questions together: work is counted, not timed."""


@contextmanager
def bounded_work() -> Iterator[None]:
    """Fail as soon as the block has called more functions than MOST_CALLS."""
    left = MOST_CALLS
    before = sys.getprofile()

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal left
        left -= event in ("call", "c_call")
        if left < 0:
            raise AssertionError("that is not bounded work")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(before)


def answer(text: str, start: datetime = datetime(2004, 1, 1, 9), zone: str | None = "Europe/Berlin") -> str | None:
    """Return the key of the next time, or None; asking all questions takes bounded work."""
    with bounded_work():
        rule = recurrence.read_rule(text, dtstart=start, zone=zone, is_all_day=False)
        found = recurrence.next_after(rule, NOW, BERLIN)
        recurrence.first(rule, BERLIN)
        recurrence.latest(rule, NOW, BERLIN)
        recurrence.count_between(rule, NOW - timedelta(days=365), NOW, BERLIN, limit=5)
    return found and found.key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=SECONDLY", "2026-11-23T15:00:01Z"),
        ("FREQ=SECONDLY;INTERVAL=7", "2026-11-23T15:00:04Z"),
        ("FREQ=MINUTELY;INTERVAL=17", "2026-11-23T15:12:00Z"),
        ("FREQ=HOURLY;INTERVAL=5", "2026-11-23T20:00:00Z"),
        ("FREQ=DAILY", "2026-11-24T09:00:00"),
        ("FREQ=MINUTELY;COUNT=99999999999", "2026-11-23T15:01:00Z"),
        ("FREQ=DAILY;COUNT=99999999999", "2026-11-24T09:00:00"),
        ("FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=2;COUNT=99999999", "2026-11-24T09:00:00"),
        ("FREQ=DAILY;INTERVAL=13;BYDAY=TU;COUNT=99999999", "2026-12-29T09:00:00"),
        # once in decades
        ("FREQ=DAILY;BYDAY=MO;BYMONTH=2;BYMONTHDAY=29", "2044-02-29T09:00:00"),
        ("FREQ=SECONDLY;BYDAY=MO;BYMONTH=2;BYMONTHDAY=29;BYHOUR=3;BYMINUTE=0;BYSECOND=0", "2044-02-29T02:00:00Z"),
        ("FREQ=MONTHLY;BYMONTH=2;BYDAY=5MO", "2044-02-29T09:00:00"),
        ("FREQ=MONTHLY;BYMONTH=2;BYDAY=MO;BYSETPOS=5", "2044-02-29T09:00:00"),
        ("FREQ=YEARLY;INTERVAL=30", "2034-01-01T09:00:00"),
        # sets with 86,400 members and more
        (f"FREQ=YEARLY;{EVERY_SECOND};BYSETPOS=-1", "2027-01-01T23:59:59"),
        (f"FREQ=DAILY;{EVERY_SECOND}", "2026-11-23T16:00:01"),
        (f"FREQ=HOURLY;{EVERY_SECOND}", "2026-11-23T15:00:01Z"),
        (f"FREQ=SECONDLY;{EVERY_SECOND}", "2026-11-23T15:00:01Z"),
        # numbers that no calendar holds
        ("FREQ=YEARLY;INTERVAL=99999999999999999999", None),
        ("FREQ=MONTHLY;INTERVAL=99999999999999999999", None),
        ("FREQ=WEEKLY;INTERVAL=99999999999999999999", None),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", None),
        ("FREQ=HOURLY;INTERVAL=99999999999999999999", None),
        ("FREQ=SECONDLY;INTERVAL=99999999999999999999;COUNT=99999999999999999999", None),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "2026-11-24T09:00:00"),
    ],
)
def test_a_rule_of_twenty_years(text: str, expected: str | None) -> None:
    assert answer(text) == expected


@pytest.mark.parametrize("freq", ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Lima", "Europe/Berlin", None])
@pytest.mark.parametrize("start", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59), datetime(9990, 1, 1)])
def test_the_ends_of_the_calendar(freq: str, zone: str | None, start: datetime) -> None:
    for more in ("", ";COUNT=5000", ";BYMONTH=12", ";INTERVAL=7", ";BYMONTH=12,1;BYDAY=FR;BYSETPOS=-1"):
        try:
            rule = recurrence.read_rule(f"FREQ={freq}{more}", dtstart=start, zone=zone, is_all_day=False)
        except InvalidRuleError:
            continue
        for at in (datetime.min.replace(tzinfo=UTC), NOW, datetime.max.replace(tzinfo=UTC)):
            recurrence.next_after(rule, at, BERLIN)
            recurrence.latest(rule, at, BERLIN)
            recurrence.count_between(rule, at, at, BERLIN)
        begin = recurrence.first(rule, BERLIN)
        if begin is not None:
            coming = recurrence.following(rule, begin.key, BERLIN)
            assert coming is None or coming.at > begin.at


def test_a_first_time_within_a_century_and_no_later() -> None:
    with pytest.raises(InvalidRuleError, match="never occurs"):
        recurrence.canonical("FREQ=YEARLY;INTERVAL=101;BYMONTH=1", dtstart=datetime(2026, 3, 1), is_all_day=False)
    text = recurrence.canonical("FREQ=YEARLY;INTERVAL=99;BYMONTH=1", dtstart=datetime(2026, 3, 1), is_all_day=False)
    assert text == "FREQ=YEARLY;INTERVAL=99;BYMONTH=1"


def test_a_count_of_a_rule_by_the_hour_is_arithmetic() -> None:
    rule = Rule(datetime(2004, 1, 1, 9), "Europe/Berlin", rrule="FREQ=SECONDLY;INTERVAL=3")
    day = timedelta(days=1)
    assert recurrence.count_between(rule, NOW, NOW + day, BERLIN, limit=10**9) == 28_800
    assert recurrence.count_between(rule, NOW, NOW + day, BERLIN) == 1000
    assert recurrence.count_between(rule, NOW + day, NOW, BERLIN) == 0
    begin = datetime(2004, 1, 1, 8, tzinfo=UTC)
    assert recurrence.count_between(rule, begin - day, begin, BERLIN) == 1
    assert recurrence.count_between(rule, begin, begin + timedelta(seconds=3), BERLIN) == 1


def test_small_steps_through_a_change_of_the_clock() -> None:
    rule = Rule(
        datetime(2004, 1, 1, 9), "Europe/Berlin", rrule="FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYMINUTE=0;BYSECOND=7"
    )
    at = datetime(2027, 3, 20, tzinfo=UTC)
    for _ in range(4):
        found = recurrence.next_after(rule, at, BERLIN)
        assert found is not None
        assert timedelta(0) < found.at - at <= timedelta(days=8)
        assert found.at.astimezone(BERLIN).strftime("%H:%M:%S") == "03:00:07"
        assert (found.at - datetime(2004, 1, 1, 8, tzinfo=UTC)) % timedelta(seconds=7) == timedelta(0)
        assert recurrence.latest(rule, found.at + timedelta(days=2), BERLIN) == found
        at = found.at


def test_fractions_of_a_second() -> None:
    rule = Rule(datetime(2026, 1, 1, 9), rrule="FREQ=DAILY")
    utc = ZoneInfo("UTC")
    just_before = datetime(2026, 1, 5, 8, 59, 59, 999_999, tzinfo=UTC)
    for asked, coming, past in ((just_before, 5, 4), (just_before + timedelta(microseconds=2), 6, 5)):
        found, last = recurrence.next_after(rule, asked, utc), recurrence.latest(rule, asked, utc)
        assert found is not None
        assert last is not None
        assert [found.at.day, last.at.day] == [coming, past]


def test_questions_in_any_order_and_from_several_threads_get_the_same_answers() -> None:
    rule = Rule(datetime(2024, 1, 1, 9), "Europe/Berlin", rrule="FREQ=HOURLY;INTERVAL=3;BYHOUR=0,3,6,9;BYMINUTE=0,30")
    asked = [datetime(2026, 3, 20, tzinfo=UTC) + timedelta(minutes=37 * n) for n in range(400)]
    alone = [recurrence.next_after(rule, at, BERLIN) for at in asked]
    wrong: list[int] = []

    def ask(step: int) -> None:
        for number in range(0, len(asked) * 7, step):
            place = number * 31 % len(asked)
            if recurrence.next_after(rule, asked[place], BERLIN) != alone[place]:
                wrong.append(place)

    threads = [threading.Thread(target=ask, args=(step,)) for step in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


pieces = (
    "FREQ= DAILY YEARLY MONTHLY WEEKLY SECONDLY ; = , : INTERVAL= COUNT= UNTIL= BYDAY= BYMONTH= BYSETPOS= BYWEEKNO= "
    "BYHOUR= MO -1SU 5TH 0 1 29 366 -366 99999999999 20260229 20260101T000000Z RRULE: DTSTART: EXDATE: RDATE: TZID= "
    "SKIP= FORWARD RSCALE= GREGORIAN WKST= \u0130 \u0661"
)
words = st.sampled_from([*pieces.split(), "\n", " "])


@settings(max_examples=400, deadline=None)
@given(text=st.lists(words, max_size=16).map("".join) | st.text(max_size=60))
def test_nothing_but_our_own_error(text: str) -> None:
    with bounded_work(), suppress(InvalidRuleError):
        rule = recurrence.read_rule(text, dtstart=datetime(2026, 1, 1, 9), zone=None, is_all_day=False)
        recurrence.next_after(rule, NOW, BERLIN)
        recurrence.latest(rule, NOW, BERLIN)


numbers = st.integers(-400, 400).map(str) | st.sampled_from(["1", "2", "-1", "53", "366", "99999999"])
names = "INTERVAL COUNT BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYHOUR BYMINUTE BYSECOND BYSETPOS BYDAY WKST SKIP"
mutated = st.lists(
    st.tuples(
        st.sampled_from(names.split()),
        st.lists(numbers, min_size=1, max_size=3).map(",".join)
        | st.sampled_from(["MO", "1TU,-1WE", "FR,SA,5SU", "12MO", "FORWARD"]),
    ).map("=".join),
    max_size=5,
)


@settings(max_examples=400, deadline=None)
@given(
    freq=st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]),
    more=mutated,
    is_all_day=st.booleans(),
)
def test_whatever_the_parts(freq: str, more: list[str], is_all_day: bool) -> None:
    text = ";".join([f"FREQ={freq}", *more])
    start = datetime(2026, 1, 31) if is_all_day else datetime(2026, 1, 31, 9, 20, 5)
    with bounded_work(), suppress(InvalidRuleError):
        rule = recurrence.read_rule(text, dtstart=start, zone="Europe/Berlin", is_all_day=is_all_day)
        assert rule.rrule is not None
        again = recurrence.canonical(rule.rrule, dtstart=start, is_all_day=is_all_day)
        assert again == rule.rrule
        found = recurrence.first(rule, BERLIN)
        for _ in range(5):
            if found is None:
                break
            assert recurrence.latest(rule, found.at, BERLIN) == found
            assert recurrence.next_after(rule, found.at - timedelta(seconds=1), BERLIN) == found
            coming = recurrence.following(rule, found.key, BERLIN)
            assert coming is None or coming.at > found.at
            found = coming
