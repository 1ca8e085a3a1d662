"""A sentence taken apart: the time at its start or its end, the title in between."""

import re
from collections.abc import Sequence
from typing import Final

from remindcli.core.when.draft import MisreadError
from remindcli.core.when.lexer import MAX_LENGTH, Token, tokenise
from remindcli.core.when.place import Asked
from remindcli.core.when.reading import Reading, When
from remindcli.core.when.understand import is_rule_text, read_rule_text, understand
from remindcli.core.when.words import MONTHS
from remindcli.errors import RemindError

_MOST_WORDS: Final = 24
_UNKNOWN: Final = frozenset({"name", "junk"})
# After one of these a time belongs to the text: "cake for friday", "since monday".
_NEVER_BEFORE: Final = frozenset(
    {
        "for", "to", "until", "till", "from", "before", "after", "since", "than", "of", "vs", "versus", "like", "per",
        "between", "and", "or", "not", "early", "late", "later", "on", "at", "by", "due",
    }
)  # fmt: skip
# After one of these a weekday, a month, a part of the day is a noun: "in the sun", "what a day", "I sat".
_NO_NOUN_BEFORE: Final = frozenset(
    {
        "the", "a", "an", "my", "your", "his", "her", "our", "their", "its", "i", "you", "he", "she", "we", "they",
        "it", "what", "no", "this", "next", "last",
    }
)  # fmt: skip
_NOUNS: Final = frozenset({"weekday", "month", "part", "unit", "freq", "weekend", "workday", "dayname"})
# A time right before what was read: then only half of a time was understood.
_HALF: Final = frozenset(
    {
        "month", "weekday", "dayname", "clock", "ymd", "dmy", "dm", "dot", "ym", "my", "every", "freq", "edge", "begin",
        "mid", "end",
    }
)  # fmt: skip
# Words that are as often something else: alone they are text, but some are a time at the end.
_FINE_AT_END: Final = frozenset(
    {
        "sun", "sat", "wed", "noon", "midnight", "tod", "tom", "daily", "weekly", "monthly", "yearly", "quarterly",
        "hourly", "weekdays", "weekends", "everyday", "nightly", "annually",
    }
)  # fmt: skip
_TEXT_ALONE: Final = _FINE_AT_END | {
    "may", "march", "mar", "second", "now", "day", "morning", "evening", "night", "afternoon", "dec", "jan", "once",
    "twice", "annual", "lunch", "dinner", "breakfast",
}  # fmt: skip
_MONTH_NAMES: Final = frozenset(MONTHS)
_ENDINGS: Final = frozenset({"st", "nd", "rd", "th"})
_OPENING: Final = {"(": ")", "[": "]"}
_LOOSE: Final = " -\u2013\u2014:,;"
_LIKELY: Final = frozenset({"clock", "weekday", "dayname", "ymd", "dmy", "every"})
_LENGTHS: Final = frozenset({"hour", "minute", "day", "week"})


def read(words: Sequence[str] | str, asked: Asked) -> Reading:
    """Return the title and the time of the words; an element that holds spaces is text (it was quoted)."""
    if isinstance(words, str):
        words = [words]
    if len(words) == 1:
        words = _split(words[0])
    parts = [word for word in words if word.strip()]
    title = " ".join(parts)
    best: tuple[int, int, When] | None = None
    for first, last in _places(parts):
        if best and last - first <= best[1] - best[0]:
            break
        when = _try(parts, first, last, asked)
        if when is not None:
            best = first, last, when
            break
    if best is None:
        return Reading(title, None, "", _hint(parts))
    first, last, when = best
    rest = parts[:first] + parts[last:]
    loose = " ".join(rest)
    if loose.endswith(tuple(_LOOSE)):
        loose = loose.rstrip(_LOOSE)
    if last != len(parts):
        loose = loose.lstrip(_LOOSE)
    return Reading(loose, when, " ".join(parts[first:last]), _hint(rest))


def _split(text: str) -> list[str]:
    """Return the words of one text, what stands in double quotes as one."""
    return re.findall(r'\S*"[^"]*"\S*|\S+', text)


def _is_text(word: str) -> bool:
    return any(letter.isspace() for letter in word) or '"' in word or len(word) > MAX_LENGTH


