"""Times counted from now or from another: in 3 hours, 2 days after friday, the day after tomorrow, + 10 days."""

from datetime import timedelta

from remindcli.core.when import dates, recurring, times
from remindcli.core.when.draft import LENGTH, Reader, Span
from remindcli.core.when.months import read_year_after
from remindcli.core.when.spans import add, read_span
from remindcli.core.when.within import nested

_NAMES = frozenset({"weekday", "weekend", "workday", "unit", "month"})


def read_in(r: Reader) -> bool:
    """Read in 3 hours, in may, in the morning, in week 12, in 2027."""
    r.i += 1
    if r.take("on"):  # in about 5 hours
        r.take_text("~")
    if (
        r.kind() == "the" and r.kind(1) == "next" and (r.kind(3) == "unit" or r.kind(2) == "vague")
    ):  # within the next 2 hours
        r.i += 2
    span = read_span(r, is_month_known=True)
    if span is not None:
        r.take_text("'")
        r.take_text("time")
        return _keep_span(r, span)
    if r.kind() == "the" and r.kind(1) == "part":
        r.i += 1
        r.draft.is_part_running = False
        return times.read_part(r)
    is_year = r.kind() == "num" and isinstance(r.token.value, int) and 1000 <= r.token.value <= 9999
    if r.kind() == "num" and not is_year and r.kind(1) == "end_of_text":
        raise r.stop(f"{r.text()} of what?", hint=f"in {r.text()} minutes")
    if is_year and r.draft.year is None:
        r.draft.year = r.token.value
        r.i += 1
        return True
    return r.kind() in {"month", "quarter", "this", "next", "the", "unit", "mid", "early", "late", "ym", "my"}


def _keep_span(r: Reader, span: Span) -> bool:
    if r.draft.span is not None:
        raise r.stop("there are two spans")
    r.draft.span = span
    r.draft.notes += span.notes
    return True


def read_counted(r: Reader) -> bool:
    """Read 3 hours from now, 2 weeks later, 2 days after friday, 3 days after done, 90m."""
    start = r.i
    if r.take_text("+"):
        r.take_text("+")
    is_marked = r.i > start
    if not is_marked and r.i == 0 and r.kind(1) == "end_of_text":
        _check_no_clock(r)
    span = read_span(r)
    if span is None:
        return _nth_weekday_from_now(r)
    if r.kind() in {"after", "from", "before"} or r.text() == "past":
        return _span_from(r, span)
    if r.take("later"):
        return _keep_span(r, span)
    if not is_marked and _is_week_on(r, span):  # a week on friday, two weeks today
        r.take("on")
        r.draft.anchor = (1, span, nested(r))
        return True
    if r.kind() == "gone":
        raise r.stop("that is past")
    if not is_marked:
        r.draft.weak = LENGTH
    return _keep_span(r, span)


def _is_week_on(r: Reader, span: Span) -> bool:
    """Return whether weeks are counted from the day that follows; "in a week on friday" is the friday of that week."""
    is_weeks = span.unit in {"week", "fortnight"} and not span.seconds
    is_day = r.kind() in {"weekday", "dayname"} or (r.kind() == "on" and r.kind(1) == "weekday")
    return is_weeks and is_day and r.draft.anchor is None and not r.draft.has_date()


def _check_no_clock(r: Reader) -> None:
    """Refuse 17h30 alone: a time of day as French has it, or a length of time."""
    hours, _, minutes = r.text().partition("h")
    if minutes.isdigit() and len(minutes) == 2 and hours.isdigit() and 6 < int(hours) < 24 and int(minutes) < 60:
        raise r.stop("it may be a time of day, or a length", hint=f"{hours}:{minutes}, or in {r.text()}")


def _nth_weekday_from_now(r: Reader) -> bool:
    """Read 3 fridays from now."""
    if (
        not isinstance(r.token.value, int)
        or r.kind() != "num"
        or r.kind(1) != "weekday"
        or r.text(2) != "from"
        or r.kind(3) != "now"
    ):
        return False
    ahead = (r.tokens[r.i + 1].value - r.local.weekday() - 1) % 7 + 1 + 7 * (r.token.value - 1)
    if not 0 < ahead < 4000:
        return False
    r.i += 4
    dates.set_day(r, r.local.date() + timedelta(ahead))
    return True


def _span_from(r: Reader, span: Span) -> bool:
    if r.text() == "from" and r.kind(1) in {"now", "dayname"} and r.text(1) in {"now", "today"}:
        r.i += 2
        return _keep_span(r, span)
    place = r.i
    if r.kind() != "before" and recurring.read_done(r):
        if span.workdays or span.weekends:
            raise r.stop("working days cannot be counted so")
        interval, unit = recurring.interval_of(r, span)
        return recurring.set_every(r, interval, unit)
    r.i = place
    if r.text() not in {"after", "from", "before", "past"} or r.draft.anchor is not None:
        return False
    sign = -1 if r.text() == "before" else 1
    r.i += 1
    r.draft.anchor = (sign, span, nested(r))
    return True


