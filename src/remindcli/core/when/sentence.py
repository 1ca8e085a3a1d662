"""A sentence taken apart: the time at its start or its end, the title in between."""

import itertools
import re
from collections.abc import Sequence

from remindcli.core.fields import Fields
from remindcli.core.when.draft import COUNTING, FRACTION, NUMBER, RANGE, MisreadError
from remindcli.core.when.faults import nearest
from remindcli.core.when.lexer import MAX_LENGTH, Token, tokenise
from remindcli.core.when.place import Asked
from remindcli.core.when.reading import Reading, When
from remindcli.core.when.understand import Understood, is_rule_text, read_rule_text, understand
from remindcli.core.when.words import MONTHS
from remindcli.errors import RemindError

_MOST_WORDS = 24
_MOST_MISTYPED = 5
_SHORTEST_MISTYPED = 4
"""Letters; many a short word of English is a letter away from a weekday."""
_UNKNOWN = frozenset({"name", "junk"})
# After one of these a time belongs to the text: "cake for friday", "since monday".
_NEVER_BEFORE = frozenset(
    {
        "for", "to", "until", "till", "from", "before", "after", "since", "than", "of", "vs", "versus", "like", "per",
        "between", "and", "or", "not", "early", "late", "later", "on", "at", "by", "due",
    }
)  # fmt: skip
# After one of these a weekday, a month, a part of the day is a noun: "in the sun", "what a day", "I sat".
_NO_NOUN_BEFORE = frozenset(
    {
        "the", "a", "an", "my", "your", "his", "her", "our", "their", "its", "i", "you", "he", "she", "we", "they",
        "it", "what", "no", "this", "next", "last",
    }
)  # fmt: skip
_NOUNS = frozenset({"weekday", "month", "part", "unit", "freq", "weekend", "workday", "dayname"})
# A time right before what was read: then only half of a time was understood.
_HALF = frozenset(
    {
        "month", "weekday", "dayname", "clock", "ymd", "dmy", "dm", "dot", "ym", "my", "every", "freq", "edge", "begin",
        "mid", "end",
    }
)  # fmt: skip
# Words that are as often something else: alone they are text, but some are a time at the end.
_FINE_AT_END = frozenset(
    {
        "sun", "sat", "wed", "noon", "midnight", "tod", "tom", "daily", "weekly", "monthly", "yearly", "quarterly",
        "hourly", "weekdays", "weekends", "everyday", "nightly", "annually",
    }
)  # fmt: skip
_TEXT_ALONE = _FINE_AT_END | {
    "may", "march", "mar", "second", "now", "day", "morning", "evening", "night", "afternoon", "dec", "jan", "once",
    "twice", "annual", "lunch", "dinner", "breakfast",
}  # fmt: skip
_MONTH_NAMES = frozenset(MONTHS)
_ENDINGS = frozenset({"st", "nd", "rd", "th"})
_OPENING = {"(": ")", "[": "]"}
_LOOSE = " -\u2013\u2014:,;"
_WHOLLY = frozenset({COUNTING, FRACTION, NUMBER, RANGE})
_LIKELY = frozenset({"clock", "weekday", "dayname", "ymd", "dmy", "every"})
_LENGTHS = frozenset({"hour", "minute", "day", "week"})
_PLACES = "a time stands first or last, or after --due"


class _Found(Fields):
    """A time, and the words from `first` to before `last` that name it."""

    first: int
    last: int
    when: When


def read(words: Sequence[str] | str, asked: Asked) -> Reading:
    """Return the title and the time of the words; an element that holds spaces is text (it was quoted)."""
    if isinstance(words, str):
        words = [words]
    if len(words) == 1:
        words = _split(words[0])
    parts = [word for word in words if word.strip()]
    before, after = _runs(parts)
    size = len(parts)
    end = _longest(parts, [(size - n, size) for n in range(after, 0, -1)], asked)
    start = _longest(parts, [(0, n) for n in range(min(before, size - 1), 0, -1)], asked)
    if end and start and start.last <= end.first:
        return _both(parts, start, end, asked)
    found = max((each for each in (end, start) if each), key=lambda each: each.last - each.first, default=None)
    if found is None:
        return Reading(" ".join(parts), None, "", _mistyped(parts, asked) or _hint(parts, asked))
    reading = _reading(asked, parts[: found.first], parts[found.last :], parts[found.first : found.last], found.when)
    if found.first and _nearest(parts[found.first - 1]):
        return Reading(reading.title, reading.when, reading.read, _mistyped(parts, asked) or reading.hint)
    return reading


def _both(parts: list[str], start: _Found, end: _Found, asked: Asked) -> Reading:
    """Return the reading of "tomorrow call bob at 5": one time, or none, for each alone would be half."""
    named = parts[: start.last] + parts[end.first :]
    phrase = " ".join([*parts[: start.last - 1], parts[start.last - 1].rstrip(",:"), *parts[end.first :]])
    try:
        when = understand(phrase, asked).when
    except MisreadError:
        return Reading(" ".join(parts), None, "", _hint(parts, asked))
    return _reading(asked, [], [], named, when, parts[start.last : end.first])


def _reading(
    asked: Asked, before: list[str], after: list[str], named: list[str], when: When, between: Sequence[str] = ()
) -> Reading:
    rest = [*before, *between, *after]
    title = " ".join(rest)
    if not after and title.endswith(tuple(_LOOSE)):
        title = title.rstrip(_LOOSE)
    if not before:
        title = title.lstrip(_LOOSE)
    return Reading(title, when, " ".join(named), _hint(rest, asked))


