"""Which words may stand as a time in a sentence, by the words beside them."""

from remindcli.core.when.lexer import MAX_LENGTH, Token, tokenise
from remindcli.core.when.words import MONTHS, WORDS

# After one of these a time belongs to the text: "cake for friday", "since monday".
_NEVER_BEFORE = frozenset(
    {
        "for", "to", "until", "till", "from", "before", "after", "since", "than", "of", "vs", "versus", "like", "per",
        "between", "and", "or", "not", "early", "late", "later", "on", "at", "by", "due", "about", "happy", "merry",
        "except", "excluding", "but", "starting", "beginning", "ending", "during", "through",
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
_COUNTABLE = frozenset({"weekday", "workday", "weekend"})
# Before a time they belong to the text: "movie night friday".
_PARTS = frozenset({"morning", "afternoon", "evening", "night", "breakfast", "lunch", "dinner"})
_ENDS = 3
"""Tokens that the lexer puts after the last."""
_HALF_AFTER = _HALF | {"until", "except"}
# Words that are as often something else: alone they are text, but some are a time at the end.
_FINE_AT_END = frozenset(
    {
        "sun", "sat", "wed", "noon", "midnight", "tod", "tom", "daily", "weekly", "monthly", "yearly", "quarterly",
        "hourly", "weekdays", "weekends", "everyday", "nightly", "annually", "weekend", "wkend",
    }
)  # fmt: skip
TEXT_ALONE = _FINE_AT_END | {
    "may", "march", "mar", "second", "now", "day", "morning", "evening", "night", "afternoon", "dec", "jan", "once",
    "twice", "annual", "lunch", "dinner", "breakfast",
}  # fmt: skip
_MONTH_NAMES = frozenset(MONTHS)
_ENDINGS = frozenset({"st", "nd", "rd", "th"})


def _is_text(word: str) -> bool:
    return any(letter.isspace() for letter in word) or '"' in word or len(word) > MAX_LENGTH


def tokens_of(word: str) -> list[Token] | None:
    """Return the tokens of a word that may belong to a time; None if it cannot."""
    if _is_text(word):
        return None
    bare = word.strip("()[]").rstrip(":,")
    owner, _, rest = bare.replace("\u2019", "'").partition("'")
    if rest == "s" and WORDS.get(owner.lower(), ("",))[0] in {"weekday", "month", "dayname"}:
        return None  # friday's deadline
    tokens = tokenise(bare)[:-3] if bare.isascii() else []
    if not tokens or all(token.kind == "junk" for token in tokens):
        return None
    return tokens


def may_stand(parts: list[str], first: int, last: int, phrase: str) -> bool:
    """Return whether a phrase of that shape is a time in a sentence."""
    is_end = last == len(parts)
    tokens, words = tokenise(phrase), phrase.lower().split()
    if not is_end and not _may_lead(tokens):
        return False
    if first > 0 and not (
        _may_follow(parts[first - 1], tokens[0].kind) and words[0] not in _PARTS and _may_end(tokens)
    ):
        return False
    if len(words) > 1:
        return True
    return _is_time_alone(words[0].rstrip(".,?!"), is_end=is_end, is_all=len(parts) == 1)


def _is_time_alone(word: str, *, is_end: bool, is_all: bool) -> bool:
    """Return whether one word is a time: "friday", "17:00", but not "may", "1/2", or "5th" before a title."""
    if is_all:
        return word not in TEXT_ALONE
    if word in TEXT_ALONE:
        return is_end and word in _FINE_AT_END
    if (
        word in _MONTH_NAMES
        or (word[:1] == "q" and word[1:].isdigit())
        or (word.count("/") == 1 and word[:1].isdigit())
    ):
        return False
    return is_end or not word[:1].isdigit() or word[-2:] not in _ENDINGS


def _may_lead(tokens: list[Token]) -> bool:
    """Return whether a sentence may begin with a time of these tokens: not "the sun …", "christmas …", "may day …"."""
    first, second = tokens[:2]
    if (first.kind == "month" and second.kind in {"name", "unit"}) or (first.kind == "ord" and second.kind == "unit"):
        return False
    return first.kind != "name" and not (first.kind == "the" and second.kind in _NOUNS)


def _may_end(tokens: list[Token]) -> bool:
    """Return whether a sentence may end with a time of these tokens: not "the weekend"."""
    return not (tokens[0].kind == "the" and tokens[1].kind in _NOUNS and len(tokens) == 2 + _ENDS)


def _may_follow(before: str, kind: str) -> bool:
    """Return whether a time may begin with a word of that kind, after that one."""
    if before.lower() in _NEVER_BEFORE:
        return False
    if before.lower() in _NO_NOUN_BEFORE and kind in _NOUNS:
        return False
    tokens = tokens_of(before)
    return not (tokens and len(tokens) == 2 and tokens[1].kind == "unit" and tokens[0].kind == "num")


def is_half(parts: list[str], first: int, last: int) -> bool:
    """Return whether the word before or after belongs to the time too, though it was not understood with it."""
    if first > 0:
        before = tokens_of(parts[first - 1])
        token = tokenise(" ".join(parts[first:last]))[0]
        if before and not _is_version(before[-1], token) and (before[-1].kind in _HALF or _is_cut(before[-1], token)):
            return True
        if before and token.kind in {"every", "freq"} and (len(before) > 1 or before[-1].text in {"times", "twice"}):
            return before[-1].kind in {"times", "twice"}  # 3x daily
    after = tokens_of(parts[last]) if last < len(parts) else None
    if not after:
        return False
    ending = tokens_of(parts[last - 1])
    return after[0].kind in _HALF_AFTER or (ending is not None and _is_cut(ending[-1], after[0]))


def _is_version(before: Token, token: Token) -> bool:
    """Return whether digits with a dot are no date, for a day of its own follows: release 2.5 on friday."""
    is_day = token.kind in {"weekday", "dayname", "month", "on", "next", "this", "every", "due"}
    return before.kind == "dot" and before.text[-1] != "." and is_day


def _is_cut(one: Token, other: Token) -> bool:
    """Return whether two words are one part of a date: 5 march, march 5, 3 days."""
    if one.kind in {"ord", "last", "penultimate"} and other.kind in _COUNTABLE:
        return True  # the last working day, of which no month is named
    kinds = one.kind, other.kind
    is_day = any(each.kind in {"num", "ord"} and 0 < (each.value or 0) <= 31 for each in (one, other))
    return is_day and kinds in {("num", "month"), ("ord", "month"), ("month", "num"), ("month", "ord"), ("num", "unit")}
