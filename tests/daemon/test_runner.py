"""The process around the engine, run in this one: it rings by the real clock, hears nudges, and ends."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from itertools import count
from pathlib import Path
from time import monotonic

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli import nudge
from remindcli.clock import SystemClock
from remindcli.core.manners import Manners
from remindcli.core.rule import Rule
from remindcli.daemon import serve
from remindcli.daemon.instance import holder_of, is_running, lock_of
from remindcli.daemon.runner import LONGEST_WAIT
from remindcli.errors import DaemonError
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

SOON = 20.0
"""Far longer than anything here takes; no test waits for it."""


def now_rule(ahead: timedelta = timedelta()) -> Rule:
    """Return a single time: now, or a while ahead."""
    return Rule((SystemClock().now() + ahead).replace(tzinfo=None, microsecond=0), "UTC")


def attempts(has_come: Callable[[], bool]) -> Iterator[int]:
    """Count attempts until it has come."""
    ends_at = monotonic() + SOON
    for attempt in count():
        if has_come():
            return
        assert monotonic() < ends_at, "it did not come"
        yield attempt


class Announcing(FakeChannel):
    """A channel that says when it has told something."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.came = threading.Semaphore(0)

    def send(self, message):  # type: ignore[no-untyped-def]
        """Tell, and say so."""
        receipt = super().send(message)
        self.came.release()
        return receipt


@pytest.fixture
def real(folder: Path) -> Iterator[Store]:
    """Return a store that goes by the machine's clock."""
    store = Store(folder / "real.db", SystemClock())
    yield store
    store.close()


@pytest.fixture
def announcing(clock: FakeClock) -> Announcing:
    return Announcing(clock)


