"""The days of a rule: which they are, the next and the one before; days are counted as `date.toordinal` does.

years.py says which days of a year fit; the rest is arithmetic, so no search walks from DTSTART.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import date

from remindcli.core.recurrence.parts import SUB_DAILY, Parts
from remindcli.core.recurrence.years import (
    LAST_DAY,
    CalendarYears,
    Chunks,
    SkippingYears,
    WeekYears,
    month_of,
    month_start,
    new_year,
    week_one,
    week_year,
    year_of,
)

_LONGEST_SEARCH = 400
"""Years after which the calendar repeats: days that do not come within them never come."""
_MOST_LEAPS = 6_000
"""Steps between the days of the BY parts and the periods of INTERVAL after which no day will fit both.

A century has 5,218 weeks, and the only days that keep missing are weekdays in an interval of whole weeks."""


def implied(parts: Parts, start: date) -> Parts:
    """Return the parts with the day parts that DTSTART stands for written out (RFC 5545 section 3.3.10).

    "Information, not contained in the rule, necessary to determine the various recurrence instance start time
    and dates are derived from DTSTART": BYMONTHDAY alone in a yearly rule means the month of DTSTART, BYWEEKNO
    alone its weekday.
    """
    match parts.freq:
        case "YEARLY" if parts.by_week_no:
            return parts if parts.has_days else replace(parts, by_day=((0, start.weekday()),))
        case "YEARLY" if not parts.has_days:
            month = parts.by_month or (start.month,)
            return replace(parts, by_month=month, by_month_day=(start.day,))
        case "YEARLY" if not (parts.by_day or parts.by_year_day or parts.by_month):
            return replace(parts, by_month=(start.month,))
        case "MONTHLY" if not parts.has_days:
            return replace(parts, by_month_day=(start.day,))
        case "WEEKLY" if not parts.has_days:
            return replace(parts, by_day=((0, start.weekday()),))
    return parts


class Days:
    """The days that the day parts of a rule give, from the day of DTSTART on.

    Args:
        parts: of a rule counted in hours or less only the limits on the day are used.
        start: the day of DTSTART.
    """

    def __init__(self, parts: Parts, start: date) -> None:
        self._parts = parts = implied(parts, start)
        self.start = start.toordinal()
        self.interval = 1 if parts.freq in SUB_DAILY else parts.interval
        self._origin = self.index(self.start)
        self._chunks: Chunks = self._calendar()
        # the day that SKIP puts into the next month belongs to the month that lacks it
        self._step = 1 if isinstance(self._chunks, SkippingYears) else self.interval

    @property
    def is_every_day(self) -> bool:
        """Return whether no part names a day."""
        parts = self._parts
        return parts.freq == "DAILY" and not (parts.has_days or parts.by_month)

    def at_or_after(self, day: int) -> int | None:
        """Return the first day that is not before the given one."""
        day = max(day, self.start)
        for _ in range(_MOST_LEAPS):
            found = self._fitting_from(day)
            if found is None or self._step == 1:
                return found
            index = self.index(found)
            late = (index - self._origin) % self._step
            if not late:
                return found
            day = self.start_of(index + self._step - late)
        return None

    def at_or_before(self, day: int) -> int | None:
        """Return the last day that is not after the given one."""
        for _ in range(_MOST_LEAPS):
            found = self._fitting_to(day)
            if found is None or found < self.start:
                return None
            index = self.index(found)
            late = (index - self._origin) % self._step
            if not late:
                return found
            day = self.start_of(index - late + 1) - 1
        return None

    def contains(self, day: int) -> bool:
        """Return whether the day is one of them."""
        return self.at_or_before(day) == day

    def between(self, first: int, last: int) -> list[int]:
        """Return the days that fit the BY parts, both ends included, whatever DTSTART and INTERVAL say."""
        days: list[int] = []
        for chunk in range(self._chunks.of(first), self._chunks.of(last) + 1):
            base, offsets = self._chunks.listed(chunk)
            inside = offsets[bisect_left(offsets, first - base) : bisect_right(offsets, last - base)]
            days.extend(base + offset for offset in inside)
        return days

    def nth_after(self, day: int, number: int) -> int | None:
        """Return the day that comes as the number-th after the given one; None if that is centuries away."""
        if self.is_every_day:
            origin = max(day, self.start - self.interval)
            last = origin - (origin - self.start) % self.interval
            found = last + number * self.interval
            return found if found <= LAST_DAY else None
        first = max(day + 1, self.start)
        chunk = self._chunks.of(first)
        for year in range(chunk, chunk + _LONGEST_SEARCH):
            base, offsets = self._chunks.listed(year)
            days = [base + offset for offset in offsets[bisect_left(offsets, first - base) :]]
            if self._step > 1:
                days = [d for d in days if not (self.index(d) - self._origin) % self._step]
            if number <= len(days):
                found = days[number - 1]
                return found if found <= LAST_DAY else None
            number -= len(days)
        return None

    def period_of(self, day: int) -> int | None:
        """Return the index of the rule's first period that holds the day or begins after it."""
        index = self.index(day)
        late = (index - self._origin) % self.interval
        index += self.interval - late if late else 0
        return index if self.start_of(index) <= LAST_DAY else None

    def period_up_to(self, day: int) -> int:
        """Return the index of the rule's last period that holds the day or ends before it."""
        index = self.index(day)
        return index - (index - self._origin) % self.interval

    def index(self, day: int) -> int:
        """Return the number of the period of FREQ, or of the week year, in which a day lies."""
        match self._parts.freq:
            case "YEARLY" if self._parts.by_week_no:
                return week_year(day, self._parts.wkst)
            case "YEARLY":
                return year_of(day)
            case "MONTHLY":
                return month_of(day)
            case "WEEKLY":
                return (day - 1 - self._parts.wkst) // 7
        return day

    def start_of(self, index: int) -> int:
        """Return the first day of a period."""
        match self._parts.freq:
            case "YEARLY" if self._parts.by_week_no:
                return week_one(index, self._parts.wkst)
            case "YEARLY":
                return new_year(index)
            case "MONTHLY":
                return month_start(index)
            case "WEEKLY":
                return index * 7 + 1 + self._parts.wkst
        return index

    def _fitting_from(self, day: int) -> int | None:
        if day > LAST_DAY:
            return None
        chunk = self._chunks.of(day)
        for year in range(chunk, chunk + _LONGEST_SEARCH + 1):
            base, offsets = self._chunks.listed(year)
            place = bisect_left(offsets, day - base)
            if place < len(offsets):
                found = base + offsets[place]
                return found if found <= LAST_DAY else None
        return None

    def _fitting_to(self, day: int) -> int | None:
        chunk = self._chunks.of(min(day, LAST_DAY))
        for year in range(chunk, max(self._chunks.of(self.start), chunk - _LONGEST_SEARCH) - 1, -1):
            base, offsets = self._chunks.listed(year)
            place = bisect_right(offsets, day - base)
            if place:
                return base + offsets[place - 1]
        return None

    def _calendar(self) -> Chunks:
        parts = self._parts
        if parts.by_week_no:
            return WeekYears(parts)
        can_move = parts.freq in ("YEARLY", "MONTHLY") and (parts.by_month_day or parts.by_year_day)
        if parts.skip != "OMIT" and can_move:
            return SkippingYears(parts, lambda day: (self.index(day) - self._origin) % self.interval == 0)
        return CalendarYears(parts)
