"""The kinds of rules of RFC 5545 and the hard places of the calendar, as tables; times are floating, read in UTC."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.recurrence import first, following, latest, preview, read_rule
from remindcli.core.rule import Rule

ZULU = ZoneInfo("UTC")
BEFORE = datetime(1990, 1, 1, tzinfo=UTC)


def keys(text: str, start: str, n: int) -> list[str]:
    """Return the first keys of a rule, without the time of day if that is 09:00 or there is none."""
    is_all_day = "T" not in start
    begin = datetime.fromisoformat(start)
    rule = read_rule(text, dtstart=begin, zone=None, is_all_day=is_all_day)
    return [found.key.removesuffix("T09:00:00") for found in preview(rule, BEFORE, ZULU, n)]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        # daily
        ("FREQ=DAILY;COUNT=3", "2026-12-30T09:00", "2026-12-30 2026-12-31 2027-01-01"),
        ("FREQ=DAILY;INTERVAL=10", "2026-02-20T09:00", "2026-02-20 2026-03-02 2026-03-12"),
        ("FREQ=DAILY;BYMONTH=1", "2026-01-31T09:00", "2026-01-31 2027-01-01 2027-01-02"),
        ("FREQ=DAILY;BYMONTHDAY=-1,1", "2026-02-27T09:00", "2026-02-28 2026-03-01 2026-03-31"),
        ("FREQ=DAILY;UNTIL=20260103T090000", "2026-01-01T09:00", "2026-01-01 2026-01-02 2026-01-03"),
        ("FREQ=DAILY;UNTIL=20260103T085959", "2026-01-01T09:00", "2026-01-01 2026-01-02"),
        ("FREQ=DAILY;UNTIL=20260102", "2026-01-01T09:00", "2026-01-01 2026-01-02"),
        ("FREQ=DAILY;UNTIL=20260102T090000Z", "2026-01-01T09:00", "2026-01-01 2026-01-02"),
        # weekly
        ("FREQ=WEEKLY", "2026-12-28T09:00", "2026-12-28 2027-01-04"),
        ("FREQ=WEEKLY;BYDAY=WE,FR", "2026-12-30T09:00", "2026-12-30 2027-01-01 2027-01-06"),
        # DTSTART is no occurrence unless it matches
        ("FREQ=WEEKLY;BYDAY=MO", "2026-01-01T09:00", "2026-01-05 2026-01-12"),
        # the start of the week decides which week is skipped
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=MO", "2026-06-02T09:00", "2026-06-02 2026-06-07 2026-06-16"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU", "2026-06-02T09:00", "2026-06-02 2026-06-14 2026-06-16"),
        # BYSETPOS counts in whole weeks: Wednesday is the second of this first week
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", "2026-01-07T09:00", "2026-01-07 2026-01-14"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", "2026-01-07T09:00", "2026-01-12 2026-01-19"),
        # monthly
        ("FREQ=MONTHLY", "2026-01-31T09:00", "2026-01-31 2026-03-31 2026-05-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-12-31T09:00", "2027-12-31 2028-01-31 2028-02-29 2028-03-31"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "2026-01-31T09:00",
            "2026-01-31 2026-02-28 2026-03-31 2026-04-30",
        ),
        ("FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=28,29,30;BYSETPOS=-1", "2027-08-30T09:00", "2027-08-30 2028-02-29"),
        ("FREQ=MONTHLY;BYDAY=5FR", "2026-01-01T09:00", "2026-01-30 2026-05-29 2026-07-31"),
        ("FREQ=MONTHLY;BYDAY=-2TH", "2026-02-01T09:00", "2026-02-19 2026-03-19"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-01-01T09:00", "2026-02-13 2026-03-13 2026-11-13"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01T09:00", "2026-01-30 2026-02-27 2026-03-31"),
        # plain and numbered weekdays together are all of them
        ("FREQ=MONTHLY;BYDAY=TU,1WE,-1WE", "2026-09-01T09:00", "2026-09-01 2026-09-02 2026-09-08 2026-09-15"),
        # yearly
        ("FREQ=YEARLY", "2024-02-29T09:00", "2024-02-29 2028-02-29"),
        ("FREQ=YEARLY", "2096-02-29T09:00", "2096-02-29 2104-02-29"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2027-01-01T09:00", "2027-02-28 2028-02-29"),
        ("FREQ=YEARLY;BYMONTH=3,9", "2026-01-15T09:00", "2026-03-15 2026-09-15 2027-03-15"),
        ("FREQ=YEARLY;BYYEARDAY=1,-1", "2026-06-01T09:00", "2026-12-31 2027-01-01 2027-12-31"),
        ("FREQ=YEARLY;BYYEARDAY=366", "2026-06-01T09:00", "2028-12-31 2032-12-31"),
        ("FREQ=YEARLY;BYDAY=20MO", "2026-01-01T09:00", "2026-05-18 2027-05-17"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "2024-01-01T09:00", "2024-11-05 2025-11-04"),
        # no month has a twelfth Monday
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=12MO,-9MO,1MO", "2026-01-01T09:00", "2026-12-07 2027-12-06"),
        ("FREQ=MONTHLY;BYDAY=53MO,5MO", "2026-01-01T09:00", "2026-03-30 2026-06-29"),
        ("FREQ=YEARLY;BYDAY=53FR,-53SA", "2026-01-01T09:00", "2027-12-31 2028-01-01 2032-12-31"),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=3;BYDAY=1SU", "2024-01-01T09:00", "2024-03-03 2028-03-05"),
        # what the rule leaves open, DTSTART says: the month, the weekday of the week
        ("FREQ=YEARLY;BYMONTHDAY=1,15", "2026-04-10T09:00", "2026-04-15 2027-04-01"),
        ("FREQ=YEARLY;BYWEEKNO=20", "2026-01-06T09:00", "2026-05-12 2027-05-18"),
        # ISO weeks: week 1 may begin in the old year, and only some years have a week 53
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2024-06-01T09:00", "2024-12-30 2025-12-29 2027-01-04"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "2020-06-01T09:00", "2021-01-03 2027-01-03 2033-01-02"),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR", "2020-06-01T09:00", "2021-01-01 2021-12-31 2022-12-30"),
        # every other week year, although one of its days lies in the year before
        ("FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO", "2024-12-30T09:00", "2024-12-30 2027-01-04 2029-01-01"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYMONTH=1;BYDAY=MO", "2024-06-01T09:00", "2027-01-04 2028-01-03 2029-01-01"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1", "2026-05-01T09:00", "2027-01-31 2028-01-31"),
        # several times of a day
        ("FREQ=DAILY;BYHOUR=9,17", "2026-01-01T10:00", "2026-01-01T17:00:00 2026-01-02 2026-01-02T17:00:00"),
        ("FREQ=DAILY;BYHOUR=9,12,17;BYSETPOS=-2", "2026-01-01T09:00", "2026-01-01T12:00:00 2026-01-02T12:00:00"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,2;BYHOUR=6,9;BYSETPOS=2,-1",
            "2026-01-01T09:00",
            "2026-01-01 2026-01-02 2026-02-01",
        ),
        # whole days
        ("FREQ=MONTHLY;COUNT=2", "2026-01-31", "2026-01-31 2026-03-31"),
        ("FREQ=WEEKLY;UNTIL=20260115", "2026-01-01", "2026-01-01 2026-01-08 2026-01-15"),
        ("FREQ=WEEKLY;UNTIL=20260115T000000Z", "2026-01-01", "2026-01-01 2026-01-08 2026-01-15"),
        ("FREQ=DAILY;BYHOUR=9;BYMINUTE=30", "2026-01-01", "2026-01-01 2026-01-02"),
        # RFC 7529: what becomes of a day that is not there
        ("FREQ=MONTHLY;SKIP=BACKWARD", "2026-01-31", "2026-01-31 2026-02-28 2026-03-31"),
        ("FREQ=MONTHLY;SKIP=FORWARD", "2026-01-31", "2026-01-31 2026-03-01 2026-03-31 2026-05-01"),
        ("FREQ=MONTHLY;INTERVAL=13;SKIP=FORWARD", "2026-01-31", "2026-01-31 2027-03-01 2028-03-31"),
        ("FREQ=YEARLY;SKIP=BACKWARD", "2024-02-29", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
        ("FREQ=YEARLY;SKIP=FORWARD", "2024-02-29", "2024-02-29 2025-03-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD", "2026-04-01", "2026-04-01 2026-05-01 2026-05-31 2026-06-01"),
        ("FREQ=YEARLY;BYYEARDAY=-366;SKIP=BACKWARD", "2026-06-01", "2026-12-31 2028-01-01 2028-12-31"),
    ],
)
def test_the_rule_gives(text: str, start: str, expected: str) -> None:
    wanted = expected.split()
    count = len(wanted) + ("COUNT" in text or "UNTIL" in text)
    assert keys(text, start, count) == wanted


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("FREQ=HOURLY;INTERVAL=8", "2026-01-01T20:00", "2026-01-01T20:00:00Z 2026-01-02T04:00:00Z"),
        ("FREQ=HOURLY;BYHOUR=9,17;BYDAY=MO", "2026-01-01T10:30", "2026-01-05T09:30:00Z 2026-01-05T17:30:00Z"),
        ("FREQ=HOURLY;INTERVAL=2;BYMINUTE=0,30", "2026-01-01T10:30", "2026-01-01T10:30:00Z 2026-01-01T12:00:00Z"),
        ("FREQ=HOURLY;BYMINUTE=5,10,15;BYSETPOS=-1", "2026-01-01T10:30", "2026-01-01T11:15:00Z 2026-01-01T12:15:00Z"),
        ("FREQ=HOURLY;BYSECOND=20", "2026-01-01T10:30", "2026-01-01T10:30:20Z 2026-01-01T11:30:20Z"),
        ("FREQ=MINUTELY;INTERVAL=45", "2026-01-01T23:30", "2026-01-01T23:30:00Z 2026-01-02T00:15:00Z"),
        ("FREQ=MINUTELY;BYSECOND=0,30", "2026-01-01T23:59:10", "2026-01-01T23:59:30Z 2026-01-02T00:00:00Z"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01T10:30", "2028-02-29T00:00:00Z 2028-02-29T00:01:00Z"),
        ("FREQ=SECONDLY;INTERVAL=7;BYSECOND=0", "2026-01-01T00:00", "2026-01-01T00:00:00Z 2026-01-01T00:07:00Z"),
        ("FREQ=SECONDLY;COUNT=2", "2026-01-01T23:59:59", "2026-01-01T23:59:59Z 2026-01-02T00:00:00Z"),
        ("FREQ=HOURLY;COUNT=2;BYHOUR=9", "2026-01-01T09:00", "2026-01-01T09:00:00Z 2026-01-02T09:00:00Z"),
        ("FREQ=HOURLY;UNTIL=20260101T100000", "2026-01-01T09:00", "2026-01-01T09:00:00Z 2026-01-01T10:00:00Z"),
    ],
)
def test_hourly_and_faster(text: str, start: str, expected: str) -> None:
    wanted = expected.split()
    count = len(wanted) + ("COUNT" in text or "UNTIL" in text)
    assert keys(text, start, count) == wanted


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("FREQ=WEEKLY;BYMONTHDAY=13", "2026-01-01T09:00", "2026-01-13 2026-02-13"),
        ("FREQ=MONTHLY;BYYEARDAY=60", "2027-01-01T09:00", "2027-03-01 2028-02-29"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "2026-01-01T09:00", "2026-01-01 2026-01-02"),
        ("FREQ=DAILY;COUNT=9;UNTIL=20260102", "2026-01-01T09:00", "2026-01-01 2026-01-02"),
        ("FREQ=MONTHLY;BYSETPOS=1,-1", "2026-01-05T09:00", "2026-01-05 2026-02-05"),
        ("FREQ=DAILY;UNTIL=20251231", "2026-01-05T09:00", ""),
    ],
)
def test_as_other_programs_write_it(text: str, start: str, expected: str) -> None:
    wanted = expected.split()
    count = len(wanted) + ("UNTIL" in text)
    assert keys(text, start, count) == wanted


def test_dates_are_added_and_left_out() -> None:
    rule = Rule(
        datetime(2026, 1, 1, 9),
        rrule="FREQ=DAILY;COUNT=3",
        rdate=(datetime(2025, 12, 31, 8), datetime(2026, 1, 2, 9), datetime(2026, 1, 9, 9), datetime(2026, 1, 10, 9)),
        exdate=(datetime(2026, 1, 1, 9), datetime(2026, 1, 10, 9)),
    )
    found = [p.key for p in preview(rule, BEFORE, ZULU, 10)]
    assert found == ["2025-12-31T08:00:00", "2026-01-02T09:00:00", "2026-01-03T09:00:00", "2026-01-09T09:00:00"]
    for day, key in ((1, "2025-12-31T08"), (2, "2026-01-02T09"), (5, "2026-01-03T09"), (30, "2026-01-09T09")):
        last = latest(rule, datetime(2026, 1, day, 12, tzinfo=UTC), ZULU)
        assert last is not None
        assert last.key == f"{key}:00:00"


def test_dates_of_a_rule_by_the_hour() -> None:
    rule = Rule(
        datetime(2026, 1, 1, 9),
        rrule="FREQ=HOURLY;COUNT=3",
        rdate=(datetime(2026, 1, 1, 9, 30), datetime(2026, 1, 2)),
        exdate=(datetime(2026, 1, 1, 10),),
    )
    found = [p.key[11:] for p in preview(rule, BEFORE, ZULU, 10)]
    assert found == ["09:00:00Z", "09:30:00Z", "11:00:00Z", "00:00:00Z"]
    last = latest(rule, datetime(2026, 1, 1, 10, 30, tzinfo=UTC), ZULU)
    assert last is not None
    assert last.key == "2026-01-01T09:30:00Z"


def test_a_rule_without_rrule_is_its_start_and_its_dates() -> None:
    single = Rule(datetime(2026, 1, 1, 9))
    assert [p.key for p in preview(single, BEFORE, ZULU, 3)] == ["2026-01-01T09:00:00"]
    several = Rule(datetime(2026, 1, 1), is_all_day=True, rdate=(datetime(2026, 1, 5),))
    assert [p.key for p in preview(several, BEFORE, ZULU, 3)] == ["2026-01-01", "2026-01-05"]
    gone = Rule(datetime(2026, 1, 1, 9), exdate=(datetime(2026, 1, 1, 9),))
    assert first(gone, ZULU) is None


def test_a_key_that_the_rule_no_longer_gives_still_has_a_next_one() -> None:
    rule = Rule(datetime(2026, 1, 1, 9), rrule="FREQ=WEEKLY")
    found = following(rule, "2026-01-05T18:00:00", ZULU)
    assert found is not None
    assert found.key == "2026-01-08T09:00:00"
