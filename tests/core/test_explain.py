"""Times in words: what is said is what is read back."""

import os
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from remindcli.core.explain import explain, habit, moment, ordinal, relative
from remindcli.core.recurrence import canonical
from remindcli.core.rule import Repeat, Rule
from remindcli.core.when import When, parse
from remindcli.errors import RemindError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=BERLIN)  # a Wednesday
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "300"))

SAID = [
    ("tomorrow", "Thu 26 Nov"),
    ("tomorrow 5pm", "Thu 26 Nov at 17:00"),
    ("17:00:30", "Wed 25 Nov at 17:00:30"),
    ("in 3h", "Wed 25 Nov at 13:00 Europe/Berlin"),
    ("2026-12-01 09:00 UTC", "Tue 1 Dec at 09:00 UTC"),
    ("5 march 2028", "Sun 5 Mar 2028"),
    ("2020-01-01", "Wed 1 Jan 2020"),
    ("every day", "every day"),
    ("every weekday at 8", "every weekday at 08:00"),
    ("every mon, wed, fri 7am", "every Mon, Wed and Fri at 07:00"),
    ("every other tuesday", "every 2 weeks on Tue"),
    ("every month on the 31st 9am", "every month on the 31st (last day of short months) at 09:00"),
    ("every month strictly on the 31st", "every month strictly on the 31st"),
    ("every 15th and last day", "every month on the 15th and last day"),
    ("every 3rd friday", "every month on the 3rd Fri"),
    ("every last workday", "every month on the last working day"),
    ("every 2nd to last fri of the month", "every month on the 2nd last Fri"),
    ("every march 5", "every year on the 5th of Mar"),
    ("every year on feb 29", "every year on 29 Feb (last day of short months)"),
    ("every leap day", "every leap day"),
    ("every fourth thursday in november", "every year on the 4th Thu of Nov"),
    ("every fri in week 12", "every year on Fri in week 12"),
    ("every day at 8 and 20", "every day at 08:00 and 20:00"),
    ("every hour from 9 to 17 on weekdays", "every hour from 09:00 to 17:00 on weekdays"),
    ("every 30 min from 9:00 to 16:30", "every 30 minutes from 09:00 to 16:30"),
    ("every 90 minutes", "every 90 minutes"),
    ("every! 3 days", "every! 3 days"),
    ("every day until friday", "every day until Fri 27 Nov 2026"),
    ("every friday 5 times", "every Fri 5 times"),
    ("every 2 weeks from dec 1", "every 2 weeks from Tue 1 Dec 2026"),
    ("every day at 9am CET", "every day at 09:00 Europe/Berlin"),
    ("RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2", "DTSTART;VALUE=DATE:20261125 RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2"),
]


@pytest.mark.parametrize(("phrase", "said"), SAID)
def test_a_time_is_said_in_words(phrase: str, said: str) -> None:
    """As a person would, and so that it reads back."""
    when = parse(phrase, now=NOW, zone=BERLIN)
    assert explain(when, now=NOW, zone=BERLIN) == said
    assert parse(said, now=NOW, zone=BERLIN) == when


def test_a_rule_with_dates_of_its_own_is_said_as_rfc_5545() -> None:
    """Words have no place for exceptions."""
    at = datetime(2026, 12, 1, 9, 0)
    rule = Rule(at, "UTC", rrule="FREQ=DAILY", exdate=(at + timedelta(1),), rdate=(at + timedelta(hours=1),))
    said = explain(When(rule), now=NOW, zone=BERLIN)
    assert said == "DTSTART:20261201T090000Z RRULE:FREQ=DAILY RDATE:20261201T100000Z EXDATE:20261202T090000Z"
    assert parse(said, now=NOW, zone=BERLIN) == When(rule)


