"""The verbs: what the command line, and later a notification's buttons, do to tasks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from remindcli import nudge
from remindcli.clock import Clock
from remindcli.core import recurrence, when
from remindcli.core.rule import Planned, Rule
from remindcli.core.safe import safe
from remindcli.core.task import AT_DUE, Task
from remindcli.core.when import When
from remindcli.draft import Draft, Parts, alerts_of, catch_up_of, checked_note, checked_title, take_apart
from remindcli.errors import AmbiguousError, NotFoundError, StoreError, UnreadableTimeError, UsageError
from remindcli.language import options_of, past_instant, zone_named
from remindcli.settings import Settings
from remindcli.store.journal import Step
from remindcli.store.reading import Item
from remindcli.store.store import Closed, Move, NewTask, Snoozed, Store, TaskChange

_P = ParamSpec("_P")
_R = TypeVar("_R")

LONGEST_SNOOZE = timedelta(days=3660)


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
class Edited:
    """A task that was changed, and whether the change was of its series."""

    item: Item
    is_series: bool
    notes: Sequence[str] = ()


class Actions:
    """The verbs over one store.

    Args:
        known_channels: the names that `--channel` takes.
    """

    def __init__(self, store: Store, clock: Clock, settings: Settings, *, known_channels: Sequence[str]) -> None:
        self.store = store
        self._clock = clock
        self._settings = settings
        self._known_channels = tuple(known_channels)

    def catch_up(self) -> None:
        """Spawn what came due while no daemon ran; a store that can't be written is read as it is."""
        try:
            self.store.queue.catch_up()
        except StoreError:
            return

    # -- verbs ---------------------------------------------------------------

    def add(self, draft: Draft, *, is_dry_run: bool = False) -> Understood:
        """Write a task down.

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
        chosen = read.when
        if draft.due is not None or draft.every is not None:
            chosen = self._combine(draft, now, zone)
        if chosen is not None and draft.zone is not None and chosen.rule.zone is None:
            chosen = replace(chosen, rule=chosen.rule.but(zone=zone.key))
        new = NewTask(
            title=checked_title(parts.title),
            rule=chosen.rule if chosen else None,
            note=checked_note(draft.note or ""),
            list_name=parts.list_name or "",
            priority=parts.priority or 0,
            tags=parts.tags,
            alerts=alerts_of(draft.alerts) if draft.alerts else (AT_DUE,),
            channels=self._channels(draft.channels),
            catch_up=catch_up_of(draft.catch_up),
        )
        coming = _coming(chosen, now, zone)
        item = None
        if not is_dry_run:
            item = self.store.add(new)
            self.look()
        return Understood(item, new, chosen, read.read, read.hint, coming)

    def done(self, selectors: Sequence[str], *, at: str | None = None) -> list[Closed]:
        """Complete what the selectors mean, or what has just rung."""
        done_at = None
        if at is not None:
            done_at = past_instant(
                at, now=self._clock.now(), zone=self._clock.zone(), options=options_of(self._settings)
            )
        return self._change(self.store.complete, self._chosen(selectors, "done"), done_at=done_at)

    def skip(self, selectors: Sequence[str]) -> list[Closed]:
        """Leave out the current occurrence of what the selectors mean, or of what has just rung."""
        return self._change(self.store.skip, self._chosen(selectors, "skip"))

    def split_snooze(self, words: Sequence[str]) -> tuple[list[str], str | None]:
        """Return which tasks and until when: a time at the end of the words, else all of them name tasks."""
        for begin in range(len(words)):
            phrase = " ".join(words[begin:])
            if begin == 0 and len(words) == 1 and phrase.isdigit():
                break  # a lone number is an id
            try:
                self._moment_or_span(phrase, self._clock.now())
            except UnreadableTimeError:
                continue
            return list(words[:begin]), phrase
        return list(words), None

    def snooze(self, selectors: Sequence[str], until: str | None) -> list[Snoozed]:
        """Put the alerts of what the selectors mean off; without selectors, of all that ring now."""
        now = self._clock.now()
        if until is None:
            moment = now + timedelta(minutes=self._settings.number("snooze_minutes"))
        else:
            moment = self._moment_or_span(until, now)
        if selectors:
            ids = self.resolve(selectors)
        else:
            ids = [item.task.id for item in self.store.ringing()]
            if not ids:
                raise NotFoundError("nothing rings now", hint="remind snooze 7 20m puts off the alert of task 7")
        return self._change(self.store.snooze, ids, moment)

    def move(self, selector: str, phrase: str) -> Item:
        """Make the current occurrence of a task due at another time."""
        (task_id,) = self.resolve([selector])
        return self._change(self.store.move, task_id, self._move_to(phrase))

    def edit(self, selector: str, draft: Draft, *, scope: str | None = None) -> Edited:
        """Change a task. Due and time mean this occurrence; words, tags and rule the series.

        Args:
            scope: "this" or "series" where the user says which; None is as above.
        """
        (task_id,) = self.resolve([selector])
        task = self.store.item(task_id).task
        now = self._clock.now()
        zone = self._zone(draft.zone)
        parts = self._take_apart(draft, now, zone)
        chosen = parts.reading.when
        if draft.due is not None or draft.every is not None:
            chosen = self._combine(draft, now, zone)
        change = TaskChange(
            title=checked_title(parts.title) if parts.title else None,
            note=None if draft.note is None else checked_note(draft.note),
            list_name=parts.list_name,
            priority=parts.priority,
            add_tags=parts.tags,
            remove_tags=tuple(word[1:] for word in draft.tags if word.startswith("-")),
            alerts=alerts_of(draft.alerts) if draft.alerts else None,
            channels=self._channels(draft.channels) or None,
        )
        is_series = False
        if chosen is not None:
            is_series = chosen.rule.rrule is not None or scope == "series" or task.rule is None
            if is_series and scope == "this":
                raise UsageError(
                    "a rule is of the whole series", hint="leave out --this, or give a time without a rule"
                )
            if is_series:
                change = replace(change, rule=_series_rule(task.rule, chosen.rule))
            else:
                change = replace(change, move=_as_move(chosen, now, zone))
        if change == TaskChange():
            raise UsageError("there is nothing to change", hint=f"remind edit {task_id} a new title friday 10am +tag")
        item = self._change(self.store.edit, task_id, change)
        return Edited(item, is_series, chosen.notes if chosen else ())

    def remove(self, selectors: Sequence[str]) -> list[Task]:
        """Take tasks out of sight, and return them."""
        if not selectors:
            raise UsageError("which task?", hint="remind rm 7")
        return self._change(self.store.delete, self.resolve(selectors))

    def undo(self) -> Step:
        """Take the last user action back.

        Raises:
            NotFoundError: there is none.
        """
        step = self._change(self.store.undo)
        if step is None:
            raise NotFoundError("there is nothing to undo")
        return step

    def redo(self) -> Step:
        """Make the user action that was last taken back again.

        Raises:
            NotFoundError: there is none.
        """
        step = self._change(self.store.redo)
        if step is None:
            raise NotFoundError("there is nothing to redo", why="nothing was undone since the last change")
        return step

    # -- which task ----------------------------------------------------------

    def resolve(self, selectors: Sequence[str]) -> list[int]:
        """Return the ids that ids or texts mean, each once, in their order.

        Raises:
            NotFoundError: an id or a text means nothing.
            AmbiguousError: a text means several.
        """
        ids: list[int] = []
        for selector in selectors:
            word = selector.removeprefix("#")
            if word.isascii() and word.isdigit():
                number = int(word)
                self.store.item(number if number < 2**63 else 0)
                ids.append(number)
            else:
                ids.append(self._by_text(selector))
        return list(dict.fromkeys(ids))

    def _by_text(self, text: str) -> int:
        wanted = text.casefold().strip()
        items = self.store.items()
        exact = [item for item in items if item.task.title.casefold() == wanted]
        found = exact or [item for item in items if wanted and wanted in item.task.title.casefold()]
        if not found:
            raise NotFoundError(f'no open task has "{safe(text, 60)}" in its title', hint="remind list shows them")
        if len(found) > 1:
            raise AmbiguousError(
                f'"{safe(text, 60)}" means {len(found)} tasks',
                why=", ".join(f"{item.task.id} {safe(item.task.title, 40)}" for item in found[:5]),
                hint="use the id",
            )
        return found[0].task.id

    def _chosen(self, selectors: Sequence[str], verb: str) -> list[int]:
        if selectors:
            return self.resolve(selectors)
        ringing = self.store.ringing()
        if not ringing:
            raise NotFoundError("nothing rings now", hint=f"say which: remind {verb} 7, or remind {verb} bob")
        return [ringing[0].task.id]

    # -- reading words -------------------------------------------------------

    def _take_apart(self, draft: Draft, now: datetime, zone: ZoneInfo) -> Parts:
        options = options_of(self._settings, is_strict_day=draft.is_strict_day)
        return take_apart(draft, now=now, zone=zone, options=options)

    def _combine(self, draft: Draft, now: datetime, zone: ZoneInfo) -> When:
        options = options_of(self._settings, is_strict_day=draft.is_strict_day)
        return when.combine(draft.due, draft.every, now=now, zone=zone, options=options)

    def _zone(self, name: str | None) -> ZoneInfo:
        return self._clock.zone() if name is None else zone_named(name)

    def _move_to(self, phrase: str) -> Move:
        now, zone = self._clock.now(), self._clock.zone()
        chosen = when.parse(phrase, now=now, zone=zone, options=options_of(self._settings))
        if chosen.rule.rrule is not None:
            raise UsageError(
                f'"{safe(phrase, 60)}" is a rule, not one time', hint="remind edit changes the rule of a task"
            )
        return _as_move(chosen, now, zone)

    def _moment_or_span(self, words: str, now: datetime) -> datetime:
        """Return the instant that a span from now ("20m") or a time ("tomorrow 9am") means."""
        try:
            length = when.parse_span(words)
        except UnreadableTimeError:
            moment = self._instant(words)
        else:
            moment = now + min(length, LONGEST_SNOOZE)
        if moment <= now:
            raise UsageError("that is not ahead of now", hint="remind snooze 7 20m, or remind snooze 7 tomorrow 9am")
        if moment > now + LONGEST_SNOOZE:
            raise UsageError("that is more than ten years ahead", hint="remind move changes when it is due")
        return moment

    def _instant(self, phrase: str) -> datetime:
        now, zone = self._clock.now(), self._clock.zone()
        chosen = when.parse(phrase, now=now, zone=zone, options=options_of(self._settings))
        if chosen.rule.rrule is not None:
            raise UsageError(f'"{safe(phrase, 60)}" is a rule, not one time')
        move = _as_move(chosen, now, zone)
        at = move.at
        if move.is_all_day:
            at = recurrence.resolve(
                datetime.combine(at.astimezone(zone).date(), self._settings.time_of("all_day_at")), zone
            )
        return at

    def _channels(self, names: Iterable[str]) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(names))
        for name in chosen:
            if name not in self._known_channels:
                raise UsageError(
                    f'there is no channel "{safe(name, 40)}"', hint="channels: " + ", ".join(self._known_channels)
                )
        return chosen

    # -- writing -------------------------------------------------------------

    def _change(self, method: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        result = method(*args, **kwargs)
        self.look()
        return result

    def look(self) -> None:
        """Tell the daemon to look again, if one runs."""
        nudge.send(self.store.path)


def _as_move(chosen: When, now: datetime, zone: ZoneInfo) -> Move:
    planned = recurrence.first(chosen.rule, zone)
    assert planned is not None, now
    return Move(at=planned.at, is_all_day=chosen.rule.is_all_day)


def _series_rule(old: Rule | None, new: Rule) -> Rule:
    """Return the rule of a series with another time or another recurrence: what was not said stays."""
    if old is None:
        return new
    if new.rrule is None:
        if new.is_all_day:
            return old.but(dtstart=datetime.combine(new.dtstart.date(), old.dtstart.time()), rdate=(), exdate=())
        return old.but(dtstart=datetime.combine(old.dtstart.date(), new.dtstart.time()), is_all_day=False, exdate=())
    if new.is_all_day and not old.is_all_day:
        return new.but(
            dtstart=datetime.combine(new.dtstart.date(), old.dtstart.time()), zone=old.zone, is_all_day=False
        )
    return new


def _coming(chosen: When | None, now: datetime, zone: ZoneInfo) -> list[Planned]:
    if chosen is None:
        return []
    rule = chosen.rule
    if rule.rrule is None:
        first = recurrence.first(rule, zone)
        return [first] if first else []
    begin = now
    if rule.is_all_day:
        begin = recurrence.resolve(datetime.combine(now.astimezone(zone).date(), time()), zone)
    return recurrence.preview(rule, begin - timedelta(milliseconds=1), zone, 3)
