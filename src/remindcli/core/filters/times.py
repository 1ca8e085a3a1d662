"""The times of filter words: days, moments and ranges of both, as instants from one point of view."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from remindcli.core import recurrence, when
from remindcli.core.filter_words import DAY_NAMES, WEEKDAYS
from remindcli.core.filters.conditions import IsDue, IsOverdue
from remindcli.core.safe import safe
from remindcli.core.when import Options
from remindcli.errors import UnreadableTimeError, UsageError

_DAY = timedelta(days=1)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Times:
    """Reads times as they are meant now, in a zone.

    A day is one of the local calendar, as long as the clocks make it. Each method that takes words raises UsageError
    where it can't read them, and OverflowError where a day is out of reach.
    """

    def __init__(self, now: datetime, zone: ZoneInfo, options: Options) -> None:
        self._now = now
        self._zone = zone
        self._options = options
        self._today = now.astimezone(zone).date()

    def overdue(self) -> IsOverdue:
        """Return what is past due now."""
        return IsOverdue(self._now, self._midnight(self._today))

    def on(self, word: str) -> IsDue | None:
        """Return what a word of whole days means: today, fri, 2026-12-01; None if it is no such word."""
        days = self._days(word.lower())
        return None if days is None else IsDue(*self._ends(*days))

    def before(self, phrase: str, word: str) -> IsDue:
        """Return what is due before a time.

        Args:
            word: the whole filter word, for the error.
        """
        return IsDue(None, self._moment(phrase, word)[0])

    def after(self, phrase: str, word: str) -> IsDue:
        """Return what is due after a time: of a day, when it is over.

        Args:
            word: the whole filter word, for the error.
        """
        begin, end = self._moment(phrase, word)
        return IsDue(end if end > begin else begin + timedelta(milliseconds=1), None)

    def between(self, word: str) -> IsDue:
        """Return what a..b, a.. or ..b means, both ends included; a weekday behind it is the next one from a on."""
        first, _, last = word.partition("..")
        begin = self._moment(first, word)[0] if first else None
        after = begin.astimezone(self._zone).date() if begin else None
        end = self._moment(last, word, after=after)[1] if last else None
        if begin is not None and end is not None and end < begin:
            raise UsageError(f'"{safe(word, 60)}" ends before it begins', hint=f"try {safe(last)}..{safe(first)}")
        return IsDue(begin, end)

    def _midnight(self, day: date) -> datetime:
        return recurrence.start_of_day(day, self._zone)

    def _ends(self, first: date, last: date) -> tuple[datetime, datetime]:
        """Return the instants at which days begin and are over."""
        return self._midnight(first), self._midnight(last + _DAY)

    def _days(self, word: str, *, after: date | None = None) -> tuple[date, date] | None:
        """Return the first and the last day that a word of one or more whole days means."""
        today = self._today
        match word:
            case "today":
                return today, today
            case "tomorrow":
                return today + _DAY, today + _DAY
            case "yesterday":
                return today - _DAY, today - _DAY
            case "week":
                return today, today + 6 * _DAY
        for names in (WEEKDAYS, DAY_NAMES):
            if word in names:
                begin = after or today
                day = begin + timedelta(days=(names.index(word) - begin.weekday()) % 7)
                return day, day
        if _DATE.fullmatch(word):
            try:
                day = date.fromisoformat(word)
            except ValueError as error:
                raise UsageError(f'there is no day "{word}"', why=str(error)) from None
            return day, day
        return None

    def _moment(self, phrase: str, word: str, *, after: date | None = None) -> tuple[datetime, datetime]:
        """Return the instants between which a phrase lies: a whole day, or twice one moment."""
        days = self._days(phrase.lower(), after=after)
        if days is not None:
            return self._ends(*days)
        try:
            if phrase.startswith("-"):
                back = when.parse_span(phrase[1:])
                if back % _DAY:
                    return self._now - back, self._now - back
                return self._ends(self._today - back, self._today - back)
            read = when.parse(phrase, now=self._now, zone=self._zone, options=self._options)
            planned = recurrence.first(read.rule, self._zone)
        except (UnreadableTimeError, OverflowError, ValueError) as error:
            why = error.what if isinstance(error, UnreadableTimeError) else str(error)
            raise UsageError(
                f'can\'t read "{safe(word, 60)}" as a filter', why=why, hint="before:fri after:+2d fri..sun"
            ) from None
        if planned is None or read.rule.rrule is not None:
            raise UsageError(
                f'can\'t read "{safe(word, 60)}" as a filter',
                why=f'"{safe(phrase, 40)}" is a rule, not one time',
                hint="every:monthly chooses by the rule",
            )
        if not read.rule.is_all_day:
            return planned.at, planned.at
        day = read.rule.dtstart.date()
        return self._ends(day, day)
