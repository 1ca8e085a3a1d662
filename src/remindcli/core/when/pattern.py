"""Which days a recurrence has: as RRULE text, and the first of them."""

from collections.abc import Iterator
from datetime import date, timedelta

from remindcli.core.fields import Fields
from remindcli.core.when.words import BYDAY

_YEARS_AHEAD = 12


class Pattern(Fields):
    """The days of a recurrence, in the terms of RFC 5545 (section 3.3.10), as far as the language says them.

    Attributes:
        freq: DAILY, WEEKLY, MONTHLY or YEARLY (or faster, then only hours bear on it).
        byday: (which, weekday); which 0 is every one.
    """

    freq: str
    interval: int = 1
    bymonth: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byday: tuple[tuple[int, int], ...] = ()
    byhour: tuple[int, ...] = ()
    byminute: tuple[int, ...] = ()
    bysetpos: tuple[int, ...] = ()

    def is_anchored(self) -> bool:
        """Return whether the start alone says which days."""
        return not (self.bymonthday or self.byday or self.byyearday or self.byweekno)

    def text(self, *, until: str = "", count: int | None = None) -> str:
        """Return the rule as RRULE text in the canonical order."""
        days = [(f"{which}" if which else "") + BYDAY[day] for which, day in self.byday]
        parts: list[tuple[str, tuple[int, ...] | list[str]]] = [
            ("BYMONTH", self.bymonth),
            ("BYWEEKNO", self.byweekno),
            ("BYYEARDAY", self.byyearday),
            ("BYMONTHDAY", self.bymonthday),
            ("BYDAY", days),
            ("BYHOUR", self.byhour),
            ("BYMINUTE", self.byminute),
            ("BYSETPOS", self.bysetpos),
        ]
        text = f"FREQ={self.freq}"
        if self.interval != 1:
            text += f";INTERVAL={self.interval}"
        if count is not None:
            text += f";COUNT={count}"
        if until:
            text += f";UNTIL={until}"
        return text + "".join(f";{name}={','.join(map(str, values))}" for name, values in parts if values)

    def days_from(self, start: date) -> Iterator[date]:
        """Yield the days on or after start as if each period counted (interval 1); none after some years."""
        if self.freq in {"MONTHLY", "YEARLY"} and not self.is_anchored():
            yield from self._period_days(start)
            return
        last = start + timedelta(366 * 2) if start.year < 9990 else date.max - timedelta(1)
        day = start
        while day <= last:
            if self._fits(day):
                yield day
            day += timedelta(1)

    def _fits(self, day: date) -> bool:
        if self.bymonth and day.month not in self.bymonth:
            return False
        return not self.byday or any(weekday == day.weekday() for _, weekday in self.byday)

    def _period_days(self, start: date) -> Iterator[date]:
        for year in range(start.year, min(start.year + _YEARS_AHEAD, 9999)):
            months = range(1, 13) if self.freq == "MONTHLY" else (0,)
            for month in months:
                if month and (year, month) < (start.year, start.month):
                    continue
                yield from (day for day in self._period(year, month) if day >= start)

    def _period(self, year: int, month: int) -> list[date]:
        """Return the days of one month, or of the year (month 0)."""
        if month:
            months: tuple[int, ...] = (month,) if not self.bymonth or month in self.bymonth else ()
        else:
            months = self.bymonth
        if self.byyearday or self.byweekno or not (month or months):
            days = self._of_year(year)
        else:
            days = sorted(day for each in months for day in self._of_month(year, each))
        if not self.bysetpos:
            return days
        size = len(days)
        picked = {place - 1 if place > 0 else size + place for place in self.bysetpos}
        return [days[place] for place in sorted(picked) if 0 <= place < size]

    def _of_month(self, year: int, month: int) -> list[date]:
        length = month_length(year, month)
        if self.bymonthday:
            numbers = {n if n > 0 else length + 1 + n for n in self.bymonthday}
            days = [date(year, month, n) for n in numbers if 1 <= n <= length]
            weekdays = {weekday for _, weekday in self.byday}
            return [day for day in days if not weekdays or day.weekday() in weekdays]
        return nth_weekdays(date(year, month, 1), length, self.byday)

    def _of_year(self, year: int) -> list[date]:
        first, length = date(year, 1, 1), (date(year, 12, 31) - date(year, 1, 1)).days + 1
        if self.byyearday:
            numbers = {n if n > 0 else length + 1 + n for n in self.byyearday}
            return sorted(first + timedelta(n - 1) for n in numbers if 1 <= n <= length)
        if self.byweekno:
            wanted = [weekday for _, weekday in self.byday] or [0]
            return sorted(
                date.fromisocalendar(year, week, weekday + 1)
                for week in self.byweekno
                for weekday in wanted
                if week <= date(year, 12, 28).isocalendar().week
            )
        return nth_weekdays(first, length, self.byday)


def nth_weekdays(first: date, length: int, wanted: tuple[tuple[int, int], ...]) -> list[date]:
    """Return those of the `length` days from first that are the which-th of their weekday; 0 is each."""
    found = set()
    for which, weekday in wanted:
        offset = (weekday - first.weekday()) % 7
        same = [first + timedelta(n) for n in range(offset, length, 7)]
        if which == 0:
            found.update(same)
        elif 0 < which <= len(same) or 0 < -which <= len(same):
            found.add(same[which - 1 if which > 0 else which])
    return sorted(found)


def month_length(year: int, month: int) -> int:
    """Return how many days the month has."""
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def add_months(day: date, months: int) -> date | None:
    """Return the day so many months on, the last of a short month; None beyond the calendar."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return date(year, month, min(day.day, month_length(year, month)))
