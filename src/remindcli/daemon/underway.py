"""What is on its way in a step: messages in the lanes, and reports of them that do not stand in the store yet."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Event
from time import monotonic

from remindcli.clock import Clock
from remindcli.core import decide
from remindcli.core.decide import TryLater, TryNow
from remindcli.daemon.lanes import Lanes
from remindcli.daemon.sending import Dispatch, Sender
from remindcli.store.recording import Outcome, Report

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pending:
    """A report that does not stand in the store yet."""

    report: Report
    is_written: Event = field(default_factory=Event)


class Underway:
    """Sends what is put into the lanes, and keeps what it came to until it is written.

    Args:
        at_once: how many may be on their way at once in the lane of that name.
        is_stopping: whether nothing more is to be begun.
    """

    def __init__(
        self, at_once: Mapping[str, int], sender: Sender, clock: Clock, *, is_stopping: Callable[[], bool]
    ) -> None:
        self._at_once = at_once
        self._sender = sender
        self._clock = clock
        self._is_stopping = is_stopping
        self._lanes = Lanes(at_once)
        self._changed = Condition()
        # all of these are changed under it
        self._is_woken = False
        self._is_adrift = False
        self._on_their_way = 0
        self._alone: list[Dispatch] = []
        self._pending: list[Pending] = []
        self._begun: dict[int, float] = {}
        self._turned_at: float | None = None

    # -- the step that they are part of ----------------------------------------------------------------------

    @contextmanager
    def step(self) -> Iterator[None]:
        """Have lanes for one step; at its end what is on its way is finished."""
        self._lanes = Lanes(self._at_once)
        with self._changed:
            self._is_woken = self._is_adrift = False
        try:
            yield
        finally:
            with self._changed:
                self._is_adrift = True
                for one in self._pending:
                    one.is_written.set()
                self._turned_at = None
                self._changed.wait_for(lambda: not self._on_their_way)
            self._lanes.close()

    def turn(self) -> None:
        """Note that the step goes on."""
        self._turned_at = monotonic()

    def wake(self) -> None:
        """Have a step that is under way look again; the next one looks anyway."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    @property
    def is_woken(self) -> bool:
        """Return whether it was woken since that was taken."""
        return self._is_woken

    def take_wake(self) -> bool:
        """Return whether it was woken since this was asked last."""
        with self._changed:
            is_woken, self._is_woken = self._is_woken, False
        return is_woken

    @property
    def is_any(self) -> bool:
        """Return whether claims are held: on their way, waiting to be alone, or not written yet."""
        return bool(self._on_their_way or self._alone or self._pending)

    def stands_still_for(self) -> float:
        """Return for how many seconds a step, or a send, has not gone on; 0 between steps."""
        with self._changed:
            since = [moment for moment in (self._turned_at, *self._begun.values()) if moment is not None]
        return monotonic() - min(since) if since else 0.0

    def wait(self, seconds: float, *, is_due: bool) -> bool:
        """Wait until there is something to do, so long at the most; return False if all is over.

        Args:
            is_due: something is to be done already.
        """
        with self._changed:
            self._send_one_alone()
            if not (is_due or self._is_woken or self._pending):
                if not self._on_their_way:
                    return False
                self._changed.wait_for(lambda: self._pending or self._is_woken or not self._on_their_way, seconds)
        return True

    # -- what is put into the lanes --------------------------------------------------------------------------

    def put(self, dispatch: Dispatch) -> None:
        """Put a message into the lane of its channel; one that may be what ends the daemon waits until it is alone."""
        with self._changed:
            if any(claim.delivery.rescues >= decide.ALONE_AFTER for claim in dispatch.claims):
                self._alone.append(dispatch)
            else:
                self._put(dispatch)

    def aside(self, lane: str, work: Callable[[], object]) -> None:
        """Put what is no message about a delivery into a lane; the step lasts until it is done."""

        def do() -> None:
            try:
                work()
            finally:
                with self._changed:
                    self._on_their_way -= 1
                    self._changed.notify_all()

        with self._changed:
            self._on_their_way += 1
        self._lanes.put(lane, do)

    def _put(self, dispatch: Dispatch) -> None:
        """Put it into the lane of its channel; the lock is held."""
        self._on_their_way += 1
        self._lanes.put(dispatch.channel, partial(self._send, dispatch))

    def _send_one_alone(self) -> None:
        """Send what waits to be alone when nothing else is on its way; the lock is held."""
        if self._alone and not self._on_their_way:
            self._put(self._alone.pop(0))

    # -- what became of it -----------------------------------------------------------------------------------

    def report(self, report: Report) -> None:
        """Keep what became of a message until it is written."""
        with self._changed:
            self._pending.append(Pending(report))

    def reported(self) -> Sequence[Pending]:
        """Return what is to be written."""
        with self._changed:
            return list(self._pending)

    def written(self, pending: Sequence[Pending]) -> None:
        """Forget what stands in the store now: all that `reported` returned."""
        with self._changed:
            del self._pending[: len(pending)]
        for one in pending:
            one.is_written.set()

    # -- on the threads of the lanes -------------------------------------------------------------------------

    def _send(self, dispatch: Dispatch) -> None:
        """Try a message on its channel; report what it came to, or put it into the lane of the next channel."""
        mark, is_noted = id(dispatch), True
        with self._changed:
            self._begun[mark] = monotonic()
        try:
            if self._is_stopping() and not dispatch.tries:
                outcome: Outcome | None = None
            else:
                following, is_noted = self._sender.send(dispatch)
                if isinstance(following, TryNow):
                    dispatch.channel, dispatch.failures = following.channel, 0
                    self._lanes.put(dispatch.channel, partial(self._send, dispatch))
                    return
                outcome = following
        except Exception:
            # A fault of ours: the other reminders go on, and this one is tried again.
            log.exception("the message about task %d can't be sent", dispatch.claims[0].task.id)
            outcome = TryLater(dispatch.channel, self._clock.now() + decide.LEASE, dispatch.failures)
        finally:
            with self._changed:
                self._begun.pop(mark, None)
        pending = Pending(Report(dispatch.claims, dispatch.tries, outcome))
        with self._changed:
            self._pending.append(pending)
            self._on_their_way -= 1
            is_adrift = self._is_adrift
            self._changed.notify_all()
        if not (is_noted or is_adrift):
            pending.is_written.wait()  # no note outlives a kill: so nothing more is sent on this lane until it stands
