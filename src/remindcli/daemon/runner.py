"""The process around the engine: one for a store, an alarm clock, nudges, signals, a heartbeat."""

import logging
import os
import selectors
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread
from time import monotonic

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from remindcli import __version__, nudge
from remindcli.clock import Clock
from remindcli.core.safe import safe
from remindcli.daemon.answers import Answers
from remindcli.daemon.engine import Engine
from remindcli.daemon.instance import lock_of
from remindcli.daemon.maintenance import Maintenance
from remindcli.daemon.readiness import ServiceManager
from remindcli.daemon.wakers import call_on_signals, listening, poke
from remindcli.daemon.wallclock import WallClockWatch
from remindcli.errors import DaemonError, DaemonRunsError, StoreError
from remindcli.store.store import Store

log = logging.getLogger(__name__)

LONGEST_WAIT = 30.0
"""Seconds after which the daemon looks whatever happens: the net under nudges and alarms."""

_HEARTBEAT_SECONDS = 60.0
_AFTER_A_FAULT = timedelta(seconds=5)
_STUCK_SECONDS = 600.0
"""A look that does not go on for longer hangs: each message has its own, far shorter limit."""


class _AlarmClock(BackgroundScheduler):  # type: ignore[misc]  # it has no types
    @property
    def is_alive(self) -> bool:
        """Return whether its thread lives; `running` stays true when that has died."""
        thread: Thread | None = self._thread
        return thread is not None and thread.is_alive()

    def remove_job(self, job_id: str, jobstore: str | None = None) -> None:
        """Remove a job; one that is gone is what was asked for.

        APScheduler removes a job that has just rung and raises if it was shut down meanwhile: its thread would die
        of that.
        """
        with suppress(JobLookupError):
            super().remove_job(job_id, jobstore)


