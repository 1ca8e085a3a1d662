"""--due and --every: the one says when first, the other how it comes back; and RRULE text."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.rule import Repeat
from remindcli.core.when import combine
from remindcli.errors import InvalidRuleError, RemindError, UnreadableTimeError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=BERLIN)  # a Wednesday

TOGETHER = [
    ("friday", "2 weeks", "2026-11-27", "FREQ=WEEKLY;INTERVAL=2"),
    ("friday 9am", "every 2 weeks", "2026-11-27T09:00", "FREQ=WEEKLY;INTERVAL=2"),
    ("friday 9am", "mon,fri", "2026-11-27T09:00", "FREQ=WEEKLY;BYDAY=MO,FR"),
    ("friday", "mon", "2026-11-30", "FREQ=WEEKLY;BYDAY=MO"),
    ("friday", "other fri", "2026-11-27", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("9am", "weekday", "2026-11-26T09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("2026-12-31", "month", "2026-12-31", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    ("tomorrow 9am", "every day at 9am", "2026-11-26T09:00", "FREQ=DAILY"),
    ("tomorrow", "every day at 9am", "2026-11-26T09:00", "FREQ=DAILY"),
    ("friday", "day until dec 31", "2026-11-27", "FREQ=DAILY;UNTIL=20261231"),
    ("tomorrow 9am", "3 hours", "2026-11-26T09:00", "FREQ=HOURLY;INTERVAL=3"),
    ("in 2h", "day", "2026-11-25T12:00", "FREQ=DAILY"),
    ("friday 9am", "FREQ=WEEKLY", "2026-11-27T09:00", "FREQ=WEEKLY"),
    ("2026-12-31", "RRULE:FREQ=MONTHLY", "2026-12-31", "FREQ=MONTHLY"),  # as RFC 5545 says
    (None, "2 weeks", "2026-12-09", "FREQ=WEEKLY;INTERVAL=2"),
    (None, "mon,fri", "2026-11-27", "FREQ=WEEKLY;BYDAY=MO,FR"),
    (None, "daily", "2026-11-26", "FREQ=DAILY"),
    (None, "month on the 31st", "2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
    (None, "15th", "2026-12-15", "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("friday", None, "2026-11-27", None),
    ("27", None, "2026-11-27", None),
]


@pytest.mark.parametrize(("due", "every", "start", "rrule"), TOGETHER)
def test_due_is_the_start_and_every_the_rule(due: str | None, every: str | None, start: str, rrule: str | None) -> None:
    """A start that is none of the rule's days rolls on to the first that is."""
    rule = combine(due, every, now=NOW, zone=BERLIN).rule
    assert rule.dtstart == datetime.fromisoformat(start)
    assert rule.is_all_day == ("T" not in start)
    assert rule.rrule == rrule


def test_a_zone_of_due_is_the_zone_of_the_rule() -> None:
    """09:00 in New York stays there; the clock of this place floats."""
    assert combine("9am EST", "day", now=NOW, zone=BERLIN).rule.zone == "America/New_York"
    assert combine("in 2h", "day", now=NOW, zone=BERLIN).rule.zone is None


def test_what_is_done_can_be_the_start_of_the_next() -> None:
    """The first time is due, the others are counted from when it is done."""
    rule = combine("friday 9am", "3 days after done", now=NOW, zone=BERLIN).rule
    assert (rule.repeat, rule.rrule, rule.dtstart.day) == (Repeat.COMPLETION, "FREQ=DAILY;INTERVAL=3", 27)


@pytest.mark.parametrize(
    ("due", "every", "why"),
    [
        ("tomorrow 9am", "day at 8am", "they name two times of day"),
        ("friday", "day from monday", "both say from when"),
        ("every day", "week", "says already how often"),
        ("friday", "tomorrow", ""),
        ("friday", "evry week", 'did you mean "every"'),
        ("fryday", "week", 'did you mean "friday"'),
        (None, "tomorrow", ""),
        (None, None, ""),
        (None, "", ""),
        ("", None, ""),
    ],
)
def test_what_does_not_fit_together_is_refused(due: str | None, every: str | None, why: str) -> None:
    """The refusal shows how to write both."""
    with pytest.raises(UnreadableTimeError) as refused:
        combine(due, every, now=NOW, zone=BERLIN)
    assert why in refused.value.why
    assert refused.value.hint


RULES = [
    ("RRULE:FREQ=WEEKLY;BYDAY=MO", "Wed 2026-11-25 FREQ=WEEKLY;BYDAY=MO"),
    ("freq=monthly;bymonthday=31", "Wed 2026-11-25 FREQ=MONTHLY;BYMONTHDAY=31"),  # as it is: short months are skipped
    ("FREQ=DAILY;BYHOUR=9,17", "Wed 2026-11-25 10:00 FREQ=DAILY;BYHOUR=9,17"),
    ("DTSTART:20270101T090000 RRULE:FREQ=DAILY", "Fri 2027-01-01 09:00 FREQ=DAILY"),
    ("DTSTART;VALUE=DATE:20270101 RRULE:FREQ=DAILY", "Fri 2027-01-01 FREQ=DAILY"),
    ("DTSTART;TZID=Europe/Paris:20270101T090000 RRULE:FREQ=DAILY", "Fri 2027-01-01 09:00 Europe/Paris FREQ=DAILY"),
    ("DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY", "Fri 2027-01-01 09:00 UTC FREQ=DAILY"),
    ("every! RRULE:FREQ=DAILY;INTERVAL=3", "Wed 2026-11-25 FREQ=DAILY;INTERVAL=3 after done"),
]


@pytest.mark.parametrize(("text", "meant"), RULES)
def test_rrule_text_is_taken_as_it_is(says, text: str, meant: str) -> None:
    """What RFC 5545 says, and no more; without DTSTART it starts today."""
    assert says(text) == meant


@pytest.mark.parametrize("text", ["FREQ=FOO", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RRULE:", "FREQ=DAILY;" * 1000])
def test_a_rule_that_cannot_be_is_refused(means, text: str) -> None:
    """By the recurrence, with its own error."""
    with pytest.raises(RemindError) as refused:
        means(text)
    assert isinstance(refused.value, InvalidRuleError | UnreadableTimeError)
