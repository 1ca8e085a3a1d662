"""A range is its start, with a note of what is left out; asked on Wednesday 25 November 2026 at 10:00."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.when import read_sentence
from remindcli.errors import UnreadableTimeError

STARTS = [
    ("march 5 to march 8", "Fri 2027-03-05", "8 Mar 2027"),
    ("march 5 through march 8", "Fri 2027-03-05", "8 Mar 2027"),
    ("from march 5 to march 8", "Fri 2027-03-05", "8 Mar 2027"),
    ("dec 28 - jan 4", "Mon 2026-12-28", "4 Jan 2027"),
    ("dec 28 to jan 4 2028", "Tue 2027-12-28", "4 Jan 2028"),
    ("4th of june thru 8th of june 2028", "Sun 2028-06-04", "8 Jun 2028"),
    ("march 5th-8th", "Fri 2027-03-05", "8th"),
    ("march 5 to 8", "Fri 2027-03-05", "8"),
    ("march 5-8", "Fri 2027-03-05", "8"),
    ("5 to 8 march 2027", "Fri 2027-03-05", "8"),
    ("the 5th through the 8th of march", "Fri 2027-03-05", "8 Mar 2027"),
    ("the 5th to the 8th", "Sat 2026-12-05", "8 Dec 2026"),
    ("5th - 8th of march", "Fri 2027-03-05", "8th"),
    ("tomorrow 3pm to 4pm", "Thu 2026-11-26 15:00", "16:00"),
    ("tomorrow 3-4pm", "Thu 2026-11-26 15:00", "16:00"),
    ("tomorrow 11 to 1pm", "Thu 2026-11-26 11:00", "13:00"),
    ("friday from 9 to 5pm", "Fri 2026-11-27 09:00", "17:00"),
    ("dec 5 10pm - 1am", "Sat 2026-12-05 22:00", "01:00"),
    ("tomorrow for 2 hours", "Thu 2026-11-26", "its length"),
    ("friday at 3pm for 90 minutes", "Fri 2026-11-27 15:00", "its length"),
]


@pytest.mark.parametrize(("phrase", "meant", "left_out"), STARTS)
def test_a_range_is_its_start(says, means, phrase: str, meant: str, left_out: str) -> None:
    assert says(phrase) == meant
    assert any(left_out in note and "is left out" in note for note in means(phrase).notes)


@pytest.mark.parametrize(
    "phrase",
    [
        "march 8 to march 5",
        "march 8th-5th",
        "march to may",
        "march 7-28",
        "this week to next week",
        "jan 5 to 3pm",
        "from 5 to 4pm",
        "tomorrow 9:00-10:00",
        "dec 24 to dec 26 every year",
        "1st to 5th of every month",
        "tomorrow until friday",
        "to friday",
        "every march 5 to 8",
        "friday to nowhere",
        "4pm to",
    ],
)
def test_what_is_no_range_is_refused(means, phrase: str) -> None:
    with pytest.raises(UnreadableTimeError):
        means(phrase)


def test_a_dash_before_a_time_is_no_range(says) -> None:
    assert says("march 5 - 9am") == "Fri 2027-03-05 09:00"


@pytest.mark.parametrize(
    "sentence",
    [
        "book hotel march 5 to march 8",
        "dentist tomorrow 3-4pm",
        "party dec 31 10pm - 1am",
        "study tomorrow for 2 hours",
    ],
)
def test_in_a_sentence_a_range_stays_text_with_a_hint(sentence: str) -> None:
    """The title would lose its end."""
    zone = ZoneInfo("Europe/Berlin")
    reading = read_sentence(sentence, now=datetime(2026, 11, 25, 10, tzinfo=zone), zone=zone)
    assert (reading.title, reading.when) == (sentence, None)
    assert "is read as text" in reading.hint
