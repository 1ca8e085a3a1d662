"""A day with every fault at once: channels, store, kills, clocks, zones, and a person who answers meanwhile.

    python -m tests.live.faults.whole_day SEED...

The engine and the store are real, the clock is handed in. Each life of the daemon is a fork, which is killed for real.
Whether something was told is asked of the channels, and not of the store.
"""

import json
import os
import pickle
import random
import resource
import signal
import sqlite3
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy import text
from tests.conftest import MEMORY_DISK, FakeClock

from remindcli.channels import ChannelError, Message, Receipt, Refusal
from remindcli.core.rule import Rule
from remindcli.core.task import occurrence_uid
from remindcli.daemon.engine import Engine
from remindcli.errors import RemindError, StoreError
from remindcli.store.asked import Move, NewTask
from remindcli.store.store import Store

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


def die() -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


class DeadlyClock(FakeClock):
    """A clock at whose reading the process may be killed: in the middle of any transaction, before and after a send."""

    chance: random.Random
    danger = 0.0

    def now(self) -> datetime:
        """Return the instant, or end the process."""
        if self.danger and self.chance.random() < self.danger:
            die()
        return super().now()


@dataclass(frozen=True)
class Sent:
    """One send, as the channel knows it.

    Attributes:
        is_shown: the message reached the user.
        mood: what became of it: "well" is what the sender hears of.
    """

    key: str
    is_shown: bool
    mood: str


class MoodyChannel:
    """A channel that works, is absent, refuses, hangs, crashes, or takes the process with it.

    Args:
        report: is told of each send before its outcome is known.
    """

    timeout_seconds: ClassVar[float] = 1.0

    def __init__(self, name: str, chance: random.Random, report: Callable[[Sent], None], *, is_well: bool) -> None:
        self.name = name  # type: ignore[misc]
        self._chance = chance
        self._report = report
        self._is_well = is_well

    def send(self, message: Message) -> Receipt:
        """Tell, or not."""
        moods = ("well", "absent", "refuses", "refuses for good", "hangs", "crashes", "kills")
        mood = "well" if self._is_well else self._chance.choices(moods, (12, 2, 2, 1, 2, 1, 1))[0]
        is_shown = mood == "well" or (mood in ("hangs", "kills") and self._chance.random() < 0.5)
        self._report(Sent(message.key, is_shown, mood))
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
                die()
        return Receipt(self.name)


