"""A sentence: the time at its start or end, the title beside it, and what stays text."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindcli.core.when import Reading, parse, read_sentence

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=BERLIN)  # a Wednesday


def read(words: list[str] | str) -> Reading:
    """Return what the words are."""
    return read_sentence(words, now=NOW, zone=BERLIN)


AT_THE_END = [
    ("release 2.5 on friday", "release 2.5", "on friday"),
    ("bump to 3.11 tomorrow", "bump to 3.11", "tomorrow"),
    ("prepare friday's slides thursday", "prepare friday's slides", "thursday"),
    ("read chapter 3 5pm", "read chapter 3", "5pm"),
    ("watch episode 5 tonight", "watch episode 5", "tonight"),
    ("buy 3 tomorrow morning", "buy 3", "tomorrow morning"),
    ("movie night friday at 8", "movie night", "friday at 8"),
    ("game night every friday", "game night", "every friday"),
    ("plan the weekend friday", "plan the weekend", "friday"),
    ("q3 report friday", "q3 report", "friday"),
    ("email anna about the budget friday", "email anna about the budget", "friday"),
    ("call bob around 5", "call bob", "around 5"),
    ("call bob first thing tomorrow", "call bob", "first thing tomorrow"),
    ("call bob early tomorrow morning", "call bob", "early tomorrow morning"),
    ("rent due every 1st", "rent", "due every 1st"),
    ("take pills every morning and evening", "take pills", "every morning and evening"),
    ("project x friday", "project x", "friday"),
    ("call bob tomorrow 5pm", "call bob", "tomorrow 5pm"),
    ("pay rent every month on the 31st 9am", "pay rent", "every month on the 31st 9am"),
    ("pay rent the 31st", "pay rent", "the 31st"),
    ("pay rent 31st", "pay rent", "31st"),
    ("pay rent on the first of every month", "pay rent", "on the first of every month"),
    ("call bob at 5", "call bob", "at 5"),
    ("tea in 20 min", "tea", "in 20 min"),
    ("review PR 123 friday", "review PR 123", "friday"),
    ("submit form 1040 by april 15", "submit form 1040", "by april 15"),
    ("file 1099 aug 1 09:00", "file 1099", "aug 1 09:00"),
    ("order 2 pizzas friday 7pm", "order 2 pizzas", "friday 7pm"),
    ("meet at the monday cafe friday", "meet at the monday cafe", "friday"),
    ("morning run tomorrow", "morning run", "tomorrow"),
    ("weekly report friday", "weekly report", "friday"),
    ("dentist 25/12/2026", "dentist", "25/12/2026"),
    ("dentist 27.11. 9:00", "dentist", "27.11. 9:00"),
    ("take pills every day at 8 and 20", "take pills", "every day at 8 and 20"),
    ("water plants every! 3 days", "water plants", "every! 3 days"),
    ("backup weekly", "backup", "weekly"),
    ("party new year's eve", "party", "new year's eve"),
    ("SHOUT AT BOB TOMORROW", "SHOUT AT BOB", "TOMORROW"),
    ("kick-off - next friday", "kick-off", "next friday"),
    ("deadline: end of march", "deadline", "end of march"),
    ("review (tomorrow at 9am)", "review", "(tomorrow at 9am)"),
    ("sync [mon 10:00]", "sync", "[mon 10:00]"),
    ("backup RRULE:FREQ=DAILY", "backup", "RRULE:FREQ=DAILY"),
]
AT_BOTH = [
    ("tomorrow call bob at 5", "call bob", "tomorrow at 5"),
    ("9am standup every weekday", "standup", "9am every weekday"),
    ("next friday: wire the money at noon", "wire the money", "next friday: at noon"),
]
AT_THE_START = [
    ("tomorrow call bob", "call bob", "tomorrow"),
    ("every day water the plants", "water the plants", "every day"),
    ("5pm call bob", "call bob", "5pm"),
    ("at 5 call bob", "call bob", "at 5"),
    ("in 20 min tea", "tea", "in 20 min"),
    ("next friday, wire the money", "wire the money", "next friday,"),
    ("on the 31st pay rent", "pay rent", "on the 31st"),
    ("monday: team sync", "team sync", "monday:"),
]
ONLY_TEXT = [
    "may day parade",
    "april fools joke for bob",
    "buy milk", "wow", 'buy "may" calendar', "read chapter 5", "pay 2000", "drink 1/2", "may the force be with you",
    "I sat", "sun cream", "go to the sun", "come first", "now or never", "second breakfast", "buy lunch", "x", "",
    "march of the penguins", "everything is fine", "5th grade homework", "christmas shopping", "email me@example.com",
    "release v2.0", "notoday", "tomorrowland", "happy new year", "good night moon", "prepare q3", "plan the weekend",
    "weekend plans", "come last", "friday's deadline", "third quarter numbers", "do it twice a day",
]  # fmt: skip
HINTED = [
    ("yoga every monday at 9 for an hour", '"every"'),
    ("garbage every tue except dec 29", '"every" is read as text; a time stands first or last'),
    ("holiday starting dec 20", '"dec 20"'),
    ("nap for 20 min", '"20 min" is read as text; a length of time from now is: in 20 min'),
    ("laundry 1h15", "in 1h15"),
    ("until in 2s x", '"in 2s"'),
    ("x until in 2s", '"in 2s"'),
    ("thank every one", ""),
    ("hug each other", ""),
    ("finish until friday", '"friday"'),
    ("every day until finished read a page", '"every"'),
    ("vitamins 3x daily", '"daily"'),
    ("vitamins twice daily", '"daily"'),
    ("monthly report on the last working day", '"monthly"'),
    ("remind me in 2 hours to stretch", '"in 2 hours"'),
    ("talk to the boss next week about a raise", '"next week"'),
    ("email anna about friday", '"friday"'),
    ("call june on june 5", '"june 5"'),
    ("early march 5", '"march 5"'),
    ("weekly report", '"weekly" is read as text; again and again is: every week'),
    ("meet 5pm sharp please", '"5pm"'),
    ("book a table for friday", '"friday"'),
    ("move the party to friday", '"friday"'),
    ("offsite march 15th to march 17th", ""),
    ("finish by friday, please", '"friday"'),
    ("tea 20m", '"20m" is read as text; a length of time from now is: in 20m'),
    ("standup tomorrow and on friday", '"tomorrow"'),
    ("gym mon, wed, fri at 7", '"mon"'),
    ("monday meeting notes friday", '"monday"'),
]


@pytest.mark.parametrize(("sentence", "title", "time"), AT_THE_END + AT_THE_START)
def test_the_time_is_at_the_start_or_the_end(sentence: str, title: str, time: str) -> None:
    """The longest that is wholly understood is the time, the rest the title."""
    for reading in (read(sentence), read(sentence.split())):
        assert (reading.title, reading.read) == (title, time)
        assert reading.when is not None


@pytest.mark.parametrize(("sentence", "title", "time"), AT_BOTH)
def test_a_time_at_either_end_is_one_time(sentence: str, title: str, time: str) -> None:
    """Each alone would be half of what was meant."""
    reading = read(sentence)
    assert (reading.title, reading.read) == (title, time)


@pytest.mark.parametrize("sentence", ONLY_TEXT)
def test_text_stays_text(sentence: str) -> None:
    """What could be a time but hardly is."""
    assert read(sentence) == Reading(sentence, None)


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        ("watch episode 5 tonight", '"5" is read as text; an hour is: at 5'),
        ("daily standup at 9", '"daily" is read as text; again and again is: every day'),
        ("weekly review every friday at 4pm", ""),
    ],
)
def test_what_is_left_in_the_title_of_a_time_is_hinted_at(sentence: str, hint: str) -> None:
    """The rest was read, and may have been more."""
    reading = read(sentence)
    assert reading.when is not None
    assert reading.hint == hint


@pytest.mark.parametrize(("sentence", "hint"), HINTED)
def test_a_title_that_holds_a_likely_time_is_hinted_at(sentence: str, hint: str) -> None:
    """Half a time is never read, but the user is told."""
    reading = read(sentence)
    assert (reading.title, reading.when) == (sentence, None)
    assert hint in reading.hint


TITLE_WORDS = [
    "call", "mum", "milk", "the", "report", "about", "for", "with", "x", "until", "due", "by", "from", "on", "at",
    "in", "after", "before", "every", "once", "twice", "a", "an", "is", "half", "up", "one", "five", "first", "second",
    "last", "next", "this", "other", "early", "late", "mid", "end", "to", "of", "and", "or", "chapter", "3", "101",
    "week", "month", "day", "hour", "times", "start", "sun", "may", "march", "wed", "morning", "lunch", "night",
    "tomorrow", "friday", "daily", "5pm", "each", "per", "1/2", "#4",
]  # fmt: skip
TIMES = [
    "tomorrow", "friday", "next friday", "5pm", "tomorrow 5pm", "at 5", "in 2s", "in 20 min", "every day", "march 5",
    "every mon and thu", "until friday", "every day until friday", "every week 5 times", "the 31st", "tonight", "eom",
    "3 days before christmas", "every! 3 days", "every hour from 9 to 17", "in half an hour", "last friday of march",
    "every month on the 1st at 9am", "9am CET",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(TITLE_WORDS), max_size=4),
    st.sampled_from(TIMES).map(str.split),
    st.lists(st.sampled_from(TITLE_WORDS), max_size=4),
)
def test_no_word_is_lost(before: list[str], time: list[str], after: list[str]) -> None:
    """Each word is in the title or in the time, once, and what was read as time is one as it stands."""
    words = [*before, *time, *after]
    reading = read(words)
    assert sorted([*reading.title.split(), *reading.read.split()]) == sorted(words)
    assert (reading.when is None) == (reading.read == "")
    if reading.when is not None:
        assert parse(reading.read, now=NOW, zone=BERLIN).rule == reading.when.rule


def test_words_that_were_quoted_in_the_shell_are_text() -> None:
    """The shell has taken the quotes away; the spaces tell."""
    assert read(["read", "tomorrow never dies", "friday"]).title == "read tomorrow never dies"
    assert read(["see you", "on friday"]) == Reading("see you on friday", None)
    assert read(["call bob tomorrow 5pm"]).title == "call bob"  # one word alone is a whole sentence


def test_a_sentence_that_is_all_time_has_no_title() -> None:
    """The command line can then ask for one."""
    assert read("every friday 5pm").title == ""
    assert read("every friday 5pm").when is not None


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        ("pay rent evry month", '"evry month" is read as text; did you mean "every month"?'),
        ("call bob tomorow", '"tomorow" is read as text; did you mean "tomorrow"?'),
        ("call bob tomorow 5pm", '"tomorow 5pm" is read as text; did you mean "tomorrow 5pm"?'),
        ("see bob on frday 5pm", '"on frday 5pm" is read as text; did you mean "on friday 5pm"?'),
        ("call bob in 3 dyas", '"in 3 dyas" is read as text; did you mean "in 3 days"?'),
        ("pay every mnth", '"every mnth" is read as text; did you mean "every month"?'),
        ("book a flight to Munich", ""),
        ("read a book about bees", ""),
        ("meet wendy", ""),
        ("call mum money", ""),
        ("tomorow", ""),
    ],
)
def test_a_time_that_is_mistyped_is_asked_about(sentence: str, hint: str) -> None:
    assert read(sentence).hint == hint


def test_a_date_of_two_readings_is_text_and_both_are_said() -> None:
    hint = read("dentist 3/4/2027").hint
    assert "it may be 4 March or 3 April: 2027-03-04 or 2027-04-03" in hint
    assert "date_order" in hint
