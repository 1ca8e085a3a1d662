"""What a phrase gives: the settings that bear on it, the time it names, the title beside it."""

from collections.abc import Mapping
from datetime import time

from remindcli.core.fields import Value
from remindcli.core.rule import Rule
from remindcli.core.when.named import NAMED_DAYS


class Options(Value):
    """What a settings file can change in the language.

    Attributes:
        date_order: how 3/4 is read: "mdy" or "dmy"; None refuses it.
        morning: the time of "in the morning"; the other parts of the day likewise.
        waking_from: the first hour that "at 8" may mean.
        waking_until: the last hour that "at 8" may mean.
        named_days: name in small letters without apostrophes to (month, day).
        week_start: the first day of a week, 0 is Monday.
        strict_day: "every month on the 31st" skips short months (plain RFC 5545) instead of clamping.
    """

    date_order: str | None = None
    morning: time = time(9)
    noon: time = time(12)
    afternoon: time = time(12)
    evening: time = time(19)
    night: time = time(21)
    tonight: time = time(19)
    eod: time = time(23, 59)
    breakfast: time = time(8)
    lunch: time = time(12)
    dinner: time = time(19)
    waking_from: int = 7
    waking_until: int = 23
    named_days: Mapping[str, tuple[int, int]] = NAMED_DAYS
    week_start: int = 0
    strict_day: bool = False


class When(Value, beside=("notes",)):
    """The time that a phrase names.

    Attributes:
        rule: start, zone or floating, all-day or not, and how it comes back.
        notes: what was decided where the words left room, one clause each, for the echo.
    """

    rule: Rule
    notes: tuple[str, ...] = ()


class Reading(Value):
    """A sentence, taken apart.

    Attributes:
        title: what is text.
        when: what is time, or None.
        read: the words that were read as time, as typed; "" if none.
        hint: one line, if the title still holds what looks like a time.
    """

    title: str
    when: When | None
    read: str = ""
    hint: str = ""
