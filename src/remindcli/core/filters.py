"""Which tasks are meant: filter words to a tree of conditions; what the language does not know, it refuses."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import TypeAlias
from zoneinfo import ZoneInfo

from remindcli.core import recurrence, when
from remindcli.core.fields import Value
from remindcli.core.filter_words import (
    DAY_NAMES,
    FREQUENCIES,
    KEYS,
    NAMES,
    PRIORITIES,
    RESERVED,
    SPANS,
    STATES,
    WEEKDAYS,
)
from remindcli.core.safe import safe
from remindcli.core.task import TaskState
from remindcli.core.when import Options
from remindcli.errors import UnreadableTimeError, UsageError

_MOST_WORDS = 300
"""SQLite takes expressions of a thousand levels."""

_LARGEST_ID = 2**63 - 1
_TASK_STATES = {"paused": TaskState.PAUSED, "done": TaskState.FINISHED, "deleted": TaskState.DELETED}
_LIVE = (TaskState.ACTIVE, TaskState.PAUSED)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_IDS = re.compile(r"#?\d+(-\d+)?", re.ASCII)


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
    states: tuple[TaskState, ...] = _LIVE
    texts: tuple[str, ...] = ()


EVERYTHING = Both(())


def read(
    words: Sequence[str],
    *,
    now: datetime,
    zone: ZoneInfo,
    views: Mapping[str, str] | None = None,
    options: Options | None = None,
) -> Filter:
    """Return what filter words mean (docs/filters.md).

    Args:
        views: saved filters by their name, as they would be typed.
        options: the time language as the settings have it.

    Raises:
        UsageError: a word looks like a filter and is none, or the words do not fit together.
    """
    taken = next((name for name in views or () if name in RESERVED), None)
    if taken is not None:
        raise UsageError(
            f'a saved view can\'t have the name "{taken}"',
            why="the word means something by itself",
            hint="change it under [views] in the settings",
        )
    try:
        return _Reader(now, zone, views or {}, options or Options()).read([_encodable(word) for word in words])
    except OverflowError:
        raise UsageError("a day of the filter is out of reach", hint="years go from 2 to 9998") from None


def _encodable(word: str) -> str:
    """Return a word without what no database keeps: half a character, as a file name may bring it."""
    return word.encode("utf-8", "replace").decode()


def is_filter(word: str, views: Collection[str] = ()) -> bool:
    """Return whether a word is of the filter language and can be neither an id nor a text."""
    lowered = word.lower()
    has_sign = len(word) > 1 and word[0] in "+-@" and not word[1:].isdecimal()
    key, colon, _ = lowered.partition(":")
    return has_sign or _is_range(lowered) or lowered in (*PRIORITIES, *SPANS, *views) or bool(colon and key.isalpha())


def nearest(filtered: Filter, views: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return a word that was looked for in the text and the filter that is nearly spelled like it, if there is one."""
    for text in filtered.texts:
        near = get_close_matches(text, (*RESERVED, *NAMES, *views), n=1, cutoff=0.8)
        if near:
            return text, near[0]
    return None


