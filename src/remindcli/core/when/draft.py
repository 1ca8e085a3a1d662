"""What has been understood of a phrase so far, before it is put together."""

from collections.abc import Callable
from datetime import date, datetime

from remindcli.core.fields import Fields, fresh
from remindcli.core.when.lexer import Token
from remindcli.core.when.reading import Options

# Why a phrase that is understood alone is text in a sentence; these hold of all of it, so that no part of it is a time.
COUNTING = "a counting word alone may be text"
FRACTION = "3/4 may be a fraction"
NUMBER = "a number alone may be text"
NUMBER_FIRST = "the number before a time may be text"
LENGTH = "a length of time may be text"
HALF = "the word beside it belongs to it"
RANGE = "a range is more than a time"


class MisreadError(Exception):
    """A phrase cannot be understood; never leaves the package.

    Args:
        why: the reason, for the reader.
        at: the token that it stands on, if one.
        hint: what would be understood.
    """

    def __init__(self, why: str, at: Token | None = None, hint: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.at = at
        self.hint = hint


class Clock(Fields):
    """A time of day.

    Attributes:
        kind: "exact"; "open": 3:30, which could be the afternoon; "bare": an hour alone.
    """

    hour: int
    minute: int = 0
    second: int = 0
    kind: str = "exact"


class Span(Fields):
    """A length of time; months, days and seconds do not add up to each other.

    Attributes:
        unit: the unit, if only one was named, with `count` of it.
        is_exact: typed with digits (so that "after 10 days" is told from "after a day").
    """

    months: int = 0
    days: int = 0
    seconds: float = 0
    workdays: int = 0
    weekends: int = 0
    unit: str = ""
    count: float = 0
    is_exact: bool = True
    notes: list[str] = fresh(default_factory=list)


class Every(Fields):
    """How often: every `interval` units; unit "" until the days named say which."""

    interval: int = 1
    unit: str = ""


class Draft(Fields):
    """The parts of a phrase, each at most once.

    Attributes:
        day: one certain day (today, a date in full).
        day_order: the other order of day and month, if both are possible and only a weekday can tell.
        weekdays: 0 is Monday.
        which: "this", "coming", "next" before a weekday.
        ords: first, third, last (-1) of those weekdays.
        group: "workday" or "weekend" if named so.
        mdays: days of the month; -1 is the last.
        is_day_named: "the 15th day" rather than "the 15th".
        easter: how many days from Easter Sunday, in a tuple of one.
        edge: "begin", "mid" or "end" of what follows.
        period: (unit, how many from this one).
        is_period_rolling: "of the month", whose day may be past this month, and is then the next one's.
        anchor: a span before (-1) or after (1) another time.
        is_part_running: "this afternoon" may have begun; "in the afternoon" is the next to begin.
        is_part_first: the part of the day was named before any date.
        is_strict: the 31st is the 31st, in no other month.
        is_dated: with its year, so that a past day is meant to be past.
        is_month_alone: a whole month rather than a day of it.
        end_word: what the end was said with: "to", "through", a dash, "until".
        range_end: the end of a range of days or hours, as typed; a reminder has one time.
        weak: why a sentence is not to be read so, though a phrase alone may be.
    """

    day: date | None = None
    day_order: date | None = None
    is_now: bool = False
    span: Span | None = None
    anchor: "tuple[int, Span, Draft] | None" = None
    shift: tuple[int, Span] | None = None
    weekdays: tuple[int, ...] = ()
    which: str = ""
    ords: tuple[int, ...] = ()
    group: str = ""
    is_plural: bool = False
    mdays: tuple[int, ...] = ()
    is_day_named: bool = False
    months: tuple[int, ...] = ()
    month_which: str = ""
    year: int | None = None
    week: int | None = None
    period: tuple[str, int] | None = None
    is_period_rolling: bool = False
    easter: tuple[int, ...] = ()
    edge: str = ""
    times: list[Clock] = fresh(default_factory=list)
    hours: tuple[Clock, Clock] | None = None
    part: str = ""
    is_part_running: bool = True
    is_part_first: bool = False
    zone: str = ""
    offset: int | None = None
    every: Every | None = None
    is_completion: bool = False
    is_leap_day: bool = False
    is_quarterly: bool = False
    is_strict: bool = False
    is_dated: bool = False
    is_month_alone: bool = False
    start: "Draft | None" = None
    until: "Draft | None" = None
    count: int | None = None
    lasting: Span | None = None
    end_word: str = ""
    range_end: str = ""
    weak: str = ""
    notes: list[str] = fresh(default_factory=list)

    def slots(self) -> frozenset[str]:
        """Return the names of the parts of a date that are filled."""
        return frozenset(name for name in _SLOTS if getattr(self, name))

    def has_date(self) -> bool:
        """Return whether anything names a day."""
        return self.anchor is not None or any(getattr(self, name) for name in _SLOTS)


_SLOTS = ("day", "span", "weekdays", "ords", "mdays", "months", "year", "week", "period", "edge", "easter")


def _unread(r: "Reader") -> None:
    raise r.stop()


class Reader:
    """A place in the tokens, and the draft that they fill.

    Args:
        tokens: from the lexer.
        source: the text, as typed.
        local: the naive wall time of asking.
        options: the settings.
    """

    __slots__ = ("draft", "i", "is_within", "local", "options", "read_one", "source", "tokens")

    def __init__(self, tokens: list[Token], source: str, local: datetime, options: Options) -> None:
        self.tokens = tokens
        self.source = source
        self.local = local
        self.options = options
        self.i = 0
        self.is_within = False  # reading one date of "from …", "until …": no lists
        self.draft = Draft()
        self.read_one: Callable[[Reader], None] = _unread  # phrase.py's: whatever begins here

    @property
    def token(self) -> Token:
        """Return the token at this place."""
        return self.tokens[self.i]

    def kind(self, ahead: int = 0) -> str:
        """Return the kind of the token that many places ahead, at most 2 beyond the end."""
        place = self.i + ahead
        return self.tokens[place].kind if place < len(self.tokens) else "end_of_text"

    def text(self, ahead: int = 0) -> str:
        """Return the letters of the token that many places ahead."""
        place = self.i + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def take(self, *kinds: str) -> bool:
        """Step over the token if it is of one of these kinds; return whether it was."""
        if self.tokens[self.i].kind in kinds:
            self.i += 1
            return True
        return False

    def take_text(self, *texts: str) -> bool:
        """Step over the token if it is one of these words; return whether it was."""
        if self.tokens[self.i].text in texts:
            self.i += 1
            return True
        return False

    def separator(self, *more: str) -> bool:
        """Step over what stands between the items of a list: a comma, "and", one of `more`; return whether it did."""
        if self.is_within or not self.take_text(",", "and", "&", *more):
            return False
        self.take("and", "or")
        return True

    def items(self, read: Callable[[], int | None]) -> list[int]:
        """Return the items of a list: the 1st, the 15th and the last; `read` steps over one or returns None."""
        found: list[int] = []
        while True:
            place = self.i
            if found and not self.separator():
                break
            self.take("the")
            item = read()
            if item is None:
                self.i = place
                break
            found.append(item)
        return found

    def stop(self, why: str = "", hint: str = "") -> MisreadError:
        """Return the error that stands on this token."""
        return MisreadError(why, self.token, hint)
