"""The store as the verbs see it: one method, one transaction, one sentence."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

from remindcli.clock import Clock
from remindcli.core.answer import Answer
from remindcli.core.filters import EVERYTHING, Filter, Stands
from remindcli.core.portable import Portable
from remindcli.core.task import Delivery, OccurrenceState, Task, TaskState
from remindcli.store import (
    answering,
    bringing,
    catching_up,
    clocks,
    forgetting,
    holding,
    journal,
    letters,
    reading,
    writing,
)
from remindcli.store.asked import Closed, Move, NewTask, Snoozed, TaskChange
from remindcli.store.bringing import Brought
from remindcli.store.claiming import Claim
from remindcli.store.database import BUSY_SECONDS, Database, Stamp
from remindcli.store.journal import Step
from remindcli.store.keeping import Keeping
from remindcli.store.letters import Letters
from remindcli.store.measures import Measures, measure
from remindcli.store.planning import Planner
from remindcli.store.queue import Queue
from remindcli.store.reading import Item, Tried
from remindcli.store.selecting import Found, Order, select
from remindcli.store.transaction import Tx
from remindcli.store.views import Views

_PAGE = 500
"""How many tasks are read at a time."""

_DAEMON_SILENT_FOR = timedelta(seconds=90)


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
        self.views = Views(self.database)
        self.keeping = Keeping(self.database)
        self.queue = Queue(self.database, all_day_at=all_day_at)
        self._all_day_at = all_day_at

    def close(self) -> None:
        """Close the files."""
        self.queue.told.close()
        self.database.close()

    @contextmanager
    def _act(self, verb: str) -> Iterator[tuple[Tx, Planner]]:
        """Open the transaction of one user action; what is behind is caught up with first, and is no part of it."""
        with self.database.write() as tx:
            planner = Planner(tx, self._all_day_at)
            if reading.daemon_silent_for(tx) > _DAEMON_SILENT_FOR:
                catching_up.follow_zone(planner)
            clocks.note(tx)
            catching_up.catch_up(planner)
            tx.begin_action(verb)
            yield tx, planner
            if tx.is_in_action:
                tx.describe(verb)

    # -- changing ------------------------------------------------------------

    def add(self, new: NewTask) -> Item:
        """Write a task, its first occurrence and its deliveries."""
        with self._act("add") as (tx, planner):
            task = writing.add(tx, planner, new)
            tx.describe("add " + _names([task]))
            return reading.item(tx, task.id)

    def complete(self, ids: Sequence[int], *, done_at: datetime | None = None) -> list[Closed]:
        """Complete the current occurrence of each task, and spawn what follows.

        Args:
            done_at: when it was done; now if None.
        """
        with self._act("done") as (tx, planner):
            at = done_at or tx.now
            closed = [answering.close(tx, planner, task_id, OccurrenceState.DONE, at) for task_id in ids]
            tx.describe("done " + _names([one.task for one in closed]))
            return closed

    def finish(self, claim: Claim, why: str) -> bool:
        """Complete what a delivery is about, because a command says that it is done; return whether it was open."""
        with self._act("done") as (tx, planner):
            is_done = answering.finish(tx, planner, claim)
            tx.describe(f"done {_names([claim.task])}: {why}")
            return is_done

    def skip(self, ids: Sequence[int]) -> list[Closed]:
        """Leave out the current occurrence of each task, and spawn what follows."""
        with self._act("skip") as (tx, planner):
            closed = [answering.close(tx, planner, task_id, OccurrenceState.SKIPPED, tx.now) for task_id in ids]
            tx.describe("skip " + _names([one.task for one in closed]))
            return closed

    def reopen(self, ids: Sequence[int]) -> list[Item]:
        """Open what was done or skipped last of each task again."""
        return self._each("undone", ids, answering.reopen)

    def snooze(self, ids: Sequence[int], until: datetime) -> list[Snoozed]:
        """Put the alert of each task's current occurrence off until an instant; due stays as it is."""
        with self._act("snooze") as (tx, planner):
            snoozed = [answering.snooze(tx, planner, task_id, until) for task_id in ids]
            tx.describe("snooze " + _names([one.task for one in snoozed]))
            return snoozed

    def acknowledge(self, ids: Sequence[int]) -> list[Item]:
        """Nag no more of tasks until their next alert; they stay open. Return those that nagged."""
        with self._act("ack") as (tx, planner):
            nagged = [task_id for task_id in ids if answering.acknowledge(tx, planner, task_id)]
            tx.describe("ack " + _names([planner.task(task_id) for task_id in nagged]))
            return [reading.item(tx, task_id) for task_id in nagged]

    def answer(self, occurrence_id: int, given: Answer) -> Task | None:
        """Do what was answered to a reminder of an occurrence where it was shown, as one user action.

        Returns the task; None if the occurrence is not open any more, or nothing changes.
        """
        with self._act(given.verb.value) as (tx, planner):
            task = answering.answer(tx, planner, occurrence_id, given)
            if task is not None:
                tx.describe(f"{given.verb} {_names([task])} (on its notification)")
            return task

    def move(self, task_id: int, to: Move) -> Item:
        """Make a task's current occurrence due at another time."""
        return self.move_all([task_id], to)[0]

    def move_all(self, ids: Sequence[int], to: Move) -> list[Item]:
        """Make each task's current occurrence due at another time, as one user action."""

        def step(tx: Tx, planner: Planner, task_id: int) -> Task:
            task = answering.live(tx, planner, task_id)
            answering.move(tx, planner, task, to)
            planner.keep_ahead(task)
            return task

        return self._each("move", ids, step)

    def edit(self, task_id: int, change: TaskChange) -> Item:
        """Change a task: its words, its rule, or where its current occurrence is due."""
        return self.edit_all({task_id: change})[0]

    def edit_all(self, changes: Mapping[int, TaskChange], verb: str = "edit") -> list[Item]:
        """Change tasks, each in its own way, as one user action.

        Args:
            verb: what undo and the log call it.
        """

        def step(tx: Tx, planner: Planner, task_id: int) -> Task:
            before = answering.live(tx, planner, task_id)
            writing.edit(tx, planner, task_id, changes[task_id])
            return before  # undo is asked for by the name that it had

        first = next(iter(changes.values()), TaskChange())
        return self._each(verb, list(changes), step, "" if verb == "note" else first.words)

    def delete(self, ids: Sequence[int]) -> list[Item]:
        """Take tasks out of sight; undo or resume brings them back."""

        def step(tx: Tx, planner: Planner, task_id: int) -> Task:
            task = answering.live(tx, planner, task_id)
            holding.silence(tx, planner, task, TaskState.DELETED)
            return task

        return self._each("rm", ids, step)

    def pause(self, ids: Sequence[int]) -> list[Item]:
        """Keep tasks from ringing until they are resumed."""

        def step(tx: Tx, planner: Planner, task_id: int) -> Task:
            task = answering.live(tx, planner, task_id)
            holding.pause(tx, planner, task)
            return task

        return self._each("pause", ids, step)

    def resume(self, ids: Sequence[int]) -> list[Item]:
        """Bring paused and deleted tasks back; what passed meanwhile is handled by the catch-up of each."""
        return self._each("resume", ids, holding.resume)

    def bring_in(self, portables: Sequence[Portable], watch: Callable[[int, int], None]) -> Brought:
        """Write tasks from another store, all or none; those that are there already are left as they are.

        Args:
            watch: told how many of how many are done.
        """
        with self._act("import") as (tx, planner):
            brought = bringing.bring_in(tx, planner, portables, watch)
            tx.describe(f"import {brought.new:,} tasks")
            return brought

    def _each(
        self, verb: str, ids: Sequence[int], step: Callable[[Tx, Planner, int], Task], how: str = ""
    ) -> list[Item]:
        """Do one step on each task as one user action; return where they stand then.

        Args:
            how: what it did to them, in words; "" where the verb says it.
        """
        with self._act(verb) as (tx, planner):
            touched = [step(tx, planner, task_id) for task_id in ids]
            tx.describe(f"{verb} {_names(touched)}" + (f": {how}" if how else ""))
            return [reading.item(tx, task.id) for task in touched]

    def undo(self) -> Step | None:
        """Take back the latest user action; None if there is none."""
        return next(iter(self.undo_all(1)), None)

    def undo_all(self, count: int) -> list[Step]:
        """Take back so many user actions, the latest first, or as many as there are."""
        with self.database.write() as tx:
            planner = Planner(tx, self._all_day_at)
            return _until_none(lambda: journal.undo(tx, planner), count)

    def redo(self) -> Step | None:
        """Make the action that was last taken back again; None if there is none."""
        return next(iter(self.redo_all(1)), None)

    def redo_all(self, count: int) -> list[Step]:
        """Make so many actions that were taken back again, or as many as there are."""
        with self.database.write() as tx:
            planner = Planner(tx, self._all_day_at)
            return _until_none(lambda: journal.redo(tx, planner), count)

    def under_request(self, request: str) -> None:
        """Note what is done from now on under this name; "" is none."""
        self.database.request = request

    def say_while_waiting(self, say: Callable[[], AbstractContextManager[object]] | None) -> None:
        """Enter what `say` returns for as long as another program may keep us out of the store."""
        self.database.while_waiting = say

    def forget(self, before: datetime) -> int:
        """Take away what happened before that instant, but for what is open; return how many rows."""
        return forgetting.forget(self.database, before)

    # -- reading -------------------------------------------------------------

    def made_by(self, request: str) -> str:
        """Return in words what was done under this name; "" if nothing was."""
        with self.database.read() as tx:
            return journal.made_by(tx, request)

    def stamp(self) -> Stamp | None:
        """Return what is another value after each change of the file, by whomever; None if it is not there."""
        return self.database.stamp()

    def item(self, task_id: int) -> Item:
        """Return a task with where it stands.

        Raises:
            NotFoundError: there is no such task.
        """
        with self.database.read() as tx:
            return reading.item(tx, task_id)

    def items(self, states: Sequence[TaskState] = (TaskState.ACTIVE,)) -> list[Item]:
        """Return all tasks in these states with where they stand, the next due first."""
        with self.database.read() as tx:
            return reading.items(tx, select(tx, Filter(EVERYTHING, tuple(states))).ids)

    def select(
        self, filtered: Filter, orders: Sequence[Order] = (), *, limit: int | None = None, is_counted: bool = True
    ) -> Found:
        """Return the ids of the tasks that a filter means, sorted, and, if counted, how many without the limit."""
        with self.database.read() as tx:
            return select(tx, filtered, orders, limit=limit, is_counted=is_counted)

    def pages(self, ids: Sequence[int]) -> Iterator[Item]:
        """Yield the tasks with these ids, in their order, a page at a time.

        Each page is read to its end in a transaction of its own: a reader that stops in the middle (`| less`) blocks
        nobody who writes.
        """
        for begin in range(0, len(ids), _PAGE):
            with self.database.read() as tx:
                page = reading.items(tx, ids[begin : begin + _PAGE])
            yield from page

    def ringing(self) -> list[Item]:
        """Return the tasks that have rung and are not answered, the latest first."""
        with self.database.read() as tx:
            rung = reading.items(tx, select(tx, Filter(Stands("ringing"), (TaskState.ACTIVE,))).ids)
        return sorted(rung, key=lambda item: (item.rang_at, item.task.id), reverse=True)

    def next_to_ring(self) -> tuple[Item, datetime] | None:
        """Return the task that is told next, and when; None if nothing waits."""
        with self.database.read() as tx:
            return reading.next_to_ring(tx)

    def deliveries(self, task_id: int, limit: int) -> list[Delivery]:
        """Return the latest deliveries of a task, the newest first."""
        with self.database.read() as tx:
            return reading.deliveries(tx, task_id, limit)

    def tries(self, task_id: int, limit: int) -> list[Tried]:
        """Return the latest tries to tell of a task, the newest first."""
        with self.database.read() as tx:
            return reading.tries(tx, task_id, limit)

    def unheard(self) -> tuple[bool, int]:
        """Return whether anything waits to be told, and how many dead letters there are."""
        with self.database.read() as tx:
            return reading.waits_to_ring(tx), letters.count(tx)

    def measures(self) -> Measures:
        """Return what a monitor asks: counters, and how late reminders were."""
        with self.database.read() as tx:
            return measure(tx)

    def history(self, limit: int) -> list[Step]:
        """Return the latest user actions, the newest first."""
        with self.database.read() as tx:
            return journal.history(tx, limit)


def _until_none(step: Callable[[], Step | None], count: int) -> list[Step]:
    """Take a step so often, or until there is none."""
    made: list[Step] = []
    while len(made) < count and (one := step()) is not None:
        made.append(one)
    return made


def _names(touched: Sequence[Task]) -> str:
    return ", ".join(f'{task.id} "{task.title}"' for task in touched)
