"""One step of the engine: rescue, catch up, claim, deliver, record; and when to look again."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from itertools import count
from random import random

from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal, Urgency
from remindcli.clock import Clock
from remindcli.core import decide, telling
from remindcli.core.decide import Deliver, Discard, Hold, Result, TryLater, TryNow
from remindcli.core.manners import Manners
from remindcli.core.nagging import order_of
from remindcli.core.safe import safe
from remindcli.core.task import Occurrence, occurrence_uid
from remindcli.errors import StoreError
from remindcli.store.queue import Attempt, Claim, Outcome
from remindcli.store.store import Store

log = logging.getLogger(__name__)

WORKERS = 4
_LOOK_SECONDS = 0.5
"""While messages are on their way: how often to look for others that came due meanwhile."""

_PLAIN = Manners()
_NAMED = 5
_URGENCY = {1: Urgency.CRITICAL, 3: Urgency.LOW}
_RESULT = {Refusal.ABSENT: Result.ABSENT, Refusal.REFUSED: Result.REFUSED, Refusal.UNKNOWN: Result.UNKNOWN}


class Engine:
    """Works the delivery queue of a store.

    Args:
        channels: every channel by its name.
        order: the channels of a task that names none, in the order in which they are tried.
        owner: names this engine in the claims that it makes.
        workers: how many messages may be on their way at once.
        old_after: how late reminders are told together in one digest.
        manners: how insistent and how quiet reminders are.
        jitter: returns a random number from 0 to 1.
        on_loss: called with what was given up, as JSON has it; must not raise.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        order: Sequence[str],
        owner: str,
        workers: int = WORKERS,
        old_after: timedelta = decide.OLD_AFTER,
        manners: Manners = _PLAIN,
        jitter: Callable[[], float] = random,
        on_loss: Callable[[Mapping[str, object]], object] = lambda _about: None,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._order = tuple(order)
        self._owner = owner
        self._workers = workers
        self._old_after = old_after
        self._manners = manners
        self._jitter = jitter
        self._on_loss = on_loss
        self._claims = count(1)
        self._is_stopping = False

    def stop(self) -> None:
        """Claim nothing more; what is on its way is finished. A signal handler may call it: it takes no lock."""
        self._is_stopping = True

    def tick(self) -> datetime | None:
        """Tell all that is due, and return when to look again; None if nothing is planned.

        Raises:
            StoreError: the store can't be used now; what was claimed comes back when its lease ends.
        """
        queue = self._store.queue
        rescued = queue.rescue()
        if rescued:
            log.warning("took back %d deliveries that a crash or a wrong clock had left", rescued)
        behind = queue.catch_up()
        if behind:
            log.info("caught up with %d tasks", behind)
        self._deliver_due()
        return queue.next_look_at()

    def _deliver_due(self) -> None:
        absent: set[str] = set()
        running: set[Future[None]] = set()
        while claims := self._claim_digest():
            self._deliver(claims, absent)
        with ThreadPoolExecutor(self._workers, thread_name_prefix="deliver") as pool:
            while True:
                while len(running) < self._workers and (claim := self._claim()) is not None:
                    running.add(pool.submit(self._deliver, [claim], absent))
                if not running:
                    return
                finished, running = wait(running, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
                for one in finished:
                    one.result()

    def _claim(self) -> Claim | None:
        if self._is_stopping:
            return None
        return self._store.queue.claim(self._claim_owner())

    def _claim_digest(self) -> Sequence[Claim]:
        if self._is_stopping:
            return ()
        return self._store.queue.claim_digest(self._claim_owner(), old_after=self._old_after)

    def _claim_owner(self) -> str:
        return f"{self._owner}:{next(self._claims)}"

    def _deliver(self, claims: Sequence[Claim], absent: set[str]) -> None:
        """Try the channels of deliveries that are one message until the outcome is known, and record it.

        Args:
            claims: one, or those of a digest; all of the same channels.
            absent: channels found absent in this tick; those are not asked again for each delivery.
        """
        tries, outcome = self._try_channels(claims, absent)
        if isinstance(outcome, Deliver):
            outcome = self._as_told(claims)
        try:
            following = self._store.queue.record_all(claims, tries, outcome)
        except StoreError as error:
            # The lease brings it back: told twice is better than lost.
            log.error("could not record the outcome for task %d: %s", claims[0].task.id, error)  # noqa: TRY400
            return
        for claim, spawned in zip(claims, following, strict=True):
            _report(claim, tries, outcome, spawned)
        if isinstance(outcome, Discard):
            self._announce_loss(claims, tries)

    def _as_told(self, claims: Sequence[Claim]) -> Deliver:
        """Return what follows what was told: what nags is told again."""
        now = self._clock.now()
        again = {one.delivery.id: self._manners.again_at(one.task, one.delivery, now) for one in claims}
        return Deliver({row_id: at for row_id, at in again.items() if at is not None})

    def _announce_loss(self, claims: Sequence[Claim], tries: Sequence[Attempt]) -> None:
        """Tell on another channel, if one works, that something was given up; every command tells it as well."""
        tried = {one.channel for one in tries}
        names = ", ".join(claim.task.title for claim in claims[:_NAMED])
        why = "; ".join(f"{one.channel}: {one.error}" for one in tries if one.error)
        lost = [{"id": claim.task.id, "title": claim.task.title, "key": key_of(claim)} for claim in claims]
        self._on_loss({"event": "given up", "tasks": lost, "why": why})
        message = Message(key=f"lost-{key_of(claims[0])}", title=f"not told: {names}", body=f"{why} (remind failed)")
        for name in [name for name in self._channels if name not in tried]:
            try:
                self._channels[name].send(message)
            except Exception as error:  # noqa: BLE001 (see _try: a channel must not stop the others)
                log.warning("could not tell on %s either: %s", name, safe(str(error), 200))
            else:
                log.info("told on %s that it was given up", name)
                return

    def _try_channels(self, claims: Sequence[Claim], absent: set[str]) -> tuple[list[Attempt], Outcome]:
        delivery = claims[0].delivery
        order = [name for name in claims[0].task.channels if name in self._channels] or self._order
        order = order_of(order, delivery.nagged + 1) if delivery.is_told else order
        channel = decide.first_channel(order, delivery.channel)
        failures = delivery.failures
        tries: list[Attempt] = []
        any_may_take_it = any_absent = False
        while True:
            attempt, is_permanent = self._try(channel, claims, absent)
            tries.append(attempt)
            following = decide.after_try(
                attempt.result,
                channel=channel,
                order=order,
                failures=failures,
                attempt=delivery.attempt,
                is_permanent=is_permanent,
                any_may_take_it=any_may_take_it,
                any_absent=any_absent,
                jitter=self._jitter(),
                now=self._clock.now(),
            )
            if not isinstance(following, TryNow):
                return tries, following
            any_absent |= attempt.result is Result.ABSENT
            any_may_take_it |= attempt.result is not Result.ABSENT and not is_permanent
            channel, failures = following.channel, 0

    def _try(self, name: str, claims: Sequence[Claim], absent: set[str]) -> tuple[Attempt, bool]:
        """Return what one try came to, and whether trying the channel again is in vain."""
        now = self._clock.now()
        if name in absent:
            return Attempt(name, now, Result.ABSENT, error="not there"), False
        try:
            receipt: Receipt = self._channels[name].send(self._message(claims, now))
        except ChannelError as error:
            if error.refusal is Refusal.ABSENT:
                absent.add(name)
            why = f"{error.what}: {error.why}" if error.why else error.what
            return Attempt(name, now, _RESULT[error.refusal], error=why), error.permanent
        except Exception as error:
            # A channel is code that meets the outside: whatever it throws must not stop the other reminders.
            log.exception("the channel %s failed", name)
            return Attempt(name, now, Result.REFUSED, error=f"{type(error).__name__}: {error}"), False
        return Attempt(name, now, Result.SHOWN, target=receipt.target), False

    def _message(self, claims: Sequence[Claim], now: datetime) -> Message:
        first, zone = claims[0], self._clock.zone()
        if len(claims) > 1:
            told = [(claim.task.title, claim.occurrence) for claim in claims]
            title, body = telling.digest(told, now=now, zone=zone)
            return Message(key=f"digest-{key_of(first)}", title=title, body=body)
        return Message(
            key=key_of(first),
            title=first.task.title,
            body=telling.body(first.delivery, first.occurrence, now=now, zone=zone),
            urgency=_URGENCY.get(first.task.priority, Urgency.NORMAL),
        )


def key_of(claim: Claim) -> str:
    """Return the idempotency key of a delivery: the occurrence's uid and the alert."""
    uid = occurrence_uid(claim.task.uid, claim.occurrence.planned_for)
    return f"{uid}{int(claim.delivery.alert.total_seconds()):+d}"


def _report(
    claim: Claim,
    tries: Sequence[Attempt],
    outcome: Outcome,
    following: Occurrence | None,
) -> None:
    what = f'{claim.task.id} "{safe(claim.task.title, 80)}"'
    why = safe("; ".join(f"{one.channel}: {one.error}" for one in tries if one.error), 300)
    match outcome:
        case Deliver():
            log.info("told %s on %s%s", what, tries[-1].channel, f" (before that {why})" if why else "")
        case TryLater(channel, execute_at):
            log.warning("could not tell %s (%s); next on %s at %s", what, why, channel, execute_at.isoformat())
        case Hold():
            log.warning("nowhere to tell %s (%s); held until a channel is there", what, why)
        case Discard():
            log.error("gave up telling %s (%s)", what, why)
    if following is not None and following.due_at is not None:
        log.info("next of %s is due %s", what, following.due_at.isoformat())
