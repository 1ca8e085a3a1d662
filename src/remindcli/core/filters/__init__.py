"""Which tasks are meant: filter words to a tree of conditions; what the language does not know, it refuses.

The way of the words: grammar.py joins them by or, and, not, parentheses and saved views; terms.py reads each by
itself, and times.py the times in it; conditions.py is the tree that comes of it. The words of the language stand beside
the package, in filter_words.py, so that who only offers them (completion) loads nothing else. docs/filters.md is the
language.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from remindcli.core.filter_words import NAMES, RESERVED
from remindcli.core.filters.conditions import (
    EVERYTHING,
    LIVE,
    BelongsTo,
    Both,
    ComesBack,
    Condition,
    Either,
    Filter,
    HasId,
    HasPriority,
    HasTag,
    HasText,
    HasTitle,
    InState,
    IsDue,
    IsOverdue,
    Not,
    OnList,
    Stands,
)
from remindcli.core.filters.grammar import Reader, as_in_a_shell
from remindcli.core.filters.terms import is_filter
from remindcli.core.filters.times import Times
from remindcli.core.when import Options
from remindcli.errors import UsageError

__all__ = [
    "EVERYTHING",
    "LIVE",
    "BelongsTo",
    "Both",
    "ComesBack",
    "Condition",
    "Either",
    "Filter",
    "HasId",
    "HasPriority",
    "HasTag",
    "HasText",
    "HasTitle",
    "InState",
    "IsDue",
    "IsOverdue",
    "Not",
    "OnList",
    "Stands",
    "as_in_a_shell",
    "is_filter",
    "nearest",
    "read",
]


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
        now: aware; the moment of asking.
        zone: the local zone.
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
        return Reader(Times(now, zone, options or Options()), views or {}).read([_encodable(word) for word in words])
    except OverflowError:
        raise UsageError("a day of the filter is out of reach", hint="years go from 2 to 9998") from None


def nearest(filtered: Filter, views: Sequence[str] = ()) -> tuple[str, str] | None:
    """Return a word that was looked for in the text and the filter that is nearly spelled like it, if there is one."""
    for text in filtered.texts:
        near = get_close_matches(text, (*RESERVED, *NAMES, *views), n=1, cutoff=0.8)
        if near:
            return text, near[0]
    return None


def _encodable(word: str) -> str:
    """Return a word without what no database keeps: half a character, as a file name may bring it."""
    return word.encode("utf-8", "replace").decode()
