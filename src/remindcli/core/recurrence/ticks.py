"""Rules counted in hours, minutes or seconds: the instants they give, the next and the one before.

They are counted in UTC from the instant of DTSTART, so that a DST change neither repeats nor loses an hour
(dateutil counts them on the wall clock and does); the BY parts then look at the wall clock of the zone.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import datetime, tzinfo
from math import gcd

from remindcli.core.recurrence.days import Days
from remindcli.core.recurrence.parts import SUB_DAILY, Parts
from remindcli.core.recurrence.zones import (
    DAY,
    LAST_SECOND,
    instant_of,
    offset_at,
    seconds_of,
    steady_since,
    steady_until,
)

MOST_COUNTED = 2_000
"""The largest COUNT of a rule whose times have to be looked at one by one to be counted: some 25 ms."""

_END = LAST_SECOND - 2 * DAY
_CENTURY = 36_525 * DAY
_MOST_LEAPS = 10_000
"""Periods that a search looks at; each is a day or more from the last if the rule is sparse."""


class Ticks:
    """The instants of one rule, without RDATE, EXDATE and UNTIL, in seconds of zones.py.

    Args:
        parts: FREQ is HOURLY, MINUTELY or SECONDLY.
        dtstart: naive, whole seconds, on the wall clock of tz.
    """

    def __init__(self, parts: Parts, dtstart: datetime, tz: tzinfo) -> None:
        self._parts = parts = _as_limits(parts, dtstart)
        self._tz = tz
        self._unit = unit = SUB_DAILY[parts.freq]
        self._step = parts.interval * unit
        self._first = instant_of(seconds_of(dtstart), tz)
        into = (dtstart.minute * 60 + dtstart.second) % unit
        self._begin = self._first - into
        self._days = Days(parts, dtstart.date()) if parts.has_days or parts.by_month else None
        self._into = (into,)
        self._expanded = _expanded(parts, dtstart)
        self._hours = frozenset(parts.by_hour)
        self._minutes = frozenset(parts.by_minute if unit < 3600 else ())
        self._seconds = frozenset(parts.by_second if unit < 60 else ())
        self._has_times = bool(self._hours or self._minutes or self._seconds)
        self.is_plain = not (self._days or self._has_times or self._expanded or parts.by_set_pos)
        self._cycle = DAY // gcd(self._step, DAY)
        self._tables: dict[int, list[int]] = {}
        self._period: tuple[int, list[int]] = (-1, [])
        self._last = _END
        if parts.by_set_pos and min(map(abs, parts.by_set_pos)) > max(1, len(self._expanded)):
            # no period holds as many
            self._last = self._begin - 1
        elif parts.count is not None:
            self._last = min(_END, self._end_of(parts.count))

    def after(self, instant: int) -> int | None:
        """Return the first instant that is later than the given one; None if it is more than a century away."""
        instant = max(instant, self._first - 1)
        number = (instant - self._begin) // self._step
        last = min(self._last, instant + _CENTURY + self._step)
        for _ in range(_MOST_LEAPS):
            start = self._begin + number * self._step
            if start > last:
                return None
            leap = self._leap_on(number, start)
            if leap == number:
                found = self._of_period(start)
                place = bisect_right(found, instant)
                if place < len(found):
                    return found[place] if found[place] <= last else None
                leap = number + 1
            if leap is None:
                return None
            number = leap
        return None

    def at_or_before(self, instant: int) -> int | None:
        """Return the last instant that is not later than the given one."""
        instant = min(instant, self._last)
        number = (instant - self._begin) // self._step
        for _ in range(_MOST_LEAPS):
            if number < 0:
                return None
            start = self._begin + number * self._step
            leap = self._leap_back(number, start)
            if leap == number:
                found = self._of_period(start)
                place = bisect_right(found, instant)
                if place:
                    return found[place - 1] if found[place - 1] >= self._first else None
                leap = number - 1
            if leap is None:
                return None
            number = leap
        return None

    def count_until(self, after: int, until: int) -> int:
        """Return how many instants of a plain rule lie after one and not after another."""
        low = max(after, self._first - 1)
        high = min(until, self._last)
        return max(0, (high - self._first) // self._step - (low - self._first) // self._step)

    def _leap_on(self, number: int, start: int) -> int | None:
        """Return the first period from this one on that may hold an instant; None: never again."""
        offset = offset_at(start, self._tz)
        if self._days:
            day, last = (start + offset) // DAY, (start + offset + self._unit - 1) // DAY
            coming = self._days.at_or_after(day)
            if coming is None:
                return None
            if coming > last:
                midnight = instant_of(coming * DAY, self._tz)
                return max(number + 1, -((self._begin + self._unit - 1 - midnight) // self._step))
        if self._has_times:
            table = self._table(offset)
            rest = number % self._cycle
            place = bisect_left(table, rest)
            if place < len(table) and table[place] == rest:
                return number
            change = -((self._begin - steady_until(start, self._tz)) // self._step)
            change = max(number + 1, change)
            if not table:
                return change
            wait = table[place] - rest if place < len(table) else self._cycle - rest + table[0]
            return min(number + wait, change)
        return number

    def _leap_back(self, number: int, start: int) -> int | None:
        """Return the last period up to this one that may hold an instant; None: there is none."""
        offset = offset_at(start, self._tz)
        if self._days:
            day, last = (start + offset) // DAY, (start + offset + self._unit - 1) // DAY
            past = self._days.at_or_before(last)
            if past is None:
                return None
            if past < day:
                midnight = instant_of((past + 1) * DAY, self._tz, fold=1)
                return min(number - 1, (midnight - self._begin) // self._step)
        if self._has_times:
            table = self._table(offset)
            rest = number % self._cycle
            place = bisect_right(table, rest)
            if place and table[place - 1] == rest:
                return number
            change = min(number - 1, (steady_since(start, self._tz) - self._begin) // self._step)
            if not table:
                return change
            wait = rest - table[place - 1] if place else rest + self._cycle - table[-1]
            return max(number - wait, change)
        return number

    def _table(self, offset: int) -> list[int]:
        """Return which periods of a cycle lie at a time of day that BYHOUR and the like allow, at an offset."""
        phase = (self._begin + offset) % DAY
        if phase not in self._tables:
            hours = self._hours or range(24)
            minutes = self._minutes or (range(60) if self._unit < 3600 else (0,))
            seconds = self._seconds or (range(60) if self._unit < 60 else (0,))
            allowed = [hour * 3600 + minute * 60 + second for hour in hours for minute in minutes for second in seconds]
            late = phase % self._unit
            if late:
                # a period that straddles two units of the wall clock lies in both
                allowed = [begin + late - before for begin in allowed for before in (0, self._unit)]
            shared = gcd(self._step, DAY)
            inverse = pow(self._step // shared, -1, self._cycle)
            waits = [begin - phase for begin in allowed]
            self._tables[phase] = sorted(
                {wait // shared * inverse % self._cycle for wait in waits if not wait % shared}
            )
        return self._tables[phase]

    def _of_period(self, start: int) -> list[int]:
        """Return the instants of one period, earliest first."""
        if self._period[0] != start:
            self._period = start, self._listed(start)
        return self._period[1]

    def _listed(self, start: int) -> list[int]:
        if self.is_plain:
            return [start + self._into[0]]
        shifts = {offset_at(start, self._tz), offset_at(start + self._unit, self._tz)}
        found = sorted(
            {
                start + into
                for shift in shifts
                for into in self._offsets_into(start + shift)
                if self._is_allowed(start + into, shift, is_sure=len(shifts) == 1)
            }
        )
        if not self._parts.by_set_pos:
            return found
        size = len(found)
        places = {position - 1 if position > 0 else size + position for position in self._parts.by_set_pos}
        return [found[place] for place in sorted(places) if 0 <= place < size]

    def _offsets_into(self, wall: int) -> tuple[int, ...]:
        """Return the seconds into a period that begins at that wall time at which it holds an instant."""
        if not self._expanded:
            return self._into
        return tuple((place - wall) % self._unit for place in self._expanded)

    def _is_allowed(self, instant: int, offset: int, *, is_sure: bool) -> bool:
        """Return whether the limits hold on the wall clock; False if the zone has another offset then."""
        if not is_sure and offset_at(instant, self._tz) != offset:
            return False
        day, second = divmod(instant + offset, DAY)
        return (
            (not self._hours or second // 3600 in self._hours)
            and (not self._minutes or second // 60 % 60 in self._minutes)
            and (not self._seconds or second % 60 in self._seconds)
            and (self._days is None or self._days.contains(day))
        )

    def _end_of(self, count: int) -> int:
        """Return the instant of the count-th occurrence."""
        if self.is_plain:
            return self._first + (count - 1) * self._step
        instant = self._first - 1
        for _ in range(min(count, MOST_COUNTED)):
            found = self.after(instant)
            if found is None:
                break
            instant = found
        return instant


def _as_limits(parts: Parts, dtstart: datetime) -> Parts:
    """Return the parts with every unit counted where an hour or a minute would be expanded, which says the same."""
    if parts.interval > 1 or parts.by_set_pos:
        return parts
    if parts.freq == "HOURLY" and (parts.by_minute or parts.by_second):
        parts = replace(parts, freq="MINUTELY", by_minute=parts.by_minute or (dtstart.minute,))
    if parts.freq == "MINUTELY" and parts.by_second:
        parts = replace(parts, freq="SECONDLY")
    return parts


def _expanded(parts: Parts, dtstart: datetime) -> tuple[int, ...]:
    """Return the seconds into a unit of the wall clock at which BYMINUTE and BYSECOND put an instant."""
    by_minute = parts.by_minute if parts.freq == "HOURLY" else ()
    by_second = parts.by_second if parts.freq != "SECONDLY" else ()
    if not (by_minute or by_second):
        return ()
    minutes = by_minute or ((dtstart.minute,) if parts.freq == "HOURLY" else (0,))
    seconds = by_second or (dtstart.second,)
    return tuple(sorted(minute * 60 + second for minute in minutes for second in seconds))
