"""The days that a draft may mean, the earliest first: friday, march 5, next week, 2nd tue of may."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice

from remindcli.core.when.draft import Draft, MisreadError, Span
from remindcli.core.when.named import easter
from remindcli.core.when.pattern import Pattern, add_months, nth_weekdays
from remindcli.core.when.place import Asked
from remindcli.core.when.words import DAY_SHORT

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


def is_bare_weekday(draft: Draft) -> bool:
    return not (draft.day or draft.mdays or draft.months or draft.period or draft.ords or draft.span)


def candidates(draft: Draft, asked: Asked) -> Iterator[date]:
    """Yield the days that may be meant, the earliest first; a weekday named beside a date has to agree."""
    days = _named_days(draft, asked)
    if not draft.weekdays or is_bare_weekday(draft) or draft.ords:
        return days
    if (draft.period and not draft.mdays) or draft.span:
        return days
    return _agreeing(draft, list(islice(days, 2)))


def _agreeing(draft: Draft, days: list[date]) -> Iterator[date]:
    if draft.group or len(draft.weekdays) > 1:
        raise MisreadError("there are two dates")
    both = [draft.day_order] if draft.day_order else []
    fitting = [day for day in (*days[:1], *both) if day.weekday() in draft.weekdays]
    if not fitting:
        day = days[0] if days else None
        if day is None:
            raise MisreadError("that is past")
        raise MisreadError(
            f"{day.day} {day:%B %Y} is a {day:%A}, not a {_weekday_name(draft)}",
            hint=f"{day.isoformat()}, or next {_weekday_name(draft)}",
        )
    draft.day_order = None
    return iter(fitting[:1])


def _weekday_name(draft: Draft) -> str:
    return date(2024, 1, 1 + draft.weekdays[0]).strftime("%A")


def _named_days(draft: Draft, asked: Asked) -> Iterator[date]:
    slots = draft.slots()
    reads = _BY_SLOTS.get(slots)
    if reads is None:
        raise MisreadError("there are two dates" if slots else "it names no day")
    return reads(draft, asked)


def _fixed(draft: Draft, asked: Asked) -> Iterator[date]:  # noqa: ARG001 (one signature for the table)
    assert draft.day is not None
    if draft.day_order and not draft.weekdays:
        one, other = draft.day, draft.day_order
        raise MisreadError(
            f"it may be {one.day} {one:%B} or {other.day} {other:%B}",
            hint=f"{one.isoformat()} or {other.isoformat()}; the setting date_order decides for good",
        )
    return iter((draft.day,))


def _after_span(draft: Draft, asked: Asked) -> Iterator[date]:
    assert draft.span is not None
    day = moved(asked.today, draft.span, 1)
    if draft.weekdays:
        if draft.span.unit not in {"week", "fortnight"} or len(draft.weekdays) > 1:
            raise MisreadError("there are two dates")
        day = week_of(day, asked) + timedelta((draft.weekdays[0] - asked.options.week_start) % 7)
    return iter((day,))


def moved(day: date, span: Span, sign: int) -> date:
    """Return the day so much later or earlier, by the calendar."""
    try:
        if span.unit == "weekday":  # the friday (count) before that day, the first or the nth (days)
            ahead = sign * (int(span.count) - day.weekday()) % 7 or 7
            return day + timedelta(sign * (ahead + 7 * (span.days - 1)))
        found = add_months(day, sign * span.months)
        if found is None:
            raise MisreadError("that is beyond the calendar")
        found += timedelta(sign * span.days)
        if span.weekends:
            saturday = found + timedelta((5 - found.weekday()) % 7 if found.weekday() < 6 else -1)
            found = saturday + timedelta(7 * (span.weekends - 1) * sign)
        found += timedelta(sign * (span.workdays // 5 * 7))
        for _ in range(span.workdays % 5):
            found += timedelta(sign)
            while found.weekday() > 4:
                found += timedelta(sign)
        if span.workdays and not span.workdays % 5:
            while found.weekday() > 4:
                found -= timedelta(sign)
    except OverflowError:
        raise MisreadError("that is beyond the calendar") from None
    return found


def week_of(day: date, asked: Asked) -> date:
    """Return the first day of its week."""
    return day - timedelta((day.weekday() - asked.options.week_start) % 7)


def _bounds(unit: str, shift: int, asked: Asked) -> tuple[date, date]:
    """Return the first and the last day of this (0) or the next (1) week, month, quarter, year."""
    today = asked.today
    if unit == "day":
        return today + timedelta(shift), today + timedelta(shift)
    if unit in {"week", "fortnight", "workweek"}:
        first = week_of(today, asked) + timedelta(7 * shift * (2 if unit == "fortnight" else 1))
        if unit == "workweek":
            monday = first + timedelta(-asked.options.week_start % 7)
            return monday, monday + timedelta(4)
        return first, first + timedelta(13 if unit == "fortnight" else 6)
    size = _MONTHS_IN[unit]
    first = today.replace(month=(today.month - 1) // size * size + 1, day=1)
    start, end = add_months(first, size * shift), add_months(first, size * (shift + 1))
    if start is None or end is None:
        raise MisreadError("that is beyond the calendar")
    return start, end - timedelta(1)


def _edge(draft: Draft, asked: Asked) -> Iterator[date]:
    assert draft.period is not None
    unit, shift = draft.period
    first, last = _bounds(unit, shift, asked)
    if draft.edge == "end" and unit == "workweek" and not shift and last < asked.today:
        first, last = first + timedelta(7), last + timedelta(7)
    days = [_edge_of(draft.edge, unit, first, last)]
    if draft.is_period_rolling:
        days.append(_edge_of(draft.edge, unit, *_bounds(unit, shift + 1, asked)))
    return iter(days)


def _edge_of(edge: str, unit: str, first: date, last: date) -> date:
    middle = first + timedelta(14 if unit == "month" else (last - first).days // 2)
    return {"begin": first, "end": last, "mid": middle}[edge]


def _of_period(draft: Draft, asked: Asked) -> Iterator[date]:
    """Return a day of next week: its first, or the weekday named; of this week the last."""
    assert draft.period is not None
    unit, shift = draft.period
    first, last = _bounds(unit, shift, asked)
    if draft.weekdays:
        if unit != "week":
            raise MisreadError("it does not say which of them", hint="first friday of next month")
        return iter((first + timedelta((draft.weekdays[0] - first.weekday()) % 7),))
    if shift == 0:
        draft.notes.append(f"this {unit} is read as its last day")
        return iter((last,))
    return iter((first,))


def _of_week(draft: Draft, asked: Asked) -> Iterator[date]:
    """Return the Monday of the week, or the weekday named."""
    weekday = draft.weekdays[0] if draft.weekdays else 0
    years = (draft.year,) if draft.year else range(asked.today.year, min(asked.today.year + 8, 9999))
    days = []
    for year in years:
        try:
            days.append(date.fromisocalendar(year, draft.week or 1, weekday + 1))
        except ValueError:
            continue
    return iter(days)


def _of_easter(draft: Draft, asked: Asked) -> Iterator[date]:
    """Yield Easter, or a day counted from it, of the year named or of the coming ones."""
    year = draft.year or asked.today.year
    if draft.period:
        unit, shift = draft.period
        if unit != "year":
            raise MisreadError("there are two dates")
        year += shift
    draft.is_dated = draft.is_dated or bool(draft.year or draft.period)
    years = (year,) if draft.is_dated else range(year, min(year + 3, 9999))
    days = (easter(each) + timedelta(draft.easter[0]) for each in years)
    return iter([day for day in days if draft.is_dated or day >= asked.today])


def _in_years(draft: Draft, asked: Asked) -> Iterator[date]:
    """Return march 5 in two years, the 5th in 3 months: counted by the calendar's years, or months."""
    assert draft.span is not None
    span, unit = draft.span, "year" if draft.months else "month"
    if span.unit != unit or span.count != int(span.count) or len(draft.mdays) > 1 or len(draft.months) > 1:
        raise MisreadError("there are two dates")
    first = moved(asked.today.replace(day=1), span, 1)
    draft.notes.append(f"read as of {first.year}" if draft.months else f"read as of {first:%B} {first.year}")
    draft.year, draft.months, draft.span = first.year, draft.months or (first.month,), None
    return _rolling(draft, asked)


