"""What may stand where on the command line: a kind for each option and each place, and the words that never change."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto


class Kind(Enum):
    """What a word can be."""

    CATCH_UP = auto()
    CHANNEL = auto()
    FAILED_ID = auto()
    FILE = auto()
    FILTER = auto()
    ID = auto()
    ID_OR_SPAN = auto()
    ID_OR_TAG = auto()
    LIST = auto()
    MOMENT = auto()
    MOMENT_WORD = auto()
    NOTHING = auto()
    PAUSED_ID = auto()
    PRIORITY = auto()
    RECURRENCE = auto()
    SETTING = auto()
    SHELL = auto()
    SPAN = auto()
    TAG = auto()
    TIME_WORD = auto()
    WORD = auto()
    ZONE = auto()


OPTIONS: Mapping[str, Kind] = {
    "--alert": Kind.SPAN,
    "--catch-up": Kind.CATCH_UP,
    "--channel": Kind.CHANNEL,
    "--db": Kind.FILE,
    "--due": Kind.MOMENT,
    "--every": Kind.RECURRENCE,
    "--from": Kind.MOMENT,
    "--list": Kind.LIST,
    "--nag": Kind.SPAN,
    "--metrics-file": Kind.FILE,
    "--priority": Kind.PRIORITY,
    "--since": Kind.MOMENT,
    "--tag": Kind.TAG,
    "--tz": Kind.ZONE,
    "--until": Kind.MOMENT,
}
"""What the value of an option is; of one that is not named here nothing is known."""

PLACES: Mapping[str, tuple[Kind, ...]] = {
    "ack": (Kind.ID,),
    "add": (Kind.WORD,),
    "backup": (Kind.FILE, Kind.NOTHING),
    "backup restore": (Kind.FILE, Kind.NOTHING),
    "completion": (Kind.SHELL, Kind.NOTHING),
    "config get": (Kind.SETTING, Kind.NOTHING),
    "config set": (Kind.SETTING, Kind.NOTHING),
    "config unset": (Kind.SETTING, Kind.NOTHING),
    "done": (Kind.ID,),
    "edit": (Kind.ID, Kind.WORD),
    "export": (Kind.FILTER,),
    "failed drop": (Kind.FAILED_ID,),
    "failed retry": (Kind.FAILED_ID,),
    "import": (Kind.FILE, Kind.NOTHING),
    "forecast": (Kind.FILTER,),
    "list": (Kind.FILTER,),
    "lists": (Kind.FILTER,),
    "log": (Kind.FILTER,),
    "next": (Kind.FILTER,),
    "stats": (Kind.FILTER,),
    "tags": (Kind.FILTER,),
    "move": (Kind.ID, Kind.MOMENT_WORD),
    "pause": (Kind.ID,),
    "pick": (Kind.FILTER,),
    "resume": (Kind.PAUSED_ID,),
    "note": (Kind.ID, Kind.NOTHING),
    "rm": (Kind.ID,),
    "shell-init": (Kind.SHELL, Kind.NOTHING),
    "show": (Kind.ID, Kind.NOTHING),
    "skip": (Kind.ID,),
    "snooze": (Kind.ID_OR_SPAN,),
    "tag": (Kind.ID_OR_TAG,),
    "tui": (Kind.FILTER,),
    "undone": (Kind.ID,),
    "when": (Kind.TIME_WORD,),
    "why": (Kind.ID, Kind.NOTHING),
}
"""What the words after a verb are, in their order; the last one repeats. Verbs still to come stand here too."""

SHELLS = ("bash", "zsh", "fish", "powershell")
PRIORITIES = {"p1": "high", "p2": "middle", "p3": "low"}
CATCH_UPS = {"latest": "ring once for all that passed", "all": "ring for each, a backlog", "skip": "ring for none"}

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = ("week", "month", "year")
MOMENTS: Sequence[str] = (
    "today",
    "tonight",
    "tomorrow",
    "tomorrow morning",
    "tomorrow at 9am",
    "in 10 minutes",
    "in 30m",
    "in 1h",
    "in 2 hours",
    "in 3 days",
    "in a week",
    "in a fortnight",
    *_DAYS,
    *(f"next {name}" for name in (*_DAYS, *_PERIODS)),
    "this weekend",
    "noon",
    "midnight",
    "eod",
    "eow",
    "eom",
    "the day after tomorrow",
)
RECURRENCES: Sequence[str] = (
    "every day",
    "every day at 9am",
    "every weekday",
    "every weekend",
    "every week",
    *(f"every {day}" for day in _DAYS),
    "every mon,fri",
    "every other week",
    "every other friday",
    "every month",
    "every month on the 1st",
    "every month on the 15th",
    "every month on the last day",
    "every year",
    "every hour",
    "every hour from 9 to 17",
    "every 15 minutes",
    "every 3h",
    "every 2 days",
    "every 2 weeks",
    "every 3 months",
    "every! 3 days",
    "every 3rd friday",
    "every 15th and last",
)
SPANS = {"5m": "5 minutes", "10m": "10 minutes", "30m": "half an hour", "1h": "an hour", "3h": "3 hours", "1d": "a day"}


def next_words(phrases: Sequence[str], before: Sequence[str], typed: str) -> Iterator[tuple[str, str]]:
    """Yield the words that go on with a phrase, each with a whole phrase where it can go on further.

    Args:
        before: the words that stand before; the longest end of them that begins a phrase counts.
        typed: how the word begins.
    """
    parted = [phrase.split() for phrase in phrases]
    for count in range(min(len(before), max(map(len, parted)) - 1), -1, -1):
        tail = [word.lower() for word in before[len(before) - count :]]
        begun = [words for words in parted if words[:count] == tail and len(words) > count]
        if not begun:
            continue
        seen: dict[str, str] = {}
        for words in begun:
            if words[count].startswith(typed.lower()):
                seen.setdefault(words[count], " ".join(words) if len(words) > count + 1 else "")
        yield from seen.items()
        return
