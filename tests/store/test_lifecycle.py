"""The drawings in docs/lifecycle.md are what the database really does."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import LEGAL_MOVES, CatchUp, DeliveryState, OccurrenceState, TaskState
from remindcli.daemon.engine import Engine
from remindcli.errors import RemindError
from remindcli.store.asked import Move, NewTask, TaskChange
from remindcli.store.letters import Letters
from remindcli.store.store import Store

DOC = Path(__file__).parents[2] / "docs" / "lifecycle.md"
HOUR = timedelta(hours=1)
Moves = set[tuple[str, str]]


def drawn(section: str) -> Moves:
    """Return the moves that a drawing of the document names."""
    part = DOC.read_text(encoding="utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^ +(\w+) --> (\w+) :", part, re.MULTILINE))


def legal() -> Moves:
    return {(before.value, after.value) for before, all_after in LEGAL_MOVES.items() for after in all_after}


class Watch:
    """Notes each change of a state, by triggers in the database itself."""

    COLUMNS = (("tasks", "state"), ("occurrences", "state"), ("scheduled_tasks", "status"))

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.database.write() as tx:
            tx.connection.execute(text("CREATE TABLE seen (what TEXT, old TEXT, new TEXT)"))
            for table, column in self.COLUMNS:
                tx.connection.execute(
                    text(
                        f"CREATE TRIGGER seen_{table} AFTER UPDATE OF {column} ON {table}"
                        f" WHEN old.{column} <> new.{column} BEGIN"
                        f" INSERT INTO seen VALUES ('{table}', old.{column}, new.{column}); END"
                    )
                )

    def seen(self) -> dict[str, Moves]:
        """Return the moves of each table until now."""
        moves: defaultdict[str, Moves] = defaultdict(set)
        with self.store.database.read() as tx:
            for what, old, new in tx.connection.execute(text("SELECT DISTINCT what, old, new FROM seen")):
                moves[what].add((old, new))
        return moves


@pytest.fixture
def watch(store: Store) -> Iterator[Watch]:
    return Watch(store)


def test_the_drawing_of_a_delivery_names_exactly_the_legal_moves() -> None:
    assert drawn("Delivery") == legal()


@pytest.mark.parametrize(
    ("section", "states"), [("Task", TaskState), ("Occurrence", OccurrenceState), ("Delivery", DeliveryState)]
)
def test_a_drawing_names_only_states_that_there_are(section: str, states: type) -> None:
    named = {state for move in drawn(section) for state in move}
    known = {state.value for state in states}
    assert named <= known
    assert known == named, "a state that nothing leads to"


def once(at: str) -> Rule:
    return Rule(datetime.fromisoformat(at), "UTC")


def test_each_legal_move_of_a_delivery_is_made_by_something_a_user_or_the_daemon_does(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock, watch: Watch
) -> None:
    due = "2026-11-02 17:00"
    later = datetime(2026, 11, 2, 22, tzinfo=UTC)

    def due_one() -> int:
        clock.set("2026-11-02 12:00")
        return store.add(NewTask("one", once(due))).task.id

    def after(tries: str) -> int:
        """Return a task whose delivery has come to that."""
        task_id = due_one()
        {
            "refused": channel.refuses,
            "absent": channel.is_absent,
            "permanent": lambda n: channel.refuses(n, permanent=True),
        }[tries](1)
        clock.set(due)
        engine.tick()
        return task_id

    def on_its_way() -> int:
        task_id = due_one()
        clock.set(due)
        assert store.queue.claim("another") is not None
        return task_id

    def lease_over() -> None:
        clock.advance(minutes=3)
        engine.tick()

    store.complete([due_one()])  # scheduled -> cancelled
    after("refused")  # -> executing -> retryable
    lease_over()  # retryable -> executing -> delivered
    store.snooze([after("refused")], later)
    store.complete([after("refused")])
    after("absent")
    lease_over()  # held -> executing
    store.snooze([after("absent")], later)
    store.complete([after("absent")])
    store.snooze([on_its_way()], later)
    store.complete([on_its_way()])
    lease_over()  # executing -> retryable -> executing -> cancelled
    store.snooze([after("permanent")], later)
    after("permanent")
    Letters(store.database).drop()
    clock.set("2026-11-03 12:00")
    engine.tick()
    rung = store.add(NewTask("rung", once("2026-11-03 13:00"), alerts=(-HOUR / 2, timedelta()))).task.id
    clock.set("2026-11-03 12:30")
    engine.tick()
    store.snooze([rung], clock.now() + HOUR)  # delivered -> scheduled; the other alert is cancelled
    store.move(rung, Move(clock.now() + 2 * HOUR, is_all_day=False))  # cancelled -> scheduled
    store.complete([rung])
    for day, come_to in ((4, None), (5, channel.refuses), (6, channel.is_absent)):  # and so -> delivered
        nags = store.add(NewTask("nags", once(f"2026-11-0{day} 14:00"), nag_after=HOUR)).task.id
        clock.set(f"2026-11-0{day} 14:00")
        engine.tick()
        if come_to is not None:
            come_to(1)
            clock.advance(minutes=60)
            engine.tick()
        store.acknowledge([nags])
    assert watch.seen()["scheduled_tasks"] == legal()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_no_state_changes_but_as_drawn(
    seed: int, store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock, watch: Watch
) -> None:
    chance = random.Random(seed)
    letters = Letters(store.database)

    def some_rule() -> Rule | None:
        wall = (clock.now() + timedelta(minutes=chance.randrange(1, 3000))).replace(tzinfo=None, second=0)
        rrule = chance.choice([None, "FREQ=DAILY", "FREQ=HOURLY;INTERVAL=5", "FREQ=DAILY;COUNT=3"])
        repeat = chance.choice([Repeat.SCHEDULE, Repeat.COMPLETION]) if rrule == "FREQ=DAILY" else Repeat.SCHEDULE
        return chance.choice([None, *[Rule(wall, chance.choice([None, "UTC"]), rrule=rrule, repeat=repeat)] * 5])

    def some_task() -> list[int]:
        return [chance.randrange(1, 9)]

    def some_time() -> datetime:
        return clock.now() + timedelta(minutes=chance.randrange(1, 600))

    def add() -> None:
        alerts = chance.choice([(timedelta(),), (-HOUR, timedelta()), (-timedelta(days=1),), ()])
        store.add(NewTask("task", some_rule(), alerts=alerts, catch_up=chance.choice(list(CatchUp))))

    def fail() -> None:
        chance.choice([channel.refuses, channel.is_absent, channel.hangs, channel.crashes])(chance.randrange(1, 4))

    def let_time_pass() -> None:
        clock.advance(minutes=chance.choice([1, 3, 10, 100, 1000, 5000]))
        engine.tick()

    doings = [
        *[let_time_pass] * 8,
        *[add] * 3,
        *[fail] * 2,
        lambda: store.complete(some_task()),
        lambda: store.skip(some_task()),
        lambda: store.snooze(some_task(), some_time()),
        lambda: store.move(some_task()[0], Move(some_time(), is_all_day=chance.random() < 0.2)),
        lambda: store.edit(some_task()[0], TaskChange(rule=some_rule())),
        lambda: store.edit(some_task()[0], TaskChange(alerts=(-HOUR / 2, timedelta()))),
        lambda: store.pause(some_task()),
        lambda: store.resume(some_task()),
        lambda: store.reopen(some_task()),
        lambda: store.delete(some_task()),
        lambda: store.queue.claim("a daemon that dies"),
        letters.drop,
        letters.retry,
    ]
    for _ in range(70):
        with suppress(RemindError):
            chance.choice(doings)()
    seen = watch.seen()
    assert seen["scheduled_tasks"] <= legal()
    assert seen["occurrences"] <= drawn("Occurrence")
    assert seen["tasks"] <= drawn("Task")
    next_at = engine.tick()
    assert next_at is None or next_at > clock.now()