def _weekday(draft: Draft, asked: Asked) -> Iterator[date]:
    today = asked.today
    if draft.group and len(draft.weekdays) != {"workday": 5, "weekend": 2}.get(draft.group):
        raise MisreadError("there are several days", hint="every mon and thu")
    if draft.group == "workday":
        return (day for n in range(1, 8) if (day := today + timedelta(n)).weekday() < 5)
    if len(draft.weekdays) > 1 and draft.group != "weekend":
        hint = "every mon-fri" if draft.weekdays == (0, 1, 2, 3, 4) else "every mon and thu"
        raise MisreadError("there are several days", hint=hint)
    weekday = 5 if draft.group == "weekend" else draft.weekdays[0]
    if draft.which == "next":
        first = week_of(today, asked) + timedelta(7)
        day = first + timedelta((weekday - first.weekday()) % 7)
        draft.notes.append(f"next {DAY_SHORT[weekday]} is the one of next week, {day.day} {day:%b}")
        return iter((day,))
    if draft.group == "weekend" and today.weekday() == 6:
        return iter((today, today + timedelta(6)))
    nearest = today + timedelta((weekday - today.weekday()) % 7)
    return iter((nearest, nearest + timedelta(7)))


def _of_calendar(draft: Draft, asked: Asked) -> Iterator[date]:
    """Yield the days of the calendar that the draft names: march 5, the 15th, 3rd friday of may, 40th day of 2027."""
    if draft.edge:
        draft.mdays = ({"begin": 1, "mid": 15, "end": -1}[draft.edge],)
    if draft.period is not None:
        return _of_numbered(draft, asked)
    if len(draft.months) > 1 or len(draft.mdays) > 1 or len(draft.ords) > 1:
        raise MisreadError("there are several days", hint="every month on the 1st and 15th")
    if draft.ords and not (draft.months or draft.year):
        if draft.ords[0] < 0:
            raise MisreadError("it may be past", hint="last friday of this month, last friday of march")
        draft.notes.append("of this month, or of the next")
    if draft.months and not draft.mdays and not draft.ords:
        if draft.times or draft.part or draft.weekdays:
            raise MisreadError("it does not say which day of the month", hint="march 5 at 9am")
        draft.mdays, draft.is_month_alone = (1,), True
    return _rolling(draft, asked)


