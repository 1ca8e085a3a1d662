"""What people answer on a notification is done, through the verbs of the command line; what is answered goes away."""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol, runtime_checkable

from remindcli.channels import Channel, ChannelError, Message
from remindcli.clock import Clock
from remindcli.core.answer import Answer, Verb, read_answer
from remindcli.core.safe import safe
from remindcli.daemon.messages import Messages
from remindcli.errors import RemindError, StoreError
from remindcli.store.store import Store

log = logging.getLogger(__name__)

DISMISSED = "dismissed"
"""What a channel says of a message that the user took away."""

_SHOWN_AGAIN = timedelta(days=1)
_MOST_SHOWN_AGAIN = 20
"""What an earlier daemon has shown, and how much of it, gets its buttons back."""


@runtime_checkable
class Answerable(Protocol):
    """A channel on which a message can be answered where it is shown."""

    def on_answer(self, call: Callable[[str, int, str], object]) -> None:
        """Have what is answered told: the message's key, its occurrence, and the button's key or DISMISSED."""
        ...

    def shown(self) -> Mapping[str, int]:
        """Return the occurrence of each message that is shown, by its key."""
        ...

    def close(self, key: str) -> None:
        """Take the message of that key away."""
        ...

    def show_again(self, message: Message) -> bool:
        """Show anew what an earlier process showed, if that is still there; return whether it is."""
        ...

    def end(self) -> None:
        """Let go of what is shown; it stays."""
        ...


class Answers:
    """Does what is answered, and takes away what was answered elsewhere."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], messages: Messages, clock: Clock) -> None:
        self._store = store
        self._channels = {name: one for name, one in channels.items() if isinstance(one, Answerable)}
        self._messages = messages
        self._clock = clock
        self._on_change: Callable[[], object] = lambda: None
        self._waiting: deque[tuple[int, Answer]] = deque()  # the popup is gone: an answer that is lost would be missed

    @property
    def has_work(self) -> bool:
        """Return whether anything is shown that can be answered, or an answer waits for the store."""
        return bool(self._waiting) or any(channel.shown() for channel in self._channels.values())

    def begin(self, on_change: Callable[[], object]) -> None:
        """Listen, and give what an earlier daemon has shown its buttons back.

        Args:
            on_change: called when an answer has changed the store, on a thread of a channel.
        """
        self._on_change = on_change
        for channel in self._channels.values():
            channel.on_answer(self.take)
        if not self._channels:
            return
        now = self._clock.now()
        for claim in self._store.queue.told_since(list(self._channels), now - _SHOWN_AGAIN, _MOST_SHOWN_AGAIN):
            name = claim.delivery.channel
            try:
                if self._channels[name].show_again(self._messages.about([claim], now)):
                    log.info('%d "%s" can be answered on %s again', claim.task.id, safe(claim.task.title, 80), name)
            except ChannelError as error:
                log.info("what %s shows can't be answered: %s", name, safe(error.what, 200))
                return

    def take(self, _key: str, occurrence_id: int, choice: str) -> None:
        """Do what was chosen; called on a thread of the channel."""
        try:
            given = Answer(Verb.SEEN) if choice == DISMISSED else read_answer(choice)
        except ValueError:
            log.warning("a notification was answered with %s, which is none of its buttons", safe(choice, 40))
            return
        try:
            self._do(occurrence_id, given)
        except StoreError as error:
            log.warning("%s, as answered on a notification, waits: %s (%s)", given.key, error.what, error.why)
            self._waiting.append((occurrence_id, given))
            self._on_change()  # whoever looks meets the same trouble, and looks until it is over

    def _do(self, occurrence_id: int, given: Answer) -> None:
        """Do an answer.

        Raises:
            StoreError: the store can't be used now.
        """
        try:
            task = self._store.answer(occurrence_id, given)
        except StoreError:
            raise
        except RemindError as error:
            log.error("an answer could not be done: %s (%s)", error.what, error.why)  # noqa: TRY400
            return
        if task is not None:
            log.info('%s %d "%s", as answered on its notification', given.key, task.id, safe(task.title, 80))
            self._on_change()
        elif given.verb is not Verb.SEEN:
            log.info("%s was answered to what is not open any more", given.key)

    def tidy(self) -> None:
        """Do what waits for the store, and take away what was answered elsewhere."""
        for _ in range(len(self._waiting)):
            answer = self._waiting.popleft()
            try:
                self._do(*answer)
            except StoreError:
                self._waiting.append(answer)
        for channel in self._channels.values():
            shown = channel.shown()
            if not shown:
                continue
            ringing = self._store.queue.still_ringing(set(shown.values()))
            for key, occurrence_id in shown.items():
                if occurrence_id not in ringing:
                    channel.close(key)

    def end(self) -> None:
        """Let go of the channels."""
        for channel in self._channels.values():
            channel.end()