class FaultyDay:
    """One day of a store, as a seed has it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.seed = seed
        self.path = folder / "remind.db"
        self.instant, self.zone = START, ZONES[0]
        self.latest = START
        self.touched: list[int] = []
        self.renewed: Counter[str] = Counter()
        self.in_doubt: Counter[str] = Counter()
        self.happened: Counter[str] = Counter()
        self.sent: list[Sent] = []
        self.lives = 0

    def begin(self, report: Callable[[Sent], None], *, is_well: bool = False) -> None:
        """Start a daemon on what is there."""
        self.lives += 1
        self.chance = random.Random(f"{self.seed}, life {self.lives}")
        self.clock = DeadlyClock(self.instant, self.zone)
        self.clock.chance = self.chance
        self.store = Store(self.path, self.clock, busy_seconds=0.02)
        self.engine = Engine(
            self.store,
            {name: MoodyChannel(name, self.chance, report, is_well=is_well) for name in ("first", "second")},
            self.clock,
            order=("first", "second"),
            owner=f"life {self.lives}",
            workers=self.chance.choice((1, 4)),
            jitter=self.chance.random,
        )
        self.store.queue.take_over()

    def state(self) -> dict[str, Any]:
        """Return what the next life has to know."""
        of_this_life = ("chance", "clock", "store", "engine", "sent")
        self.instant, self.zone = self.clock.instant, self.clock.zone_name
        return {name: value for name, value in vars(self).items() if name not in of_this_life}

    # -- lives -----------------------------------------------------------------------------------------------

    def live(self) -> None:
        """Go through the day, life after life."""
        while self.latest < START + DAY:
            reader, writer = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(reader)
                self._live_once(writer)
            os.close(writer)
            since = len(self.sent)
            with os.fdopen(reader, "rb") as pipe, suppress(EOFError, pickle.UnpicklingError):
                while True:
                    told = pickle.load(pipe)
                    if isinstance(told, Sent):
                        self.sent.append(told)
                    else:
                        vars(self).update(told)
                        since = len(self.sent)
            _, status = os.waitpid(pid, 0)
            if status == signal.SIGKILL:
                self.happened["kill"] += 1
                self.lives += 1
                self.in_doubt.update(one.key for one in self.sent[since:] if one.is_shown)
            elif status:
                raise AssertionError(f"life {self.lives + 1} ended with {os.waitstatus_to_exitcode(status)}")

    def _live_once(self, writer: int) -> None:
        def report(value: object) -> None:
            rest = memoryview(pickle.dumps(value))
            with mutex:
                while rest:
                    rest = rest[os.write(writer, rest) :]
            if isinstance(value, Sent):
                self.sent.append(value)

        mutex, status = Lock(), 1
        try:
            self.begin(report)
            while self.latest < START + DAY:
                self.goes_on()
                report(self.state())  # before the look: the next life's clock must not be behind this one's
                with self.fault():
                    self.look()
                report(self.state())
            status = 0
        except BaseException:  # noqa: BLE001 (a fork that goes on would be a second parent)
            traceback.print_exc()
        finally:
            os._exit(status)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows of the store."""
        with self.store.database.read() as tx:
            return [tuple(row) for row in tx.connection.execute(text(query))]

    # -- what happens ----------------------------------------------------------------------------------------

    def plan(self) -> None:
        """Write down what the day is to bring: what nobody will touch, and what a person plays with."""
        self.clock = DeadlyClock(START, self.zone)
        self.store = Store(self.path, self.clock)
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
        self.store.close()

    def wall(self, away: timedelta) -> datetime:
        """Return the wall time in UTC that is so far away."""
        return (self.clock.now() + away).replace(tzinfo=None, second=0, microsecond=0)

    def goes_on(self) -> None:
        """Let time pass, and something happen."""
        self.clock.advance(minutes=self.chance.choice((1, 5, 10, 30)))
        self.latest = max(self.latest, self.clock.instant)
        self.chance.choice((self.person, self.person, self.set_clock, self.travel, self.dies, lambda: None))()

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

    def dies(self) -> None:
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

    def look(self) -> None:
        """Let the daemon look."""
        since, is_written = len(self.sent), False
        try:
            self.engine.tick()
            is_written = not self.rows("SELECT 1 FROM scheduled_tasks WHERE status = 'executing' LIMIT 1")
        except StoreError:
            self.happened["store error"] += 1
        self.clock.danger = 0.0
        if not is_written:
            self.in_doubt.update(one.key for one in self.sent[since:] if one.is_shown)

    def shown(self) -> Counter[str]:
        """Return how often each message reached the user."""
        return Counter(one.key for one in self.sent if one.is_shown)

    def ends(self) -> None:
        """Let everything work again, until nothing is left to be told."""
        self.instant = max(self.latest, self.instant)
        self.begin(self.sent.append, is_well=True)
        waiting = "SELECT 1 FROM scheduled_tasks WHERE status IN ('executing', 'retryable', 'held') LIMIT 1"
        for _ in range(20):
            self.look()
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
            "SELECT tasks.uid, title, planned_for, alert, d.status, occurrences.state, (SELECT max(execute_at) FROM"
            " scheduled_tasks WHERE occurrence_id = d.occurrence_id AND status <> 'cancelled') >= d.execute_at"
            " FROM scheduled_tasks AS d"
            " JOIN occurrences ON occurrences.id = occurrence_id JOIN tasks ON tasks.id = d.task_id"
            f" WHERE d.execute_at <= {now_ms}"
        )
        for uid, title, planned_for, alert, status, state, is_put_off in rows:
            key = f"{occurrence_uid(uid, planned_for)}{alert:+d}"
            about = f"{title} of {planned_for}: {status}, {state}"
            assert status in ("delivered", "discarded", "cancelled"), about
            if status == "delivered":
                assert shown[key] >= 1, f"{about}, and nobody heard it"
            if status == "cancelled":  # while it is open only by a snooze that ends after it
                assert state != "open" or is_put_off, f"{about}, and silent"
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
        doubtful = Counter(one.key for one in self.sent if one.is_shown and one.mood == "hangs")
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


def live_through(seed: int) -> dict[str, int]:
    """Live the day of a seed, look what it came to, and return what happened.

    Raises:
        AssertionError: something was lost, doubled without a reason, or not counted.
    """
    place = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="remind-day-", dir=place) as folder:
        day = FaultyDay(Path(folder), seed)
        day.plan()
        day.live()
        day.ends()
        day.has_told_everything()
        doubles = day.has_told_nothing_too_often()
        day.has_counted_what_passed()
        assert day.rows("PRAGMA integrity_check") == [("ok",)]
        counts = day.store.queue.counts()
        day.store.close()
        return {
            "told": counts.get("delivered", 0),
            "given up": counts.get("discarded", 0),
            "told again": doubles,
            "sends that failed": sum(one.mood != "well" for one in day.sent),
            **day.happened,
        }


def main() -> None:
    """Live the days of the seeds on the command line; what happened goes to stdout as JSON."""
    total: Counter[str] = Counter()
    for seed in map(int, sys.argv[1:]):
        print(f"day {seed}", file=sys.stderr)
        total.update(live_through(seed))
    print(json.dumps(total))


if __name__ == "__main__":
    main()
