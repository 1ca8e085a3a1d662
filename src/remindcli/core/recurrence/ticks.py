"""Rules counted in hours, minutes or seconds: the instants they give, the next and the one before.

They are counted in UTC from the instant of DTSTART, so that a DST change neither repeats nor loses an hour
(dateutil counts them on the wall clock and does); the BY parts then look at the wall clock of the zone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime, tzinfo
from math import gcd

from remindcli.core.recurrence.days import Days
from remindcli.core.recurrence.parts import SUB_DAILY, Parts
from remindcli.core.recurrence.zones import (
    DAY,
    LAST_SECOND,
    instant_of,
    offset_at,
    steady_since,
    steady_until,
    wall_of,
)

MOST_COUNTED = 5_000
"""The largest COUNT of a rule that has to be walked through to be counted: some 25 ms."""

_END = LAST_SECOND - 2 * DAY
_MOST_LEAPS = 10_000
"""Periods that a search looks at; each is a day or more from the last if the rule is sparse."""


class Ticks:
    """The instants of one rule, without RDATE, EXDATE and UNTIL, in seconds of zones.py.

    Args:
        parts: FREQ is HOURLY, MINUTELY or SECONDLY.
        dtstart: naive, whole seconds, on the wall clock of tz.
    """

    def __init__(self, parts: Parts, dtstart: datetime, tz: tzinfo) -> None:
        self._parts = parts
        self._tz = tz
        self._unit = unit = SUB_DAILY[parts.freq]
        self.step = parts.interval * unit
        self._first = instant_of(dtstart, tz)
        into = (dtstart.minute * 60 + dtstart.second) % unit
        self._begin = self._first - into
        self._days = Days(parts, dtstart.date()) if parts.has_days or parts.by_month else None
        self._expanded = _expanded(parts, dtstart)
        self._places: dict[int, tuple[int, ...]] = {}
        self._into = (into,)
        self._limits = {"HOURLY": 1, "MINUTELY": 2, "SECONDLY": 3}[parts.freq]
        self._has_times = any((parts.by_hour, parts.by_minute, parts.by_second)[: self._limits])
        self._tables: dict[int, list[int]] = {}
        self._cycle = DAY // gcd(self.step, DAY)
        self.is_plain = not (self._days or self._has_times or self._expanded or parts.by_set_pos)
        self._last = _END
        if parts.count is not None:
            self._last = min(_END, self._end_of(parts.count))

    def after(self, instant: int) -> int | None:
        """Return the first instant that is later than the given one."""
        number = max(0, (instant - self._begin) // self.step)
        for _ in range(_MOST_LEAPS):
            start = self._begin + number * self.step
            if start > self._last:
                return None
            offset = offset_at(start, self._tz) if not self.is_plain else 0
            leap = self._leap_on(number, start, offset)
            if leap is None:
                return None
            if leap > number:
                number = leap
                continue
            for found in self._of_period(start, offset):
                if found > instant and found >= self._first:
                    return found if found <= self._last else None
            number += 1
        return None

    def at_or_before(self, instant: int) -> int | None:
        """Return the last instant that is not later than the given one."""
        instant = min(instant, self._last)
        number = (instant - self._begin) // self.step
        for _ in range(_MOST_LEAPS):
            if number < 0:
                return None
            start = self._begin + number * self.step
            offset = offset_at(start, self._tz) if not self.is_plain else 0
            leap = self._leap_back(number, start, offset)
            if leap is None:
                return None
            if leap < number:
                number = leap
                continue
            for found in reversed(self._of_period(start, offset)):
                if found <= instant:
                    return found if found >= self._first else None
            number -= 1
        return None

    def count_until(self, after: int, until: int) -> int:
        """Return how many instants of a plain rule lie after one and not after another."""
        low = max(after, self._first - 1)
        high = min(until, self._last)
        return max(0, (high - self._first) // self.step - (low - self._first) // self.step)

    def _leap_on(self, number: int, start: int, offset: int) -> int | None:
        """Return the first period from this one on that may hold an instant; None: never again."""
        if self._days:
            day, last = (start + offset) // DAY, (start + offset + self._unit - 1) // DAY
            coming = self._days.at_or_after(day)
            if coming is None:
                return None
            if coming > last:
                midnight = instant_of(wall_of(coming * DAY), self._tz)
                return max(number + 1, -((self._begin + self._unit - 1 - midnight) // self.step))
        if self._has_times:
            table = self._table(offset)
            rest = number % self._cycle
            place = bisect_left(table, rest)
            if place < len(table) and table[place] == rest:
                return number
            change = -((self._begin - steady_until(start, self._tz)) // self.step)
            change = max(number + 1, change)
            if not table:
                return change
            wait = table[place] - rest if place < len(table) else self._cycle - rest + table[0]
            return min(number + wait, change)
        return number

    def _leap_back(self, number: int, start: int, offset: int) -> int | None:
        """Return the last period up to this one that may hold an instant; None: there is none."""
        if self._days:
            day, last = (start + offset) // DAY, (start + offset + self._unit - 1) // DAY
            past = self._days.at_or_before(last)
            if past is None:
                return None
            if past < day:
                midnight = instant_of(wall_of((past + 1) * DAY), self._tz, fold=1)
                return min(number - 1, (midnight - self._begin) // self.step)
        if self._has_times:
            table = self._table(offset)
            rest = number % self._cycle
            place = bisect_right(table, rest)
            if place and table[place - 1] == rest:
                return number
            change = min(number - 1, (steady_since(start, self._tz) - self._begin) // self.step)
            if not table:
                return change
            wait = rest - table[place - 1] if place else rest + self._cycle - table[-1]
            return max(number - wait, change)
        return number

    def _table(self, offset: int) -> list[int]:
        """Return which periods of a cycle lie at a time of day that BYHOUR and the like allow, at an offset."""
        phase = (self._begin + offset) % DAY
        if phase not in self._tables:
            hours = self._parts.by_hour or range(24)
            minutes = (self._parts.by_minute or range(60)) if self._limits > 1 else (0,)
            seconds = (self._parts.by_second or range(60)) if self._limits > 2 else (0,)
            allowed = {hour * 3600 + minute * 60 + second for hour in hours for minute in minutes for second in seconds}
            shared = gcd(self.step, DAY)
            late = phase % self._unit
            # a period that straddles two units of the wall clock lies in both
            starts = {begin + late - before for begin in allowed for before in {0, self._unit if late else 0}}
            inverse = pow(self.step // shared, -1, self._cycle) if self._cycle > 1 else 0
            self._tables[phase] = sorted(
                {(start - phase) // shared * inverse % self._cycle for start in starts if not (start - phase) % shared}
            )
        return self._tables[phase]

    def _of_period(self, start: int, offset: int) -> list[int]:
        """Return the instants of one period, earliest first."""
        if self.is_plain:
            return [start + self._into[0]]
        after = offset_at(start + self._unit, self._tz)
        found = [
            start + into
            for shift in {offset, after}
            for into in self._offsets_into(start + shift)
            if offset == after or offset_at(start + into, self._tz) == shift
        ]
        found = sorted({at for at in found if self._is_allowed(at)})
        if not self._parts.by_set_pos:
            return found
        size = len(found)
        places = {position - 1 if position > 0 else size + position for position in self._parts.by_set_pos}
        return [found[place] for place in sorted(places) if 0 <= place < size]

    def _offsets_into(self, wall: int) -> tuple[int, ...]:
        """Return the seconds into a period that begins at that wall time at which it holds an instant."""
        if not self._expanded:
            return self._into
        phase = wall % self._unit
        if phase not in self._places:
            self._places[phase] = tuple(sorted((place - phase) % self._unit for place in self._expanded))
        return self._places[phase]

    def _is_allowed(self, instant: int) -> bool:
        wall = instant + offset_at(instant, self._tz)
        day, second = divmod(wall, DAY)
        parts = self._parts
        return (
            (not parts.by_hour or second // 3600 in parts.by_hour)
            and (self._limits < 2 or not parts.by_minute or second // 60 % 60 in parts.by_minute)
            and (self._limits < 3 or not parts.by_second or second % 60 in parts.by_second)
            and (self._days is None or self._days.contains(day))
        )

    def _end_of(self, count: int) -> int:
        """Return the instant of the count-th occurrence."""
        if self.is_plain:
            return self._first + (count - 1) * self.step
        instant = self._first - 1
        for _ in range(min(count, MOST_COUNTED)):
            found = self.after(instant)
            if found is None:
                break
            instant = found
        return instant


def _expanded(parts: Parts, dtstart: datetime) -> tuple[int, ...]:
    """Return the seconds into a unit of the wall clock at which BYMINUTE and BYSECOND put an instant."""
    by_minute = parts.by_minute if parts.freq == "HOURLY" else ()
    by_second = parts.by_second if parts.freq != "SECONDLY" else ()
    if not (by_minute or by_second):
        return ()
    minutes: Iterator[int] | tuple[int, ...] = by_minute or ((dtstart.minute,) if parts.freq == "HOURLY" else (0,))
    seconds = by_second or (dtstart.second,)
    return tuple(sorted(minute * 60 + second for minute in minutes for second in seconds))
