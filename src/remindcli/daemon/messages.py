"""What is said of deliveries, and how it can be answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from remindcli.channels import Button, Message, Urgency
from remindcli.clock import Clock
from remindcli.core import telling
from remindcli.core.answer import offered
from remindcli.core.task import occurrence_uid
from remindcli.store.claiming import Claim

_URGENCY = {1: Urgency.CRITICAL, 3: Urgency.LOW}


class Messages:
    """Makes the messages about deliveries.

    Args:
        snooze: how long the shorter of the two snoozes lasts that are offered.
    """

    def __init__(self, clock: Clock, *, snooze: timedelta) -> None:
        self._clock = clock
        self._snooze = snooze

    def about(self, claims: Sequence[Claim], now: datetime) -> Message:
        """Return what is told of deliveries: of one, with the answers to it, or of those of a digest."""
        first, zone = claims[0], self._clock.zone()
        if len(claims) > 1:
            told = [(claim.task.title, claim.occurrence) for claim in claims]
            is_kept = all("is_kept" in claim.delivery.payload for claim in claims)
            title, body = telling.digest(told, now=now, zone=zone, is_kept=is_kept)
            return Message(key=f"digest-{key_of(first)}", title=title, body=body)
        return Message(
            key=key_of(first),
            title=first.task.title,
            body=telling.body(first.delivery, first.occurrence, now=now, zone=zone),
            urgency=_URGENCY.get(first.task.priority, Urgency.NORMAL),
            occurrence_id=first.occurrence.id,
            buttons=tuple(Button(one.key, one.label) for one in offered(first.task, self._snooze)),
            replaces=first.delivery.target,
        )


def key_of(claim: Claim) -> str:
    """Return the idempotency key of a delivery: the occurrence's uid and the alert."""
    uid = occurrence_uid(claim.task.uid, claim.occurrence.planned_for)
    return f"{uid}{int(claim.delivery.alert.total_seconds()):+d}"
