"""Rules counted in days or more: the wall times they give, the next and the one before, in seconds of zones.py."""

from bisect import bisect_left, bisect_right
from datetime import datetime
from functools import lru_cache

from remindcli.core.recurrence.days import Days
from remindcli.core.recurrence.parts import Parts
from remindcli.core.recurrence.years import LAST_DAY
from remindcli.core.recurrence.zones import DAY, LAST_SECOND, seconds_of

_CENTURY = {"WEEKLY": 5_219, "MONTHLY": 1_201, "YEARLY": 101}
"""Periods of BYSETPOS that a search looks at, or COUNT is counted through."""
_LONGEST_PERIOD = {"WEEKLY": 7, "MONTHLY": 31, "YEARLY": 371}
"""Days; a week year with 53 weeks has 371."""


class Walls:
    """The wall times of one rule, without RDATE, EXDATE and an UNTIL in UTC.

    Args:
        parts: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.
        dtstart: naive, whole seconds.
    """

    def __init__(self, parts: Parts, dtstart: datetime) -> None:
        self._first = seconds_of(dtstart)
        self._days = Days(parts, dtstart.date())
        self._times = _times(
            parts.by_hour or (dtstart.hour,),
            parts.by_minute or (dtstart.minute,),
            parts.by_second or (dtstart.second,),
        )
        self._positions: tuple[int, ...] = ()
        self._century = _CENTURY.get(parts.freq, 0)
        self._is_empty = False
        self._last = LAST_SECOND
        if parts.by_set_pos:
            self._set_positions(parts)
        if parts.until and not parts.until.is_utc:
            self._last = min(self._last, seconds_of(parts.until.wall))
        if parts.count is not None:
            self._last = min(self._last, self._end_of(parts.count))

    def after(self, wall: int) -> int | None:
        """Return the first wall time that is later than the given one."""
        if self._is_empty or wall >= self._last:
            return None
        wall = max(wall, self._first - 1)
        found = self._picked_after(wall) if self._positions else self._plain_after(wall)
        return found if found is not None and found <= self._last else None

    def at_or_before(self, wall: int) -> int | None:
        """Return the last wall time that is not later than the given one."""
        wall = min(wall, self._last)
        if self._is_empty or wall < self._first:
            return None
        found = self._picked_before(wall) if self._positions else self._plain_before(wall)
        return found if found is not None and found >= self._first else None

    def _plain_after(self, wall: int) -> int | None:
        day, second = divmod(wall, DAY)
        found = self._days.at_or_after(day)
        if found == day:
            place = bisect_right(self._times, second)
            if place < len(self._times):
                return day * DAY + self._times[place]
            found = self._days.at_or_after(day + 1)
        return None if found is None else found * DAY + self._times[0]

    def _plain_before(self, wall: int) -> int | None:
        day, second = divmod(wall, DAY)
        found = self._days.at_or_before(day)
        if found == day:
            place = bisect_right(self._times, second)
            if place:
                return day * DAY + self._times[place - 1]
            found = self._days.at_or_before(day - 1)
        return None if found is None else found * DAY + self._times[-1]

    def _set_positions(self, parts: Parts) -> None:
        if parts.freq == "DAILY":
            # each day gives the same set, so BYSETPOS picks the same times of it
            chosen = {_place(position, len(self._times)) for position in parts.by_set_pos} - {-1}
            self._times = tuple(self._times[place] for place in sorted(chosen))
            self._is_empty = not self._times
            return
        days = len(parts.by_day) if parts.freq == "WEEKLY" and parts.by_day else _LONGEST_PERIOD[parts.freq]
        most = days * len(self._times)
        self._positions = tuple(position for position in parts.by_set_pos if abs(position) <= most)
        self._is_empty = not self._positions

    def _picks(self, period: int) -> list[int]:
        """Return the wall times that BYSETPOS picks from a whole period, earliest first."""
        days = self._days.between(self._days.start_of(period), self._days.start_of(period + 1) - 1)
        width = len(self._times)
        size = len(days) * width
        places = {_place(position, size) for position in self._positions} - {-1}
        return [days[place // width] * DAY + self._times[place % width] for place in sorted(places)]

    def _picked_after(self, wall: int) -> int | None:
        period = self._days.period_of(wall // DAY)
        for _ in range(self._century):
            if period is None:
                return None
            picks = self._picks(period)
            place = bisect_right(picks, wall)
            if place < len(picks):
                return picks[place]
            following = self._days.start_of(period + self._days.interval)
            day = self._days.at_or_after(following) if following <= LAST_DAY else None
            period = None if day is None else self._days.index(day)
        return None

    def _picked_before(self, wall: int) -> int | None:
        period = self._days.period_up_to(wall // DAY)
        begin = self._days.index(self._days.start)
        for _ in range(self._century):
            if period < begin:
                return None
            picks = self._picks(period)
            place = bisect_right(picks, wall)
            if place:
                return picks[place - 1]
            day = self._days.at_or_before(self._days.start_of(period) - 1)
            # the days before DTSTART are in its period, and count there
            period = max(begin, self._days.index(day)) if day is not None else begin - (period == begin)
        return None

    def _end_of(self, count: int) -> int:
        """Return the wall time of the count-th occurrence; the end of the calendar if that is centuries away."""
        if self._is_empty:
            return self._last
        if self._positions:
            return self._end_of_picks(count)
        day, second = divmod(self._first, DAY)
        if self._days.at_or_after(day) == day:
            begin = bisect_left(self._times, second)
            if count <= len(self._times) - begin:
                return day * DAY + self._times[begin + count - 1]
            count -= len(self._times) - begin
        days, rest = divmod(count - 1, len(self._times))
        last = self._days.nth_after(day, days + 1)
        return LAST_SECOND if last is None else last * DAY + self._times[rest]

    def _end_of_picks(self, count: int) -> int:
        period = self._days.index(self._days.start)
        for _ in range(self._century):
            picks = self._picks(period)
            picks = picks[bisect_left(picks, self._first) :]
            if count <= len(picks):
                return picks[count - 1]
            count -= len(picks)
            period += self._days.interval
        return LAST_SECOND


@lru_cache(maxsize=256)
def _times(hours: tuple[int, ...], minutes: tuple[int, ...], seconds: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(hour * 3600 + minute * 60 + second for hour in hours for minute in minutes for second in seconds)


def _place(position: int, size: int) -> int:
    """Return the index of a BYSETPOS in a set of that size; -1 if the set is too small."""
    place = position - 1 if position > 0 else size + position
    return place if 0 <= place < size else -1
