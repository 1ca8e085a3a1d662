"""The verbs over words: what the command line, and later a notification's buttons, do to tasks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from remindcli import nudge
from remindcli.channel_tables import check_order
from remindcli.clock import Clock
from remindcli.core import when
from remindcli.core.filters import LIVE, Filter
from remindcli.core.rule import Planned, Rule
from remindcli.core.task import NO_CONDITIONS, Conditions, Occurrence, Task, TaskState
from remindcli.core.when import When
from remindcli.draft import Draft, Parts, catch_up_of, checked_note, checked_tags, checked_title, take_apart
from remindcli.errors import NotFoundError, StoreError, UsageError
from remindcli.language import options_of, past_instant, read_filter, zone_named
from remindcli.moments import Here, as_move, coming, from_current, is_time, move_to, ring_at, series_rule, with_end
from remindcli.rings import alerts_of, bound_folder, conditions_of, nag_of
from remindcli.selection import Selected, select
from remindcli.settings import Settings
from remindcli.store.asked import Closed, Move, NewTask, Seen, Snoozed, TaskChange
from remindcli.store.journal import Step
from remindcli.store.reading import Item
from remindcli.store.store import Store

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

    def add(self, draft: Draft, *, folder: Path, is_dry_run: bool = False) -> Understood:
        """Write a task down.

        Args:
            folder: where it is written: there its commands run, and to it --here binds.

        Raises:
            UsageError: the title is missing or a word can't be used; nothing was written.
        """
        now, zone = self._clock.now(), self._zone(draft.zone)
        parts = self._take_apart(draft, now, zone)
        read = parts.reading
        if not parts.title:
            raise UsageError(
                "there is nothing to remind of",
                why="the title is empty" if not read.read else f'"{read.read}" is the time; the title is missing',
                hint="remind add call bob tomorrow 5pm",
            )
        chosen = self._time_of(draft, read.when, now, zone)
        if draft.has_end and (chosen is None or chosen.rule.rrule is None):
            raise UsageError("what does not come back has no end", hint="remind add stretch every day 9am --count 10")
        new = NewTask(
            title=checked_title(parts.title),
            rule=chosen.rule if chosen else None,
            note=checked_note(draft.note or ""),
            list_name=parts.list_name or "",
            priority=parts.priority or 0,
            tags=parts.tags,
            channels=self._channels(draft.channels),
            catch_up=catch_up_of(draft.catch_up),
            nag_after=nag_of(draft.nag),
            conditions=self._conditions(draft, NO_CONDITIONS, folder),
            here=str(bound_folder(folder)) if draft.is_here else "",
        )
        if draft.alerts:
            alerts = alerts_of(draft.alerts, options_of(self._settings))
            new = replace(new, alerts=alerts.offsets, day_alerts=alerts.at_hours)
        if new.rule is None and (new.nag_after or new.conditions != NO_CONDITIONS):
            raise UsageError(
                "without a time it never rings",
                why="nagging and commands are of what rings",
                hint="remind add water the plants every friday 9am --nag",
            )
        planned = coming(chosen, self.here(zone))
        item = None
        if not is_dry_run:
            item = self.store.add(new)
            self.look()
        return Understood(item, new, chosen, read.read, read.hint, planned)

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

    def edit(self, ids: Sequence[int], draft: Draft, *, folder: Path, scope: str | None = None) -> Edited:
        """Change tasks. Due and time mean this occurrence; words, tags and rule the series.

        Args:
            folder: as add has it.
            scope: "this" or "series" where the user says which; None is as above.

        Raises:
            UsageError: nothing is changed by it, or a word can't be used.
        """
        now, zone = self._clock.now(), self._zone(draft.zone)
        parts = self._take_apart(draft, now, zone)
        chosen = self._time_of(draft, parts.reading.when, now, zone)
        if parts.title and len(ids) > 1:
            raise UsageError(f"one title for {len(ids)} tasks", hint="give each its own")
        change = TaskChange(
            title=checked_title(parts.title) if parts.title else None,
            note=None if draft.note is None else checked_note(draft.note),
            list_name=parts.list_name,
            priority=parts.priority,
            add_tags=parts.tags,
            remove_tags=tuple(word[1:] for word in draft.tags if word.startswith("-")),
            channels=self._channels(draft.channels) if draft.channels else None,
            catch_up=None if draft.catch_up is None else catch_up_of(draft.catch_up),
            nag_after=nag_of(draft.nag),
            here=None if draft.is_here is None else str(bound_folder(folder)) if draft.is_here else "",
        )
        if draft.alerts:
            alerts = alerts_of(draft.alerts, options_of(self._settings))
            change = replace(change, alerts=alerts.offsets, day_alerts=alerts.at_hours)
        has_commands = (draft.only_if, draft.until_ok, draft.run) != (None, None, None)
        if change == TaskChange() and chosen is None and not has_commands and not draft.has_end:
            raise UsageError("there is nothing to change", hint=f"remind edit {ids[0]} a new title friday 10am +tag")
        before = {one: self.store.item(one) for one in ids}
        changes = {one: self._with_time(change, item, chosen, scope, zone) for one, item in before.items()}
        if draft.has_end and (chosen is None or chosen.rule.rrule is None):
            if chosen is not None:
                raise UsageError("a time and an end at once", hint="give the end of the series by itself")
            for one, item in before.items():
                changes[one] = replace(
                    changes[one], rule=self._ended(item, draft), seen=Seen(item.task, is_series=True)
                )
        if has_commands:
            for one, item in before.items():
                conditions = self._conditions(draft, item.task.conditions, folder)
                changes[one] = replace(changes[one], conditions=conditions)
        items = self._change(self.store.edit_all, changes)
        moved = [
            Moved(before[one].task, occurrence, change.move)
            for one, change in changes.items()
            if change.move is not None and before[one].task.is_recurring
            for occurrence in [before[one].occurrence]
            if occurrence is not None
        ]
        return Edited(items, chosen.notes if chosen else (), moved)

    def _conditions(self, draft: Draft, before: Conditions, folder: Path) -> Conditions:
        return conditions_of(
            only_if=draft.only_if, until_ok=draft.until_ok, run=draft.run, folder=str(folder.resolve()), before=before
        )

    def _ended(self, item: Item, draft: Draft) -> Rule:
        """Return the rule of a task with another end; so many times are counted from the open one on."""
        rule, here = item.task.rule, self.here()
        if rule is None:
            raise UsageError("what has no time has no end", hint=f"remind edit {item.task.id} every day --count 10")
        begin = rule if draft.count is None else from_current(rule, item.occurrence, here.zone)
        return with_end(begin, here, until=draft.until, count=draft.count)

    def _with_time(
        self, change: TaskChange, item: Item, chosen: When | None, scope: str | None, zone: ZoneInfo
    ) -> TaskChange:
        """Return a change with what a time means to this task: its series, or its current occurrence."""
        if chosen is None:
            return change
        rule = item.task.rule
        is_series = chosen.rule.rrule is not None or scope == "series" or rule is None
        if not is_series:
            return replace(change, move=as_move(chosen, zone))
        if scope == "this":
            raise UsageError("a rule is of the whole series", hint="leave out --this, or give a time without a rule")
        # the rule is made from the one that was read: it must still be that one
        return replace(
            change, rule=series_rule(rule, chosen.rule, item.occurrence), seen=Seen(item.task, is_series=True)
        )

    def change(self, changes: Mapping[int, TaskChange]) -> list[Item]:
        """Change tasks, each in its own way."""
        return self._change(self.store.edit_all, changes)

    def tag(self, ids: Sequence[int], *, add: Sequence[str], remove: Sequence[str]) -> list[Item]:
        """Put tags on tasks and take tags off."""
        change = TaskChange(add_tags=checked_tags(add), remove_tags=tuple(remove))
        return self._change(self.store.edit_all, dict.fromkeys(ids, change), "tag")

    def note(self, ids: Sequence[int], text: str, *, is_instead: bool) -> list[Item]:
        """Add a line to the notes of tasks, or put it in their place."""
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

    def _take_apart(self, draft: Draft, now: datetime, zone: ZoneInfo) -> Parts:
        options = options_of(self._settings, is_strict_day=draft.is_strict_day)
        return take_apart(draft, now=now, zone=zone, options=options)

    def _time_of(self, draft: Draft, read: When | None, now: datetime, zone: ZoneInfo) -> When | None:
        """Return the time of a draft: of its options, else of its words; in the zone that it names."""
        chosen = read
        if draft.due is not None or draft.every is not None:
            options = options_of(self._settings, is_strict_day=draft.is_strict_day)
            chosen = when.combine(draft.due, draft.every, now=now, zone=zone, options=options)
        if chosen is not None and draft.has_end and chosen.rule.rrule is not None:
            ended = with_end(chosen.rule, self.here(zone), until=draft.until, count=draft.count)
            chosen = chosen.but(rule=ended)
        if chosen is not None and draft.zone is not None and chosen.rule.zone is None:
            return chosen.but(rule=chosen.rule.but(zone=zone.key))
        return chosen

    def _zone(self, name: str | None) -> ZoneInfo:
        return self._clock.zone() if name is None else zone_named(name)

    def _channels(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the channels that were typed; "" alone is none of its own."""
        chosen = tuple(dict.fromkeys(name for name in names if name))
        check_order(chosen, self.known_channels)
        return chosen

    # -- writing -------------------------------------------------------------

    def _change(self, method: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        result = method(*args, **kwargs)
        self.look()
        return result

    def look(self) -> None:
        """Tell the daemon to look again, if one runs."""
        nudge.send(self.store.path)
