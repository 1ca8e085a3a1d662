"""Which days a draft names for a recurrence: every mon and fri, the 31st, the last friday, each march 5."""

from remindcli.core.when.draft import Draft, MisreadError
from remindcli.core.when.pattern import Pattern

_FREQ = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_SHORTEST = 28
_LENGTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_EDGES = {"begin": 1, "mid": 15, "end": -1}


def days_of(draft: Draft, is_strict: bool) -> Pattern:  # noqa: FBT001 (a setting, passed on)
    """Return the pattern of the days.

    Args:
        draft: with every.
        is_strict: the 31st skips short months.

    Raises:
        MisreadError: the days do not fit how often.
    """
    assert draft.every is not None
    if draft.is_leap_day:
        return _leap_day(draft)
    if draft.is_quarterly and (draft.edge in {"begin", "end"} or draft.mdays in {(1,), (-1,)}):
        return _of_quarters(draft)
    if draft.edge:
        _use_edge(draft)
    unit = draft.every.unit or _unit_of(draft)
    interval = draft.every.interval
    if draft.is_completion and (draft.weekdays or draft.mdays or draft.months or draft.week):
        raise MisreadError("counted from when it is done, it has no days of its own", hint="every! 2 weeks")
    if unit in {"hour", "minute"}:
        unit, interval = "day", 1
    pattern = {"day": _daily, "week": _weekly, "month": _monthly, "year": _yearly}[unit](draft, interval, is_strict)
    pattern.bymonth = tuple(sorted(pattern.bymonth))
    return pattern


def _unit_of(draft: Draft) -> str:
    """Return the period that the days imply: every jan 14 is yearly, every 15th monthly, every mon weekly."""
    if draft.months or draft.week:
        return "year"
    if draft.mdays or draft.ords:
        return "month"
    if draft.weekdays:
        return "week"
    if draft.times or draft.part or (draft.start and (draft.start.times or draft.start.part)):
        return "day"
    raise MisreadError("it does not say how often", hint="every day, every mon and thu, every 2 weeks")


def _use_edge(draft: Draft) -> None:
    """Make "end of each month" the last day."""
    assert draft.every is not None
    if draft.mdays or draft.weekdays or draft.every.unit not in {"month", "year", ""}:
        raise MisreadError("it does not say which day", hint="every month on the last day")
    draft.mdays = (_EDGES[draft.edge],)
    if draft.every.unit == "" and not draft.months:
        draft.every.unit = "month"


def _leap_day(draft: Draft) -> Pattern:
    if draft.slots() or draft.is_completion or draft.is_strict:
        raise MisreadError("a leap day is 29 February", hint="every leap day at 9am")
    return Pattern("YEARLY", bymonth=(2,), bymonthday=(29,))


def _of_quarters(draft: Draft) -> Pattern:
    """Return the first or the last day of each quarter of the calendar."""
    if draft.weekdays or draft.months or (draft.edge and draft.mdays) or draft.is_completion:
        raise MisreadError("there are two days", hint="last day of every quarter")
    is_end = draft.edge == "end" or draft.mdays == (-1,)
    draft.mdays = (-1,) if is_end else (1,)
    return Pattern("YEARLY", bymonth=(3, 6, 9, 12) if is_end else (1, 4, 7, 10), bymonthday=draft.mdays)


def _daily(draft: Draft, interval: int, is_strict: bool) -> Pattern:  # noqa: FBT001
    if draft.mdays or draft.ords or draft.week:
        raise MisreadError("every day has no such day", hint="every month on the 15th")
    if draft.weekdays:
        if interval != 1:
            raise MisreadError("it says two ways how often", hint="every 2 weeks on mon")
        return _weekly(draft, 1, is_strict)
    return Pattern("DAILY", interval, bymonth=draft.months)


def _weekly(draft: Draft, interval: int, is_strict: bool) -> Pattern:  # noqa: ARG001, FBT001
    if draft.mdays or draft.ords or draft.week:
        raise MisreadError("a week has no such day", hint="every 2 weeks on mon and fri")
    if draft.months and not draft.weekdays:
        raise MisreadError("it does not say on which day of the week", hint="every monday in june")
    days = draft.weekdays
    if draft.group == "weekend" and draft.every and draft.every.unit == "" and not draft.is_plural:
        days = (5,)
        draft.notes.append("every weekend is read as every Saturday")
    byday = tuple((0, day) for day in sorted(days))
    return Pattern("WEEKLY", interval, bymonth=draft.months, byday=byday)


def _monthly(draft: Draft, interval: int, is_strict: bool) -> Pattern:  # noqa: FBT001
    if draft.week:
        raise MisreadError("a month has no such week")
    if draft.months and interval != 1:
        raise MisreadError("it says two ways how often", hint="every year on march 5, every 3 months from march 5")
    pattern = Pattern("MONTHLY", interval, bymonth=draft.months)
    if draft.weekdays:
        _set_nth_weekdays(draft, pattern)
        if not draft.every or (draft.every.unit == "" and any(abs(n) > 4 for n in draft.ords) and draft.group == ""):
            raise MisreadError(
                "of each month, or each so many weeks?", hint="every month on the 5th friday, every 5 weeks on friday"
            )
    elif draft.mdays:
        _set_month_days(pattern, draft.mdays, is_strict=is_strict)
    return pattern


