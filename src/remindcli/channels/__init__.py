"""Ways to reach the user: one contract, one small file each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from remindcli.core.decide import USUAL, Retry
from remindcli.errors import RemindError


class Urgency(StrEnum):
    """How much a message may disturb (the levels of the Desktop Notifications Specification)."""

    LOW = "low"
    NORMAL = "normal"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Button:
    """A way to answer a message where it is shown.

    Attributes:
        key: what comes back; see core/answer.py.
        label: what the user reads.
    """

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told, in plain text from outside: a channel makes it safe for where it goes.

    Attributes:
        key: idempotency key: the same for every attempt at this delivery.
        title: the task's title.
        body: when it is due, how late it is, what was missed; may be empty.
        urgency: from the task's priority.
        occurrence_id: what an answer is about; None cannot be answered.
        buttons: the answers that are offered, where the channel can.
        replaces: the target where it was told before; "" is none.
    """

    key: str
    title: str
    body: str = ""
    urgency: Urgency = Urgency.NORMAL
    occurrence_id: int | None = None
    buttons: tuple[Button, ...] = ()
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a channel took the message.

    Attributes:
        channel: the channel's name.
        target: where it went: a terminal's path, the id of a notification; may be empty.
    """

    channel: str
    target: str = ""


class Refusal(StrEnum):
    """Why a message did not reach the user."""

    ABSENT = "absent"
    """Nothing is there to take it: hold it, count no attempt."""
    REFUSED = "refused"
    """Something is there and said no."""
    UNKNOWN = "unknown"
    """It timed out: the message may have been shown."""


class ChannelError(RemindError):
    """The message did not (or not surely) reach the user.

    Args:
        refusal: absent, refused or unknown.
        permanent: trying the same channel again can't help.
        retry_after: how long who is there asked to wait (HTTP's Retry-After).
    """

    code: ClassVar[str] = "channel"

    def __init__(
        self,
        what: str,
        *,
        refusal: Refusal,
        permanent: bool = False,
        retry_after: timedelta | None = None,
        why: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(what, why=why, hint=hint)
        self.refusal = refusal
        self.permanent = permanent
        self.retry_after = retry_after


class Channel(Protocol):
    """A way to reach the user. It reaches or it raises; it never returns as if it had.

    A channel may also have (all three are left out where the usual will do; see `retry_of`, `at_once_of`, `listen`):
        retry: ClassVar[Retry]: how it is tried again.
        at_once: ClassVar[int]: how many messages may be on their way on it at once; 1 unless it says so. After a kill
            of the daemon each of them may come twice, so more than 1 is for channels that know a message by its key.
        on_return(call): call it, from any thread, whenever somebody is there again who can take messages.
    """

    name: ClassVar[str]
    timeout_seconds: ClassVar[float]
    """The longest that `send` takes, whatever happens; a lease is far above it."""

    def send(self, message: Message) -> Receipt:
        """Tell the user.

        Raises:
            ChannelError: the message did not, or not surely, reach the user.
        """
        ...


def retry_of(channel: Channel) -> Retry:
    """Return how a channel is tried again."""
    retry = getattr(channel, "retry", USUAL)
    assert isinstance(retry, Retry)
    return retry


def at_once_of(channel: Channel) -> int:
    """Return how many messages may be on their way on a channel at once."""
    return max(1, int(getattr(channel, "at_once", 1)))


def listen(channel: Channel, call: Callable[[], object]) -> None:
    """Have a channel that can tell call whenever somebody is there again who can take messages."""
    on_return = getattr(channel, "on_return", None)
    if on_return is not None:
        on_return(call)


@runtime_checkable
class Examinable(Protocol):
    """A channel that can say how it is without telling the user anything."""

    def examine(self) -> str:
        """Return in a few words where it tells; asks no server.

        Raises:
            ChannelError: it can't work as it is set up.
        """
        ...
