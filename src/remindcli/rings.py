"""How a task rings, as it is typed: alerts, nagging, conditions, a folder; each checked before it is written."""

import re
import shlex
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from remindcli.core import nagging, when
from remindcli.core.alert import FURTHEST, DayAlert
from remindcli.core.safe import safe
from remindcli.core.task import AT_DUE, Conditions
from remindcli.core.when import Options
from remindcli.errors import UnreadableTimeError, UsageError

COMMAND_LIMIT = 4000
"""Characters of a command; a longer one belongs in a file."""

REPOSITORIES = (".git", ".hg", ".jj", ".svn", ".pijul", ".fslckout")
"""What stands in the root of a repository."""

_COUNTS = {"a": 1, "one": 1, "the": 1, "two": 2, "three": 3}
_DAYS_BEFORE = re.compile(
    r"\b(?:on )?(?P<same>the same day|same day|the day(?! before)|that day)"
    r"|\b(?:on )?(?:(?P<count>the|a|one|two|three|\d{1,3}) )?(?P<unit>days?|weeks?) before"
    r"|\b(?:on |in )?the (?P<part>morning|afternoon|evening|night) before",
    re.ASCII,
)
_MIDNIGHTS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
"""From where an hour is read: of whatever day it is asked, it is of that day; "thursday 9am" is not."""

_ZONE = ZoneInfo("UTC")


class Alerts(NamedTuple):
    """The alerts of a task: offsets from due, and times of a day."""

    offsets: tuple[timedelta, ...]
    at_hours: tuple[DayAlert, ...]


def alerts_of(words: Iterable[str], options: Options) -> Alerts:
    """Return what alerts mean: a span before due ("1d"), or an hour of a day ("9am the day before"); "none" is silent.

    Raises:
        UnreadableTimeError: one is neither.
    """
    typed = [" ".join(word.lower().split()) for word in words]
    if typed == ["none"]:
        return Alerts((), ())
    offsets: set[timedelta] = set()
    at_hours: set[DayAlert] = set()
    for word in typed:
        alert = AT_DUE if word == "0" else _day_alert(word, options)
        if alert is None:
            try:
                alert = -when.parse_span(word.removesuffix(" before"))
            except UnreadableTimeError:
                raise UnreadableTimeError(
                    f'can\'t read "{safe(word, 60)}" as an alert',
                    hint='1d, 1h30m, 0 (at due), none, "9am the day before", "8pm 2 days before", "9am on the day"',
                ) from None
        if isinstance(alert, DayAlert):
            at_hours.add(alert)
        else:
            offsets.add(alert)
    return Alerts(tuple(sorted(offsets)), tuple(sorted(at_hours, key=lambda one: (-one.days_before, one.at))))


def _day_alert(word: str, options: Options) -> DayAlert | timedelta | None:
    """Return the day and the hour that an alert names; a span where it names no hour; None if it names neither."""
    found = _DAYS_BEFORE.search(word)
    if found is None:
        hour = _hour(word)
        return None if hour is None else DayAlert(0, hour)
    rest = f"{word[: found.start()]} {word[found.end() :]}".replace(",", " ").strip().removesuffix(" on").strip()
    days = _days_before(found)
    if days > FURTHEST:
        raise UsageError(f"an alert can be {FURTHEST} days before due at the most")
    if not rest:
        if found["part"]:
            return DayAlert(days, getattr(options, found["part"]))
        return -timedelta(days=days) if days else None
    hour = _hour(f"{rest} in the {found['part']}") or _hour(rest) if found["part"] else _hour(rest)
    return None if hour is None else DayAlert(days, hour)


def _days_before(found: "re.Match[str]") -> int:
    if found["same"]:
        return 0
    if found["part"]:
        return 1
    count = found["count"] or "1"
    number = _COUNTS[count] if count in _COUNTS else int(count)
    return number * (7 if found["unit"].startswith("week") else 1)


def _hour(word: str) -> time | None:
    """Return the time of day that a word names ("9am", "at 21:00", "noon"); None if it names none."""
    # "in 20m" is an hour of today too, and is no hour of a day before
    if re.match(r"(in|for)? *[\d.]+ ?(s|m|h)", word):
        return None
    try:
        rules = [when.parse(word, now=midnight, zone=_ZONE).rule for midnight in _MIDNIGHTS]
    except UsageError:
        return None
    for rule, midnight in zip(rules, _MIDNIGHTS, strict=True):
        if rule.is_all_day or rule.rrule is not None or rule.dtstart.date() != midnight.date():
            return None
    return rules[0].dtstart.time().replace(second=0, microsecond=0)


def nag_of(word: str | None) -> timedelta | None:
    """Return after which span it is told again: "on" is the usual one, "off" is zero; None was not asked."""
    if word is None:
        return None
    if word.lower() in ("off", "no", "none"):
        return timedelta(0)
    span = nagging.DEFAULT if word.lower() in ("on", "yes") else when.parse_span(word)
    if not nagging.SHORTEST <= span <= nagging.LONGEST:
        raise UsageError(f'can\'t nag every "{safe(word, 20)}"', hint="from 1m to 30d, such as --nag=5m; --nag=off")
    return span


def conditions_of(
    *, only_if: str | None, until_ok: str | None, run: str | None, folder: str, before: Conditions
) -> Conditions:
    """Return the commands that have a say; "" takes one away, None leaves it as it was.

    Args:
        folder: where the new ones run.
        before: what the task has already.

    Raises:
        UsageError: one can't be read as the words of a command, or two exclude each other.
    """
    asked = {"only_if": only_if, "until_ok": until_ok, "run": run}
    given = {name: checked_command(text) for name, text in asked.items() if text is not None}
    if not given:
        return before
    after = {name: given.get(name, getattr(before, name)) for name in asked}
    if after["run"] and after["until_ok"]:
        raise UsageError(
            "--run and --until-ok exclude each other",
            why="what runs in place of telling is not told again",
            hint="leave one of them out",
        )
    return Conditions(**after, folder=folder if any(after.values()) else "")


def checked_command(text: str) -> str:
    """Return a command as it is kept; its words are those that a shell would make, and no shell runs it.

    Raises:
        UsageError: quotes are open, or it can't be kept.
    """
    command = text.strip()
    if "\0" in command or not command.isprintable() or len(command) > COMMAND_LIMIT:
        raise UsageError(
            "that can't be a command",
            why=f"it is one line of at most {COMMAND_LIMIT:,} characters",
            hint="use a script",
        )
    try:
        words_of(command)
    except ValueError as error:
        raise UsageError(
            f'can\'t read the command "{safe(command, 60)}"', why=str(error).lower(), hint="close its quotes"
        ) from None
    return command


def words_of(command: str) -> list[str]:
    """Return the words of a command as a shell would make them; nothing in them is expanded.

    Raises:
        ValueError: quotes are open.
    """
    return shlex.split(command)


def bound_folder(cwd: Path) -> Path:
    """Return the folder to which a task is bound that is written in a folder: its repository's root, else itself."""
    folder = cwd.resolve()
    for parent in (folder, *folder.parents):
        if any((parent / name).exists() for name in REPOSITORIES):
            return parent
    return folder
