"""The grammar of an RRULE (RFC 5545 section 3.3.10, SKIP of RFC 7529): text to parts, and back."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal, NoReturn, TypeVar

from remindcli.errors import InvalidRuleError

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
SUB_DAILY = {"HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}
"""The frequencies that are counted in UTC, and the seconds of their unit."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

LONGEST_TEXT = 10_000
"""Characters above which a text is refused unread; the longest useful rule has a tenth of it."""

_RANGES: dict[str, tuple[int, int, bool]] = {
    "BYMONTH": (1, 12, False),
    "BYWEEKNO": (1, 53, True),
    "BYYEARDAY": (1, 366, True),
    "BYMONTHDAY": (1, 31, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 60, False),
    "BYSETPOS": (1, 366, True),
}
_KNOWN = ("FREQ", "INTERVAL", "COUNT", "UNTIL", *_RANGES, "BYDAY", "WKST", "RSCALE", "SKIP")
# the patterns are compiled when a rule is read: most commands read none
_NUMBER = r"[+-]?[0-9]{1,4}"
_POSITIVE = r"[0-9]{1,20}"
_DAY_OF_WEEK = r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)"
_Item = TypeVar("_Item", int, tuple[int, int])
_UNTIL = r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z)?)?"


@dataclass(frozen=True, slots=True)
class Until:
    """The last moment of a rule, inclusive.

    Attributes:
        wall: naive; in UTC if is_utc, else on the wall clock of the rule.
        is_date: written without a time: the whole day still counts.
    """

    wall: datetime
    is_utc: bool = False
    is_date: bool = False

    def __str__(self) -> str:
        """Return the value as RFC 5545 writes it."""
        if self.is_date:
            return f"{self.wall:%Y%m%d}".zfill(8)
        return f"{self.wall:%Y%m%dT%H%M%S}".zfill(15) + ("Z" if self.is_utc else "")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a rule; an empty tuple is a part that is not there.

    Attributes:
        by_day: (ordinal, weekday), ordinal 0 for every such weekday, Monday is 0.
        skip: what RFC 7529 does with a day that a month or a year does not have.
    """

    freq: str
    interval: int = 1
    count: int | None = None
    until: Until | None = None
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    wkst: int = 0
    skip: Literal["OMIT", "BACKWARD", "FORWARD"] = "OMIT"

    @property
    def has_ordinals(self) -> bool:
        """Return whether a weekday of BYDAY carries a number."""
        return any(ordinal for ordinal, _ in self.by_day)

    @property
    def has_days(self) -> bool:
        """Return whether a part names days: then DTSTART does not."""
        return bool(self.by_day or self.by_month_day or self.by_year_day)

    def __str__(self) -> str:
        """Return the canonical text: fixed order, no defaults."""
        values: dict[str, object] = {
            "FREQ": self.freq,
            "INTERVAL": "" if self.interval == 1 else self.interval,
            "COUNT": "" if self.count is None else self.count,
            "UNTIL": self.until or "",
            "BYMONTH": _joined(self.by_month),
            "BYWEEKNO": _joined(self.by_week_no),
            "BYYEARDAY": _joined(self.by_year_day),
            "BYMONTHDAY": _joined(self.by_month_day),
            "BYDAY": ",".join(f"{ordinal or ''}{WEEKDAYS[day]}" for ordinal, day in self.by_day),
            "BYHOUR": _joined(self.by_hour),
            "BYMINUTE": _joined(self.by_minute),
            "BYSECOND": _joined(self.by_second),
            "BYSETPOS": _joined(self.by_set_pos),
            "WKST": WEEKDAYS[self.wkst] if self.wkst else "",
            "RSCALE": "" if self.skip == "OMIT" else "GREGORIAN",
            "SKIP": "" if self.skip == "OMIT" else self.skip,
        }
        return ";".join(f"{name}={value}" for name, value in values.items() if value != "")


def refuse(what: str, why: str = "", hint: str = "") -> NoReturn:
    """Raise the error that a rule can't be used."""
    raise InvalidRuleError(what, why=why, hint=hint or "for example RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR")


