"""RRULE text: one form for all that is allowed, a clear no for the rest."""

from datetime import datetime

import pytest

from remindcli.core.recurrence import canonical, read_rule
from remindcli.core.rule import Rule
from remindcli.errors import InvalidRuleError

START = datetime(2026, 3, 2, 9, 30)


def form(text: str, *, is_all_day: bool = False) -> str:
    return canonical(text, dtstart=START, is_all_day=is_all_day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY", "FREQ=DAILY"),
        ("RRULE:FREQ=DAILY", "FREQ=DAILY"),
        ("rrule:freq=weekly;byday=fr,mo", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("FREQ=DAILY;", "FREQ=DAILY"),
        ("  FREQ=DAILY ; INTERVAL = 2 ", "FREQ=DAILY;INTERVAL=2"),
        ("INTERVAL=1;FREQ=MONTHLY", "FREQ=MONTHLY"),
        ("FREQ=DAILY;INTERVAL=007", "FREQ=DAILY;INTERVAL=7"),
        ("BYMONTHDAY=31,+15,-1,15;FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1,15,31"),
        ("FREQ=MONTHLY;BYDAY=-1FR,+2MO,TU", "FREQ=MONTHLY;BYDAY=2MO,TU,-1FR"),
        ("FREQ=WEEKLY;WKST=MO", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;WKST=SU;INTERVAL=2", "FREQ=WEEKLY;INTERVAL=2;WKST=SU"),
        ("BYSECOND=60;FREQ=MINUTELY", "FREQ=MINUTELY;BYSECOND=59"),
        (
            "BYSETPOS=1;BYSECOND=5;BYMINUTE=4;BYHOUR=3;BYDAY=MO;BYMONTHDAY=1,2,3,4,5,6,7;BYMONTH=2;COUNT=3;FREQ=YEARLY",
            "FREQ=YEARLY;COUNT=3;BYMONTH=2;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=MO;BYHOUR=3;BYMINUTE=4;BYSECOND=5;BYSETPOS=1",
        ),
        # a date holds to its end; a time stays as it is
        ("FREQ=DAILY;UNTIL=20260401", "FREQ=DAILY;UNTIL=20260401T235959"),
        ("FREQ=DAILY;UNTIL=20260401t080000z", "FREQ=DAILY;UNTIL=20260401T080000Z"),
        # SKIP needs RSCALE (RFC 7529), and the default of both says nothing
        ("FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD", "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD"),
        ("RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=OMIT", "FREQ=MONTHLY"),
    ],
)
def test_one_form(text: str, expected: str) -> None:
    assert form(text) == expected
    assert form(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;UNTIL=20260401T080000Z", "FREQ=DAILY;UNTIL=20260401"),
        ("FREQ=DAILY;BYHOUR=9,10;BYMINUTE=5", "FREQ=DAILY"),
        ("FREQ=HOURLY;INTERVAL=48", "FREQ=DAILY;INTERVAL=2"),
    ],
)
def test_a_whole_day_has_no_times(text: str, expected: str) -> None:
    assert form(text, is_all_day=True) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "RRULE:",
        "DAILY",
        "every day",
        "FREQ=",
        "FREQ=FORTNIGHTLY",
        "INTERVAL=2",
        "FREQ=DAILY;;INTERVAL=2",
        ";FREQ=DAILY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=2;INTERVAL=2",
        "FREQ=DAILY;EVERY=2",
        "FREQ=DAILY;X-MINE=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-2",
        "FREQ=DAILY;INTERVAL=2.5",
        "FREQ=DAILY;INTERVAL=\u0662",
        "FREQ=DAILY;INTERVAL=" + "9" * 30,
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-3",
        "FREQ=DAILY;COUNT=three",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20260230",
        "FREQ=DAILY;UNTIL=20260401T250000",
        "FREQ=DAILY;UNTIL=20260401T080000+0200",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=-1",
        "FREQ=YEARLY;BYMONTH=5L",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYYEARDAY=367",
        "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=YEARLY;BYWEEKNO=0",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYMINUTE=60",
        "FREQ=DAILY;BYSECOND=61",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO,,TU",
        "FREQ=WEEKLY;BYDAY=MONDAY",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=WEEKLY;WKST=XX",
        "FREQ=YEARLY;RSCALE=HEBREW",
        "FREQ=YEARLY;SKIP=SIDEWAYS",
        # what RFC 5545 forbids together
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
        "FREQ=MONTHLY;BYWEEKNO=20",
        "FREQ=DAILY;BYWEEKNO=20",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;SKIP=FORWARD",
        # more than can be counted
        "FREQ=MINUTELY;BYHOUR=9;COUNT=1000000",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(InvalidRuleError) as caught:
        form(text)
    assert caught.value.what.startswith("can't ")
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=6;BYWEEKNO=1",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6",
        "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-3",
        "FREQ=DAILY;BYSETPOS=2;BYHOUR=9",
        "FREQ=MINUTELY;BYSECOND=0;BYSETPOS=2",
        "FREQ=DAILY;INTERVAL=14;BYDAY=TU",
        "FREQ=YEARLY;INTERVAL=2;BYYEARDAY=366;BYMONTH=1",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
        "FREQ=MINUTELY;INTERVAL=60;BYMINUTE=0",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_what_never_occurs_is_refused(text: str) -> None:
    with pytest.raises(InvalidRuleError, match="never occurs"):
        form(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=1MO,-1FR", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("FREQ=WEEKLY;BYMONTHDAY=13", "FREQ=WEEKLY;BYMONTHDAY=13"),
        ("FREQ=DAILY;BYYEARDAY=100", "FREQ=DAILY;BYYEARDAY=100"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20260401", "FREQ=DAILY;COUNT=3;UNTIL=20260401T235959"),
        ("FREQ=DAILY;UNTIL=20200101", "FREQ=DAILY;UNTIL=20200101T235959"),
    ],
)
def test_what_other_programs_write_can_be_read_where_it_has_one_meaning(text: str, expected: str) -> None:
    assert form(text) == expected


