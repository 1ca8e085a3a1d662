"""How often, as typed: every 2 weeks, every other tue, daily, 3 days after done, until may, 5 times."""

from remindcli.core.when.dates import read_weekdays
from remindcli.core.when.draft import Clock, Every, MisreadError, Reader, Span
from remindcli.core.when.spans import add, read_span
from remindcli.core.when.times import one_clock, read_clock
from remindcli.core.when.words import TWO_MEANINGS

_FOLDED = {"fortnight": (2, "week"), "quarter": (3, "month")}
_COUNTS = {"once": 1, "twice": 2, "thrice": 3}
_AFTER_EVERY = frozenset(
    {
        "weekday", "workday", "weekend", "month", "num", "ord", "unit", "last", "penultimate", "part", "clock", "end",
        "begin", "mid", "edge", "name", "the", "early", "late", "dm", "dot", "quarter", "isospan",
    }
)  # fmt: skip


def set_every(r: Reader, interval: int, unit: str) -> bool:
    """Keep how often."""
    if r.draft.every is not None:
        raise r.stop("it says twice how often")
    r.draft.is_quarterly = unit == "quarter" and interval == 1
    times, unit = _FOLDED.get(unit, (1, unit))
    if not 0 < interval * times < 100000:
        raise r.stop("that is no number of times")
    r.draft.every = Every(interval * times, unit)
    return True


def read_every(r: Reader) -> bool:
    """Read every …, each …, per …."""
    word = r.text()
    if _is_counted_before(r):
        raise _no_times(r)
    r.i += 1
    if r.take_text("!"):
        r.draft.is_completion = True
    if r.take("leap"):
        r.draft.is_leap_day = True
        if r.token.value != "day":
            return False
        r.i += 1
        return set_every(r, 1, "year")
    if (word == "each" and r.kind() == "other") or (word == "per" and r.kind() != "unit"):  # "hug each other"
        return False
    if r.kind() == "other" or (r.text() == "second" and r.tokens[r.i + 1].kind in {"unit", "weekend"}):
        return _every_other(r)
    if r.kind() == "ord" and r.kind(1) == "unit":
        return _every_nth_unit(r)
    if r.kind() in {"num", "vague", "a", "glue", "half", "isospan"} or (r.text(), r.text(1)) == ("quarter", "hour"):
        return _every_number(r)
    if r.kind() == "unit" and r.text() not in {"s", "m", "h", "d", "w", "y"}:
        return _every_unit(r)
    if r.kind() == "end_of_text" and r.i > 1:
        raise r.stop(f'something is missing after "{word}"')
    return (r.kind() in _AFTER_EVERY or r.kind() == "end_of_text") and set_every(r, 1, "")


def _every_other(r: Reader) -> bool:
    r.i += 1
    if r.kind() == "unit":
        unit = r.token.value
        r.i += 1
        return set_every(r, 2, unit)
    if r.kind() == "weekend" and r.text() == "weekend":
        raise r.stop("one day of the weekend or both?", hint="every other saturday, every other sat and sun")
    if r.kind() == "workday":
        raise r.stop("working days cannot be counted so", hint="every other day, every mon, wed and fri")
    return r.kind() in {"weekday", "weekend"} and set_every(r, 2, "week") and read_weekdays(r)


def _every_nth_unit(r: Reader) -> bool:
    """Read every 3rd month, every 4th week; every 15th day is the 15th of each month."""
    number, unit = r.token.value, r.tokens[r.i + 1].value
    if unit == "day" and (number > 7 or r.kind(2) == "of"):
        return set_every(r, 1, "month")
    r.i += 2
    if unit == "day":
        r.draft.notes.append(f"every {number} days")
    return set_every(r, number, unit)


