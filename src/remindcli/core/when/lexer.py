"""Text into tokens: words by the tables, numbers, dates and clocks by their shape."""

from __future__ import annotations

import re
from functools import cache

from remindcli.core.fields import Fields
from remindcli.core.when.words import CARDINALS, ORDINALS, PAIRS, WEEKDAYS, WORDS

TYPE_CHECKING = False  # see core/fields.py
if TYPE_CHECKING:
    from typing import Any

MAX_LENGTH = 300

_SHAPES = r"""
      (?P<note>\(last\ day\ of\ short\ months\))
    | (?P<ymd>\d{4}(?P<s1>[-/.: ])\d{1,2}(?P=s1)\d{1,2}(?=t\d|(?!\w|:\d\d(?![\d:]))))
    | (?P<isoweek>\d{4}-?w\d\d(?:-?\d)?(?=t\d|(?!\w)))
    | (?P<yday>\d{4}-\d{3}(?![\w-]))
    | (?P<ym>\d{4}[-/]\d{1,2}(?![\w/-]))
    | (?P<dmy>\d{1,2}(?P<s2>[-/.])\d{1,2}(?P=s2)(?:\d{4}|\d\d)(?!\w|:(?!\d\d:\d\d)))
    | (?P<my>\d{1,2}/\d{4}(?![\w/]))
    | (?P<dm>\d{1,2}/\d{1,2}(?![\w/-]))
    | (?P<compact>\d{8}(?:t\d{4}(?:\d\d)?)?(?=z(?!\w)|(?!\w)))
    | (?P<ampm>(?P<h>\d{1,2})(?:[:.]?(?P<m>\d\d)(?:[:.](?P<s>\d\d))?)?
        (?:\s*(?P<p1>[ap])\.?\s?m\b\.?|(?P<p2>[ap])\b\.?|\s(?P<p3>[ap])\.))(?![a-z0-9])
    | (?P<clock>t?\d{1,2}:\d\d(?:[:.]\d\d(?:\.\d+)?)?(?![\d:]|\.\d))
    | (?P<hours>\d{4}h(?:rs?|ours?)?(?!\w))
    | (?P<offset>(?:utc|gmt)?[+-]\d\d:?\d\d(?!\w)|(?:utc|gmt)[+-]\d{1,2}(?::\d\d)?(?!\w))
    | (?P<isospan>p(?=\d|t\d)(?:\d+[ymwd])*(?:t(?:\d+(?:\.\d+)?[hms])+)?(?!\w))
    | (?P<glue>\d+(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)\d{4}(?!\w))[a-z]+\d[a-z0-9]*)
    | (?P<quarter>q[1-4](?!\w))
    | (?P<dot>\d{1,2}\.\d{1,2}\.(?!\d|\w)|\d{1,2}\.\d{1,2}(?![\d.]|\s*[a-z]))
    | (?P<ordinal>\d{1,3}(?:st|nd|rd|th)(?!\w))
    | (?P<num>\d+(?:\.\d+)?)
    | (?P<zone>[a-z]+(?:_[a-z]+)*/[a-z_]+(?:[-/+][a-z_0-9]+)*)
    | (?P<monthday>(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?=\d{1,2}(?!\w)|\d{4}(?!\w)))
    | (?P<word>[a-z]+(?:'[a-z]*)?\.?)(?!\d)
    | (?P<point>'\d\d(?!\w)|[-,+@&!~?/.]|:(?=\d\d:\d\d))
    | (?P<junk>\S+)
    """


@cache
def _shapes() -> re.Pattern[str]:
    """Return the pattern of all tokens, made when the first phrase is read: it takes 2 ms."""
    return re.compile(_SHAPES, re.VERBOSE)


class Token(Fields):
    """One word, number or shape.

    Attributes:
        kind: the role from the word table, or the name of the shape.
        value: what it stands for.
        text: the letters, small.
        start: where it begins in the text.
        end: where it ends.
        is_spelled: a number written in words.
    """

    kind: str
    value: Any
    text: str
    start: int
    end: int
    is_spelled: bool = False


END = Token("end_of_text", None, "", 0, 0)


def tokenise(text: str) -> list[Token]:
    """Return the tokens of the text, closed by three END tokens, so that looking ahead is safe."""
    tokens: list[Token] = []
    small = text.lower()
    if "-" in small:  # the places of the letters stay as typed
        small = re.sub(r"\b(bi|semi|half)-([a-z]+ly)\b", r"\1\2 ", small.replace("week-end", "weekend "))
    for found in _shapes().finditer(small):
        shape = found.lastgroup or "junk"
        start, end = found.span()
        if shape in {"word", "monthday"}:
            tokens.append(_word(found[0], start, end))
        elif shape == "zone" and all(part in WEEKDAYS for part in found[0].split("/")):
            parts = re.finditer("[a-z]+|/", found[0])
            tokens.extend(_word(part[0], start + part.start(), start + part.end()) for part in parts)
        elif shape != "note":
            tokens.append(_shape(shape, found, start, end))
    _join(tokens)
    tokens += (END, END, END)
    return tokens


