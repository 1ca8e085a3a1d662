"""A message on its way along its channels: what is said, what a try came to, and what follows."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock

from remindcli.channels import Channel, ChannelError, Receipt, Refusal, retry_of
from remindcli.clock import Clock
from remindcli.core import decide
from remindcli.core.decide import Deliver, Result, TryNow
from remindcli.core.manners import Manners
from remindcli.core.nagging import order_of
from remindcli.core.safe import safe
from remindcli.daemon.conditions import RUN, Conditions
from remindcli.daemon.messages import Messages
from remindcli.daemon.restraint import Restraint
from remindcli.errors import StoreError
from remindcli.store.claiming import Claim
from remindcli.store.instants import to_ms
from remindcli.store.recording import Attempt, Outcome
from remindcli.store.store import Store
from remindcli.store.told import Taken

log = logging.getLogger(__name__)

_HANGS_IN_A_ROW = 2
"""A channel that gave no answer so often is not asked for a while: what is behind goes to the next channel."""

_AT_THE_MACHINE = frozenset({"desktop", "terminal"})
"""Channels that only reach who sits there."""

_RESULT = {Refusal.ABSENT: Result.ABSENT, Refusal.REFUSED: Result.REFUSED, Refusal.UNKNOWN: Result.UNKNOWN}


@dataclass(slots=True)
class Dispatch:
    """A message on its way along the channels: deliveries that are told together, and what was tried so far."""

    claims: Sequence[Claim]
    order: Sequence[str]
    channel: str
    failures: int
    note: str = ""
    tries: list[Attempt] = field(default_factory=list)
    any_may_take_it: bool = False
    any_absent: bool = False

    @property
    def owner(self) -> str:
        """Return whose claims these are."""
        return self.claims[0].delivery.owner

    @property
    def ids(self) -> list[int]:
        """Return the ids of the deliveries."""
        return [claim.delivery.id for claim in self.claims]


class Sender:
    """Tries messages on channels, from any thread; the store hears of it by notes alone, and of what is done by itself.

    Args:
        ahead: how long before it is due a message may be here; it waits until it is.
        jitter: returns a random number from 0 to 1.
    """

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        *,
        order: Sequence[str],
        ahead: timedelta,
        manners: Manners,
        restraint: Restraint,
        conditions: Conditions,
        messages: Messages,
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._order = tuple(order)
        self._ahead = ahead
        self._manners = manners
        self._restraint = restraint
        self._conditions = conditions
        self._messages = messages
        self._jitter = jitter
        self._lock = Lock()
        # both are changed under it
        self._hangs: dict[str, int] = {}
        self._away: dict[str, datetime] = {}

    def dispatch_of(self, claims: Sequence[Claim]) -> Dispatch:
        """Return the message about deliveries that are told together, with the channel that it begins with."""
        delivery = claims[0].delivery
        order = self._order_of(claims)
        return Dispatch(claims, order, decide.first_channel(order, delivery.channel), delivery.failures)

    def ask_again(self, channel: str | None = None) -> None:
        """Ask that channel again, or all that were found absent; one that hung only when its time is over."""
        now = self._clock.now()
        with self._lock:
            if channel is not None:
                self._away.pop(channel, None)
                self._hangs.pop(channel, None)
            self._away = {name: until for name, until in self._away.items() if until > now}

    def send(self, dispatch: Dispatch) -> tuple[TryNow | Outcome, bool]:
        """Try a message on its channel; return what follows, and whether notes of it outlive a kill."""
        self._wait_until_due(dispatch)
        is_noted = self._store.queue.told.begin(dispatch.owner, dispatch.ids)
        following = self._attempt(dispatch)
        if isinstance(following, Deliver):
            following = self._as_told(dispatch)
            is_noted &= self._store.queue.told.take(dispatch.owner, dispatch.ids, _taken(dispatch.tries[-1], following))
        return following, is_noted

    def finish(self, claim: Claim, why: str) -> None:
        """Complete what is done by itself."""
        try:
            if self._store.finish(claim, why):
                log.info('done by itself: %d "%s" (%s)', claim.task.id, safe(claim.task.title, 80), why)
        except StoreError as error:
            log.error("task %d is done, which can't be noted now: %s", claim.task.id, error)  # noqa: TRY400

    def _order_of(self, claims: Sequence[Claim]) -> Sequence[str]:
        task, delivery = claims[0].task, claims[0].delivery
        order = [name for name in task.channels if name in self._channels]
        if task.channels and not order:
            log.warning("task %d goes the usual way: there is no channel %s", task.id, safe(task.channels[0], 40))
        return order_of(order or self._order, delivery.repetition)

    def _wait_until_due(self, dispatch: Dispatch) -> None:
        """Wait for what was claimed ahead of its time; never longer, whatever the clock says meanwhile."""
        left = min(self._ahead, dispatch.claims[-1].delivery.execute_at - self._clock.now())
        if left > timedelta():
            Event().wait(left.total_seconds())

    def _as_told(self, dispatch: Dispatch) -> Deliver:
        """Return what follows what was told: what nags is told again, what nobody saw when somebody is there."""
        now = self._clock.now()
        if dispatch.channel == RUN:
            self.finish(dispatch.claims[0], f"{dispatch.tries[-1].target} succeeded")
        again = {one.delivery.id: self._manners.again_at(one.task, one.delivery, now) for one in dispatch.claims}
        is_unseen = dispatch.channel in _AT_THE_MACHINE and self._restraint.is_unseen()
        return Deliver({row_id: at for row_id, at in again.items() if at is not None}, is_unseen=is_unseen)

    def _attempt(self, dispatch: Dispatch) -> decide.Next:
        """Try a message on its channel, and return what follows."""
        attempt, error = self._try(dispatch)
        dispatch.tries.append(attempt)
        is_permanent = error is not None and error.permanent
        following = decide.after_try(
            attempt.result,
            channel=dispatch.channel,
            order=dispatch.order,
            failures=dispatch.failures,
            attempt=dispatch.claims[0].delivery.attempt,
            is_permanent=is_permanent,
            any_may_take_it=dispatch.any_may_take_it,
            any_absent=dispatch.any_absent,
            jitter=self._jitter(),
            now=self._clock.now(),
            retry=retry_of(self._channels[dispatch.channel]) if dispatch.channel != RUN else decide.USUAL,
            retry_after=error.retry_after if error is not None else None,
        )
        dispatch.any_absent |= attempt.result is Result.ABSENT
        dispatch.any_may_take_it |= attempt.result is not Result.ABSENT and not is_permanent
        return following

    def _try(self, dispatch: Dispatch) -> tuple[Attempt, ChannelError | None]:
        """Return what one try came to, and what the channel said if it said no."""
        name, now = dispatch.channel, self._clock.now()
        if name in self._away:
            return Attempt(name, now, Result.ABSENT, error="not there"), None
        try:
            receipt: Receipt = self._tell(dispatch, now)
        except ChannelError as error:
            self._heed(name, error.refusal)
            why = f"{error.what}: {error.why}" if error.why else error.what
            return Attempt(name, now, _RESULT[error.refusal], error=why), error
        except Exception as error:
            # A channel is code that meets the outside: whatever it throws must not stop the other reminders.
            log.exception("the channel %s failed", name)
            return Attempt(name, now, Result.REFUSED, error=f"{type(error).__name__}: {error}"), None
        with self._lock:
            self._hangs.pop(name, None)
        return Attempt(name, now, Result.SHOWN, target=receipt.target), None

    def _tell(self, dispatch: Dispatch, now: datetime) -> Receipt:
        if dispatch.channel == RUN:
            return self._conditions.run(dispatch.claims[0])
        message = self._messages.about(dispatch.claims, now)
        if dispatch.note:
            message = replace(message, body=", ".join(part for part in (message.body, dispatch.note) if part))
        return self._channels[dispatch.channel].send(message)

    def _heed(self, name: str, refusal: Refusal) -> None:
        """Ask a channel that is not there, or hangs, no more for a while: not for each delivery anew."""
        now = self._clock.now()
        with self._lock:
            hangs = self._hangs.get(name, 0) + 1 if refusal is Refusal.UNKNOWN else 0
            self._hangs[name] = hangs
            if refusal is Refusal.ABSENT:
                self._away[name] = now  # until the next look
            elif hangs >= _HANGS_IN_A_ROW:
                self._away[name] = now + decide.HOLD_FOR
                log.warning("%s did not answer %d times in a row; it is not asked for a while", name, hangs)


def _taken(attempt: Attempt, outcome: Deliver) -> Taken:
    again = {one: to_ms(moment) for one, moment in outcome.again_at.items()}
    return Taken(attempt.channel, attempt.target, to_ms(attempt.tried_at), again, outcome.is_unseen)
