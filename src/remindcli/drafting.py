"""What a draft asks of the store: a new task, or the change of one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from remindcli.channel_tables import check_order
from remindcli.core import when
from remindcli.core.rule import Rule
from remindcli.core.task import NO_CONDITIONS, Conditions
from remindcli.core.when import Reading, When
from remindcli.draft import Draft, catch_up_of, checked_note, checked_title, take_apart
from remindcli.errors import UsageError
from remindcli.language import zone_named
from remindcli.moments import Here, as_move, from_current, series_rule, with_end
from remindcli.rings import alerts_of, bound_folder, conditions_of, nag_of
from remindcli.store.asked import NewTask, Seen, TaskChange
from remindcli.store.reading import Item


class Drafting:
    """A draft as it is meant here and now.

    Args:
        folder: where it is written: there its commands run, and to it --here binds.
        known_channels: the names that `--channel` takes.

    Attributes:
        zone: in which its times are meant: the one that it names, else the local one.

    Raises:
        UsageError: a word of it can't be used.
    """

    def __init__(self, draft: Draft, here: Here, *, folder: Path, known_channels: Sequence[str]) -> None:
        self.zone: ZoneInfo = here.zone if draft.zone is None else zone_named(draft.zone)
        self._draft = draft
        self._here = here
        self._folder = folder
        self._known_channels = known_channels
        self._options = here.options.but(strict_day=draft.is_strict_day)
        self._parts = take_apart(draft, now=here.now, zone=self.zone, options=self._options)

    @property
    def reading(self) -> Reading:
        """Return what was read of its words."""
        return self._parts.reading

    @cached_property
    def when(self) -> When | None:
        """Return its time: of its options, else of its words; None if it has none.

        Raises:
            UsageError: the options can't be read.
        """
        draft, chosen = self._draft, self.reading.when
        if draft.due is not None or draft.every is not None:
            chosen = when.combine(draft.due, draft.every, now=self._here.now, zone=self.zone, options=self._options)
        if chosen is not None and draft.has_end and chosen.rule.rrule is not None:
            here = replace(self._here, zone=self.zone)
            chosen = chosen.but(rule=with_end(chosen.rule, here, until=draft.until, count=draft.count))
        if chosen is not None and draft.zone is not None and chosen.rule.zone is None:
            return chosen.but(rule=chosen.rule.but(zone=self.zone.key))
        return chosen

    def new_task(self) -> NewTask:
        """Return the task that is to be written down.

        Raises:
            UsageError: the title is missing, a word can't be used, or it has no time where it needs one.
        """
        draft, parts = self._draft, self._parts
        if not parts.title:
            read = self.reading.read
            raise UsageError(
                "there is nothing to remind of",
                why="the title is empty" if not read else f'"{read}" is the time; the title is missing',
                hint="remind add call bob tomorrow 5pm",
            )
        chosen = self.when
        if draft.has_end and (chosen is None or chosen.rule.rrule is None):
            raise UsageError("what does not come back has no end", hint="remind add stretch every day 9am --count 10")
        new = NewTask(
            title=checked_title(parts.title),
            rule=chosen.rule if chosen else None,
            note=checked_note(draft.note or ""),
            list_name=parts.list_name or "",
            priority=parts.priority or 0,
            tags=parts.tags,
            channels=self._channels(),
            catch_up=catch_up_of(draft.catch_up),
            nag_after=nag_of(draft.nag),
            conditions=self._conditions(NO_CONDITIONS),
            here=str(bound_folder(self._folder)) if draft.is_here else "",
        )
        if draft.alerts:
            alerts = alerts_of(draft.alerts, self._here.options)
            new = replace(new, alerts=alerts.offsets, day_alerts=alerts.at_hours)
        if new.rule is None and (new.nag_after or new.conditions != NO_CONDITIONS):
            raise UsageError(
                "without a time it never rings",
                why="nagging and commands are of what rings",
                hint="remind add water the plants every friday 9am --nag",
            )
        return new

    def change(self, ids: Sequence[int]) -> TaskChange:
        """Return what it changes of all these tasks alike; see `change_of`.

        Raises:
            UsageError: it changes nothing, a word can't be used, or several tasks would have one title.
        """
        draft, parts = self._draft, self._parts
        has_time = self.when is not None
        if parts.title and len(ids) > 1:
            raise UsageError(f"one title for {len(ids)} tasks", hint="give each its own")
        change = TaskChange(
            title=checked_title(parts.title) if parts.title else None,
            note=None if draft.note is None else checked_note(draft.note),
            list_name=parts.list_name,
            priority=parts.priority,
            add_tags=parts.tags,
            remove_tags=tuple(word[1:] for word in draft.tags if word.startswith("-")),
            channels=self._channels() if draft.channels else None,
            catch_up=None if draft.catch_up is None else catch_up_of(draft.catch_up),
            nag_after=nag_of(draft.nag),
            here=None if draft.is_here is None else str(bound_folder(self._folder)) if draft.is_here else "",
        )
        if draft.alerts:
            alerts = alerts_of(draft.alerts, self._here.options)
            change = replace(change, alerts=alerts.offsets, day_alerts=alerts.at_hours)
        if change == TaskChange() and not (has_time or self._has_commands or draft.has_end):
            raise UsageError("there is nothing to change", hint=f"remind edit {ids[0]} a new title friday 10am +tag")
        return change

    def change_of(self, item: Item, change: TaskChange, scope: str | None) -> TaskChange:
        """Return a change with what is of this task alone: its time, the end of its series, its commands.

        Args:
            change: what is changed of all alike.
            scope: "this" occurrence or the "series" is meant by a time; None leaves it to the time.

        Raises:
            UsageError: it does not fit this task.
        """
        change = self._with_time(change, item, scope)
        if self._draft.has_end and (self.when is None or self.when.rule.rrule is None):
            if self.when is not None:
                raise UsageError("a time and an end at once", hint="give the end of the series by itself")
            change = replace(change, rule=self._ended(item), seen=Seen(item.task, is_series=True))
        if self._has_commands:
            change = replace(change, conditions=self._conditions(item.task.conditions))
        return change

    @property
    def _has_commands(self) -> bool:
        return (self._draft.only_if, self._draft.until_ok, self._draft.run) != (None, None, None)

    def _conditions(self, before: Conditions) -> Conditions:
        draft = self._draft
        return conditions_of(
            only_if=draft.only_if,
            until_ok=draft.until_ok,
            run=draft.run,
            folder=str(self._folder.resolve()),
            before=before,
        )

    def _channels(self) -> tuple[str, ...]:
        """Return the channels that were typed; "" alone is none of its own."""
        chosen = tuple(dict.fromkeys(name for name in self._draft.channels if name))
        check_order(chosen, self._known_channels)
        return chosen

    def _ended(self, item: Item) -> Rule:
        """Return the rule of a task with another end; so many times are counted from the open one on."""
        draft, rule = self._draft, item.task.rule
        if rule is None:
            raise UsageError("what has no time has no end", hint=f"remind edit {item.task.id} every day --count 10")
        begin = rule if draft.count is None else from_current(rule, item.occurrence, self._here.zone)
        return with_end(begin, self._here, until=draft.until, count=draft.count)

    def _with_time(self, change: TaskChange, item: Item, scope: str | None) -> TaskChange:
        """Return a change with what the time means to a task: its series, or its current occurrence."""
        chosen = self.when
        if chosen is None:
            return change
        rule = item.task.rule
        is_series = chosen.rule.rrule is not None or scope == "series" or rule is None
        if not is_series:
            return replace(change, move=as_move(chosen, self.zone))
        if scope == "this":
            raise UsageError("a rule is of the whole series", hint="leave out --this, or give a time without a rule")
        # the rule is made from the one that was read: it must still be that one
        return replace(
            change, rule=series_rule(rule, chosen.rule, item.occurrence), seen=Seen(item.task, is_series=True)
        )
