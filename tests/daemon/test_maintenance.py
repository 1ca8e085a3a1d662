"""The daily backup: made beside ringing, given up when the daemon ends, and never a reason not to ring."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.daemon import maintenance, runner
from remindcli.daemon.engine import Engine
from remindcli.daemon.maintenance import Maintenance
from remindcli.daemon.runner import Runner
from remindcli.store.asked import NewTask
from remindcli.store.kept import Kind, backups
from remindcli.store.store import Store


def test_once_a_day(store: Store, clock: FakeClock) -> None:
    daily = Maintenance(store.path, clock, is_ending=lambda: False, forget=lambda: 0)
    for _ in range(48):
        if daily.is_due():
            daily.run()
        clock.advance(hours=1)
    assert [one.kind for one in backups(store.path)] == [Kind.DAILY, Kind.DAILY]


def test_old_history_is_taken_away_and_what_is_open_stays(
    store: Store, clock: FakeClock, channel: FakeChannel, engine: Engine
) -> None:
    for number in range(3):
        store.add(NewTask(f"task {number}", Rule(datetime(2026, 11, 2, 13, number), "UTC")))
    clock.set("2026-11-02 14:00")
    engine.tick()
    store.complete([1, 2])
    clock.advance(days=40)
    store.add(NewTask("new", None))
    daily = Maintenance(
        store.path,
        clock,
        is_ending=lambda: False,
        forget=lambda: store.forget(clock.now() - timedelta(days=30)),
    )
    daily.run()
    assert [step.summary for step in store.history(10)] == ['add 4 "new"']
    assert [store.tries(task_id, 5) != [] for task_id in (1, 2, 3)] == [False, False, True], "the third is open still"
    assert store.item(1).task.title == "task 0"


def test_a_fault_is_logged_once_and_tried_again_later(
    store: Store, clock: FakeClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.path.parent / "backups").write_text("in the way")
    daily = Maintenance(store.path, clock, is_ending=lambda: False, forget=lambda: 0)
    with caplog.at_level(logging.INFO):
        daily.run()
        assert not daily.is_due(), "not every minute"
        monkeypatch.setattr(maintenance, "_AFTER_A_FAULT_SECONDS", 0.0)
        daily.run()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert daily.is_due()
    (store.path.parent / "backups").unlink()
    daily.run()
    assert len(backups(store.path)) == 1


def test_a_daemon_that_ends_does_not_wait_for_it(store: Store, clock: FakeClock) -> None:
    Maintenance(store.path, clock, is_ending=lambda: True, forget=lambda: 0).run()
    assert backups(store.path) == []
    assert list((store.path.parent / "backups").iterdir()) == []


def test_the_daemon_makes_it_at_a_heartbeat(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_HEARTBEAT_SECONDS", 0.0)
    monkeypatch.setattr(runner, "LONGEST_WAIT", 0.05)
    clock = SystemClock()
    store = Store(folder / "remind.db", clock)
    channel = FakeChannel(FakeClock(clock.now()))
    engine = Engine(store, {"fake": channel}, clock, order=("fake",), owner="test", workers=1)
    give_up_at = clock.now() + timedelta(seconds=20)
    Runner(store, engine, clock, is_finished=lambda: bool(backups(store.path)) or clock.now() > give_up_at).run()
    store.close()
    assert [one.kind for one in backups(store.path)] == [Kind.DAILY]
