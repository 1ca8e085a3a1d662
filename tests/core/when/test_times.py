"""Times of day, alone and with a day; every table is asked on Wednesday 25 November 2026 at 10:00."""

from datetime import time

import pytest

CLOCKS = [
    ("12 noon", "Wed 2026-11-25 12:00"),
    ("12 midnight", "Thu 2026-11-26 00:00"),
    ("midnight tonight", "Thu 2026-11-26 00:00"),
    ("1500 hours", "Wed 2026-11-25 15:00"),
    ("around 5", "Wed 2026-11-25 17:00"),
    ("about 5pm", "Wed 2026-11-25 17:00"),
    ("23pm", "Wed 2026-11-25 23:00"),
    ("0:30am", "Thu 2026-11-26 00:30"),
    ("at 730", "Wed 2026-11-25 19:30"),
    ("730", "Wed 2026-11-25 19:30"),
    ("tomorrow at 730", "Thu 2026-11-26 07:30"),
    ("173000", "Wed 2026-11-25 17:30"),
    ("15:30.30", "Wed 2026-11-25 15:30:30"),
    ("5pm", "Wed 2026-11-25 17:00"),
    ("5 pm", "Wed 2026-11-25 17:00"),
    ("5 p.m.", "Wed 2026-11-25 17:00"),
    ("5P", "Wed 2026-11-25 17:00"),
    ("5:30p", "Wed 2026-11-25 17:30"),
    ("5:30pm", "Wed 2026-11-25 17:30"),
    ("5.30pm", "Wed 2026-11-25 17:30"),
    ("1730h", "Wed 2026-11-25 17:30"),
    ("17:00", "Wed 2026-11-25 17:00"),
    ("17:00:30", "Wed 2026-11-25 17:00:30"),
    ("at 17h", "Wed 2026-11-25 17:00"),
    ("1730", "Wed 2026-11-25 17:30"),
    ("9am", "Thu 2026-11-26 09:00"),
    ("12am", "Thu 2026-11-26 00:00"),
    ("12pm", "Wed 2026-11-25 12:00"),
    ("24:00", "Thu 2026-11-26 00:00"),
    ("noon", "Wed 2026-11-25 12:00"),
    ("midnight", "Thu 2026-11-26 00:00"),
    ("eod", "Wed 2026-11-25 23:59"),
    ("at 11.30", "Wed 2026-11-25 11:30"),
    ("half past 5", "Wed 2026-11-25 17:30"),
    ("half past nine", "Wed 2026-11-25 21:30"),
    ("quarter to 4", "Wed 2026-11-25 15:45"),
    ("10 past 2", "Wed 2026-11-25 14:10"),
    ("ten to five", "Wed 2026-11-25 16:50"),
    ("20 minutes past 8", "Wed 2026-11-25 20:20"),
    ("three pm", "Wed 2026-11-25 15:00"),
    ("3 o'clock pm", "Wed 2026-11-25 15:00"),
    ("at ten thirty", "Wed 2026-11-25 10:30"),
    ("half past three pm", "Wed 2026-11-25 15:30"),
    ("quarter past noon", "Wed 2026-11-25 12:15"),
]

HOURS = [
    ("at 5", "Wed 2026-11-25 17:00"),
    ("at 5 tomorrow", "Thu 2026-11-26 17:00"),
    ("at 9", "Wed 2026-11-25 21:00"),
    ("at 9 tomorrow", "Thu 2026-11-26 09:00"),
    ("at 11", "Wed 2026-11-25 11:00"),
    ("at 12", "Wed 2026-11-25 12:00"),
    ("at 13", "Wed 2026-11-25 13:00"),
    ("at 05", "Thu 2026-11-26 05:00"),
    ("5 o'clock", "Wed 2026-11-25 17:00"),
    ("3:30", "Wed 2026-11-25 15:30"),
    ("03:30", "Thu 2026-11-26 03:30"),
    ("9:00", "Thu 2026-11-26 09:00"),
    ("tomorrow at 3:30", "Thu 2026-11-26 15:30"),
]

