"""--due and --every together: the one gives the start, the other how it comes back."""

from typing import Final

from remindcli.core.rule import Rule
from remindcli.core.when.draft import MisreadError
from remindcli.core.when.faults import unreadable
from remindcli.core.when.place import Asked
from remindcli.core.when.reading import When
from remindcli.core.when.understand import is_rule_text, parse_with, read_rule_text, understand
from remindcli.errors import UnreadableTimeError

_HAS_EVERY: Final = ("every", "each", "ev ", "once ")


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
    return _often_from(every, start, asked)


def _often(every: str, asked: Asked) -> When:
    """Return the recurrence, with or without the word "every"."""
    if is_rule_text(every):
        return read_rule_text(every, asked)
    phrase = every.strip()
    tried = [phrase] if phrase.lower().startswith(_HAS_EVERY) else [f"every {phrase}", phrase]
    error: MisreadError | None = None
    for each in tried:
        try:
            found = understand(each, asked).when
        except MisreadError as misread:
            error = error or misread
            continue
        if found.rule.rrule is not None:
            return found
        error = error or MisreadError("it does not say how often", hint="--every 2w, --every mon,fri")
    assert error is not None
    raise unreadable(every, error)


def _often_from(every: str, start: When, asked: Asked) -> When:
    """Return the recurrence from that start: the phrase, read with "from" the day."""
    rule = start.rule
    day = f"{rule.dtstart.year:04d}-{rule.dtstart:%m-%d}"
    alone = _often(every, asked).rule
    if not alone.is_all_day and not rule.is_all_day and alone.rrule and not _is_fast(alone):
        if alone.dtstart.time() != rule.dtstart.time():
            raise UnreadableTimeError(
                "can't use both --due and --every so",
                why="they name two times of day",
                hint="--due 9am --every mon,fri",
            )
        return _from(every, day, "", start, asked)
    clock = "" if rule.is_all_day else f" at {rule.dtstart:%H:%M:%S}"
    if _is_fast(alone) or (not rule.is_all_day and rule.zone is not None):
        zone = rule.zone or ""
        return _from(every, day, f"{clock} {zone}".rstrip() if not _is_fast(alone) else clock, start, asked)
    return _from(every, day, clock, start, asked)


def _is_fast(rule: Rule) -> bool:
    return (rule.rrule or "").startswith(("FREQ=HOURLY", "FREQ=MINUTELY", "FREQ=SECONDLY"))


def _from(every: str, day: str, clock: str, start: When, asked: Asked) -> When:
    found = _often(f"{every} from {day}{clock}", asked)
    notes = (*start.notes, *found.notes)
    wall = found.rule.dtstart
    wanted = start.rule.dtstart
    if wall.date() != wanted.date():
        notes = (*notes, f"{wanted.day} {wanted:%b} is none of its days: it starts on {wall.day} {wall:%b}")
    return When(found.rule, notes)
