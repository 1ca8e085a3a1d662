"""Rules that are counted from when the last one was done."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.recurrence import after_completion
from remindcli.core.rule import Repeat, Rule
from remindcli.errors import InvalidRuleError

BERLIN = ZoneInfo("Europe/Berlin")


def rule(rrule: str, *, zone: str | None = "Europe/Berlin", is_all_day: bool = False) -> Rule:
    start = datetime(2026, 1, 1) if is_all_day else datetime(2026, 1, 1, 9, 30)
    return Rule(start, zone, is_all_day, rrule, repeat=Repeat.COMPLETION)


@pytest.mark.parametrize(
    ("rrule", "done", "expected"),
    [
        ("FREQ=DAILY", "2026-05-04T23:00+02:00", "2026-05-05T09:30:00"),
        # done after midnight there, before it in UTC: the local day counts
        ("FREQ=DAILY;INTERVAL=3", "2026-05-05T00:30+02:00", "2026-05-08T09:30:00"),
        ("FREQ=WEEKLY;INTERVAL=2", "2026-05-04T08:00+02:00", "2026-05-18T09:30:00"),
        ("FREQ=MONTHLY", "2026-01-31T12:00+01:00", "2026-02-28T09:30:00"),
        ("FREQ=MONTHLY", "2026-02-28T12:00+01:00", "2026-03-28T09:30:00"),
        ("FREQ=MONTHLY;INTERVAL=13", "2026-12-31T12:00+01:00", "2028-01-31T09:30:00"),
        ("FREQ=YEARLY", "2028-02-29T12:00+01:00", "2029-02-28T09:30:00"),
        ("FREQ=YEARLY;INTERVAL=4", "2028-02-29T12:00+01:00", "2032-02-29T09:30:00"),
        ("FREQ=HOURLY;INTERVAL=3", "2026-05-04T12:10:20.5+02:00", "2026-05-04T13:10:20Z"),
        ("FREQ=MINUTELY;INTERVAL=90", "2026-03-29T01:30+01:00", "2026-03-29T02:00:00Z"),
        ("FREQ=SECONDLY;INTERVAL=30", "2026-05-04T12:10+02:00", "2026-05-04T10:10:30Z"),
    ],
)
def test_counted_from_the_day_it_was_done(rrule: str, done: str, expected: str) -> None:
    found = after_completion(rule(rrule), datetime.fromisoformat(done), ZoneInfo("UTC"))
    assert found.key == expected
    wall = datetime.fromisoformat(expected)
    assert found.at == (wall if wall.tzinfo else wall.replace(tzinfo=BERLIN)).astimezone(UTC)


def test_a_time_in_a_gap_rings_late() -> None:
    night = Rule(datetime(2026, 1, 1, 2, 30), "Europe/Berlin", rrule="FREQ=DAILY", repeat=Repeat.COMPLETION)
    found = after_completion(night, datetime(2027, 3, 27, 12, tzinfo=UTC), BERLIN)
    assert (found.key, found.at) == ("2027-03-28T02:30:00", datetime(2027, 3, 28, 1, 30, tzinfo=UTC))


def test_floating_counts_the_day_of_the_traveller() -> None:
    done = datetime(2026, 5, 4, 23, tzinfo=UTC)
    assert after_completion(rule("FREQ=DAILY", zone=None), done, ZoneInfo("Asia/Tokyo")).key == "2026-05-06T09:30:00"
    west = timezone(-timedelta(hours=5))
    assert after_completion(rule("FREQ=DAILY", zone=None), done, west).key == "2026-05-05T09:30:00"


@pytest.mark.parametrize(
    ("rrule", "key"), [("FREQ=DAILY;INTERVAL=2", "2026-05-06"), ("FREQ=HOURLY;INTERVAL=36", "2026-05-06")]
)
def test_a_whole_day(rrule: str, key: str) -> None:
    found = after_completion(rule(rrule, is_all_day=True), datetime(2026, 5, 4, 8, tzinfo=UTC), BERLIN)
    assert found.key == "2026-05-06"


@pytest.mark.parametrize("rrule", [f"FREQ={f};INTERVAL=99999999999" for f in ("YEARLY", "MONTHLY", "DAILY", "HOURLY")])
def test_beyond_the_calendar(rrule: str) -> None:
    with pytest.raises(InvalidRuleError, match="9999"):
        after_completion(rule(rrule), datetime(2026, 5, 4, tzinfo=UTC), BERLIN)


def test_without_a_rule_there_is_nothing_to_count() -> None:
    with pytest.raises(InvalidRuleError):
        after_completion(Rule(datetime(2026, 1, 1, 9)), datetime(2026, 5, 4, tzinfo=UTC), BERLIN)
