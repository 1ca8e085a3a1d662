"""What words of time mean to a verb: an instant to ring at, a place to move to."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from remindcli.core import recurrence, when
from remindcli.core.rule import Planned, Rule
from remindcli.core.safe import safe
from remindcli.core.task import Occurrence
from remindcli.core.when import Options, When
from remindcli.errors import UnreadableTimeError, UsageError
from remindcli.store.asked import Move

LONGEST_SNOOZE = timedelta(days=3660)
_PREVIEW = 3


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when words are read, and how the settings have them read."""

    now: datetime
    zone: ZoneInfo
    options: Options
    all_day_at: time


def move_to(phrase: str, here: Here) -> Move:
    """Return where an occurrence is to be due.

    Raises:
        UsageError: the phrase is a rule, or can't be read.
    """
    chosen = when.parse(phrase, now=here.now, zone=here.zone, options=here.options)
    if chosen.rule.rrule is not None:
        raise UsageError(f'"{safe(phrase, 60)}" is a rule, not one time', hint="remind edit changes the rule of a task")
    return as_move(chosen, here.zone)


def ring_at(words: str, here: Here) -> datetime:
    """Return the instant that a span from now ("20m") or a time ("tomorrow 9am") means.

    Raises:
        UsageError: it can't be read, or is not ahead.
    """
    try:
        length = when.parse_span(words)
    except UnreadableTimeError:
        moment = _instant(words, here)
    else:
        moment = here.now + min(length, LONGEST_SNOOZE)
    if moment <= here.now:
        raise UsageError("that is not ahead of now", hint="remind snooze 7 20m, or remind snooze 7 tomorrow 9am")
    if moment > here.now + LONGEST_SNOOZE:
        raise UsageError("that is more than ten years ahead", hint="remind move changes when it is due")
    return moment


def is_time(words: str, here: Here) -> bool:
    """Return whether words are a span or a time."""
    try:
        when.parse_span(words)
    except UnreadableTimeError:
        try:
            when.parse(words, now=here.now, zone=here.zone, options=here.options)
        except UnreadableTimeError:
            return False
    return True


def as_move(chosen: When, zone: ZoneInfo) -> Move:
    """Return where a single time puts an occurrence."""
    planned = recurrence.first(chosen.rule, zone)
    assert planned is not None
    return Move(at=planned.at, is_all_day=chosen.rule.is_all_day)


def series_rule(old: Rule | None, new: Rule, current: Occurrence | None) -> Rule:
    """Return the rule of a series with another time or another recurrence: what was not said stays.

    Args:
        current: the open occurrence: with another time the series goes on from its day, since what was done before it
            does not come back at the new time.
    """
    if old is None:
        return new
    if new.rrule is None:
        if new.is_all_day:
            return old.but(dtstart=datetime.combine(new.dtstart.date(), old.dtstart.time()), rdate=(), exdate=())
        day = old.dtstart.date()
        if current is not None and current.planned_for and _may_begin_later(old):
            day = max(day, date.fromisoformat(current.planned_for[:10]))
        return old.but(dtstart=datetime.combine(day, new.dtstart.time()), is_all_day=False, exdate=())
    if new.is_all_day and not old.is_all_day:
        return new.but(
            dtstart=datetime.combine(new.dtstart.date(), old.dtstart.time()), zone=old.zone, is_all_day=False
        )
    return new


def with_end(rule: Rule, here: Here, *, until: str | None, count: int | None) -> Rule:
    """Return a rule that ends: with a day, after so many times, or ("never") not any more.

    Raises:
        UsageError: it does not come back, or would never come; or both are asked for.
    """
    if rule.rrule is None:
        raise UsageError("what does not come back has no end", hint="remind add stretch every day 9am --count 10")
    if until is not None and count is not None:
        raise UsageError("--until and --count exclude each other", hint="leave one of them out")
    parts = [part for part in rule.rrule.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    if count is not None:
        parts.append(f"COUNT={count}")
    elif until is not None and until.strip().lower() != "never":
        last = when.parse(until, now=here.now, zone=here.zone, options=here.options).rule
        if last.rrule is not None:
            raise UsageError(f'"{safe(until, 60)}" is a rule, not one time', hint="--until 'dec 24'")
        wall = last.dtstart
        if not last.is_all_day and (last.zone or rule.zone):
            wall = recurrence.resolve(wall, ZoneInfo(last.zone) if last.zone else here.zone).astimezone(
                ZoneInfo(rule.zone) if rule.zone else here.zone
            )
        parts.append(f"UNTIL={wall:%Y%m%d}" + ("" if last.is_all_day else f"{wall:T%H%M%S}"))
    text = recurrence.canonical(";".join(parts), dtstart=rule.dtstart, is_all_day=rule.is_all_day)
    ended = rule.but(rrule=text)
    if recurrence.first(ended, here.zone) is None:
        raise UsageError("it would never come", why="its end lies before its start")
    return ended


def from_current(rule: Rule, current: Occurrence | None, zone: ZoneInfo) -> Rule:
    """Return a rule that is counted from the open occurrence on: what came before has been."""
    if current is None or not current.planned_for:
        return rule
    planned = recurrence.planned(rule, current.planned_for, zone)
    wall = planned.at.astimezone(ZoneInfo(rule.zone) if rule.zone else zone).replace(tzinfo=None)
    if rule.is_all_day:
        wall = datetime.combine(date.fromisoformat(current.planned_for[:10]), time())
    return rule.but(dtstart=wall)


def _may_begin_later(rule: Rule) -> bool:
    """Return whether a rule gives the same times from a later day of its own on: not if it counts them."""
    text = rule.rrule or ""
    return not any(mark in text for mark in ("COUNT=", "HOURLY", "MINUTELY", "SECONDLY"))


def coming(chosen: When | None, here: Here) -> list[Planned]:
    """Return the next planned times of what was read."""
    if chosen is None:
        return []
    return recurrence.coming(chosen.rule, here.now, here.zone, _PREVIEW)


def _instant(phrase: str, here: Here) -> datetime:
    chosen = when.parse(phrase, now=here.now, zone=here.zone, options=here.options)
    if chosen.rule.rrule is not None:
        raise UsageError(f'"{safe(phrase, 60)}" is a rule, not one time')
    move = as_move(chosen, here.zone)
    if not move.is_all_day:
        return move.at
    return recurrence.resolve(datetime.combine(move.at.astimezone(here.zone).date(), here.all_day_at), here.zone)
