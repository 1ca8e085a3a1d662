"""How filter words join: `or` binds least, `and` may be left out, `not` binds most; parentheses, and saved views."""

from collections.abc import Mapping, Sequence

from remindcli.core.filters.conditions import (
    EVERYTHING,
    LIVE,
    Both,
    Condition,
    Either,
    Filter,
    HasId,
    HasPriority,
    Not,
    OnList,
)
from remindcli.core.filters.terms import Terms
from remindcli.core.filters.times import Times
from remindcli.core.ids import read_range
from remindcli.core.safe import safe
from remindcli.core.task import TaskState
from remindcli.errors import UsageError

_MOST_WORDS = 300
"""SQLite takes expressions of a thousand levels."""


class Reader:
    """Reads the words of one filter from left to right.

    Args:
        views: saved filters by their name, as they would be typed.
    """

    def __init__(self, times: Times, views: Mapping[str, str]) -> None:
        self._terms = Terms(times)
        self._views = views
        self._open_views: list[str] = []
        self._words: list[str] = []
        self._at = 0

    def read(self, words: Sequence[str]) -> Filter:
        """Return what the words mean.

        Raises:
            UsageError: a word can't be read, or they do not fit together.
        """
        condition = self._whole(words)
        named = self._terms.states
        states = (*LIVE, *(state for state in TaskState if state in named and state not in LIVE))
        return Filter(condition, states, tuple(self._terms.texts))

    def _whole(self, words: Sequence[str]) -> Condition:
        before = self._words, self._at
        self._words, self._at = _parted(words), 0
        if len(self._words) > _MOST_WORDS:
            raise UsageError(f"a filter has at most {_MOST_WORDS} words", hint="a range of ids is one word: 12-150")
        condition = self._either() if self._words else EVERYTHING
        if self._at < len(self._words):
            raise UsageError('there is a ")" without a "("', hint="text:')' looks for it in the text")
        self._words, self._at = before
        return condition

    def _peek(self) -> str:
        return self._words[self._at].lower() if self._at < len(self._words) else ""

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._peek() == "or":
            self._at += 1
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Condition:
        parts: list[Condition] = []
        while self._at < len(self._words) and self._peek() not in ("or", ")"):
            if self._peek() == "and":
                if not parts:
                    raise _lacking("and")
                self._at += 1
            parts.append(self._one())
        if not parts:
            raise _lacking(self._peek() or self._words[self._at - 1].lower())
        return _joined(parts)

    def _one(self) -> Condition:
        is_not = False
        while self._peek() == "not":
            is_not = not is_not
            self._at += 1
        if self._peek() in ("", "or", "and", ")"):
            raise _lacking(self._words[self._at - 1].lower() if self._at else self._peek())
        if self._peek() == "(":
            self._at += 1
            condition = self._either()
            if self._peek() != ")":
                raise UsageError('there is a "(" without a ")"', hint="text:'(' looks for it in the text")
            self._at += 1
        elif ranges := self._ids():
            condition = HasId(ranges)
        elif self._peek() in self._views:
            condition = self._view(self._peek())
            self._at += 1
        else:
            condition = self._terms.read(self._words[self._at])
            self._at += 1
        return Not(condition) if is_not else condition

    def _ids(self) -> tuple[tuple[int, int], ...]:
        """Return the ranges of ids that stand here one after the other: together they are one set."""
        ranges = []
        while (one := read_range(self._peek())) is not None:
            ranges.append(one)
            self._at += 1
        return tuple(ranges)

    def _view(self, name: str) -> Condition:
        if name in self._open_views:
            raise UsageError(f'the saved view "{name}" means itself', hint="change it under [views] in the settings")
        self._open_views.append(name)
        try:
            return self._whole(as_in_a_shell(self._views[name]))
        except UsageError as error:
            if len(self._open_views) > 1:
                raise
            raise UsageError(
                error.what, why=f'in the saved view "{name}"' + (f": {error.why}" if error.why else ""), hint=error.hint
            ) from error
        finally:
            self._open_views.pop()


def as_in_a_shell(text: str) -> list[str]:
    """Return the words of filters that stand in one text: quotation marks keep a phrase together.

    Raises:
        UsageError: a quotation mark is missing.
    """
    import shlex  # noqa: PLC0415 (only who saves views pays)

    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f'can\'t read "{safe(text, 60)}" as a filter', why=str(error)) from None


def _lacking(joint: str) -> UsageError:
    what = f'nothing stands beside "{joint}"' if joint in ("or", "and", "not") else "something is missing"
    return UsageError(what, why="it joins two filters", hint=f"text:{joint or 'or'} looks for the word in the text")


def _joined(parts: Sequence[Condition]) -> Condition:
    """Return that all of these hold; ids that stand in it are one set."""
    for kind, what, example in (
        (OnList, "is on one list", "@home or @work"),
        (HasPriority, "has one priority", "p1 or p2"),
    ):
        if len({part for part in parts if isinstance(part, kind)}) > 1:
            raise UsageError("nothing can match that", why=f"a task {what}", hint=example)
    ranges = tuple(one for part in parts if isinstance(part, HasId) for one in part.ranges)
    rest: list[Condition] = [part for part in parts if not isinstance(part, HasId)]
    if ranges:
        rest.insert(0, HasId(ranges))
    return rest[0] if len(rest) == 1 else Both(tuple(rest))


def _parted(words: Sequence[str]) -> list[str]:
    """Return the words with the parentheses around them as words of their own."""
    found: list[str] = []
    depth = 0
    for word in words:
        rest = word.strip()
        while rest.startswith("("):
            found.append("(")
            depth += 1
            rest = rest[1:]
        closing = 0
        while rest.endswith(")") and closing < depth and not rest.lower().startswith("text:"):
            closing += 1
            rest = rest[:-1]
        if rest:
            found.append(rest)
        found += [")"] * closing
        depth -= closing
    return found
