"""Whatever is done in whatever order, with crashes and clocks that jump: the store keeps its promises."""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from tests.conftest import MEMORY_DISK, FakeChannel, FakeClock
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL, Dump

from remindcli.core import decide
from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import CatchUp
from remindcli.daemon.engine import Engine
from remindcli.errors import RemindError
from remindcli.store.asked import NewTask
from remindcli.store.journal import Step
from remindcli.store.store import Store

PARTS, RUNS, STEPS = (4, 500, 50) if IS_FULL else (1, 30, 30)
"""The runs are in parts, so that each core can take some (pytest -n 2); each part is random by itself."""
START = datetime(2026, 10, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLACK = timedelta(minutes=1)

RRULES = (
    "FREQ=DAILY",
    "FREQ=HOURLY;INTERVAL=5",
    "FREQ=DAILY;COUNT=3",
    "FREQ=WEEKLY;BYDAY=MO,FR",
    "FREQ=MINUTELY;INTERVAL=100",
)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland")
ALERTS = ((timedelta(),), (-HOUR, timedelta()), (-timedelta(days=1),), ())
# What a user could tell apart: the ids of occurrences and deliveries are the store's own.
DUMPED = {
    "tasks": "SELECT * FROM tasks",
    "tags": "SELECT * FROM task_tags",
    "occurrences": "SELECT task_id, planned_for, due_at, moved_to, state, done_at, passed FROM occurrences",
    "deliveries": "SELECT d.task_id, planned_for, alert, execute_at, status, payload, attempt, d.due_at, delivered_at"
    " FROM scheduled_tasks AS d JOIN occurrences ON occurrences.id = occurrence_id",
}
ANSWERED = (
    "SELECT uid, planned_for FROM occurrences JOIN tasks ON tasks.id = task_id"
    " WHERE occurrences.state IN ('done', 'skipped')"
)

some_task = st.integers(1, 6)
some_minutes = st.sampled_from([1, 7, 60, 300, 1440])

Key = tuple[str, str, int]
"""What is told once: the task's uid, the planned time, the alert."""


class Life(RuleBasedStateMachine):
    """A store, an engine and a clock; and what a person knows of them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="remind-life-", dir=MEMORY_DISK if MEMORY_DISK.is_dir() else None))
        self.clock = FakeClock(START, "Europe/Berlin")
        self.channel = FakeChannel(self.clock)
        self.starts = 0
        self.told: set[Key] = set()
        self.ids: list[int] = []
        self.open()

    def open(self) -> None:
        self.starts += 1
        self.store = Store(self.folder / "remind.db", self.clock)
        self.engine = Engine(
            self.store,
            {"fake": self.channel},
            self.clock,
            order=("fake",),
            owner=f"daemon {self.starts}",
            workers=1,
            jitter=lambda: 0.0,
        )

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        with self.store.database.read() as tx:
            return [tuple(row) for row in tx.connection.execute(text(query), values)]

    # -- what a user does ------------------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.add("FREQ=DAILY", 60, None, ALERTS[0], CatchUp.LATEST, Repeat.SCHEDULE)

    @rule(
        rrule=st.sampled_from([None, *RRULES]),
        minutes=st.integers(-600, 3000),
        zone=st.sampled_from([None, *ZONES]),
        alerts=st.sampled_from(ALERTS),
        catch_up=st.sampled_from(CatchUp),
        repeat=st.sampled_from(Repeat),
    )
    def add(
        self,
        rrule: str | None,
        minutes: int,
        zone: str | None,
        alerts: tuple[timedelta, ...],
        catch_up: CatchUp,
        repeat: Repeat,
    ) -> None:
        wall = (self.clock.now() + timedelta(minutes=minutes)).replace(tzinfo=None, second=0, microsecond=0)
        when = Rule(wall, zone, rrule=rrule, repeat=repeat if rrule == "FREQ=DAILY" else Repeat.SCHEDULE)
        with suppress(RemindError):  # a rule that has ended
            made = self.store.add(NewTask("task", when, alerts=alerts, catch_up=catch_up))
            assert made.task.id > max(self.ids, default=0), "an id was used again"
            self.ids.append(made.task.id)

    @rule(task=some_task)
    def done(self, task: int) -> None:
        with suppress(RemindError):
            self.store.complete([task])

    @rule(task=some_task)
    def skip(self, task: int) -> None:
        with suppress(RemindError):
            self.store.skip([task])

    @rule(task=some_task, minutes=some_minutes)
    def snooze(self, task: int, minutes: int) -> None:
        with suppress(RemindError):
            self.store.snooze([task], self.clock.now() + timedelta(minutes=minutes))
            self.may_be_told_again([task])

    @rule()
    def undo(self) -> None:
        self.step_back_or_forth(self.store.undo)

    @rule()
    def redo(self) -> None:
        self.step_back_or_forth(self.store.redo)

    def step_back_or_forth(self, go: Callable[[], Step | None]) -> Step | None:
        step = go()
        if step is not None:  # what followed from it is unmade with it, told or not, and may come again
            self.may_be_told_again(step.task_ids)
        return step

    def may_be_told_again(self, tasks: Any) -> None:
        again = {uid for task in tasks for (uid,) in self.rows("SELECT uid FROM tasks WHERE id = :id", id=task)}
        self.told = {key for key in self.told if key[0] not in again}

    @rule()
    def undo_and_redo_in_turn(self) -> None:
        """Twice back and forth: the same store each time."""
        if self.step_back_or_forth(self.store.undo) is None:
            return
        back = self.dump()
        self.step_back_or_forth(self.store.redo)
        forth = self.dump()
        self.store.undo()
        assert not _difference(self.dump(), back), "undone twice, it is not the same"
        self.store.redo()
        assert not _difference(self.dump(), forth), "made again twice, it is not the same"

    def dump(self) -> Dump:
        return {name: self.rows(query) for name, query in DUMPED.items()}

    # -- what happens by itself ------------------------------------------------------------------------------

    @rule(minutes=some_minutes)
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)
        self.tick()

    @rule()
    def the_engine_sleeps_until_there_is_something_to_do(self) -> None:
        next_at = self.store.queue.next_look_at()
        if next_at is not None and next_at > self.clock.now():
            self.clock.set(next_at)
        self.tick()

    @rule()
    def tick(self) -> None:
        before = set(self.tries())
        answered = set(self.rows(ANSWERED))
        next_at = self.engine.tick()
        assert next_at is None or next_at > self.clock.now(), "it would look again and again"
        for _, uid, planned_for, alert, result, _ in sorted(set(self.tries()) - before):
            if result == "shown":
                key = (uid, planned_for, alert)
                assert key not in self.told, f"told twice: {key}"
                assert key[:2] not in answered, f"told though it was answered: {key}"
                self.told.add(key)
        now = self.clock.now()
        for lease_ms, owner in self.rows("SELECT lease_until, owner FROM scheduled_tasks WHERE status = 'executing'"):
            lease = datetime.fromtimestamp(lease_ms / 1000, UTC)
            assert now < lease <= now + decide.LEASE + SLACK, f"leased for ever by {owner}"
            assert not owner.startswith(f"daemon {self.starts}:"), "left on its way"

    def tries(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "SELECT attempts.id, uid, planned_for, alert, result, tried_at FROM attempts"
            " JOIN occurrences ON occurrences.id = occurrence_id JOIN tasks ON tasks.id = attempts.task_id"
        )

    @rule(how=st.sampled_from(["refuses", "is_absent", "hangs", "crashes"]), times=st.integers(1, 3))
    def the_channel_fails(self, how: str, times: int) -> None:
        getattr(self.channel, how)(times)

    @rule()
    def the_daemon_dies_with_a_message_on_its_way(self) -> None:
        claim = self.store.queue.claim(f"daemon {self.starts}:dead")
        if claim is not None:
            assert (claim.task.uid, claim.occurrence.planned_for, int(claim.delivery.alert.total_seconds())) not in (
                self.told
            ), "claimed again though it was told"
        self.restart()

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()

    @rule(hours=st.sampled_from([-72, -24, -1, 1, 30, 400]))
    def somebody_sets_the_clock(self, hours: int) -> None:
        """Of what was told by a clock that was ahead, what comes due by the right one is told once more."""
        self.clock.advance(hours=hours)
        if hours < 0:
            self.told.clear()
        self.tick()

    @rule(zone=st.sampled_from(ZONES))
    def the_user_travels(self, zone: str) -> None:
        self.clock.zone_name = zone
        self.tick()

    # -- what holds always -----------------------------------------------------------------------------------

    @invariant()
    def no_planned_time_is_there_twice(self) -> None:
        query = "SELECT task_id, planned_for FROM occurrences GROUP BY 1, 2 HAVING count(*) > 1"
        assert self.rows(query) == []

    @invariant()
    def a_task_that_comes_back_has_an_open_occurrence(self) -> None:
        query = (
            "SELECT id, rrule FROM tasks WHERE state = 'active'"
            " AND id NOT IN (SELECT task_id FROM occurrences WHERE state = 'open')"
            " AND (next_at IS NULL OR next_at > :now)"  # what is behind is caught up with at the next look
        )
        assert self.rows(query, now=int(self.clock.now().timestamp() * 1000)) == []

    @invariant()
    def what_was_told_has_a_time(self) -> None:
        query = "SELECT id FROM scheduled_tasks WHERE (status = 'delivered') <> (delivered_at IS NOT NULL)"
        assert self.rows(query) == []


def _difference(one: Dump, other: Dump) -> list[tuple[str, tuple[Any, ...]]]:
    """Return the rows that only one of two dumps has."""
    return [(table, row) for table in DUMPED for row in sorted(set(one[table]) ^ set(other[table]), key=repr)]


@pytest.mark.parametrize("repeat", Repeat)
def test_done_by_a_clock_that_was_ahead_a_task_still_comes_back(
    repeat: Repeat, store: Store, engine: Engine, clock: FakeClock
) -> None:
    """Found here: what the wrong clock had spawned was taken away, and nothing came in its place."""
    task = store.add(NewTask("water", Rule(datetime(2026, 11, 2, 13), "UTC", rrule="FREQ=DAILY", repeat=repeat))).task
    clock.advance(hours=1)
    engine.tick()
    store.complete([task.id])
    clock.advance(hours=-72)
    engine.tick()
    assert store.item(task.id).occurrence is not None


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens_the_store_keeps_its_promises(part: int, tell: Tell) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    tell(f"a life of a store: {RUNS} runs of {STEPS} steps (part {part + 1} of {PARTS})")
