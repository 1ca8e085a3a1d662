"""A store used in every way at random: something is open, nothing is planned too late, and no look chases another.

More than the few walks of each run: REMIND_WALKS=500 python -m pytest tests/daemon/test_walk.py
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import text
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import CatchUp
from remindcli.daemon.engine import Engine
from remindcli.errors import RemindError
from remindcli.store import catching_up
from remindcli.store.asked import Move, NewTask, TaskChange
from remindcli.store.letters import Letters
from remindcli.store.planning import Planner
from remindcli.store.store import Store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WALKS = int(os.environ.get("REMIND_WALKS", "4"))


class Walker:
    """Does something at random, with the engine looking after each while."""

    def __init__(self, seed: int, store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock) -> None:
        self.chance = random.Random(seed)
        self.store, self.engine, self.channel, self.clock = store, engine, channel, clock
        letters = Letters(store.database)
        one, some, rule, soon = self._one, lambda: [self._one()], self._rule, self._soon
        self.doings: dict[str, tuple[int, Callable[[], object]]] = {
            "time passes": (8, self._time_passes),
            "a clock is wrong for two seconds": (1, self._clock_is_wrong),
            "the user travels": (1, self._travel),
            "a channel fails": (2, self._fail),
            "a daemon dies": (1, lambda: store.queue.claim("a daemon that dies")),
            "add": (3, self._add),
            "done": (2, lambda: store.complete(some())),
            "skip": (1, lambda: store.skip(some())),
            "snooze": (2, lambda: store.snooze(some(), soon())),
            "move": (1, lambda: store.move(one(), Move(soon(), is_all_day=self.chance.random() < 0.2))),
            "edit the rule": (1, lambda: store.edit(one(), TaskChange(rule=rule()))),
            "edit the alerts": (1, lambda: store.edit(one(), TaskChange(alerts=(-HOUR / 2, timedelta())))),
            "rm": (1, lambda: store.delete(some())),
            "undo": (3, store.undo),
            "redo": (2, store.redo),
            "drop": (1, letters.drop),
            "retry": (1, letters.retry),
        }
        self.did: list[str] = []

    def step(self) -> None:
        """Do one thing; that a verb is refused is nothing bad."""
        names, weights = list(self.doings), [weight for weight, _ in self.doings.values()]
        (name,) = self.chance.choices(names, weights)
        self.did.append(f"{name} at {self.clock.wall()}")
        with suppress(RemindError):
            self.doings[name][1]()

    def look(self) -> None:
        """Look until nothing more is due, and check what must hold then."""
        for _ in range(60):
            next_at = self.engine.tick()
            if next_at is None or next_at > self.clock.now():
                break
        assert next_at is None or next_at > self.clock.now(), f"it would look for ever after {self.did[-5:]}"
        with self.store.database.write() as tx:
            assert tx.connection.execute(text("PRAGMA foreign_key_check")).all() == []
            planner = Planner(tx, time(9))
            for row in tx.connection.execute(text("SELECT id, next_at FROM tasks WHERE state = 'active'")).all():
                task, newest = planner.task(row.id), planner.newest(row.id)
                assert planner.open_occurrences(row.id), f"task {row.id} is active, with nothing open: {self.did[-5:]}"
                assert newest is not None
                if row.next_at is not None and task.alerts:
                    assert planner._has_alert_to_come(newest.id), f"task {row.id} is not ahead: {self.did[-5:]}"

    def _one(self) -> int:
        return self.chance.randrange(1, 7)

    def _soon(self) -> datetime:
        return self.clock.now() + timedelta(minutes=self.chance.randrange(1, 600))

    def _rule(self) -> Rule | None:
        chance = self.chance
        if chance.random() < 0.15:
            return None
        wall = (self.clock.now() + timedelta(minutes=chance.randrange(1, 3000))).replace(tzinfo=None, second=0)
        rrule = chance.choice([None, "FREQ=DAILY", "FREQ=HOURLY;INTERVAL=5", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY"])
        is_all_day = chance.random() < 0.2 and rrule != "FREQ=HOURLY;INTERVAL=5"
        repeat = chance.choice(list(Repeat)) if rrule == "FREQ=DAILY" else Repeat.SCHEDULE
        if is_all_day:
            wall = wall.replace(hour=0, minute=0)
        return Rule(wall, chance.choice([None, "UTC", "Europe/Berlin"]), is_all_day, rrule=rrule, repeat=repeat)

    def _add(self) -> None:
        alerts = self.chance.choice([(timedelta(),), (-HOUR, timedelta()), (-DAY,), ()])
        self.store.add(NewTask("task", self._rule(), alerts=alerts, catch_up=self.chance.choice(list(CatchUp))))

    def _time_passes(self) -> None:
        self.clock.advance(minutes=self.chance.choice([1, 3, 10, 100, 1000, 5000]))
        self.look()

    def _clock_is_wrong(self) -> None:
        wrong_by = self.chance.choice([HOUR / 2, DAY, 30 * DAY, 365 * DAY])
        self.clock.advance(wrong_by)
        self.engine.tick()
        self.clock.advance(timedelta(seconds=2) - wrong_by)
        self.look()

    def _travel(self) -> None:
        self.clock.zone_name = self.chance.choice(["UTC", "Europe/Berlin", "Asia/Tokyo", "America/New_York"])

    def _fail(self) -> None:
        channel = self.channel
        ways = (channel.refuses, channel.is_absent, channel.hangs, channel.crashes)
        self.chance.choice(ways)(self.chance.randrange(1, 4))


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_random_walk(
    seed: int,
    store: Store,
    engine: Engine,
    channel: FakeChannel,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catching_up, "BACKLOG_LIMIT", 20)
    walker = Walker(seed, store, engine, channel, clock)
    for _ in range(60):
        walker.step()
    walker.look()
