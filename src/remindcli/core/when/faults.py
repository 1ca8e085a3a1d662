"""What to say of a phrase that cannot be read: which word, what it may have been, what would work."""

from remindcli.core.when.draft import MisreadError
from remindcli.core.when.words import PAIRS, WORDS
from remindcli.errors import UnreadableTimeError

_EXAMPLE = "tomorrow 5pm, next fri, in 3h, every month on the 1st at 9am"
_LONGEST_SHOWN = 60


def unreadable(text: str, error: MisreadError) -> UnreadableTimeError:
    """Return the error for the user."""
    shown = _shown(text)
    what = f'can\'t read "{shown}" as a time' if shown else "can't read nothing as a time"
    return UnreadableTimeError(what, why=_why(error, text.strip().lower()), hint=error.hint or _example(error))


def _shown(text: str) -> str:
    kept = "".join(letter if letter.isprintable() else "?" for letter in text.strip()[: _LONGEST_SHOWN + 1])
    kept = kept.encode("utf-8", "replace").decode("utf-8")
    return kept if len(kept) <= _LONGEST_SHOWN else kept[: _LONGEST_SHOWN - 1] + "…"


def _why(error: MisreadError, text: str) -> str:
    token = error.at
    if error.why or token is None:
        return error.why
    if token.kind == "end_of_text":
        return "something is missing at its end"
    typed = text[token.start : token.end]
    word = typed if tuple(typed.split()) in PAIRS else token.text[:_LONGEST_SHOWN]  # two words that are one
    if token.kind in {"name", "junk"}:
        near = nearest(word)
        return f'"{word}" is not a word I know' + (f'; did you mean "{near}"?' if near else "")
    return f'"{word}" does not fit there'


def _example(error: MisreadError) -> str:
    token = error.at
    if token is not None and token.kind == "name" and (near := nearest(token.text)):
        return _BY_KIND.get(WORDS[near][0], _EXAMPLE)
    return _EXAMPLE


_BY_KIND = {
    "every": "every month on the 1st at 9am",
    "weekday": "next friday at 5pm",
    "month": "march 5 at 9am",
    "unit": "in 3 days, every 2 weeks",
    "dayname": "tomorrow 5pm",
    "freq": "every month on the 1st at 9am",
}


def nearest(word: str, most: int = 2) -> str:
    """Return the word of the language that is most like this one; "" if none is near.

    Args:
        most: so many letters may be wrong in a word of six or more, one in a shorter one.
    """
    if not 3 <= len(word) <= 12 or not word.isalpha():
        return ""
    most = 1 if len(word) < 6 else most
    alike = (each for each in WORDS if len(each) > 2 and abs(len(each) - len(word)) <= most)
    known = [each for each in alike if each[0] == word[0] or each[-2:] == word[-2:]]
    distance, found = min(((_distance(word, each), each) for each in known), default=(9, ""))
    return found if distance <= most else ""


def _distance(one: str, other: str) -> int:
    """Return how many letters have to be put in, left out, changed or swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
