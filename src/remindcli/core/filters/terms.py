"""One filter word to its condition: +tag, p1, before:fri, is:ringing; any other is looked for in the text."""

from collections.abc import Collection
from difflib import get_close_matches

from remindcli.core.filter_words import FREQUENCIES, KEYS, NAMES, PRIORITIES, SPANS, STATES
from remindcli.core.filters.conditions import (
    ComesBack,
    Condition,
    HasPriority,
    HasTag,
    HasText,
    InState,
    Not,
    OnList,
    Stands,
)
from remindcli.core.filters.times import Times
from remindcli.core.safe import safe
from remindcli.core.task import TaskState
from remindcli.errors import UsageError

_TASK_STATES = {"paused": TaskState.PAUSED, "done": TaskState.FINISHED, "deleted": TaskState.DELETED}


class Terms:
    """Reads single words of one filter.

    Attributes:
        texts: the words that were taken as text, in lower case.
        states: the states of tasks that were named.
    """

    def __init__(self, times: Times) -> None:
        self._times = times
        self.texts: list[str] = []
        self.states: set[TaskState] = set()

    def read(self, word: str) -> Condition:
        """Return what a word means.

        Raises:
            UsageError: it looks like a filter and is none.
        """
        head, rest = word[:1], word[1:]
        match head:
            case "+" if rest:
                return HasTag(rest)
            case "-" if rest.startswith("@") and len(rest) > 1:
                return Not(OnList(rest[1:]))
            case "-" if rest and not rest[0].isdecimal():
                return Not(HasTag(rest))
            case "@" if rest:
                return OnList(rest)
        lowered = word.lower()
        if lowered in PRIORITIES:
            return HasPriority(int(lowered[1]))
        if lowered == "overdue":
            return self._times.overdue()
        if _is_range(lowered):
            return self._times.between(word)
        if ":" in word:
            return self._key(word)
        due = self._times.on(word)
        if due is not None:
            return due
        self.texts.append(lowered)
        return HasText(word.casefold())

    def _key(self, word: str) -> Condition:
        key, _, value = word.partition(":")
        key = key.lower()
        name = value.lower()
        match key:
            case "text" if value:
                return HasText(value.casefold())
            case "before" if value:
                return self._times.before(value, word)
            case "after" if value:
                return self._times.after(value, word)
            case "every" if name in FREQUENCIES:
                return ComesBack(FREQUENCIES[name])
            case "is" if name in STATES:
                return self._state(name)
        raise _unknown(word, key)

    def _state(self, name: str) -> Condition:
        if name == "overdue":
            return self._times.overdue()
        if name in _TASK_STATES:
            self.states.add(_TASK_STATES[name])
            return InState(_TASK_STATES[name])
        return Stands(name)


def is_filter(word: str, views: Collection[str] = ()) -> bool:
    """Return whether a word is of the filter language and can be neither an id nor a text."""
    lowered = word.lower()
    has_sign = len(word) > 1 and word[0] in "+-@" and not word[1:].isdecimal()
    key, colon, _ = lowered.partition(":")
    return has_sign or _is_range(lowered) or lowered in (*PRIORITIES, *SPANS, *views) or bool(colon and key.isalpha())


def _is_range(word: str) -> bool:
    """Return whether a word is a..b, a.. or ..b, and no ellipsis."""
    return ".." in word and "..." not in word and word != ".." and " " not in word


def _choices(key: str) -> str:
    """Return the filters among which one was meant: those of its kind, else one of each kind."""
    if key in ("is", "every"):
        return f"{key}: can be " + " ".join(name[len(key) + 1 :] for name in NAMES if name.startswith(f"{key}:"))
    return (
        "filters: +tag -tag @list p1 7 12-15 "
        + " ".join(SPANS)
        + " fri..sun before:fri after:+2d is:recurring every:monthly"
    )


def _unknown(word: str, key: str) -> UsageError:
    choices = (
        [*NAMES, *(f"every:{name}" for name in FREQUENCIES)] if key in ("is", "every") else [f"{k}:" for k in KEYS]
    )
    near = get_close_matches(word.lower() if key in ("is", "every") else f"{key}:", choices, n=1, cutoff=0.5)
    return UsageError(
        f'can\'t read "{safe(word, 40)}" as a filter',
        why="it is not a filter I know" + (f'; did you mean "{near[0]}"?' if near else ""),
        hint=_choices(key) + "; text:WORD looks for any word",
    )
