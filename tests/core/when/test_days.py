"""Days as people write them; every table is asked on Wednesday 25 November 2026."""

import pytest

DAYS = [
    ("today", "Wed 2026-11-25"),
    ("tomorrow", "Thu 2026-11-26"),
    ("tmrw", "Thu 2026-11-26"),
    ("the day after tomorrow", "Fri 2026-11-27"),
    ("2 days after tomorrow", "Sat 2026-11-28"),
    ("friday", "Fri 2026-11-27"),
    ("on fri", "Fri 2026-11-27"),
    ("by friday", "Fri 2026-11-27"),
    ("due by friday", "Fri 2026-11-27"),
    ("no later than friday", "Fri 2026-11-27"),
    ("wednesday", "Wed 2026-12-02"),
    ("this friday", "Fri 2026-11-27"),
    ("coming friday", "Fri 2026-11-27"),
    ("next friday", "Fri 2026-12-04"),
    ("next wednesday", "Wed 2026-12-02"),
    ("friday next week", "Fri 2026-12-04"),
    ("friday of next week", "Fri 2026-12-04"),
    ("wednesday of this week", "Wed 2026-11-25"),
    ("next working day", "Thu 2026-11-26"),
    ("this weekend", "Sat 2026-11-28"),
    ("next weekend", "Sat 2026-12-05"),
    ("friday week", "Fri 2026-12-04"),
    ("tomorrow week", "Thu 2026-12-03"),
    ("friday week at 5pm", "Fri 2026-12-04 17:00"),
    ("friday 5pm + 10 days", "Mon 2026-12-07 17:00"),
]

CALENDAR = [
    ("28-nov-2026", "Sat 2026-11-28"),
    ("nov-28-2026", "Sat 2026-11-28"),
    ("28nov2026", "Sat 2026-11-28"),
    ("25-12-26", "Fri 2026-12-25"),
    ("<2026-11-28 Sat>", "Sat 2026-11-28"),
    ("nye", "Thu 2026-12-31"),
    ("week 3 of 2027", "Mon 2027-01-18"),
    ("march 5", "Fri 2027-03-05"),
    ("5 march", "Fri 2027-03-05"),
    ("5th of march", "Fri 2027-03-05"),
    ("the 5th of march", "Fri 2027-03-05"),
    ("march the fifth", "Fri 2027-03-05"),
    ("fifth of march", "Fri 2027-03-05"),
    ("mar. 5", "Fri 2027-03-05"),
    ("5-mar", "Fri 2027-03-05"),
    ("5mar", "Fri 2027-03-05"),
    ("march 5 2027", "Fri 2027-03-05"),
    ("march 5th, 2027", "Fri 2027-03-05"),
    ("5 march 27", "Fri 2027-03-05"),
    ("mar-5-27", "Fri 2027-03-05"),
    ("5-mar-27", "Fri 2027-03-05"),
    ("2027 march 5", "Fri 2027-03-05"),
    ("thursday 26 november", "Thu 2026-11-26"),
    ("thu, nov 26th", "Thu 2026-11-26"),
    ("the 31st", "Thu 2026-12-31"),
    ("31st", "Thu 2026-12-31"),
    ("the 15th", "Tue 2026-12-15"),
    ("on the twenty-fifth", "Wed 2026-11-25"),
    ("feb 29", "Tue 2028-02-29"),
    ("29 feb 2028", "Tue 2028-02-29"),
    ("25 november", "Wed 2026-11-25"),
    ("24 november", "Wed 2027-11-24"),
    ("christmas eve", "Thu 2026-12-24"),
    ("new year's eve", "Thu 2026-12-31"),
    ("2026-12-01", "Tue 2026-12-01"),
    ("2026/12/1", "Tue 2026-12-01"),
    ("2026.12.01", "Tue 2026-12-01"),
    ("13/4", "Tue 2027-04-13"),
    ("2026-12-01T09:00-10:00", "Tue 2026-12-01 09:00 Etc/GMT+10"),
    ("dec 1 17:00 -05:00", "Tue 2026-12-01 17:00 Etc/GMT+5"),
    ("9 aug 96", "Fri 1996-08-09"),
    ("november 10th in two years", "Fri 2028-11-10"),
    ("the 5th in 2 months", "Tue 2027-01-05"),
    ("march/5/2027", "Fri 2027-03-05"),
    ("05/mar/2027:06:36:02", "Fri 2027-03-05 06:36:02"),
    ("12/25/2026:14:15", "Fri 2026-12-25 14:15"),
    ("5 march 2570 BE", "Fri 2027-03-05"),
    ("4/13", "Tue 2027-04-13"),
    ("2/2", "Tue 2027-02-02"),
    ("25.12.", "Fri 2026-12-25"),
    ("25.12.2026", "Fri 2026-12-25"),
    ("20261201", "Tue 2026-12-01"),
    ("2026-W50", "Mon 2026-12-07"),
    ("2026-W50-3", "Wed 2026-12-09"),
    ("2026w503", "Wed 2026-12-09"),
    ("2026-335", "Tue 2026-12-01"),
    ("2026-13-01", "Tue 2026-01-13"),
    ("nov 2027", "Mon 2027-11-01"),
    ("march", "Mon 2027-03-01"),
    ("in march", "Mon 2027-03-01"),
    ("this november", "Wed 2026-11-25"),
    ("2027-03", "Mon 2027-03-01"),
    ("3/2027", "Mon 2027-03-01"),
    ("q2", "Thu 2027-04-01"),
    ("q1 2027", "Fri 2027-01-01"),
    ("feb13", "Sat 2027-02-13"),
    ("wed, dec2", "Wed 2026-12-02"),
    ("friday 27", "Fri 2026-11-27"),
    ("october of 2027", "Fri 2027-10-01"),
    ("third quarter", "Thu 2027-07-01"),
    ("4th quarter 2027", "Fri 2027-10-01"),
]

