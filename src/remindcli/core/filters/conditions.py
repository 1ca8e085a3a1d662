"""What filter words mean: a tree of conditions that a task fulfils or does not."""

from datetime import datetime
from typing import TypeAlias

from remindcli.core.fields import Value
from remindcli.core.task import TaskState

LIVE = (TaskState.ACTIVE, TaskState.PAUSED)


class HasTag(Value):
    """It has this tag."""

    tag: str


class OnList(Value):
    """It is on this list."""

    name: str


class HasPriority(Value):
    """It has this priority, 1 to 3."""

    priority: int


class HasId(Value):
    """Its id lies in one of these ranges, both ends included."""

    ranges: tuple[tuple[int, int], ...]


class HasText(Value):
    """This text, casefolded, stands in its title, or in its note if that counts too."""

    text: str
    is_note_too: bool = True


class HasTitle(Value):
    """This, casefolded, is its whole title."""

    text: str


class IsDue(Value):
    """Its current occurrence is due at or after `begin` and before `end`; None is open."""

    begin: datetime | None
    end: datetime | None


class IsOverdue(Value):
    """Its current occurrence is past due; an all-day one from the local day after on.

    Attributes:
        today: the instant at which the local day began.
    """

    now: datetime
    today: datetime


class Stands(Value):
    """Where it stands: recurring, ringing, nagging, kept, snoozed, undated, failed."""

    name: str


class InState(Value):
    """The task itself is in this state."""

    state: TaskState


class ComesBack(Value):
    """Its rule has this FREQ."""

    freq: str


class BelongsTo(Value):
    """It is bound to one of these folders."""

    folders: tuple[str, ...]


class Both(Value):
    """Each of these holds; none of them is no condition."""

    parts: "tuple[Condition, ...]"


class Either(Value):
    """At least one of these holds."""

    parts: "tuple[Condition, ...]"


class Not(Value):
    """This does not hold."""

    part: "Condition"


Condition: TypeAlias = (
    HasTag
    | OnList
    | HasPriority
    | HasId
    | HasText
    | HasTitle
    | IsDue
    | IsOverdue
    | Stands
    | InState
    | ComesBack
    | BelongsTo
    | Both
    | Either
    | Not
)


class Filter(Value):
    """What filter words mean.

    Attributes:
        condition: what a task must fulfil.
        states: the states of the tasks that are looked at: the live ones, and those that the words name.
        texts: the words that were taken as text.
    """

    condition: Condition
    states: tuple[TaskState, ...] = LIVE
    texts: tuple[str, ...] = ()


EVERYTHING = Both(())
