"""Times of day as typed: 5pm, at 5, half past two, 7 in the evening, noon, 9am CET."""

import re

from remindcli.core.when.draft import NUMBER_FIRST, Clock, Every, Reader
from remindcli.core.when.words import ZONES

_GLUED = re.compile(r"\d{1,2}h\d\d")


def read_clock(r: Reader) -> bool:
    """Read one or more times: 8am, 1pm and 18:00."""
    clock = one_clock(r, is_at=False)
    if clock is None:
        return False
    return _times(r, clock)


def read_at(r: Reader) -> bool:
    """Read what follows "at": an hour alone is a time then."""
    start = r.i
    r.i += 1
    r.take("on")  # at around 5
    r.take_text("~")
    if r.kind() == "part":
        return read_part(r)
    clock = one_clock(r, is_at=True)
    if clock is None:
        r.i = start
        return False
    return _times(r, clock)


def _times(r: Reader, first: Clock) -> bool:
    """Read the rest of a list of times and keep it."""
    if r.draft.times:
        raise r.stop("there are two times")
    times = [first]
    while True:
        start = r.i
        separator = r.take_text(",") + r.take("and") + r.take_text("&")
        r.take("at")
        clock = one_clock(r, is_at=True) if separator else None
        if clock is None or r.kind() in {"unit", "times", "month", "ord", "weekday", "of"}:
            r.i = start
            break
        times.append(clock)
    if any(clock.hour > 12 for clock in times):  # a list of the 24-hour clock
        for clock in times:
            if clock.kind in {"bare", "open"} and clock.hour < 13:
                clock.kind = "exact"
    r.draft.times = times
    r.take("sharp")
    _read_part_after(r)
    return True


def one_clock(r: Reader, *, is_at: bool, is_spoken: bool = True) -> Clock | None:
    """Read one time; an hour alone counts only after "at" or before "o'clock" or a part of the day.

    Args:
        r: the place.
        is_at: an hour alone is a time here.
        is_spoken: "10 to 5" is ten minutes before five, not a range.
    """
    token = r.token
    if token.kind == "clock":
        if token.value is None:
            raise r.stop(f'"{token.text}" is no time of day')
        r.i += 1
        r.take("oclock")
        return Clock(*token.value)
    if token.kind == "dot" and (is_at or r.draft.has_date()):
        return _dotted(r)
    if token.kind == "glue" and (is_at or r.draft.has_date()) and _GLUED.fullmatch(token.text):
        return _glued(r)
    if is_spoken and (token.kind in {"half", "a", "num"} or token.value == "quarter"):
        spoken = _spoken(r)
        if spoken is not None:
            return spoken
    if token.kind == "num" and isinstance(token.value, int):
        return _hour(r, token.value, token.text, is_at=is_at)
    return None


def _dotted(r: Reader) -> Clock | None:
    """Read 11.30 where only a time can stand."""
    hour, minute = r.text().rstrip(".").split(".")
    if r.text().endswith(".") or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        return None
    r.i += 1
    return Clock(int(hour), int(minute), kind="open" if len(hour) == 1 else "exact")


def _glued(r: Reader) -> Clock | None:
    """Read 17h30 where only a time can stand."""
    hour, minute = (int(part) for part in r.text().split("h"))
    if hour > 23 or minute > 59:
        return None
    r.i += 1
    return Clock(hour, minute)


