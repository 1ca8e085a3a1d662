"""What to say of a phrase that cannot be read: which word, what it may have been, what would work."""

from typing import Final

from remindcli.core.when.draft import MisreadError
from remindcli.core.when.words import WORDS
from remindcli.errors import UnreadableTimeError

_EXAMPLE: Final = "tomorrow 5pm, next fri, in 3h, every month on the 1st at 9am"
_LONGEST_SHOWN: Final = 60


def unreadable(text: str, error: MisreadError) -> UnreadableTimeError:
    """Return the error for the user."""
    shown = _shown(text)
    what = f'can\'t read "{shown}" as a time' if shown else "can't read nothing as a time"
    return UnreadableTimeError(what, why=_why(error), hint=error.hint or _example(error))


def _shown(text: str) -> str:
    kept = "".join(letter if letter.isprintable() else "?" for letter in text.strip()[: _LONGEST_SHOWN + 1])
    kept = kept.encode("utf-8", "replace").decode("utf-8")
    return kept if len(kept) <= _LONGEST_SHOWN else kept[: _LONGEST_SHOWN - 1] + "…"


def _why(error: MisreadError) -> str:
    token = error.at
    if error.why or token is None:
        return error.why
    if token.kind == "end_of_text":
        return "something is missing at its end"
    word = token.text[:_LONGEST_SHOWN]
    if token.kind in {"name", "junk"}:
        near = nearest(word)
        return f'"{word}" is not a word I know' + (f'; did you mean "{near}"?' if near else "")
    return f'"{word}" does not fit there'


def _example(error: MisreadError) -> str:
    token = error.at
    if token is not None and token.kind == "name" and (near := nearest(token.text)):
        return _BY_KIND.get(WORDS[near][0], _EXAMPLE)
    return _EXAMPLE


_BY_KIND: Final = {
    "every": "every month on the 1st at 9am",
    "weekday": "next friday at 5pm",
    "month": "march 5 at 9am",
    "unit": "in 3 days, every 2 weeks",
    "dayname": "tomorrow 5pm",
    "freq": "every month on the 1st at 9am",
}


def nearest(word: str) -> str:
    """Return the word of the language that is most like this one; "" if none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 (only an error needs it)

    if not 3 <= len(word) <= 12 or not word.isalpha():
        return ""
    known = [each for each in WORDS if len(each) > 2 and abs(len(each) - len(word)) < 3]
    return next(iter(get_close_matches(word, known, 1, 0.7)), "")
