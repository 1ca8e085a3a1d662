"""One user action is one step back and one step forth, whatever the daemon did meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import TaskState
from remindcli.daemon.engine import Engine
from remindcli.errors import NotFoundError
from remindcli.store.asked import Move, NewTask, TaskChange
from remindcli.store.schema import metadata
from remindcli.store.store import Store

HOUR = timedelta(hours=1)
OWN = ("actions", "changes", "daemon", "migrations")
"""What keeps the steps, and what is not a user's."""

Rows = dict[str, list[dict[str, object]]]


def rows(store: Store) -> Rows:
    """Return all that a user's action can change."""
    with store.database.read() as tx:
        return {
            table.name: sorted((dict(row) for row in tx.connection.execute(select(table)).mappings()), key=repr)
            for table in metadata.sorted_tables
            if table.name not in OWN
        }


def daily(at: str = "2026-11-03 09:00", zone: str | None = "UTC") -> Rule:
    return Rule(datetime.fromisoformat(at), zone, rrule="FREQ=DAILY")


def look(store: Store, engine: Engine, clock: FakeClock, at: str) -> None:
    clock.set(at)
    engine.tick()


@pytest.fixture
def filled(store: Store, engine: Engine, clock: FakeClock) -> Store:
    """Return a store at noon of 3 November: 1 rings, 2 comes, 3 has no time, 4 counts from completion, 5 rang early."""
    store.add(NewTask("tea", daily(), tags=("home", "drink")))
    store.add(NewTask("call bob", Rule(datetime(2026, 11, 5, 17), "UTC")))
    store.add(NewTask("some day", None, note="or never"))
    store.add(
        NewTask(
            "water", Rule(datetime(2026, 11, 3, 10), "UTC", rrule="FREQ=DAILY;INTERVAL=3", repeat=Repeat.COMPLETION)
        )
    )
    store.add(NewTask("train", Rule(datetime(2026, 11, 3, 15), "UTC"), alerts=(-4 * HOUR, -HOUR, timedelta())))
    look(store, engine, clock, "2026-11-03 12:00")
    return store


