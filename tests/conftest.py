"""What all tests share: a clock that stands still until it is told, a channel that remembers, a real store."""

import os
import signal
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, NoReturn
from zoneinfo import ZoneInfo

import pytest

from remindcli.channels import ChannelError, Message, Receipt, Refusal
from remindcli.daemon.engine import Engine
from remindcli.store.store import Store

MEMORY_DISK = Path("/dev/shm")


def lacking(what: str) -> NoReturn:
    """End a test for which the machine has not what it takes: skipped and named here, failed in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")


OF_THE_SUITE = {"REMIND_FULL", "REMIND_WRITE", "REMIND_WALKS", "REMIND_PICTURE"}
"""What is asked of the tests themselves (CONTRIBUTING.md, docs/faults.md)."""


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_user() -> None:
    """Forget the settings in the environment of who runs the tests: many processes are started in it."""
    for name in [name for name in os.environ if name.startswith("REMIND_") and name not in OF_THE_SUITE]:
        del os.environ[name]


@pytest.fixture(scope="session", autouse=True)
def interrupts_arrive() -> None:
    """Let Ctrl-C arrive at what tests start: a shell's background job ignores it, and so does all that it starts."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)


class FakeClock:
    """A clock that stands still until it is told to move, and a zone that can be changed."""

    def __init__(self, now: datetime, zone: str = "UTC") -> None:
        self.instant = now
        self.zone_name = zone

    def now(self) -> datetime:
        """Return the instant at which the clock stands, UTC."""
        return self.instant

    def zone(self) -> ZoneInfo:
        """Return the local zone."""
        return ZoneInfo(self.zone_name)

    def advance(self, span: timedelta | None = None, **parts: float) -> datetime:
        """Move the clock on by a span, or by `minutes=5`; return where it stands now."""
        self.instant += span if span is not None else timedelta(**parts)
        return self.instant

    def set(self, when: datetime | str, zone: str | None = None) -> datetime:
        """Put the clock at an aware instant, or at a wall time of the local zone ("2026-03-29 09:00").

        Args:
            zone: the local zone from now on.
        """
        if zone is not None:
            self.zone_name = zone
        if isinstance(when, str):
            when = datetime.fromisoformat(when)
        if when.tzinfo is None:
            when = when.replace(tzinfo=self.zone())
        self.instant = when.astimezone(UTC)
        return self.instant

    def wall(self, instant: datetime | None = None) -> str:
        """Return how the local clock shows an instant: "2026-03-29 09:00"."""
        return (instant or self.instant).astimezone(self.zone()).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class Told:
    """One message that reached the user, with the clock's time then."""

    at: datetime
    message: Message

    @property
    def title(self) -> str:
        """Return the message's title."""
        return self.message.title


class FakeChannel:
    """A channel that remembers what it told; the next sends can be made to fail, each in its own way.

    Attributes:
        told: what reached the user, in its order. A send that is `unknown` after it was shown is among them.
        asked: the titles of every send, the failed ones too.
    """

    name: ClassVar[str] = "fake"
    timeout_seconds: ClassVar[float] = 1.0

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._next: deque[Exception] = deque()
        self._always: Exception | None = None
        self.told: list[Told] = []
        self.asked: list[str] = []

    def send(self, message: Message) -> Receipt:
        """Tell, or fail as it was ordered to."""
        self.asked.append(message.title)
        fault = self._next.popleft() if self._next else self._always
        if fault is not None:
            raise fault
        self.told.append(Told(self._clock.now(), message))
        return Receipt(self.name, f"{len(self.told)}")

    # -- what is to go wrong ---------------------------------------------------------------------------------

    def is_absent(self, times: int | None = None) -> None:
        """Be not there, for the next sends or for good."""
        self._order(ChannelError("nothing is there", refusal=Refusal.ABSENT), times)

    def refuses(self, times: int | None = None, *, permanent: bool = False) -> None:
        """Say no to the next sends, or to all."""
        self._order(ChannelError("it said no", refusal=Refusal.REFUSED, permanent=permanent), times)

    def hangs(self, times: int | None = None) -> None:
        """Give no answer to the next sends, or to all: nobody knows whether they were shown."""
        self._order(ChannelError("no answer", refusal=Refusal.UNKNOWN), times)

    def crashes(self, times: int | None = None) -> None:
        """Throw what no channel should throw, at the next sends or at all."""
        self._order(ZeroDivisionError("a bug in the channel"), times)

    def works(self) -> None:
        """Take everything again."""
        self._next.clear()
        self._always = None

    def _order(self, fault: Exception, times: int | None) -> None:
        if times is None:
            self._always = fault
        else:
            self._next.extend([fault] * times)

    # -- what a person saw -----------------------------------------------------------------------------------

    @property
    def titles(self) -> list[str]:
        """Return the titles that reached the user, in their order."""
        return [one.title for one in self.told]

    @property
    def bodies(self) -> list[str]:
        """Return the bodies that reached the user, in their order."""
        return [one.message.body for one in self.told]

    @property
    def walls(self) -> list[str]:
        """Return when each message reached the user, on the local clock."""
        return [self._clock.wall(one.at) for one in self.told]


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock at noon UTC on Monday 2 November 2026."""
    return FakeClock(datetime(2026, 11, 2, 12, tzinfo=UTC))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder of the test's own on a disk in memory, where there is one: a store syncs at each write."""
    if not MEMORY_DISK.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="remind-test-", dir=MEMORY_DISK) as name:
        yield Path(name)


@pytest.fixture
def store(folder: Path, clock: FakeClock) -> Iterator[Store]:
    """Return a new store in a real file."""
    made = Store(folder / "remind.db", clock)
    yield made
    made.close()


@pytest.fixture
def channel(clock: FakeClock) -> FakeChannel:
    """Return a channel that takes everything until it is told otherwise."""
    return FakeChannel(clock)


@pytest.fixture
def channels(channel: FakeChannel) -> Mapping[str, FakeChannel]:
    """Return the engine's channels by name: `fake` alone."""
    return {"fake": channel}


@pytest.fixture
def engine(store: Store, channels: Mapping[str, FakeChannel], clock: FakeClock) -> Engine:
    """Return an engine that sends one message after the other."""
    return Engine(store, channels, clock, order=tuple(channels), owner="test", workers=1, jitter=lambda: 0.0)
