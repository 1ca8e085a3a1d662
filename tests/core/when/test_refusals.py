"""What is refused, and what the refusal says: the word, the reason, a phrase that works."""

import pytest

from remindcli.errors import ExitStatus, UnreadableTimeError

AMBIGUOUS = [
    ("2027", "it may be a time or a year", "20:27, january 2027"),
    ("17h30", "it may be a time of day, or a length", "17:30, or in 17h30"),
    ("27-12-26", "the year may be the first or the last of it", "2027-12-26"),
    ("friday after next", "after which one?", "friday in 2 weeks"),
    ("every 3 days!", "counted from when it is done?", "every! 3 days"),
    ("about friday", "", ""),
    ("3/4", "it may be 4 March or 3 April", "2027-03-04 or 2027-04-03"),
    ("3/4/2027", "it may be 4 March or 3 April", "date_order"),
    ("5.3.2027", "it may be 3 May or 5 March", "date_order"),
    ("11.30", "it may be a time or a date", "11:30"),
    ("biannual", '"biannual" means two things', "every 6 months"),
    ("bimonthly", '"bimonthly" means two things', "every 2 months"),
    ("next december", "this year's or next year's?", "December 2027"),
    ("midnight on 12 december", "midnight belongs to two days", "00:00"),
    ("every friday at midnight", "midnight belongs to two days", "23:59"),
    ("every other weekend", "one day of the weekend or both?", "every other saturday"),
    ("every 5th friday", "of each month, or each so many weeks?", "every 5 weeks"),
    ("every day from monday to friday", "these weekdays, or from one until the other?", "every mon-fri"),
    ("monthly on fri", "it does not say which one of the month", "first friday"),
]
CONTRADICTIONS = [
    ("friday 26 november", "26 November 2026 is a Thursday, not a Friday", "2026-11-26"),
    ("thursday december 31 2027", "31 December 2027 is a Friday, not a Thursday", "2027-12-31"),
    ("today tomorrow", "there are two dates", ""),
    ("friday monday", "there are several days", "every mon and thu"),
    ("5pm 6pm", "there are two times", ""),
    ("tomorrow morning at 5pm", "17:00 is not in the morning", ""),
    ("tonight at 8am", "8:00 is not in the night", ""),
    ("in 3 hours at 5pm", "there are two times", ""),
    ("march 5 in 3 days", "there are two dates", ""),
    ("every day in 3 hours", "it says a day and how often", ""),
    ("every day until friday 5 times", "it says twice when it ends", ""),
    ("every day until yesterday", "it ends before it begins", ""),
    ("every! monday", "it has no days of its own", "every! 2 weeks"),
    ("every day at 8:15 and 20:45", "these times are not one rule", "two reminders"),
    ("every week on the 15th", "a week has no such day", ""),
    ("every hour from 17 to 9", "the hours run backwards", ""),
    ("tomorrow CET", "a zone needs a time of day", "9am CET"),
    ("every day CET", "a zone needs a time of day", "9am CET"),
    ("every day at 9 +05:30", "a recurrence needs a place, not an offset", "Europe/Berlin"),
    ("17:00 Europe/Nowhere", 'there is no zone "Europe/Nowhere"', ""),
    ("17:00 Europe/../UTC", "", ""),
]
TOO_MUCH = [
    ("every monday at 9 for an hour", "a reminder has one time, no length", "every monday for 3 weeks"),
    ("every day for 2h", "a reminder has one time, no length", "every monday at 9"),
    ("every mon at 9am and thu at 5pm", "it names a second time", "two reminders"),
    ("every june 1 and dec 24", "one rule has the same day in each month", "two reminders"),
    ("every 3 months on march 5", "it says two ways how often", "every year on march 5"),
    ("every day except monday to sunday", "no day is left", ""),
    ("every 2 days except sunday", "it does not say which days are left", ""),
    ("every day except christmas", "only days of the week can be left out", ""),
    ("except sunday", "it does not say which days are left", ""),
    ("every monday 3", "", ""),
    ("every monday first", "", ""),
    ("every first", "", ""),
    ("every last", "", ""),
    ("last at 5", "", ""),
    ("noon strictly", "", ""),
    ("march 5 every", "", ""),
    ("by every friday", "", ""),
    ("end month", "", ""),
    ("2026-11-28 +1w -2d", "", ""),
    ("<2026-11-28 Sat +1w -2d>", "more than a time and how often", "--alert"),
    ("eom eonm", "there are two dates", ""),
    ("next week next month", "there are two dates", ""),
    ("5pm eod", "there are two times", ""),
    ("friday 5pm at midnight", "there are two times", ""),
    ("the 5th every 8", "", ""),
    ("nov 2027 month", "", ""),
    ("every monday on march 5", "there are two days", ""),
    ("monday 2027", "", ""),
    ("of friday", "", ""),
    ("next weekday or weekend", "there are several days", ""),
    ("tuesday the 1st of next week", "30 November 2026 is a Monday, not a Tuesday", ""),
    ("every day for 2 weeks and 3 hours", "days or hours, not both", ""),
    ("90m next hour", "", ""),
    ("every friday at 5 from now", "there are two times", ""),
    ("every last day of the year every month", "it says twice how often", ""),
    ("every month on the last day of the year", "it says a day and how often", ""),
    ("every hour from 9 to 17 at 5", "the hours belong to an hourly rule", ""),
]
NO_SUCH_DAY = [
    ("feb 30", "there is no such day", ""),
    ("31 april", "there is no such day", ""),
    ("29 feb 2027", "there is no such day", ""),
    ("2027-02-29", 'there is no day "2027-02-29"', ""),
    ("13/13", 'there is no day "13/13"', ""),
    ("20271301", 'there is no day "20271301"', ""),
    ("2027-W54", 'there is no week "2027-w54"', ""),
    ("2027-366", 'there is no day "2027-366"', ""),
    ("2027-13", 'there is no month "2027-13"', ""),
    ("march 32", "no month has a day 32", ""),
    ("6th tuesday of february", "there is no such day", ""),
    ("25:00", '"25:00" is no time of day', ""),
    ("12:60", '"12:60" is no time of day', ""),
    ("13am", '"13am" is no time of day', ""),
    ("every month on the 32nd", "a month has no such day", ""),
    ("every feb 30", "there is no such day", ""),
    ("today at 9am", "that is past", ""),
    ("yesterday", "that is past", ""),
    ("last week", "that is past", ""),
    ("2 hours ago", "that is past", ""),
    ("in 99999999 years", "", ""),
    ("in 9000 years", "that is beyond the calendar", ""),
]
TOO_LITTLE = [
    ("3x every mon and thu", "it does not say when", "for 3 times"),
    ("friday before noon", "it does not say which day", "friday before christmas"),
    ("later today", "it does not say how much later", "in 2 hours"),
    ("202701", "", ""),
    ("beginning of this month", "that is past", ""),
    ("2 hours before 17:00 europe/nowhere", 'there is no zone "europe/nowhere"', ""),
    ("3x daily", "it does not say when", "every day at 8, 13 and 20"),
    ("twice daily", "it does not say when", "for 3 times"),
    ("every day 3x", "it does not say when", "for 3 times"),
    ("daily twice", "it does not say when", "for 3 times"),
    ("last week of january", "it does not say which day", "end of january"),
    ("mon-fri 9am", "there are several days", "every mon-fri"),
    ("2nd and 4th tuesday of the month", "there are several days", "every month on the 2nd and 4th tuesday"),
    ("twice a week", "it does not say on which days", "every mon and thu"),
    ("3 times a day", "it does not say when", "every day at 8, 13 and 20"),
    ("5 times", "it does not say how often", "every day"),
    ("every", "it does not say how often", "every day"),
    ("from monday", "a reminder has one time, no length", ""),
    ("last september", "that is past", ""),
    ("until friday", "a reminder has one time, no length", ""),
    ("120526", "", ""),
    ("mon and thu at 8", "there are several days", "every mon and thu"),
    ("march at 5pm", "it does not say which day of the month", "march 5"),
    ("last friday", "it may be past", "last friday of march"),
    ("every hour on weekdays", "it does not say between which hours", "from 9 to 17"),
    ("in 5", "5 of what?", "in 5 minutes"),
    ("in four", "four of what?", "in four minutes"),
    ("in 1.25", "", ""),
    ("1.5 fridays from now", "", ""),
    ("day 1.5 of every month", "", ""),
    ("friday at", 'something is missing after "at"', ""),
    ("", "it names no time", "tomorrow 5pm"),
]
UNKNOWN = [
    ("start of friday", '"start of" does not fit there', ""),
    ("evry month", '"evry" is not a word I know; did you mean "every"?', "every month on the 1st at 9am"),
    ("tomorow at 5", '"tomorow" is not a word I know; did you mean "tomorrow"?', "tomorrow 5pm"),
    ("every wendesday", '"wendesday" is not a word I know; did you mean "wednesday"?', "next friday at 5pm"),
    ("in ten minuts", '"minuts" is not a word I know; did you mean "minute"?', "in 3 days"),
    ("5 septmber", '"septmber" is not a word I know; did you mean "september"?', "march 5 at 9am"),
    ("friday with bob", '"with" is not a word I know', ""),
    ("someday", '"someday" is not a word I know', ""),
    ("before friday", '"before" does not fit there', ""),
    ("friday friday 5pm x", "", ""),
]


