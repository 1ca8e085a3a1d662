"""What a filter finds by SQL is what one would find by looking at each task."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.core import filters
from remindcli.core.filters import Both, Condition, Either, Filter, Not
from remindcli.core.rule import Rule
from remindcli.core.task import CatchUp, is_overdue
from remindcli.daemon.engine import Engine
from remindcli.errors import UsageError
from remindcli.store.asked import Move, NewTask
from remindcli.store.reading import Item
from remindcli.store.selecting import Order
from remindcli.store.store import Store

NAMES = ("recurring", "ringing", "nagging", "kept", "snoozed", "undated", "failed")


@pytest.fixture
def filled(store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock) -> Store:
    """Return a store with tasks in every state, three days after they were written down."""
    clock.set("2026-11-02 08:00", zone="Europe/Berlin")

    def add(title: str, due: str | None = None, rrule: str | None = None, **more: object) -> int:
        is_all_day = due is not None and "T" not in due
        rule = Rule(datetime.fromisoformat(due), is_all_day=is_all_day, rrule=rrule) if due else None
        return store.add(NewTask(title, rule, **more)).task.id  # type: ignore[arg-type]

    add("call Bob", "2026-11-02T11:00", tags=("phone", "work"), priority=1)
    add("pay rent", "2026-11-05T17:00", "FREQ=MONTHLY", tags=("home",), list_name="money")
    add("Straße fegen", "2026-11-05", note="of Bob")
    add("late all day", "2026-11-03", tags=("home",), list_name="home")
    add("stand-up", "2026-11-02T09:30", "FREQ=DAILY", tags=("work",))
    add("backlog", "2026-11-02T09:45", "FREQ=DAILY", catch_up=CatchUp.ALL, priority=3)
    add("some day", list_name="home", priority=2)
    add("rests", "2026-11-06T09:00", "FREQ=WEEKLY", tags=("home",))
    add("over", "2026-11-02T08:30")
    add("gone", "2026-11-07T09:00", tags=("work",))
    add("put off", "2026-11-04T08:00", tags=("phone",))
    add("moved", "2026-11-02T10:00", "FREQ=WEEKLY")
    add("nags", "2026-11-05T07:00", nag_after=timedelta(hours=2))
    add("two at once", "2026-11-02T12:00", "FREQ=DAILY", catch_up=CatchUp.ALL)
    broken = add("broken", "2026-11-05T07:30")
    store.pause([8])
    store.complete([9])
    store.delete([10])
    clock.set("2026-11-05 07:15")
    engine.tick()
    channel.refuses(permanent=True)
    clock.set("2026-11-05 07:45")
    engine.tick()
    assert store.item(broken).has_failed
    store.snooze([11], clock.now() + timedelta(hours=3))
    store.move(12, Move(clock.now() + timedelta(days=1), is_all_day=False))
    # two open occurrences that are due in the same moment
    current = store.item(14).occurrence
    assert current is not None
    store.move(14, Move(current.due_at - timedelta(days=1), is_all_day=False))  # type: ignore[operator]
    clock.set("2026-11-05 08:00")
    return store


def passes(item: Item, condition: Condition, clock: FakeClock) -> bool:
    """Return whether a task fulfils a condition, by looking at it."""
    match condition:
        case Both(parts=parts):
            return all(passes(item, part, clock) for part in parts)
        case Either(parts=parts):
            return any(passes(item, part, clock) for part in parts)
        case Not(part=part):
            return not passes(item, part, clock)
    return LOOKS[type(condition)](item, condition, clock)


def is_due(item: Item, condition: Any, _clock: FakeClock) -> bool:
    due_at = item.occurrence.due_at if item.occurrence else None
    begin, end = condition.begin, condition.end
    return due_at is not None and (begin is None or begin <= due_at) and (end is None or due_at < end)


def is_late(item: Item, condition: Any, clock: FakeClock) -> bool:
    due_at = item.occurrence.due_at if item.occurrence else None
    ends = due_at.astimezone(clock.zone()) + timedelta(days=1) if due_at else None
    return item.occurrence is not None and is_overdue(item.occurrence, now=condition.now, all_day_ends_at=ends)


def stands(item: Item, condition: Any, _clock: FakeClock) -> bool:
    match condition.name:
        case "undated":
            return item.occurrence is None or item.occurrence.due_at is None
        case "failed":
            return item.has_failed
        case "recurring":
            return item.task.is_recurring
        case name:
            return bool(getattr(item, f"is_{name}"))


LOOKS: dict[type, Callable[[Item, Any, FakeClock], bool]] = {
    filters.HasTag: lambda item, one, _: one.tag in item.task.tags,
    filters.OnList: lambda item, one, _: item.task.list_name == one.name,
    filters.HasPriority: lambda item, one, _: item.task.priority == one.priority,
    filters.HasId: lambda item, one, _: any(low <= item.task.id <= high for low, high in one.ranges),
    filters.HasText: lambda item, one, _: one.text in item.task.title.casefold() + "\n" + item.task.note.casefold(),
    filters.IsDue: is_due,
    filters.IsOverdue: is_late,
    filters.Stands: stands,
    filters.InState: lambda item, one, _: item.task.state is one.state,
    filters.ComesBack: lambda item, one, _: f"FREQ={one.freq}" in ((item.task.rule and item.task.rule.rrule) or ""),
}


WORDS = (
    *("+home", "-work", "@home", "-@money", "p1", "p2", "p3", "2-6", "13", "bob", "STRASSE", "nothing", "overdue"),
    *("today", "tomorrow", "week", "before:today", "after:today", "fri..sun", "is:paused", "is:done", "is:deleted"),
    *("every:daily", "every:monthly", "text:up", *(f"is:{name}" for name in NAMES)),
)


def found(store: Store, clock: FakeClock, words: list[str]) -> tuple[list[int], list[int]]:
    """Return what SQL finds, and what one finds by looking."""
    read = filters.read(words, now=clock.now(), zone=clock.zone())
    looked = [item.task.id for item in store.items(read.states) if passes(item, read.condition, clock)]
    return list(store.select(read).ids), looked


def test_each_word_finds_what_looking_finds(filled: Store, clock: FakeClock) -> None:
    for word in WORDS:
        by_sql, by_looking = found(filled, clock, [word])
        assert by_sql == by_looking, word
        assert by_sql or word in ("nothing", "is:kept"), f"{word} is not put to the test"


def test_words_together_find_what_looking_finds(filled: Store, clock: FakeClock) -> None:
    chance, looked_at = random.Random(6), 0
    for _ in range(300):
        words: list[str] = []
        for _ in range(chance.randint(1, 4)):
            words += [*(["not"] * chance.randint(0, 1)), chance.choice(WORDS), chance.choice(("or", "and", ""))]
        words = [word for word in words[:-1] if word]
        with suppress(UsageError):  # two lists, two priorities
            by_sql, by_looking = found(filled, clock, words)
            assert by_sql == by_looking, words
            looked_at += 1
    assert looked_at > 250


def test_the_current_occurrence_is_the_one_that_a_user_means(filled: Store, clock: FakeClock) -> None:
    """A backlog, and two that are due in the same moment: SQL chooses as decide.current does."""
    for task_id in (6, 14):
        due_at = filled.item(task_id).occurrence.due_at  # type: ignore[union-attr]
        assert due_at is not None
        here = filters.IsDue(due_at, due_at + timedelta(milliseconds=1))
        assert task_id in filled.select(Filter(here)).ids


def test_order(filled: Store) -> None:
    chosen = Filter(filters.HasId(((1, 1), (4, 6))))
    due = [item.occurrence.due_at for item in filled.pages(filled.select(chosen).ids) if item.occurrence]
    assert len(due) == 4
    assert due == sorted(due)  # type: ignore[type-var]
    for orders, ids in (
        ([Order("id", is_down=True)], (6, 5, 4, 1)),
        ([Order("title")], (6, 1, 4, 5)),
        ([Order("priority"), Order("id")], (1, 6, 4, 5)),
        ([Order("list"), Order("id")], (4, 1, 5, 6)),
    ):
        assert filled.select(chosen, orders).ids == ids, orders
    for is_down in (False, True):
        assert filled.select(Filter(filters.EVERYTHING), [Order("due", is_down=is_down)]).ids[-1] == 7, "no time: last"


def test_a_limit_cuts_and_counts(filled: Store) -> None:
    whole = filled.select(Filter(filters.EVERYTHING))
    assert whole.total == len(whole.ids) == 13
    assert filled.select(Filter(filters.EVERYTHING), limit=3) == (whole.ids[:3], 13)
    assert filled.select(Filter(filters.EVERYTHING), limit=0) == ((), 13)
    assert filled.select(Filter(filters.EVERYTHING), limit=99).total == 13
    assert [item.task.id for item in filled.pages([7, 3, 99, 1])] == [7, 3, 1], "what is gone is left out"