PARTS = [
    ("tonight", "Wed 2026-11-25 19:00"),
    ("this evening", "Wed 2026-11-25 19:00"),
    ("in the morning", "Thu 2026-11-26 09:00"),
    ("in the evening", "Wed 2026-11-25 19:00"),
    ("in the afternoon", "Wed 2026-11-25 12:00"),
    ("tomorrow morning", "Thu 2026-11-26 09:00"),
    ("friday afternoon", "Fri 2026-11-27 12:00"),
    ("saturday night", "Sat 2026-11-28 21:00"),
    ("tomorrow am", "Thu 2026-11-26 09:00"),
    ("tomorrow pm", "Thu 2026-11-26 12:00"),
    ("7 in the evening", "Wed 2026-11-25 19:00"),
    ("at 7 tonight", "Wed 2026-11-25 19:00"),
    ("tonight at 8", "Wed 2026-11-25 20:00"),
    ("tonight at midnight", "Thu 2026-11-26 00:00"),
    ("11 at night", "Wed 2026-11-25 23:00"),
    ("tomorrow evening at 7", "Thu 2026-11-26 19:00"),
    ("friday evening at 6:45", "Fri 2026-11-27 18:45"),
    ("tomorrow morning at 5:30", "Thu 2026-11-26 05:30"),
    ("12 in the morning", "Thu 2026-11-26 00:00"),
    ("tomorrow at noon", "Thu 2026-11-26 12:00"),
    ("noon on friday", "Fri 2026-11-27 12:00"),
    ("friday at midnight", "Sat 2026-11-28 00:00"),
    ("eod friday", "Fri 2026-11-27 23:59"),
    ("tomorrow eod", "Thu 2026-11-26 23:59"),
    ("lunch tomorrow", "Thu 2026-11-26 12:00"),
    ("late in the evening", "Wed 2026-11-25 19:00"),
]

TOGETHER = [
    ("end of business friday", "Fri 2026-11-27 23:59"),
    ("jan 5 1800", "Tue 2027-01-05 18:00"),
    ("28 nov 1430", "Sat 2026-11-28 14:30"),
    ("tonight at 1am", "Thu 2026-11-26 01:00"),
    ("friday night at 2:30", "Sat 2026-11-28 02:30"),
    ("3 hours before noon", "Thu 2026-11-26 09:00"),
    ("fri 17h30", "Fri 2026-11-27 17:30"),
    ("tomorrow at 12 noon", "Thu 2026-11-26 12:00"),
    ("first thing tomorrow", "Thu 2026-11-26 09:00"),
    ("first thing in the morning", "Thu 2026-11-26 09:00"),
    ("0900 tomorrow", "Thu 2026-11-26 09:00"),
    ("early friday morning", "Fri 2026-11-27 09:00"),
    ("28nov2026 15:00", "Sat 2026-11-28 15:00"),
    ("tomorrow 5pm", "Thu 2026-11-26 17:00"),
    ("5pm tomorrow", "Thu 2026-11-26 17:00"),
    ("tomorrow at 5pm", "Thu 2026-11-26 17:00"),
    ("tomorrow, 5pm", "Thu 2026-11-26 17:00"),
    ("tomorrow @ 5pm", "Thu 2026-11-26 17:00"),
    ("friday 17:00", "Fri 2026-11-27 17:00"),
    ("17:00 on friday", "Fri 2026-11-27 17:00"),
    ("next friday at 3:30pm", "Fri 2026-12-04 15:30"),
    ("5pm on march 5", "Fri 2027-03-05 17:00"),
    ("march 5 at 5pm", "Fri 2027-03-05 17:00"),
    ("5 march 2027, 17:00", "Fri 2027-03-05 17:00"),
    ("thursday the 26th at 5pm", "Thu 2026-11-26 17:00"),
    ("the 31st at noon", "Thu 2026-12-31 12:00"),
    ("2026-12-01 17:00", "Tue 2026-12-01 17:00"),
    ("2026-12-01T17:00", "Tue 2026-12-01 17:00"),
    ("2026-12-01T17:00:30", "Tue 2026-12-01 17:00:30"),
    ("20261201T1700", "Tue 2026-12-01 17:00"),
    ("27.11. 9:00", "Fri 2026-11-27 09:00"),
    ("tue dec 1 17:00:30 2026", "Tue 2026-12-01 17:00:30"),
    ("wednesday at 11", "Wed 2026-11-25 11:00"),
    ("wednesday at 9", "Wed 2026-12-02 09:00"),
    ("the day after tomorrow at 9am", "Fri 2026-11-27 09:00"),
    ("monday 1730", "Mon 2026-11-30 17:30"),
    ("eom 5pm", "Mon 2026-11-30 17:00"),
    ("in 3 days at 5pm", "Sat 2026-11-28 17:00"),
    ("5pm in two weeks", "Wed 2026-12-09 17:00"),
    ("2 hours before tomorrow 5pm", "Thu 2026-11-26 15:00"),
    ("5 hours after noon", "Wed 2026-11-25 17:00"),
    ("an hour before friday", "Thu 2026-11-26 23:00"),
    ("friday 27 at 4", "Fri 2026-11-27 16:00"),
    ("on saturday for 9am", "Sat 2026-11-28 09:00"),
    ("20261201T0900", "Tue 2026-12-01 09:00"),
]


