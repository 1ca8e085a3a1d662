"""--due and --every together: the one gives the start, the other how it comes back."""

from collections.abc import Callable

from remindcli.core.rule import Rule
from remindcli.core.when.draft import Clock, Draft, MisreadError
from remindcli.core.when.faults import unreadable
from remindcli.core.when.place import Asked
from remindcli.core.when.reading import When
from remindcli.core.when.understand import is_rule_text, parse_with, read_draft, read_rule_text, settle
from remindcli.errors import UnreadableTimeError

_HAS_EVERY = ("every", "each", "ev ", "once ")


def together(due: str | None, every: str | None, asked: Asked) -> When:
    """Return the time of both.

    Raises:
        UnreadableTimeError: one of them is not understood, or they contradict each other.
        InvalidRuleError: RRULE text that cannot be used.
    """
    if every is None:
        if due is None:
            raise UnreadableTimeError("can't read nothing as a time", hint="--due tomorrow, --every 2 weeks")
        return parse_with(due, asked)
    if due is None:
        return _often(every, asked)
    start = parse_with(due, asked)
    if start.rule.rrule is not None:
        raise UnreadableTimeError(
            "can't use both --due and --every so", why=f'"{due}" says already how often', hint="--due friday --every 2w"
        )
    if is_rule_text(every):
        return When(read_rule_text(every, asked, start.rule).rule, start.notes)
    if start.rule.zone == asked.zone.key and "/" not in due:  # "in 2h" is this place's clock, and then each day's
        start = When(start.rule.but(zone=None), start.notes)
    return _often_from(every, start, asked)


def _often(every: str, asked: Asked) -> When:
    """Return the recurrence, with or without the word "every"."""
    if is_rule_text(every):
        return read_rule_text(every, asked)
    return _first_read(every, lambda phrase: settle(_recurring(phrase, asked), asked))


def _often_from(every: str, start: When, asked: Asked) -> When:
    """Return the recurrence from that start."""

    def read(phrase: str) -> When:
        draft = _recurring(phrase, asked)
        if draft.start is not None:
            raise MisreadError("both say from when", hint="--due friday --every 2w")
        is_timed = bool(draft.times or draft.part)
        draft.start = _start(start.rule, has_time=not is_timed)
        found = settle(draft, asked)
        if is_timed and not start.rule.is_all_day and found.rule.dtstart.time() != start.rule.dtstart.time():
            raise MisreadError("they name two times of day", hint="--due 9am --every mon,fri")
        return found

    found = _first_read(every, read)
    first, wanted = found.rule.dtstart, start.rule.dtstart
    notes = (*start.notes, *found.notes)
    if first.date() != wanted.date():
        notes = (*notes, f"{wanted.day} {wanted:%b} is none of its days: it starts on {first.day} {first:%b}")
    return When(found.rule, notes)


def _first_read(every: str, read: Callable[[str], When]) -> When:
    """Return what the phrase means with "every" before it, or as it stands."""
    phrase = every.strip()
    tried = [phrase] if phrase.lower().startswith(_HAS_EVERY) else [f"every {phrase}", phrase]
    errors: list[MisreadError] = []
    for each in tried:
        try:
            return read(each)
        except MisreadError as error:
            errors.append(error)
    raise unreadable(every, errors[0])


def _recurring(phrase: str, asked: Asked) -> Draft:
    draft = read_draft(phrase, asked)
    if draft.every is None:
        raise MisreadError("it does not say how often", hint="--every 2w, --every mon,fri")
    return draft


def _start(rule: Rule, *, has_time: bool) -> Draft:
    """Return the start as the language holds it."""
    draft = Draft(day=rule.dtstart.date(), is_dated=True)
    if has_time and not rule.is_all_day:
        at = rule.dtstart
        draft.times, draft.zone = [Clock(at.hour, at.minute, at.second)], rule.zone or ""
    return draft
