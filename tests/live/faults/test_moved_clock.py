"""The real daemon under a wall clock that is set, put to sleep, taken to another zone and through the nights of DST.

The wall clock is moved for the daemon alone (wallshift.c); between two moments that matter it sleeps.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import FakeClock, lacking
from tests.live.conftest import Require
from tests.live.faults import wallclock
from tests.live.faults.bell import Belfry, Rung
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL
from tests.live.faults.wallclock import MovedClock
from tests.live.rig import RigError, until

from remindcli.core.rule import Rule
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

BACK_WITHIN = timedelta(seconds=2 if IS_FULL else 15)
"""How late a reminder may be. A busy machine gets more, and less than the 30 s of the net under a missed notice."""

A_MOMENT = timedelta(seconds=0.3)
A_SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def library(require: Require, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the compiled library that moves the clock."""
    require("gcc")
    return wallclock.build(tmp_path_factory.mktemp("wallshift"))


class Day:
    """A daemon under a clock of its own, and what is planned in its store by the clock as it stood at the start."""

    def __init__(self, belfry: Belfry, library: Path, start: datetime, zone: str) -> None:
        self.belfry = belfry
        self._library = library
        self._start = start
        self._zone = zone
        self._store = Store(belfry.db, FakeClock(start, zone))
        self._seen: Counter[str] = Counter()

    def plan(self, title: str, wall: datetime, zone: str | None = "UTC", rrule: str | None = None) -> None:
        """Write a task down; with zone None it floats."""
        self._store.add(NewTask(title, Rule(wall.replace(tzinfo=None), zone, rrule=rrule)))

    @contextmanager
    def begins(self, *, under: Sequence[str] = (), tz: str | None = None) -> Iterator[None]:
        """Run the daemon, with the clock at the start."""
        self._store.close()
        self.clock = MovedClock(self._library, self.belfry.folder / "clock", self._start)
        variables = {**self.clock.variables, "TZ": self._zone if tz is None else tz}
        with self.belfry.daemon(variables, under=under) as self._process:
            yield
            assert self._process.poll() is None, self.belfry.log_text()

    def sleeps_until(self, when: datetime) -> None:
        """Close the lid until an instant."""
        self.clock.sleep_until(when, self._process)

    def told(self, title: str) -> Rung:
        """Return the next message that tells of a title, beyond those that were asked for before."""
        self._seen[title] += 1

        def found() -> list[Rung]:
            return [one for one in self.belfry.rung() if title in one.titles][self._seen[title] - 1 :]

        try:
            return until(found, 40, f"{title!r}")[0]
        except RigError as error:
            raise AssertionError(
                f"{error}; at {self.clock.now()}: {self.belfry.rung()}\n{self.belfry.log_text()}"
            ) from error

    def tells(self, title: str, due: datetime, *, most_late: timedelta = BACK_WITHIN) -> Rung:
        """Sleep until shortly before something is due, and see it told in time."""
        if self.clock.now() < due - A_MOMENT:
            self.sleeps_until(due - A_MOMENT)
        told = self.told(title)
        assert timedelta(0) <= told.at - due <= most_late, (
            f"{title} was due {due}: {self.belfry.rung()}\n{self.belfry.log_text()}"
        )
        return told

    def ends(self, title: str, due: datetime) -> None:
        """Tell what comes behind all others: by then all was told that was asked for, and nothing besides."""
        self.tells(title, due)
        assert Counter(self.belfry.titles()) == self._seen


Begin = Callable[[datetime, str], Day]


@pytest.fixture
def begin(library: Path, folder: Path) -> Begin:
    """Return a function that makes a day that begins at an instant in a zone."""
    return lambda start, zone="UTC": Day(Belfry(folder / "home"), library, start, zone)