class _Reader:
    """Reads the words of one filter from left to right: `or` binds least, `and` may be left out, `not` binds most."""

    def __init__(self, now: datetime, zone: ZoneInfo, views: Mapping[str, str], options: Options) -> None:
        self._now = now
        self._zone = zone
        self._views = views
        self._options = options
        self._today = now.astimezone(zone).date()
        self._texts: list[str] = []
        self._states: set[TaskState] = set()
        self._open_views: list[str] = []
        self._words: list[str] = []
        self._at = 0

    def read(self, words: Sequence[str]) -> Filter:
        condition = self._whole(words)
        states = (*_LIVE, *(state for state in TaskState if state in self._states and state not in _LIVE))
        return Filter(condition, states, tuple(self._texts))

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
                    raise self._lacking("and")
                self._at += 1
            parts.append(self._one())
        if not parts:
            raise self._lacking(self._peek() or self._words[self._at - 1].lower())
        return _joined(parts)

    def _lacking(self, joint: str) -> UsageError:
        what = f'nothing stands beside "{joint}"' if joint in ("or", "and", "not") else "something is missing"
        return UsageError(what, why="it joins two filters", hint=f"text:{joint or 'or'} looks for the word in the text")

    def _one(self) -> Condition:
        is_not = False
        while self._peek() == "not":
            is_not = not is_not
            self._at += 1
        if self._peek() in ("", "or", "and", ")"):
            raise self._lacking(self._words[self._at - 1].lower() if self._at else self._peek())
        if self._peek() == "(":
            self._at += 1
            condition = self._either()
            if self._peek() != ")":
                raise UsageError('there is a "(" without a ")"', hint="text:'(' looks for it in the text")
            self._at += 1
        elif _IDS.fullmatch(self._peek()):
            ranges = []
            while _IDS.fullmatch(self._peek()):
                ranges.append(_range(self._peek()))
                self._at += 1
            condition = HasId(tuple(ranges))
        else:
            condition = self._word(self._words[self._at])
            self._at += 1
        return Not(condition) if is_not else condition

    def _word(self, word: str) -> Condition:
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
        if lowered in self._views:
            return self._view(lowered)
        if lowered == "overdue":
            return self._overdue()
        if _is_range(lowered):
            return self._between(word)
        if ":" in word:
            return self._key(word)
        days = self._days(lowered)
        if days is not None:
            return self._span(*days)
        return self._text(word)

    def _text(self, word: str) -> Condition:
        self._texts.append(word.lower())
        return HasText(word.casefold())

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

    # -- times -----------------------------------------------------------------

    def _overdue(self) -> Condition:
        return IsOverdue(self._now, self._midnight(self._today))

    def _midnight(self, day: date) -> datetime:
        return recurrence.resolve(datetime.combine(day, time()), self._zone)

    def _span(self, first: date, last: date) -> Condition:
        return IsDue(self._midnight(first), self._midnight(last + timedelta(days=1)))

    def _days(self, word: str, *, after: date | None = None) -> tuple[date, date] | None:
        """Return the first and the last day that a word of one or more whole days means."""
        today = self._today
        match word:
            case "today":
                return today, today
            case "tomorrow":
                return today + timedelta(days=1), today + timedelta(days=1)
            case "yesterday":
                return today - timedelta(days=1), today - timedelta(days=1)
            case "week":
                return today, today + timedelta(days=6)
        for names in (WEEKDAYS, DAY_NAMES):
            if word in names:
                begin = after or today
                day = begin + timedelta(days=(names.index(word) - begin.weekday()) % 7)
                return day, day
        if _DATE.fullmatch(word):
            try:
                day = date.fromisoformat(word)
            except ValueError as error:
                raise UsageError(f'there is no day "{word}"', why=str(error)) from None
            return day, day
        return None

    def _moment(self, phrase: str, word: str, *, after: date | None = None) -> tuple[datetime, datetime]:
        """Return the instants between which a phrase lies: a whole day, or twice one moment."""
        days = self._days(phrase.lower(), after=after)
        if days is not None:
            return self._midnight(days[0]), self._midnight(days[1] + timedelta(days=1))
        try:
            if phrase.startswith("-"):
                back = when.parse_span(phrase[1:])
                if back % timedelta(days=1):
                    return self._now - back, self._now - back
                day = self._today - back
                return self._midnight(day), self._midnight(day + timedelta(days=1))
            read = when.parse(phrase, now=self._now, zone=self._zone, options=self._options)
            planned = recurrence.first(read.rule, self._zone)
        except (UnreadableTimeError, OverflowError, ValueError) as error:
            why = error.what if isinstance(error, UnreadableTimeError) else str(error)
            raise UsageError(
                f'can\'t read "{safe(word, 60)}" as a filter', why=why, hint="before:fri after:+2d fri..sun"
            ) from None
        if planned is None or read.rule.rrule is not None:
            raise UsageError(
                f'can\'t read "{safe(word, 60)}" as a filter',
                why=f'"{safe(phrase, 40)}" is a rule, not one time',
                hint="every:monthly chooses by the rule",
            )
        if not read.rule.is_all_day:
            return planned.at, planned.at
        day = read.rule.dtstart.date()
        return self._midnight(day), self._midnight(day + timedelta(days=1))

    def _between(self, word: str) -> Condition:
        first, _, last = word.partition("..")
        begin = self._moment(first, word)[0] if first else None
        after = begin.astimezone(self._zone).date() if begin else None
        end = self._moment(last, word, after=after)[1] if last else None
        if begin is not None and end is not None and end < begin:
            raise UsageError(f'"{safe(word, 60)}" ends before it begins', hint=f"try {safe(last)}..{safe(first)}")
        return IsDue(begin, end)

    # -- key:value -------------------------------------------------------------

    def _key(self, word: str) -> Condition:
        key, _, value = word.partition(":")
        key = key.lower()
        name = value.lower()
        match key:
            case "text" if value:
                return self._text_as_it_is(value)
            case "before" if value:
                return IsDue(None, self._moment(value, word)[0])
            case "after" if value:
                begin, end = self._moment(value, word)
                return IsDue(end if end > begin else begin + timedelta(milliseconds=1), None)
            case "every" if name in FREQUENCIES:
                return ComesBack(FREQUENCIES[name])
            case "is" if name in STATES:
                return self._state(name)
        raise _unknown(word, key)

    def _text_as_it_is(self, value: str) -> Condition:
        return HasText(value.casefold())

    def _state(self, name: str) -> Condition:
        if name == "overdue":
            return self._overdue()
        if name in _TASK_STATES:
            self._states.add(_TASK_STATES[name])
            return InState(_TASK_STATES[name])
        return Stands(name)


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


def _is_range(word: str) -> bool:
    """Return whether a word is a..b, a.. or ..b, and no ellipsis."""
    return ".." in word and "..." not in word and word != ".." and " " not in word


def as_in_a_shell(text: str) -> list[str]:
    """Return the words of a saved view: quotation marks keep a phrase together."""
    import shlex  # noqa: PLC0415 (only who saves views pays)

    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f'can\'t read "{safe(text, 60)}" as a filter', why=str(error)) from None


def _range(word: str) -> tuple[int, int]:
    low, _, high = word.removeprefix("#").partition("-")
    first, last = _number(low), _number(high or low)
    if last < first:
        raise UsageError(f"the range {safe(word, 60)} runs backwards", hint=f"try {safe(high, 30)}-{safe(low, 30)}")
    return first, last


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 19 else _LARGEST_ID


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
