"""What may stand at the cursor: the hidden command that the shells' completion scripts ask.

`remind __complete zsh WORD... :CURRENT` (fish and powershell alike), and for bash, which parts words in its own way,
`remind __complete bash COMP_TYPE REPLACED LINE`. Nothing here may be slow: no typer, no SQLAlchemy, no rich.
"""

from collections.abc import Sequence

from remindcli.cli import completion_line as line
from remindcli.cli.completion_places import Place, place_of
from remindcli.cli.completion_values import Answer, answer_for
from remindcli.cli.environment import Environment
from remindcli.cli.session import Session
from remindcli.core.safe import safe

_ABOUT_CHARACTERS = 78
_WIDEST_VALUE = 24
_LISTS = ("33", "63", "64")
"""The values of COMP_TYPE with which bash shows a list and inserts at most what all its entries begin with."""

_LISTS_ONLY = "63"


def answer(argv: Sequence[str], environment: Environment) -> int:
    """Print the answers, a line each; what goes wrong is never the business of a person who pressed a key."""
    try:
        lines = _lines(argv, Session(environment))
        environment.stdout.write("".join(f"{text}\n" for text in lines))
        environment.stdout.flush()
    except Exception:  # noqa: BLE001, S110 (an error here would be printed into the line that is being typed)
        pass
    return 0


def _lines(argv: Sequence[str], session: Session) -> list[str]:
    shell, *rest = argv
    if shell == "bash":
        comp_type, replaced, typed = rest
        parted = line.split(typed)
        place = place_of(parted.words, parted.current)
        return _for_bash(_answer(place, session), place, parted, comp_type, replaced)
    words = [line.unquoted(word) for word in rest[:-1]]
    place = place_of(words, line.unquoted(rest[-1].removeprefix(":")))
    found = _answer(place, session)
    if found.is_files:
        return [f"\tfiles\t{place.lead}"]
    pairs = [(place.lead + value, about) for value, about in found.pairs]
    match shell:
        case "zsh":
            return ["\treplace"] * found.is_id_for_text + [
                f"{value}\t{row}" for (value, _), row in zip(pairs, _rows(pairs), strict=True)
            ]
        case "fish":
            # fish offers only what resembles the word that was typed.
            return [] if found.is_id_for_text else [f"{value}\t{about}" for value, about in pairs]
        case _:
            return [f"{line.for_powershell(value)}\t{about or value}" for value, about in pairs]


def _answer(place: Place, session: Session) -> Answer:
    """Return the answer without what can't be inserted as it is, its descriptions harmless."""
    found = answer_for(place, session)
    pairs = [(value, safe(about, _ABOUT_CHARACTERS)) for value, about in found.pairs if value and value == safe(value)]
    return found.but(pairs=pairs)


def _for_bash(found: Answer, place: Place, parted: line.Line, comp_type: str, replaced: str) -> list[str]:
    if found.is_files:
        return ["\tfiles"]
    # Readline replaces only what follows the last of its own word breaks, such as the colon of is:done.
    kept = len(parted.current) - len(line.unquoted(parted.quote + replaced))
    pairs = []
    for value, about in found.pairs:
        typed = line.for_bash((place.lead + value)[max(kept, 0) :], parted.quote)
        if typed:
            pairs.append((typed, about))
    if len(pairs) == 1:
        return [pairs[0][0]]
    if found.is_id_for_text and comp_type != _LISTS_ONLY:
        # What several ids have in common must not take the place of the text that was typed.
        return []
    return _rows(pairs) if comp_type in _LISTS else [typed for typed, _ in pairs]


def _rows(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return a row to show for each pair: the value, and beside it what it is."""
    width = min(max((len(value) for value, about in pairs if about), default=0), _WIDEST_VALUE)
    return [f"{value:<{width}}  -- {about}" if about else value for value, about in pairs]
