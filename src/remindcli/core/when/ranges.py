"""Ranges of days or hours, of which a reminder keeps the start: march 10 to march 12, 7th-11th, 3-4pm, for 2 hours."""

from datetime import datetime, timedelta

from remindcli.core.when import recurring
from remindcli.core.when.draft import RANGE, Clock, Draft, MisreadError, Reader
from remindcli.core.when.months import RANGE_WORDS
from remindcli.core.when.place import Asked
from remindcli.core.when.single import check_plain, single
from remindcli.core.when.within import nested

_LONGEST = timedelta(days=300)  # march 12 to march 10 is no year, but a slip


def read_dash(r: Reader) -> bool:
    """Read what follows the dash of "dec 20 - jan 5", "10pm - 1am"; of "march 7 - 9am" the time."""
    draft = r.draft
    is_open = draft.every is None and draft.until is None and draft.shift is None and not draft.range_end
    if r.text() != "-" or not is_open or not (draft.has_date() or draft.times):
        return False
    r.i += 1
    if r.kind() == "clock" and not draft.times:
        return True
    draft.until, draft.end_word = nested(r), "-"
    return True


def read_hours(r: Reader) -> bool:
    """Read 3-4pm, 9 to 10:30: an hour alone is one, before the end of a range."""
    if r.draft.every is not None or r.text(1) not in {"-", "to"} or r.kind(2) != "clock":
        return False
    return recurring.read_hours(r)


def keep_start(draft: Draft, asked: Asked) -> None:
    """Make a range its start, with a note; a sentence keeps it as text.

    Raises:
        MisreadError: it ends before it begins, or its end is no time.
    """
    if draft.hours is not None and not (draft.times or draft.part):
        _keep_first_hour(draft)
    if draft.start is not None and draft.until is not None and not draft.has_date() and not draft.times:
        check_plain(draft.start)
        for name, value in vars(draft.start).items():
            if value and name != "notes":
                setattr(draft, name, value)
        draft.start = None
    if not (draft.has_date() or draft.times or draft.part) or draft.is_now:
        return
    if draft.until is not None and draft.end_word in RANGE_WORDS and draft.start is None:
        draft.range_end, draft.until = _end_of(draft, draft.until, asked), None
    if draft.lasting is not None:
        draft.range_end, draft.lasting = "its length", None
    if draft.range_end:
        draft.weak = RANGE
        draft.notes.append(f"{draft.range_end} is left out: a reminder has one time")


def _keep_first_hour(draft: Draft) -> None:
    """Take the first hour; it is of the same half of the day as the last if that leaves it before."""
    assert draft.hours is not None
    first, last = draft.hours
    if first.kind == "bare" and last.kind == "exact" and (last.hour < 12 or first.hour + 12 <= last.hour):
        first = Clock(first.hour % 12 + (12 if last.hour >= 12 else 0), first.minute)
    elif first.kind == "bare" and last.kind == "exact":
        if first.hour < 7:  # from 5 to 4pm
            raise MisreadError("the hours run backwards", hint="from 3 to 4pm, from 5:00 to 16:00")
        first.kind = "exact"
    draft.hours, draft.times = None, [first]
    draft.range_end = f"its end, {last.hour}:{last.minute:02d},"


def _end_of(draft: Draft, until: Draft, asked: Asked) -> str:
    """Return the end in words; a year that stands only there is the start's too."""
    check_plain(until)
    if until.year and draft.months and not draft.year:
        draft.year = until.year - bool(until.months and draft.months[0] > until.months[0])
    if draft.period or until.period:
        raise MisreadError("it does not say which day", hint="march 5 to march 12")
    if draft.slots() == {"mdays"} and until.mdays:  # the 5th to the 8th of march
        draft.months, draft.year = until.months, until.year
    if not (until.has_date() or draft.times or draft.part):
        raise MisreadError("it says until when, and not from when", hint="jan 5 1pm to 3pm")
    first = _copy(draft)
    start = single(first, asked, is_past_allowed=True).rule
    base = Asked(asked.now, asked.zone, start.dtstart, asked.options)
    end = single(until, base, is_past_allowed=until.has_date()).rule
    if first.is_month_alone:
        raise MisreadError("it does not say which day of the month", hint="march 5 to march 12")
    is_turned = not until.year and end.dtstart - start.dtstart > _LONGEST
    if is_turned or end.dtstart < start.dtstart - timedelta(start.is_all_day or end.is_all_day):
        raise MisreadError("it ends before it begins")
    return f"its end, {_words(end.dtstart, is_all_day=end.is_all_day, is_day_named=until.has_date())},"


def _words(at: datetime, *, is_all_day: bool, is_day_named: bool) -> str:
    day = f"{at.day} {at:%b %Y}" if is_all_day or is_day_named else ""
    return day if is_all_day else f"{day} {at:%H:%M}".strip()


def _copy(draft: Draft) -> Draft:
    """Return the start alone; what reads it may change it."""
    copied = Draft()
    vars(copied).update({**vars(draft), "notes": [], "until": None, "lasting": None})
    return copied