@lru_cache(maxsize=256)
def parse(text: str) -> Parts:
    """Return the parts of RRULE text, each checked for itself; `check_together` looks at how they fit.

    Raises:
        InvalidRuleError: it is not RFC 5545, or a part stands twice.
    """
    if len(text) > LONGEST_TEXT:
        refuse("can't read a rule of that length", why=f"it has more than {LONGEST_TEXT} characters")
    body = text.strip().upper().removeprefix("RRULE:").strip().removesuffix(";")
    values: dict[str, str] = {}
    for item in body.split(";"):
        name, equals, value = (piece.strip() for piece in item.partition("="))
        if not equals or not value:
            refuse(f"can't read {_shown(item)!r} in the rule", why="each part of a rule is NAME=VALUE")
        if name in values:
            refuse(f"can't use {name} twice in a rule", hint=f"one {name} with all its values")
        if name not in _KNOWN:
            why = _nearest(name, _KNOWN) or "RFC 5545 has no such part"
            refuse(f"can't read {_shown(name)} in the rule", why=why)
        values[name] = value
    return _from_values(values)


def _from_values(values: dict[str, str]) -> Parts:
    freq = values.get("FREQ", "")
    if not freq:
        refuse("can't use a rule without FREQ")
    if freq not in FREQUENCIES:
        why = _nearest(freq, FREQUENCIES) or "FREQ is one of " + ", ".join(FREQUENCIES)
        refuse(f"can't read FREQ={_shown(freq)}", why=why)
    if values.get("RSCALE", "GREGORIAN") not in ("GREGORIAN", "GREGORY"):
        refuse(f"can't count by the calendar {_shown(values['RSCALE'])}", why="only GREGORIAN is known")
    return Parts(
        freq=freq,
        interval=_positive(values, "INTERVAL") or 1,
        count=_positive(values, "COUNT"),
        until=_until(values["UNTIL"]) if "UNTIL" in values else None,
        by_month=_numbers(values, "BYMONTH"),
        by_week_no=_numbers(values, "BYWEEKNO"),
        by_year_day=_numbers(values, "BYYEARDAY"),
        by_month_day=_numbers(values, "BYMONTHDAY"),
        by_day=_weekdays(values.get("BYDAY", "")),
        by_hour=_numbers(values, "BYHOUR"),
        by_minute=_numbers(values, "BYMINUTE"),
        # a clock without leap seconds takes the second 60 as 59 (RFC 5545 section 3.3.10)
        by_second=tuple(sorted({min(second, 59) for second in _numbers(values, "BYSECOND")})),
        by_set_pos=_numbers(values, "BYSETPOS"),
        wkst=_one_weekday(values.get("WKST", "MO")),
        skip=_skip(values.get("SKIP", "OMIT")),
    )


def check_together(parts: Parts) -> Parts:
    """Return the parts if together they have one meaning (RFC 5545 section 3.3.10, the table of page 44).

    What RFC 5545 forbids and other programs write all the same is read where it can mean one thing only: a day
    part that limits, COUNT beside UNTIL, `1MO` where a period has one Monday.
    """
    freq = parts.freq
    if parts.by_week_no and freq != "YEARLY":
        refuse(f"can't use BYWEEKNO with FREQ={freq}", why="only FREQ=YEARLY has numbered weeks")
    if parts.by_week_no and parts.has_ordinals:
        refuse("can't use BYWEEKNO with a numbered weekday", hint="BYWEEKNO=20;BYDAY=MO is the Monday of week 20")
    if parts.skip != "OMIT" and (parts.by_set_pos or parts.by_week_no or parts.has_ordinals):
        refuse("can't use SKIP with BYSETPOS, BYWEEKNO or a numbered weekday")
    if parts.has_ordinals and freq not in ("YEARLY", "MONTHLY"):
        if any(abs(ordinal) > 1 for ordinal, _ in parts.by_day):
            refuse(
                f"can't use a numbered weekday with FREQ={freq}",
                why="only a month or a year has a second Monday",
                hint="FREQ=MONTHLY;BYDAY=2MO is the second Monday of each month",
            )
        parts = replace(parts, by_day=tuple((0, day) for day in sorted({day for _, day in parts.by_day})))
    return parts


