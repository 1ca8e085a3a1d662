"""A recurrence out of a draft: the rule, and the first time that it gives."""

from datetime import UTC, date, datetime, time, timedelta

from remindcli.core.rule import Repeat, Rule
from remindcli.core.when.clock import TimeOfDay, times_of
from remindcli.core.when.days import moved
from remindcli.core.when.draft import Clock, Draft, MisreadError
from remindcli.core.when.pattern import Pattern, add_months
from remindcli.core.when.place import Asked, zone_named
from remindcli.core.when.reading import Options, When
from remindcli.core.when.rules import days_of
from remindcli.core.when.single import check_plain, single

_STEPS = {"hour": 3600, "minute": 60, "second": 1}
_FREQ = {"hour": "HOURLY", "minute": "MINUTELY", "second": "SECONDLY"}
_END_OF_DAY = time(23, 59, 59)
_LONG_AGO = datetime(1, 1, 1)
_PLAIN = Options()


def series(draft: Draft, asked: Asked) -> When:
    """Return the recurrence that the draft names; it starts at its first time after now.

    Raises:
        MisreadError: the parts do not make one rule.
    """
    _check(draft)
    assert draft.every is not None
    for inner in (draft.start, draft.until):
        if inner is not None:
            check_plain(inner)
    if draft.every.unit in _STEPS and draft.hours is None:
        return _ticking(draft, asked)
    _lend_time(draft)
    start, times = _start_of(draft, asked)
    if draft.zone and not times and draft.hours is None:
        raise MisreadError("a zone needs a time of day", hint="every day at 9am CET")
    pattern = days_of(draft, asked.options.strict_day or draft.is_strict)
    if draft.hours is not None:
        times = _hourly(draft, pattern)
    elif times:
        _set_hours(pattern, times)
    at = _first(draft, asked, pattern, start, times)
    until = _until(draft, asked, at, is_all_day=not times)
    rule = Rule(
        at,
        draft.zone or None,
        not times,
        pattern.text(until=until, count=draft.count),
        repeat=Repeat.COMPLETION if draft.is_completion else Repeat.SCHEDULE,
    )
    return When(rule, tuple(draft.notes))


def _check(draft: Draft) -> None:
    if draft.day or draft.span or draft.anchor or draft.shift or draft.is_now or draft.year:
        raise MisreadError("it says a day and how often", hint="every 2 weeks from friday")
    if draft.easter:
        raise MisreadError("Easter moves, and no rule says how", hint="easter, and again next year")
    if draft.range_end or (draft.mdays and draft.start is None and draft.end_word in {"to", "-"}):
        raise MisreadError("there are two days", hint="every day from march 5 until march 12")
    if draft.period:
        _use_period(draft, *draft.period)
    if draft.start and draft.until and draft.start.slots() == draft.until.slots() == {"weekdays"}:
        raise MisreadError("these weekdays, or from one until the other?", hint="every mon-fri, every day until friday")
    if draft.which or draft.month_which or draft.day_order:
        raise MisreadError("it says a day and how often", hint="every friday")
    if (draft.count is not None and (draft.until or draft.lasting)) or (draft.until and draft.lasting):
        raise MisreadError("it says twice when it ends", hint="until may, 5 times, for 3 weeks: one of them")
    if draft.offset is not None:
        raise MisreadError("a recurrence needs a place, not an offset", hint="every day at 9am Europe/Berlin")


def _use_period(draft: Draft, unit: str, shift: int) -> None:
    """Take "of the month" in "every last friday of the month" for how often."""
    every = draft.every
    if (
        shift
        or unit not in {"week", "month", "year"}
        or every is None
        or every.unit not in {"", unit}
        or not (draft.mdays or draft.ords or draft.edge)
    ):
        raise MisreadError("it says a day and how often", hint="every 2 weeks from friday")
    every.unit = unit


def _lend_time(draft: Draft) -> None:
    """Take a time said last for the whole: "every day until friday at 8" rings at 8."""
    until = draft.until
    if until is None or draft.hours is not None or not (until.times or until.part):
        return
    if draft.times or draft.part or (draft.start and (draft.start.times or draft.start.part)):
        return
    draft.times, draft.part, draft.zone = until.times, until.part, draft.zone or until.zone
    until.times, until.part, until.zone = [], "", ""


def _start_of(draft: Draft, asked: Asked) -> tuple[datetime | None, list[TimeOfDay]]:
    """Return from when it counts, if said, and the times of day; a time with the start is the time."""
    times = times_of(draft, asked.options, is_dated=True)
    if draft.start is None:
        return None, times
    inner = draft.start
    if not inner.has_date():
        if times:
            raise MisreadError("there are two times")
        return None, times_of(inner, asked.options, is_dated=True)
    own = times_of(inner, asked.options, is_dated=True)
    if own and times:
        raise MisreadError("there are two times")
    inner.times, inner.part = [], ""
    draft.zone = draft.zone or inner.zone
    inner.zone = ""
    found = single(inner, asked).rule
    if not found.is_all_day:  # from now, from 2 hours before friday
        if own or times:
            raise MisreadError("there are two times")
        own, draft.zone = [TimeOfDay(found.dtstart.time())], draft.zone or found.zone or ""
    return found.dtstart, own or times