WHO = [
    "today", "tomorrow", "friday", "next tue", "march 5", "the 31st", "2027-02-28", "in 3 days", "3rd fri of may",
    "eom",
]  # fmt: skip
AT = ["", "", "at 5", "5pm", "17:30:15", "at noon", "in the morning", "9am CET", "at 23:59 America/New_York"]
OFTEN = [
    "every day", "every 3 days", "every week", "every 2 weeks", "every month", "every 5 months", "every year",
    "every mon", "every mon, wed and fri", "every weekday", "every 2 weeks on sat and sun", "weekends", "every 31st",
    "every month on the 30th", "every month on the 1st and 29th", "every 2 months on the 15th and last day",
    "every 2nd and last fri", "every month on the last working day", "every year on feb 29", "every leap day",
    "every june", "every april and december on the 1st", "every fourth thu in november", "every year in week 12",
    "every year on the 100th day", "every quarter", "last day of every quarter", "every friday the 13th",
    "every! 3 days",
    "every! month", "every monday in june", "every month strictly on the 31st", "every april and june on the 31st",
]  # fmt: skip
FAST = ["every 3h", "every 90 min", "every 45 seconds", "every hour from 9 to 17 on weekdays", "every! 2 hours"]
TIMES = ["", "", "at 9", "at 17:30", "at 8 and 20", "at 7:15, 12:15 and 18:15", "at 9am CET", "every"]
FROM = ["", "", "from dec 1", "from next monday", "starting 2027-02-28", "from 2020-02-29"]
UNTIL = ["", "", "until 2030-06-15", "5 times", "for 3 months", "until dec 31 2031"]

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31)).map(lambda at: at.replace(microsecond=0))
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Lord_Howe", "Pacific/Apia"]
)


def joined(*parts: str) -> str:
    """Return the parts that are there."""
    return " ".join(part for part in parts if part)