def read_after(r: Reader) -> bool:
    """Read after 10 days (Todoist: counted from when it is done), after an hour, after 4pm."""
    if recurring.read_done(r):
        return True
    r.i += 1
    if r.text() == "next" and r.kind(1) not in _NAMES and r.draft.weekdays:
        raise r.stop("after which one?", hint="friday in 2 weeks, or the date")
    if r.kind() != "clock" and _is_weekday_alone(r):
        return _weekday_from(r, 1)
    place = r.i
    span = read_span(r)
    if span is not None:
        if span.is_exact and span.days + span.months and not span.seconds and not span.workdays:
            r.draft.is_completion = True
            r.draft.notes.append("counted anew from each time it is done; once would be: in …")
            interval, unit = recurring.interval_of(r, span)
            return recurring.set_every(r, interval, unit)
        return _keep_span(r, span)
    r.i = place
    if r.kind() == "clock":
        r.draft.notes.append('"after" is read as "at"')
        return times.read_clock(r)
    return False


def read_before(r: Reader) -> bool:
    """Read friday before christmas, tomorrow before 5pm."""
    r.i += 1
    if r.kind() != "clock" and _is_weekday_alone(r):
        return _weekday_from(r, -1)
    if r.kind() != "clock" or not r.draft.has_date():
        return False
    r.draft.notes.append('"before" is read as "at"')
    return times.read_clock(r)


def _is_weekday_alone(r: Reader) -> bool:
    """Return whether one weekday has been named, and nothing else."""
    draft = r.draft
    is_one = len(draft.weekdays) == 1 and not draft.group and not draft.which and not draft.is_plural
    return is_one and draft.every is None and draft.slots() <= {"weekdays", "ords"} and not (draft.times or draft.part)


def _weekday_from(r: Reader, sign: int) -> bool:
    """Read the monday after easter, the second friday after jan 1, the last friday before christmas."""
    draft = r.draft
    number = abs(draft.ords[0]) if len(draft.ords) == 1 else 1
    if len(draft.ords) > 1 or (draft.ords and draft.ords[0] < 0 and (sign > 0 or number > 1)):
        return False
    place = r.i
    inner = nested(r)
    if not inner.has_date():
        r.i = place
        raise r.stop("it does not say which day", hint="friday before christmas, tomorrow at 5pm")
    draft.anchor = (sign, Span(unit="weekday", count=draft.weekdays[0], days=number), inner)
    draft.weekdays, draft.ords = (), ()
    return True


def read_unit(r: Reader) -> bool:
    """Read day after tomorrow, week 12, of the month."""
    unit = r.token.value
    if r.text().endswith("s") or len(r.text()) == 1:
        return False
    before = r.tokens[r.i - 1].kind if r.i else ""
    r.i += 1
    is_day_number = unit == "day" and r.kind() == "num" and (r.draft.every is not None or r.kind(1) == "of")
    if is_day_number and isinstance(r.token.value, int) and 1 <= r.token.value <= 31 and not r.draft.mdays:
        r.draft.mdays = (r.token.value,)
        r.i += 1
        return True
    if unit == "week" and r.kind() == "num" and isinstance(r.token.value, int) and 1 <= r.token.value <= 53:
        r.draft.week = r.token.value
        r.i += 1
        read_year_after(r)
        return True
    if (
        r.kind() == "after"
        and r.text(1) == "next"
        and r.kind(2) not in _NAMES
        and unit in {"day", "week", "month", "year"}
    ):
        r.i += 2
        r.draft.period = (unit, 2)
        return True
    if r.kind() in {"after", "before"}:
        span = Span(unit=unit, count=1, is_exact=False)
        return add(span, 1, unit) and _span_from(r, span)
    is_weeks = unit in {"week", "fortnight"}
    if is_weeks and before in {"weekday", "dayname"} and r.kind() != "of" and _is_week_after(r):
        r.draft.shift = (1, Span(days=7 if unit == "week" else 14, unit="week", count=1))
        return True
    is_calendar = unit in {"week", "month", "quarter", "year"}
    if is_calendar and before == "the" and r.i > 2 and r.tokens[r.i - 3].kind in {"of", "in"} and not r.draft.period:
        r.draft.period, r.draft.is_period_rolling = (unit, 0), True
        return True
    return False


def _is_week_after(r: Reader) -> bool:
    """Return whether "friday week" is meant: the one a week after the coming one."""
    draft = r.draft
    return (
        draft.shift is None and draft.every is None and len(draft.slots()) == 1 and not draft.which and not draft.ords
    )


def read_shift(r: Reader) -> bool:
    """Read friday + 10 days, now+1h, 2026-12-29 -10 days."""
    sign = {"+": 1, "-": -1}.get(r.text(), 0)
    draft = r.draft
    if not sign or draft.shift is not None or not (draft.has_date() or draft.is_now):
        return False
    r.i += 1
    span = read_span(r)
    if span is None:
        return False
    draft.shift = (sign, span)
    return True
