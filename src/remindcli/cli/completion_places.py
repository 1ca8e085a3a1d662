"""Where the cursor stands: which verb, which of its words, which option's value."""

from collections.abc import Sequence

from remindcli.cli.completion_table import TABLE
from remindcli.core.fields import Value

ALIASES = {"a": "add", "d": "done", "s": "snooze", "ls": "list"}
"""As in app.ALIASES, which typer stands behind; a test compares."""


class Option(Value):
    """An option: its names, the long one last, and whether a value follows."""

    names: tuple[str, ...]
    has_value: bool
    help: str


class Verb:
    """A command with its options, and the commands under it."""

    def __init__(self, about: str) -> None:
        self.help = about
        self.options: list[Option] = []
        self.verbs: dict[str, Verb] = {}

    def option(self, name: str) -> Option | None:
        """Return the option of that name."""
        return next((option for option in self.options if name in option.names), None)


class Place:
    """Where the cursor stands.

    Attributes:
        path: the verb's name, "" before one was typed.
        words: what stands after the verb and is no option.
        values: the values of the options that were given, by the long name.
        option: the long name of the option whose value is typed; "" if none is.
        is_literal: `--` was typed.
        typed: what is typed of the word or the value.
        lead: what stands before it in the same word, such as "--due=".
    """

    def __init__(self, verb: Verb, path: str = "", typed: str = "") -> None:
        self.verb = verb
        self.path = path
        self.words: list[str] = []
        self.values: dict[str, str] = {}
        self.option = ""
        self.is_literal = False
        self.typed = typed
        self.lead = ""


def root() -> Verb:
    """Return the tree of verbs."""
    top = Verb("")
    for row in TABLE.strip().splitlines():
        head, _, about = row.partition("  ")
        words = head.split()
        names = tuple(word for word in words if word.startswith("-"))
        path = words[: words.index(names[0])] if names else words
        verb = top
        for name in path if names else path[:-1]:
            verb = verb.verbs[name]
        if names:
            verb.options.append(Option(names, has_value=not words[-1].startswith("-"), help=about))
        else:
            verb.verbs[path[-1]] = Verb(about)
    return top


def place_of(words: Sequence[str], current: str) -> Place:
    """Return where the cursor stands.

    Args:
        words: the whole words before it, the program's name among them.
        current: the word at the cursor, up to it.
    """
    place = Place(root())
    # Assignments may stand before the name: REMIND_DB=x remind …
    begin = next((number for number, word in enumerate(words) if "=" not in word), len(words)) + 1
    for word in words[begin:]:
        _pass(place, word)
    place.typed = current
    if place.option or place.is_literal or not current.startswith("-"):
        return place
    name, equals, value = current.partition("=")
    option = place.verb.option(name)
    if equals and name.startswith("--") and option is not None and option.has_value:
        place.option, place.typed, place.lead = option.names[-1], value, name + equals
    elif not current.startswith("--") and len(current) > 2:
        option = place.verb.option(current[:2])
        if option is not None and option.has_value:
            place.option, place.typed, place.lead = option.names[-1], current[2:], current[:2]
    return place


def _pass(place: Place, word: str) -> None:
    """Go over one whole word."""
    if place.option:
        place.values[place.option], place.option = word, ""
    elif place.is_literal or not word.startswith("-") or word == "-":
        known = None if place.words or place.is_literal else place.verb.verbs.get(_meant(place, word))
        if known is None:
            place.words.append(word)
        else:
            place.path = f"{place.path} {_meant(place, word)}".strip()
            place.verb = known
    elif word == "--":
        place.is_literal = True
    elif word.startswith("--"):
        name, equals, value = word.partition("=")
        _give(place, place.verb.option(name), value if equals else None)
    else:
        for number in range(1, len(word)):
            option = place.verb.option(f"-{word[number]}")
            if option is not None and option.has_value:
                _give(place, option, word[number + 1 :] or None)
                return


def _meant(place: Place, word: str) -> str:
    return word if place.path else ALIASES.get(word, word)


def _give(place: Place, option: Option | None, value: str | None) -> None:
    """Note an option's value, or that it comes next."""
    if option is None or not option.has_value:
        return
    if value is None:
        place.option = option.names[-1]
    else:
        place.values[option.names[-1]] = value