@pytest.mark.parametrize("span", [HOUR, 3 * DAY], ids=["an hour", "three days"])
def test_what_came_due_while_the_machine_slept_rings_when_it_is_back(span: timedelta, begin: Begin, tell: Tell) -> None:
    day, back = begin(NOON, "UTC"), NOON + span
    tomorrow = datetime.combine(back, time(12, 45), UTC) + (DAY if span == HOUR else timedelta(0))
    day.plan("before", NOON + 3 * A_SECOND)
    day.plan("while it slept", NOON + HOUR / 2)
    day.plan("daily", NOON + 3 * HOUR / 4, rrule="FREQ=DAILY")
    day.plan("after", back + 10 * A_SECOND)
    day.plan("last", tomorrow + HOUR)
    with day.begins():
        day.tells("before", NOON + 3 * A_SECOND)
        day.sleeps_until(back)
        late = [day.told(title).at - back for title in ("while it slept", "daily")]
        assert max(late) <= BACK_WITHIN
        day.tells("after", back + 10 * A_SECOND)
        day.tells("daily", tomorrow)
        day.ends("last", tomorrow + HOUR)
    tell(f"asleep for {span}: all told {max(late).total_seconds():.2f} s after the machine was back, none twice")


def test_a_clock_that_is_set_by_an_hour_forward_and_back_makes_nothing_late_and_nothing_ring_twice(
    begin: Begin, tell: Tell
) -> None:
    day = begin(NOON, "UTC")
    day.plan("before", NOON + 3 * A_SECOND)
    day.plan("in between", NOON + HOUR / 2)
    day.plan("daily", NOON + HOUR / 4, rrule="FREQ=DAILY")
    day.plan("after", NOON + HOUR + 20 * A_SECOND)
    day.plan("later", NOON + 2 * HOUR)
    day.plan("last", NOON + DAY + HOUR)
    with day.begins():
        day.tells("before", NOON + 3 * A_SECOND)
        set_at = day.clock.now() + HOUR
        day.clock.step(HOUR)
        late = [day.told(title).at - set_at for title in ("in between", "daily")]
        assert max(late) <= BACK_WITHIN
        day.tells("after", NOON + HOUR + 20 * A_SECOND)
        day.clock.step(-HOUR)
        day.tells("later", NOON + 2 * HOUR)
        day.tells("daily", NOON + DAY + HOUR / 4)
        day.ends("last", NOON + DAY + HOUR)
    tell(f"the clock set forward by an hour: all told within {max(late).total_seconds():.2f} s, and back: none twice")


def test_a_clock_that_is_a_year_ahead_for_two_seconds_loses_nothing(begin: Begin, tell: Tell) -> None:
    day, year = begin(NOON, "UTC"), 365 * DAY
    planned = {
        "at once": NOON + HOUR / 60,
        "soon and daily": NOON + HOUR / 4,
        "once": NOON + HOUR,
        "daily": NOON + 2 * HOUR,
        "weekly": NOON + 3 * HOUR,
    }
    day.plan("before", NOON + 3 * A_SECOND)
    day.plan("at once", planned["at once"])
    day.plan("soon and daily", planned["soon and daily"], rrule="FREQ=DAILY;COUNT=2")
    day.plan("once", planned["once"])
    day.plan("daily", planned["daily"], rrule="FREQ=DAILY")
    day.plan("weekly", planned["weekly"], rrule="FREQ=WEEKLY")
    day.plan("last", NOON + 2 * DAY)
    with day.begins():
        day.tells("before", NOON + 3 * A_SECOND)
        day.clock.step(year)
        ahead_until = day.clock.now() + 2 * A_SECOND
        for title in (*planned, "last"):  # told by the wrong clock, and for that told again by the right one
            day.told(title)
        until(lambda: day.clock.now() >= ahead_until, what="two seconds")
        day.clock.step(-year)
        late = [day.tells(title, due, most_late=timedelta(minutes=1)).at - due for title, due in planned.items()]
        day.tells("soon and daily", planned["soon and daily"] + DAY)
        day.tells("daily", planned["daily"] + DAY)
        day.ends("last", NOON + 2 * DAY)
    tell(f"a year ahead for two seconds: all told again, at most {max(late).total_seconds():.2f} s late")


