"""A month of reminders with a clock that is moved, as tables: when, what, on which channel.

October 2026 in Berlin; on Sunday the 25th the clocks go back. The daemon looks whenever it said that it would, and
what a person does stands in the table of deeds. A line that a reader does not expect is a fault.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.alert import DayAlert
from remindcli.core.manners import Manners
from remindcli.core.rule import Rule
from remindcli.core.task import CatchUp
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

NIGHT = (time(22), time(7))
WEEKEND_NIGHT = (time(23), time(9))
QUIET = {**dict.fromkeys(range(5), (NIGHT,)), 5: (WEEKEND_NIGHT,), 6: (WEEKEND_NIGHT,)}
"""mon-fri 22:00-07:00; sat,sun 23:00-09:00, by the day on which they begin."""

END = datetime(2026, 11, 1)


@dataclass
class Person:
    """Surroundings that a test sets.

    Attributes:
        is_busy: do-not-disturb is on.
        is_gone: nobody is there.
    """

    is_busy: bool = False
    is_gone: bool = False

    def is_do_not_disturb(self) -> bool:
        """Return what was set."""
        return self.is_busy

    def is_away(self) -> bool:
        """Return what was set."""
        return self.is_gone


@dataclass
class Month:
    """A store, a clock, three channels, and what was told."""

    store: Store
    clock: FakeClock
    manners: Manners
    person: Person = field(default_factory=Person)
    channels: dict[str, FakeChannel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.channels = {name: FakeChannel(self.clock) for name in ("desktop", "terminal", "ntfy")}
        self.engine = self._engine()

    def _engine(self) -> Engine:
        return Engine(
            self.store,
            self.channels,
            self.clock,
            order=("desktop", "terminal", "ntfy"),
            owner="month",
            manners=self.manners,
            surroundings=self.person,
        )

    def add(self, title: str, at: str, rrule: str | None = None, **more: object) -> int:
        """Write a task down; return its id."""
        rule = Rule(datetime.fromisoformat(f"2026-10-{at}"), None, rrule=rrule, is_all_day=len(at) == 2)
        return self.store.add(NewTask(title, rule, **more)).task.id  # type: ignore[arg-type]

    def lives(self, deeds: Mapping[str, Callable[[], object]], *, until: datetime = END) -> list[str]:
        """Let the month pass; return what was told, a line each: when, which channel, what.

        Args:
            deeds: what a person does, by "day hour" of the wall clock.
        """
        moments = sorted((self._at(f"2026-10-{when}"), deed) for when, deed in deeds.items())
        moments.append((self._at(until.isoformat()), lambda: None))
        for moment, deed in moments:
            while (look := self.engine.tick()) is not None and look < moment:
                self.clock.instant = max(self.clock.instant, look)
            self.clock.instant = moment
            deed()
        return self.told()

    def told(self) -> list[str]:
        """Return what was told, in its order."""
        all_of_it = [(one.at, name, one.message) for name, channel in self.channels.items() for one in channel.told]
        rows = []
        for at, name, message in sorted(all_of_it, key=lambda row: (row[0], row[2].title)):
            wall = at.astimezone(self.clock.zone())
            rows.append(f"{wall:%a %d %H:%M}  {name:<9} {message.title}")
        return rows

    def sleeps(self, until: str) -> None:
        """Close the lid: no look before that."""
        self.clock.instant = self._at(f"2026-10-{until}")

    def dies(self) -> None:
        """Kill the daemon and begin another one."""
        self.engine = self._engine()

    def _at(self, wall: str) -> datetime:
        return datetime.fromisoformat(wall).replace(tzinfo=self.clock.zone())


Begin = Callable[[Manners], Month]


@pytest.fixture
def begin(tmp_path: Path) -> "Begin":
    """Return a way to begin a month at six in the morning of Thursday, 1 October."""

    def start(manners: Manners) -> Month:
        clock = FakeClock(datetime.fromisoformat("2026-10-01 06:00+02:00"), "Europe/Berlin")
        return Month(Store(tmp_path / "remind.db", clock), clock, manners)

    return start


def table(text: str) -> Sequence[str]:
    """Return the lines of a table without what stands around them."""
    return [line.strip() for line in text.strip().splitlines()]


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_nagging_climbs_the_channels_with_longer_waits_and_ends_by_an_answer_or_by_itself(begin: Begin) -> None:
    manners = Manners(nags={"@work": 20 * MINUTE, "p1": 5 * MINUTE}, nag_times=4)
    month = begin(manners)
    month.add("ship it", "05 09:00", list_name="work")  # 1: by its list
    month.add("call back", "05 09:00", priority=1)  # 2: by its priority
    month.add("water the plants", "05 09:00")  # 3: not at all
    month.add("stretch", "06 09:00", "FREQ=DAILY;COUNT=3", nag_after=8 * HOUR)  # 4: the next day's takes its place
    month.add("the only way", "12 09:00", nag_after=10 * MINUTE, channels=("ntfy",))  # 5
    month.add("quiet please", "13 09:00", list_name="work", nag_after=0 * MINUTE)  # 6: its own word goes over the list
    store, clock = month.store, month.clock
    told = month.lives(
        {
            "05 09:07": lambda: store.complete([2]),
            "05 09:21": store.undo,
            "05 09:40": lambda: store.snooze([2], clock.now() + 3 * HOUR),
            "05 10:00": month.dies,
            "05 12:43": lambda: store.complete([2]),
            "12 09:12": lambda: store.acknowledge([5]),
        }
    )
    assert told == table(
        """
        Mon 05 09:00  desktop   call back
        Mon 05 09:00  desktop   ship it
        Mon 05 09:00  desktop   water the plants
        Mon 05 09:05  terminal  call back
        Mon 05 09:20  terminal  ship it
        Mon 05 09:21  ntfy      call back
        Mon 05 09:32  desktop   call back
        Mon 05 09:50  ntfy      ship it
        Mon 05 10:35  desktop   ship it
        Mon 05 11:35  terminal  ship it
        Mon 05 12:40  desktop   call back
        Tue 06 09:00  desktop   stretch
        Tue 06 17:00  terminal  stretch
        Wed 07 01:00  ntfy      stretch
        Wed 07 09:00  desktop   stretch
        Wed 07 17:00  terminal  stretch
        Thu 08 01:00  ntfy      stretch
        Thu 08 09:00  desktop   stretch
        Thu 08 17:00  terminal  stretch
        Fri 09 01:00  ntfy      stretch
        Fri 09 09:00  desktop   stretch
        Fri 09 17:00  terminal  stretch
        Mon 12 09:00  ntfy      the only way
        Mon 12 09:10  ntfy      the only way
        Tue 13 09:00  desktop   quiet please
        """
    )
    keys = {one.message.key for channel in month.channels.values() for one in channel.told if one.title == "ship it"}
    assert len(keys) == 1, "each repetition replaces the one before it"


def test_a_repetition_whose_channel_is_not_there_goes_to_the_next(begin: Begin) -> None:
    month = begin(Manners())
    month.add("take the pills", "02 08:00", nag_after=10 * MINUTE)
    month.channels["terminal"].is_absent()
    assert month.lives({"02 08:30": lambda: month.store.complete([1])}) == table(
        """
        Fri 02 08:00  desktop   take the pills
        Fri 02 08:10  ntfy      take the pills
        Fri 02 08:25  ntfy      take the pills
        """
    )


def test_quiet_hours_keep_what_comes_due_and_let_pass_what_is_urgent_or_was_asked_for_in_them(begin: Begin) -> None:
    month = begin(Manners(quiet=QUIET))
    month.add("take the pills", "01 22:30", "FREQ=DAILY;COUNT=3")  # Saturday's quiet hours begin at 23:00
    month.add("take the bread out", "03 23:30")
    month.add("fetch the paper", "04 08:00")
    month.add("catch the train", "06 05:00", priority=1)
    for number in range(7):
        month.add(f"mail {number}", f"07 23:{number:02}")
    month.add("the clocks go back", "25 02:30")
    month.add("nags into the night", "27 21:00", nag_after=HOUR)
    month.add("put off in the night", "28 21:50")
    store, clock = month.store, month.clock
    told = month.lives(
        {
            "04 10:00": lambda: store.complete([2]),
            "08 23:00": lambda: month.add("tea", "08 23:05"),
            "09 03:00": month.dies,
            "28 08:30": lambda: store.complete([13]),
            "28 22:10": lambda: store.snooze([14], clock.now() + 20 * MINUTE),
        }
    )
    assert told == table(
        """
        Fri 02 07:00  desktop   take the pills
        Sat 03 07:00  desktop   take the pills
        Sat 03 22:30  desktop   take the pills
        Sun 04 09:00  desktop   fetch the paper
        Sun 04 09:00  desktop   take the bread out
        Tue 06 05:00  desktop   catch the train
        Thu 08 07:00  desktop   7 reminders from quiet hours
        Thu 08 23:05  desktop   tea
        Sun 25 09:00  desktop   the clocks go back
        Tue 27 21:00  desktop   nags into the night
        Wed 28 07:00  terminal  nags into the night
        Wed 28 08:00  ntfy      nags into the night
        Wed 28 21:50  desktop   put off in the night
        Wed 28 22:30  desktop   put off in the night
        """
    )
    assert month.channels["desktop"].bodies[0] == "due yesterday 22:30, kept for the end of quiet hours"


def test_what_is_kept_rings_at_once_when_the_settings_have_no_quiet_hours_any_more(begin: Begin) -> None:
    month = begin(Manners(quiet=QUIET))
    month.add("take the pills", "01 22:30")

    def is_set_anew() -> None:
        assert month.store.item(1).is_kept
        month.manners = Manners()
        month.dies()

    assert month.lives({"01 23:00": is_set_anew}) == ["Thu 01 23:00  desktop   take the pills"]


def test_the_digest_comes_once_a_day_late_after_a_night_asleep_and_says_nothing_of_nothing(begin: Begin) -> None:
    month = begin(Manners(digest_at={**dict.fromkeys(range(5), time(8)), 5: time(10)}, digest_channels=("ntfy",)))
    month.add("pay the rent", "01", "FREQ=MONTHLY")
    month.add("call bob", "02 17:00")
    month.add("dentist", "06 09:00")
    month.add("the bins", "12 19:00")
    told = month.lives(
        {
            "03 12:00": lambda: month.store.complete([1, 2]),
            "05 22:00": lambda: month.sleeps("06 11:15"),
            "06 20:00": month.dies,
            "07 07:00": lambda: month.store.complete([3]),
            "12 07:59": lambda: month.channels["ntfy"].is_absent(3),
            "12 19:30": lambda: month.store.complete([4]),
        }
    )
    assert told == table(
        """
        Thu 01 08:00  ntfy      1 due today
        Thu 01 09:00  desktop   pay the rent
        Fri 02 08:00  ntfy      1 due today, 1 overdue
        Fri 02 17:00  desktop   call bob
        Sat 03 10:00  ntfy      2 overdue
        Tue 06 11:15  ntfy      1 due today
        Tue 06 11:15  desktop   dentist
        Mon 12 08:03  ntfy      1 due today
        Mon 12 19:00  desktop   the bins
        """
    )
    assert month.channels["ntfy"].bodies[1] == "call bob (due 17:00)\npay the rent (due yesterday)"


def test_the_digest_names_a_task_once_and_counts_what_passed_unless_it_keeps_each(begin: Begin) -> None:
    month = begin(Manners(digest_at={0: time(8)}, digest_channels=("ntfy",)))
    month.add("the bins", "05 19:00", "FREQ=WEEKLY")
    month.add("water the plants", "05", "FREQ=WEEKLY")  # rings at 09:00
    month.add("write the report", "05 17:00", "FREQ=WEEKLY", catch_up=CatchUp.ALL)
    assert month.lives({}, until=datetime(2026, 10, 19, 8, 30))[-1] == "Mon 19 08:00  ntfy      3 due today, 2 overdue"
    first, _, third = (body.splitlines() for body in month.channels["ntfy"].bodies)
    assert first == ["water the plants (due today)", "write the report (due 17:00)", "the bins (due 19:00)"]
    assert third == [
        "water the plants (due today, passed 2 times before)",
        "write the report (due 17:00)",
        "the bins (due 19:00, passed 2 times before)",
        "write the report (due Mon 5 Oct 17:00)",
        "write the report (due Mon 12 Oct 17:00)",
    ]


def test_a_daemon_that_begins_after_the_digest_tells_none_that_day(begin: Begin) -> None:
    month = begin(Manners(digest_at=dict.fromkeys(range(7), time(8))))
    month.add("call bob", "02 17:00")
    month.clock.set("2026-10-02 09:00")
    told = month.lives({"02 18:00": lambda: month.store.complete([1])})
    assert told == ["Fri 02 17:00  desktop   call bob"]


def test_who_wants_to_be_left_alone_hears_the_urgent_alone_and_the_rest_afterwards(begin: Begin) -> None:
    month = begin(Manners(heeds_focus=True))
    month.add("stand up", "01 11:00", "FREQ=MINUTELY;INTERVAL=10;COUNT=3")
    month.add("fire drill", "01 11:05", priority=1)
    month.add("call bob", "01 11:07")

    def is_busy(now: bool) -> Callable[[], None]:
        return lambda: setattr(month.person, "is_busy", now)

    assert month.lives({"01 10:50": is_busy(True), "01 11:15": is_busy(False)}) == table(
        """
        Thu 01 11:05  desktop   fire drill
        Thu 01 11:15  desktop   call bob
        Thu 01 11:15  desktop   stand up
        Thu 01 11:20  desktop   stand up
        """
    )
    assert month.channels["desktop"].bodies[2] == "due 11:10, kept meanwhile, passed once before"


def test_what_rang_while_nobody_was_there_comes_first_at_return(begin: Begin) -> None:
    month = begin(Manners())
    month.add("the parcel", "02 13:50")
    month.add("lunch", "02 13:55")  # answered from elsewhere
    month.add("phone mum", "02 14:02", channels=("ntfy",))  # the telephone was there
    for number in range(6):
        month.add(f"mail {number}", f"06 10:{number:02}")

    def is_gone(now: bool) -> Callable[[], None]:
        return lambda: setattr(month.person, "is_gone", now)

    told = month.lives(
        {
            "02 09:00": is_gone(True),
            "02 14:00": lambda: month.store.complete([2]),
            "02 14:05": month.dies,
            "02 14:10": is_gone(False),
            "06 10:00": is_gone(True),
            "06 10:10": is_gone(False),
        }
    )
    assert told == table(
        """
        Fri 02 13:50  desktop   the parcel
        Fri 02 13:55  desktop   lunch
        Fri 02 14:02  ntfy      phone mum
        Fri 02 14:10  desktop   the parcel
        Tue 06 10:00  desktop   mail 0
        Tue 06 10:01  desktop   mail 1
        Tue 06 10:02  desktop   mail 2
        Tue 06 10:03  desktop   mail 3
        Tue 06 10:04  desktop   mail 4
        Tue 06 10:05  desktop   mail 5
        Tue 06 10:10  desktop   6 reminders from while you were away
        """
    )
    assert "due 13:50, rang while you were away" in month.channels["desktop"].bodies


def test_alerts_with_an_hour_of_their_own_keep_it_across_the_change_of_the_clocks(begin: Begin) -> None:
    month = begin(Manners())
    month.add(
        "flight",
        "25 12:00",
        alerts=(-timedelta(days=1), -3 * HOUR, 0 * HOUR),
        day_alerts=(DayAlert(1, time(9)), DayAlert(1, time(21)), DayAlert(0, time(2, 30))),
    )
    month.add("the bins", "06", "FREQ=WEEKLY", alerts=(), day_alerts=(DayAlert(1, time(20)),))
    month.add("a birthday", "15", alerts=(-timedelta(days=7), 0 * HOUR))
    assert month.lives({}) == table(
        """
        Mon 05 20:00  desktop   the bins
        Thu 08 09:00  desktop   a birthday
        Mon 12 20:00  desktop   the bins
        Thu 15 09:00  desktop   a birthday
        Mon 19 20:00  desktop   the bins
        Sat 24 09:00  desktop   flight
        Sat 24 12:00  desktop   flight
        Sat 24 21:00  desktop   flight
        Sun 25 02:30  desktop   flight
        Sun 25 09:00  desktop   flight
        Sun 25 12:00  desktop   flight
        Mon 26 20:00  desktop   the bins
        """
    )


def test_an_hour_of_its_own_follows_the_traveller(begin: Begin) -> None:
    month = begin(Manners())
    month.add("flight", "10 12:00", alerts=(), day_alerts=(DayAlert(1, time(9)),))
    month.lives({"08 12:00": lambda: setattr(month.clock, "zone_name", "America/New_York")})
    assert month.told() == ["Fri 09 09:00  desktop   flight"]
