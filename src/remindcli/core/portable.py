"""A task as it goes from one store to another: all that the user wrote, and where it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from remindcli.core.alert import DayAlert
from remindcli.core.rule import Rule
from remindcli.core.task import AT_DUE, CatchUp, TaskState


@dataclass(frozen=True, slots=True)
class Standing:
    """Which time of a task is the one that is to be done.

    Attributes:
        planned_for: the key of the planned time (Planned.key); "" for a task without a time.
        moved_to: the wall time it was moved to, naive, in the task's zone; None while it is due as planned.
        passed: how many times of the rule passed unanswered before it.
    """

    planned_for: str
    is_all_day: bool = False
    moved_to: datetime | None = None
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Portable:
    """A task without its id, which is of its store, and without what runs or reaches out: commands, folders, channels.

    Attributes:
        standing: None if nothing is open.
    """

    uid: str
    title: str
    created_at: datetime
    modified_at: datetime
    rule: Rule | None = None
    note: str = ""
    list_name: str = ""
    priority: int = 0
    tags: tuple[str, ...] = ()
    alerts: tuple[timedelta, ...] = (AT_DUE,)
    day_alerts: tuple[DayAlert, ...] = ()
    nag_after: timedelta | None = None
    catch_up: CatchUp = CatchUp.LATEST
    state: TaskState = TaskState.ACTIVE
    standing: Standing | None = None