def _set_nth_weekdays(draft: Draft, pattern: Pattern) -> None:
    if draft.mdays and not draft.ords and not draft.group:  # every friday the 13th
        pattern.bymonthday = tuple(sorted(set(draft.mdays)))
        pattern.byday = tuple((0, day) for day in sorted(draft.weekdays))
        return
    if draft.mdays:
        raise MisreadError("there are two days", hint="every month on the 13th, every month on the 2nd friday")
    if not draft.ords:
        raise MisreadError("it does not say which one of the month", hint="every month on the first friday")
    if draft.group == "workday":
        if any(not 1 <= abs(n) <= 23 for n in draft.ords):
            raise MisreadError("a month has no such working day")
        pattern.byday = tuple((0, day) for day in range(5))
        pattern.bysetpos = tuple(sorted(set(draft.ords)))
        return
    if draft.group or (pattern.freq == "MONTHLY" and any(abs(n) > 5 for n in draft.ords)):
        raise MisreadError("a month has no such day", hint="every month on the first saturday")
    pairs = {(day, which) for which in draft.ords for day in draft.weekdays}
    pattern.byday = tuple((which, day) for day, which in sorted(pairs))
    if draft.every and draft.every.unit == "" and not draft.months:
        draft.notes.append("counted in each month")
    if any(abs(n) == 5 for n in draft.ords):
        draft.notes.append("only in months that have a fifth one")


def _set_month_days(pattern: Pattern, days: tuple[int, ...], *, is_strict: bool) -> None:
    """Set the days of the month; a day that a month lacks is its last, in plain RFC 5545 terms."""
    if any(not 1 <= abs(day) <= 31 for day in days):
        raise MisreadError("a month has no such day", hint="every month on the 31st")
    late = sorted({day for day in days if day > _SHORTEST})
    if not late or is_strict:
        pattern.bymonthday = tuple(sorted(set(days)))
        return
    early = sorted({day for day in days if day <= _SHORTEST})
    if len(late) > 1 or any(day < 0 for day in early):
        raise MisreadError("short months cannot have both", hint="every month on the 15th and the last day")
    pattern.bymonthday = tuple(sorted({*early, *range(_SHORTEST, late[0] + 1)}))
    pattern.bysetpos = (-1, *range(1, len(early) + 1))


def _yearly(draft: Draft, interval: int, is_strict: bool) -> Pattern:  # noqa: FBT001
    pattern = Pattern("YEARLY", interval, bymonth=draft.months)
    if draft.week:
        if draft.mdays or draft.ords or draft.months:
            raise MisreadError("there are two days", hint="every friday in week 12")
        pattern.byweekno = (draft.week,)
        pattern.byday = tuple((0, day) for day in sorted(draft.weekdays))
        return pattern
    if draft.weekdays:
        if draft.mdays:
            raise MisreadError("there are two days", hint="every year on march 5, every monday in march")
        if not draft.ords and draft.months:
            pattern.byday = tuple((0, day) for day in sorted(draft.weekdays))
            return pattern
        if draft.group == "workday" and not draft.months:
            raise MisreadError("it does not say of which month", hint="every month on the last working day")
        _set_nth_weekdays(draft, pattern)
        if any(abs(n) > (5 if draft.months else 52) for n in draft.ords) and draft.group == "":
            raise MisreadError("there is no such day")
        return pattern
    if not draft.months:
        pattern.byyearday = tuple(sorted(set(draft.mdays)))
        return pattern
    return _year_days(draft, pattern, is_strict=is_strict)


def _year_days(draft: Draft, pattern: Pattern, *, is_strict: bool) -> Pattern:
    """Set march 5, feb 29, april and december on the 1st and 24th; a month alone is its first day."""
    days = draft.mdays or (1,)
    lengths = [_LENGTHS[month] for month in draft.months]
    if any(day > max(lengths) for day in days):
        raise MisreadError("there is no such day")
    if draft.months == (2,) and 29 in days and not is_strict and pattern.interval % 4:  # each 4th year has one
        if len(days) > 1:
            raise MisreadError("february cannot have both", hint="every year on feb 29")
        pattern.bymonthday, pattern.bysetpos = (28, 29), (-1,)
        return pattern
    if len(set(lengths)) > 1 and any(day > min(_SHORTEST if 2 in draft.months else 30, *lengths) for day in days):
        if pattern.interval != 1:
            raise MisreadError("these months are of unequal length", hint="every year on the last day of june")
        pattern.freq = "MONTHLY"
        _set_month_days(pattern, days, is_strict=is_strict)
        return pattern
    pattern.bymonthday = tuple(sorted(set(days)))
    return pattern
