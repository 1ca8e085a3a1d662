"""Which time of day is meant: 5 is five in the afternoon, seven in the evening is 19:00."""

from datetime import time

from remindcli.core.fields import Fields
from remindcli.core.when.draft import Clock, Draft, MisreadError
from remindcli.core.when.reading import Options
from remindcli.core.when.words import PARTS

_LATE = frozenset({"evening", "night", "tonight"})


class TimeOfDay(Fields):
    """A time of day, and how many days later than the day named it is (midnight, 24:00)."""

    at: time
    days: int = 0


def times_of(draft: Draft, options: Options, *, is_dated: bool) -> list[TimeOfDay]:
    """Return the times of day that the draft may mean, each a choice if an hour stands alone without a day.

    Raises:
        MisreadError: the time is outside the part of the day that was named.
    """
    if not draft.times:
        return [_default(draft.part, options)] if draft.part else []
    if draft.part:
        return [_in_part(clock, draft.part) for clock in draft.times]
    if len(draft.times) == 1 and draft.times[0].kind == "bare" and not is_dated and draft.times[0].hour >= 7:
        return _either_half(draft.times[0], options)
    return [_plain(clock, draft.notes) for clock in draft.times]


def _default(part: str, options: Options) -> TimeOfDay:
    if part == "midnight":
        return TimeOfDay(time(0), 1)
    return TimeOfDay(getattr(options, part))


def _either_half(clock: Clock, options: Options) -> list[TimeOfDay]:
    """Return 8:00 and 20:00 for 8, as far as one is awake then."""
    hours = (clock.hour % 12, clock.hour % 12 + 12)
    awake = [hour for hour in hours if options.waking_from <= hour <= options.waking_until]
    return [TimeOfDay(time(hour, clock.minute)) for hour in awake or hours]


def _plain(clock: Clock, notes: list[str]) -> TimeOfDay:
    hour = clock.hour
    if hour == 24:
        return TimeOfDay(time(0), 1)
    if clock.kind != "exact" and 1 <= hour <= 6:
        hour += 12
        notes.append(
            f"{clock.hour}{f':{clock.minute:02d}' if clock.minute else ''} is read as {hour}:{clock.minute:02d}"
        )
    return TimeOfDay(time(hour, clock.minute, clock.second))


def _in_part(clock: Clock, part: str) -> TimeOfDay:
    hour = clock.hour
    if part == "eod" or (part == "midnight" and hour not in {0, 12, 24}):
        raise MisreadError("there are two times")
    if part == "midnight" or ((part in _LATE and hour in {24, 0}) or (hour == 12 and part in {"night", "tonight"})):
        if clock.kind == "exact" and hour == 12:
            raise MisreadError(f"12 o'clock is not in the {part}")
        return TimeOfDay(time(0, clock.minute, clock.second), 1)
    if part in {"night", "tonight"} and 1 <= hour <= 4:  # tonight at 1am
        return TimeOfDay(time(hour, clock.minute, clock.second), 1)
    if part == "morning" and hour == 12 and clock.kind != "exact":
        hour = 0
    elif part not in {"morning", "breakfast"} and clock.kind != "exact" and hour < 12:
        hour += 12
    first, end = PARTS[part]
    if not first <= hour < end:
        name = {"tonight": "night", "eod": "day"}.get(part, part)
        raise MisreadError(f"{clock.hour}:{clock.minute:02d} is not in the {name}")
    return TimeOfDay(time(hour, clock.minute, clock.second))
