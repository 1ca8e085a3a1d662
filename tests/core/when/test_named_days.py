"""Days that have a name; asked on Wednesday 25 November 2026."""

from datetime import date, timedelta

import pytest
from dateutil.easter import easter as dateutil_easter

from remindcli.core.when.named import easter
from remindcli.errors import UnreadableTimeError

DAYS = [
    ("cyber monday 2027", "Mon 2027-11-29"),
    ("christmas", "Fri 2026-12-25"),
    ("halloween 2030", "Thu 2030-10-31"),
    ("all saints day", "Mon 2027-11-01"),
    ("may day", "Sat 2027-05-01"),
    ("april fools' day", "Thu 2027-04-01"),
    ("st. patrick's day", "Wed 2027-03-17"),
    ("easter", "Sun 2027-03-28"),
    ("easter 2028", "Sun 2028-04-16"),
    ("easter next year", "Sun 2027-03-28"),
    ("good friday", "Fri 2027-03-26"),
    ("easter monday at 9", "Mon 2027-03-29 09:00"),
    ("ascension day", "Thu 2027-05-06"),
    ("2 weeks before easter", "Sun 2027-03-14"),
    ("thanksgiving", "Thu 2026-11-26"),
    ("thanksgiving 2027 at noon", "Thu 2027-11-25 12:00"),
    ("the day after thanksgiving", "Fri 2026-11-27"),
    ("black friday at 8", "Fri 2026-11-27 08:00"),
    ("cyber monday", "Mon 2026-11-30"),
    ("canadian thanksgiving", "Mon 2027-10-11"),
    ("memorial day", "Mon 2027-05-31"),
    ("mother's day", "Sun 2027-05-09"),
    ("every thanksgiving", "Thu 2026-11-26 FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"),
    ("every halloween at 6pm", "Sun 2027-10-31 18:00 FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=31"),
]


@pytest.mark.parametrize(("phrase", "meant"), DAYS)
def test_a_named_day_is_computed(says, phrase: str, meant: str) -> None:
    assert says(phrase) == meant


def test_a_day_that_countries_keep_apart_is_noted(means) -> None:
    assert "thanksgiving is read as the one of the United States" in means("thanksgiving").notes


def test_the_settings_say_otherwise(says) -> None:
    assert says("thanksgiving", named_days={"thanksgiving": (10, 4)}) == "Mon 2027-10-04"


@pytest.mark.parametrize("phrase", ["every easter", "easter march 5", "easter thanksgiving", "easter next month"])
def test_two_days_or_a_rule_of_easter_are_refused(means, phrase: str) -> None:
    with pytest.raises(UnreadableTimeError):
        means(phrase)


def test_easter_is_the_one_of_the_tables() -> None:
    """dateutil computes it another way (Oudin's); the earliest and the latest are 22 March and 25 April."""
    days = [easter(year) for year in range(1583, 4100)]
    assert days == [dateutil_easter(year) for year in range(1583, 4100)]
    assert {day.weekday() for day in days} == {6}
    assert all(date(day.year, 3, 22) <= day < date(day.year, 4, 25) + timedelta(1) for day in days)