def _every_number(r: Reader) -> bool:
    """Read every 2 weeks, every 90 min, every 2 mondays, every 2, 15, 27."""
    place = r.i
    span = read_span(r, is_month_known=True)
    if span is not None and not span.workdays and not span.weekends:
        interval, unit = interval_of(r, span)
        r.draft.notes += span.notes
        return set_every(r, interval, unit)
    r.i = place
    if r.kind() != "num" or not isinstance(r.token.value, int):
        return False
    number = r.token.value
    if r.kind(1) in {"weekday", "weekend"}:
        r.i += 1
        return set_every(r, number, "week") and read_weekdays(r)
    if r.kind(1) == "workday":
        raise r.stop("working days cannot be counted so", hint="every 3 days, every mon and thu")
    if r.kind(1) == "month":  # every 14 jan
        return set_every(r, 1, "")
    return _every_days(r)


def _every_days(r: Reader) -> bool:
    """Read every 2, 15 and 27: days of the month."""

    def read() -> int | None:
        token = r.token
        if token.kind not in {"num", "ord"} or not isinstance(token.value, int) or not 1 <= token.value <= 31:
            return None
        if token.is_spelled:  # thank every one
            return None
        r.i += 1
        return token.value

    days = r.items(read)
    if days and r.draft.mdays:
        raise r.stop("there are two days of the month")
    if not days or r.kind() in {"unit", "times"}:
        return False
    r.draft.mdays = tuple(days)
    return set_every(r, 1, "month")


def interval_of(r: Reader, span: Span) -> tuple[int, str]:
    """Return the span as a number of one unit."""
    if span.unit and span.count == int(span.count):
        return int(span.count), span.unit
    if span.months and not span.days and not span.seconds:
        return span.months, "month"
    if span.days and not span.months and not span.seconds:
        return span.days, "day"
    if span.months or span.seconds != int(span.seconds):
        raise r.stop("months cannot be mixed with days", hint="every 2 weeks, every 3 months")
    seconds = span.days * 86400 + int(span.seconds)
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds % size == 0:
            return seconds // size, unit
    return seconds, "second"


def _every_unit(r: Reader) -> bool:
    unit, text = r.token.value, r.text()
    if text.endswith("s") or (
        unit == "second" and text == "second" and r.kind(1) in {"weekday", "month", "ord", "last"}
    ):
        return set_every(r, 1, "")
    r.i += 1
    if r.kind() == "and" and r.kind(1) == "a" and r.kind(2) == "half" and unit == "hour":
        r.i += 3
        return set_every(r, 90, "minute")
    return set_every(r, 1, unit)


def read_frequency(r: Reader) -> bool:
    """Read daily, weekly, quarterly."""
    interval, unit = r.token.value
    if _is_counted_before(r):
        raise _no_times(r)
    if r.text() == "nightly":
        r.draft.part = "night"
    if r.text() == "biweekly":
        r.draft.notes.append("biweekly is read as every 2 weeks")
    r.i += 1
    if r.take_text("!"):
        r.draft.is_completion = True
    return set_every(r, interval, unit)


def _no_times(r: Reader) -> MisreadError:
    """Return the error for 3x daily, twice weekly, every day 2x."""
    return r.stop("it does not say when", hint="every mon and thu, every day at 8, 13 and 20; for 3 times")


def _is_counted_before(r: Reader) -> bool:
    """Return whether "3x", "twice" stands before how often, without "for"."""
    is_counted = r.i > 0 and r.tokens[r.i - 1].kind in {"times", "twice"}
    return is_counted and "for" not in {token.kind for token in r.tokens[max(r.i - 3, 0) : r.i]}


def read_once(r: Reader) -> bool:
    """Read once a week, once every 3 days; twice; refuse twice a week."""
    times = _COUNTS[r.text()]
    place = r.i
    r.i += 1
    if r.kind() == "every" or (r.kind() == "a" and r.kind(1) == "unit"):
        if times > 1:
            r.i = place
            raise r.stop("it does not say on which days", hint="every mon and thu, every day at 8 and 20")
        if r.kind() == "every":
            return read_every(r)
        unit = r.tokens[r.i + 1].value
        r.i += 2
        return set_every(r, 1, unit)
    r.take("only")
    if times == 1:
        return False
    if r.tokens[place - 1].kind in {"freq", "unit"} and place:
        r.i = place
        raise _no_times(r)
    return _set_count(r, times)