@contextmanager
def served(
    store: Store,
    channel: Announcing,
    is_finished: Callable[[], bool] | None = None,
    manners: Manners | None = None,
) -> Iterator[None]:
    """Serve the store in a thread until the block has ended, and see that it ends."""
    is_over = threading.Event()
    thread = threading.Thread(
        target=serve.run,
        args=(store, {"fake": channel}, SystemClock()),
        kwargs={"order": ("fake",), "is_finished": is_finished or is_over.is_set, "manners": manners},
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        while thread.is_alive() and is_finished is None and not is_running(store.path):
            thread.join(0.001)
        nudge.send(store.path)
        thread.join(SOON)
        assert not thread.is_alive(), "it does not end"


def test_it_rings_what_is_due_and_hears_of_what_is_written(real: Store, announcing: Announcing) -> None:
    real.add(NewTask("due", now_rule()))
    with served(real, announcing):
        assert announcing.came.acquire(timeout=SOON)
        real.add(NewTask("written later", now_rule()))
        nudge.send(real.path)
        assert announcing.came.acquire(timeout=SOON)
    assert announcing.titles == ["due", "written later"]


def test_it_rings_by_its_alarm(real: Store, announcing: Announcing) -> None:
    real.add(NewTask("soon", now_rule(timedelta(seconds=2))))
    with served(real, announcing):
        assert announcing.came.acquire(timeout=SOON)
    (told,) = real.deliveries(1, 9)
    assert told.delivered_at is not None
    assert timedelta() <= told.delivered_at - told.due_at < timedelta(seconds=LONGEST_WAIT), "not early, nor by the net"


@pytest.mark.parametrize("_again", range(10))
def test_it_ends_though_a_look_is_just_setting_the_next_alarm(_again: int, real: Store, announcing: Announcing) -> None:
    real.add(NewTask("due", now_rule()))
    real.add(NewTask("far", now_rule(timedelta(days=9))))
    with served(real, announcing, is_finished=lambda: bool(announcing.told)):
        assert announcing.came.acquire(timeout=SOON)
    assert real.queue.counts() == {"delivered": 1, "scheduled": 1}, "what was on its way is recorded"
    assert not is_running(real.path)


def test_it_is_found_from_where_the_runtime_folder_is_another(
    real: Store, announcing: Announcing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as at_login:
        at_login.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        (folder / "run").mkdir(mode=0o700)
        with served(real, announcing):
            real.add(NewTask("due", now_rule()))
            nudge.send(real.path)
            assert announcing.came.acquire(timeout=SOON), "it serves"
            at_login.delenv("XDG_RUNTIME_DIR")
            real.add(NewTask("of a job of cron", now_rule()))
            nudge.send(real.path)
            assert announcing.came.acquire(timeout=SOON), "the look after thirty seconds would be too late"
    assert not nudge.signpost_of(real.path).is_symlink()


def test_a_signpost_to_what_is_no_socket_of_ours_is_not_followed(folder: Path) -> None:
    store = folder / "remind.db"
    target = folder / "a file"
    target.write_text("kept")
    nudge.signpost_of(store).symlink_to(target)
    nudge.send(store)
    assert target.read_text() == "kept"


def test_it_serves_without_a_socket_for_nudges(
    real: Store, announcing: Announcing, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / ("long" * 30)))
    real.add(NewTask("due", now_rule()))
    with served(real, announcing, is_finished=lambda: bool(announcing.told)):
        assert announcing.came.acquire(timeout=SOON)
    assert announcing.titles == ["due"]
    assert caplog.text.count("is noticed within 30 s") == 1


def test_the_process_that_serves_is_known_by_its_lock(real: Store, announcing: Announcing) -> None:
    real.queue.beat(pid=1, version="of one that was killed", is_start=True)
    assert holder_of(real.path) is None
    with served(real, announcing):
        real.add(NewTask("due", now_rule()))
        nudge.send(real.path)
        assert announcing.came.acquire(timeout=SOON)
        assert real.queue.heartbeat().pid == os.getpid()
        if sys.platform == "linux":
            assert holder_of(real.path) == os.getpid()


class Returning(Announcing):
    """A channel that nobody hears at first, and that tells when somebody does."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.is_absent()
        self.refused = threading.Semaphore(0)

    def on_return(self, call: Callable[[], object]) -> None:
        """Have somebody there who calls."""
        self.somebody_came = call

    def send(self, message):  # type: ignore[no-untyped-def]
        """Tell, or say that nobody was there."""
        try:
            return super().send(message)
        finally:
            self.refused.release()


def test_what_is_held_is_told_as_soon_as_somebody_is_there(real: Store, clock: FakeClock) -> None:
    returning = Returning(clock)
    real.add(NewTask("held", now_rule()))
    with served(real, returning):
        assert returning.refused.acquire(timeout=SOON)
        returning.works()
        for _ in attempts(lambda: returning.came.acquire(timeout=0.05)):
            returning.somebody_came()  # thirty seconds later it would look by itself
    assert returning.titles == ["held"]


def test_only_one_serves_a_store(real: Store, announcing: Announcing) -> None:
    with lock_of(real.path) as lock:
        assert lock.acquire()
        with pytest.raises(DaemonError, match="already"):
            serve.run(real, {"fake": announcing}, SystemClock(), order=("fake",))
    assert not is_running(real.path)


class FaultyOnce(dict[int, list[tuple[time, time]]]):
    """Quiet hours that can't be asked, the first time."""

    was_asked = False

    def get(self, *words):  # type: ignore[no-untyped-def]
        """Return none, or fail."""
        if not self.was_asked:
            self.was_asked = True
            raise RuntimeError("a fault of ours")
        return words[-1]


def test_a_fault_of_ours_in_one_look_does_not_end_it(
    real: Store, announcing: Announcing, caplog: pytest.LogCaptureFixture
) -> None:
    real.add(NewTask("due", now_rule()))
    with served(real, announcing, manners=Manners(quiet=FaultyOnce())):
        for _ in attempts(lambda: announcing.came.acquire(timeout=0.05)):
            nudge.send(real.path)  # else it would try again in five seconds
    assert announcing.titles == ["due"]
    assert caplog.text.count("RuntimeError: a fault of ours") == 1


def test_its_state_is_told_while_it_lives_and_after(real: Store, announcing: Announcing) -> None:
    real.add(NewTask("due", now_rule()))
    with served(real, announcing):
        assert announcing.came.acquire(timeout=SOON)
        beat = real.queue.heartbeat()
        assert beat.pid is not None
        assert beat.started_at == beat.heartbeat_at
        assert is_running(real.path)
    assert real.queue.heartbeat().pid is None