def _rolling(draft: Draft, asked: Asked) -> Iterator[date]:
    is_yearly = bool(draft.months or draft.year)
    byday = tuple((which, day) for which in draft.ords for day in draft.weekdays)
    is_workday = draft.group == "workday"
    pattern = Pattern(
        "YEARLY" if is_yearly else "MONTHLY",
        bymonth=draft.months,
        bymonthday=draft.mdays if draft.months or not is_yearly else (),
        byyearday=draft.mdays if is_yearly and not draft.months else (),
        byday=tuple((0, day) for day in range(5)) if is_workday and draft.ords else byday,
        bysetpos=draft.ords if is_workday else (),
    )
    if draft.year:
        if draft.month_which:
            raise MisreadError("it names two years")
        start, end = date(draft.year, 1, 1), date(draft.year, 12, 31)
        days = [day for day in islice(pattern.days_from(start), 2) if day <= end]
        draft.is_dated = True
        return iter(days)
    start = asked.today
    if draft.is_month_alone or draft.month_which == "this":
        start = start.replace(day=1)
    found = list(islice(pattern.days_from(start), 3))
    if not found:
        raise MisreadError("there is no such day")
    return iter(_from_this_month(draft, asked, found))


def _from_this_month(draft: Draft, asked: Asked, found: list[date]) -> list[date]:
    """Return the days, minding "next march", and a month that runs now."""
    today = asked.today
    if draft.month_which == "next":
        this_year = [day for day in found if (day.year, day.month) == (today.year, today.month)]
        if not this_year and found[0].year == today.year:
            raise MisreadError("this year's or next year's?", hint=f"{found[0]:%B} or {found[0]:%B} {today.year + 1}")
        return found[1:] if this_year else found
    if draft.is_month_alone and found[0] < today:
        return [today]  # may, said in may
    return [day for day in found if day >= today]


