"""A day with every fault at once: channels, store, kills, clocks, zones, and a person who answers meanwhile.

The engine and the store are real, the clock is handed in. Whether something was told is asked of the channels, and not
of the store.
"""

import random
import resource
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import text
from tests.conftest import FakeClock
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL

from remindcli.channels import ChannelError, Message, Receipt, Refusal
from remindcli.core.rule import Rule
from remindcli.core.task import occurrence_uid
from remindcli.daemon.engine import Engine
from remindcli.errors import RemindError, StoreError
from remindcli.store.asked import Move, NewTask
from remindcli.store.store import Store

SEEDS = range(200) if IS_FULL else range(4)
START = datetime(2026, 10, 24, 18, tzinfo=UTC)  # the night in which Berlin's clocks go back
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MOST_BACK = timedelta(minutes=60)
"""So far a clock may be set back, and what it has told counts as told (docs/lifecycle.md)."""
EVERY = (45, 180, 600)
"""Minutes between two times of the tasks that nobody answers."""
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu")
URGENT = 1
"""What is urgent is told by itself, however late it is, so that each can be counted."""


class KilledError(BaseException):
    """The process ends here; nobody catches it, and nothing is tidied up."""


class DeadlyClock(FakeClock):
    """A clock at whose reading the process may be killed: in the middle of any transaction, before and after a send."""

    chance: random.Random
    danger = 0.0

    def now(self) -> datetime:
        """Return the instant, or end the process."""
        if self.danger and self.chance.random() < self.danger:
            raise KilledError
        return super().now()


class MoodyChannel:
    """A channel that works, is absent, refuses, hangs, crashes, or takes the process with it.

    Attributes:
        shown: how often each message reached the user.
        doubtful: how often one did, and the sender could not know.
    """

    timeout_seconds: ClassVar[float] = 1.0

    def __init__(self, name: str, chance: random.Random) -> None:
        self.name = name  # type: ignore[misc]
        self._chance = chance
        self.is_well = False
        self.shown: Counter[str] = Counter()
        self.doubtful: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()

    def send(self, message: Message) -> Receipt:
        """Tell, or not."""
        moods = ("well", "absent", "refuses", "refuses for good", "hangs", "crashes", "kills")
        mood = "well" if self.is_well else self._chance.choices(moods, (12, 2, 2, 1, 2, 1, 1))[0]
        self.faults[mood] += mood != "well"
        is_shown = mood == "well" or (mood in ("hangs", "kills") and self._chance.random() < 0.5)
        self.shown[message.key] += is_shown
        self.doubtful[message.key] += is_shown and mood != "well"
        match mood:
            case "absent":
                raise ChannelError("nothing is there", refusal=Refusal.ABSENT)
            case "refuses" | "refuses for good":
                raise ChannelError("no", refusal=Refusal.REFUSED, permanent=mood.endswith("good"))
            case "hangs":
                raise ChannelError("no answer", refusal=Refusal.UNKNOWN)
            case "crashes":
                raise ZeroDivisionError
            case "kills":
                raise KilledError
        return Receipt(self.name)


