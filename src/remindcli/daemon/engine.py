"""One step of the engine: rescue, catch up, claim, deliver, record; and when to look again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import random
from time import monotonic

from remindcli.channels import Channel, at_once_of, listen
from remindcli.clock import Clock
from remindcli.core import decide
from remindcli.core.decide import Discard, Drop, Wait
from remindcli.core.manners import Manners
from remindcli.core.task import NO_CONDITIONS
from remindcli.daemon.conditions import RUN, Conditions, Done, Tell
from remindcli.daemon.losses import Losses
from remindcli.daemon.messages import Messages
from remindcli.daemon.morning import Morning
from remindcli.daemon.reporting import say_outcome
from remindcli.daemon.restraint import Nobody, Restraint, Surroundings
from remindcli.daemon.sending import Dispatch, Sender
from remindcli.daemon.underway import Underway
from remindcli.errors import StoreError
from remindcli.store import rescuing
from remindcli.store.claiming import Claim
from remindcli.store.recording import Outcome, Report
from remindcli.store.store import Store

log = logging.getLogger(__name__)

_RENEW_SECONDS = decide.LEASE.total_seconds() / 4
_FIRST_BATCH, _BATCH = 16, 200
"""How many deliveries are claimed at once at the most: few at first, so that the first is told soon."""

_COMMANDS = " commands"
"""The lane of what is asked before a task rings."""

_AT_ONCE = {_COMMANDS: 4, RUN: 4}
_PLAIN = Manners()
_NOBODY = Nobody()


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
        self._is_stopping = False
        self._store = store
        self._channels = channels
        self._clock = clock
        self._owner = owner
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
        self._underway = Underway(
            _AT_ONCE | {name: workers or at_once_of(channel) for name, channel in channels.items()},
            self._sender,
            clock,
            is_stopping=lambda: self._is_stopping,
        )
        self._losses = Losses(self._underway, channels, order=order, on_loss=on_loss)
        self._morning = Morning(store, channels, clock, manners, order=order)
        self._batches = count(1)
        self._left_at: tuple[datetime | None, datetime | None] = (None, None)

    # -- from other threads ----------------------------------------------------------------------------------

    def stop(self) -> None:
        """Claim nothing more; what is on its way is finished. A signal handler may call it: it takes no lock."""
        self._is_stopping = True

    def wake(self) -> None:
        """Have a step that is under way look again; the next one looks anyway."""
        self._underway.wake()

    @property
    def is_woken(self) -> bool:
        """Return whether it was woken since it last looked."""
        return self._underway.is_woken

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
        return self._underway.stands_still_for()

    # -- one step --------------------------------------------------------------------------------------------

    def tick(self) -> datetime | None:
        """Tell all that is due, and return when to look again; None if nothing is planned.

        Raises:
            StoreError: the store can't be used now. What was sent is recorded when it can; what was claimed comes
                back when its lease ends.
        """
        with self._underway.step():
            return self._work()

    def _work(self) -> datetime | None:
        is_to_look, next_at, renewed_at = True, None, monotonic()
        while True:
            self._underway.turn()
            is_recorded = self._record()
            if is_to_look:
                self._look()
                renewed_at = monotonic()
            if is_recorded or is_to_look:
                next_at = self._store.queue.next_look_at()
            until = [_RENEW_SECONDS - (monotonic() - renewed_at)]
            if next_at is not None and not self._is_stopping:
                until.append((next_at - self.ahead - self._clock.now()).total_seconds())
            if not self._underway.wait(max(0.0, min(until)), is_due=self._is_due(next_at)):
                self._store.queue.told.settle()
                self._left_at = (self._earliest(next_at), next_at)
                return self._left_at[0]
            is_woken = self._underway.take_wake()
            is_to_look = is_woken or self._is_due(next_at) or monotonic() - renewed_at >= _RENEW_SECONDS

    def _is_due(self, next_at: datetime | None) -> bool:
        return next_at is not None and next_at - self.ahead <= self._clock.now() and not self._is_stopping

    def _earliest(self, next_at: datetime | None) -> datetime | None:
        moments = (next_at, self._restraint.next_look_at(), self._morning.next_at())
        return min((moment for moment in moments if moment is not None), default=None)

    def _look(self) -> None:
        """Claim all that is due, and put it into the lanes."""
        queue = self._store.queue
        if self._underway.is_any:
            queue.renew(self._owner)  # first: what is ours is not to be rescued
        if rescued := queue.rescue():
            log.warning("took back %d deliveries that a crash or a wrong clock had left", rescued)
        for claim in queue.take_given_up():
            self._losses.of_what_ends_the_daemon(claim, rescuing.ENDED)
        if behind := queue.catch_up():
            log.info("caught up with %d tasks", behind)
        self._restraint.look(self.ahead)
        if not self._is_stopping and (digest := self._morning.due()) is not None:
            self._underway.aside(self._morning.order[0], partial(self._morning.tell, digest))
        self._sender.ask_again()
        most = _FIRST_BATCH
        while not self._is_stopping:
            owner = f"{self._owner}:{next(self._batches)}"
            messages = queue.claim_due(owner, most=most, old_after=self._old_after, ahead=self.ahead)
            for claims in messages:
                self._begin(claims)
            if len(messages) < most:
                return
            most = _BATCH

    def _begin(self, claims: Sequence[Claim]) -> None:
        dispatch = self._sender.dispatch_of(claims)
        if claims[0].task.conditions != NO_CONDITIONS:
            self._underway.aside(_COMMANDS, partial(self._ask, dispatch))
        else:
            self._underway.put(dispatch)

    def _ask(self, dispatch: Dispatch) -> None:
        """Ask the commands of a task whether it is told now; on a thread of their lane."""
        claim = dispatch.claims[0]
        outcome: Outcome | None = None
        try:
            if not self._is_stopping:
                verdict = self._conditions.before(claim, self._clock.now())
                if isinstance(verdict, Tell):
                    dispatch.note = verdict.note
                    if claim.task.conditions.run:
                        dispatch.order, dispatch.channel = (RUN,), RUN
                    self._underway.put(dispatch)
                    return
                if isinstance(verdict, Done):
                    self._sender.finish(claim, verdict.why)
                outcome = Drop(verdict.why) if isinstance(verdict, Done) else verdict
        except Exception:
            # A fault of ours: the other reminders go on, and this one is asked again.
            log.exception("the commands of task %d can't be asked", claim.task.id)
            outcome = Wait(self._clock.now() + decide.LEASE, "its commands can't be asked: remind daemon logs")
        self._underway.report(Report(dispatch.claims, (), outcome))

    def _record(self) -> bool:
        """Write all outcomes that have come in; return whether there were any."""
        pending = self._underway.reported()
        if not pending:
            return False
        followings = self._store.queue.record_all([one.report for one in pending])
        self._underway.written(pending)
        for one, spawned in zip(pending, followings, strict=True):
            report = one.report
            for claim, following in zip(report.claims, spawned, strict=True):
                say_outcome(claim, report.tries, report.outcome, following)
            if isinstance(report.outcome, Discard):
                self._losses.after(report.claims, report.tries)
        return True