def _hour(r: Reader, number: int, text: str, *, is_at: bool) -> Clock | None:
    """Read an hour alone, or 1730."""
    following = r.kind(1)
    if len(text) == 4 and text.isdigit() and r.text(1) in {"hours", "hrs"} and number // 100 < 24 and number % 100 < 60:
        r.i += 2
        return Clock(number // 100, number % 100)
    if len(text) == 4 and text.isdigit() and (is_at or _is_clock_wanted(r)):
        if number // 100 > 23 or number % 100 > 59:
            return None
        if not is_at and r.i == 0 and 2000 <= number < 2100 and following == "end_of_text":
            raise r.stop("it may be a time or a year", hint=f"{text[:2]}:{text[2:]}, january {text}")
        r.i += 1
        if not is_at and not r.draft.has_date():
            r.draft.weak = "1730 may be a number"
        return Clock(number // 100, number % 100)
    if len(text) in {3, 6} and text.isdigit() and (is_at or (_is_clock_wanted(r) and text[0] != "0")):
        return _digits(r, text, is_at=is_at)
    is_hour_mark = is_at and r.text(1) == "h"
    if number > 24 or (following in {"unit", "times", "workday", "weekend", "month"} and not is_hour_mark):
        return None
    marked = following == "oclock" or _is_part_next(r, 1)
    if not (is_at or marked):
        return None
    if not is_at and r.text(1) in {"tomorrow", "tonight", "tonite"}:
        r.draft.weak = NUMBER_FIRST  # watch episode 5 tonight
    r.i += 1
    r.take("oclock")
    if is_hour_mark:
        r.i += 1
        return Clock(number)
    if number > 12 or number == 0 or (len(text) == 2 and text[0] == "0"):
        return Clock(number)
    return Clock(number, kind="bare")


def _digits(r: Reader, text: str, *, is_at: bool) -> Clock | None:
    """Read 730, and 173000 where it is no date of six digits."""
    hour, minute, second = (
        (int(part or 0) for part in (text[:-2], text[-2:], ""))
        if len(text) == 3
        else (int(text[i : i + 2]) for i in (0, 2, 4))
    )
    if len(text) == 3 and minute % 5:
        return None  # 404 is a number; people say times to five minutes
    if hour > 23 or minute > 59 or second > 59 or (len(text) == 6 and _may_be_date(hour, minute, second)):
        return None
    r.i += 1
    if not is_at:
        r.draft.weak = f"{text} may be a number"
    return Clock(hour, minute, second, "bare" if len(text) == 3 and hour else "exact")


def _may_be_date(*parts: int) -> bool:
    """Return whether six digits may be day, month and year in some order."""
    first, second, third = parts
    if first in {19, 20} and 1 <= third <= 12:
        return True  # 202701
    return any(
        1 <= month <= 12 and 1 <= day <= 31 for month, day in ((first, second), (second, first), (second, third))
    )


def _is_clock_wanted(r: Reader) -> bool:
    """Return whether four digits are a time: alone, or after a day that wants no year."""
    if r.i == 0 and r.text()[0] == "0" and r.kind(1) in {"dayname", "weekday", "on"}:
        return True  # 0900 tomorrow
    if r.kind(1) not in {"end_of_text", "zone"}:
        return False
    draft = r.draft
    if r.i == 0:
        return True
    is_year = 1900 <= r.token.value < 2100  # monday 2027
    return not is_year and bool(draft.day or draft.weekdays or draft.period or (draft.months and draft.mdays))


def _is_part_next(r: Reader, ahead: int) -> bool:
    """Return whether a part of the day follows: "at night", "in the evening", "tonight"."""
    if r.kind(ahead) in {"in", "this"} or r.text(ahead) in {"at", "tomorrow"}:
        ahead += 1 + (r.kind(ahead + 1) == "the")
        return r.kind(ahead) == "part" and r.text(ahead) not in {"noon", "midday", "midnight"}
    return r.text(ahead) in {"tonight", "tonite"}


def _spoken(r: Reader) -> Clock | None:
    """Read half past two, quarter to 4, 10 past 2."""
    start = r.i
    r.take("a")
    token = r.token
    if token.kind == "half":
        minutes = 30
    elif token.value == "quarter":
        minutes = 15
    elif token.kind == "num" and (token.value in _ROUND or r.text(1).startswith("min")) and 0 < token.value < 60:
        minutes = int(token.value)
    else:
        r.i = start
        return None
    r.i += 1
    if token.kind == "num":
        r.take_text("minutes", "minute", "min", "mins")
    sign = _SPOKEN.get(r.text(), 0)
    if not sign or r.kind(1) not in {"num", "part", "clock"} or (token.kind == "half" and sign < 0):
        r.i = start
        return None
    hour = {"noon": 12, "midnight": 24}.get(r.text(1), r.tokens[r.i + 1].value)
    if r.kind(1) == "clock" and hour and hour[1:] == (0, 0, "exact"):  # half past three pm
        hour = hour[0] or 24
    if not isinstance(hour, int) or not 1 <= hour <= 24 or r.kind(2) == "unit":
        r.i = start
        return None
    r.i += 2
    r.take("oclock")
    kind = "exact" if hour > 12 or r.tokens[r.i - 1].kind in {"part", "clock"} else "bare"
    total = hour * 60 + sign * minutes
    if kind == "bare" and hour == 12 and sign > 0:
        return Clock(12, minutes)
    if kind == "bare" and hour == 1 and sign < 0:
        return Clock(12, 60 - minutes)
    return Clock(total // 60 % 24, total % 60, kind=kind)


_ROUND = frozenset({5, 10, 15, 20, 25})
_SPOKEN = {"past": 1, "after": 1, "to": -1, "before": -1, "till": -1}


def read_part(r: Reader) -> bool:
    """Read morning, noon, tonight, eod; then "at 7"."""
    part = r.token.value
    if part == "midnight" and r.draft.part in {"tonight", "night"}:
        r.draft.part = ""
        if not r.draft.has_date():
            r.draft.day = r.local.date()
    if r.draft.part == "midnight" and part in {"tonight", "night"}:
        r.i += 1
        return True
    if r.draft.part and r.draft.part != part:
        raise r.stop("there are two parts of the day")
    is_plural = r.text().endswith("s") and part in {"morning", "afternoon", "evening", "night"}
    if is_plural:
        r.draft.every = r.draft.every or Every(1, "")
        r.draft.is_plural = True
    if r.text() == "firstthing":
        r.draft.is_part_running = False
    r.draft.part = part
    r.draft.is_part_first = not r.draft.has_date()
    if part in {"breakfast", "lunch", "dinner"}:
        r.draft.weak = f'"{part}" may be a meal'
    r.i += 1
    if _read_more_parts(r):
        return True
    if not r.draft.times:
        start = r.i
        r.take("at")
        clock = one_clock(r, is_at=r.i > start or r.kind(1) in {"end_of_text", "point"})
        if clock is None:
            r.i = start
        else:
            _times(r, clock)
    return True


def _read_more_parts(r: Reader) -> bool:
    """Read "and evening" of every morning and evening: their times by the settings; return whether there was more."""
    parts = [r.draft.part]
    while r.kind() in {"and", "point"} and r.text() in {"and", ",", "&"} and r.draft.every is not None:
        place = r.i
        r.separator()
        r.take("every", "in", "at")
        r.take("the")
        if r.kind() != "part" or "midnight" in {r.token.value, *parts} or r.draft.times:
            r.i = place
            break
        parts.append(r.token.value)
        r.i += 1
    if len(parts) == 1:
        return False
    r.draft.part = ""
    r.draft.times = [Clock(at.hour, at.minute) for at in (getattr(r.options, part) for part in parts)]
    return True


def _read_part_after(r: Reader) -> None:
    """Read "in the evening", "at night", "tonight" after a time."""
    if r.draft.part or not _is_part_next(r, 0) or r.kind() == "this" or r.text() in {"tonight", "tonite", "tomorrow"}:
        return
    r.i += 1
    r.take("the")
    r.draft.part = r.token.value
    r.i += 1


def read_half_of_day(r: Reader) -> bool:
    """Read "tomorrow am", "saturday pm"."""
    if not r.draft.has_date() or r.draft.part or r.draft.times:
        return False
    r.draft.part = "morning" if r.text() == "am" else "afternoon"
    r.i += 1
    return True


def read_zone(r: Reader) -> bool:
    """Read CET, Europe/Berlin, UTC or +02:00 after a time."""
    draft, token = r.draft, r.token
    if draft.zone or draft.offset is not None:
        return False
    if not (draft.times or draft.part):
        if token.text in ZONES and len(token.text) > 2:
            raise r.stop("a zone needs a time of day", hint="tomorrow 9am CET")
        return False
    if token.kind == "offset":
        draft.offset = _offset(token.text)
        if draft.offset is None:
            raise r.stop(f'"{token.text}" is no offset from UTC')
        is_glued = token.text[0] == "-" and r.tokens[r.i - 1].end == token.start
        if is_glued and not (draft.day and draft.is_dated):  # 2026-12-01T09:00-10:00 is ISO 8601
            raise r.stop("it may be until when, or an offset", hint="9:00 to 10:00, 9:00 UTC-10:00")
    elif token.text in ZONES:
        draft.zone = ZONES[token.text]
        if token.text not in {"utc", "z", "gmt"}:
            draft.notes.append(f"{token.text.upper()} is read as the clocks of {draft.zone}")
    elif token.kind == "zone":
        draft.zone = r.source[token.start : token.end]
    else:
        return False
    r.i += 1
    return True


def _offset(text: str) -> int | None:
    """Return the minutes east of UTC."""
    digits = text.removeprefix("utc").removeprefix("gmt")
    numbers = digits[1:].replace(":", "")
    if len(numbers) % 2:  # UTC+5, UTC+5:30
        numbers = f"0{numbers}"
    hours, minutes = int(numbers[:2]), int(numbers[2:] or 0)
    if hours > 14 or minutes > 59:
        return None
    return (-1 if digits[0] == "-" else 1) * (hours * 60 + minutes)
