"""What the log says of a message."""

import logging
from collections.abc import Sequence

from remindcli.core.decide import Deliver, Discard, Drop, Hold, TryLater, Wait
from remindcli.core.safe import safe
from remindcli.core.task import Occurrence
from remindcli.store.claiming import Claim
from remindcli.store.recording import Attempt, Outcome

log = logging.getLogger(__name__)


def say_outcome(claim: Claim, tries: Sequence[Attempt], outcome: Outcome | None, following: Occurrence | None) -> None:
    """Write into the log what a message came to, and what follows of its task."""
    what = f'{claim.task.id} "{safe(claim.task.title, 80)}"'
    why = safe("; ".join(f"{one.channel}: {one.error}" for one in tries if one.error), 300)
    match outcome:
        case Deliver():
            log.info("told %s on %s%s", what, tries[-1].channel, f" (before that {why})" if why else "")
        case TryLater(channel, execute_at):
            log.warning(
                "could not tell %s (%s); next on %s at %s", what, why, channel, execute_at.isoformat(timespec="seconds")
            )
        case Wait(execute_at, reason):
            log.info(
                "%s waits: %s; asked again at %s", what, safe(reason, 200), execute_at.isoformat(timespec="seconds")
            )
        case Drop(reason):
            log.info("%s is not told: %s", what, safe(reason, 200))
        case Hold():
            log.warning("nowhere to tell %s (%s); held until a channel is there", what, why)
        case Discard():
            log.error("gave up telling %s (%s)", what, why)
    if following is not None and following.due_at is not None:
        log.info("next of %s is due %s", what, following.due_at.isoformat())
