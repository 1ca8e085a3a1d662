"""The years of a rule: which days of a year fit its day parts, whatever DTSTART and INTERVAL say.

Which days of a year fit the BY parts is asked of python-dateutil, once for each of the 14 kinds of year (leap or
not, and the weekday of 1 January); the rest is arithmetic, so no search walks from DTSTART. What dateutil gets
wrong is not asked of it:

* BYDAY that mixes plain and numbered weekdays gives nothing there: asked one after the other (`_fitting`).
* A numbered weekday that a month does not have (the 12th Monday of November) raises IndexError: left out.
* YEARLY with BYMONTHDAY and no BYMONTH, and BYWEEKNO without days, give more days than DTSTART implies: the parts
  that DTSTART stands for are written out first (`days.implied`).
* BYWEEKNO with INTERVAL counts calendar years: week years are counted here (`WeekYears`).
* A search that finds nothing runs to the year 9999 whatever UNTIL says: asked for one year only.
* BYSETPOS with WEEKLY takes a first week that begins at DTSTART: periods are whole in days.py.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Protocol

from remindcli.core.recurrence.parts import Parts

LAST_DAY = date.max.toordinal()


class Chunks(Protocol):
    """The days that fit, a year at a time."""

    def of(self, day: int) -> int:
        """Return the number of the year in which a day lies."""
        ...

    def listed(self, year: int) -> tuple[int, tuple[int, ...]]:
        """Return the first day of a year, and how far behind it the days lie that fit."""
        ...


class CalendarYears:
    """Calendar years; each of the 14 kinds is asked for once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: dict[tuple[int, int], tuple[int, ...]] = {}

    def of(self, day: int) -> int:
        return year_of(day)

    def listed(self, year: int) -> tuple[int, tuple[int, ...]]:
        base = new_year(year)
        kind = (new_year(year + 1) - base, base % 7)
        offsets = self._known.get(kind)
        if offsets is None:
            offsets = self._known[kind] = _fitting(self._parts, _MODELS[kind])
        return base, offsets


