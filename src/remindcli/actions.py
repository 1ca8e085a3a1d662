"""The verbs over words: what the command line and the interactive view do to tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from remindcli import nudge
from remindcli.clock import Clock
from remindcli.core.filters import LIVE, Filter
from remindcli.core.rule import Planned
from remindcli.core.task import Occurrence, Task, TaskState
from remindcli.core.when import When
from remindcli.errors import NotFoundError, StoreError
from remindcli.language import options_of, past_instant, read_filter
from remindcli.moments import Here, coming, is_time, move_to, ring_at
from remindcli.selection import Selected, select
from remindcli.settings import Settings
from remindcli.store.asked import Closed, Move, NewTask, Seen, Snoozed, TaskChange
from remindcli.store.journal import Step
from remindcli.store.reading import Item
from remindcli.store.store import Store

if TYPE_CHECKING:
    from remindcli.draft import Draft
    from remindcli.drafting import Drafting

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Understood:
    """A task as it was understood, written or not.

    Attributes:
        item: the task where it stands; None after a dry run.
        new: what was, or would be, written.
        when: the time that was read; None if there is none.
        read: the words that were read as time.
        hint: what the words may have meant otherwise.
        coming: the next planned times.
    """

    item: Item | None
    new: NewTask
    when: When | None
    read: str
    hint: str
    coming: Sequence[Planned]


@dataclass(frozen=True, slots=True)
class Moved:
    """One occurrence of a series that is due at another time than it was."""

    task: Task
    before: Occurrence
    to: Move


@dataclass(frozen=True, slots=True)
class Edited:
    """Tasks that were changed.

    Attributes:
        notes: what was decided where the words left room.
        moved: the occurrences of series that were moved by it.
    """

    items: Sequence[Item]
    notes: Sequence[str] = ()
    moved: Sequence[Moved] = ()


class Actions:
    """The verbs over one store.

    Args:
        known_channels: the names that `--channel` takes.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings, *, known_channels: Sequence[str]) -> None:
        self.store = store
        self._clock = clock
        self._settings = settings
        self.known_channels = tuple(known_channels)

    def catch_up(self) -> None:
        """Spawn what came due while no daemon ran; a store that can't be written is read as it is."""
        try:
            self.store.queue.catch_up()
        except StoreError:
            return

    # -- which tasks ---------------------------------------------------------

    def select(self, words: Sequence[str], *, states: Sequence[TaskState] = LIVE) -> Selected:
        """Return the tasks that words mean: see selection.select."""
        views = self._settings.views("views")
        return select(self.store, words, read=self._read_filter, states=states, views=views)

    def _read_filter(self, words: Sequence[str]) -> Filter:
        return read_filter(words, self._settings, now=self._clock.now(), zone=self._clock.zone())

    def all_ringing(self) -> list[int]:
        """Return all that has rung and is not answered, the latest first."""
        return [item.task.id for item in self.store.ringing()]

    def split_time(self, words: Sequence[str], *, begin: int = 0) -> tuple[list[str], str | None]:
        """Return which tasks and when: the longest time at the end of the words, else all of them name tasks.

        Args:
            begin: the number of words that name tasks whatever follows.
        """
        here = self.here()
        for first in range(begin, len(words)):
            phrase = " ".join(words[first:])
            if first == 0 and len(words) == 1 and phrase.isdigit():
                break  # a lone number is an id
            if is_time(phrase, here):
                return list(words[:first]), phrase
        return list(words), None

    # -- verbs ---------------------------------------------------------------

    def add(self, draft: "Draft", *, folder: Path, is_dry_run: bool = False) -> Understood:
        """Write a task down.

        Args:
            folder: where it is written: there its commands run, and to it --here binds.

        Raises:
            UsageError: the title is missing or a word can't be used; nothing was written.
        """
        drafting = self._drafting(draft, folder)
        new = drafting.new_task()
        planned = coming(drafting.when, self.here(drafting.zone))
        item = None
        if not is_dry_run:
            item = self.store.add(new)
            self.look()
        return Understood(item, new, drafting.when, drafting.reading.read, drafting.reading.hint, planned)

    def done(self, ids: Sequence[int], *, at: str | None = None) -> list[Closed]:
        """Complete the current occurrence of tasks."""
        done_at = None
        if at is not None:
            done_at = past_instant(
                at, now=self._clock.now(), zone=self._clock.zone(), options=options_of(self._settings)
            )
        return self._change(self.store.complete, ids, done_at=done_at)

    def undone(self, ids: Sequence[int]) -> list[Item]:
        """Open again what was done or skipped last of tasks."""
        return self._change(self.store.reopen, ids)

    def skip(self, ids: Sequence[int]) -> list[Closed]:
        """Leave out the current occurrence of tasks."""
        return self._change(self.store.skip, ids)

    def snooze(self, ids: Sequence[int], until: str | None) -> list[Snoozed]:
        """Put the alerts of tasks off: until a time or for a span, else for as long as the settings say."""
        here = self.here()
        if until is None:
            moment = here.now + timedelta(minutes=self._settings.number("snooze_minutes"))
        else:
            moment = ring_at(until, here)
        return self._change(self.store.snooze, ids, moment)

    def acknowledge(self, ids: Sequence[int]) -> list[Item]:
        """Nag no more of tasks until their next alert; return those that nagged."""
        return self._change(self.store.acknowledge, ids)

    def move(self, ids: Sequence[int], phrase: str) -> list[Item]:
        """Make the current occurrence of tasks due at another time."""
        return self._change(self.store.move_all, ids, move_to(phrase, self.here()))

    def edit(self, ids: Sequence[int], draft: "Draft", *, folder: Path, scope: str | None = None) -> Edited:
        """Change tasks. Due and time mean this occurrence; words, tags and rule the series.

        Args:
            folder: as add has it.
            scope: "this" or "series" where the user says which; None is as above.

        Raises:
            UsageError: nothing is changed by it, or a word can't be used.
        """
        drafting = self._drafting(draft, folder)
        change = drafting.change(ids)
        before = {one: self.store.item(one) for one in ids}
        changes = {one: drafting.change_of(item, change, scope) for one, item in before.items()}
        items = self._change(self.store.edit_all, changes)
        moved = [
            Moved(before[one].task, occurrence, change.move)
            for one, change in changes.items()
            if change.move is not None and before[one].task.is_recurring
            for occurrence in [before[one].occurrence]
            if occurrence is not None
        ]
        return Edited(items, drafting.when.notes if drafting.when else (), moved)

    def change(self, changes: Mapping[int, TaskChange]) -> list[Item]:
        """Change tasks, each in its own way."""
        return self._change(self.store.edit_all, changes)

    def tag(self, ids: Sequence[int], *, add: Sequence[str], remove: Sequence[str]) -> list[Item]:
        """Put tags on tasks and take tags off."""
        from remindcli.draft import checked_tags  # noqa: PLC0415

        change = TaskChange(add_tags=checked_tags(add), remove_tags=tuple(remove))
        return self._change(self.store.edit_all, dict.fromkeys(ids, change), "tag")

    def note(self, ids: Sequence[int], text: str, *, is_instead: bool) -> list[Item]:
        """Add a line to the notes of tasks, or put it in their place."""
        from remindcli.draft import checked_note  # noqa: PLC0415

        changes = {}
        for item in map(self.store.item, ids):
            before = "" if is_instead or not item.task.note else item.task.note.rstrip("\n") + "\n"
            note = checked_note(before + text)
            changes[item.task.id] = TaskChange(note=note, seen=Seen(item.task, is_series=True))
        return self._change(self.store.edit_all, changes, "note")

    def remove(self, ids: Sequence[int]) -> list[Item]:
        """Take tasks out of sight."""
        return self._change(self.store.delete, ids)

    def pause(self, ids: Sequence[int]) -> list[Item]:
        """Keep tasks from ringing until they are resumed."""
        return self._change(self.store.pause, ids)

    def resume(self, ids: Sequence[int]) -> list[Item]:
        """Let paused tasks ring again, and bring deleted ones back."""
        return self._change(self.store.resume, ids)

    def undo(self, count: int = 1) -> list[Step]:
        """Take the last user actions back, the latest first.

        Raises:
            NotFoundError: there is none.
        """
        steps = self._change(self.store.undo_all, count)
        if not steps:
            raise NotFoundError("there is nothing to undo")
        return steps

    def redo(self, count: int = 1) -> list[Step]:
        """Make the user actions that were last taken back again.

        Raises:
            NotFoundError: there is none.
        """
        steps = self._change(self.store.redo_all, count)
        if not steps:
            raise NotFoundError("there is nothing to redo", why="nothing was undone since the last change")
        return steps

    # -- reading words -------------------------------------------------------

    def here(self, zone: ZoneInfo | None = None) -> Here:
        """Return where and when words are read now."""
        return Here(
            now=self._clock.now(),
            zone=zone or self._clock.zone(),
            options=options_of(self._settings),
            all_day_at=self._settings.time_of("all_day_at"),
        )

    def _drafting(self, draft: "Draft", folder: Path) -> "Drafting":
        from remindcli.drafting import Drafting  # noqa: PLC0415 (of add and edit alone)

        return Drafting(draft, self.here(), folder=folder, known_channels=self.known_channels)

    # -- writing -------------------------------------------------------------

    def _change(self, method: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        result = method(*args, **kwargs)
        self.look()
        return result

    def look(self) -> None:
        """Tell the daemon to look again, if one runs."""
        nudge.send(self.store.path)