@pytest.mark.parametrize(
    ("phrase", "why", "hint"), AMBIGUOUS + CONTRADICTIONS + TOO_MUCH + NO_SUCH_DAY + TOO_LITTLE + UNKNOWN
)
def test_what_is_not_wholly_understood_is_refused(means, phrase: str, why: str, hint: str) -> None:
    """Never half: the refusal names the reason and something that works."""
    with pytest.raises(UnreadableTimeError) as refused:
        means(phrase)
    assert why in refused.value.why
    assert hint in refused.value.hint
    assert refused.value.hint
    assert refused.value.status is ExitStatus.USAGE


TEXT = """
may the force; march on; may be; sunny; at once; at last; one on one; first class; second half; third party; this one
next up; last time; every time; all the time; in time; on time; for now; top 10; chapter 3; version 2.0; 404; 12 oz
500 error; 60 mph; a hundred; twenty one pilots; 555-1212; 1.2.3; 10:99; 12:ab; 99:00Z; 2027-; -; /; +; 1/2/3/4; am
in am; for the year; laughing; mon frere; sun cream; this and that; year round; end user; half the time; 3x; x
"""


@pytest.mark.parametrize("phrase", [phrase.strip() for line in TEXT.strip().splitlines() for phrase in line.split(";")])
def test_what_is_no_time_is_refused(means, phrase: str) -> None:
    """Words that look a little like a time."""
    with pytest.raises(UnreadableTimeError):
        means(phrase)


def test_the_error_shows_the_phrase_but_not_all_of_a_long_one(means) -> None:
    """An error is one line."""
    with pytest.raises(UnreadableTimeError) as refused:
        means("evry month")
    assert refused.value.what == 'can\'t read "evry month" as a time'
    with pytest.raises(UnreadableTimeError) as refused:
        means("tomorrow " * 100)
    assert len(refused.value.what) < 100
    assert refused.value.why == "it is longer than 300 characters"
