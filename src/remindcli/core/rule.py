"""When something is planned: a start, and the rule by which it comes back (RFC 5545 recurrence set)."""

from datetime import datetime
from enum import StrEnum
from functools import total_ordering

from remindcli.core.fields import Value


class Repeat(StrEnum):
    """From where the next occurrence is counted."""

    SCHEDULE = "schedule"
    COMPLETION = "completion"


class Rule(Value):
    """A recurrence set in a zone (RFC 5545 section 3.8.5); without rrule, one single time.

    Attributes:
        dtstart: naive wall time in `zone`, whole seconds; midnight if all-day. The anchor of the rule.
        zone: IANA name; None is floating: the wall time follows the traveller (RFC 5545 form 1).
        is_all_day: a day rather than a moment.
        rrule: canonical RRULE text without the "RRULE:" prefix; None for a single time.
        rdate: further wall times, sorted.
        exdate: wall times left out, sorted.
        repeat: SCHEDULE, or COMPLETION: the interval of rrule is counted from when the last one was done.
    """

    dtstart: datetime
    zone: str | None = None
    is_all_day: bool = False
    rrule: str | None = None
    rdate: tuple[datetime, ...] = ()
    exdate: tuple[datetime, ...] = ()
    repeat: Repeat = Repeat.SCHEDULE


@total_ordering
class Planned(Value):
    """One time that a rule gives.

    Attributes:
        at: the instant, aware, UTC.
        key: the RECURRENCE-ID form, stable while zones and their data change: "2026-01-31T09:00:00" (wall
            time), "2026-01-31" (all-day), "2026-01-31T08:00:00Z" (a rule counted in UTC: HOURLY and faster).
    """

    at: datetime
    key: str

    def __lt__(self, other: "Planned") -> bool:
        return (self.at, self.key) < (other.at, other.key)