def _split(text: str) -> list[str]:
    """Return the words of one text, what stands in double quotes as one."""
    return re.findall(r'\S*"[^"]*"\S*|\S+', text)


def _is_text(word: str) -> bool:
    return any(letter.isspace() for letter in word) or '"' in word or len(word) > MAX_LENGTH


def _runs(parts: list[str]) -> tuple[int, int]:
    """Return how many words from the start, and from the end, may belong to a time."""

    def run(words: list[str]) -> int:
        count = 0
        while count < len(words) and _kinds(words[count]) is not None:
            count += 1
        return count

    return run(parts[:_MOST_WORDS]), run(parts[: -_MOST_WORDS - 1 : -1])


def _longest(parts: list[str], places: list[tuple[int, int]], asked: Asked) -> _Found | None:
    """Return the first of the places that is a time; none if a longer one is text as a whole: half of it is no time."""
    for first, last in places:
        understood = _try(parts, first, last, asked)
        if understood is None or (understood.weak and understood.weak not in _WHOLLY):
            continue
        return None if understood.weak else _Found(first, last, understood.when)
    return None


def _kinds(word: str) -> list[Token] | None:
    """Return the tokens of a word that may belong to a time; None if it cannot."""
    if _is_text(word):
        return None
    bare = word.strip("()[]").rstrip(":,")
    tokens = tokenise(bare)[:-3] if bare.isascii() else []
    if not tokens or all(token.kind == "junk" for token in tokens):
        return None
    return tokens


def _try(parts: list[str], first: int, last: int, asked: Asked) -> Understood | None:
    """Return what the words from first to before last mean, if they may stand there as a time."""
    phrase = " ".join(parts[first:last])
    opening = phrase[:1]
    is_bracketed = opening in _OPENING and phrase.endswith(_OPENING[opening])
    if is_bracketed:
        phrase = phrase[1:-1]
    try:
        if is_rule_text(phrase):
            return Understood(read_rule_text(phrase, asked), "")
        if last < len(parts):
            phrase = phrase.rstrip(",:")
        if phrase.endswith((",", "?", "!")) or not (is_bracketed or _may_stand(parts, first, last, phrase)):
            return None
        return understand(phrase, asked)
    except (MisreadError, RemindError):
        return None


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
    if word in _MONTH_NAMES or (word.count("/") == 1 and word[:1].isdigit()):
        return False
    return is_end or not word[:1].isdigit() or word[-2:] not in _ENDINGS


def _may_lead(kinds: list[str]) -> bool:
    """Return whether a sentence may begin with a time of these tokens: not "the sun …", "christmas …", "may day …"."""
    if kinds[0] == "month" and kinds[1] in {"name", "unit"}:
        return False
    return kinds[0] != "name" and not (kinds[0] == "the" and kinds[1] in _NOUNS)


def _may_follow(before: str, word: str) -> bool:
    """Return whether a time may begin with the word, after that one."""
    if before.lower() in _NEVER_BEFORE:
        return False
    kind = tokenise(word)[0].kind
    if before.lower() in _NO_NOUN_BEFORE and kind in _NOUNS:
        return False
    tokens = _kinds(before)
    if tokens and len(tokens) == 2 and tokens[1].kind == "unit" and tokens[0].kind == "num":
        return False
    return not tokens or tokens[-1].kind not in _HALF


def _mistyped(parts: list[str], asked: Asked) -> str:
    """Return one line if the end of the words would be a time with its mistyped words put right: "evry month"."""
    last = parts[1:][-_MOST_MISTYPED:]
    near = [_nearest(word) for word in last]
    for first in range(len(last)):
        if not any(near[first:]):
            break
        meant = " ".join(better or word for word, better in zip(last[first:], near[first:], strict=True))
        try:
            understand(meant, asked)
        except MisreadError:
            continue
        return f'"{" ".join(last[first:])}" is read as text; did you mean "{meant}"?'
    return ""


def _nearest(word: str) -> str:
    """Return the word of the language for which a word was meant that is none; "" if it is text, or in order."""
    tokens = tokenise(word) if word.isascii() and word.isalpha() else []
    is_unknown = len(tokens) > 0 and tokens[0].kind == "name" and len(word) >= _SHORTEST_MISTYPED
    return nearest(word.lower(), most=1) if is_unknown else ""


def _hint(rest: list[str], asked: Asked) -> str:
    """Return one line if the words of the title look like a time."""
    for word in rest[-_MOST_WORDS:]:
        tokens = _kinds(word)
        plain = word.strip(",.;:!?")
        if tokens and tokens[0].kind in _LIKELY and tokens[0].value is not None and plain.lower() not in _TEXT_ALONE:
            return f'"{plain}" is read as text; {_of_two_orders(plain, asked) or _PLACES}'
    for month, day in itertools.pairwise(rest[-_MOST_WORDS:]):
        first, second = _kinds(month), _kinds(day)
        if first and second and first[-1].kind == "month" and second[0].kind in {"num", "ord"}:
            return f'"{month} {day.strip(",.;:!?")}" is read as text; {_PLACES}'
    tokens = _kinds(rest[-1]) if rest else None
    if tokens and tokens[0].kind in {"num", "glue"} and tokens[-1].value in _LENGTHS:
        return f'"{rest[-1]}" is read as text; a length of time from now is: in {rest[-1]}'
    return ""


def _of_two_orders(word: str, asked: Asked) -> str:
    """Return what makes one date of a word that may be two: "03/04/2026"; "" if it is none of that kind."""
    try:
        understand(word, asked)
    except MisreadError as error:
        return f"{error}: {error.hint}" if error.hint else ""
    return ""
