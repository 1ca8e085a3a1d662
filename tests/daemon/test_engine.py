"""What the engine tells, when, and what stands in the store behind it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import text
from tests.conftest import FakeChannel, FakeClock

from remindcli.channels import Message, Receipt
from remindcli.core.decide import Discard
from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import CatchUp, Delivery, DeliveryState, OccurrenceState, TaskState
from remindcli.daemon.engine import Engine
from remindcli.errors import StoreError
from remindcli.store import catching_up
from remindcli.store.asked import Move, NewTask, TaskChange
from remindcli.store.lock import FileLock
from remindcli.store.reading import Item
from remindcli.store.store import Store
from remindcli.store.told import Taken

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def daily(at: str = "2026-11-03 09:00", zone: str | None = "UTC") -> Rule:
    return Rule(datetime.fromisoformat(at), zone, rrule="FREQ=DAILY")


def once(at: str, zone: str | None = "UTC") -> Rule:
    return Rule(datetime.fromisoformat(at), zone)


def delivery(store: Store, task_id: int = 1) -> Delivery:
    """Return the only delivery of a task."""
    (only,) = store.deliveries(task_id, 10)
    return only


def statuses(store: Store, task_id: int = 1) -> list[str]:
    """Return the states of a task's deliveries, in the order in which they were to be told."""
    return [one.status.value for one in reversed(store.deliveries(task_id, 100))]


def occurrences(store: Store, task_id: int = 1) -> list[tuple[str, str]]:
    """Return the planned times of a task's occurrences with their states."""
    with store.database.read() as tx:
        rows = tx.connection.execute(
            text("SELECT planned_for, state FROM occurrences WHERE task_id = :id ORDER BY due_at"), {"id": task_id}
        )
        return [(key, state) for key, state in rows]


def is_open(store: Store, task_id: int = 1) -> list[str]:
    return [key for key, state in occurrences(store, task_id) if state == OccurrenceState.OPEN]


def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so, in the engine's other thread."""
    deadline = monotonic() + 20
    while not is_so():
        assert monotonic() < deadline, "it did not come to that"
        threading.Event().wait(0.005)


@pytest.fixture
def run(engine: Engine, clock: FakeClock) -> "Run":
    """Return what lets time pass."""
    return Run(engine, clock)


class Run:
    """Lets time pass with the engine running, from one time to look to the next."""

    def __init__(self, engine: Engine, clock: FakeClock) -> None:
        self.engine = engine
        self.clock = clock

    def until(self, end: datetime | str) -> None:
        """Look whenever there is something to do before the end, and at the end."""
        if isinstance(end, str):
            end = datetime.fromisoformat(end).replace(tzinfo=self.clock.zone())
        while (next_at := self.engine.tick()) is not None and next_at < end:
            assert next_at > self.clock.now(), "the engine would look again and again"
            self.clock.set(next_at)
        self.clock.set(end)
        self.engine.tick()


# -- ringing ---------------------------------------------------------------------------------------------------