@pytest.mark.parametrize("text", ["FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;BYWEEKNO=3", "FREQ=DAILY;COUNT=0"])
def test_what_has_no_meaning_is_refused_from_other_programs_too(text: str) -> None:
    with pytest.raises(InvalidRuleError):
        form(text)


def test_the_nearest_word_is_named() -> None:
    with pytest.raises(InvalidRuleError) as caught:
        form("FREQ=YEARLY;BYMONT=11")
    assert caught.value.why == "did you mean BYMONTH?"
    with pytest.raises(InvalidRuleError) as caught:
        form("FREQ=WEKLY")
    assert caught.value.why == "did you mean WEEKLY?"


def read(text: str, *, zone: str | None = "Europe/Paris", is_all_day: bool = False) -> Rule:
    return read_rule(text, dtstart=START, zone=zone, is_all_day=is_all_day)


def test_the_arguments_stand_in_where_the_text_is_silent() -> None:
    assert read("FREQ=DAILY") == Rule(START, "Europe/Paris", rrule="FREQ=DAILY")
    assert read("FREQ=DAILY", zone=None, is_all_day=True) == Rule(
        datetime(2026, 3, 2), is_all_day=True, rrule="FREQ=DAILY"
    )


@pytest.mark.parametrize(
    ("line", "dtstart", "zone", "is_all_day"),
    [
        ("DTSTART;TZID=America/New_York:20270105T083000", datetime(2027, 1, 5, 8, 30), "America/New_York", False),
        ('dtstart;tzid="America/New_York":20270105T083000', datetime(2027, 1, 5, 8, 30), "America/New_York", False),
        ("DTSTART;TZID=/example.org/Asia/Tokyo:20270105T083000", datetime(2027, 1, 5, 8, 30), "Asia/Tokyo", False),
        ("DTSTART:20270105T083000Z", datetime(2027, 1, 5, 8, 30), "UTC", False),
        ("DTSTART:20270105T083000", datetime(2027, 1, 5, 8, 30), None, False),
        ("DTSTART;VALUE=DATE:20270105", datetime(2027, 1, 5), None, True),
        ("DTSTART:20270105", datetime(2027, 1, 5), None, True),
    ],
)
def test_a_start_in_the_text(line: str, dtstart: datetime, zone: str | None, is_all_day: bool) -> None:
    expected = Rule(dtstart, zone, is_all_day, "FREQ=DAILY")
    assert read(f"{line}\nRRULE:FREQ=DAILY") == expected
    assert read(f"RRULE:FREQ=DAILY\r\n{line}\r\n") == expected
    assert read(f"{line} RRULE:FREQ=DAILY") == expected


def test_folded_lines_and_dates_in_other_forms() -> None:
    rule = read(
        "DTSTART;TZID=Europe/Berlin:20270104T090000\r\n"
        "RRULE:FREQ=WEEKLY;BYDAY=MO,\r\n WE\r\n"
        "EXDATE;TZID=Europe/Berlin:20270106T090000,\r\n\t20270111T090000\r\n"
        "EXDATE;VALUE=DATE:20270113\r\n"
        "RDATE:20270115T120000Z\r\n"
        "RDATE;TZID=America/New_York:20270116T060000\r\n"
    )
    assert rule.rrule == "FREQ=WEEKLY;BYDAY=MO,WE"
    assert rule.exdate == tuple(datetime(2027, 1, day, 9) for day in (6, 11, 13))
    assert rule.rdate == (datetime(2027, 1, 15, 13), datetime(2027, 1, 16, 12))


def test_dates_without_a_rule_are_a_set_of_times() -> None:
    rule = read("RDATE:20260401T100000,20260301T100000")
    assert rule == Rule(START, "Europe/Paris", rdate=(datetime(2026, 3, 1, 10), datetime(2026, 4, 1, 10)))


@pytest.mark.parametrize(
    "text",
    [
        "DTSTART;TZID=Mars/Olympus:20270105T083000\nRRULE:FREQ=DAILY",
        "DTSTART;TZID=Europe:20270105T083000\nRRULE:FREQ=DAILY",
        "DTSTART;TZID=../etc:20270105T083000\nRRULE:FREQ=DAILY",
        "DTSTART;VALUE=DATE:20270105T083000\nRRULE:FREQ=DAILY",
        "DTSTART:20270230\nRRULE:FREQ=DAILY",
        "DTSTART:soon\nRRULE:FREQ=DAILY",
        "DTSTART:\nRRULE:FREQ=DAILY",
        "DTSTART:20270105\nDTSTART:20270106\nRRULE:FREQ=DAILY",
        "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
        "RRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY",
        "RRULE:FREQ=DAILY\nEXDATE:20260230",
        "RRULE:FREQ=DAILY\nRDATE;VALUE=PERIOD:20260301T100000Z/PT1H",
        "EXDATE:20260303",
        "RRULE:" + "FREQ=DAILY;" * 2000,
    ],
)
def test_lines_that_are_refused(text: str) -> None:
    with pytest.raises(InvalidRuleError):
        read(text)


def test_a_time_with_a_zone_has_no_place_in_a_floating_rule() -> None:
    with pytest.raises(InvalidRuleError, match="without one"):
        read("RRULE:FREQ=DAILY\nEXDATE:20260303T090000Z", zone=None)
