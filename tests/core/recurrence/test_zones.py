"""Clocks that change: the wall time holds, a gap rings late, an overlap once, an hour is an hour."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.recurrence import (
    coming,
    first,
    following,
    latest,
    next_after,
    planned,
    preview,
    read_rule,
    resolve,
    start_of_day,
)
from remindcli.core.rule import Rule
from remindcli.errors import InvalidRuleError

ZULU = ZoneInfo("UTC")


def times(rrule: str, start: str, zone: str, n: int) -> list[str]:
    """Return the first times of a rule as its zone shows them."""
    rule = read_rule(rrule, dtstart=datetime.fromisoformat(start), zone=zone, is_all_day=False)
    found = preview(rule, datetime(1990, 1, 1, tzinfo=UTC), ZULU, n)
    return [p.at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") for p in found]


@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Europe/Berlin", "2027-03-27T09:00", "27T09:00+01:00 28T09:00+02:00 29T09:00+02:00"),
        ("Europe/Berlin", "2027-03-27T02:00", "27T02:00+01:00 28T03:00+02:00 29T02:00+02:00"),
        ("Europe/Berlin", "2027-03-27T02:59", "27T02:59+01:00 28T03:59+02:00 29T02:59+02:00"),
        ("Europe/Berlin", "2027-10-30T02:30", "30T02:30+02:00 31T02:30+02:00 01T02:30+01:00"),
        ("America/New_York", "2027-03-13T02:10", "13T02:10-05:00 14T03:10-04:00 15T02:10-04:00"),
        ("America/New_York", "2027-11-06T01:10", "06T01:10-04:00 07T01:10-04:00 08T01:10-05:00"),
        ("Australia/Lord_Howe", "2027-10-02T02:00", "02T02:00+10:30 03T02:30+11:00 04T02:00+11:00"),
        ("Australia/Lord_Howe", "2027-04-03T01:45", "03T01:45+11:00 04T01:45+11:00 05T01:45+10:30"),
        ("Africa/Cairo", "2027-04-29T00:00", "29T00:00+02:00 30T01:00+03:00 01T00:00+03:00"),
        ("America/Sao_Paulo", "2018-11-03T00:15", "03T00:15-03:00 04T01:15-02:00 05T00:15-02:00"),
        ("Asia/Kathmandu", "2027-03-27T09:00", "27T09:00+05:45 28T09:00+05:45 29T09:00+05:45"),
    ],
)
def test_daily_through_a_change(zone: str, start: str, expected: str) -> None:
    assert [text[8:] for text in times("FREQ=DAILY", start, zone, 3)] == expected.split()


@pytest.mark.parametrize(
    ("rrule", "zone", "start", "expected"),
    [
        ("FREQ=HOURLY", "Europe/Berlin", "2027-03-28T01:00", "28T01:00+01:00 28T03:00+02:00 28T04:00+02:00"),
        ("FREQ=HOURLY", "Europe/Berlin", "2027-10-31T02:00", "31T02:00+02:00 31T02:00+01:00 31T03:00+01:00"),
        ("FREQ=HOURLY;INTERVAL=24", "Europe/Berlin", "2027-03-27T09:00", "27T09:00+01:00 28T10:00+02:00"),
        ("FREQ=HOURLY;BYHOUR=2", "Europe/Berlin", "2027-10-30T02:00", "30T02:00+02:00 31T02:00+02:00 31T02:00+01:00"),
        ("FREQ=HOURLY;BYHOUR=2", "Europe/Berlin", "2027-03-27T02:00", "27T02:00+01:00 29T02:00+02:00"),
        (
            "FREQ=MINUTELY;INTERVAL=30",
            "Australia/Lord_Howe",
            "2027-04-04T01:30",
            "04T01:30+11:00 04T01:30+10:30 04T02:00+10:30",
        ),
        # after a change of half an hour the wall minute is kept where it is named, else the hour is counted on
        ("FREQ=HOURLY;BYMINUTE=0", "Australia/Lord_Howe", "2027-04-04T01:00", "04T01:00+11:00 04T02:00+10:30"),
        ("FREQ=HOURLY", "Australia/Lord_Howe", "2027-04-04T01:00", "04T01:00+11:00 04T01:30+10:30 04T02:30+10:30"),
        # a day of the wall clock that has 25 hours
        (
            "FREQ=HOURLY;INTERVAL=8;BYDAY=SU",
            "Europe/Berlin",
            "2027-10-31T00:00",
            "31T00:00+02:00 31T07:00+01:00 31T15:00+01:00 31T23:00+01:00",
        ),
    ],
)
def test_hours_are_hours(rrule: str, zone: str, start: str, expected: str) -> None:
    wanted = expected.split()
    assert [text[8:] for text in times(rrule, start, zone, len(wanted))] == wanted


def test_a_day_that_a_zone_left_out_does_not_ring_twice() -> None:
    assert times("FREQ=DAILY", "2011-12-28T09:00", "Pacific/Apia", 4) == [
        "2011-12-28T09:00-10:00",
        "2011-12-29T09:00-10:00",
        "2011-12-31T09:00+14:00",
        "2012-01-01T09:00+14:00",
    ]
    whole = Rule(datetime(2011, 12, 29), "Pacific/Apia", is_all_day=True, rrule="FREQ=DAILY")
    assert [p.key for p in preview(whole, datetime(2011, 1, 1, tzinfo=UTC), ZULU, 3)] == [
        "2011-12-29",
        "2011-12-31",
        "2012-01-01",
    ]


def test_a_time_only_on_the_day_left_out_rings_late_rather_than_never() -> None:
    assert times("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30", "2010-12-30T09:00", "Pacific/Apia", 3) == [
        "2010-12-30T09:00-10:00",
        "2011-12-31T09:00+14:00",
        "2012-12-30T09:00+14:00",
    ]


def test_two_times_that_a_gap_makes_one_are_one() -> None:
    found = times("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=15,45", "2027-03-28T00:00", "Europe/Berlin", 5)
    assert [text[8:16] for text in found] == ["28T03:15", "28T03:45", "29T02:15", "29T02:45", "29T03:15"]
    rule = Rule(datetime(2027, 3, 28), "Europe/Berlin", rrule="FREQ=DAILY;BYHOUR=2,3")
    begin = first(rule, ZULU)
    assert begin is not None
    # the key is that of a time which the clock shows
    assert begin.key == "2027-03-28T03:00:00"


def test_a_late_time_comes_in_its_place() -> None:
    found = times("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30,40", "2027-03-28T00:00", "Europe/Berlin", 2)
    assert [text[8:16] for text in found] == ["28T03:30", "28T03:40"]
    rule = Rule(
        datetime(2027, 3, 28), "Europe/Berlin", rdate=(datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 3, 15))
    )
    keys = [p.key for p in preview(rule, datetime(2027, 3, 28, tzinfo=UTC), ZULU, 3)]
    assert keys == ["2027-03-28T03:15:00", "2027-03-28T02:30:00"]
    last = latest(rule, datetime(2027, 4, 1, tzinfo=UTC), ZULU)
    assert last is not None
    assert last.key == "2027-03-28T02:30:00"


def test_floating_follows_the_traveller_and_rings_once_a_day() -> None:
    rule = Rule(datetime(2026, 5, 1, 9), rrule="FREQ=DAILY")
    paris, tokyo, lima = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")
    rung = next_after(rule, datetime(2026, 5, 2, 23, 59, tzinfo=UTC), tokyo)
    assert rung is not None
    assert (rung.key, rung.at) == ("2026-05-03T09:00:00", datetime(2026, 5, 3, 0, tzinfo=UTC))
    # flying west: 09:00 of that day is still to come there, and does not ring again
    coming = following(rule, "2026-05-03T09:00:00", lima)
    assert coming is not None
    assert (coming.key, coming.at) == ("2026-05-04T09:00:00", datetime(2026, 5, 4, 14, tzinfo=UTC))
    assert planned(rule, "2026-05-03T09:00:00", paris).at == datetime(2026, 5, 3, 7, tzinfo=UTC)
    assert planned(rule, "2026-05-03T09:00:00", lima).at == datetime(2026, 5, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "last"),
    [
        # the same evening is the next day in UTC
        ("20260604T025959Z", "2026-06-02T23:00:00"),
        ("20260604T030000Z", "2026-06-03T23:00:00"),
        ("20260603T230000", "2026-06-03T23:00:00"),
        ("20260603", "2026-06-03T23:00:00"),
    ],
)
def test_until_in_its_three_forms(until: str, last: str) -> None:
    rule = read_rule(
        f"FREQ=DAILY;UNTIL={until}",
        dtstart=datetime(2026, 6, 1, 23),
        zone="America/New_York",
        is_all_day=False,
    )
    found = preview(rule, datetime(2026, 1, 1, tzinfo=UTC), ZULU, 9)
    assert found[-1].key == last
    assert latest(rule, datetime(2030, 1, 1, tzinfo=UTC), ZULU) == found[-1]
    assert next_after(rule, found[-1].at, ZULU) is None


def test_until_in_utc_with_a_floating_start_is_that_instant_wherever_one_is() -> None:
    rule = Rule(datetime(2026, 6, 1, 9), rrule="FREQ=DAILY;UNTIL=20260603T000000Z")
    tokyo = preview(rule, datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("Asia/Tokyo"), 9)
    lima = preview(rule, datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("America/Lima"), 9)
    assert [len(tokyo), len(lima)] == [3, 2]


@pytest.mark.parametrize(
    ("wall", "zone", "expected"),
    [
        ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30"),
        ("2027-06-01T12:00", "Europe/Berlin", "2027-06-01T10:00"),
        # local mean time, 4:56:02 behind
        ("1880-06-01T12:00", "America/New_York", "1880-06-01T16:56:02"),
        ("2011-12-30T09:00", "Pacific/Apia", "2011-12-30T19:00"),
        # beyond the ends of the calendar its ends stand
        ("0001-01-01T00:00", "Asia/Tokyo", "0001-01-01T00:00"),
        ("9999-12-31T23:59", "America/Lima", "9999-12-31T23:59:59"),
    ],
)
def test_resolve(wall: str, zone: str, expected: str) -> None:
    found = resolve(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert found.tzinfo is UTC
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_a_day_begins_where_its_first_hour_exists() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # on this day the clocks go from midnight to 1:00
    assert start_of_day(date(2027, 4, 30), cairo) == datetime(2027, 4, 30, 1, tzinfo=cairo)
    assert start_of_day(date(2027, 5, 1), cairo) == datetime(2027, 5, 1, tzinfo=cairo)


def test_what_comes_is_from_now_on_and_of_whole_days_from_today_on() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 4, 9, tzinfo=berlin).astimezone(UTC)
    daily = read_rule("FREQ=DAILY", dtstart=datetime(2026, 11, 1, 9), zone=None, is_all_day=False)
    all_day = read_rule("FREQ=DAILY", dtstart=datetime(2026, 11, 1), zone=None, is_all_day=True)
    single = Rule(datetime(2026, 11, 1, 9))
    assert [one.key for one in coming(daily, now, berlin, 2)] == ["2026-11-04T09:00:00", "2026-11-05T09:00:00"]
    assert [one.key for one in coming(daily, now + timedelta(seconds=1), berlin, 1)] == ["2026-11-05T09:00:00"]
    assert [one.key for one in coming(all_day, now, berlin, 2)] == ["2026-11-04", "2026-11-05"]
    assert [one.key for one in coming(single, now, berlin, 2)] == ["2026-11-01T09:00:00"], "though it has passed"


def test_any_tzinfo_will_do() -> None:
    rule = Rule(datetime(2026, 6, 1, 9), rrule="FREQ=DAILY")
    found = first(rule, timezone(timedelta(hours=-3)))
    assert found is not None
    assert found.at == datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_zone_that_is_not_there_is_an_error_of_ours() -> None:
    with pytest.raises(InvalidRuleError, match="Nowhere"):
        first(Rule(datetime(2026, 6, 1, 9), "Nowhere/Land"), ZULU)
    with pytest.raises(InvalidRuleError):
        planned(Rule(datetime(2026, 6, 1, 9)), "soon", ZULU)