@pytest.mark.parametrize(("phrase", "meant"), CLOCKS + HOURS + PARTS + TOGETHER)
def test_a_time_is_understood(says, phrase: str, meant: str) -> None:
    """A wall time without a zone floats."""
    assert says(phrase) == meant


@pytest.mark.parametrize(
    ("phrase", "asked", "meant"),
    [
        ("8am", "2026-11-25 07:59", "Wed 2026-11-25 08:00"),
        ("8am", "2026-11-25 08:00", "Thu 2026-11-26 08:00"),  # a time that has passed is tomorrow's
        ("at 8", "2026-11-25 07:00", "Wed 2026-11-25 08:00"),
        ("at 8", "2026-11-25 12:00", "Wed 2026-11-25 20:00"),
        ("at 8", "2026-11-25 21:00", "Thu 2026-11-26 08:00"),
        ("at 4", "2026-11-25 17:00", "Thu 2026-11-26 16:00"),
        ("half past nine", "2026-11-25 12:00", "Wed 2026-11-25 21:30"),
        ("midnight", "2026-11-25 00:30", "Thu 2026-11-26 00:00"),
        ("this afternoon", "2026-11-25 14:20", "Wed 2026-11-25 15:00"),  # it has begun: the next whole hour
        ("evening", "2026-11-25 20:10", "Wed 2026-11-25 21:00"),
        ("in the afternoon", "2026-11-25 14:20", "Thu 2026-11-26 12:00"),
        ("sunday morning", "2026-11-29 20:00", "Sun 2026-12-06 09:00"),
        ("feb 29 at 9am", "2028-02-29 08:00", "Tue 2028-02-29 09:00"),
        ("feb 29 at 9am", "2028-02-29 10:00", "Sun 2032-02-29 09:00"),
    ],
)
def test_a_time_depends_on_the_time_of_asking(says, phrase: str, asked: str, meant: str) -> None:
    """A time is always still to come."""
    assert says(phrase, asked) == meant


def test_the_parts_of_the_day_are_settings(says) -> None:
    """Morning is when one gets up."""
    assert says("tomorrow morning", morning=time(6, 30)) == "Thu 2026-11-26 06:30"
    assert says("at 6", "2026-11-25 20:00", waking_from=5) == "Thu 2026-11-26 18:00"


@pytest.mark.parametrize(
    ("phrase", "asked", "note"),
    [
        ("tomorrow at 2:30am", "2026-03-28 12:00", "02:30 is skipped that night: 03:30"),
        ("tomorrow at 2:30am", "2026-10-24 12:00", "02:30 comes twice that night: the first"),
        ("at 5", "2026-11-25 10:00", "5 is read as 17:00"),
        ("at 9", "2026-11-25 10:00", "read as 21:00"),
        ("next friday", "2026-11-25 10:00", "next Fri is the one of next week, 4 Dec"),
        ("9am CET", "2026-11-25 10:00", "CET is read as the clocks of Europe/Berlin"),
        ("in a couple of days", "2026-11-25 10:00", '"couple" is taken as 2'),
        ("2020-01-01", "2026-11-25 10:00", "this day is past"),
        ("2nd tue", "2026-11-25 10:00", "of this month, or of the next"),
    ],
)
def test_what_was_decided_is_noted(means, phrase: str, asked: str, note: str) -> None:
    """The echo can show what the words left open."""
    assert note in means(phrase, asked).notes