PERIODS = [
    ("mid month", "Tue 2026-12-15"),
    ("beginning of the month", "Tue 2026-12-01"),
    ("end of 2027", "Fri 2027-12-31"),
    ("early 2027", "Fri 2027-01-01"),
    ("1st of the month", "Tue 2026-12-01"),
    ("the 28th of the month", "Sat 2026-11-28"),
    ("first monday of the month", "Mon 2026-12-07"),
    ("last friday of the month", "Fri 2026-11-27"),
    ("the week after next", "Mon 2026-12-07"),
    ("month after next", "Fri 2027-01-01"),
    ("month end", "Mon 2026-11-30"),
    ("over the weekend", "Sat 2026-11-28"),
    ("this week", "Sun 2026-11-29"),
    ("next week", "Mon 2026-11-30"),
    ("this month", "Mon 2026-11-30"),
    ("next month", "Tue 2026-12-01"),
    ("next quarter", "Fri 2027-01-01"),
    ("next year", "Fri 2027-01-01"),
    ("eow", "Sun 2026-11-29"),
    ("eom", "Mon 2026-11-30"),
    ("eoq", "Thu 2026-12-31"),
    ("eoy", "Thu 2026-12-31"),
    ("eonm", "Thu 2026-12-31"),
    ("sonw", "Mon 2026-11-30"),
    ("eoww", "Fri 2026-11-27"),
    ("end of month", "Mon 2026-11-30"),
    ("end of the month", "Mon 2026-11-30"),
    ("end of next month", "Thu 2026-12-31"),
    ("end of march", "Wed 2027-03-31"),
    ("beginning of may", "Sat 2027-05-01"),
    ("mid january", "Fri 2027-01-15"),
    ("end of q2", "Wed 2027-06-30"),
    ("end of the year", "Thu 2026-12-31"),
    ("first day of next month", "Tue 2026-12-01"),
    ("the 15th of next month", "Tue 2026-12-15"),
    ("last day of february", "Sun 2027-02-28"),
    ("3rd friday of january", "Fri 2027-01-15"),
    ("last friday of march", "Fri 2027-03-26"),
    ("2nd to last friday of may", "Fri 2027-05-21"),
    ("third thursday in november", "Thu 2027-11-18"),
    ("first working day of next month", "Tue 2026-12-01"),
    ("2nd tue", "Tue 2026-12-08"),
    ("40th day of 2027", "Tue 2027-02-09"),
    ("2nd tue of next month", "Tue 2026-12-08"),
    ("monday in 2 weeks", "Mon 2026-12-07"),
    ("early march", "Mon 2027-03-01"),
    ("late march", "Wed 2027-03-31"),
    ("20 of next month", "Sun 2026-12-20"),
    ("this week-end", "Sat 2026-11-28"),
]