def test_one_reminder_rings_once_when_it_is_due(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00"), priority=1))
    run.until("2026-11-05 00:00")
    assert channel.walls == ["2026-11-02 17:00"]
    assert channel.bodies == ["due 17:00"]
    assert channel.told[0].message.urgency == "critical"
    told = delivery(store)
    assert (told.status, told.attempt, told.channel, told.target) == (DeliveryState.DELIVERED, 1, "fake", "1")
    assert told.delivered_at == told.due_at
    assert store.item(1).is_ringing


def test_the_next_occurrence_is_there_with_its_delivery_as_soon_as_one_has_rung(
    store: Store, run: Run, channel: FakeChannel
) -> None:
    store.add(NewTask("tea", daily()))
    run.until("2026-11-03 09:00")
    assert occurrences(store) == [("2026-11-03T09:00:00", "open"), ("2026-11-04T09:00:00", "open")]
    assert statuses(store) == ["delivered", "scheduled"]
    item = store.item(1)
    assert item.occurrence is not None
    assert item.occurrence.planned_for == "2026-11-03T09:00:00", "what has rung is what a user means"
    assert item.coming is not None


def test_alerts_before_due_ring_in_their_order_and_each_once(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("train", daily(), alerts=(-DAY, -HOUR, timedelta())))
    run.until("2026-11-04 08:30")
    assert channel.walls == [f"2026-11-{one}" for one in ("03 08:00", "03 09:00", "03 09:00", "04 08:00")]


def test_what_came_due_while_its_command_waited_for_the_store_rings_at_once(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    clock.set(datetime(2026, 11, 2, 17, 0, 8, tzinfo=UTC))
    store.add(NewTask("call bob", once("2026-11-02 17:00:01")))
    store.add(NewTask("long ago", once("2026-11-02 16:58:00")))
    run.until(clock.now())
    assert channel.titles == ["call bob"]


def test_an_alert_a_day_ahead_is_not_late_for_the_second_time_either(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    clock.set("2026-11-02 12:00")  # the alert of Tuesday has passed already
    store.add(NewTask("bins", Rule(datetime(2026, 11, 3, 9), "UTC", rrule="FREQ=WEEKLY"), alerts=(-DAY,)))
    run.until("2026-11-17 00:00")
    assert channel.walls == ["2026-11-09 09:00", "2026-11-16 09:00"]


def test_a_task_that_only_rings_before_due_leaves_no_pile_behind(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("tea", daily(), alerts=(-HOUR,)))
    run.until("2026-11-08 12:00")
    assert is_open(store) == [f"2026-11-{day:02}T09:00:00" for day in (7, 8, 9)]
    assert channel.bodies[-1] == "due 09:00, passed 5 times before"
    store.complete([1])
    assert is_open(store) == ["2026-11-09T09:00:00"]


def test_who_skips_what_passed_is_finished_when_the_last_time_has_passed(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    rule = Rule(datetime(2026, 11, 3, 9), "UTC", rrule="FREQ=DAILY;COUNT=3")
    store.add(NewTask("pill", rule, alerts=(), catch_up=CatchUp.SKIP))
    clock.set("2026-11-09 10:00")
    engine.tick()
    assert store.item(1).task.state is TaskState.FINISHED


def test_an_all_day_task_rings_in_the_morning_of_its_day(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("birthday", Rule(datetime(2026, 11, 3), is_all_day=True), alerts=(-DAY, timedelta())))
    run.until("2026-11-05 00:00")
    assert channel.walls == ["2026-11-03 09:00"], "the alert of the day before had passed"
    assert channel.bodies == ["due today"]


def test_a_silent_task_never_rings_and_still_comes_back(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("read", daily(), alerts=()))
    run.until("2026-11-06 12:00")
    assert channel.told == []
    assert is_open(store) == ["2026-11-06T09:00:00"]


def test_what_is_due_at_the_same_time_rings_in_the_order_in_which_it_was_planned(
    store: Store, run: Run, channel: FakeChannel
) -> None:
    for number in range(20):
        store.add(NewTask(f"{number}", once("2026-11-02 13:00")))
    run.until("2026-11-02 13:00")
    assert channel.titles == [str(number) for number in range(20)]


# -- away ------------------------------------------------------------------------------------------------------


def test_six_days_away_leave_one_open_occurrence_that_says_what_passed(
    store: Store, run: Run, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    run.until("2026-11-03 12:00")
    clock.set("2026-11-09 10:00")
    engine.tick()
    assert channel.titles == ["tea", "tea"]
    assert channel.bodies[-1] == "due 09:00, rings 1 hour late, passed 6 times before"
    assert is_open(store) == ["2026-11-09T09:00:00", "2026-11-10T09:00:00"]
    (closed,) = store.complete([1])
    assert closed.occurrence.planned_for == "2026-11-09T09:00:00"
    assert closed.following is not None
    assert closed.following.planned_for == "2026-11-10T09:00:00"
    assert is_open(store) == ["2026-11-10T09:00:00"], "one done was enough"


def test_any_command_spawns_what_is_missing_though_no_daemon_runs(store: Store, clock: FakeClock) -> None:
    store.add(NewTask("tea", daily()))
    clock.set("2026-11-09 10:00")
    assert store.queue.catch_up() == 1
    item = store.item(1)
    assert item.occurrence is not None
    assert (item.occurrence.planned_for, item.passed) == ("2026-11-09T09:00:00", 6)
    assert store.queue.catch_up() == 0


def test_a_backlog_keeps_each_time_open_until_it_is_done(
    store: Store, run: Run, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("pills", daily(), catch_up=CatchUp.ALL))
    run.until("2026-11-03 12:00")
    clock.set("2026-11-07 10:00")
    engine.tick()
    assert channel.titles == ["pills", "3 reminders from while you were away", "pills"]
    assert channel.bodies[1].splitlines()[0] == "pills (due Wed 4 Nov 09:00)"
    assert is_open(store) == [f"2026-11-{day:02}T09:00:00" for day in range(3, 9)]
    for _ in range(5):
        store.complete([1])
    assert is_open(store) == ["2026-11-08T09:00:00"]


def test_a_backlog_has_an_end(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "BACKLOG_LIMIT", 50)
    store.add(NewTask("blink", Rule(datetime(2026, 11, 3), "UTC", rrule="FREQ=MINUTELY"), catch_up=CatchUp.ALL))
    clock.set("2026-11-05 00:00")
    next_at = engine.tick()
    assert next_at == clock.now() + timedelta(minutes=1)
    told = [one for one in store.deliveries(1, 100) if one.status is DeliveryState.DELIVERED]
    assert len(told) == 51, "the first one, and the latest fifty"
    assert len(channel.told) <= 3, "in few messages"


def test_more_than_five_at_once_that_are_late_come_in_one_message(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    for number in range(6):
        store.add(NewTask(f"task {number}", once(f"2026-11-02 1{number + 2}:30")))
    store.add(NewTask("urgent", once("2026-11-02 13:00"), priority=1))
    clock.set("2026-11-02 20:00")
    engine.tick()
    assert channel.titles == ["urgent", "6 reminders from while you were away"]
    assert channel.bodies[1].splitlines()[:2] == ["task 0 (due 12:30)", "task 1 (due 13:30)"]
    assert all(item.is_ringing for item in store.items())


def test_five_that_are_late_come_one_by_one_and_say_how_late(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    for number in range(5):
        store.add(NewTask(f"task {number}", once("2026-11-02 13:00")))
    clock.set("2026-11-02 15:00")
    engine.tick()
    assert sorted(channel.titles) == [f"task {number}" for number in range(5)]
    assert set(channel.bodies) == {"due 13:00, rings 2 hours late"}


def test_what_is_older_than_a_day_comes_in_one_message(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("old", once("2026-11-02 13:00")))
    store.add(NewTask("older", once("2026-11-02 12:30")))
    store.add(NewTask("of today", once("2026-11-05 11:00")))
    clock.set("2026-11-05 12:00")
    engine.tick()
    assert channel.titles == ["2 reminders from while you were away", "of today"]


def test_a_digest_that_nobody_takes_is_held_and_comes_when_somebody_does(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    for number in range(8):
        store.add(NewTask(f"task {number}", once("2026-11-02 13:00")))
    channel.is_absent()
    clock.set("2026-11-02 13:00")
    engine.tick()
    assert store.queue.counts() == {"held": 8}
    clock.advance(minutes=30)
    engine.tick()
    assert store.queue.counts() == {"held": 8}
    channel.works()
    clock.advance(minutes=1)
    engine.tick()
    assert channel.titles == ["8 reminders from while you were away"]
    assert {one.attempt for number in range(8) for one in store.deliveries(number + 1, 9)} == {1}


def test_a_reminder_that_is_given_up_is_told_of_on_another_channel(
    store: Store, channel: FakeChannel, clock: FakeClock
) -> None:
    other, boss = FakeChannel(clock), FakeChannel(clock)
    channels = {"fake": channel, "boss": boss, "terminal": other}
    engine = Engine(store, channels, clock, order=("fake",), owner="test", workers=1)
    store.add(NewTask("call bob", once("2026-11-02 13:00")))
    channel.refuses(permanent=True)
    clock.set("2026-11-02 13:00")
    engine.tick()
    assert [(one.title, one.message.body) for one in other.told] == [
        ("not told: call bob", "fake: it said no (remind failed)")
    ]
    assert boss.asked == [], "a channel that is not for every reminder may be somebody else's mail"


def test_a_task_whose_channels_are_gone_rings_as_others_do_and_the_log_says_so(
    store: Store, run: Run, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 13:00"), channels=("phone",)))
    run.until("2026-11-02 14:00")
    assert channel.walls == ["2026-11-02 13:00"]
    assert "task 1 goes the usual way: there is no channel phone" in caplog.messages


def test_who_skips_hears_nothing_of_what_passed(
    store: Store, run: Run, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("lunch", daily("2026-11-03 12:00"), catch_up=CatchUp.SKIP))
    run.until("2026-11-03 13:00")
    clock.set("2026-11-07 13:00")
    engine.tick()
    assert is_open(store) == ["2026-11-08T12:00:00"]
    run.until("2026-11-08 12:00")
    assert channel.walls == ["2026-11-03 12:00", "2026-11-08 12:00"]
    assert channel.bodies[-1] == "due 12:00, passed 5 times before"


def test_who_skips_still_hears_of_an_all_day_task_on_its_day(
    store: Store, engine: Engine, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("bins", Rule(datetime(2026, 11, 3), rrule="FREQ=DAILY", is_all_day=True), catch_up=CatchUp.SKIP))
    clock.set("2026-11-07 08:00")
    engine.tick()
    run.until("2026-11-07 12:00")
    assert channel.walls == ["2026-11-07 09:00"]


def test_a_silent_task_that_skips_is_open_from_its_time_on(store: Store, run: Run) -> None:
    store.add(NewTask("stretch", daily(), alerts=(), catch_up=CatchUp.SKIP))
    run.until("2026-11-05 20:00")
    assert is_open(store) == ["2026-11-05T09:00:00"]


def test_what_came_due_while_nothing_ran_says_how_late_it_rings(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    clock.set("2026-11-05 18:00")
    engine.tick()
    assert channel.bodies == ["due Mon 2 Nov 17:00, rings 3 days late"]


def test_a_secondly_rule_after_a_year_is_computed_and_not_walked(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tick", Rule(datetime(2026, 11, 3), "UTC", rrule="FREQ=SECONDLY")))
    clock.set("2027-11-03 00:00")
    assert engine.tick() == clock.now() + timedelta(seconds=1)
    assert channel.titles == ["tick"]


# -- answers ---------------------------------------------------------------------------------------------------


def test_done_early_silences_this_time_and_not_the_next(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    clock.set("2026-11-03 08:00")
    store.complete([1])
    run.until("2026-11-04 09:00")
    assert channel.walls == ["2026-11-04 09:00"]
    assert occurrences(store)[0] == ("2026-11-03T09:00:00", "done")


def test_done_late_comes_back_at_the_planned_time(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("tea", daily()))
    run.until("2026-11-03 22:00")
    store.complete([1])
    run.until("2026-11-04 09:00")
    assert channel.walls == ["2026-11-03 09:00", "2026-11-04 09:00"]


def test_skip_leaves_one_time_out(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("tea", daily()))
    store.skip([1])
    run.until("2026-11-04 09:00")
    assert channel.walls == ["2026-11-04 09:00"]
    assert occurrences(store)[0] == ("2026-11-03T09:00:00", "skipped")


def test_a_task_counted_from_completion_waits_until_it_is_done(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    rule = Rule(datetime(2026, 11, 3, 9), "UTC", rrule="FREQ=DAILY;INTERVAL=3", repeat=Repeat.COMPLETION)
    store.add(NewTask("water", rule))
    run.until("2026-11-12 18:00")
    assert channel.walls == ["2026-11-03 09:00"], "it is one thing to do, however long it takes"
    store.complete([1])
    run.until("2026-11-20 00:00")
    assert channel.walls[1:] == ["2026-11-15 09:00"]


def test_a_task_counted_from_completion_goes_on_when_it_is_done_twice_a_day(store: Store, clock: FakeClock) -> None:
    rule = Rule(datetime(2026, 11, 3, 9), "UTC", rrule="FREQ=DAILY;INTERVAL=3", repeat=Repeat.COMPLETION)
    store.add(NewTask("water", rule))
    clock.set("2026-11-03 10:00")
    followings = [store.complete([1])[0].following for _ in range(3)]
    assert [one and one.planned_for for one in followings] == [
        "2026-11-06T09:00:00", "2026-11-09T09:00:00", "2026-11-12T09:00:00",
    ]  # fmt: skip
    assert store.item(1).task.state is TaskState.ACTIVE


def test_a_series_ends_with_its_count(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("pill", Rule(datetime(2026, 11, 3, 9), "UTC", rrule="FREQ=DAILY;COUNT=3")))
    run.until("2026-11-10 00:00")
    assert channel.walls == [f"2026-11-0{day} 09:00" for day in (3, 4, 5)]
    assert run.engine.tick() is None
    assert store.item(1).task.state is TaskState.ACTIVE, "the last one is not done yet"
    (closed,) = store.complete([1])
    assert closed.following is None
    assert store.item(1).task.state is TaskState.FINISHED


def test_what_is_done_while_it_was_to_be_tried_again_is_silent(store: Store, run: Run, channel: FakeChannel) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    channel.refuses(1)
    run.until("2026-11-02 17:00")
    store.complete([1])
    run.until("2026-11-02 19:00")
    assert channel.told == []
    assert statuses(store) == ["cancelled"]


def test_what_is_done_while_it_is_on_its_way_is_not_tried_again(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    clock.set("2026-11-02 17:00")
    assert store.queue.claim("a daemon that dies") is not None
    store.complete([1])
    run.until("2026-11-02 19:00")
    assert channel.told == []
    assert statuses(store) == ["cancelled"]


# -- snooze and move -------------------------------------------------------------------------------------------


def test_snooze_after_the_ring_rings_again_and_counts_no_attempt(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    run.until("2026-11-02 17:02")
    for _ in range(10):
        store.snooze([1], clock.now() + timedelta(minutes=20))
        assert store.item(1).is_snoozed
        run.until(clock.now() + timedelta(minutes=21))
    assert len(channel.told) == 11
    assert channel.bodies[-1] == "due 17:00", "it was put off, it is not late"
    assert delivery(store).attempt == 1
    item = store.item(1)
    assert item.occurrence is not None
    assert item.occurrence.due_at == datetime(2026, 11, 2, 17, tzinfo=UTC), "snooze moves the alert, not due"


def test_a_snoozed_one_rings_late_by_what_it_was_put_off_to(
    store: Store, run: Run, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    run.until("2026-11-02 17:00")
    store.snooze([1], clock.now() + HOUR)
    clock.set("2026-11-02 20:00")
    engine.tick()
    assert channel.bodies[-1] == "due 17:00, rings 2 hours late"


def test_snooze_before_the_ring_puts_off_what_would_ring_until_then(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("train", once("2026-11-02 17:00"), alerts=(-HOUR, timedelta())))
    store.snooze([1], clock.set("2026-11-02 15:30") + 4 * HOUR)
    run.until("2026-11-03 00:00")
    assert channel.walls == ["2026-11-02 19:30"]


def test_a_shorter_snooze_gives_back_what_a_longer_one_took_away(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("train", once("2026-11-02 17:00"), alerts=(-HOUR, timedelta())))
    store.snooze([1], clock.set("2026-11-02 15:30") + 4 * HOUR)
    store.snooze([1], clock.now() + HOUR)
    run.until("2026-11-03 00:00")
    assert channel.walls == ["2026-11-02 16:30", "2026-11-02 17:00"]


def test_snooze_shorter_than_the_wait_adds_an_alert_and_loses_none(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("train", once("2026-11-02 17:00")))
    store.snooze([1], clock.now() + timedelta(minutes=20))
    run.until("2026-11-02 12:25")
    store.snooze([1], clock.now() + timedelta(minutes=10))
    run.until("2026-11-03 00:00")
    assert channel.walls == ["2026-11-02 12:20", "2026-11-02 12:35", "2026-11-02 17:00"]


def test_snooze_of_a_first_alert_leaves_the_one_at_due(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("train", once("2026-11-02 17:00"), alerts=(-HOUR, timedelta())))
    run.until("2026-11-02 16:00")
    store.snooze([1], clock.now() + HOUR / 2)
    run.until("2026-11-03 00:00")
    assert channel.walls == [f"2026-11-02 {one}" for one in ("16:00", "16:30", "17:00")]


def test_move_rings_at_the_new_time_and_leaves_the_series(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    run.until("2026-11-03 09:10")
    store.move(1, Move(datetime(2026, 11, 3, 15, tzinfo=UTC), is_all_day=False))
    run.until("2026-11-04 09:00")
    assert channel.walls == [f"2026-11-{one}" for one in ("03 09:00", "03 15:00", "04 09:00")]
    assert occurrences(store)[0] == ("2026-11-03T09:00:00", "missed"), "its key stays what was planned"


def test_edit_of_the_rule_plans_anew_and_rings_no_old_time(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    run.until("2026-11-03 12:00")
    store.edit(1, TaskChange(rule=daily("2026-11-04 10:00")))
    run.until("2026-11-05 12:00")
    assert channel.walls == [f"2026-11-{one}" for one in ("03 09:00", "04 10:00", "05 10:00")]


def test_edit_of_the_rule_does_not_come_back_to_what_was_done_early(
    store: Store, run: Run, channel: FakeChannel
) -> None:
    store.add(NewTask("tea", daily()))
    store.complete([1])
    store.edit(1, TaskChange(rule=Rule(datetime(2026, 11, 2, 9), "UTC", rrule="FREQ=DAILY;INTERVAL=1")))
    run.until("2026-11-05 12:00")
    assert channel.walls == ["2026-11-04 09:00", "2026-11-05 09:00"]


def test_new_alerts_of_a_task_that_rings_leave_it_ringing(store: Store, run: Run, clock: FakeClock) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    run.until("2026-11-02 17:05")
    store.edit(1, TaskChange(alerts=(-HOUR, timedelta())))
    assert store.item(1).is_ringing


def test_a_finished_task_that_is_given_its_time_again_is_open_again(
    store: Store, run: Run, channel: FakeChannel
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    store.complete([1])
    store.edit(1, TaskChange(rule=once("2026-11-02 17:00")))
    run.until("2026-11-02 18:00")
    assert channel.walls == ["2026-11-02 17:00"]


# -- zones -----------------------------------------------------------------------------------------------------


def test_floating_tasks_travel_and_zoned_ones_stay(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    clock.set("2026-11-02 12:00", BERLIN)
    store.add(NewTask("floating", daily(zone=None)))
    store.add(NewTask("zoned", daily(zone=BERLIN)))
    run.until(datetime(2026, 11, 3, 12, tzinfo=UTC))
    clock.zone_name = "America/New_York"
    run.until(datetime(2026, 11, 4, 18, tzinfo=UTC))
    told = [(one.title, f"{one.at:%d %H:%M}") for one in channel.told]
    assert told == [("floating", "03 08:00"), ("zoned", "03 08:00"), ("zoned", "04 08:00"), ("floating", "04 14:00")]


def test_an_all_day_task_follows_the_traveller_too(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    clock.set("2026-11-02 12:00", BERLIN)
    store.add(NewTask("birthday", Rule(datetime(2026, 11, 4), is_all_day=True)))
    run.engine.tick()
    clock.zone_name = "Asia/Tokyo"
    run.until("2026-11-05 00:00")
    assert channel.walls == ["2026-11-04 09:00"]


# -- channels that fail ----------------------------------------------------------------------------------------


class TestTwoChannels:
    """A task's channels are tried in their order."""

    @pytest.fixture
    def channels(self, clock: FakeClock) -> Mapping[str, FakeChannel]:
        return {"first": FakeChannel(clock), "second": FakeChannel(clock)}

    @pytest.fixture
    def first(self, channels: Mapping[str, FakeChannel]) -> FakeChannel:
        return channels["first"]

    @pytest.fixture
    def second(self, channels: Mapping[str, FakeChannel]) -> FakeChannel:
        return channels["second"]

    @pytest.fixture(autouse=True)
    def task(self, store: Store) -> Item:
        return store.add(NewTask("call bob", once("2026-11-02 17:00")))

    def test_absent_goes_on_at_once(self, store: Store, run: Run, first: FakeChannel, second: FakeChannel) -> None:
        first.is_absent()
        run.until("2026-11-02 18:00")
        assert second.walls == ["2026-11-02 17:00"]
        assert [(one.channel, one.result.value) for one in store.tries(1, 9)] == [
            ("second", "shown"), ("first", "absent"),
        ]  # fmt: skip

    def test_two_failures_in_a_row_go_on_to_the_next(
        self, store: Store, run: Run, first: FakeChannel, second: FakeChannel
    ) -> None:
        first.refuses()
        run.until("2026-11-02 18:00")
        assert len(first.asked) == 2
        assert second.titles == ["call bob"]
        assert delivery(store).attempt == 2

    def test_a_permanent_no_is_not_asked_twice(self, run: Run, first: FakeChannel, second: FakeChannel) -> None:
        first.refuses(permanent=True)
        run.until("2026-11-02 18:00")
        assert (len(first.asked), second.titles) == (1, ["call bob"])

    def test_no_channel_at_all_holds_it_and_counts_no_attempt(
        self, store: Store, run: Run, engine: Engine, first: FakeChannel, second: FakeChannel, clock: FakeClock
    ) -> None:
        first.is_absent()
        second.is_absent()
        run.until("2026-11-02 17:20")
        held = delivery(store)
        assert (held.status, held.attempt, held.failures) == (DeliveryState.HELD, 0, 0)
        assert len(first.asked) == 41, "it looks twice a minute"
        second.works()
        clock.set("2026-11-03 17:01")
        engine.tick()
        assert second.titles == ["call bob"]
        assert second.bodies == ["due yesterday 17:00, rings 1 day late"]

    def test_what_was_snoozed_is_held_too(
        self, store: Store, run: Run, first: FakeChannel, second: FakeChannel, clock: FakeClock
    ) -> None:
        run.until("2026-11-02 17:00")
        store.snooze([1], clock.now() + HOUR)
        first.is_absent()
        second.is_absent()
        run.until("2026-11-02 18:10")
        assert delivery(store).status is DeliveryState.HELD

    def test_all_permanent_is_a_dead_letter(
        self, store: Store, run: Run, first: FakeChannel, second: FakeChannel
    ) -> None:
        first.refuses(permanent=True)
        second.refuses(permanent=True)
        run.until("2026-11-02 18:00")
        assert delivery(store).status is DeliveryState.DISCARDED
        assert store.item(1).has_failed
        assert (len(first.asked), len(second.asked)) == (1, 1)

    def test_a_permanent_no_and_an_absent_channel_wait_for_the_absent_one(
        self, store: Store, run: Run, first: FakeChannel, second: FakeChannel
    ) -> None:
        first.is_absent()
        second.refuses(permanent=True)
        run.until("2026-11-02 18:00")
        assert delivery(store).status is DeliveryState.HELD
        first.works()
        run.until("2026-11-02 18:01")
        assert first.titles == ["call bob"]

    def test_refused_again_and_again_is_a_dead_letter_after_about_ten_minutes(
        self, store: Store, run: Run, first: FakeChannel, second: FakeChannel
    ) -> None:
        first.refuses()
        second.refuses()
        run.until("2026-11-03 17:00")
        given_up = delivery(store)
        assert given_up.status is DeliveryState.DISCARDED
        assert given_up.attempt == 8
        tried = [one.tried_at for one in store.tries(1, 99)]
        assert timedelta(minutes=8) < tried[0] - tried[-1] < timedelta(minutes=15)

    def test_a_hang_is_repeated_after_the_lease_under_the_same_key(
        self, run: Run, first: FakeChannel, second: FakeChannel
    ) -> None:
        first.hangs(1)
        run.until("2026-11-02 18:00")
        assert first.walls == ["2026-11-02 17:02"]
        assert second.told == []

    def test_a_dead_letter_does_not_end_the_series(
        self, store: Store, run: Run, channels: Mapping[str, FakeChannel]
    ) -> None:
        store.add(NewTask("tea", daily()))
        for channel in channels.values():
            channel.refuses(permanent=True)
        run.until("2026-11-03 10:00")
        for channel in channels.values():
            channel.works()
        run.until("2026-11-04 10:00")
        assert statuses(store, 2) == ["discarded", "delivered", "scheduled"]


def test_a_task_with_channels_of_its_own_uses_those(store: Store, clock: FakeClock, channel: FakeChannel) -> None:
    other = FakeChannel(clock)
    engine = Engine(store, {"fake": channel, "other": other}, clock, order=("fake", "other"), owner="test", workers=1)
    store.add(NewTask("call bob", once("2026-11-02 17:00"), channels=("other",)))
    store.add(NewTask("gone channel", once("2026-11-02 17:00"), channels=("carrier pigeon",)))
    clock.set("2026-11-02 17:00")
    engine.tick()
    assert (channel.titles, other.titles) == (["gone channel"], ["call bob"])


@pytest.mark.parametrize("workers", [1, 4])
def test_a_channel_that_crashes_stops_nothing_else(
    workers: int, store: Store, channel: FakeChannel, clock: FakeClock
) -> None:
    engine = Engine(store, {"fake": channel}, clock, order=("fake",), owner="test", workers=workers, jitter=lambda: 0.0)
    for number in range(10):
        store.add(NewTask(f"{number}", once("2026-11-02 17:00")))
    channel.crashes(3)
    clock.set("2026-11-02 17:00")
    next_at = engine.tick()
    assert len(channel.told) == 7
    assert next_at is not None
    clock.set(next_at)
    engine.tick()
    assert sorted(channel.titles, key=int) == [str(number) for number in range(10)]
    assert "ZeroDivisionError" in store.tries(int(channel.titles[-1]) + 1, 9)[-1].error


# -- crashes and clocks ----------------------------------------------------------------------------------------


def test_what_a_dead_daemon_had_claimed_rings_when_its_lease_is_over(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    clock.set("2026-11-02 17:00")
    assert store.queue.claim("a daemon that dies") is not None
    run.until("2026-11-02 17:01")
    assert channel.told == []
    run.until("2026-11-02 17:05")
    assert channel.walls == ["2026-11-02 17:02"]
    assert channel.bodies == ["due 17:00, rings 2 minutes late"]
    assert delivery(store).attempt == 2


def test_a_daemon_that_takes_over_does_not_wait_for_the_lease(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    clock.set("2026-11-02 17:00")
    assert store.queue.claim("a daemon that dies") is not None
    assert store.queue.take_over() == 1
    run.until("2026-11-02 17:00")
    assert channel.walls == ["2026-11-02 17:00"]


def test_an_outcome_that_comes_after_the_lease_changes_nothing(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    clock.set("2026-11-02 17:00")
    claim = store.queue.claim("slow")
    assert claim is not None
    clock.advance(minutes=3)
    engine.tick()
    assert delivery(store).status is DeliveryState.DELIVERED
    store.queue.record(claim, [], Discard())
    assert delivery(store).status is DeliveryState.DELIVERED


def test_a_key_is_the_same_at_each_attempt_and_another_for_each_alert(
    store: Store, run: Run, channel: FakeChannel
) -> None:
    store.add(NewTask("tea", daily(), alerts=(-HOUR, timedelta())))
    channel.hangs(1)
    run.until("2026-11-05 00:00")
    keys = [one.message.key for one in channel.told]
    assert len(keys) == len(set(keys)) == 4
    assert keys[0].endswith("-3600")


def test_a_clock_a_year_ahead_and_back_loses_nothing(
    store: Store, run: Run, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("once", once("2026-11-05 17:00")))
    store.add(NewTask("far", once("2028-11-05 17:00")))
    store.add(NewTask("daily", daily()))
    store.add(NewTask("silent", daily(), alerts=()))
    weekly = Rule(datetime(2026, 11, 3, 10), "UTC", rrule="FREQ=WEEKLY")
    store.add(NewTask("backlog", weekly, catch_up=CatchUp.ALL))
    store.add(NewTask("skipped", daily(), catch_up=CatchUp.SKIP))
    run.until("2026-11-03 12:00")
    told = len(channel.told)
    clock.advance(days=365)
    engine.tick()
    clock.advance(seconds=2)
    engine.tick()
    clock.advance(-timedelta(days=365))
    wrong = len(channel.told)
    assert wrong > told
    run.until("2026-11-06 00:00")
    after = [(one.title, clock.wall(one.at)) for one in channel.told[wrong:]]
    assert [wall for title, wall in after if title == "once"] == ["2026-11-05 17:00"]
    for title in ("daily", "skipped"):
        assert [wall for what, wall in after if what == title] == ["2026-11-04 09:00", "2026-11-05 09:00"], title
    assert is_open(store, 5) == ["2026-11-03T10:00:00", "2026-11-10T10:00:00"]
    assert is_open(store, 4) == ["2026-11-05T09:00:00"]
    assert is_open(store, 2) == ["2028-11-05T17:00:00"]


class LidChannel(FakeChannel):
    """A channel on a machine whose lid is closed for three days in the middle of its first message."""

    def send(self, message: Message) -> Receipt:
        if not self.told:
            self._clock.advance(days=3)
        return super().send(message)


@pytest.mark.parametrize("catch_up", CatchUp)
def test_a_machine_that_sleeps_in_the_middle_of_a_message_is_caught_up_with_and_not_walked(
    catch_up: CatchUp, store: Store, clock: FakeClock
) -> None:
    """Found with a real daemon: each day that had passed rang, and after a year each of 365."""
    channel = LidChannel(clock)
    store.add(NewTask("before", once("2026-11-03 08:59")))
    store.add(NewTask("water", daily(), catch_up=catch_up))
    clock.set("2026-11-03 08:59")
    Engine(store, {"fake": channel}, clock, order=("fake",), owner="test", workers=1).tick()
    old = "2 reminders from while you were away"
    behind = {CatchUp.LATEST: ["water"], CatchUp.SKIP: [], CatchUp.ALL: [old, "water"]}[catch_up]
    assert channel.titles == ["before", *behind]
    assert clock.wall() == "2026-11-06 08:59"
    clock.set("2026-11-06 09:00")
    Engine(store, {"fake": channel}, clock, order=("fake",), owner="test", workers=1).tick()
    assert channel.titles == ["before", *behind, "water"]


def test_what_is_due_within_the_hour_after_a_clock_that_was_far_ahead_rings_and_what_was_answered_does_not(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    """Found with a real daemon: the hour that forgives a clock set back by hand was counted for this one too."""
    for title, rule in (
        ("bread", once("2026-11-02 12:10")),
        ("water", daily("2026-11-02 12:20")),
        ("answered", once("2026-11-02 12:30")),
    ):
        store.add(NewTask(title, rule, priority=1))
    clock.advance(days=365)
    engine.tick()
    store.complete([3])
    assert sorted(channel.titles) == ["answered", "bread", "water"]
    clock.advance(days=-365)
    next_at = engine.tick()
    assert next_at is not None
    assert clock.wall(next_at) == "2026-11-02 12:10"
    for minute in (10, 20, 30):
        clock.set(f"2026-11-02 12:{minute}")
        engine.tick()
    assert channel.walls[3:] == ["2026-11-02 12:10", "2026-11-02 12:20"]
    assert "scheduled" not in statuses(store, 3), "what is done waits for nothing"


@pytest.mark.parametrize("ahead", [20, 59, 61, 70, 90, 130, 365 * 1440])
def test_what_passed_is_counted_once_though_a_clock_was_ahead(
    ahead: int, store: Store, engine: Engine, clock: FakeClock
) -> None:
    rule = Rule(datetime(2026, 11, 2, 12, 10), "UTC", rrule="FREQ=MINUTELY;INTERVAL=45")
    store.add(NewTask("stretch", rule, priority=1))
    for minutes in (155, ahead, -ahead, *[5] * 60):
        clock.advance(minutes=minutes)
        engine.tick()
    (item,) = store.items()
    assert item.occurrence is not None
    assert (clock.wall(item.occurrence.due_at), item.occurrence.passed) == ("2026-11-02 18:55", 9)


def test_a_clock_an_hour_back_rings_nothing_twice(
    store: Store, run: Run, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("tea", daily()))
    run.until("2026-11-03 09:00")
    clock.advance(hours=-1)
    run.until("2026-11-04 09:00")
    assert channel.walls == ["2026-11-03 09:00", "2026-11-04 09:00"]


def test_a_row_that_can_not_be_read_is_given_up_and_the_others_ring(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    store.add(NewTask("poisoned", once("2026-11-02 17:00")))
    store.add(NewTask("sound", once("2026-11-02 17:00")))
    with store.database.write() as tx:
        tx.connection.execute(text("UPDATE tasks SET dtstart = 'yesterday, maybe' WHERE id = 1"))
    clock.set("2026-11-02 17:00")
    assert engine.tick() is None
    assert channel.titles == ["sound"]
    assert "can't be read" in caplog.text
    with store.database.read() as tx:
        rows = tx.connection.execute(text("SELECT status FROM scheduled_tasks ORDER BY id")).scalars().all()
    assert rows == ["discarded", "delivered"]


def test_a_rule_that_can_not_be_planned_stops_neither_the_others_nor_the_command_line(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    store.add(NewTask("poisoned", daily(zone=BERLIN)))
    store.add(NewTask("sound", daily()))
    with store.database.write() as tx:
        tx.connection.execute(text("UPDATE tasks SET zone = 'Mars/Olympus' WHERE id = 1"))
    clock.set("2026-11-05 17:00")
    next_at = engine.tick()
    assert next_at is not None
    assert next_at > clock.now()
    assert "sound" in channel.titles
    store.add(NewTask("third", once("2026-11-05 18:00")))
    clock.set("2026-11-05 18:00")
    engine.tick()
    assert channel.titles.count("third") == 1
    assert channel.titles.count("poisoned") <= 1, "its outcome stands though nothing follows"
    assert "can't be planned" in caplog.text


def noted(store: Store) -> str:
    """Return what is noted as told beside the store."""
    path = store.queue.told.path
    return path.read_text() if path.exists() else ""


def kill_while_sending(store: Store, clock: FakeClock, *, is_taken: bool) -> None:
    """Leave a store as a daemon leaves it that is killed while the first of what it claimed is on its way."""
    messages = store.queue.claim_due("daemon:1", most=10)
    first = messages[0][0].delivery
    assert store.queue.told.begin(first.owner, [first.id])
    if is_taken:
        store.queue.told.take(first.owner, [first.id], Taken("fake", "7", int(clock.now().timestamp() * 1000)))
    store.queue.told.close()


def three_due(store: Store, clock: FakeClock) -> None:
    for number in range(3):
        store.add(NewTask(f"{number}", daily("2026-11-03 09:00")))
    clock.set("2026-11-03 09:00")


@pytest.mark.parametrize("is_taken", [True, False])
@pytest.mark.parametrize("takes_over", [True, False])
def test_what_a_killed_daemon_had_sent_does_not_come_again_and_the_rest_comes_once(
    is_taken: bool, takes_over: bool, store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    three_due(store, clock)
    kill_while_sending(store, clock, is_taken=is_taken)
    if takes_over:
        assert store.queue.take_over() == 3
        assert not noted(store)
    else:
        clock.advance(minutes=3)
    engine.tick()
    assert sorted(channel.titles) == (["1", "2"] if is_taken else ["0", "1", "2"])
    assert [delivery.attempt for delivery in store.deliveries(1, 9) if delivery.delivered_at] == [1 if is_taken else 2]
    assert [one.result.value for one in store.tries(1, 9)] == ["shown"]
    assert all(statuses(store, task) == ["delivered", "scheduled"] for task in (1, 2, 3)), "each series goes on"
    assert {one.attempt for task in (2, 3) for one in store.deliveries(task, 9) if one.delivered_at} == {1}


def test_a_note_that_was_torn_is_as_good_as_none(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    three_due(store, clock)
    kill_while_sending(store, clock, is_taken=True)
    path = store.queue.told.path
    path.write_bytes(path.read_bytes()[:-30] + b"\0" * 20 + b'\n{"taken": 7}\n[[[')
    store.queue.take_over()
    engine.tick()
    assert sorted(channel.titles) == ["0", "1", "2"]


def test_nothing_stays_noted_when_all_is_recorded(store: Store, engine: Engine, clock: FakeClock) -> None:
    three_due(store, clock)
    engine.tick()
    assert store.queue.told.path.stat().st_mode & 0o777 == 0o600
    assert not noted(store)


def test_a_message_that_ends_the_daemon_each_time_is_given_up(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    three_due(store, clock)
    for _ in range(3):
        kill_while_sending(store, clock, is_taken=False)
        store.queue.take_over()
        assert statuses(store)[0] == "retryable"
    kill_while_sending(store, clock, is_taken=False)
    store.queue.take_over()
    (lost,) = store.letters.all()
    assert lost.delivery.last_error == "the daemon ended while the message was on its way, 4 times"
    assert statuses(store, 2) == ["scheduled"], "what was claimed with it and not begun is not to blame"
    engine.tick()
    assert sorted(channel.titles) == ["1", "2", "not told: task 1"]
    store.letters.retry()
    engine.tick()
    assert channel.titles[-1] == "0", "by hand it is tried from the beginning"


class Gate(FakeChannel):
    """A channel that keeps each message until it is let through."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.came = threading.Semaphore(0)
        self.through = threading.Semaphore(0)

    def send(self, message: Message) -> Receipt:
        self.came.release()
        assert self.through.acquire(timeout=20)
        return super().send(message)


@pytest.fixture
def gate(clock: FakeClock) -> Iterator[Gate]:
    made = Gate(clock)
    yield made
    made.through.release(1000)


@contextmanager
def ticking(engine: Engine) -> Iterator[Future[datetime | None]]:
    """Have the engine look in another thread."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(engine.tick)


def test_two_hundred_at_once_do_not_wait_for_a_channel_that_hangs(
    store: Store, channel: FakeChannel, gate: Gate, clock: FakeClock
) -> None:
    engine = Engine(store, {"gate": gate, "fake": channel}, clock, order=("fake",), owner="test")
    for number in range(200):
        store.add(NewTask(f"{number}", once("2026-11-02 13:00"), channels=("gate",) if number % 2 else ()))
    clock.set("2026-11-02 13:00")
    with ticking(engine) as result:
        assert gate.came.acquire(timeout=20)
        until(lambda: store.queue.counts() == {"delivered": 100, "executing": 100})
        assert len(channel.told) == 100, "none of them waited"
        store.add(NewTask("added meanwhile", once("2026-11-02 13:00")))
        engine.wake()
        until(lambda: channel.titles[-1] == "added meanwhile")
        assert gate.told == []
        gate.through.release(100)
        assert result.result(20) is None
    assert gate.titles == [str(number) for number in range(1, 200, 2)], "one after the other, each once"


def test_a_send_that_outlasts_its_lease_is_not_told_twice(store: Store, gate: Gate, clock: FakeClock) -> None:
    engine = Engine(store, {"gate": gate}, clock, order=("gate",), owner="test")
    store.add(NewTask("long", once("2026-11-02 13:00")))
    clock.set("2026-11-02 13:00")
    with ticking(engine) as result:
        assert gate.came.acquire(timeout=20)
        clock.advance(minutes=10)
        engine.wake()
        until(lambda: delivery(store).lease_until == clock.now() + timedelta(minutes=2))
        gate.through.release()
        assert result.result(20) is None
    assert gate.titles == ["long"]
    assert (delivery(store).status, delivery(store).attempt) == (DeliveryState.DELIVERED, 1)


def test_what_waits_behind_a_message_is_given_back_when_the_engine_is_to_end(
    store: Store, gate: Gate, clock: FakeClock
) -> None:
    engine = Engine(store, {"gate": gate}, clock, order=("gate",), owner="test")
    three_due(store, clock)
    with ticking(engine) as result:
        assert gate.came.acquire(timeout=20)
        engine.stop()
        gate.through.release()
        result.result(20)
    assert gate.titles == ["0"]
    assert [statuses(store, task)[0] for task in (1, 2, 3)] == ["delivered", "scheduled", "scheduled"]
    assert {store.deliveries(task, 9)[0].attempt for task in (2, 3)} == {0}


def test_what_killed_the_daemon_twice_is_sent_with_nothing_else_on_its_way(
    store: Store, channel: FakeChannel, gate: Gate, clock: FakeClock
) -> None:
    three_due(store, clock)
    for _ in range(2):
        kill_while_sending(store, clock, is_taken=False)
        store.queue.take_over()
    store.edit(2, TaskChange(channels=("gate",)))
    engine = Engine(store, {"gate": gate, "fake": channel}, clock, order=("fake",), owner="test")
    with ticking(engine) as result:
        assert gate.came.acquire(timeout=20)
        until(lambda: channel.titles == ["2"])
        gate.through.release()
        result.result(20)
    assert channel.titles == ["2", "0"]


def test_a_channel_that_hangs_again_and_again_is_not_asked_for_each_reminder(
    store: Store, channel: FakeChannel, clock: FakeClock
) -> None:
    other = FakeChannel(clock)
    engine = Engine(store, {"fake": channel, "other": other}, clock, order=("fake", "other"), owner="test")
    for number in range(10):
        store.add(NewTask(f"{number}", once("2026-11-02 13:00")))
    channel.hangs()
    clock.set("2026-11-02 13:00")
    engine.tick()
    assert channel.asked == ["0", "1"]
    assert other.titles == [str(number) for number in range(2, 10)]
    channel.works()
    clock.advance(minutes=3)
    engine.tick()
    assert sorted(channel.titles) == ["0", "1"]


def test_an_outcome_that_can_not_be_written_makes_one_dead_letter_and_not_a_reminder_for_ever(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    three_due(store, clock)
    send = channel.send

    def odd(message: Message) -> Receipt:
        return Receipt("fake", "\udcff") if message.title == "1" else send(message)

    channel.send = odd  # type: ignore[method-assign]
    next_at = engine.tick()
    assert next_at is not None
    assert next_at > clock.now()
    (lost,) = store.letters.all()
    assert lost.task.title == "1"
    assert "can't be written" in lost.delivery.last_error
    assert sorted(channel.titles) == ["0", "2"]


def test_what_was_told_while_the_store_could_not_be_written_is_recorded_when_it_can(
    gate: Gate, clock: FakeClock, folder: Path
) -> None:
    with closing(Store(folder / "busy.db", clock, busy_seconds=0.05)) as store:
        engine = Engine(store, {"gate": gate}, clock, order=("gate",), owner="test")
        store.add(NewTask("call bob", once("2026-11-02 13:00")))
        clock.set("2026-11-02 13:00")
        with ticking(engine) as result, FileLock(folder / "busy.db.lock") as another:
            assert gate.came.acquire(timeout=20)
            assert another.acquire()
            gate.through.release()
            assert isinstance(result.exception(20), StoreError)
        clock.advance(minutes=5)
        engine.tick()
        assert gate.titles == ["call bob"]
        assert delivery(store).status is DeliveryState.DELIVERED


def test_a_stopped_engine_claims_nothing_more(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    store.add(NewTask("call bob", once("2026-11-02 17:00")))
    clock.set("2026-11-02 17:00")
    engine.stop()
    engine.tick()
    assert channel.told == []
    assert statuses(store) == ["scheduled"]


def test_nothing_planned_means_nothing_to_look_for(store: Store, engine: Engine, folder: Path) -> None:
    store.add(NewTask("some day", None))
    assert engine.tick() is None
