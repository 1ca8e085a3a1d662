"""The store as the verbs see it: one method, one transaction, one sentence."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

from remindcli.clock import Clock
from remindcli.core import recurrence
from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import (
    AT_DUE,
    WAITING,
    CatchUp,
    Delivery,
    DeliveryState,
    Occurrence,
    OccurrenceState,
    Task,
    TaskState,
)
from remindcli.errors import NotFoundError, RemindError
from remindcli.store import clocks, journal, reading
from remindcli.store.database import BUSY_SECONDS, Database, Tx
from remindcli.store.instants import to_ms
from remindcli.store.journal import Step
from remindcli.store.letters import Letters
from remindcli.store.measures import Measures, measure
from remindcli.store.planning import Planner, anew, payload_of
from remindcli.store.queue import Queue
from remindcli.store.reading import Item, Tried
from remindcli.store.rows import alerts_column, rule_columns, seconds_of
from remindcli.store.schema import occurrences, scheduled_tasks, tasks

_DAEMON_SILENT_FOR = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class NewTask:
    """What a task is made of. The attributes are those of Task."""

    title: str
    rule: Rule | None = None
    note: str = ""
    list_name: str = ""
    priority: int = 0
    tags: tuple[str, ...] = ()
    alerts: tuple[timedelta, ...] = (AT_DUE,)
    nag_after: timedelta | None = None
    channels: tuple[str, ...] = ()
    catch_up: CatchUp = CatchUp.LATEST


@dataclass(frozen=True, slots=True)
class Move:
    """Where an occurrence is to be due.

    Attributes:
        at: aware instant; of an all-day one, the start of the day in the local zone.
    """

    at: datetime
    is_all_day: bool


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What is to be another way about a task; None leaves as it is."""

    title: str | None = None
    note: str | None = None
    list_name: str | None = None
    priority: int | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    alerts: tuple[timedelta, ...] | None = None
    nag_after: timedelta | None = None
    channels: tuple[str, ...] | None = None
    rule: Rule | None = None
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """An occurrence that was done or skipped, and what follows it.

    Attributes:
        following: the next open occurrence; None if the task is finished.
    """

    task: Task
    occurrence: Occurrence
    following: Occurrence | None


@dataclass(frozen=True, slots=True)
class Snoozed:
    """An occurrence whose alert was put off."""

    task: Task
    occurrence: Occurrence
    until: datetime