UNTIL = datetime(2026, 11, 3, 16, tzinfo=UTC)
VERBS: dict[str, Callable[[Store], object]] = {
    "add": lambda store: store.add(NewTask("new", daily(), tags=("x",), alerts=(-HOUR, timedelta()))),
    "add without a time": lambda store: store.add(NewTask("new", None)),
    "done of a series": lambda store: store.complete([1]),
    "done early": lambda store: store.complete([2]),
    "done of what has no time": lambda store: store.complete([3]),
    "done of what counts from completion": lambda store: store.complete([4]),
    "done of several": lambda store: store.complete([1, 2, 3]),
    "skip": lambda store: store.skip([1, 2]),
    "snooze of what rings": lambda store: store.snooze([1, 4], UNTIL),
    "snooze of what has not rung": lambda store: store.snooze([2], UNTIL),
    "snooze over other alerts": lambda store: store.snooze([5], UNTIL),
    "move": lambda store: store.move(1, Move(UNTIL, is_all_day=False)),
    "move to a day": lambda store: store.move(2, Move(datetime(2026, 11, 9, tzinfo=UTC), is_all_day=True)),
    "move of what has no time": lambda store: store.move(3, Move(UNTIL, is_all_day=False)),
    "edit of the words": lambda store: store.edit(
        1, TaskChange(title="cup", note="black", list_name="work", priority=1, add_tags=("y",), remove_tags=("home",))
    ),
    "edit of the rule": lambda store: store.edit(1, TaskChange(rule=daily("2026-11-04 10:00"))),
    "edit of one time into a series": lambda store: store.edit(2, TaskChange(rule=daily("2026-11-04 10:00"))),
    "edit of the alerts": lambda store: store.edit(2, TaskChange(alerts=(-HOUR, -2 * HOUR))),
    "rm": lambda store: store.delete([1, 2, 3, 4, 5]),
    "pause": lambda store: store.pause([1, 2, 3, 4, 5]),
    "edit of several": lambda store: store.edit_all({1: TaskChange(title="cup"), 2: TaskChange(has_no_time=True)}),
    "move of several": lambda store: store.move_all([1, 2, 3], Move(UNTIL, is_all_day=False)),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_undo_puts_the_rows_back_as_they_were_and_redo_makes_them_again(verb: str, filled: Store) -> None:
    before = rows(filled)
    VERBS[verb](filled)
    after = rows(filled)
    assert after != before
    for _ in range(2):
        undone = filled.undo()
        assert undone is not None
        assert rows(filled) == before
        redone = filled.redo()
        assert redone == undone
        assert rows(filled) == after


def test_sixty_steps_back_and_sixty_forth(store: Store, clock: FakeClock) -> None:
    states = [rows(store)]
    actions: list[Callable[[int], object]] = [
        lambda n: store.add(NewTask(f"task {n}", daily())),
        lambda n: store.complete([n // 4 + 1]),
        lambda n: store.edit(n // 4 + 1, TaskChange(title=f"again {n}", add_tags=(f"t{n}",))),
        lambda n: store.snooze([n // 4 + 1], clock.now() + timedelta(days=9)),
    ]
    for number in range(60):
        actions[number % 4](number)
        states.append(rows(store))
        clock.advance(minutes=1)
    for state in reversed(states[:-1]):
        assert store.undo() is not None
        assert rows(store) == state
    assert store.undo() is None
    for state in states[1:]:
        assert store.redo() is not None
        assert rows(store) == state
    assert store.redo() is None


def test_a_new_action_ends_what_could_be_made_again(store: Store) -> None:
    store.add(NewTask("first", None))
    store.undo()
    store.add(NewTask("second", None))
    assert store.redo() is None
    assert [item.task.title for item in store.items()] == ["second"]


def test_what_failed_is_no_step_and_spoils_none(store: Store) -> None:
    store.add(NewTask("first", None))
    store.add(NewTask("second", None))
    store.undo()
    before = rows(store)
    with pytest.raises(NotFoundError):
        store.complete([1, 99])
    assert rows(store) == before, "nothing of it was done"
    redone = store.redo()
    assert redone is not None
    assert redone.verb == "add"


def test_history_tells_the_steps_in_words_with_their_tasks(filled: Store) -> None:
    filled.complete([1, 2])
    filled.undo()
    filled.delete([3])
    latest = filled.history(2)
    assert [(step.verb, step.summary, step.task_ids) for step in latest] == [
        ("rm", 'rm 3 "some day"', (3,)),
        ("add", 'add 5 "train"', (5,)),
    ]


def test_what_the_daemon_rang_meanwhile_does_not_ring_again(
    filled: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    channel.told.clear()
    filled.edit(2, TaskChange(title="call alice"))
    look(filled, engine, clock, "2026-11-05 17:00")
    assert "call alice" in channel.titles
    filled.undo()
    channel.told.clear()
    look(filled, engine, clock, "2026-11-05 17:01")
    assert channel.told == []
    filled.redo()
    look(filled, engine, clock, "2026-11-05 17:02")
    assert channel.told == []


def test_a_snooze_that_has_rung_is_undone_without_another_ring(
    filled: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    filled.snooze([4], clock.now() + HOUR)
    look(filled, engine, clock, "2026-11-03 13:00")
    channel.told.clear()
    filled.undo()
    look(filled, engine, clock, "2026-11-03 13:01")
    assert channel.told == []


def test_a_snooze_that_is_undone_before_it_rings_does_not_ring(
    filled: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    filled.snooze([4], clock.now() + HOUR)
    filled.undo()
    channel.told.clear()
    look(filled, engine, clock, "2026-11-03 13:01")
    assert channel.told == []
    assert filled.item(4).is_ringing


def test_done_early_undone_and_made_again_after_it_rang(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    store.complete([1])
    store.undo()
    look(store, engine, clock, "2026-11-03 09:00")
    assert channel.titles == ["tea"]
    assert store.redo() is not None
    look(store, engine, clock, "2026-11-03 09:30")
    look(store, engine, clock, "2026-11-04 09:00")
    assert channel.walls == ["2026-11-03 09:00", "2026-11-04 09:00"]
    item = store.item(1)
    assert item.occurrence is not None
    assert item.occurrence.planned_for == "2026-11-04T09:00:00"


def test_an_add_undone_and_made_again_after_it_rang_goes_on_with_the_next_day(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily(), alerts=(-HOUR,)))
    look(store, engine, clock, "2026-11-03 08:00")
    store.undo()
    assert store.items() == []
    store.redo()
    look(store, engine, clock, "2026-11-03 12:00")
    look(store, engine, clock, "2026-11-04 08:00")
    assert channel.walls == ["2026-11-03 08:00", "2026-11-04 08:00"]


def test_a_new_rule_that_is_undone_after_it_rang_leaves_nothing_behind(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    store.edit(1, TaskChange(rule=daily("2026-11-03 08:00")))
    look(store, engine, clock, "2026-11-03 08:00")
    store.undo()
    for at in ("2026-11-03 09:00", "2026-11-04 08:00", "2026-11-04 09:00", "2026-11-05 08:30"):
        look(store, engine, clock, at)
    assert channel.walls == ["2026-11-03 08:00", "2026-11-03 09:00", "2026-11-04 09:00"]


def test_a_task_taken_back_out_of_the_bin_rings_for_what_it_missed(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    store.delete([1])
    look(store, engine, clock, "2026-11-05 10:00")
    assert channel.told == []
    store.undo()
    look(store, engine, clock, "2026-11-05 10:01")
    assert channel.bodies == ["due 09:00, rings 1 hour late, passed 2 times before"]


def test_done_undone_while_the_message_is_on_its_way(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    clock.set("2026-11-03 09:00")
    claim = store.queue.claim("test")
    assert claim is not None
    store.complete([1])
    store.undo()
    clock.advance(minutes=3)
    engine.tick()
    assert channel.titles == ["tea"]


@pytest.mark.parametrize("verb", ["complete", "skip", "delete"])
def test_a_deleted_task_takes_no_verb_but_undo(verb: str, store: Store, clock: FakeClock) -> None:
    store.add(NewTask("tea", daily()))
    store.delete([1])
    with pytest.raises(NotFoundError, match="deleted"):
        getattr(store, verb)([1])
    with pytest.raises(NotFoundError, match="deleted"):
        store.edit(1, TaskChange(rule=daily()))
    with pytest.raises(NotFoundError, match="deleted"):
        store.snooze([1], clock.now() + HOUR)
    store.undo()
    assert store.item(1).task.state is TaskState.ACTIVE


def test_one_series_has_one_open_time_to_come_after_each_verb(store: Store, engine: Engine, clock: FakeClock) -> None:
    store.add(NewTask("tea", daily()))
    for verb in ("done", "skip", "undo", "redo", "done", "undo", "done", "skip", "undo"):
        look(store, engine, clock, f"{clock.now() + timedelta(hours=17):%Y-%m-%d %H:%M}")
        {"done": lambda: store.complete([1]), "skip": lambda: store.skip([1]), "undo": store.undo, "redo": store.redo}[
            verb
        ]()
        engine.tick()
        with store.database.read() as tx:
            coming = tx.connection.execute(
                text("SELECT count(*) FROM occurrences WHERE state = 'open' AND due_at > :now"),
                {"now": int(clock.now().timestamp() * 1000)},
            ).scalar_one()
        assert coming == 1, verb
