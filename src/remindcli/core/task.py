"""What is to be done, each time it is to be done, and each promise to tell of it; their states and legal moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID, uuid5

from remindcli.core.alert import DayAlert
from remindcli.core.rule import Rule

AT_DUE = timedelta(0)


class TaskState(StrEnum):
    """The life of a task."""

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    """Nothing more will come: done, skipped, or at the end of its rule."""
    DELETED = "deleted"


class CatchUp(StrEnum):
    """What to do with the times that passed while nothing ran or nobody answered (words.md: catch-up)."""

    LATEST = "latest"
    """One open occurrence: the last that passed; the others are missed, and counted."""
    ALL = "all"
    """Each stays open until it is done."""
    SKIP = "skip"
    """None rings late: all that passed are missed."""


class OccurrenceState(StrEnum):
    """The life of one occurrence."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    """Superseded by a later one while it was open."""


class DeliveryState(StrEnum):
    """The life of one promise to tell. LEGAL_MOVES draws it; docs/lifecycle.md shows the drawing."""

    SCHEDULED = "scheduled"
    EXECUTING = "executing"
    """Claimed by a daemon, until its lease ends."""
    DELIVERED = "delivered"
    RETRYABLE = "retryable"
    HELD = "held"
    """No channel of the task is there at all; no attempt is counted."""
    DISCARDED = "discarded"
    """Given up: the dead letter."""
    CANCELLED = "cancelled"


WAITING = frozenset({DeliveryState.SCHEDULED, DeliveryState.RETRYABLE, DeliveryState.HELD})
"""The states from which a delivery is claimed when its time has come."""

LEGAL_MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        # delivered without an attempt: it was nagging, and is answered
        DeliveryState.SCHEDULED: frozenset({DeliveryState.EXECUTING, DeliveryState.DELIVERED, DeliveryState.CANCELLED}),
        DeliveryState.EXECUTING: frozenset(
            {
                DeliveryState.DELIVERED,
                DeliveryState.RETRYABLE,
                DeliveryState.HELD,
                DeliveryState.DISCARDED,
                # told, and to be told again; a condition that does not hold; a snooze or a move on its way
                DeliveryState.SCHEDULED,
                DeliveryState.CANCELLED,
            }
        ),
        DeliveryState.RETRYABLE: frozenset(
            {DeliveryState.EXECUTING, DeliveryState.SCHEDULED, DeliveryState.DELIVERED, DeliveryState.CANCELLED}
        ),
        DeliveryState.HELD: frozenset(
            {DeliveryState.EXECUTING, DeliveryState.SCHEDULED, DeliveryState.DELIVERED, DeliveryState.CANCELLED}
        ),
        # told, and to be told again: snooze, or a new due time
        DeliveryState.DELIVERED: frozenset({DeliveryState.SCHEDULED}),
        # tried anew, or laid aside, by the user
        DeliveryState.DISCARDED: frozenset({DeliveryState.SCHEDULED, DeliveryState.CANCELLED}),
        DeliveryState.CANCELLED: frozenset({DeliveryState.SCHEDULED}),
    }
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Commands that have a say in whether a task rings; each as it was typed, "" is none.

    Attributes:
        only_if: rings only when this succeeds.
        until_ok: nags until this succeeds, and is done then.
        run: run when it is due, in place of telling.
        folder: where they run: the folder in which they were given.
    """

    only_if: str = ""
    until_ok: str = ""
    run: str = ""
    folder: str = ""


NO_CONDITIONS = Conditions()


