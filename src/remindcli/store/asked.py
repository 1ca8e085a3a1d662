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

    @property
    def words(self) -> str:
        """Return what is changed, in words: "+home, time"."""
        said = {
            f'title "{self.title}"': self.title,
            **{f"+{tag}": True for tag in self.add_tags},
            **{f"-{tag}": True for tag in self.remove_tags},
            "note": self.note,
            f"@{self.list_name}" if self.list_name else "no list": self.list_name,
            f"p{self.priority}" if self.priority else "no priority": self.priority,
            "alerts": (self.alerts, self.day_alerts) if (self.alerts, self.day_alerts) != (None, None) else None,
            "nag": self.nag_after,
            "channels": self.channels,
            "catch-up": self.catch_up,
            "commands": self.conditions,
            "folder": self.here,
            "time": True if self.rule is not None or self.has_no_time else self.move,
        }
        return ", ".join(name for name, value in said.items() if value is not None)


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