def _hourly(draft: Draft, pattern: Pattern) -> list[TimeOfDay]:
    """Return the times of "every hour from 9 to 17", as a rule by the day."""
    assert draft.hours is not None
    assert draft.every is not None
    first, last = (times_of(Draft(times=[clock]), _PLAIN, is_dated=True)[0].at for clock in _plain_hours(draft.hours))
    unit = draft.every.unit
    has_time = draft.times or draft.part or (draft.start and (draft.start.times or draft.start.part))
    if unit not in {"hour", "minute"} or has_time:
        raise MisreadError("the hours belong to an hourly rule", hint="every hour from 9 to 17")
    step = draft.every.interval * (60 if unit == "hour" else 1)
    minutes = range(first.hour * 60 + first.minute, last.hour * 60 + last.minute + 1, step)
    hours = tuple(sorted({minute // 60 for minute in minutes}))
    within = tuple(sorted({minute % 60 for minute in minutes}))
    kept = [minute for minute in minutes if minute % 60 in within]
    if len(hours) * len(within) != len(kept):
        kept = [minute for minute in kept if minute // 60 < last.hour]
        hours = tuple(sorted({minute // 60 for minute in kept}))
        if len(hours) * len(within) != len(kept):
            raise MisreadError("these times are not one rule", hint="every 30 minutes from 9:00 to 16:30")
        draft.notes.append(f"the last is at {kept[-1] // 60:02d}:{kept[-1] % 60:02d}")
    if len(kept) > 1:
        pattern.byhour, pattern.byminute = hours, within
    return [TimeOfDay(time(minute // 60, minute % 60)) for minute in kept]


def _plain_hours(hours: tuple[Clock, Clock]) -> tuple[Clock, Clock]:
    """Return the hours of a range as of the 24-hour clock: from 1 to 5 at night is rarely meant, but can be said."""
    for clock in hours:
        clock.kind = "exact"
    return hours


def _set_hours(pattern: Pattern, times: list[TimeOfDay]) -> None:
    """Put several times of day into the rule."""
    if any(each.days for each in times) and (len(times) > 1 or not pattern.is_anchored()):
        raise MisreadError("midnight belongs to two days", hint="every saturday at 00:00, every friday at 23:59")
    if len(times) < 2:
        return
    hours = sorted({each.at.hour for each in times})
    minutes = sorted({each.at.minute for each in times})
    if len(hours) * len(minutes) != len({each.at for each in times}) or any(each.at.second for each in times):
        raise MisreadError("these times are not one rule", hint="two reminders, or every day at 8:00 and 20:00")
    pattern.byhour, pattern.byminute = tuple(hours), tuple(minutes)


def _first(draft: Draft, asked: Asked, pattern: Pattern, start: datetime | None, times: list[TimeOfDay]) -> datetime:
    """Return the first time after now, or on or after the start."""
    now = asked.wall_in(draft) if times else asked.local
    is_past_meant = draft.start is not None and draft.start.is_dated
    if start is not None:
        day, after = start.date(), _LONG_AGO if is_past_meant else now
        all_day_from = day
    else:
        day, after = now.date(), now
        all_day_from = day + timedelta(1)
    if pattern.is_anchored():
        day = _anchored(draft, pattern, day, has_start=start is not None, has_time=bool(times))
        all_day_from = day
    if not times:
        for found in pattern.days_from(all_day_from):
            return datetime.combine(found, time())
        raise MisreadError("it never occurs")
    clocks = sorted({each.at for each in times})
    for found in pattern.days_from(day):
        for clock in clocks:
            at = datetime.combine(found, clock)
            if at > after:
                return at
    raise MisreadError("it never occurs")


def _anchored(draft: Draft, pattern: Pattern, day: date, *, has_start: bool, has_time: bool) -> date:
    """Return the day on which a rule without days starts, and give it the day of the month if months are short."""
    assert draft.every is not None
    if not has_start and not (has_time and pattern.freq == "DAILY" and pattern.interval == 1):
        size = {"DAILY": 1, "WEEKLY": 7}.get(pattern.freq)
        months = pattern.interval * (12 if pattern.freq == "YEARLY" else 1)
        try:
            later = day + timedelta(size * pattern.interval) if size else add_months(day, months)
        except OverflowError:
            later = None
        if later is None:
            raise MisreadError("that is beyond the calendar")
    else:
        later = day
    if day.day > 28 and pattern.freq == "MONTHLY" and not draft.is_completion:
        draft.mdays = (day.day,)
        pattern.bymonthday, pattern.bysetpos = _clamped(draft)
    elif day.month == 2 and day.day == 29 and pattern.freq == "YEARLY" and not draft.is_completion:
        pattern.bymonth, pattern.bymonthday, pattern.bysetpos = (2,), (28, 29), (-1,)
    return later


def _clamped(draft: Draft) -> tuple[tuple[int, ...], tuple[int, ...]]:
    clamped = days_of(draft, is_strict=False)
    return clamped.bymonthday, clamped.bysetpos


def _until(draft: Draft, asked: Asked, at: datetime, *, is_all_day: bool) -> str:
    """Return the UNTIL value: the last day counts whole, unless it was said to the minute."""
    end = _end(draft, asked, at)
    if end is None:
        return ""
    if end < (at if not is_all_day else datetime.combine(at, time())):
        raise MisreadError("it ends before it begins")
    return stamp(end, draft.zone, is_all_day=is_all_day)


def stamp(end: datetime, zone: str, *, is_all_day: bool) -> str:
    """Return a wall time as the UNTIL of a rule in that zone (RFC 5545: UTC if it has one)."""
    if is_all_day:
        return f"{end.year:04d}{end:%m%d}"
    if zone:
        utc = end.replace(tzinfo=zone_named(zone)).astimezone(UTC)
        return f"{utc.year:04d}{utc:%m%dT%H%M%SZ}"
    return f"{end.year:04d}{end:%m%dT%H%M%S}"


def _end(draft: Draft, asked: Asked, at: datetime) -> datetime | None:
    if draft.lasting is not None:
        span = draft.lasting
        if span.seconds and (span.days or span.months or span.workdays or span.weekends):
            raise MisreadError("days or hours, not both", hint="every hour for 8 hours, every day for 3 weeks")
        if span.seconds and draft.every and draft.every.unit not in _STEPS:  # yoga every monday at 9 for an hour
            raise MisreadError("a reminder has one time, no length", hint="every monday at 9, every monday for 3 weeks")
        if span.seconds:
            return at + timedelta(seconds=span.seconds)
        if draft.start is not None or at.date() <= asked.today:
            return datetime.combine(moved(at.date(), span, 1) - timedelta(1), _END_OF_DAY)
        return datetime.combine(moved(asked.today, span, 1), _END_OF_DAY)
    if draft.until is None:
        return None
    base = Asked(asked.now, asked.zone, at.replace(hour=0, minute=0, second=0), asked.options)
    if draft.until.zone or draft.until.offset is not None:
        raise MisreadError("the end needs no zone of its own")
    if draft.every and draft.every.unit in _STEPS and not draft.until.has_date():
        return single(draft.until, asked).rule.dtstart
    if not draft.until.has_date():
        raise MisreadError("it does not say until which day", hint="every hour from 9 to 17, every day until friday")
    found = single(draft.until, base, is_past_allowed=True).rule
    if draft.until.is_month_alone:
        draft.notes.append(f"until {found.dtstart.day} {found.dtstart:%B %Y}")
    return datetime.combine(found.dtstart, _END_OF_DAY) if found.is_all_day else found.dtstart


def _ticking(draft: Draft, asked: Asked) -> When:
    """Return a rule by the hour or faster: it counts real time from now, or from the start."""
    every = draft.every
    assert every is not None
    if draft.times or draft.part or draft.mdays or draft.months or draft.ords or draft.week or draft.edge:
        raise MisreadError(f"every {every.unit} has no day", hint="every hour from 9 to 17 on weekdays")
    if draft.zone:
        raise MisreadError(f"every {every.unit} needs no zone")
    if draft.weekdays:
        raise MisreadError("it does not say between which hours", hint="every hour from 9 to 17 on weekdays")
    if draft.start is not None:
        inner = draft.start
        found = single(inner, asked).rule
        wall = found.dtstart
        zone = found.zone or asked.zone.key
        if found.is_all_day:
            wall = datetime.combine(wall, time())
    else:
        step = timedelta(seconds=every.interval * _STEPS[every.unit])
        at = asked.now.astimezone(UTC) + step
        wall, zone = asked.instant(at if every.unit == "second" else at.replace(second=0))
    until = ""
    end = _end(draft, asked, wall)
    if end is not None:
        if end < wall:
            raise MisreadError("it ends before it begins")
        until = stamp(end, zone, is_all_day=False)
    pattern = Pattern(_FREQ[every.unit], every.interval)
    repeat = Repeat.COMPLETION if draft.is_completion else Repeat.SCHEDULE
    return When(Rule(wall, zone, rrule=pattern.text(until=until, count=draft.count), repeat=repeat), tuple(draft.notes))
