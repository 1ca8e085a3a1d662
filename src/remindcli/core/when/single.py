"""One time out of a draft: which day, which hour, and what to do if it is past."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from remindcli.core.rule import Rule
from remindcli.core.when.clock import TimeOfDay, times_of
from remindcli.core.when.days import candidates, is_bare_weekday, moved
from remindcli.core.when.draft import Draft, MisreadError, Span
from remindcli.core.when.place import Asked, zone_named
from remindcli.core.when.reading import When
from remindcli.core.when.words import PARTS


def single(draft: Draft, asked: Asked, *, is_past_allowed: bool = False) -> When:
    """Return the one time that the draft names.

    Args:
        draft: without any recurrence.
        asked: when and where.
        is_past_allowed: as what another time is counted from ("two days after yesterday").

    Raises:
        MisreadError: it names none, or contradicts itself, or is past.
    """
    if draft.anchor or draft.shift:
        return _moved(draft, asked)
    if draft.is_now or (draft.span and (draft.span.seconds or draft.span.unit in {"hour", "minute", "second"})):
        return _instant(draft, asked)
    choices = times_of(draft, asked.options, is_dated=draft.has_date())
    if len(draft.times) > 1:
        raise MisreadError("there are several times", hint="every day at 8 and 20")
    if not draft.has_date() and not choices:
        raise MisreadError("it names no time", hint="tomorrow 5pm")
    if draft.part == "midnight" and draft.is_part_first and draft.has_date():
        raise MisreadError("midnight belongs to two days", hint="12 march 00:00, 12 march 23:59")
    if not choices:
        return When(Rule(_day(draft, asked, is_past_allowed=is_past_allowed), is_all_day=True), tuple(draft.notes))
    at = _timed(draft, asked, choices, is_past_allowed=is_past_allowed)
    return _placed(draft, at)


def _placed(draft: Draft, at: datetime) -> When:
    """Return the wall time with its zone; an odd offset becomes UTC."""
    if draft.offset is not None:
        return When(Rule(at - timedelta(minutes=draft.offset), "UTC"), tuple(draft.notes))
    return When(Rule(at, draft.zone or None), tuple(draft.notes))


def _day(draft: Draft, asked: Asked, *, is_past_allowed: bool) -> datetime:
    if draft.zone or draft.offset is not None:
        raise MisreadError("a zone needs a time of day", hint="tomorrow 9am CET")
    today = asked.today
    for day in candidates(draft, asked):
        is_said_today = (
            day == today
            and draft.weekdays
            and draft.group != "weekend"
            and is_bare_weekday(draft)
            and draft.which != "this"
        )
        if is_past_allowed or draft.is_dated or day > today or (day == today and not is_said_today):
            if day < today and not is_past_allowed:
                draft.notes.append("this day is past")
            return datetime.combine(day, time())
    raise _none_left(draft, asked)


def _timed(draft: Draft, asked: Asked, choices: list[TimeOfDay], *, is_past_allowed: bool) -> datetime:
    """Return the first of the days at one of the times that is still to come."""
    now = asked.wall_in(draft)
    if not draft.has_date():
        days: Iterator[date] = iter((now.date() + timedelta(-1), now.date(), now.date() + timedelta(1)))
        running = _running(draft, now, asked)
        if running:
            return running
        later = [at for day in days for choice in choices if (at := _at(day, choice)) > now]
        if len(choices) > 1:
            draft.notes.append(f"read as {min(later):%H:%M}")
        return min(later)
    for day in candidates(draft, asked):
        at = _at(day, choices[0])
        if at > now or is_past_allowed:
            return at
        if draft.is_dated:
            draft.notes.append("this time is past")
            return at
        if day == now.date() and (running := _running(draft, now, asked)):
            return running
    raise _none_left(draft, asked)


def _none_left(draft: Draft, asked: Asked) -> MisreadError:
    is_past = any(True for _ in candidates(draft, asked))
    return MisreadError("that is past" if is_past else "there is no such day")


def _at(day: date, choice: TimeOfDay) -> datetime:
    try:
        return datetime.combine(day + timedelta(choice.days), choice.at)
    except OverflowError:
        raise MisreadError("that is beyond the calendar") from None


def _running(draft: Draft, now: datetime, asked: Asked) -> datetime | None:
    """Return the next whole hour within a part of the day that has begun: "this afternoon" said at three."""
    if draft.times or not draft.part or not draft.is_part_running or draft.part in {"midnight", "noon", "eod"}:
        return None
    first, end = PARTS[draft.part]
    usual = times_of(draft, asked.options, is_dated=True)[0].at
    if not first <= now.hour or usual > now.time() or now.hour + 1 >= end:
        return None
    draft.notes.append("it has begun: the next whole hour")
    return now.replace(hour=now.hour + 1, minute=0, second=0)


def _instant(draft: Draft, asked: Asked) -> When:
    """Return now, or a span of hours or less from now."""
    if draft.times or draft.part or draft.slots() - {"span"} or (draft.is_now and draft.span):
        raise MisreadError("there are two times")
    if draft.zone or draft.offset is not None:
        raise MisreadError("a span needs no zone")
    wall, zone = asked.instant(_added(asked.now, draft.span, 1, asked) if draft.span else asked.now)
    return When(Rule(wall, zone), tuple(draft.notes))


def _added(at: datetime, span: Span, sign: int, asked: Asked) -> datetime:
    """Return the aware instant so much later: days by the calendar, hours by the clock."""
    try:
        if span.months or span.days or span.workdays or span.weekends:
            wall = at.astimezone(asked.zone).replace(tzinfo=None)
            wall = datetime.combine(moved(wall.date(), span, sign), wall.time())
            at = wall.replace(tzinfo=asked.zone)
        found = at.astimezone(UTC) + sign * timedelta(seconds=span.seconds)
    except OverflowError:
        found = None
    if found is None or not 1 < found.year < 9999:
        raise MisreadError("that is beyond the calendar")
    return found


def _moved(draft: Draft, asked: Asked) -> When:
    """Return a time counted from another: two days after friday, an hour before noon, now + 2 weeks."""
    if draft.anchor and draft.shift:
        raise MisreadError("it is counted twice")
    if draft.shift:
        sign, span = draft.shift
        draft.shift = None
        if draft.is_now:
            draft.span = None
            wall, zone = asked.instant(_added(asked.now, span, sign, asked))
            return _still_ahead(When(Rule(wall, zone), tuple(draft.notes)), asked)
        inner, rest = draft, Draft()  # its time of day is the other's
    else:
        assert draft.anchor is not None
        sign, span, inner = draft.anchor
        check_plain(inner)
        draft.anchor, rest = None, draft
        if draft.slots() or draft.is_now:
            raise MisreadError("there are two dates")
    base = single(_copy(inner), asked, is_past_allowed=True)
    found = _from_base(_copy(rest), base, sign, span, asked)
    if _is_over(found, asked) and not (inner.is_dated or inner.year or inner.day):
        found = _next_counted(rest, inner, base, (sign, span), asked) or found
    return _still_ahead(found, asked)


def _copy(draft: Draft) -> Draft:
    """Return the draft to be read once more; what reads it may change it."""
    copied = Draft()
    vars(copied).update({**vars(draft), "times": list(draft.times), "notes": list(draft.notes)})
    return copied


def _is_over(when: When, asked: Asked) -> bool:
    """Return whether the time is past: its moment, or all of its day."""
    rule = when.rule
    if rule.is_all_day:
        return rule.dtstart.date() < asked.today
    return rule.dtstart.replace(tzinfo=zone_named(rule.zone) if rule.zone else asked.zone) < asked.now


def _next_counted(draft: Draft, inner: Draft, base: When, shift: tuple[int, Span], asked: Asked) -> When | None:
    """Return the time counted from the next base, if there is one: 10 days before christmas, said on the 20th."""
    rule = base.rule
    wall = rule.dtstart + (timedelta(1) if rule.is_all_day else timedelta(minutes=1))
    at = wall.replace(tzinfo=zone_named(rule.zone) if rule.zone else asked.zone)
    later = Asked(at, asked.zone, at.astimezone(asked.zone).replace(tzinfo=None), asked.options)
    try:
        return _from_base(draft, single(inner, later), *shift, asked)
    except MisreadError:  # there is none
        return None


def _from_base(draft: Draft, base: When, sign: int, span: Span, asked: Asked) -> When:
    rule = base.rule
    notes = (*base.notes, *span.notes)
    day = moved(rule.dtstart.date(), span, sign)
    try:
        at = datetime.combine(day, rule.dtstart.time()) + sign * timedelta(seconds=span.seconds)
    except OverflowError:
        raise MisreadError("that is beyond the calendar") from None
    is_all_day = rule.is_all_day and not span.seconds and span.unit not in {"hour", "minute", "second"}
    if is_all_day and (draft.times or draft.part):
        choices = times_of(draft, asked.options, is_dated=True)
        if len(choices) == 1 and draft.offset is None:
            return When(Rule(_at(day, choices[0]), draft.zone or None), (*notes, *draft.notes))
    if draft.times or draft.part or draft.zone or draft.offset is not None:
        raise MisreadError("there are two times")
    return When(Rule(at, rule.zone, is_all_day), notes)


def _still_ahead(when: When, asked: Asked) -> When:
    wall = when.rule.dtstart
    is_noted = any(note.endswith(" is past") for note in when.notes)
    if wall.date() < asked.today and not is_noted and wall < asked.local - timedelta(1):
        return When(when.rule, (*when.notes, "this time is past"))
    return when


def check_plain(inner: Draft) -> None:
    """Refuse a date within a phrase ("from …") that holds more than a date and a time.

    Raises:
        MisreadError: it does.
    """
    is_more = inner.every or inner.start or inner.until or inner.count or inner.lasting or inner.hours
    if is_more or inner.is_completion or inner.is_strict or inner.is_plural:
        raise MisreadError("it does not say which day")
    if not (inner.slots() or inner.times or inner.part or inner.is_now or inner.anchor):
        raise MisreadError("it does not say which day")