COUNTED = [
    ("the friday before christmas", "Fri 2026-12-18"),
    ("the monday after easter", "Mon 2027-03-29"),
    ("second friday after jan 1 at 9", "Fri 2027-01-15 09:00"),
    ("monday before friday", "Mon 2026-11-30"),
    ("the day after next", "Fri 2026-11-27"),
    ("a week today", "Wed 2026-12-02"),
    ("two weeks on friday", "Fri 2026-12-11"),
    ("tuesday fortnight", "Tue 2026-12-15"),
    ("2 days before thursday", "Tue 2026-12-01"),
    ("5 days before thanksgiving", "Sat 2027-11-20"),
    ("5 days before thanksgiving at 3pm", "Sat 2027-11-20 15:00"),
    ("in 3 days", "Sat 2026-11-28"),
    ("in a week", "Wed 2026-12-02"),
    ("in two weeks", "Wed 2026-12-09"),
    ("in a fortnight", "Wed 2026-12-09"),
    ("in 1 month", "Fri 2026-12-25"),
    ("in a year and a half", "Thu 2028-05-25"),
    ("in 3 business days", "Mon 2026-11-30"),
    ("in a couple of days", "Fri 2026-11-27"),
    ("3 weeks from now", "Wed 2026-12-16"),
    ("2 days later", "Fri 2026-11-27"),
    ("2 weeks hence", "Wed 2026-12-09"),
    ("in 6 weeks' time", "Wed 2027-01-06"),
    ("+3d", "Sat 2026-11-28"),
    ("2w", "Wed 2026-12-09"),
    ("a week from tomorrow", "Thu 2026-12-03"),
    ("two weeks from friday", "Fri 2026-12-11"),
    ("3 days before christmas", "Tue 2026-12-22"),
    ("the day before christmas", "Thu 2026-12-24"),
    ("a month after march 31", "Fri 2027-04-30"),
    ("friday + 10 days", "Mon 2026-12-07"),
    ("2026-12-29 -10 days", "Sat 2026-12-19"),
    ("2 weekends from now", "Sat 2026-12-05"),
    ("3 fridays from now", "Fri 2026-12-11"),
]


@pytest.mark.parametrize(("phrase", "meant"), DAYS + CALENDAR + PERIODS + COUNTED)
def test_a_day_is_understood(says, phrase: str, meant: str) -> None:
    """A day alone is an all-day time."""
    assert says(phrase) == meant


@pytest.mark.parametrize(
    ("phrase", "asked", "meant"),
    [
        ("a week on friday", "2026-11-28T10:00", "Fri 2026-12-11"),
        ("monday + 9h", "2026-11-30T12:00", "Mon 2026-12-07 09:00"),
        ("in a week on friday", "2026-11-28T10:00", "Fri 2026-12-04"),
        ("friday", "2026-11-27 10:00", "Fri 2026-12-04"),  # said on a Friday: the next one
        ("this friday", "2026-11-27 10:00", "Fri 2026-11-27"),
        ("next friday", "2026-11-27 10:00", "Fri 2026-12-04"),
        ("next friday", "2026-11-28 10:00", "Fri 2026-12-04"),  # this week's is past
        ("next monday", "2026-11-29 10:00", "Mon 2026-11-30"),
        ("weekend", "2026-11-29 10:00", "Sun 2026-11-29"),
        ("tomorrow", "2027-02-28 23:59", "Mon 2027-03-01"),
        ("the 31st", "2027-02-01 10:00", "Wed 2027-03-31"),  # a month without it is passed over
        ("in 1 month", "2027-01-31 10:00", "Sun 2027-02-28"),
        ("in 1 year", "2028-02-29 10:00", "Wed 2029-02-28"),
        ("eom", "2028-02-10 10:00", "Tue 2028-02-29"),
        ("next month", "2026-12-31 10:00", "Fri 2027-01-01"),
        ("may", "2027-05-10 10:00", "Mon 2027-05-10"),  # it has begun
        ("next may", "2027-05-10 10:00", "Mon 2028-05-01"),
        ("1 june", "2027-06-01 10:00", "Tue 2027-06-01"),
        ("friday of week 53", "2026-11-25 10:00", "Fri 2027-01-01"),  # 2026 has 53 ISO weeks
    ],
)
def test_a_day_depends_on_the_day_of_asking(says, phrase: str, asked: str, meant: str) -> None:
    """A day that has passed is the next such day."""
    assert says(phrase, asked) == meant


@pytest.mark.parametrize(
    ("phrase", "order", "meant"),
    [
        ("3/4/2027", "mdy", "Thu 2027-03-04"),
        ("3/4/2027", "dmy", "Sat 2027-04-03"),
        ("3/4", "mdy", "Thu 2027-03-04"),
        ("5.3.", "dmy", "Fri 2027-03-05"),
        ("5.3.2027", "dmy", "Fri 2027-03-05"),
        ("25/12", "mdy", "Fri 2026-12-25"),  # only one order is a date
        ("thursday 3/4/2027", None, "Thu 2027-03-04"),  # the weekday tells
        ("saturday 3/4/2027", None, "Sat 2027-04-03"),
    ],
)
def test_the_order_of_day_and_month_is_a_setting(says, phrase: str, order: str | None, meant: str) -> None:
    """Digits alone do not say it."""
    assert says(phrase, date_order=order) == meant


def test_the_first_day_of_the_week_is_a_setting(says) -> None:
    """Next week begins on Sunday for some."""
    assert says("next week", week_start=6) == "Sun 2026-11-29"
    assert says("eow", week_start=6) == "Sat 2026-11-28"


def test_days_can_be_named_in_the_settings(says) -> None:
    """A family has its own holidays."""
    assert says("anna's birthday at 8", named_days={"annas birthday": (3, 14)}) == "Sun 2027-03-14 08:00"