def _places(parts: list[str]) -> list[tuple[int, int]]:
    """Return where a time may stand, the longest first, the end before the start."""
    size = len(parts)
    kinds = [_kinds(word) for word in parts[:_MOST_WORDS]] if size <= _MOST_WORDS else []
    if not kinds:
        head, tail = [_kinds(word) for word in parts[:_MOST_WORDS]], [_kinds(word) for word in parts[-_MOST_WORDS:]]
    else:
        head = tail = kinds
    after = 0
    while after < len(tail) and tail[-1 - after] is not None:
        after += 1
    before = 0
    while before < len(head) and head[before] is not None:
        before += 1
    places = [(size - n, size) for n in range(1, after + 1)]
    places += [(0, n) for n in range(1, before + 1) if n < size]
    return sorted(places, key=lambda place: (place[0] - place[1], -place[0]))


def _kinds(word: str) -> list[Token] | None:
    """Return the tokens of a word that may belong to a time; None if it cannot."""
    if _is_text(word):
        return None
    bare = word.strip("()[]")
    tokens = tokenise(bare)[:-3] if bare.isascii() else []
    if not tokens or all(token.kind == "junk" for token in tokens):
        return None
    return tokens


def _try(parts: list[str], first: int, last: int, asked: Asked) -> When | None:
    phrase = " ".join(parts[first:last])
    opening = phrase[:1]
    is_bracketed = opening in _OPENING and phrase.endswith(_OPENING[opening])
    if is_bracketed:
        phrase = phrase[1:-1]
    if is_rule_text(phrase):
        try:
            return read_rule_text(phrase, asked)
        except RemindError:
            return None
    if not is_bracketed and not _may_stand(parts, first, last, phrase):
        return None
    if phrase.endswith(",") and last < len(parts):
        phrase = phrase[:-1]
    if phrase.endswith((",", "?", "!")):
        return None
    try:
        understood = understand(phrase, asked)
    except MisreadError:
        return None
    return understood.when if not understood.weak else None


def _may_stand(parts: list[str], first: int, last: int, phrase: str) -> bool:
    """Return whether a phrase of that shape is a time in a sentence."""
    is_end = last == len(parts)
    if not is_end and not _may_lead([token.kind for token in tokenise(phrase)]):
        return False
    if first > 0 and not _may_follow(parts[first - 1], parts[first]):
        return False
    if not is_end and _kinds(parts[last]) and tokenise(parts[last].lower())[0].kind in _HALF:
        return False
    words = phrase.lower().split()
    if len(words) > 1:
        return True
    return _is_time_alone(words[0].rstrip(".,?!"), is_end=is_end, is_all=len(parts) == 1)


def _is_time_alone(word: str, *, is_end: bool, is_all: bool) -> bool:
    """Return whether one word is a time: "friday", "17:00", but not "may", "1/2", or "5th" before a title."""
    if is_all:
        return word not in _TEXT_ALONE
    if word in _TEXT_ALONE:
        return is_end and word in _FINE_AT_END
    if word in _MONTH_NAMES or ("/" in word and word[:1].isdigit()):
        return False
    return is_end or not word[:1].isdigit() or word[-2:] not in _ENDINGS


def _may_lead(kinds: list[str]) -> bool:
    """Return whether a sentence may begin with a time of these tokens: not "the sun …", "christmas …"."""
    return kinds[0] != "name" and not (kinds[0] == "the" and kinds[1] in _NOUNS)


def _may_follow(before: str, word: str) -> bool:
    """Return whether a time may begin with the word, after that one."""
    if before.lower() in _NEVER_BEFORE:
        return False
    kind = tokenise(word)[0].kind
    if before.lower() in _NO_NOUN_BEFORE and kind in _NOUNS:
        return False
    if before[-1:] in {":", "-", ","} and len(before) > 1:
        return True
    tokens = _kinds(before)
    if tokens and len(tokens) == 2 and tokens[1].kind == "unit" and tokens[0].kind == "num":
        return False
    return not tokens or tokens[-1].kind not in _HALF


def _hint(rest: list[str]) -> str:
    """Return one line if the words of the title look like a time."""
    for word in rest[-_MOST_WORDS:]:
        tokens = _kinds(word)
        plain = word.strip(",.;:!?")
        if tokens and tokens[0].kind in _LIKELY and tokens[0].value is not None and plain.lower() not in _TEXT_ALONE:
            return f'"{plain}" is read as text; a time stands first or last, or after --due'
    tokens = _kinds(rest[-1]) if rest else None
    if tokens and tokens[0].kind in {"num", "glue"} and tokens[-1].value in _LENGTHS:
        return f'"{rest[-1]}" is read as text; a length of time from now is: in {rest[-1]}'
    return ""