def read_times(r: Reader) -> bool:
    """Read 5 times, 7x, for 3 occurrences; refuse 3 times a day."""
    if r.kind() != "num" or r.kind(1) != "times" or not isinstance(r.token.value, int):
        return False
    if r.kind(2) in {"a", "every"} and r.kind(3) == "unit":
        raise _no_times(r)
    if r.text(1) == "x" and r.i and r.tokens[r.i - 1].kind in {"freq", "unit"}:
        raise _no_times(r)
    number = r.token.value
    r.i += 2
    return _set_count(r, number)


def _set_count(r: Reader, number: int) -> bool:
    if r.draft.count is not None or not 0 < number < 100000:
        raise r.stop("that is no number of times")
    r.draft.count = number
    return True


def read_for(r: Reader) -> bool:
    """Read for 5 times, for 3 weeks, for the next 2 months, for up to 5 times."""
    r.i += 1
    if r.kind() == "clock" and r.draft.has_date() and not r.draft.times:  # on saturday for 9am
        return read_clock(r)
    r.take("up")
    r.take("the")
    is_next = r.take("next")
    if r.kind() == "twice":
        return read_once(r)
    if r.kind(1) == "times":
        return read_times(r)
    span: Span | None
    if is_next and r.kind() == "unit" and r.token.value in {"hour", "day", "week", "month", "year"}:
        span = Span()
        add(span, 1, r.token.value)
        r.i += 1
    else:
        span = read_span(r)
    if span is None or r.draft.lasting:
        return False
    r.draft.lasting = span
    return True


def read_except(r: Reader) -> bool:
    """Read "except sunday" of every day, every weekday, every mon-sat: the days that are left."""
    draft = r.draft
    r.i += 1
    r.take("on")
    is_daily = draft.every is not None and (draft.every.interval, draft.every.unit) == (1, "day")
    if draft.every is None or draft.ords or draft.mdays or not (draft.weekdays or is_daily):
        raise r.stop("it does not say which days are left", hint="every day except sunday, every weekday except friday")
    before, draft.weekdays, draft.group = draft.weekdays or tuple(range(7)), (), ""
    if r.kind() not in {"weekday", "workday", "weekend"}:
        raise r.stop("only days of the week can be left out", hint="every day except sunday")
    read_weekdays(r)
    draft.weekdays, draft.group = tuple(day for day in before if day not in draft.weekdays), "mixed"
    if not draft.weekdays:
        raise r.stop("no day is left", hint="every day except sunday")
    return True


def read_hours(r: Reader) -> bool:
    """Read from 9 to 17, between 9am and 5pm, 9-17: the hours of an hourly rule."""
    start = r.i
    r.take("from", "between")
    first = one_clock(r, is_at=True, is_spoken=False)
    if first is not None and r.take_text("to", "-", "and", "until", "till", "til", "through"):
        last = one_clock(r, is_at=True, is_spoken=False)
        if last is not None and r.draft.hours is None and _is_range(r, first, last):
            r.draft.hours = (first, last)
            return True
    r.i = start
    return False


def _is_range(r: Reader, first: Clock, last: Clock) -> bool:
    if last.kind == "bare" and last.hour < 12 and last.hour <= first.hour <= 12:
        last.hour, last.kind = last.hour + 12, "exact"  # from 9 to 5
    if (first.hour, first.minute) >= (last.hour, last.minute):
        raise r.stop("the hours run backwards", hint="every hour from 9 to 17")
    return r.kind() not in {"unit", "month", "of"}


def read_done(r: Reader) -> bool:
    """Read "when done", "after it is done", "from completion"; then it is counted from there."""
    start = r.i
    if not r.take("when", "after") and not r.take_text("from", "since"):
        return False
    r.take("it")
    r.take("it")
    r.take("the", "last")
    if not r.take("done"):
        r.i = start
        return False
    r.draft.is_completion = True
    return True


def refuse_two_meanings(r: Reader) -> bool:
    """Refuse biannual and its like, naming both meanings."""
    if r.text() in TWO_MEANINGS:
        one, other = TWO_MEANINGS[r.text()]
        raise r.stop(f'"{r.text()}" means two things', hint=f"{one}, or {other}")
    return False