def _of_numbered(draft: Draft, asked: Asked) -> Iterator[date]:
    """Return the nth day or weekday of next month, of this year; of "the month" also the next one's."""
    assert draft.period is not None
    unit, shift = draft.period
    first, _ = _bounds(unit, shift, asked)
    if draft.months:
        if unit != "year" or draft.year:
            raise MisreadError("there are two dates")
        draft.year, draft.period = first.year, None
        return _rolling(draft, asked)
    days = [_numbered_day(draft, *_bounds(unit, shift, asked))]
    if draft.is_period_rolling:
        days.append(_numbered_day(draft, *_bounds(unit, shift + 1, asked)))
    elif days[0] < asked.today and shift == 0 and draft.is_day_named and unit == "month":
        raise MisreadError("that is past")
    return iter(days)


def _numbered_day(draft: Draft, first: date, last: date) -> date:
    """Return the one nth day or weekday from first to last."""
    length = (last - first).days + 1
    if draft.ords and draft.group == "workday":
        days = nth_weekdays(first, length, tuple((0, day) for day in range(5)))
        days = [days[n - 1 if n > 0 else n] for n in draft.ords if 0 < abs(n) <= len(days)]
    elif draft.ords:
        days = nth_weekdays(first, length, tuple((n, day) for n in draft.ords for day in draft.weekdays))
    else:
        days = [first + timedelta(n - 1 if n > 0 else length + n) for n in draft.mdays if abs(n) <= length]
    if len(days) != 1 or (draft.mdays and draft.ords):
        if not days:
            raise MisreadError("there is no such day")
        on = "2nd and 4th tuesday" if draft.ords else "1st and 15th"
        raise MisreadError("there are several days", hint=f"every month on the {on}")
    return days[0]


def _table() -> dict[frozenset[str], Callable[[Draft, Asked], Iterator[date]]]:
    """Return which parts of a date may stand together, and who reads them; all else is two dates."""
    rows: dict[Callable[[Draft, Asked], Iterator[date]], str] = {
        _fixed: "day; day weekdays",
        _after_span: "span; span weekdays",
        _edge: "edge period",
        _of_week: "week; week weekdays; week year; week weekdays year",
        _of_calendar: (
            "edge months; edge months year; edge year; months; months year; year; mdays; mdays weekdays; mdays year;"
            " mdays period; mdays period weekdays; months period; months mdays; months mdays year;"
            " months mdays weekdays; months mdays year weekdays; months mdays period; ords weekdays;"
            " ords weekdays months; ords weekdays months year; ords weekdays period; ords weekdays months period;"
            " ords weekdays year"
        ),
        _of_period: "period; period weekdays",
        _of_easter: "easter; easter year; easter period",
        _in_years: "months mdays span; mdays span",
        _weekday: "weekdays",
    }
    return {frozenset(row.split()): reads for reads, text in rows.items() for row in text.split(";")}


_BY_SLOTS = _table()
