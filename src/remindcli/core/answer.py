"""What can be answered to a reminder where it is shown."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from remindcli.core.task import Task

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=7)


class Verb(StrEnum):
    """What an answer does."""

    DONE = "done"
    SNOOZE = "snooze"
    SKIP = "skip"
    SEEN = "ack"
    """It was taken away by hand: it nags no more until its next alert."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        span: how long a snooze lasts.
    """

    verb: Verb
    span: timedelta = timedelta(0)

    @property
    def key(self) -> str:
        """Return the words that stand for it on the way to a notification server and back."""
        return f"{self.verb}:{round(self.span / timedelta(seconds=1))}" if self.span else str(self.verb)

    @property
    def label(self) -> str:
        """Return what the user reads on its button."""
        if not self.span:
            return str(self.verb).capitalize()
        minutes = round(self.span / timedelta(minutes=1))
        words = f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
        return f"{str(self.verb).capitalize()} {words}"


def read_answer(key: str) -> Answer:
    """Return the answer that a key stands for; what comes back is not trusted to be what was sent.

    Raises:
        ValueError: it stands for none.
    """
    verb, _, seconds = key.partition(":")
    answer = Answer(Verb(verb), timedelta(seconds=int(seconds)) if seconds else timedelta(0))
    if (answer.verb is Verb.SNOOZE) != bool(answer.span) or (answer.span and not SHORTEST <= answer.span <= LONGEST):
        raise ValueError(f"no span for a snooze: {key[:40]}")
    return answer


def offered(task: Task, snooze: timedelta) -> tuple[Answer, ...]:
    """Return the answers to a reminder of a task.

    Args:
        snooze: how long the shorter of the two snoozes lasts.
    """
    longer = timedelta(hours=1)
    snoozes = [Answer(Verb.SNOOZE, span) for span in dict.fromkeys((snooze, longer))]
    skip = [Answer(Verb.SKIP)] if task.is_recurring else []
    return (Answer(Verb.DONE), *snoozes, *skip)