def _word(text: str, start: int, end: int) -> Token:
    plain = (text.rstrip(".") or text).replace("'", "")
    kind, value = WORDS.get(plain, ("name", plain))
    return Token(kind, value, plain, start, end, kind in {"num", "ord"})


def _shape(shape: str, found: re.Match[str], start: int, end: int) -> Token:
    text = found[0]
    value: Any = text
    if shape == "num":
        value = float(text) if "." in text else int(text) if len(text) < 10 else None
        if value is None:
            shape = "junk"
    elif shape == "ordinal":
        shape, value = "ord", int(text[:-2])
    elif shape == "quarter":
        value = int(text[1])
    elif shape == "point" and len(text) > 1:
        shape, value = "year", int(text[1:])
    elif shape == "ampm":
        shape, value = "clock", _ampm(found)
    elif shape == "clock":
        value = _clock(text)
    elif shape == "hours":
        shape, value = "clock", _valid(int(text[:2]), int(text[2:4]), 0)
    return Token(shape, value, text, start, end)


def _ampm(found: re.Match[str]) -> tuple[int, int, int, str] | None:
    """Return (hour, minute, second, "exact"); None if there is no such time."""
    hour, half = int(found["h"]), found["p1"] or found["p2"] or found["p3"]
    if (half == "p" and 12 < hour < 24) or (half == "a" and hour == 0):  # 23pm, 0:30am: the half says it twice
        return _valid(hour, int(found["m"] or 0), int(found["s"] or 0))
    if not 1 <= hour <= 12:
        return None
    return _valid(hour % 12 + (12 if half == "p" else 0), int(found["m"] or 0), int(found["s"] or 0))


def _clock(text: str) -> tuple[int, int, int, str] | None:
    """Return (hour, minute, second, "exact", or "open" if 3:30 could be the afternoon)."""
    digits = text.lstrip("t")
    hour, minute, *second = digits.replace(".", ":").split(":")
    checked = _valid(int(hour), int(minute), int(second[0]) if second else 0)
    if checked and len(hour) == 1 and 1 <= int(hour) <= 12 and digits is text:
        return (*checked[:3], "open")
    return checked


def _valid(hour: int, minute: int, second: int) -> tuple[int, int, int, str] | None:
    if hour == 24 and minute == 0 and second == 0:
        return 24, 0, 0, "exact"
    return (hour, minute, second, "exact") if hour < 24 and minute < 60 and second < 60 else None


def _join(tokens: list[Token]) -> None:
    """Make one token of what is one word or number in several: working day, twenty-first."""
    i = 0
    while i < len(tokens) - 1:
        first = tokens[i]
        if first.kind == "num" and first.is_spelled:
            _join_number(tokens, i)
        if tokens[i].kind == "num" and _join_clock(tokens, i):
            continue
        if first.kind != "num" or first.text in {"12", "twelve"}:
            joined = PAIRS.get((first.text, tokens[i + 1].text))
            if joined:
                kind, value = WORDS.get(joined, ("name", joined))
                tokens[i : i + 2] = [Token(kind, value, joined, first.start, tokens[i + 1].end)]
                continue
        i += 1


def _join_number(tokens: list[Token], i: int) -> None:
    tens = tokens[i]
    dash = tokens[i + 1].text == "-" and i + 2 < len(tokens)
    last = tokens[i + 2 if dash else i + 1]
    if tens.value in _TENS and last.text in _ONES:
        kind = "ord" if last.text in ORDINALS or last.text == "second" else "num"
        number = tens.value + _ONES[last.text]
        tokens[i : i + (3 if dash else 2)] = [
            Token(kind, number, f"{tens.text} {last.text}", tens.start, last.end, True)
        ]


def _join_clock(tokens: list[Token], i: int) -> bool:
    """Make a time of three pm, 3 o'clock am, at ten thirty; return whether it was one."""
    hour = tokens[i].value
    rest = tokens[i + 1 : i + 3]
    if not isinstance(hour, int) or not 1 <= hour <= 12 or not rest:
        return False
    minute = 0
    if tokens[i].is_spelled and rest[0].kind == "num" and rest[0].is_spelled and 10 <= rest[0].value < 60:
        minute = rest.pop(0).value
        is_alone = len(tokens) == 2 or (i > 0 and tokens[i - 1].kind == "at")
        if is_alone and (not rest or rest[0].kind != "am"):
            tokens[i : i + 2] = [_clock_token(tokens[i], tokens[i + 1], (hour, minute, 0, "bare"))]
            return True
    elif rest[0].kind == "oclock":
        rest.pop(0)
    if not rest or rest[0].kind != "am":
        return False
    value = (hour % 12 + (12 if rest[0].text == "pm" else 0), minute, 0, "exact")
    end = tokens.index(rest[0])
    tokens[i : end + 1] = [_clock_token(tokens[i], rest[0], value)]
    return True


def _clock_token(first: Token, last: Token, value: tuple[int, int, int, str]) -> Token:
    return Token("clock", value, f"{first.text} {last.text}", first.start, last.end)


_TENS = frozenset({20, 30, 40, 50, 60, 70, 80, 90})
_ONES = {word: number for word, number in (CARDINALS | ORDINALS | {"second": 2}).items() if 0 < number < 10}
