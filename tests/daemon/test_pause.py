"""A paused task does not ring; what passed until it is resumed is handled as after any absence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import CatchUp, TaskState
from remindcli.daemon.engine import Engine
from remindcli.errors import NotFoundError, RemindError
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

HOUR = timedelta(hours=1)


def daily(at: str = "2026-11-02 13:00", **parts: object) -> Rule:
    return Rule(datetime.fromisoformat(at), "UTC", rrule="FREQ=DAILY", **parts)  # type: ignore[arg-type]


def once(at: str) -> Rule:
    return Rule(datetime.fromisoformat(at), "UTC")


@pytest.fixture
def until(clock: FakeClock, engine: Engine) -> Callable[[str], None]:
    """Return what lets time pass with a daemon that looks once an hour."""

    def until(wall: str) -> None:
        end = datetime.fromisoformat(wall).replace(tzinfo=clock.zone())
        while clock.now() < end:
            clock.advance(min(HOUR, end - clock.now()))
            engine.tick()

    return until


def test_it_does_not_ring_and_says_nothing_of_when_it_would(
    store: Store, engine: Engine, channel: FakeChannel, until: Callable[[str], None]
) -> None:
    task = store.add(NewTask("tea", daily(), alerts=(-HOUR / 2, timedelta())))
    (item,) = store.pause([task.task.id])
    assert (item.task.state, item.rings_at) == (TaskState.PAUSED, None)
    until("2026-11-05 12:00")
    assert channel.titles == []
    assert engine.tick() is None, "nothing is waited for"


@pytest.mark.parametrize(
    ("catch_up", "rung", "passed"), [(CatchUp.LATEST, 1, 2), (CatchUp.ALL, 3, 0), (CatchUp.SKIP, 0, 3)]
)
def test_what_passed_is_handled_by_its_catch_up(
    catch_up: CatchUp, rung: int, passed: int, store: Store, until: Callable[[str], None]
) -> None:
    def told() -> int:
        return store.queue.counts().get("delivered", 0)

    store.add(NewTask("tea", daily(), catch_up=catch_up))
    store.pause([1])
    until("2026-11-04 20:00")  # three have passed
    store.resume([1])
    until("2026-11-04 21:00")
    assert told() == rung
    until("2026-11-05 13:00")
    assert told() == rung + 1
    if catch_up is not CatchUp.ALL:
        assert store.item(1).passed >= passed


def test_resumed_before_anything_passed_it_rings_as_ever(
    store: Store, channel: FakeChannel, until: Callable[[str], None]
) -> None:
    store.add(NewTask("tea", daily()))
    store.pause([1])
    store.resume([1])
    until("2026-11-03 20:00")
    assert channel.walls == ["2026-11-02 13:00", "2026-11-03 13:00"]


def test_a_single_one_that_passed_rings_when_it_is_resumed(
    store: Store, channel: FakeChannel, until: Callable[[str], None]
) -> None:
    store.add(NewTask("call", once("2026-11-02 13:00"), alerts=(-HOUR, timedelta())))
    store.pause([1])
    until("2026-11-02 18:00")
    store.resume([1])
    until("2026-11-02 20:00")
    assert channel.titles == ["call"], "the last of its alerts, once"


def test_what_has_rung_before_does_not_ring_again(
    store: Store, channel: FakeChannel, until: Callable[[str], None]
) -> None:
    store.add(NewTask("call", once("2026-11-02 13:00")))
    until("2026-11-02 13:00")
    store.pause([1])
    store.resume([1])
    until("2026-11-02 20:00")
    assert channel.titles == ["call"]


def test_a_snooze_is_still_one_after_it(
    store: Store, channel: FakeChannel, clock: FakeClock, until: Callable[[str], None]
) -> None:
    store.add(NewTask("call", once("2026-11-02 13:00"), alerts=(-HOUR / 2, timedelta())))
    store.snooze([1], clock.now() + 4 * HOUR)
    store.pause([1])
    store.resume([1])
    until("2026-11-02 20:00")
    assert channel.walls == ["2026-11-02 16:00"]


def test_done_while_paused_stays_paused(store: Store, channel: FakeChannel, until: Callable[[str], None]) -> None:
    store.add(NewTask("tea", daily()))
    store.pause([1])
    (closed,) = store.complete([1])
    assert closed.following is not None
    until("2026-11-04 20:00")
    assert (channel.titles, store.item(1).task.state) == ([], TaskState.PAUSED)
    store.resume([1])
    until("2026-11-04 21:00")
    assert channel.titles == ["tea"]


def test_undo_of_a_pause_is_a_resume(store: Store, channel: FakeChannel, until: Callable[[str], None]) -> None:
    store.add(NewTask("tea", daily()))
    store.pause([1])
    until("2026-11-04 20:00")
    store.undo()
    until("2026-11-05 13:00")
    assert channel.walls == ["2026-11-04 21:00", "2026-11-05 13:00"]


def test_what_was_deleted_comes_back_long_after(
    store: Store, channel: FakeChannel, until: Callable[[str], None]
) -> None:
    store.add(NewTask("tea", daily()))
    store.add(NewTask("milk", None))
    store.complete([2])
    store.delete([1, 2])
    until("2026-11-04 20:00")
    store.add(NewTask("another step", None))
    tea, milk = store.resume([1, 2])
    assert (tea.task.state, milk.task.state) == (TaskState.ACTIVE, TaskState.FINISHED)
    until("2026-11-05 13:00")
    assert channel.walls == ["2026-11-04 21:00", "2026-11-05 13:00"]


@pytest.mark.parametrize(
    ("verbs", "what"),
    [
        (["resume"], "is not paused"),
        (["pause", "pause"], "can't pause"),
        (["pause", "snooze"], "is paused"),
        (["complete", "complete", "pause"], "can't pause"),
        (["delete", "pause"], "was deleted"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_refused(verbs: list[str], what: str, store: Store, clock: FakeClock) -> None:
    store.add(NewTask("tea", Rule(datetime(2026, 11, 2, 13), "UTC", rrule="FREQ=DAILY;COUNT=2")))
    *before, last = (partial(getattr(store, verb), [1]) for verb in verbs)
    for verb in before:
        verb()
    more = (clock.now() + HOUR,) if verbs[-1] == "snooze" else ()
    with pytest.raises(RemindError, match=what):
        last(*more)


def test_undone_opens_what_was_done_last(
    store: Store, channel: FakeChannel, clock: FakeClock, until: Callable[[str], None]
) -> None:
    store.add(NewTask("call", once("2026-11-02 15:00")))
    store.complete([1])
    assert store.item(1).task.state is TaskState.FINISHED
    until("2026-11-02 14:00")
    (item,) = store.reopen([1])
    assert (item.task.state, item.rings_at) == (TaskState.ACTIVE, clock.set("2026-11-02 15:00"))
    until("2026-11-02 16:00")
    assert channel.titles == ["call"]


def test_undone_of_what_counts_from_completion_takes_its_next_time_away(store: Store) -> None:
    store.add(NewTask("plants", daily(repeat=Repeat.COMPLETION)))
    before = store.item(1)
    store.complete([1])
    (item,) = store.reopen([1])
    assert (item.occurrence, item.coming) == (before.occurrence, None)


def test_undone_of_what_was_never_done_is_refused(store: Store) -> None:
    store.add(NewTask("plants", daily()))
    with pytest.raises(NotFoundError, match="was not done"):
        store.reopen([1])
