"""Rules as text: RRULE text checked and put into one form, and the content lines of a calendar (RFC 5545)."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from remindcli.core.recurrence.parts import (
    LONGEST_TEXT,
    SUB_DAILY,
    Parts,
    check_together,
    for_moments,
    for_whole_days,
    parse,
    refuse,
)
from remindcli.core.recurrence.series import prepared
from remindcli.core.recurrence.ticks import MOST_COUNTED
from remindcli.core.recurrence.zones import FIRST_SECOND, named
from remindcli.core.rule import Rule

_NAME = r"(?i:DTSTART|RRULE|RDATE|EXDATE|EXRULE)(?=[;:])"
_STAMP = r"([0-9]{8})(?:T([0-9]{6})(Z)?)?"
_CENTURY = timedelta(days=36_525)


def canonical(text: str, *, dtstart: datetime, is_all_day: bool) -> str:
    """Return RRULE text in its one form: upper case, fixed order, no defaults (RFC 5545 section 3.3.10).

    Args:
        text: with or without "RRULE:".
        dtstart: naive wall time from which the rule is counted.

    Raises:
        InvalidRuleError: it is not RFC 5545, can't be counted in bounded work, or never occurs within 100 years
            (a rule whose UNTIL lies before its start has ended, and is read).
    """
    parts = parse(text)
    parts = for_whole_days(parts) if is_all_day else for_moments(parts)
    parts = check_together(parts)
    rrule = str(parts)
    _check_countable(parts)
    start = _start(dtstart, is_all_day=is_all_day)
    if not _occurs(rrule, start, is_all_day) and not _has_ended(parts, start):
        refuse(
            f"can't use {rrule}: it never occurs",
            why="no date within 100 years of its start fits all its parts",
            hint="leave out a part, or see the dates that fit with: remind when RRULE:…",
        )
    return rrule


def read_rule(text: str, *, dtstart: datetime, zone: str | None, is_all_day: bool) -> Rule:
    """Return the rule of DTSTART, RRULE, RDATE and EXDATE lines; the arguments stand in where the text is silent.

    A DTSTART that the RRULE does not give is not an occurrence (RFC 5545 leaves that open).

    Args:
        text: content lines of RFC 5545 section 3.1, folded or not, in any order; or RRULE text alone.
        dtstart: naive wall time.
        zone: IANA name; None is floating.

    Raises:
        InvalidRuleError: a line can't be read, or the rule can't be used.
    """
    lines = _lines(text)
    if "DTSTART" in lines:
        dtstart, zone, is_all_day = _dtstart(lines["DTSTART"])
    start = _start(dtstart, is_all_day=is_all_day)
    rrule = None
    if "RRULE" in lines:
        if len(lines["RRULE"]) > 1:
            refuse("can't use two RRULE lines", why="a task has one rule", hint="add a second task")
        rrule = canonical(lines["RRULE"][0][1], dtstart=start, is_all_day=is_all_day)
    return Rule(
        dtstart=start,
        zone=zone,
        is_all_day=is_all_day,
        rrule=rrule,
        rdate=_dates("RDATE", lines, zone, is_all_day=is_all_day, start=start),
        exdate=_dates("EXDATE", lines, zone, is_all_day=is_all_day, start=start),
    )


def _check_countable(parts: Parts) -> None:
    is_plain = parts == Parts(parts.freq, parts.interval, parts.count, parts.until, wkst=parts.wkst)
    if parts.freq in SUB_DAILY and not is_plain and (parts.count or 0) > MOST_COUNTED:
        refuse(
            f"can't count {parts.count} times of a rule by the {parts.freq.lower()} with BY parts",
            why=f"each has to be looked at to be counted; at most {MOST_COUNTED} can be",
            hint="end it with UNTIL",
        )


@lru_cache(maxsize=256)
def _occurs(rrule: str, start: datetime, is_all_day: bool) -> bool:  # noqa: FBT001 (a cache's key)
    """Return whether the rule occurs within a century, on a clock without DST."""
    found = prepared(Rule(start, "UTC", is_all_day, rrule), UTC).after(FIRST_SECOND - 1)
    return found is not None and found.at.replace(tzinfo=None) - start <= _CENTURY


def _has_ended(parts: Parts, start: datetime) -> bool:
    return parts.until is not None and parts.until.wall < start


def _start(dtstart: datetime, *, is_all_day: bool) -> datetime:
    wall = dtstart.replace(tzinfo=None, microsecond=0)
    return datetime.combine(wall, time()) if is_all_day else wall


def _lines(text: str) -> dict[str, list[tuple[dict[str, str], str]]]:
    """Return the content lines by name: parameters and value of each."""
    if len(text) > LONGEST_TEXT:
        refuse("can't read a rule of that length", why=f"it has more than {LONGEST_TEXT} characters")
    unfolded = re.sub(r"\r?\n[ \t]", "", text.strip())
    if not re.match(_NAME, unfolded):
        unfolded = f"RRULE:{unfolded}"
    # a shell makes one line of several: a name begins a line wherever it stands
    pieces = re.split(rf"\s+(?={_NAME})", unfolded)
    lines: dict[str, list[tuple[dict[str, str], str]]] = {}
    for line in pieces[0:1] + [p for p in pieces[1:] if p and re.match(_NAME, p)]:
        head, colon, value = line.partition(":")
        name, *parameters = head.split(";")
        if not colon or not value.strip():
            refuse(f"can't read {line[:40]!r}", why="a line is NAME:VALUE")
        pairs = dict(_parameter(parameter) for parameter in parameters)
        lines.setdefault(name.strip().upper(), []).append((pairs, value.strip()))
    if "EXRULE" in lines:
        refuse("can't use EXRULE", why="RFC 5545 has taken it out", hint="list the times to leave out with EXDATE")
    if "RRULE" not in lines and "RDATE" not in lines and "DTSTART" not in lines:
        refuse("can't find an RRULE in the text")
    return lines


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().upper(), value.strip().strip('"')


def _dtstart(lines: list[tuple[dict[str, str], str]]) -> tuple[datetime, str | None, bool]:
    if len(lines) > 1:
        refuse("can't use two DTSTART lines", why="a rule is counted from one start")
    parameters, value = lines[0]
    wall, is_date, is_utc = _stamp("DTSTART", value)
    if parameters.get("VALUE", "").upper() == "DATE" and not is_date:
        refuse(f"can't read DTSTART {value}", why="VALUE=DATE has no time of day")
    zone = _zone(parameters)
    return wall, "UTC" if is_utc else zone, is_date


def _zone(parameters: dict[str, str]) -> str | None:
    zone = parameters.get("TZID")
    if zone is None:
        return None
    # "/freeassociation.sourceforge.net/Europe/Berlin": the global form of RFC 5545 section 3.2.19
    if zone.startswith("/"):
        zone = "/".join(zone.split("/")[-2:])
    return named(zone).key


def _dates(
    name: str,
    lines: dict[str, list[tuple[dict[str, str], str]]],
    zone: str | None,
    *,
    is_all_day: bool,
    start: datetime,
) -> tuple[datetime, ...]:
    """Return the wall times of RDATE or EXDATE lines on the clock of the rule, sorted."""

    def walls() -> Iterator[datetime]:
        for parameters, values in lines.get(name, ()):
            if parameters.get("VALUE", "").upper() == "PERIOD":
                refuse(f"can't use {name} with periods", hint=f"{name}:20261224T090000")
            own = _zone(parameters)
            for value in values.split(","):
                wall, is_date, is_utc = _stamp(name, value.strip())
                if is_all_day:
                    yield datetime.combine(wall, time())
                elif is_date:
                    # a day without a time means the rule's time on that day
                    yield datetime.combine(wall, start.time())
                else:
                    yield _on_clock_of(wall, "UTC" if is_utc else own, zone)

    return tuple(sorted(set(walls())))


def _on_clock_of(wall: datetime, own: str | None, zone: str | None) -> datetime:
    if own is None or own == zone:
        return wall
    if zone is None:
        refuse("can't use a time with a zone in a rule without one", hint="give DTSTART a zone (TZID) too")
    try:
        return wall.replace(tzinfo=named(own)).astimezone(named(zone)).replace(tzinfo=None)
    except OverflowError:
        refuse(f"can't use {wall.isoformat()}", why="it is beyond the ends of the calendar")


def _stamp(name: str, text: str) -> tuple[datetime, bool, bool]:
    """Return a DATE or DATE-TIME value (RFC 5545 sections 3.3.4, 3.3.5), whether it is a date, whether UTC."""
    found = re.fullmatch(_STAMP, text.upper())
    try:
        if not found:
            raise ValueError  # noqa: TRY301
        day = date(int(found[1][:4]), int(found[1][4:6]), int(found[1][6:]))
        clock = found[2] or "000000"
        wall = datetime.combine(day, time(int(clock[:2]), int(clock[2:4]), min(59, int(clock[4:]))))
    except ValueError:
        refuse(f"can't read {name} {text[:40]}", why="times are written 20261231T090000, days 20261231")
    return wall, found[2] is None, found[3] is not None
