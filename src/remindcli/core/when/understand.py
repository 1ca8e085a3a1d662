"""The way of a phrase: text, tokens, draft, time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from remindcli.core.fields import Fields
from remindcli.core.rule import Repeat, Rule
from remindcli.core.when.draft import COUNTING, FRACTION, LENGTH, NUMBER, Draft, MisreadError, Reader
from remindcli.core.when.faults import unreadable
from remindcli.core.when.lexer import MAX_LENGTH, tokenise
from remindcli.core.when.phrase import read_phrase
from remindcli.core.when.place import Asked, settle_zone, zone_named
from remindcli.core.when.ranges import keep_start
from remindcli.core.when.reading import Options, When
from remindcli.core.when.single import single
from remindcli.core.when.words import ZONES
from remindcli.errors import UnreadableTimeError

TYPE_CHECKING = False  # see core/fields.py
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_PLAIN_MARKS = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u2013": "-", "\u2014": "-", "\u00a0": " "}  # what editors make of ' and -
)
_AROUND = frozenset({"()", "[]", '""', "''", "<>"})
_MAX_RULE_LENGTH = 2000
_ORG = r"<(\d{4}-\d\d-\d\d)(?:\s[A-Za-z]+)?(?:\s(\d{1,2}:\d\d))?\s(\+|\+\+|\.\+)(\d{1,4})([hdwmy])>"
_ORG_UNITS = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}


class Understood(Fields):
    """A phrase that was understood; `weak` says why a sentence should rather keep it as text."""

    when: When
    weak: str


def understand(text: str, asked: Asked) -> Understood:
    """Return what the whole text names.

    Raises:
        MisreadError: it is not wholly understood.
    """
    draft = read_draft(text, asked)
    when = settle(draft, asked)
    is_more = draft.times or draft.every or draft.period or (draft.weak == COUNTING and draft.months)
    return Understood(when, "" if is_more and draft.weak in {COUNTING, FRACTION, NUMBER} else draft.weak)


def read_draft(text: str, asked: Asked) -> Draft:
    """Return the parts of the whole text.

    Raises:
        MisreadError: it is not wholly understood.
    """
    plain = (text if text.isascii() else text.translate(_PLAIN_MARKS)).strip()
    if len(plain) > MAX_LENGTH:
        raise MisreadError(f"it is longer than {MAX_LENGTH} characters")
    if not plain.isascii() or not plain.isprintable():
        raise MisreadError("it has letters that no time is written in")
    if plain[:1] + plain[-1:] in _AROUND and len(plain) > 2:
        plain = (_org_words(plain) if plain[0] == "<" else "") or plain[1:-1].strip()
    try:
        return _parts(Reader(tokenise(plain), plain, asked.local, asked.options))
    except OverflowError:
        raise MisreadError("that is beyond the calendar") from None


def _org_words(stamp: str) -> str:
    """Return the words of Org's <2026-11-28 Sat 09:00 +1w>, .+1w being counted from done; "" without a repeater.

    The Org Manual, section 8.3.2 "Repeated tasks".
    """
    found = re.fullmatch(_ORG, stamp)
    if found is None:
        if re.search(r"\s[-+]+\d+[hdwmy]", stamp):
            raise MisreadError("it says more than a time and how often", hint="--due 2026-11-28 --every 1w --alert 2d")
        return ""
    day, clock, mark, number, unit = found.groups("")
    return f"every{'!' if mark == '.+' else ''} {number} {_ORG_UNITS[unit]}s from {day} {clock}"


def settle(draft: Draft, asked: Asked) -> When:
    """Return the time that the parts make.

    Raises:
        MisreadError: they contradict each other, or make none.
    """
    try:
        return _settle(draft, asked)
    except OverflowError:
        raise MisreadError("that is beyond the calendar") from None


def _parts(r: Reader) -> Draft:
    """Return the parts; an error without a reason stands on the first unknown word, which is likely its cause."""
    try:
        return read_phrase(r)
    except MisreadError as error:
        if error.at is not None and not error.why:
            rest = [token for token in r.tokens if token.start >= error.at.start and token.kind in {"name", "junk"}]
            error.at = next((token for token in rest if token.text not in ZONES), error.at)
        raise


def _settle(draft: Draft, asked: Asked) -> When:
    for each in _with_inner(draft):
        settle_zone(each)
    if draft.every is not None:
        from remindcli.core.when.series import series  # noqa: PLC0415 (a single time does without)

        return _checked(series(draft, asked), asked)
    if draft.is_completion or draft.count is not None:
        raise MisreadError("it does not say how often", hint="every day, 5 times")
    if draft.is_plural or draft.is_strict:
        raise MisreadError("it does not say how often", hint="every monday morning")
    if draft.lasting is not None and draft.span is None and not draft.has_date() and not (draft.times or draft.part):
        draft.span, draft.lasting, draft.weak = draft.lasting, None, LENGTH
    keep_start(draft, asked)
    if draft.lasting is not None or draft.until is not None or draft.start is not None or draft.hours is not None:
        raise MisreadError("a reminder has one time, no length", hint="every day until friday")
    return _checked(single(draft, asked), asked)


def _with_inner(draft: Draft) -> Iterator[Draft]:
    """Yield the draft and those within it: from, until, what is counted from."""
    yield draft
    for inner in (draft.start, draft.until, draft.anchor[2] if draft.anchor else None):
        if inner is not None:
            yield from _with_inner(inner)


def _checked(when: When, asked: Asked) -> When:
    """Return the time with what the clocks do to it; a year that no zone can count is refused."""
    rule = when.rule
    if not 2 <= rule.dtstart.year <= 9998:
        raise MisreadError("that is beyond the calendar")
    if rule.is_all_day or rule.rrule is not None:
        return when
    zone = zone_named(rule.zone) if rule.zone else asked.zone
    wall = rule.dtstart
    first, second = wall.replace(tzinfo=zone).utcoffset(), wall.replace(tzinfo=zone, fold=1).utcoffset()
    if first == second or first is None or second is None:
        return when
    if first > second:
        return When(rule, (*when.notes, f"{wall:%H:%M} comes twice that night: the first"))
    moved = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return When(rule, (*when.notes, f"{wall:%H:%M} is skipped that night: {moved:%H:%M}"))


def ask(now: datetime, zone: ZoneInfo, options: Options) -> Asked:
    """Return the moment and place of asking."""
    return Asked(now, zone, now.astimezone(zone).replace(tzinfo=None, microsecond=0, fold=0), options)


def is_rule_text(text: str) -> bool:
    """Return whether the text is an RRULE or content lines rather than words."""
    upper = text[:_MAX_RULE_LENGTH].upper()
    return "FREQ=" in upper or "DTSTART" in upper or "RRULE:" in upper


def read_rule_text(text: str, asked: Asked, start: Rule | None = None) -> When:
    """Return the rule of RRULE text, with or without DTSTART; "every!" before it counts from done.

    Args:
        text: as RFC 5545 writes it.
        asked: when and where; a rule without DTSTART starts now, or at `start`.

    Raises:
        InvalidRuleError: the rule cannot be used.
        UnreadableTimeError: the text is too long.
    """
    from remindcli.core import recurrence  # noqa: PLC0415 (only a rule needs it, and it takes time to load)

    if len(text) > _MAX_RULE_LENGTH:
        raise UnreadableTimeError("can't read a rule of that length", why=f"at most {_MAX_RULE_LENGTH} characters")
    stripped = text.strip()
    is_completion = stripped.lower().startswith("every!")
    if is_completion:
        stripped = stripped[len("every!") :].strip()
    base = start or _start_of_rule(stripped, asked)
    rule = recurrence.read_rule(stripped, dtstart=base.dtstart, zone=base.zone, is_all_day=base.is_all_day)
    repeat = Repeat.COMPLETION if is_completion else Repeat.SCHEDULE
    rule = Rule(rule.dtstart, rule.zone, rule.is_all_day, rule.rrule, rule.rdate, rule.exdate, repeat)
    return When(rule)


def _start_of_rule(text: str, asked: Asked) -> Rule:
    """Return today, or this minute if the rule says something of the time of day."""
    upper = text.upper()
    if any(name in upper for name in ("BYHOUR", "BYMINUTE", "BYSECOND", "HOURLY", "MINUTELY", "SECONDLY")):
        return Rule(asked.local.replace(second=0))
    return Rule(asked.local.replace(hour=0, minute=0, second=0), is_all_day=True)


def parse_with(text: str, asked: Asked) -> When:
    """Return the time that the whole text names, words or rule.

    Raises:
        UnreadableTimeError: it is not wholly understood.
        InvalidRuleError: it is a rule that cannot be used.
    """
    if is_rule_text(text):
        return read_rule_text(text, asked)
    try:
        return understand(text, asked).when
    except MisreadError as error:
        raise unreadable(text, error) from None