PHRASES = st.one_of(
    st.builds(joined, st.sampled_from(WHO), st.sampled_from(AT)),
    st.builds(joined, st.sampled_from(OFTEN), st.sampled_from(TIMES), st.sampled_from(FROM), st.sampled_from(UNTIL)),
    st.builds(joined, st.sampled_from(FAST), st.sampled_from(FROM), st.sampled_from(UNTIL)),
    st.builds("in {} {}".format, st.integers(0, 400), st.sampled_from(["s", "min", "h", "days", "weeks", "months"])),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(phrase=PHRASES, wall=MOMENTS, name=ZONES)
def test_whatever_the_language_gives_is_said_so_that_it_reads_back(phrase: str, wall: datetime, name: str) -> None:
    """parse(explain(w)) == w."""
    zone = ZoneInfo(name)
    now = wall.replace(tzinfo=zone)
    try:
        when = parse(phrase, now=now, zone=zone)
    except RemindError:
        assume(False)
        return
    assert parse(explain(when, now=now, zone=zone), now=now, zone=zone) == when


NUMBERS = {
    "BYMONTH": st.integers(1, 12),
    "BYMONTHDAY": st.integers(-31, 31).filter(bool),
    "BYYEARDAY": st.integers(-366, 366).filter(bool),
    "BYWEEKNO": st.integers(1, 53),
    "BYSETPOS": st.integers(-4, 4).filter(bool),
    "BYHOUR": st.integers(0, 23),
    "BYMINUTE": st.integers(0, 59),
}


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Return a rule of RFC 5545 of any kind."""
    freq = draw(st.sampled_from(["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    text = f"FREQ={freq};INTERVAL={draw(st.integers(1, 5))}"
    for name in draw(st.sets(st.sampled_from([*NUMBERS, "BYDAY"]), max_size=3)):
        if name == "BYDAY":
            which = st.sampled_from(["", "", "1", "2", "-1"] if freq in {"MONTHLY", "YEARLY"} else [""])
            values = draw(st.sets(st.tuples(which, st.sampled_from(["MO", "TU", "FR", "SU"])).map("".join), min_size=1))
        else:
            values = {str(number) for number in draw(st.sets(NUMBERS[name], min_size=1, max_size=3))}
        text += f";{name}={','.join(sorted(values))}"
    text += draw(st.sampled_from(["", "", ";COUNT=5", ";UNTIL=20310101", ";UNTIL=20310101T120000"]))
    is_all_day = draw(st.booleans())
    start = draw(MOMENTS)
    start = datetime.combine(start, time()) if is_all_day else start
    try:
        rrule = canonical(text, dtstart=start, is_all_day=is_all_day)
    except RemindError:
        assume(False)
    zone = None if is_all_day else draw(st.sampled_from([None, "UTC", "Europe/Berlin"]))
    repeat = draw(st.sampled_from([Repeat.SCHEDULE, Repeat.SCHEDULE, Repeat.COMPLETION]))
    return Rule(start, zone, is_all_day, rrule, repeat=repeat)


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(rule=rules(), wall=MOMENTS, name=ZONES)
def test_any_rule_is_said_so_that_it_reads_back(rule: Rule, wall: datetime, name: str) -> None:
    """In words if there are any, else as RFC 5545."""
    zone = ZoneInfo(name)
    now = wall.replace(tzinfo=zone)
    assert parse(explain(When(rule), now=now, zone=zone), now=now, zone=zone) == When(rule)


@settings(max_examples=EXAMPLES, deadline=None)
@given(wall=MOMENTS, asked=MOMENTS, name=ZONES, is_all_day=st.booleans())
def test_any_single_time_is_said_so_that_it_reads_back(
    wall: datetime, asked: datetime, name: str, is_all_day: bool
) -> None:
    """A day, a wall time, an instant."""
    zone = ZoneInfo(name)
    now = asked.replace(tzinfo=zone)
    start = datetime.combine(wall, time()) if is_all_day else wall
    when = When(Rule(start, None if is_all_day else name, is_all_day))
    assert parse(explain(when, now=now, zone=zone), now=now, zone=zone) == when


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 30, 9, 0, tzinfo=BERLIN), "Mon 30 Nov 09:00"),
        (datetime(2027, 1, 1, 9, 0, tzinfo=BERLIN), "Fri 1 Jan 2027 09:00"),
        (datetime(2026, 11, 30, 8, 0, 5, tzinfo=UTC), "Mon 30 Nov 09:00:05"),
    ],
)
def test_a_moment_is_named_briefly(at: datetime, said: str) -> None:
    """The year only if it is another."""
    assert moment(at, BERLIN, NOW) == said
    assert moment(at, BERLIN, NOW, is_all_day=True) == said.rsplit(" ", 1)[0]


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(days=5), "in 5 days"),
        (timedelta(hours=23), "in 1 day"),
        (timedelta(hours=3, minutes=20), "in 3 hours"),
        (timedelta(minutes=20), "in 20 minutes"),
        (timedelta(seconds=1), "in 1 second"),
        (timedelta(), "now"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(days=-400), "400 days ago"),
    ],
)
def test_how_far_it_is(span: timedelta, said: str) -> None:
    """Days by the calendar, shorter spans by the clock."""
    assert relative(NOW + span, NOW) == said


def test_days_are_counted_over_the_change_of_clocks() -> None:
    """A week on is seven days, though an hour is missing."""
    now = datetime(2027, 3, 24, 9, 0, tzinfo=BERLIN)
    assert relative(datetime(2027, 3, 31, 9, 0, tzinfo=BERLIN).astimezone(UTC), now) == "in 7 days"


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (-1, "last")]
)
def test_numbers_are_counted(number: int, said: str) -> None:
    """Also from the end."""
    assert ordinal(number) == said


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("every day 9am", "every day at 09:00"),
        ("every 2 weeks on tue", "every 2 weeks on Tue"),
        ("every day 9am 5 times", "every day at 09:00 from Thu 26 Nov 2026 5 times"),
    ],
)
def test_a_start_that_has_passed_is_not_said_unless_the_times_are_counted(phrase: str, said: str) -> None:
    rule = parse(phrase, now=NOW, zone=BERLIN).rule
    assert habit(rule, now=NOW + timedelta(days=30), zone=BERLIN) == said
    assert habit(rule, now=NOW, zone=BERLIN) == explain(When(rule), now=NOW, zone=BERLIN), "one that is to come"
