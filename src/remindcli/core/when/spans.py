"""Lengths of time: 20m, 1h30, two and a half weeks, P1DT2H."""

import re
from datetime import datetime, timedelta

from remindcli.core.when.draft import MisreadError, Reader, Span
from remindcli.core.when.lexer import MAX_LENGTH, tokenise
from remindcli.core.when.reading import Options
from remindcli.core.when.words import UNITS
from remindcli.errors import UnreadableTimeError

# What a unit is made of: (months, days, seconds).
_SIZES = {
    "second": (0, 0, 1), "minute": (0, 0, 60), "hour": (0, 0, 3600), "day": (0, 1, 0), "week": (0, 7, 0),
    "fortnight": (0, 14, 0), "month": (1, 0, 0), "quarter": (3, 0, 0), "year": (12, 0, 0),
}  # fmt: skip
_MOST = {"second": 10**9, "minute": 10**8, "hour": 10**7, "day": 10**6, "week": 10**5, "year": 7000}
_FRACTIONS = {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
_SMALLER = {"hour": "minute", "minute": "second"}
_DAY = 86400
_ANY_TIME = datetime(2000, 1, 1)
_COMPACT = r"(\d+)([a-z]*)"
_ISO = (
    r"p(?:(\d{1,9})y)?(?:(\d{1,9})m)?(?:(\d{1,9})w)?(?:(\d{1,9})d)?"
    r"(?:t(?:(\d{1,9}(?:\.\d+)?)h)?(?:(\d{1,9}(?:\.\d+)?)m)?(?:(\d{1,9}(?:\.\d+)?)s)?)?"
)
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def add(span: Span, number: float, unit: str) -> bool:
    """Add so many units to the span; return False if they make no whole length (half a month).

    Raises:
        MisreadError: that many are beyond the calendar.
    """
    if number > _MOST.get(unit, 80000):
        raise MisreadError("that is beyond the calendar")
    months, days, seconds = _SIZES[unit]
    if months:
        exact = number * months
        if exact != int(exact):
            return False
        span.months += int(exact)
        return True
    whole = number * days
    span.days += int(whole)
    span.seconds += (whole - int(whole)) * _DAY + number * seconds
    return True


def read_span(r: Reader, *, is_month_known: bool = False) -> Span | None:
    """Read a length of time; return None, and stay, if there is none.

    Args:
        r: the place.
        is_month_known: "1 mon" is a month (after "in"), not a Monday.
    """
    start = r.i
    span = Span()
    seen: list[str] = []
    while True:
        place = r.i
        if seen:
            r.take_text(",")
            r.take("and")
        before, span.unit = span.unit, ""
        if not _read_part(r, span, is_month_known=is_month_known):
            r.i, span.unit = place, before
            break
        if span.unit in seen:
            raise r.stop("it names the same unit twice")
        seen.append(span.unit)
    if not seen:
        r.i = start
        return None
    if len(seen) > 1:
        span.unit = ""
    return span


def _read_part(r: Reader, span: Span, *, is_month_known: bool) -> bool:
    token = r.token
    if token.kind in {"glue", "isospan"}:
        if not _add_compact(span, token.text):
            return False
        r.i += 1
        return True
    if _read_fraction(r, span):
        return True
    number = _read_number(r, span)
    if number is None:
        return False
    return _read_unit(r, span, number, is_month_known=is_month_known)


def _read_unit(r: Reader, span: Span, number: float, *, is_month_known: bool) -> bool:
    r.take("more")
    unit = r.token.value if r.kind() == "unit" else ""
    if r.kind() in {"workday", "weekend"} and number == int(number):
        if r.kind() == "workday":
            span.workdays += int(number)
        else:
            span.weekends += int(number)
        r.i += 1
        return True
    if is_month_known and r.text() == "mon":
        unit = "month"
    if not unit:
        return False
    r.i += 1
    if r.kind() == "and" and r.kind(1) == "a" and r.kind(2) == "half":
        r.i += 3
        number += 0.5
    span.unit, span.count = unit, number
    return add(span, number, unit)


def _read_number(r: Reader, span: Span) -> float | None:
    if r.text(1) == "hundred" and (r.kind() == "a" or r.text() == "one"):
        r.i += 2
        return 100
    if r.kind() == "a":
        span.is_exact = False
        r.i += 1
        if r.kind() == "vague":
            return _read_vague(r, span)
        return 1
    if r.kind() == "vague":
        return _read_vague(r, span)
    if r.kind() != "num":
        return None
    number = float(r.token.value)
    span.is_exact = span.is_exact and not r.token.is_spelled
    r.i += 1
    if r.text() in _FRACTIONS and r.kind(1) == "unit":  # 1 1/2 hours
        number += _FRACTIONS[r.text()]
        r.i += 1
    if r.kind() == "and" and r.kind(1) == "a" and r.kind(2) == "half":
        r.i += 3
        number += 0.5
    return number


def _read_vague(r: Reader, span: Span) -> float:
    number, word = r.token.value, r.token.text
    span.is_exact = False
    span.notes.append(f'"{word}" is taken as {number}')
    r.i += 1
    r.take("of")
    return float(number)


def _read_fraction(r: Reader, span: Span) -> bool:
    """Read half an hour, a half hour, a quarter of an hour, three quarters of an hour."""
    start = r.i
    times = 1
    if r.kind() == "dm" and r.text() in _FRACTIONS and r.kind(1) == "unit":
        return _add_fraction(r, span, _FRACTIONS[r.text()])
    if r.kind() == "num" and "quarters" in {r.text(1), r.text(2) if r.text(1) == "-" else ""}:
        times = int(r.token.value)
        r.i += 2 if r.text(1) == "-" else 1
    else:
        r.take("a")
    if r.kind() == "half":
        part = 0.5
    elif r.token.value == "quarter" and r.kind(1) == "of" and r.kind(2) == "a":
        part = 0.25 * times
        r.i += 1
    elif r.token.value == "quarter" and r.text(1) == "hour":
        part = 0.25
    else:
        r.i = start
        return False
    if _add_fraction(r, span, part):
        return True
    r.i = start
    return False


def _add_fraction(r: Reader, span: Span, part: float) -> bool:
    """Add so much of the unit that follows."""
    r.i += 1
    r.take("a")
    if r.kind() != "unit" or not add(span, part, r.token.value):
        return False
    span.unit, span.count, span.is_exact = r.token.value, part, False
    r.i += 1
    return True


def _add_compact(span: Span, text: str) -> bool:
    """Add 1h30, 1d2h or p1dt2h to the span; return False if the letters are no units."""
    if text[0] == "p":
        found = re.fullmatch(_ISO, text)
        return found is not None and all(
            add(span, float(number), unit) for unit, number in zip(_ISO_UNITS, found.groups(), strict=True) if number
        )
    unit, seen = "", set[str]()
    for number, letters in re.findall(_COMPACT, text):
        unit = UNITS.get(letters, "") if letters else _SMALLER.get(unit, "")
        if not unit or unit in seen or len(number) > 9 or not add(span, int(number), unit):
            return False
        seen.add(unit)
    return True


def seconds_of(span: Span) -> float | None:
    """Return the span in seconds; None if it is of the calendar (months, working days)."""
    if span.months or span.workdays or span.weekends:
        return None
    return span.days * _DAY + span.seconds


def length(seconds: float) -> timedelta | None:
    """Return the seconds as a timedelta; None if there is no such length."""
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        return None


def parse_span(text: str) -> timedelta:
    """Return the length of time that the text names: 20m, 1h30, 2 days, an hour and a half, P1DT2H.

    Raises:
        UnreadableTimeError: it is none, or one of the calendar (a month has no one length).
    """
    error = UnreadableTimeError(f'can\'t read "{text.strip()[:60]}" as a length of time', hint="20m, 1h30, 2 days")
    if len(text) > MAX_LENGTH or not text.isascii() or not text.isprintable():
        raise error
    r = Reader(tokenise(text), text, _ANY_TIME, Options())
    r.take("for", "in")
    try:
        span = _whole_span(r)
    except (OverflowError, MisreadError):
        span = None
    if span is None:
        raise error
    seconds = seconds_of(span)
    if seconds is None:
        error.why, error.hint = "months and working days have no one length", "30 days, 4 weeks"
        raise error
    found = length(seconds)
    if found is None:
        raise error
    return found


def _whole_span(r: Reader) -> Span | None:
    if r.kind() == "unit" and r.text() == "fortnight":
        r.i += 1
        return Span(days=14) if r.kind() == "end_of_text" else None
    span = read_span(r)
    if span is None or r.kind() != "end_of_text":
        return None
    return span