def for_whole_days(parts: Parts) -> Parts:
    """Return the parts as an all-day rule takes them: without times (RFC 5545 section 3.3.10).

    Raises:
        InvalidRuleError: it is counted in hours or less, and those are no whole days.
    """
    unit = SUB_DAILY.get(parts.freq)
    if unit is not None:
        days, rest = divmod(parts.interval * unit, 86_400)
        if rest or parts.by_set_pos:
            refuse(
                f"can't use FREQ={parts.freq} for a whole day",
                why="a whole day has no hours to count",
                hint="give a time of day, or use FREQ=DAILY",
            )
        parts = replace(parts, freq="DAILY", interval=days)
    until = parts.until and Until(datetime.combine(parts.until.wall, time()), is_date=True)
    return replace(parts, until=until, by_hour=(), by_minute=(), by_second=())


def for_moments(parts: Parts) -> Parts:
    """Return the parts as a rule with a time of day takes them: a date as UNTIL holds to the end of that day."""
    if parts.until is None or not parts.until.is_date:
        return parts
    return replace(parts, until=Until(datetime.combine(parts.until.wall, time(23, 59, 59))))


def _joined(values: tuple[int, ...]) -> str:
    return ",".join(map(str, values))


def _nearest(word: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 (only an error needs it)

    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else ""


def _shown(text: str) -> str:
    return text.strip() if len(text) <= 40 else text.strip()[:39] + "…"


def _positive(values: dict[str, str], name: str) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if not re.fullmatch(_POSITIVE, value) or not int(value):
        refuse(f"can't use {name}={_shown(value)}", why=f"{name} is a whole number from 1")
    return int(value)


def _numbers(values: dict[str, str], name: str) -> tuple[int, ...]:
    if name not in values:
        return ()
    low, high, is_signed = _RANGES[name]

    def number(text: str) -> int:
        value = int(text) if re.fullmatch(_NUMBER, text) else None
        if value is None or not (low <= (abs(value) if is_signed else value) <= high):
            why = f"its numbers go from {low} to {high}" + (f" and from -{high} to -{low}" if is_signed else "")
            refuse(f"can't use {name}={_shown(text)}", why=why)
        return value

    return _listed(values[name], number)


def _weekdays(text: str) -> tuple[tuple[int, int], ...]:
    def weekday(item: str) -> tuple[int, int]:
        found = re.fullmatch(_DAY_OF_WEEK, item)
        ordinal = int(found[1]) if found and found[1] else 0
        if not found or (found[1] and not 1 <= abs(ordinal) <= 53):
            refuse(
                f"can't use BYDAY={_shown(item)}",
                why="a weekday is one of " + ", ".join(WEEKDAYS) + ", with a number from 1 to 53 before it or none",
            )
        return WEEKDAYS.index(found[2]), ordinal

    return tuple((ordinal, day) for day, ordinal in _listed(text, weekday)) if text else ()


def _listed(text: str, read: Callable[[str], _Item]) -> tuple[_Item, ...]:
    return tuple(sorted({read(item.strip()) for item in text.split(",")}))


def _one_weekday(text: str) -> int:
    if text not in WEEKDAYS:
        refuse(f"can't use WKST={_shown(text)}", why="a week starts on one of " + ", ".join(WEEKDAYS))
    return WEEKDAYS.index(text)


def _skip(text: str) -> Literal["OMIT", "BACKWARD", "FORWARD"]:
    match text:
        case "OMIT" | "BACKWARD" | "FORWARD":
            return text
    refuse(f"can't use SKIP={_shown(text)}", why="SKIP is OMIT, BACKWARD or FORWARD (RFC 7529)")


def _until(text: str) -> Until:
    found = re.fullmatch(_UNTIL, text)
    try:
        if found:
            year, month, day = (int(found[i]) for i in (1, 2, 3))
            if found[4] is None:
                return Until(datetime.combine(date(year, month, day), time()), is_date=True)
            hour, minute, second = (int(found[i]) for i in (4, 5, 6))
            return Until(datetime(year, month, day, hour, minute, min(second, 59)), is_utc=found[7] is not None)
    except ValueError:
        pass
    refuse(
        f"can't read UNTIL={_shown(text)}",
        why="it is a date and, if you like, a time",
        hint="UNTIL=20261231, UNTIL=20261231T170000 or UNTIL=20261231T160000Z",
    )
