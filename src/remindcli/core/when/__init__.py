"""Times as people write them: understood whole, or refused."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from remindcli.core.rule import Repeat, Rule
from remindcli.core.when.reading import Options, Reading, When
from remindcli.errors import UnreadableTimeError

__all__ = ["Options", "Reading", "When", "combine", "parse", "parse_span", "read_sentence"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DEFAULT = Options()


def _refuse(text: str) -> UnreadableTimeError:
    return UnreadableTimeError(
        f'can\'t read "{text}" as a time', hint="tomorrow 5pm, every month on the 1st at 9am"
    )


def _clock(words: list[str]) -> tuple[list[str], time | None]:
    rest, found = [], None
    for word in words:
        m = re.fullmatch(r"(\d{1,2})(?::(\d\d))?(am|pm)?", word)
        if m and (m[2] or m[3]) and found is None:
            hour = int(m[1]) % 12 + (12 if m[3] == "pm" else 0) if m[3] else int(m[1])
            found = time(hour, int(m[2] or 0))
        elif word not in ("at", "on"):
            rest.append(word)
    return rest, found


def parse(text: str, *, now: datetime, zone: ZoneInfo, options: Options = _DEFAULT) -> When:
    """Return the time that the whole phrase names."""
    local = now.astimezone(zone).replace(tzinfo=None, microsecond=0)
    text = text.strip()
    if m := re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)", text, re.I):
        return When(Rule(datetime.fromisoformat(f"{m[1]}T{m[2]}")))
    if "FREQ=" in text.upper():
        return When(Rule(local, rrule=text.upper().removeprefix("RRULE:")))
    if m := re.fullmatch(r"in (\d+)([smhdw])", text):
        at = now.astimezone(zone) + timedelta(seconds=int(m[2 - 1]) * _UNITS[m[2]])
        return When(Rule(at.astimezone(zone).replace(tzinfo=None, microsecond=0), zone.key))
    words, clock = _clock(text.lower().split())
    midnight = local.replace(hour=0, minute=0, second=0)
    rrule, day = None, None
    if words[:1] == ["every"]:
        rule = " ".join(words[1:])
        if m := re.fullmatch(r"(?:(\d+) )?(day|week|month|year)s?", rule):
            freq = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}[m[2]]
            rrule, day = f"FREQ={freq}" + (f";INTERVAL={m[1]}" if m[1] else ""), midnight + timedelta(1)
        elif rule == "weekday":
            rrule, day = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", midnight + timedelta(1)
        elif m := re.fullmatch(r"month the (\d+)\w\w", rule):
            n = m[1]
            by = "28,29,30,31;BYSETPOS=-1" if n == "31" else n
            rrule, day = f"FREQ=MONTHLY;BYMONTHDAY={by}", midnight + timedelta(1)
        elif rule and all(part[:3] in _DAYS for part in re.split(r"[, ]+", rule)):
            rrule = "FREQ=WEEKLY;BYDAY=" + ",".join(
                _BYDAY[_DAYS.index(p[:3])] for p in re.split(r"[, ]+", rule)
            )
            day = midnight + timedelta(1)
    elif words in ([], ["today"]):
        day = midnight if clock or words else None
    elif words == ["tomorrow"]:
        day = midnight + timedelta(1)
    elif len(words) == 1 and words[0][:3] in _DAYS:
        day = midnight + timedelta((_DAYS.index(words[0][:3]) - local.weekday() - 1) % 7 + 1)
    elif len(words) == 1 and re.fullmatch(r"\d{4}-\d\d-\d\d", words[0]):
        day = datetime.fromisoformat(words[0])
    if day is None:
        raise _refuse(text)
    if clock is None:
        return When(Rule(day, is_all_day=True, rrule=rrule))
    at = datetime.combine(day, clock)
    if not words and at <= local:
        at += timedelta(1)
    return When(Rule(at, rrule=rrule))


def read_sentence(
    words: Sequence[str] | str, *, now: datetime, zone: ZoneInfo, options: Options = _DEFAULT
) -> Reading:
    """Return the title and the time that the words give."""
    parts = words.split() if isinstance(words, str) else words[0].split() if len(words) == 1 else list(words)
    for i in range(len(parts)):
        tail = " ".join(parts[i:])
        try:
            return Reading(" ".join(parts[:i]), parse(tail, now=now, zone=zone, options=options), tail)
        except UnreadableTimeError:
            continue
    return Reading(" ".join(parts), None)


def combine(
    due: str | None, every: str | None, *, now: datetime, zone: ZoneInfo, options: Options = _DEFAULT
) -> When:
    """Return the time that --due and --every give together."""
    start = parse(due, now=now, zone=zone, options=options) if due else None
    if every is None:
        if start is None:
            raise _refuse("")
        return start
    phrase = every if every.lower().startswith("every") or "FREQ=" in every.upper() else f"every {every}"
    again = parse(phrase, now=now, zone=zone, options=options)
    if start is None:
        return again
    r = start.rule
    return When(Rule(r.dtstart, r.zone, r.is_all_day, again.rule.rrule, repeat=Repeat.SCHEDULE))


def parse_span(text: str) -> timedelta:
    """Return the length of time that the text names."""
    found = re.fullmatch(r"(\d+)\s*([smhdw])\w*", text.strip().lower())
    if not found:
        raise _refuse(text)
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