@pytest.mark.parametrize(
    ("night", "half_past_two"),
    [(datetime(2027, 3, 28), datetime(2027, 3, 28, 1, 30)), (datetime(2027, 10, 31), datetime(2027, 10, 31, 0, 30))],
    ids=["spring", "autumn"],
)
def test_in_the_nights_of_dst_each_rings_once_and_at_its_wall_time(
    night: datetime, half_past_two: datetime, begin: Begin, tell: Tell
) -> None:
    """02:30 is not there in spring: it rings with the offset before the gap, at 03:30; in autumn it is there twice."""
    berlin = ZoneInfo("Europe/Berlin")
    changes_at = night.replace(hour=1, tzinfo=UTC)  # 01:00 UTC in both
    day = begin(changes_at - HOUR - 5 * A_SECOND, berlin.key)
    at_nine = [(night + days * DAY).replace(hour=9, tzinfo=berlin).astimezone(UTC) for days in range(2)]
    eve = night - DAY
    day.plan("floating", eve.replace(hour=2, minute=30), None, "FREQ=DAILY;COUNT=2")
    day.plan("zoned", eve.replace(hour=2, minute=30), berlin.key, "FREQ=DAILY;COUNT=2")
    day.plan("at nine", eve.replace(hour=9), None, "FREQ=DAILY")
    day.plan("hourly", changes_at - HOUR / 4, "UTC", "FREQ=HOURLY;COUNT=3")
    day.plan("the change", changes_at + A_SECOND)
    day.plan("last", at_nine[1] + HOUR)
    due = [
        ("floating", half_past_two.replace(tzinfo=UTC)),
        ("hourly", changes_at - HOUR / 4),
        ("the change", changes_at + A_SECOND),
        ("hourly", changes_at + 3 * HOUR / 4),
        ("hourly", changes_at + 7 * HOUR / 4),
        *(("at nine", at) for at in at_nine),
    ]
    with day.begins():
        for title, at in sorted(due, key=lambda one: one[1]):
            day.tells(title, at)
            if title == "floating":
                assert day.told("zoned").at - at <= BACK_WITHIN
        day.ends("last", at_nine[1] + HOUR)
    tell(f"the night of {night:%d %b %Y}: {len(due) + 2} told, each once and at its wall time")


@pytest.fixture
def etc(tmp_path: Path, require: Require) -> Path:
    """Return a copy of /etc, to be put in its place for one process tree; that needs root."""
    require("unshare", "mount")
    if os.geteuid() != 0:
        lacking("root: it mounts its own /etc")
    copy = tmp_path / "etc"
    shutil.copytree("/etc", copy, symlinks=True, ignore=shutil.ignore_patterns("alternatives", "ssl", "*.d"))
    return copy


def be_in(etc: Path, zone: str) -> None:
    """Set the zone of the system, as timedatectl does: /etc/localtime becomes another link, in one step."""
    fresh = etc / "localtime.new"
    fresh.symlink_to(f"/usr/share/zoneinfo/{zone}")
    fresh.rename(etc / "localtime")


def test_the_zone_of_the_system_changes_floating_tasks_move_and_zoned_ones_do_not(
    begin: Begin, etc: Path, tell: Tell
) -> None:
    here, there = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
    be_in(etc, here.key)
    day = begin(NOON, here.key)
    at_six = datetime(2026, 11, 2, 18)
    day.plan("before", NOON + 3 * A_SECOND)
    day.plan("floating", at_six, None, "FREQ=DAILY")
    day.plan("zoned", at_six, here.key, "FREQ=DAILY")
    day.plan("last", NOON + 2 * DAY)
    mount = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc && exec "$@"', str(etc))
    with day.begins(under=mount, tz=""):
        day.tells("before", NOON + 3 * A_SECOND)
        be_in(etc, there.key)
        day.sleeps_until(NOON + timedelta(minutes=1))  # a flight; the look behind it sees the zone
        for days in range(2):
            day.tells("zoned", (at_six + days * DAY).replace(tzinfo=here).astimezone(UTC))
            day.tells("floating", (at_six + days * DAY).replace(tzinfo=there).astimezone(UTC))
        day.ends("last", NOON + 2 * DAY)
    tell("another zone while it runs: floating ones rang at the new wall time, zoned ones as before")
