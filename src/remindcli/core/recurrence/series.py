"""A rule made ready to be asked: its expander, RDATE, EXDATE and UNTIL in one zone, kept between questions."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, time, tzinfo
from functools import lru_cache

from remindcli.core.recurrence.parts import SUB_DAILY, Parts, for_moments, for_whole_days, parse
from remindcli.core.recurrence.ticks import Ticks
from remindcli.core.recurrence.walls import Walls
from remindcli.core.recurrence.zones import (
    DAY,
    LAST_SECOND,
    instant_of,
    named,
    offset_at,
    resolve,
    seconds_of,
    wall_of,
)
from remindcli.core.rule import Planned, Rule
from remindcli.errors import InvalidRuleError


class Series(ABC):
    """The instants of a rule in a zone, in the order in which they come."""

    def __init__(self, tz: tzinfo) -> None:
        self.tz = tz
        self._coming: tuple[int, Planned] | None = None
        self._past: tuple[int, Planned] | None = None

    def after(self, instant: int) -> Planned | None:
        """Return the first planned time that is later than an instant."""
        known = self._coming
        # what was the next one then still is, until it comes
        if known and known[0] <= instant < seconds_of(known[1].at):
            return known[1]
        found = self._after(instant)
        self._coming = (instant, found) if found else None
        return found

    def at_or_before(self, instant: int) -> Planned | None:
        """Return the last planned time that is not later than an instant."""
        known = self._past
        if known and seconds_of(known[1].at) <= instant <= known[0]:
            return known[1]
        found = self._at_or_before(instant)
        self._past = (instant, found) if found else None
        return found

    @abstractmethod
    def _after(self, instant: int) -> Planned | None: ...

    @abstractmethod
    def _at_or_before(self, instant: int) -> Planned | None: ...

    def count(self, after: int, until: int, limit: int) -> int:
        """Return how many planned times lie after one instant and not after another; at most the limit."""
        number = 0
        while number < limit:
            found = self.after(after)
            if found is None or (after := seconds_of(found.at)) > until:
                break
            number += 1
        return number


class TickSeries(Series):
    """A rule counted in UTC; its keys end in Z."""

    def __init__(self, rule: Rule, parts: Parts, tz: tzinfo) -> None:
        super().__init__(tz)
        self._ticks = Ticks(parts, rule.dtstart, tz)
        self._added = sorted({instant_of(seconds_of(wall), tz) for wall in rule.rdate})
        self._without = {instant_of(seconds_of(wall), tz) for wall in rule.exdate}
        self._last = LAST_SECOND
        if parts.until:
            last = seconds_of(parts.until.wall)
            # the second time that a wall time comes is still not after UNTIL
            self._last = last if parts.until.is_utc else instant_of(last, tz, fold=1)

    def _after(self, instant: int) -> Planned | None:
        found = self._ticks.after(instant)
        while found is not None and found in self._without:
            found = self._ticks.after(found)
        if found is not None and found > self._last:
            found = None
        added = [at for at in self._added if at > instant and at not in self._without]
        first = min(found, added[0]) if found is not None and added else added[0] if added else found
        return None if first is None else _tick(first)

    def _at_or_before(self, instant: int) -> Planned | None:
        found = self._ticks.at_or_before(min(instant, self._last))
        while found is not None and found in self._without:
            found = self._ticks.at_or_before(found - 1)
        added = [at for at in self._added if at <= instant and at not in self._without]
        last = max(found, added[-1]) if found is not None and added else added[-1] if added else found
        return None if last is None else _tick(last)

    def count(self, after: int, until: int, limit: int) -> int:
        if self._ticks.is_plain and not (self._added or self._without):
            return min(limit, self._ticks.count_until(after, min(until, self._last)))
        return super().count(after, until, limit)


class WallSeries(Series):
    """A rule of wall times, or single times; its keys are wall times, or dates if all-day.

    Two wall times may mean one instant: 02:30 in a gap of an hour and 03:30, or a whole day that a zone left out
    and the next. Then it is one planned time, with the key of the wall time that a clock does show.
    """

    def __init__(self, rule: Rule, parts: Parts | None, tz: tzinfo) -> None:
        super().__init__(tz)
        self._is_all_day = rule.is_all_day
        start = datetime.combine(rule.dtstart, time()) if rule.is_all_day else rule.dtstart
        self._walls = _walls(parts, start) if parts else None
        added = {seconds_of(wall) for wall in rule.rdate} | (set() if parts else {seconds_of(start)})
        self._without = {seconds_of(wall) for wall in rule.exdate}
        self._added = sorted(added - self._without)
        until = parts.until if parts else None
        self._last = self._last_wall = LAST_SECOND
        if until and until.is_utc:
            self._last = last = seconds_of(until.wall)
            self._last_wall = last + max(offset_at(last, tz), offset_at(last - DAY, tz))

    def _after(self, instant: int) -> Planned | None:
        offset = offset_at(instant, self.tz)
        # a wall time in a gap of the last day is rung late: it may still be to come
        gap = max(0, offset - offset_at(instant - DAY, self.tz))
        wall = instant + offset - gap
        best: tuple[int, int] | None = None
        while (coming := self._wall_after(wall)) is not None:
            wall, is_added = coming
            at = instant_of(wall, self.tz)
            if at <= instant or (at > self._last and not is_added):
                continue
            if best is None or at <= best[0]:
                best = at, wall
            if at + offset_at(at, self.tz) == wall:
                break
        return best and self._planned(*best)

    def _at_or_before(self, instant: int) -> Planned | None:
        offset = offset_at(instant, self.tz)
        overlap = max(0, offset_at(instant - DAY, self.tz) - offset)
        wall = instant + offset + overlap
        best: tuple[int, int] | None = None
        floor = 0
        while (past := self._wall_before(wall)) is not None and past[0] > floor:
            found, is_added = past
            wall = found - 1
            at = instant_of(found, self.tz)
            if at > instant or (at > self._last and not is_added):
                continue
            if best is None or at > best[0]:
                best = at, found
            if not floor:
                # one that a gap made late may lie before it on the wall clock and after it in time
                floor = found - max(0, offset_at(at, self.tz) - offset_at(at - DAY, self.tz))
        return best and self._planned(*best)

    def _wall_after(self, wall: int) -> tuple[int, bool] | None:
        """Return the next wall time, and whether RDATE gave it."""
        found = self._walls.after(wall) if self._walls else None
        while found is not None and found in self._without:
            found = self._walls.after(found) if self._walls else None
        if found is not None and found > self._last_wall:
            found = None
        added = next((at for at in self._added if at > wall), None)
        if added is not None and (found is None or added <= found):
            return added, True
        return None if found is None else (found, False)

    def _wall_before(self, wall: int) -> tuple[int, bool] | None:
        found = self._walls.at_or_before(min(wall, self._last_wall)) if self._walls else None
        while found is not None and found in self._without:
            found = self._walls.at_or_before(found - 1) if self._walls else None
        added = next((at for at in reversed(self._added) if at <= wall), None)
        if added is not None and (found is None or added >= found):
            return added, True
        return None if found is None else (found, False)

    def _planned(self, at: int, wall: int) -> Planned:
        key = wall_of(wall).isoformat()
        return Planned(wall_of(at).replace(tzinfo=UTC), key[:10] if self._is_all_day else key)


def zone_of(rule: Rule, local: tzinfo) -> tzinfo:
    """Return the zone on whose clock the rule is meant."""
    return local if rule.zone is None else named(rule.zone)


def parts_of(rule: Rule) -> Parts | None:
    """Return the parts of the rule as its kind of start takes them; None if it has no RRULE."""
    if rule.rrule is None:
        return None
    parts = parse(rule.rrule)
    return for_whole_days(parts) if rule.is_all_day else for_moments(parts)


@lru_cache(maxsize=512)
def prepared(rule: Rule, tz: tzinfo) -> Series:
    """Return the rule, ready to be asked in a zone."""
    parts = parts_of(rule)
    if parts and parts.freq in SUB_DAILY:
        return TickSeries(rule, parts, tz)
    return WallSeries(rule, parts, tz)


def planned_for(key: str, tz: tzinfo) -> Planned:
    """Return the planned time of a key as the zone has it now.

    Raises:
        InvalidRuleError: the text is not a key.
    """
    try:
        when = datetime.fromisoformat(key)
    except ValueError as error:
        raise InvalidRuleError(f"can't read the planned time {key!r}") from error
    at = when.astimezone(UTC) if when.tzinfo else resolve(when, tz)
    return Planned(at, key)


@lru_cache(maxsize=512)
def _walls(parts: Parts, start: datetime) -> Walls:
    """Return the wall times of a rule, which are the same in every zone."""
    return Walls(parts, start)


def _tick(instant: int) -> Planned:
    at = wall_of(instant)
    return Planned(at.replace(tzinfo=UTC), f"{at.isoformat()}Z")