class FaultyDay:
    """One day of a store, as a seed has it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.clock = DeadlyClock(START, ZONES[0])
        self.clock.chance = self.chance
        self.path = folder / "remind.db"
        self.channels = {name: MoodyChannel(name, self.chance) for name in ("first", "second")}
        self.renewed: Counter[str] = Counter()
        self.in_doubt: Counter[str] = Counter()
        self.happened: Counter[str] = Counter()
        self.lives = 0
        self.latest = START
        self.touched: list[int] = []
        self.begin()

    def begin(self) -> None:
        """Start a daemon on what is there."""
        self.lives += 1
        self.store = Store(self.path, self.clock, busy_seconds=0.02)
        self.engine = Engine(
            self.store,
            self.channels,
            self.clock,
            order=tuple(self.channels),
            owner=f"life {self.lives}",
            workers=self.chance.choice((1, 4)),
            jitter=self.chance.random,
        )
        self.store.queue.take_over()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows of the store."""
        with self.store.database.read() as tx:
            return [tuple(row) for row in tx.connection.execute(text(query))]

    # -- what happens ----------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Write down what the day is to bring: what nobody will touch, and what a person plays with."""
        for number in range(12):
            wall = self.wall(timedelta(minutes=30 + 100 * number))
            self.store.add(NewTask(f"once {number}", Rule(wall, "UTC"), priority=URGENT))
        first = self.wall(timedelta(minutes=10))
        self.first_at = first.replace(tzinfo=UTC)
        for minutes in EVERY:
            rule = Rule(first, "UTC", rrule=f"FREQ=MINUTELY;INTERVAL={minutes}")
            self.store.add(NewTask(f"every {minutes} minutes", rule, priority=URGENT))
        for number in range(6):
            rrule = "FREQ=HOURLY;INTERVAL=3" if number % 2 else None
            rule = Rule(self.wall(timedelta(minutes=50 + 150 * number)), None if number % 3 else ZONES[0], rrule=rrule)
            made = self.store.add(NewTask(f"touched {number}", rule, priority=URGENT))
            self.touched.append(made.task.id)

    def wall(self, away: timedelta) -> datetime:
        """Return the wall time in UTC that is so far away."""
        return (self.clock.now() + away).replace(tzinfo=None, second=0, microsecond=0)

    def goes_on(self) -> None:
        """Let something happen, and the daemon look; where it dies, another one begins."""
        self.clock.advance(minutes=self.chance.choice((1, 5, 10, 30)))
        self.latest = max(self.latest, self.clock.instant)
        self.chance.choice((self.person, self.person, self.set_clock, self.travel, self.die, lambda: None))()
        with self.fault():
            is_alive = self.look()
        if not is_alive:
            self.happened["kill"] += 1
            self.store.close()
            self.begin()

    def person(self) -> None:
        """Answer, put off, move, skip, take back."""
        task = self.chance.choice(self.touched)
        later = self.clock.now() + timedelta(minutes=self.chance.choice((5, 40, 120)))
        what, do = self.chance.choice(
            [
                ("done", lambda: self.store.complete([task])),
                ("skip", lambda: self.store.skip([task])),
                ("snooze", lambda: self.store.snooze([task], later)),
                ("move", lambda: self.store.move(task, Move(later, is_all_day=False))),
                ("undo", self.undo),
                ("redo", self.store.redo),
            ]
        )
        self.happened[what] += 1
        touched = [task]
        with suppress(RemindError):
            step = do()
            touched = list(getattr(step, "task_ids", touched))
        for (uid,) in self.rows(f"SELECT uid FROM tasks WHERE id IN ({','.join(map(str, touched))})"):
            self.renewed[uid] += 1

    def undo(self) -> object:
        """Take the last answer back; what was written down stays."""
        last = self.rows("SELECT verb FROM actions WHERE is_undone = 0 ORDER BY id DESC LIMIT 1")
        return None if last == [("add",)] else self.store.undo()

    def set_clock(self) -> None:
        """Set the clock forward or back, by minutes or by an hour."""
        self.happened["clock set"] += 1
        span = timedelta(minutes=self.chance.choice((-60, -20, -1, 1, 20, 60)))
        if self.latest - (self.clock.instant + span) < MOST_BACK:
            self.clock.advance(span)
        self.latest = max(self.latest, self.clock.instant)

    def travel(self) -> None:
        """Be in another zone."""
        self.happened["zone"] += 1
        self.clock.zone_name = self.chance.choice(ZONES)

    def die(self) -> None:
        """Be killed at one of the next readings of the clock."""
        self.clock.danger = 0.05

    @contextmanager
    def fault(self) -> Iterator[None]:
        """Break the store for a step, sometimes: another program locks it, the disk is full."""
        kind = self.chance.choices(("none", "locked", "full"), (8, 1, 1))[0]
        with ExitStack() as held:
            if kind == "locked":
                other = held.enter_context(closing(sqlite3.connect(self.path, isolation_level=None, timeout=0)))
                other.execute(f"BEGIN {self.chance.choice(('EXCLUSIVE', 'IMMEDIATE'))}")
            elif kind == "full":
                limits = resource.getrlimit(resource.RLIMIT_FSIZE)
                held.callback(resource.setrlimit, resource.RLIMIT_FSIZE, limits)
                resource.setrlimit(resource.RLIMIT_FSIZE, (self.chance.choice((512, 8192)), limits[1]))
            if kind != "none":
                self.happened[kind] += 1
            yield

    def look(self) -> bool:
        """Let the daemon look; return whether it lives on."""
        before, is_written, is_alive = self.shown(), False, True
        try:
            self.engine.tick()
            is_written = not self.rows("SELECT 1 FROM scheduled_tasks WHERE status = 'executing' LIMIT 1")
        except StoreError:
            self.happened["store error"] += 1
        except KilledError:
            is_alive = False
        self.clock.danger = 0.0
        if not is_written:
            self.in_doubt += self.shown() - before
        return is_alive

    def shown(self) -> Counter[str]:
        """Return how often each message reached the user."""
        return sum((one.shown for one in self.channels.values()), Counter())

    def ends(self) -> None:
        """Let everything work again, until nothing is left to be told."""
        for channel in self.channels.values():
            channel.is_well = True
        self.clock.instant = max(self.latest, self.clock.instant)
        waiting = "SELECT 1 FROM scheduled_tasks WHERE status IN ('executing', 'retryable', 'held') LIMIT 1"
        for _ in range(20):
            assert self.look()
            if not self.rows(waiting):
                return
            self.clock.advance(minutes=11)
        raise AssertionError(self.rows("SELECT * FROM scheduled_tasks WHERE status <> 'delivered'"))

    # -- what holds ------------------------------------------------------------------------------------------

    def has_told_everything(self) -> None:
        """Look whether each delivery that came due was told, given up, or taken back for a reason."""
        now_ms = round(self.clock.now().timestamp() * 1000)
        shown = self.shown()
        rows = self.rows(
            "SELECT tasks.uid, title, planned_for, alert, d.status, occurrences.state FROM scheduled_tasks AS d"
            " JOIN occurrences ON occurrences.id = occurrence_id JOIN tasks ON tasks.id = d.task_id"
            f" WHERE d.execute_at <= {now_ms}"
        )
        for uid, title, planned_for, alert, status, state in rows:
            key = f"{occurrence_uid(uid, planned_for)}{alert:+d}"
            about = f"{title} of {planned_for}: {status}, {state}"
            assert status in ("delivered", "discarded", "cancelled"), about
            if status == "delivered":
                assert shown[key] >= 1, f"{about}, and nobody heard it"
            if status == "cancelled":
                assert state != "open", f"{about}, and silent"
            if title.startswith("once"):
                assert status in ("delivered", "discarded"), about

    def has_told_nothing_too_often(self) -> int:
        """Look whether a message came twice without a reason; return how many came twice."""
        uids = dict(self.rows("SELECT uid, title FROM tasks"))
        keys = {
            f"{occurrence_uid(uid, planned_for)}{alert:+d}": uid
            for uid, planned_for, alert in self.rows(
                "SELECT uid, planned_for, alert FROM scheduled_tasks AS d JOIN occurrences ON occurrences.id ="
                " occurrence_id JOIN tasks ON tasks.id = d.task_id"
            )
        }
        doubtful = sum((one.doubtful for one in self.channels.values()), Counter())
        doubles = 0
        for key, count in self.shown().items():
            if key in keys:
                reasons = doubtful[key] + self.in_doubt[key] + self.renewed[keys[key]]
                assert count <= 1 + reasons, f"{uids[keys[key]]}: told {count} times"
                doubles += count - 1
        return doubles

    def has_counted_what_passed(self) -> None:
        """Look whether, of what nobody answered, one occurrence is there that counts all that passed before it."""
        for minutes in EVERY:
            begin, now = self.first_at, self.clock.now()
            planned = (now - begin) // (minutes * MINUTE) + 1
            rows = self.rows(
                "SELECT occurrences.state, passed, due_at FROM occurrences JOIN tasks ON tasks.id = task_id"
                f" WHERE title = 'every {minutes} minutes' AND due_at <= {round(now.timestamp() * 1000)}"
            )
            (last,) = [row for row in rows if row[0] == "open"]
            assert {state for state, _, _ in rows} <= {"open", "missed"}
            assert last[1] + 1 == planned, f"every {minutes} minutes: {last[1] + 1} of {planned}"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_with_every_fault_at_once_loses_nothing(seed: int, folder: Path, tell: Tell) -> None:
    day = FaultyDay(folder, seed)
    day.plan()
    while day.clock.instant < START + DAY:
        day.goes_on()
    day.ends()
    day.has_told_everything()
    doubles = day.has_told_nothing_too_often()
    day.has_counted_what_passed()
    assert day.rows("PRAGMA integrity_check") == [("ok",)]
    counts = day.store.queue.counts()
    day.store.close()
    failed = sum(sum(one.faults.values()) for one in day.channels.values())
    tell(
        f"day {seed}: {counts.get('delivered', 0)} told, {counts.get('discarded', 0)} given up, {doubles} again;"
        f" {failed} sends failed; {', '.join(f'{n} x {what}' for what, n in sorted(day.happened.items()))}"
    )