class WeekYears:
    """Week years: from the first week with at least four days in a year to the week before the next such."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._limit = CalendarYears(replace(parts, by_week_no=()))
        self._known: dict[int, tuple[int, ...]] = {}

    def of(self, day: int) -> int:
        return week_year(day, self._parts.wkst)

    def listed(self, year: int) -> tuple[int, tuple[int, ...]]:
        base = week_one(year, self._parts.wkst)
        if year not in self._known:
            self._known[year] = tuple(self._offsets(year, base))
        return base, self._known[year]

    def _offsets(self, year: int, base: int) -> Iterator[int]:
        weeks = (week_one(year + 1, self._parts.wkst) - base) // 7
        numbers = {number if number > 0 else weeks + 1 + number for number in self._parts.by_week_no}
        for number in sorted(numbers & set(range(1, weeks + 1))):
            for offset in range(number * 7 - 7, number * 7):
                start, fitting = self._limit.listed(year_of(base + offset))
                place = bisect_left(fitting, base + offset - start)
                if place < len(fitting) and fitting[place] == base + offset - start:
                    yield offset


class SkippingYears:
    """Calendar years under SKIP of RFC 7529: a day that is not there moves to the one before or after.

    Args:
        is_counted: whether INTERVAL counts the period of a day: the month that lacks a day, not where it moves.
    """

    def __init__(self, parts: Parts, is_counted: Callable[[int], bool]) -> None:
        self._parts = parts
        self._is_counted = is_counted
        self._known: dict[int, tuple[int, ...]] = {}

    def of(self, day: int) -> int:
        return year_of(day)

    def listed(self, year: int) -> tuple[int, tuple[int, ...]]:
        base = new_year(year)
        if year not in self._known:
            if self._parts.by_year_day:
                found = set(self._of_periods(map(new_year, range(year - 1, year + 3)), self._parts.by_year_day))
                if self._parts.by_month_day:
                    found &= set(self._of_months(year))
                if self._parts.by_month:
                    found = set(filter(self._is_month, found))
            else:
                found = set(self._of_months(year))
            plain = {day for _, day in self._parts.by_day}
            inside = (d - base for d in found if year_of(d) == year and (not plain or (d - 1) % 7 in plain))
            self._known[year] = tuple(sorted(inside))
        return base, self._known[year]

    def _of_months(self, year: int) -> Iterator[int]:
        months = map(month_start, range(year * 12 - 1, year * 12 + 14))
        return self._of_periods(months, self._parts.by_month_day)

    def _of_periods(self, starts: Iterator[int], numbers: tuple[int, ...]) -> Iterator[int]:
        for start, end in pairwise(starts):
            if not self._is_counted(start):
                continue
            if self._parts.by_month and not self._parts.by_year_day and not self._is_month(start):
                continue
            for number in numbers:
                day = start + number - 1 if number > 0 else end + number
                if day >= end:
                    day = end if self._parts.skip == "FORWARD" else end - 1
                if day < start:
                    day = start if self._parts.skip == "FORWARD" else start - 1
                yield day

    def _is_month(self, day: int) -> bool:
        return month_of(day) % 12 + 1 in self._parts.by_month


def _fitting(parts: Parts, year: int) -> tuple[int, ...]:
    """Return how far behind 1 January the days of a year lie that fit all day parts."""
    base = date(year, 1, 1).toordinal()
    by_month = parts.by_month
    if not (parts.has_days or by_month):
        return tuple(range(new_year(year + 1) - base))
    # its import takes longer than most commands: only a rule that is expanded needs it
    from dateutil.rrule import YEARLY, rrule, weekday  # noqa: PLC0415

    if parts.has_ordinals and parts.freq == "MONTHLY":
        # dateutil counts the ordinals of a yearly rule within the months, if there is BYMONTH (RFC 5545 note 2)
        by_month = by_month or tuple(range(1, 13))
    plain = [weekday(day) for ordinal, day in parts.by_day if not ordinal]
    # no month has a sixth Monday, and dateutil looks for it beyond the end of the year
    most = 5 if by_month else 53
    numbered = [weekday(day, ordinal) for ordinal, day in parts.by_day if 0 < abs(ordinal) <= most]
    fitting: set[int] = set()
    for by_day in (plain, numbered) if parts.by_day else ([weekday(day) for day in range(7)],):
        if by_day:
            days = rrule(
                YEARLY,
                dtstart=datetime(year, 1, 1),
                # one year and no more: UNTIL would not end a search that finds nothing
                interval=10_000,
                bymonth=by_month or None,
                bymonthday=parts.by_month_day or None,
                byyearday=parts.by_year_day or None,
                byweekday=by_day,
            )
            fitting.update(day.toordinal() - base for day in days)
    return tuple(sorted(fitting))


def year_of(day: int) -> int:
    """Return the year of a day, which may lie beyond the ends of the calendar."""
    if 1 <= day <= LAST_DAY:
        return date.fromordinal(day).year
    return 0 if day < 1 else 10_000


def new_year(year: int) -> int:
    """Return the day of 1 January, of any year."""
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + 1


def days_in(year: int, month: int) -> int:
    """Return how many days a month has."""
    return month_start(year * 12 + month) - month_start(year * 12 + month - 1)


def week_one(year: int, week_start: int) -> int:
    """Return the first day of week 1: the first week with at least four days in the year (RFC 5545, ISO 8601)."""
    fourth = new_year(year) + 3
    return fourth - (fourth - 1 - week_start) % 7


def week_year(day: int, week_start: int) -> int:
    """Return the year to which the week of a day belongs: that of its fourth day."""
    return year_of(day - (day - 1 - week_start) % 7 + 3)


def month_of(day: int) -> int:
    """Return the number of a month: twelve times the year, plus 0 for January."""
    if 1 <= day <= LAST_DAY:
        it = date.fromordinal(day)
        return it.year * 12 + it.month - 1
    return 11 if day < 1 else 120_000


def month_start(month: int) -> int:
    year, number = divmod(month, 12)
    if 1 <= year <= 9999:
        return date(year, number + 1, 1).toordinal()
    # beyond the ends of the calendar only January is exact, and only the order matters
    return new_year(year) + number * 28


_MODELS = {(new_year(year + 1) - new_year(year), new_year(year) % 7): year for year in range(2000, 2028)}
"""A year of each kind: its length, and its first day modulo seven."""
