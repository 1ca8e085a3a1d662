"""Which tasks are meant: the small filter language, words to a test. What it does not know, it refuses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from remindcli.core.safe import safe
from remindcli.core.task import Occurrence, Task, TaskState, is_overdue
from remindcli.errors import UsageError


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a filter looks at: a task where it stands."""

    task: Task
    occurrence: Occurrence | None
    is_ringing: bool
    is_snoozed: bool
    has_failed: bool


Test = Callable[[Candidate], bool]

_STATES = {
    "recurring": lambda one: one.task.is_recurring,
    "ringing": lambda one: one.is_ringing,
    "snoozed": lambda one: one.is_snoozed,
    "failed": lambda one: one.has_failed,
    "paused": lambda one: one.task.state is TaskState.PAUSED,
    "done": lambda one: one.task.state is TaskState.FINISHED,
    "deleted": lambda one: one.task.state is TaskState.DELETED,
}
SPANS = ("overdue", "today", "tomorrow", "week")
NAMES = (*SPANS, *(f"is:{name}" for name in _STATES))


def is_filter(word: str) -> bool:
    """Return whether a word is of the filter language and can be neither an id nor a text."""
    lowered = word.lower()
    has_sign = len(word) > 1 and word[0] in "+-@" and not word[1:].isdecimal()
    key, colon, _ = lowered.partition(":")
    return has_sign or lowered in ("p1", "p2", "p3", *SPANS) or (bool(colon) and key.isalpha())


def asks_for(words: Sequence[str]) -> tuple[TaskState, ...]:
    """Return the states of the tasks that a filter is about: the live ones unless it names another."""
    if "is:done" in words:
        return (TaskState.FINISHED,)
    if "is:deleted" in words:
        return (TaskState.DELETED,)
    return (TaskState.ACTIVE, TaskState.PAUSED)


def read(words: Sequence[str], *, now: datetime, zone: ZoneInfo) -> Test:
    """Return the test that filter words mean; a task passes if it passes each word.

    +tag -tag @list p1, an id or a range of ids (12-15), overdue, today, tomorrow, week, is:STATE; any other
    word is looked for in the title and the note.

    Raises:
        UsageError: a word that looks like a filter is not one.
    """
    today = now.astimezone(zone).date()
    tests = [_test(word, now, zone, today) for word in words]
    return lambda one: all(test(one) for test in tests)


def _test(word: str, now: datetime, zone: ZoneInfo, today: date) -> Test:
    head, rest = word[:1], word[1:]
    match head:
        case "+" if rest:
            return lambda one: rest in one.task.tags
        case "-" if rest:
            return lambda one: rest not in one.task.tags
        case "@" if rest:
            return lambda one: one.task.list_name == rest
    lowered = word.lower()
    if lowered in ("p1", "p2", "p3"):
        return lambda one: one.task.priority == int(lowered[1])
    if lowered in SPANS:
        return _span(lowered, now, zone, today)
    if word.replace("-", "", 1).isdecimal() and word.isascii():
        return _ids(word)
    if ":" in word:
        return _state(lowered)
    wanted = word.casefold()
    return lambda one: wanted in one.task.title.casefold() or wanted in one.task.note.casefold()


def _span(name: str, now: datetime, zone: ZoneInfo, today: date) -> Test:
    if name == "overdue":
        return lambda one: one.occurrence is not None and is_overdue(one.occurrence, now=now)
    first, last = {"today": (0, 0), "tomorrow": (1, 1), "week": (0, 6)}[name]

    def test(one: Candidate) -> bool:
        if one.occurrence is None or one.occurrence.due_at is None:
            return False
        away = (one.occurrence.due_at.astimezone(zone).date() - today) / timedelta(days=1)
        return first <= away <= last

    return test


def _ids(word: str) -> Test:
    low, _, high = word.partition("-")
    if high and int(high) < int(low):
        raise UsageError(f"the range {word} runs backwards", hint=f"try {high}-{low}")
    ids = range(int(low), int(high or low) + 1)
    return lambda one: one.task.id in ids


def _state(word: str) -> Test:
    key, _, name = word.partition(":")
    if key == "is" and name in _STATES:
        return _STATES[name]
    near = get_close_matches(word, NAMES, n=1, cutoff=0.5)
    raise UsageError(
        f'can\'t read "{safe(word, 40)}" as a filter',
        why="it is not a filter I know" + (f'; did you mean "{near[0]}"?' if near else ""),
        hint="filters: +tag -tag @list p1 7 12-15 " + " ".join(NAMES),
    )
