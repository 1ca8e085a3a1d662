"""One step of the engine: rescue, catch up, claim, deliver, record; and when to look again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import random
from threading import Condition, Event
from time import monotonic

from remindcli.channel_tables import ALWAYS
from remindcli.channels import Channel, Message, at_once_of, listen
from remindcli.clock import Clock
from remindcli.core import decide
from remindcli.core.decide import Discard, Drop, TryLater, TryNow, Wait
from remindcli.core.manners import Manners
from remindcli.core.safe import safe
from remindcli.core.task import NO_CONDITIONS
from remindcli.daemon.conditions import RUN, Conditions, Done, Tell
from remindcli.daemon.lanes import Lanes
from remindcli.daemon.messages import Messages, key_of
from remindcli.daemon.morning import Morning
from remindcli.daemon.reporting import say_outcome
from remindcli.daemon.restraint import Nobody, Restraint, Surroundings
from remindcli.daemon.sending import Job, Sender
from remindcli.errors import StoreError
from remindcli.store import rescuing
from remindcli.store.claiming import Claim
from remindcli.store.recording import Attempt, Outcome, Report
from remindcli.store.store import Store

log = logging.getLogger(__name__)

_RENEW_SECONDS = decide.LEASE.total_seconds() / 4
_FIRST_BATCH, _BATCH = 16, 200
"""How many deliveries are claimed at once at the most: few at first, so that the first is told soon."""

_COMMANDS = " commands"
"""The lane of what is asked before a task rings."""

_AT_ONCE = {_COMMANDS: 4, RUN: 4}
_HOOKS = " on_failure"
"""The lane of the hook; no channel has such a name."""

_PLAIN = Manners()
_NOBODY = Nobody()
_NAMED = 5


@dataclass(slots=True)
class _Pending:
    """A report that does not stand in the store yet."""

    report: Report
    is_written: Event = field(default_factory=Event)


class Engine:
    """Works the delivery queue of a store.

    Each channel has a lane of its own. The thread that calls `tick` alone claims and records: all outcomes that have
    come in while one was written are written together.

    Args:
        channels: every channel by its name.
        order: the channels of a task that names none, in the order in which they are tried.
        owner: names this engine in the claims that it makes.
        workers: how many messages may be on their way at once on each channel; None: as the channel has it.
        old_after: how late reminders are told together in one digest.
        ahead: how long before it is due a delivery is claimed: a synced write takes longer than most channels do, and
            is over by then.
        manners: how insistent and how quiet reminders are.
        surroundings: asked whether the user wants to be left alone, or is away.
        conditions: asks and runs the commands of tasks.
        snooze: how long the shorter snooze of a notification's buttons lasts.
        jitter: returns a random number from 0 to 1.
        on_loss: called with what was given up, as JSON has it; must not raise.

    Attributes:
        messages: makes what is told.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        order: Sequence[str],
        owner: str,
        workers: int | None = None,
        old_after: timedelta = decide.OLD_AFTER,
        ahead: timedelta = timedelta(),
        manners: Manners = _PLAIN,
        surroundings: Surroundings = _NOBODY,
        conditions: Conditions | None = None,
        snooze: timedelta = timedelta(minutes=10),
        jitter: Callable[[], float] = random,
        on_loss: Callable[[Mapping[str, object]], object] = lambda _about: None,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._order = tuple(order)
        self._owner = owner
        self._at_once = _AT_ONCE | {name: workers or at_once_of(channel) for name, channel in channels.items()}
        self._old_after = old_after
        self.ahead = ahead
        self._conditions = conditions or Conditions()
        self._restraint = Restraint(store, clock, manners, surroundings)
        self.messages = Messages(clock, snooze=snooze)
        self._sender = Sender(
            store,
            channels,
            clock,
            order=order,
            ahead=ahead,
            manners=manners,
            restraint=self._restraint,
            conditions=self._conditions,
            messages=self.messages,
            jitter=jitter,
        )
        self._morning = Morning(store, channels, clock, manners, order=order)
        self._on_loss = on_loss
        self._batches = count(1)
        self._is_stopping = False
        self._left_at: tuple[datetime | None, datetime | None] = (None, None)
        self._changed = Condition()
        # all of these are changed under it
        self._is_woken = False
        self._is_adrift = False
        self._on_their_way = 0
        self._alone: list[Job] = []
        self._pending: list[_Pending] = []
        self._begun: dict[int, float] = {}
        self._turned_at: float | None = None

    # -- from other threads ----------------------------------------------------------------------------------

    def stop(self) -> None:
        """Claim nothing more; what is on its way is finished. A signal handler may call it: it takes no lock."""
        self._is_stopping = True

    def wake(self) -> None:
        """Have a step that is under way look again; the next one looks anyway."""
        with self._changed:
            self._is_woken = True
            self._changed.notify_all()

    @property
    def is_woken(self) -> bool:
        """Return whether it was woken since it last looked."""
        return self._is_woken

    def revive(self, channel: str) -> None:
        """Try what is held at once: somebody is there again who takes messages on that channel."""
        self._sender.ask_again(channel)
        try:
            revived = self._store.queue.revive()
        except StoreError as error:
            log.warning("what is held waits for the next look: %s", error)
            return
        if revived:
            log.info("%s is there again; trying %d that were held", channel, revived)
        self.wake()

    def listen(self, call: Callable[[str], object]) -> None:
        """Have each channel that can tell call with its name whenever somebody is there again."""
        for name, channel in self._channels.items():
            listen(channel, partial(call, name))

    def has_news(self) -> bool:
        """Return whether to look before the time that the last look named, for no reason that is known.

        Asking is far cheaper than a look, and is what an idle daemon does twice a minute.
        """
        look_at, planned_at = self._left_at
        is_time = look_at is not None and look_at - self.ahead <= self._clock.now()
        return is_time or not self._store.queue.is_as_left(planned_at)

    def stands_still_for(self) -> float:
        """Return for how many seconds a step, or a send, has not gone on; 0 between steps."""
        with self._changed:
            since = [moment for moment in (self._turned_at, *self._begun.values()) if moment is not None]
        return monotonic() - min(since) if since else 0.0

    # -- one step --------------------------------------------------------------------------------------------

    def tick(self) -> datetime | None:
        """Tell all that is due, and return when to look again; None if nothing is planned.

        Raises:
            StoreError: the store can't be used now. What was sent is recorded when it can; what was claimed comes
                back when its lease ends.
        """
        lanes = Lanes(self._at_once)
        with self._changed:
            self._is_woken = self._is_adrift = False
        try:
            return self._work(lanes)
        finally:
            with self._changed:
                self._is_adrift = True
                for one in self._pending:
                    one.is_written.set()
                self._turned_at = None
                self._changed.wait_for(lambda: not self._on_their_way)
            lanes.close()

    def _work(self, lanes: Lanes) -> datetime | None:
        is_to_look, next_at, renewed_at = True, None, monotonic()
        while True:
            self._turned_at = monotonic()
            is_recorded = self._record(lanes)
            if is_to_look:
                self._look(lanes)
                renewed_at = monotonic()
            if is_recorded or is_to_look:
                next_at = self._store.queue.next_look_at()
            with self._changed:
                self._send_one_alone(lanes)
                is_due = self._is_due(next_at)
                if not (is_due or self._is_woken or self._pending):
                    if not self._on_their_way:
                        self._store.queue.told.settle()
                        self._left_at = (self._earliest(next_at), next_at)
                        return self._left_at[0]
                    until = [_RENEW_SECONDS - (monotonic() - renewed_at)]
                    if next_at is not None and not self._is_stopping:
                        until.append((next_at - self.ahead - self._clock.now()).total_seconds())
                    self._changed.wait_for(
                        lambda: self._pending or self._is_woken or not self._on_their_way, max(0.0, min(until))
                    )
                is_due = self._is_due(next_at)
                is_to_look = is_due or self._is_woken or monotonic() - renewed_at >= _RENEW_SECONDS
                self._is_woken = False

    def _is_due(self, next_at: datetime | None) -> bool:
        return next_at is not None and next_at - self.ahead <= self._clock.now() and not self._is_stopping

    def _earliest(self, next_at: datetime | None) -> datetime | None:
        moments = (next_at, self._restraint.next_look_at(), self._morning.next_at())
        return min((moment for moment in moments if moment is not None), default=None)

    def _look(self, lanes: Lanes) -> None:
        """Claim all that is due, and put it into the lanes."""
        queue = self._store.queue
        if self._on_their_way or self._alone or self._pending:
            queue.renew(self._owner)  # first: what is ours is not to be rescued
        if rescued := queue.rescue():
            log.warning("took back %d deliveries that a crash or a wrong clock had left", rescued)
        for claim in queue.take_given_up():
            # without its title: that may be what ends the daemon
            self._announce_loss(lanes, [claim], [], names=f"task {claim.task.id}", why=rescuing.ENDED)
        if behind := queue.catch_up():
            log.info("caught up with %d tasks", behind)
        self._restraint.look(self.ahead)
        if not self._is_stopping and (digest := self._morning.due()) is not None:
            self._aside(lanes, self._morning.order[0], partial(self._morning.tell, digest))
        self._sender.ask_again()
        most = _FIRST_BATCH
        while not self._is_stopping:
            owner = f"{self._owner}:{next(self._batches)}"
            messages = queue.claim_due(owner, most=most, old_after=self._old_after, ahead=self.ahead)
            for claims in messages:
                self._begin(lanes, claims)
            if len(messages) < most:
                return
            most = _BATCH

    def _begin(self, lanes: Lanes, claims: Sequence[Claim]) -> None:
        job = self._sender.job_of(claims)
        if claims[0].task.conditions != NO_CONDITIONS:
            self._aside(lanes, _COMMANDS, partial(self._ask, lanes, job))
            return
        with self._changed:
            if any(claim.delivery.rescues >= decide.ALONE_AFTER for claim in claims):
                self._alone.append(job)
            else:
                self._put(lanes, job)

    def _ask(self, lanes: Lanes, job: Job) -> None:
        """Ask the commands of a task whether it is told now; on a thread of their lane."""
        claim = job.claims[0]
        outcome: Outcome | None = None
        try:
            if not self._is_stopping:
                verdict = self._conditions.before(claim, self._clock.now())
                if isinstance(verdict, Tell):
                    job.note = verdict.note
                    if claim.task.conditions.run:
                        job.order, job.channel = (RUN,), RUN
                    with self._changed:
                        self._put(lanes, job)
                    return
                if isinstance(verdict, Done):
                    self._sender.finish(claim, verdict.why)
                outcome = Drop(verdict.why) if isinstance(verdict, Done) else verdict
        except Exception:
            # A fault of ours: the other reminders go on, and this one is asked again.
            log.exception("the commands of task %d can't be asked", claim.task.id)
            outcome = Wait(self._clock.now() + decide.LEASE, "its commands can't be asked: remind daemon logs")
        with self._changed:
            self._pending.append(_Pending(Report(job.claims, (), outcome)))

    def _put(self, lanes: Lanes, job: Job) -> None:
        """Put a message into the lane of its channel; the lock is held."""
        self._on_their_way += 1
        lanes.put(job.channel, partial(self._send, lanes, job))

    def _send_one_alone(self, lanes: Lanes) -> None:
        """Send what may be what ends the daemon when nothing else is on its way; the lock is held."""
        if self._alone and not self._on_their_way:
            self._put(lanes, self._alone.pop(0))

    # -- recording -------------------------------------------------------------------------------------------

    def _record(self, lanes: Lanes) -> bool:
        """Write all outcomes that have come in; return whether there were any."""
        with self._changed:
            pending = list(self._pending)
        if not pending:
            return False
        followings = self._store.queue.record_all([one.report for one in pending])
        with self._changed:
            del self._pending[: len(pending)]
        for one, spawned in zip(pending, followings, strict=True):
            one.is_written.set()
            report = one.report
            for claim, following in zip(report.claims, spawned, strict=True):
                say_outcome(claim, report.tries, report.outcome, following)
            if isinstance(report.outcome, Discard):
                names = ", ".join(claim.task.title for claim in report.claims[:_NAMED])
                why = "; ".join(f"{one.channel}: {one.error}" for one in report.tries if one.error)
                self._announce_loss(lanes, report.claims, report.tries, names=names, why=why)
        return True

    def _announce_loss(
        self, lanes: Lanes, claims: Sequence[Claim], tries: Sequence[Attempt], *, names: str, why: str
    ) -> None:
        """Tell on another channel, if one works, that something was given up; every command tells it as well."""
        tried = {one.channel for one in tries}
        lost = [{"id": claim.task.id, "title": claim.task.title, "key": key_of(claim)} for claim in claims]
        message = Message(key=f"lost-{key_of(claims[0])}", title=f"not told: {names}", body=f"{why} (remind failed)")
        # Only where every reminder may go: a channel that the user keeps for some tasks may be somebody else's mail.
        usual = dict.fromkeys((*self._order, *ALWAYS))
        others = [name for name in usual if name in self._channels and name not in tried]
        self._aside(lanes, _HOOKS, partial(self._on_loss, {"event": "given up", "tasks": lost, "why": why}))
        if others:
            self._aside(lanes, others[0], partial(self._notify, lanes, message, others))

    def _notify(self, lanes: Lanes, message: Message, names: Sequence[str]) -> None:
        """Send a message that is no delivery on the first of these channels that takes it."""
        try:
            self._channels[names[0]].send(message)
        except Exception as error:  # noqa: BLE001 (see _try: a channel must not stop the others)
            log.warning("could not tell on %s either: %s", names[0], safe(str(error), 200))
            if names[1:]:
                self._aside(lanes, names[1], partial(self._notify, lanes, message, names[1:]))
        else:
            log.info("told on %s that it was given up", names[0])

    def _aside(self, lanes: Lanes, lane: str, work: Callable[[], object]) -> None:
        """Put what is no delivery into a lane; the step lasts until it is done."""

        def do() -> None:
            try:
                work()
            finally:
                with self._changed:
                    self._on_their_way -= 1
                    self._changed.notify_all()

        with self._changed:
            self._on_their_way += 1
        lanes.put(lane, do)

    # -- sending, on the threads of the lanes ----------------------------------------------------------------

    def _send(self, lanes: Lanes, job: Job) -> None:
        """Try a message on its channel; report what it came to, or put it into the lane of the next channel."""
        mark, is_noted = id(job), True
        with self._changed:
            self._begun[mark] = monotonic()
        try:
            if self._is_stopping and not job.tries:
                outcome: Outcome | None = None
            else:
                following, is_noted = self._sender.send(job)
                if isinstance(following, TryNow):
                    job.channel, job.failures = following.channel, 0
                    lanes.put(job.channel, partial(self._send, lanes, job))
                    return
                outcome = following
        except Exception:
            # A fault of ours: the other reminders go on, and this one is tried again.
            log.exception("the message about task %d can't be sent", job.claims[0].task.id)
            outcome = TryLater(job.channel, self._clock.now() + decide.LEASE, job.failures)
        finally:
            with self._changed:
                self._begun.pop(mark, None)
        pending = _Pending(Report(job.claims, job.tries, outcome))
        with self._changed:
            self._pending.append(pending)
            self._on_their_way -= 1
            is_adrift = self._is_adrift
            self._changed.notify_all()
        if not (is_noted or is_adrift):
            pending.is_written.wait()  # no note outlives a kill: so nothing more is sent on this lane until it stands
