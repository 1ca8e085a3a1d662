"""Spans from now, and times of other zones: these do not float."""

import pytest

from remindcli.core.when import parse_span
from remindcli.errors import UnreadableTimeError

INSTANTS = [
    ("in 1 1/2 hours", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("within the next 2 hours", "Wed 2026-11-25 12:00 Europe/Berlin"),
    ("in a hundred minutes", "Wed 2026-11-25 11:40 Europe/Berlin"),
    ("in PT1.5H", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("in 3h", "Wed 2026-11-25 13:00 Europe/Berlin"),
    ("in 3 hours", "Wed 2026-11-25 13:00 Europe/Berlin"),
    ("3 hours from now", "Wed 2026-11-25 13:00 Europe/Berlin"),
    ("2h", "Wed 2026-11-25 12:00 Europe/Berlin"),
    ("90m", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("1h30", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("1h30m", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("PT90M", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("P1DT2H", "Thu 2026-11-26 12:00 Europe/Berlin"),
    ("in an hour", "Wed 2026-11-25 11:00 Europe/Berlin"),
    ("in half an hour", "Wed 2026-11-25 10:30 Europe/Berlin"),
    ("in an hour and a half", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("in one and a half hours", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("in 1.5 hours", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("in a quarter of an hour", "Wed 2026-11-25 10:15 Europe/Berlin"),
    ("in three quarters of an hour", "Wed 2026-11-25 10:45 Europe/Berlin"),
    ("in 1 hour and 30 minutes", "Wed 2026-11-25 11:30 Europe/Berlin"),
    ("in 1 hour, 30 minutes, and 10 seconds", "Wed 2026-11-25 11:30:10 Europe/Berlin"),
    ("in 3s", "Wed 2026-11-25 10:00:03 Europe/Berlin"),
    ("in 24 hours", "Thu 2026-11-26 10:00 Europe/Berlin"),
    ("in 2 days and 3 hours", "Fri 2026-11-27 13:00 Europe/Berlin"),
    ("in a few minutes", "Wed 2026-11-25 10:03 Europe/Berlin"),
    ("within 10 minutes", "Wed 2026-11-25 10:10 Europe/Berlin"),
    ("after an hour", "Wed 2026-11-25 11:00 Europe/Berlin"),
    ("10 min later", "Wed 2026-11-25 10:10 Europe/Berlin"),
    ("+15min", "Wed 2026-11-25 10:15 Europe/Berlin"),
    ("next hour", "Wed 2026-11-25 11:00 Europe/Berlin"),
    ("now", "Wed 2026-11-25 10:00 Europe/Berlin"),
    ("now + 2h", "Wed 2026-11-25 12:00 Europe/Berlin"),
    ("now+2weeks", "Wed 2026-12-09 10:00 Europe/Berlin"),
    ("in 1/2 h", "Wed 2026-11-25 10:30 Europe/Berlin"),
    ("in 3/4 hour", "Wed 2026-11-25 10:45 Europe/Berlin"),
    ("in 2 more minutes", "Wed 2026-11-25 10:02 Europe/Berlin"),
]

ZONES = [
    ("9am CET", "Thu 2026-11-26 09:00 Europe/Berlin"),
    ("9:00 UTC+5:30", "Thu 2026-11-26 03:30 UTC"),
    ("2 hours before 17:00 europe/berlin", "Wed 2026-11-25 15:00 Europe/Berlin"),
    ("9am utc", "Thu 2026-11-26 09:00 UTC"),
    ("17:00 Europe/Berlin", "Wed 2026-11-25 17:00 Europe/Berlin"),
    ("17:00 america/new_york", "Wed 2026-11-25 17:00 America/New_York"),
    ("tomorrow 9am EST", "Thu 2026-11-26 09:00 America/New_York"),
    ("2026-12-01T09:00Z", "Tue 2026-12-01 09:00 UTC"),
    ("2026-12-01 09:00 +02:00", "Tue 2026-12-01 09:00 Etc/GMT-2"),
    ("2026-12-01T09:00+05:30", "Tue 2026-12-01 03:30 UTC"),
    ("2026-12-01 09:00 UTC+2", "Tue 2026-12-01 09:00 Etc/GMT-2"),
    ("17:00 UTC-11", "Wed 2026-11-25 17:00 Etc/GMT+11"),
]


@pytest.mark.parametrize(("phrase", "meant"), INSTANTS + ZONES)
def test_an_instant_keeps_its_zone(says, phrase: str, meant: str) -> None:
    """A span from now is an instant, in the zone of the place; a named zone stays."""
    assert says(phrase) == meant


@pytest.mark.parametrize(
    ("phrase", "asked", "meant"),
    [
        ("in 1 hour", "2026-03-29 01:30", "Sun 2026-03-29 03:30 Europe/Berlin"),  # the clocks go forward
        ("in 2 hours", "2026-10-25 01:30", "Sun 2026-10-25 01:30 UTC"),  # 02:30 comes twice: this is the second
        ("in 1 day and 1 hour", "2026-03-28 10:00", "Sun 2026-03-29 11:00 Europe/Berlin"),  # a day by the calendar
        ("in 24 hours", "2026-03-28 10:00", "Sun 2026-03-29 11:00 Europe/Berlin"),  # hours by the clock
    ],
)
def test_hours_are_real_and_days_are_of_the_calendar(says, phrase: str, asked: str, meant: str) -> None:
    """An hour is sixty minutes, also on the night the clocks change."""
    assert says(phrase, asked) == meant


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20m", 1200), ("90 min", 5400), ("1h30", 5400), ("1h30m", 5400), ("2 days", 172800), ("P1DT2H", 93600),
        ("PT15M", 900), ("an hour and a half", 5400), ("half an hour", 1800), ("two and a half weeks", 1512000),
        ("a fortnight", 1209600), ("fortnight", 1209600), ("1.5h", 5400), ("1 day, 2 hours and 3 minutes", 93780),
        ("45s", 45), ("0 days", 0), ("a couple of hours", 7200), ("twenty-one days", 1814400), ("for 2 weeks", 1209600),
    ],
)  # fmt: skip
def test_a_length_of_time_is_understood(text: str, seconds: float) -> None:
    """Spans are for snoozing, alerts and nagging."""
    assert parse_span(text).total_seconds() == seconds


@pytest.mark.parametrize(
    "text",
    ["", "soon", "5", "m", "1 month", "P1Y", "3 business days", "20m tomorrow", "1h 1h", "9" * 400 + "d", "20\x00m"],
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    """A month has no one length; two of the same unit are a slip."""
    with pytest.raises(UnreadableTimeError) as refused:
        parse_span(text)
    assert refused.value.hint