class Store:
    """The SQLite file with its tasks, occurrences, deliveries and changes.

    Args:
        path: the file; made if it is not there.
        clock: read once in each transaction, after its lock is held.
        all_day_at: when the alert of an all-day task rings.

    Raises:
        StoreError: the file can't be used.
    """

    def __init__(
        self, path: Path, clock: Clock, *, all_day_at: time = time(9), busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self.path = path
        self.database = Database(path, clock, busy_seconds=busy_seconds)
        self.letters = Letters(self.database)
        self.queue = Queue(self.database, all_day_at=all_day_at)
        self._all_day_at = all_day_at

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    @contextmanager
    def _act(self, verb: str) -> Iterator[tuple[Tx, Planner]]:
        """Open the transaction of one user action; what is behind is caught up with first, and is no part of it."""
        with self.database.write() as tx:
            planner = Planner(tx, self._all_day_at)
            if reading.daemon_silent_for(tx) > _DAEMON_SILENT_FOR:
                planner.follow_zone()
            clocks.note(tx)
            planner.catch_up()
            tx.begin_action(verb)
            yield tx, planner
            if tx.is_in_action:
                tx.describe(verb)

    # -- changing ------------------------------------------------------------

    def add(self, new: NewTask) -> Item:
        """Write a task, its first occurrence and its deliveries."""
        with self._act("add") as (tx, planner):
            now = to_ms(tx.now)
            task_id = tx.insert(
                tasks,
                uid=str(uuid4()),
                title=new.title,
                note=new.note,
                list=new.list_name,
                priority=new.priority,
                alerts=alerts_column(new.alerts),
                nag=None if new.nag_after is None else seconds_of(new.nag_after),
                channels=json.dumps(new.channels),
                catch_up=new.catch_up.value,
                state=TaskState.ACTIVE.value,
                created_at=now,
                modified_at=now,
                **rule_columns(new.rule),
            )
            journal.set_tags(tx, task_id, list(new.tags))
            task = planner.task(task_id)
            if planner.spawn_first(task) is None:
                raise RemindError("that time never comes", why="the rule has ended before it begins")
            planner.keep_ahead(task)
            tx.describe(f'add {task_id} "{new.title}"')
            return reading.item(tx, task_id)

    def complete(self, ids: Sequence[int], *, done_at: datetime | None = None) -> list[Closed]:
        """Complete the current occurrence of each task, and spawn what follows.

        Args:
            done_at: when it was done; now if None.
        """
        with self._act("done") as (tx, planner):
            closed = [self._close(tx, planner, task_id, OccurrenceState.DONE, done_at or tx.now) for task_id in ids]
            tx.describe("done " + _names(closed))
            return closed

    def skip(self, ids: Sequence[int]) -> list[Closed]:
        """Leave out the current occurrence of each task, and spawn what follows."""
        with self._act("skip") as (tx, planner):
            closed = [self._close(tx, planner, task_id, OccurrenceState.SKIPPED, tx.now) for task_id in ids]
            tx.describe("skip " + _names(closed))
            return closed

    def snooze(self, ids: Sequence[int], until: datetime) -> list[Snoozed]:
        """Put the alert of each task's current occurrence off until an instant; due stays as it is."""
        with self._act("snooze") as (tx, planner):
            snoozed = [self._snooze(tx, planner, task_id, until) for task_id in ids]
            tx.describe("snooze " + _names(snoozed))
            return snoozed

    def move(self, task_id: int, move: Move) -> Item:
        """Make a task's current occurrence due at another time."""
        with self._act("move") as (tx, planner):
            task = self._live(tx, planner, task_id)
            self._move(tx, planner, task, move)
            planner.keep_ahead(task)
            tx.describe(f'move {task_id} "{task.title}"')
            return reading.item(tx, task_id)

    def edit(self, task_id: int, change: TaskChange) -> Item:
        """Change a task: its words, its rule, or where its current occurrence is due."""
        with self._act("edit") as (tx, planner):
            task = self._live(tx, planner, task_id)
            asked = {
                "title": change.title,
                "note": change.note,
                "list": change.list_name,
                "priority": change.priority,
                "alerts": None if change.alerts is None else alerts_column(change.alerts),
                "nag": None if change.nag_after is None else seconds_of(change.nag_after),
                "channels": None if change.channels is None else json.dumps(change.channels),
            }
            values: dict[str, object] = {column: value for column, value in asked.items() if value is not None}
            if change.rule is not None:
                values |= rule_columns(change.rule)
                values |= {"state": TaskState.ACTIVE.value, "next_at": None}
            tx.update(tasks, task_id, modified_at=to_ms(tx.now), **values)
            journal.set_tags(tx, task_id, [*(set(task.tags) - set(change.remove_tags)), *change.add_tags])
            task = planner.task(task_id)
            if change.rule is not None:
                if planner.replan(task) is None:
                    raise RemindError("that time never comes", why="the rule has ended before it begins")
            elif change.move is not None:
                self._move(tx, planner, task, change.move)
            if change.alerts is not None and change.rule is None:
                for occurrence in planner.open_occurrences(task_id):
                    planner.plan_deliveries(task, occurrence, rings_late=False)
            planner.keep_ahead(planner.task(task_id))
            tx.describe(f'edit {task_id} "{task.title}"')
            return reading.item(tx, task_id)

    def delete(self, ids: Sequence[int]) -> list[Task]:
        """Take tasks out of sight; undo brings them back."""
        with self._act("rm") as (tx, planner):
            gone = []
            for task_id in ids:
                task = self._live(tx, planner, task_id)
                for occurrence in planner.open_occurrences(task_id):
                    planner.cancel_deliveries(occurrence.id)
                tx.update(tasks, task_id, state=TaskState.DELETED.value, modified_at=to_ms(tx.now))
                gone.append(task)
            tx.describe("rm " + ", ".join(f'{task.id} "{task.title}"' for task in gone))
            return gone

    def undo(self) -> Step | None:
        """Take back the latest user action; None if there is none."""
        with self.database.write() as tx:
            return journal.undo(tx, Planner(tx, self._all_day_at))

    def redo(self) -> Step | None:
        """Make the action that was last taken back again; None if there is none."""
        with self.database.write() as tx:
            return journal.redo(tx, Planner(tx, self._all_day_at))

    def under_request(self, request: str) -> None:
        """Note what is done from now on under this name; "" is none."""
        self.database.request = request

    # -- reading -------------------------------------------------------------

    def made_by(self, request: str) -> str:
        """Return in words what was done under this name; "" if nothing was."""
        with self.database.read() as tx:
            return journal.made_by(tx, request)

    def item(self, task_id: int) -> Item:
        """Return a task with where it stands.

        Raises:
            NotFoundError: there is no such task.
        """
        with self.database.read() as tx:
            return reading.item(tx, task_id)

    def items(self, states: Sequence[TaskState] = (TaskState.ACTIVE,)) -> list[Item]:
        """Return the tasks in these states with where they stand, the next due first."""
        with self.database.read() as tx:
            return reading.items(tx, states)

    def ringing(self) -> list[Item]:
        """Return the tasks that have rung and are not answered, the latest first."""
        rung = [item for item in self.items() if item.is_ringing]
        return sorted(rung, key=lambda item: (item.rang_at, item.task.id), reverse=True)

    def deliveries(self, task_id: int, limit: int) -> list[Delivery]:
        """Return the latest deliveries of a task, the newest first."""
        with self.database.read() as tx:
            return reading.deliveries(tx, task_id, limit)

    def tries(self, task_id: int, limit: int) -> list[Tried]:
        """Return the latest tries to tell of a task, the newest first."""
        with self.database.read() as tx:
            return reading.tries(tx, task_id, limit)

    def has_waiting(self) -> bool:
        """Return whether anything waits to be told."""
        with self.database.read() as tx:
            return reading.waits_to_ring(tx)

    def measures(self) -> Measures:
        """Return what a monitor asks: counters, and how late reminders were."""
        with self.database.read() as tx:
            return measure(tx)

    def history(self, limit: int) -> list[Step]:
        """Return the latest user actions, the newest first."""
        with self.database.read() as tx:
            return journal.history(tx, limit)

    # -- steps ---------------------------------------------------------------

    def _live(self, tx: Tx, planner: Planner, task_id: int) -> Task:
        """Return a task that is not deleted.

        Raises:
            NotFoundError: there is none, or it was deleted.
        """
        reading.must_exist(tx, task_id)
        task = planner.task(task_id)
        if task.state is TaskState.DELETED:
            raise NotFoundError(f'{task_id} "{task.title}" was deleted', hint="remind undo takes the last step back")
        return task

    def _close(self, tx: Tx, planner: Planner, task_id: int, state: OccurrenceState, at: datetime) -> Closed:
        task = self._live(tx, planner, task_id)
        occurrence = _must_be_open(planner, task)
        planner.supersede(task, occurrence)
        is_done = state is OccurrenceState.DONE
        tx.update(occurrences, occurrence.id, state=state.value, done_at=to_ms(at) if is_done else None)
        planner.cancel_deliveries(occurrence.id)
        following = planner.current(task_id)
        if following is None and task.is_recurring and task.rule is not None:
            if task.rule.repeat is Repeat.COMPLETION:
                following = planner.spawn_after_completion(task, at)
            else:
                newest = planner.newest(task_id)
                assert newest is not None
                following = planner.spawn_following(task, newest)
        elif following is not None:
            planner.keep_ahead(task)
        if following is None:
            tx.update(tasks, task_id, state=TaskState.FINISHED.value, modified_at=to_ms(tx.now))
        closed = replace(occurrence, state=state, done_at=at if is_done else None)
        return Closed(task, closed, following)

    def _snooze(self, tx: Tx, planner: Planner, task_id: int, until: datetime) -> Snoozed:
        task = self._live(tx, planner, task_id)
        occurrence = _must_be_open(planner, task)
        if occurrence.due_at is None:
            raise RemindError(
                f'{task_id} "{task.title}" has no time to snooze',
                hint=f"give it one: remind move {task_id} tomorrow",
            )
        every = reading.deliveries_of(tx, occurrence.id)
        chosen = _to_snooze(every, until)
        payload = payload_of(occurrence, snoozed_until=to_ms(until))
        if chosen is None:
            # nothing has rung and nothing would before: one more alert, and the planned ones stay
            alert = seconds_of(until - occurrence.due_at)
            chosen = next((one for one in every if seconds_of(one.alert) == alert), None)
            if chosen is None:
                tx.insert(
                    scheduled_tasks,
                    task_id=task_id,
                    occurrence_id=occurrence.id,
                    alert=alert,
                    execute_at=to_ms(until),
                    due_at=to_ms(until),
                    status=DeliveryState.SCHEDULED.value,
                    payload=payload,
                    created_at=to_ms(tx.now),
                )
        if chosen is not None:
            tx.update(scheduled_tasks, chosen.id, payload=payload, **anew(to_ms(until)))
        for one in every:
            is_other = chosen is None or one.id != chosen.id
            if is_other and one.status in WAITING and one.execute_at <= until:
                tx.update(scheduled_tasks, one.id, status=DeliveryState.CANCELLED.value)
        return Snoozed(task, occurrence, until)

    def _move(self, tx: Tx, planner: Planner, task: Task, move: Move) -> None:
        occurrence = _must_be_open(planner, task)
        if task.rule is None:
            wall = move.at.astimezone(tx.zone).replace(tzinfo=None)
            rule = Rule(dtstart=wall, is_all_day=move.is_all_day)
            tx.update(tasks, task.id, **rule_columns(rule))
            planner.replan(planner.task(task.id))
            return
        tz = planner.tz_of(task.rule)
        wall = move.at.astimezone(tz).replace(tzinfo=None)
        if move.is_all_day:
            wall = datetime.combine(move.at.astimezone(tx.zone).date(), time())
        due_at = recurrence.resolve(wall, tz)
        tx.update(
            occurrences,
            occurrence.id,
            moved_to=wall.isoformat(),
            due_at=to_ms(due_at),
            all_day=int(move.is_all_day),
        )
        moved = replace(occurrence, moved_to=wall, due_at=due_at, is_all_day=move.is_all_day)
        planner.plan_deliveries(task, moved, rings_late=False)


def _to_snooze(deliveries: Sequence[Delivery], until: datetime) -> Delivery | None:
    """Return the delivery that a snooze puts off: the one that has rung last, or that would ring before `until`."""
    rings = (DeliveryState.DELIVERED, DeliveryState.EXECUTING, DeliveryState.DISCARDED)
    in_order = sorted(deliveries, key=lambda one: (one.execute_at, one.id))
    rung = [one for one in in_order if one.status in rings]
    put_off = [one for one in in_order if one.status in WAITING and (one.is_snoozed or one.execute_at <= until)]
    if rung:
        return rung[-1]
    return put_off[0] if put_off else None


def _must_be_open(planner: Planner, task: Task) -> Occurrence:
    occurrence = planner.current(task.id)
    if occurrence is None:
        raise NotFoundError(
            f'nothing is open of {task.id} "{task.title}"',
            why="it is finished" if task.state is TaskState.FINISHED else "",
            hint="remind undo takes the last step back",
        )
    return occurrence


def _names(parts: Sequence[Closed] | Sequence[Snoozed]) -> str:
    return ", ".join(f'{part.task.id} "{part.task.title}"' for part in parts)
