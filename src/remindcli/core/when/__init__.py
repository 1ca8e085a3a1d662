"""Times as people write them: understood whole, or refused.

    from remindcli.core.when import parse
    parse("every month on the 31st at 9am", now=now, zone=zone).rule.rrule

The way of a phrase (understand.py): lexer.py makes tokens by the tables of words.py; phrase.py hands each to those who
can read it (dates, months, holidays, shapes, times, counted, ranges, recurring), who fill a draft; single.py or
series.py makes the draft a Rule. docs/time.md is the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from remindcli.core.when.reading import Options, Reading, When
from remindcli.core.when.spans import parse_span
from remindcli.core.when.understand import ask, parse_with

TYPE_CHECKING = False  # see core/fields.py
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = ["Options", "Reading", "When", "combine", "parse", "parse_span", "read_sentence"]

_DEFAULT = Options()


def parse(text: str, *, now: datetime, zone: ZoneInfo, options: Options = _DEFAULT) -> When:
    """Return the time that the whole phrase names.

    Args:
        text: words, ISO 8601, or RRULE text.
        now: aware; the moment of asking.
        zone: the local zone.
        options: the settings.

    Raises:
        UnreadableTimeError: some of it is not understood, or it may mean two things.
        InvalidRuleError: it is RRULE text that cannot be used.
    """
    return parse_with(text, ask(now, zone, options))


def read_sentence(words: Sequence[str] | str, *, now: datetime, zone: ZoneInfo, options: Options = _DEFAULT) -> Reading:
    """Return the title and the time of a sentence; the time stands at its start or its end.

    Args:
        words: as the shell gives them: a word that holds spaces was quoted, and is text; but one word alone is a
            whole sentence.
        now: aware; the moment of asking.
        zone: the local zone.
        options: the settings.
    """
    from remindcli.core.when import sentence  # noqa: PLC0415 (of words with a title alone)

    return sentence.read(words, ask(now, zone, options))


def combine(due: str | None, every: str | None, *, now: datetime, zone: ZoneInfo, options: Options = _DEFAULT) -> When:
    """Return the time that --due and --every name together.

    Args:
        due: the first time, and the time of day; None leaves both to `every`.
        every: "2 weeks", "every mon", "mon,fri", or RRULE text; None is a single time.
        now: aware; the moment of asking.
        zone: the local zone.
        options: the settings.

    Raises:
        UnreadableTimeError: one of them is not understood, or they contradict each other.
        InvalidRuleError: RRULE text that cannot be used.
    """
    from remindcli.core.when.both import together  # noqa: PLC0415 (of --due and --every alone)

    return together(due, every, ask(now, zone, options))
