"""A sentence taken apart: the time at its start or its end, the title in between."""

import itertools
import re
from collections.abc import Sequence

from remindcli.core.fields import Fields
from remindcli.core.when.draft import COUNTING, FRACTION, HALF, LENGTH, NUMBER, RANGE, MisreadError
from remindcli.core.when.faults import nearest
from remindcli.core.when.lexer import END, Token, tokenise
from remindcli.core.when.place import Asked
from remindcli.core.when.reading import Reading, When
from remindcli.core.when.standing import TEXT_ALONE, is_half, may_stand, tokens_of
from remindcli.core.when.understand import Understood, is_rule_text, read_rule_text, understand
from remindcli.errors import RemindError

_MOST_WORDS = 24
_MOST_MISTYPED = 5
_SHORTEST_MISTYPED = 4
"""Letters; many a short word of English is a letter away from a weekday."""
_LOOSE = " -\u2013\u2014:,;"
_WHOLLY = frozenset({COUNTING, FRACTION, HALF, NUMBER, RANGE})
_LIKELY = frozenset({"clock", "weekday", "dayname", "ymd", "dmy", "every"})
_BEGINS = frozenset({"in", "next", "this", "at"})
_NO_TIME = frozenset({"end_of_text", "name", "junk"})
_OFTEN = {(1, unit): f"every {unit}" for unit in ("hour", "day", "week", "month", "year")}
_OPENING = {"(": ")", "[": "]"}
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
    reading = _reading(parts[: found.first], parts[found.last :], parts[found.first : found.last], found.when, asked)
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
    return _reading([], [], named, when, asked, parts[start.last : end.first])


def _reading(
    before: list[str], after: list[str], named: list[str], when: When, asked: Asked, between: Sequence[str] = ()
) -> Reading:
    rest = [*before, *between, *after]
    title = " ".join(rest)
    if not after and title.endswith(tuple(_LOOSE)):
        title = title.rstrip(_LOOSE)
    if not before:
        title = title.lstrip(_LOOSE)
    return Reading(title, when, " ".join(named), _hint(rest, asked, when, named))


def _split(text: str) -> list[str]:
    """Return the words of one text, what stands in double quotes as one."""
    return re.findall(r'\S*"[^"]*"\S*|\S+', text)


def _runs(parts: list[str]) -> tuple[int, int]:
    """Return how many words from the start, and from the end, may belong to a time."""

    def run(words: list[str]) -> int:
        count = 0
        while count < len(words) and tokens_of(words[count]) is not None:
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
        if phrase.endswith((",", "?", "!")) or not (is_bracketed or may_stand(parts, first, last, phrase)):
            return None
        understood = understand(phrase, asked)
        return Understood(understood.when, HALF) if is_half(parts, first, last) else understood
    except (MisreadError, RemindError):
        return None


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
    better = nearest(word.lower(), most=1) if is_unknown else ""
    return better if len(better) >= _SHORTEST_MISTYPED else ""


def _hint(rest: list[str], asked: Asked, when: When | None = None, read: Sequence[str] = ()) -> str:
    """Return one line if the words of the title look like a time, beside what was read as one."""
    words = rest[-_MOST_WORDS:]
    tokens = [tokens_of(word) or [END] for word in words]
    found = _likely(words, tokens) or _dated(words, tokens) or _counted(words, tokens, asked)
    if found:
        plain = found.strip(",.;:!?")
        return f'"{plain}" is read as text; {_of_two_orders(plain, asked) or _PLACES}'
    length = _length(words, tokens, asked)
    if length:
        return f'"{length}" is read as text; a length of time from now is: in {length}'
    is_number = bool(words) and [token.kind for token in tokens[-1]] == ["num"]
    if is_number and read and tokenise(read[-1])[0].kind == "part":
        return f'"{rest[-1]}" is read as text; an hour is: at {rest[-1]}'
    often = next((token for each in tokens for token in each if token.kind == "freq"), None)
    if often and (when is None or when.rule.rrule is None):
        return f'"{often.text}" is read as text; again and again is: {_OFTEN.get(often.value, "every day, every week")}'
    return ""


def _likely(words: list[str], tokens: list[list[Token]]) -> str:
    """Return the first word that alone looks like a time: 5pm, friday; "" if there is none."""
    for word, (first, *_) in zip(words, tokens, strict=True):
        if first.kind in _LIKELY and first.value is not None and word.strip(",.;:!?").lower() not in TEXT_ALONE:
            return word
    return ""


def _dated(words: list[str], tokens: list[list[Token]]) -> str:
    """Return the words of a month and its day; "" if there are none."""
    for i, (month, day) in enumerate(itertools.pairwise(tokens)):
        if month[-1].kind == "month" and day[0].kind in {"num", "ord"}:
            return f"{words[i]} {words[i + 1]}"
    return ""


def _counted(words: list[str], tokens: list[list[Token]], asked: Asked) -> str:
    """Return the words of "in 2 hours", "next week", "at 5" that stand within others; "" if there are none."""
    for first, (token, *_) in enumerate(tokens):
        if token.kind not in _BEGINS:
            continue
        for last in (first + 3, first + 2):
            if last > len(words) or any(each[0].kind in _NO_TIME for each in tokens[first:last]):
                continue
            phrase = " ".join(words[first:last]).rstrip(",.;:!?")
            try:
                if not understand(phrase, asked).weak:
                    return phrase
            except MisreadError:
                continue
    return ""


def _length(words: list[str], tokens: list[list[Token]], asked: Asked) -> str:
    """Return the length of time that the title ends with; "" if it does with none."""
    for size in (2, 1):
        phrase = " ".join(words[-size:])
        if len(words) >= size and tokens[-size][0].kind in {"num", "glue"}:
            try:
                if understand(phrase, asked).weak == LENGTH:
                    return phrase
            except MisreadError:
                continue
    return ""


def _of_two_orders(word: str, asked: Asked) -> str:
    """Return what makes one date of a word that may be two: "03/04/2026"; "" if it is none of that kind."""
    if tokenise(word)[0].kind == "every":
        return ""
    try:
        understand(word, asked)
    except MisreadError as error:
        return f"{error}: {error.hint}" if error.hint else ""
    return ""