@dataclass(frozen=True, slots=True)
class Task:
    """A thing to do, and the template of a recurring one; one id for its life.

    Attributes:
        id: small, local, never used again.
        uid: global identity (UUID text).
        rule: when it is planned; None has no time.
        priority: 1 (high) to 3 (low); 0 is none.
        alerts: offsets from due (negative is before) at which to tell.
        day_alerts: times of a day, so many days before the day on which it is due, at which to tell.
        nag_after: ring again after this span until done; zero does not, None is as the settings have it.
        channels: the order in which channels are tried; empty is the order of the settings.
        conditions: commands that have a say in whether it rings.
        here: the folder, or the root of the repository, to which it is bound; "" is none.
    """

    id: int
    uid: str
    title: str
    rule: Rule | None
    created_at: datetime
    modified_at: datetime
    note: str = ""
    list_name: str = ""
    priority: int = 0
    tags: tuple[str, ...] = ()
    catch_up: CatchUp = CatchUp.LATEST
    alerts: tuple[timedelta, ...] = (AT_DUE,)
    nag_after: timedelta | None = None
    channels: tuple[str, ...] = ()
    state: TaskState = TaskState.ACTIVE
    day_alerts: tuple[DayAlert, ...] = ()
    conditions: Conditions = NO_CONDITIONS
    here: str = ""

    @property
    def is_recurring(self) -> bool:
        """Return whether it comes back."""
        return self.rule is not None and (self.rule.rrule is not None or bool(self.rule.rdate))

    @property
    def is_silent(self) -> bool:
        """Return whether it has no alert at all."""
        return not self.alerts and not self.day_alerts


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The instance of a task for one planned time.

    Attributes:
        planned_for: the key of the planned time (Planned.key); "" for a task without a time. Never changes.
        due_at: the instant at which it now is due; for an all-day one the start of that day; None has no time.
        is_all_day: due on a day rather than at a moment.
        moved_to: the wall time it was moved to, naive, in the task's zone; None while it is due as planned.
        passed: how many times of the rule passed unanswered before it.
    """

    id: int
    task_id: int
    planned_for: str
    due_at: datetime | None
    is_all_day: bool = False
    moved_to: datetime | None = None
    state: OccurrenceState = OccurrenceState.OPEN
    done_at: datetime | None = None
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One promise to tell: a row of the queue `scheduled_tasks`.

    Attributes:
        alert: offset from due.
        execute_at: when it is tried next.
        due_at: when it was first promised for.
        attempt: the number of tries so far, the one under way included.
        lease_until: until when the claim holds.
        owner: which daemon claimed it.
        channel: the channel tried last, or next after a failure.
        failures: failed tries in a row on that channel.
        target: where the channel put it.
        payload: planned_for; in UTC milliseconds, where they hold: snoozed_until and snoozed_at (the user put it
            off, and when), promised (since when it waits in earnest: nagged, kept quiet, its condition asked);
            nagged (how often it was told again), is_kept (quiet hours), why (what it waits for).
        rescues: how often the daemon ended while it was on its way.
    """

    id: int
    task_id: int
    occurrence_id: int
    alert: timedelta
    execute_at: datetime
    due_at: datetime
    created_at: datetime
    status: DeliveryState = DeliveryState.SCHEDULED
    attempt: int = 0
    lease_until: datetime | None = None
    owner: str = ""
    channel: str = ""
    failures: int = 0
    target: str = ""
    last_error: str = ""
    delivered_at: datetime | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    rescues: int = 0

    @property
    def is_snoozed(self) -> bool:
        """Return whether the user put it off."""
        return "snoozed_until" in self.payload

    @property
    def promised_at(self) -> datetime:
        """Return from when on it is late: when it is due, until when the user put it off, or since it may ring."""
        for name in ("promised", "snoozed_until"):
            moment = self.payload.get(name)
            if isinstance(moment, int):
                return datetime.fromtimestamp(moment / 1000, UTC)
        return self.due_at

    @property
    def waits_since(self) -> datetime:
        """Return from when on it waits to be told, whatever kept it: what was kept back is told as what is late."""
        if {"is_kept", "unseen_at"} & self.payload.keys():
            until = self.payload.get("snoozed_until")
            return datetime.fromtimestamp(until / 1000, UTC) if isinstance(until, int) else self.due_at
        return self.promised_at

    @property
    def waits_for(self) -> str:
        """Return what keeps it from being told, in words; "" is nothing."""
        kept = {"quiet": "the end of the quiet hours", "focus": "the end of do-not-disturb"}
        by = self.payload.get("is_kept")
        return kept.get(by, "") if isinstance(by, str) else str(self.payload.get("why", ""))

    @property
    def nagged(self) -> int:
        """Return how many times it was told again."""
        count = self.payload.get("nagged")
        return count if isinstance(count, int) else 0

    @property
    def repetition(self) -> int:
        """Return the number of the repetition that comes next; 0 tells for the first time, or to who was away."""
        return self.nagged + 1 if self.is_told and "unseen_at" not in self.payload else 0

    @property
    def is_told(self) -> bool:
        """Return whether it was told; what nags has been, and waits to be told again."""
        return self.delivered_at is not None and self.status is not DeliveryState.CANCELLED


def occurrence_uid(task_uid: str, planned_for: str) -> str:
    """Return the global identity of an occurrence: the same wherever and whenever it is spawned."""
    return str(uuid5(UUID(task_uid), planned_for))


def is_overdue(occurrence: Occurrence, *, now: datetime, all_day_ends_at: datetime | None = None) -> bool:
    """Return whether an open occurrence is past due; an all-day one is from the next day on.

    Args:
        all_day_ends_at: the end of the day on which an all-day occurrence is due, where the caller knows it.
    """
    if occurrence.due_at is None or occurrence.state is not OccurrenceState.OPEN:
        return False
    if occurrence.is_all_day:
        return now >= (all_day_ends_at or occurrence.due_at + timedelta(days=1))
    return now > occurrence.due_at
