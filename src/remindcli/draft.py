"""What was typed of a task, taken apart: title, time, tags, list, priority; each checked before it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from remindcli.core import when
from remindcli.core.safe import safe
from remindcli.core.task import CatchUp
from remindcli.core.when import Options, Reading
from remindcli.errors import UsageError

TITLE_LIMIT = 1000
"""Characters of a title; a longer text belongs in the note."""

NOTE_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What was asked of add or edit, as it was typed; None or empty was not asked.

    Attributes:
        words: the words of the task, a time phrase and the tokens +tag @list p1 among them.
        is_literal: nothing in the words is read as a time or a token.
    """

    words: Sequence[str] = ()
    is_literal: bool = False
    due: str | None = None
    every: str | None = None
    alerts: Sequence[str] = ()
    tags: Sequence[str] = ()
    list_name: str | None = None
    priority: str | None = None
    note: str | None = None
    channels: Sequence[str] = ()
    catch_up: str | None = None
    zone: str | None = None
    is_strict_day: bool = False
    nag: str | None = None
    only_if: str | None = None
    until_ok: str | None = None
    run: str | None = None
    is_here: bool | None = None
    until: str | None = None
    count: int | None = None

    @property
    def has_end(self) -> bool:
        """Return whether it says when a series ends."""
        return self.until is not None or self.count is not None


@dataclass(frozen=True, slots=True)
class Parts:
    """A draft, taken apart; None was not asked.

    Attributes:
        title: what is left of the words, as it was typed; may be empty.
        reading: what was read as time.
    """

    title: str
    tags: tuple[str, ...]
    list_name: str | None
    priority: int | None
    reading: Reading


def take_apart(draft: Draft, *, now: datetime, zone: ZoneInfo, options: Options) -> Parts:
    """Return the parts of a draft: a time is read at the start or the end of the words, tokens anywhere.

    Raises:
        UsageError: a name or a priority can't be used.
    """
    words = list(draft.words)
    tags = [tag.removeprefix("+") for tag in draft.tags if not tag.startswith("-")]
    list_name, priority = draft.list_name, draft.priority
    if not draft.is_literal:
        single = _split_single(words)
        kept = []
        for word in single:
            if _is_token(word, "+"):
                tags.append(word[1:])
            elif _is_token(word, "@"):
                list_name = word[1:]
            elif word.lower() in ("p1", "p2", "p3"):
                priority = word
            else:
                kept.append(word)
        words = kept if len(kept) != len(single) else words
    if draft.is_literal or draft.due is not None or draft.every is not None or not words:
        reading = Reading(title=" ".join(words).strip(), when=None)
    else:
        reading = when.read_sentence(words, now=now, zone=zone, options=options)
    return Parts(
        title=reading.title,
        tags=checked_tags(tags),
        list_name=None if list_name is None else checked_list(list_name),
        priority=None if priority is None else checked_priority(priority),
        reading=reading,
    )


def _split_single(words: Sequence[str]) -> list[str]:
    """Return the words; a single argument with spaces in it is a sentence, and is split."""
    return words[0].split() if len(words) == 1 else list(words)


def _is_token(word: str, sign: str) -> bool:
    return len(word) > 1 and word.startswith(sign) and word[1].isalpha()


def _name(word: str, kind: str) -> str:
    cleaned = word.strip()
    if not cleaned or cleaned.startswith("-") or any(c.isspace() or not c.isprintable() or c in ",;" for c in cleaned):
        raise UsageError(
            f'"{safe(word, 40)}" can\'t be the name of a {kind}', hint=f"a {kind} is one word such as home"
        )
    if len(cleaned) > 100:
        raise UsageError(f"the name of a {kind} is longer than 100 characters")
    return cleaned


def checked_priority(word: str) -> int:
    """Return a priority as it is kept: 1 is the highest, 0 none.

    Raises:
        UsageError: there is none of that name.
    """
    levels = {"1": 1, "2": 2, "3": 3, "high": 1, "medium": 2, "low": 3, "none": 0, "0": 0}
    level = levels.get(word.lower().removeprefix("p"))
    if level is None:
        raise UsageError(f'there is no priority "{safe(word, 20)}"', hint="priorities: p1 (high), p2, p3 (low), none")
    return level


def catch_up_of(word: str | None) -> CatchUp:
    """Return what is to be done with times that passed; the latest of them counts where nothing was asked.

    Raises:
        UsageError: it is no such word.
    """
    if word is None:
        return CatchUp.LATEST
    try:
        return CatchUp(word)
    except ValueError:
        raise UsageError(f'there is no catch-up "{safe(word, 20)}"', hint="catch-up: latest, all, skip") from None


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are kept, each once.

    Raises:
        UsageError: one can't be a name.
    """
    return tuple(_name(tag, "tag") for tag in dict.fromkeys(tags))


def checked_list(name: str) -> str:
    """Return the name of a list as it is kept; "" is none.

    Raises:
        UsageError: it can't be a name.
    """
    return _name(name, "list") if name else ""


def checked_title(title: str) -> str:
    """Return the title as it is kept: no NUL and no lone surrogate, which no database keeps.

    Raises:
        UsageError: it is empty, can't be kept, or is longer than TITLE_LIMIT characters.
    """
    if "\0" in title:
        raise UsageError("a title can't hold a NUL byte", hint="leave it out")
    cleaned = title.encode("utf-8", "replace").decode("utf-8").strip()
    if not safe(cleaned).strip():
        raise UsageError("there is nothing to remind of", why="the title is empty", hint="remind add call bob")
    if len(cleaned) > TITLE_LIMIT:
        raise UsageError(
            f"the title has {len(cleaned):,} characters",
            why=f"{TITLE_LIMIT:,} are enough for a title",
            hint="put the rest into --note",
        )
    return cleaned


def checked_note(note: str) -> str:
    """Return a note as it is kept: no NUL and no lone surrogate, which no database keeps.

    Raises:
        UsageError: it can't be kept, or is longer than NOTE_LIMIT characters.
    """
    if "\0" in note:
        raise UsageError("a note can't hold a NUL byte", hint="leave it out")
    if len(note) > NOTE_LIMIT:
        raise UsageError(f"the note has {len(note):,} characters", why=f"{NOTE_LIMIT:,} are kept at the most")
    return note.encode("utf-8", "replace").decode("utf-8")