class Runner:
    """Keeps an engine running until it is told to end.

    APScheduler is the alarm clock and nothing more: one job, for the earliest time at which something is to be
    done. What is due, and whether it was told, stands in the store alone.

    Args:
        is_finished: asked after each look; the runner ends when it says so.
        has_changed: asked at each wake-up; the runner ends to be begun anew with other settings.
        on_beat: called at each heartbeat, on a thread of its own; must not raise.
        beside: what is there for as long as this serves; entered when the store is ours alone.
        answers: does what people answer where they were told.
        history: how long what happened is kept; None for ever.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        clock: Clock,
        *,
        is_finished: Callable[[], bool] = lambda: False,
        has_changed: Callable[[], bool] = lambda: False,
        on_beat: Callable[[], object] | None = None,
        beside: AbstractContextManager[object] | None = None,
        answers: Answers | None = None,
        history: timedelta | None = None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._clock = clock
        self._is_finished = is_finished
        self._has_changed = has_changed
        self._on_beat = on_beat
        self._beside = beside if beside is not None else nullcontext()
        self._answers = answers
        self._is_to_reload = False
        self._lock = Lock()
        self._is_ticking = False
        self._manager = ServiceManager()
        self._last_error = ""
        self._is_ending = False
        self._alarm: Job | None = None
        self._waker, self._poker = socket.socketpair()
        self._waker.setblocking(False)
        self._poker.setblocking(False)
        self._scheduler = _AlarmClock(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={
                "default": ThreadPoolExecutor(1),
                "maintenance": ThreadPoolExecutor(1),
                "outside": ThreadPoolExecutor(1),
            },
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._maintenance = Maintenance(
            store.path,
            clock,
            is_ending=lambda: self._is_ending,
            forget=lambda: store.forget(clock.now() - history) if history is not None else 0,
        )

    def run(self) -> bool:
        """Ring and spawn until SIGTERM, SIGINT or `is_finished`; the message on its way is finished first.

        Returns whether to begin anew: it ended on SIGHUP, or because the settings changed.

        Raises:
            DaemonRunsError: another daemon serves this store.
            DaemonError: the lock can't be had: its folder is read-only, or the disk is full.
        """
        lock = lock_of(self._store.path)
        is_ours = False
        try:
            is_ours = lock.acquire()
        except OSError as error:
            raise DaemonError(
                f"can't serve the store {self._store.path}",
                why=f"its lock can't be had: {error}",
                hint="check the permissions of its folder and the free room of its disk",
            ) from error
        finally:
            if not is_ours:
                self._waker.close()
                self._poker.close()
        if not is_ours:
            raise DaemonRunsError(
                "a daemon runs for this store already",
                why=f"it holds {lock.path}",
                hint="remind daemon status tells about it; remind daemon stop ends it",
            )
        with (
            lock,
            self._waker,
            self._poker,
            call_on_signals({signal.SIGTERM: self._end, signal.SIGINT: self._end, **self._on_hangup()}, self._poker),
            self._named(),
            listening(self._store.path, LONGEST_WAIT) as nudges,
            self._beside,
        ):
            log.info("remind %s serves %s (process %d)", __version__, safe(str(self._store.path)), os.getpid())
            if left := self._store.queue.take_over():
                log.warning("took over %d deliveries from a daemon that was killed", left)
            self._scheduler.start()
            self._engine.listen(self._revive)
            if self._answers is not None:
                self._scheduler.add_job(self._answers.begin, args=(self.look,), executor="outside")
            self.look()
            self._manager.ready()
            try:
                self._wait(nudges)
            finally:
                self._manager.stopping()
                with self._lock:
                    # From here on no look sets an alarm: it would wait for the scheduler, which waits for it to end.
                    self._is_ending = True
                self._engine.stop()
                self._scheduler.shutdown(wait=True)
                if self._answers is not None:
                    self._answers.end()
                with suppress(StoreError):
                    self._store.queue.beat(pid=None, version=__version__, last_error=self._last_error)
                log.info("reads its settings anew" if self._is_to_reload else "ended")
        return self._is_to_reload

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say at once which process serves the store: what stands there is of the daemon before."""
        self._store.queue.beat(pid=os.getpid(), version=__version__, is_start=True)
        yield

    def look(self) -> None:
        """Have the engine look now, or once more if it is looking."""
        with self._lock:
            self._engine.wake()
            if not self._is_ticking:
                self._schedule(self._clock.now())

    def _revive(self, channel: str) -> None:
        """Try what is held at once: somebody is there again who takes messages on that channel."""
        self._engine.revive(channel)
        self.look()

    def _wait(self, nudges: socket.socket | None) -> None:
        watch = WallClockWatch()
        beat_at = monotonic() + _HEARTBEAT_SECONDS
        with selectors.DefaultSelector() as selector:
            for source in (self._waker, nudges, watch.descriptor):
                if source is not None:
                    selector.register(source, selectors.EVENT_READ)
            try:
                while not (self._is_ending or self._is_finished()):
                    if self._has_changed():
                        self._reload()
                        break
                    ready = {key.fileobj for key, _ in selector.select(self._manager.longest_wait(LONGEST_WAIT))}
                    if self._waker in ready:
                        nudge.drain(self._waker)
                    if nudges is not None and nudges in ready:
                        nudge.drain(nudges)
                    if watch.descriptor in ready:
                        log.info("the clock was set, or the machine slept")
                        watch.arm()
                    self._manager.alive(is_well=self._is_well())
                    if ready - {self._waker} or (not ready and self._has_news()):
                        self._scheduler.wakeup()
                        self.look()
                    if monotonic() >= beat_at:
                        self._beat()
                        beat_at = monotonic() + _HEARTBEAT_SECONDS
            finally:
                watch.close()

    def _has_news(self) -> bool:
        """Return whether a wake-up for no known reason is one to look at."""
        if self._is_ticking or self._last_error:
            return True
        try:
            return self._engine.has_news()
        except StoreError:
            return True  # the look says it

    def _is_well(self) -> bool:
        """Return whether the alarm clock lives and the look under way, if any, goes on."""
        return self._scheduler.is_alive and self._engine.stands_still_for() < _STUCK_SECONDS

    def _beat(self) -> None:
        try:
            self._store.queue.beat(pid=os.getpid(), version=__version__, last_error=self._last_error)
        except StoreError as error:
            log.warning("no heartbeat: %s", error)
        if self._maintenance.is_due():
            self._scheduler.add_job(self._maintenance.run, executor="maintenance")
        if self._on_beat is not None:
            self._scheduler.add_job(self._on_beat, executor="outside")

    def _tick(self) -> None:
        with self._lock:
            self._is_ticking = True
        next_at: datetime | None = self._clock.now() + _AFTER_A_FAULT
        try:
            next_at = self._engine.tick()
            if next_at is not None:
                next_at -= self._engine.ahead
            self._last_error = ""
        except StoreError as error:
            if str(error) != self._last_error:  # said once, not every five seconds
                log.error("%s (%s); trying again", error.what, error.why)  # noqa: TRY400 (its trace says nothing)
            self._last_error = str(error)
        except Exception as error:
            # A fault of ours in one tick must not end the daemon: the store is as it was, the next tick tries again.
            log.exception("the engine failed")
            self._last_error = f"{type(error).__name__}: {error}"
        finally:
            with self._lock:
                self._is_ticking = False
                if self._engine.is_woken:
                    next_at = self._clock.now()
                if next_at is not None:
                    self._schedule(next_at)
                if self._answers is not None and self._answers.has_work and not self._is_ending:
                    # what was answered on the command line goes away; a server that hangs must not hold up a look
                    self._scheduler.add_job(self._answers.tidy, executor="outside")
            poke(self._poker)

    def _schedule(self, at: datetime) -> None:
        """Set the alarm; the lock is held."""
        if self._is_ending:
            return
        if self._alarm is not None:
            self._alarm.remove()
        # A job of its own each time: APScheduler drops a job whose last run has not quite ended (max_instances).
        self._alarm = self._scheduler.add_job(self._tick, DateTrigger(at))

    def _end(self) -> None:
        self._is_ending = True
        self._is_to_reload = False
        self._engine.stop()

    def _reload(self) -> None:
        if not self._is_ending:
            self._is_ending = self._is_to_reload = True
            self._engine.stop()

    def _on_hangup(self) -> dict[int, Callable[[], None]]:
        """Return what SIGHUP does: a daemon reads its settings anew; one on a terminal that is closed ends."""
        if not hasattr(signal, "SIGHUP"):
            return {}
        return {signal.SIGHUP: self._end if os.isatty(0) else self._reload}
