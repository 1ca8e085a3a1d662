"""What the store is asked to do, and what it did: the values of its verbs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from remindcli.core.alert import DayAlert
from remindcli.core.rule import Rule
from remindcli.core.task import AT_DUE, NO_CONDITIONS, CatchUp, Conditions, Occurrence, Task


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a task is made of. The attributes are those of Task."""

    title: str
    rule: Rule | None = None
    note: str = ""
    list_name: str = ""
    priority: int = 0
    tags: tuple[str, ...] = ()
    alerts: tuple[timedelta, ...] = (AT_DUE,)
    nag_after: timedelta | None = None
    channels: tuple[str, ...] = ()
    catch_up: CatchUp = CatchUp.LATEST
    day_alerts: tuple[DayAlert, ...] = ()
    conditions: Conditions = NO_CONDITIONS
    here: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Where an occurrence is to be due.

    Attributes:
        at: aware instant; of an all-day one, the start of the day in the local zone.
    """

    at: datetime
    is_all_day: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as it was read before it is changed.

    Attributes:
        occurrence: the one that a user meant by it.
        is_series: the occurrence does not count: the change is not of it.
    """

    task: Task
    occurrence: Occurrence | None = None
    is_series: bool = False

    def is_still(self, task: Task, occurrence: Occurrence | None) -> bool:
        """Return whether the task is as it was."""
        return self.task == task and (self.is_series or self.occurrence == occurrence)


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What is to be another way about a task; None leaves as it is.

    Attributes:
        has_no_time: its time is taken off.
        seen: what the change was made from; it is refused if the task is another way meanwhile.
    """

    title: str | None = None
    note: str | None = None
    list_name: str | None = None
    priority: int | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    alerts: tuple[timedelta, ...] | None = None
    nag_after: timedelta | None = None
    channels: tuple[str, ...] | None = None
    catch_up: CatchUp | None = None
    day_alerts: tuple[DayAlert, ...] | None = None
    conditions: Conditions | None = None
    here: str | None = None
    rule: Rule | None = None
    move: Move | None = None
    has_no_time: bool = False
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """An occurrence that was done or skipped, and what follows it.

    Attributes:
        following: the next open occurrence; None if the task is finished.
    """

    task: Task
    occurrence: Occurrence
    following: Occurrence | None


@dataclass(frozen=True, slots=True)
class Snoozed:
    """An occurrence whose alert was put off."""

    task: Task
    occurrence: Occurrence
    until: datetime
