"""What the service manager hears, on a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from tests.conftest import FakeClock

from remindcli.daemon.engine import Engine
from remindcli.daemon.readiness import ServiceManager
from remindcli.daemon.runner import _STUCK_SECONDS, Runner, _AlarmClock
from remindcli.store.store import Store


class Listener:
    """A service manager's socket."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        """Return what was said since the last call."""
        words = []
        while True:
            try:
                words.append(self.socket.recv(100).decode())
            except BlockingIOError:
                return words


@pytest.fixture
def listener(folder: Path) -> Iterator[Listener]:
    made = Listener(str(folder / "notify"))
    yield made
    made.socket.close()


def manager(folder: Path, **variables: str) -> ServiceManager:
    return ServiceManager({"NOTIFY_SOCKET": str(folder / "notify"), **variables})


def test_ready_and_stopping(folder: Path, listener: Listener) -> None:
    it = manager(folder)
    it.ready()
    it.stopping()
    assert listener.heard() == ["READY=1", "STOPPING=1"]


@pytest.mark.skipif(not os.path.exists("/proc/net/unix"), reason="the abstract namespace is Linux's")  # noqa: PTH110
def test_an_abstract_address(tmp_path: Path) -> None:
    name = f"remindcli-test-{os.getpid()}-{tmp_path.name}"
    made = Listener(f"\0{name}")
    ServiceManager({"NOTIFY_SOCKET": f"@{name}"}).ready()
    assert made.heard() == ["READY=1"]
    made.socket.close()


@pytest.mark.parametrize("address", ["", "@", "relative/path", "vsock:2:1234", "/nowhere/at/all"])
def test_an_address_where_nobody_is_harms_nothing(address: str) -> None:
    it = ServiceManager({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1"})
    it.ready()
    it.alive()
    it.stopping()


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "120000000"}, 60.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())}, 60.0),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "²"}, None),
    ],
)
def test_the_watchdog_s_interval(folder: Path, variables: dict[str, str], seconds: float | None) -> None:
    assert manager(folder, **variables).ping_seconds == seconds


def test_without_a_manager_no_watchdog_is_asked_for() -> None:
    assert ServiceManager({"WATCHDOG_USEC": "120000000"}).ping_seconds is None


def test_alive_is_said_when_it_is_time(folder: Path, listener: Listener) -> None:
    it = manager(folder, WATCHDOG_USEC="3600000000")
    it.alive()
    it.alive()
    assert listener.heard() == ["WATCHDOG=1"], "the next is due in half an hour"


def test_one_that_is_not_well_says_nothing_and_does_not_hurry(folder: Path, listener: Listener) -> None:
    it = manager(folder, WATCHDOG_USEC="3600000000")
    it.alive(is_well=False)
    assert listener.heard() == []
    assert it.longest_wait(30) == 30, "it must not spin until the manager ends it"


def test_the_wait_is_short_enough_for_the_watchdog(folder: Path) -> None:
    assert manager(folder).longest_wait(30) == 30
    it = manager(folder, WATCHDOG_USEC="20000000")
    assert it.longest_wait(30) == 0, "the first is due at once"
    it.alive()
    assert 9 < it.longest_wait(30) <= 10


def test_a_manager_that_does_not_read_is_not_waited_for_long(folder: Path, listener: Listener) -> None:
    it = manager(folder)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        filler.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                filler.sendto(b"x", str(folder / "notify"))
    it.ready()
    assert "READY=1" not in listener.heard()


# -- what the daemon calls alive ------------------------------------------------------------------------------


class BrokenJobs(MemoryJobStore):  # type: ignore[misc]
    """Ends the scheduler's thread at its first look."""

    def get_next_run_time(self) -> datetime | None:
        raise MemoryError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_alarm_clock_whose_thread_died_is_not_alive() -> None:
    clock = _AlarmClock(timezone=UTC, jobstores={"default": BrokenJobs()})
    assert not clock.is_alive
    clock.start()
    clock._thread.join(20)
    assert clock.running, "APScheduler does not notice"
    assert not clock.is_alive
    clock.shutdown()


def test_a_look_that_hangs_is_not_well(store: Store, engine: Engine, clock: FakeClock) -> None:
    runner, underway = Runner(store, engine, clock), engine._underway
    assert not runner._is_well(), "it does not run yet"
    runner._scheduler.start()
    try:
        assert runner._is_well()
        underway._turned_at = monotonic()
        assert runner._is_well()
        underway._turned_at -= _STUCK_SECONDS + 1
        assert not runner._is_well()
        underway._turned_at, underway._begun = monotonic(), {1: monotonic() - _STUCK_SECONDS - 1}
        assert not runner._is_well(), "a message hangs"
        underway._turned_at, underway._begun = None, {}
        assert runner._is_well()
    finally:
        runner._scheduler.shutdown()
        runner._waker.close()
        runner._poker.close()
