"""Tells of what was given up: on another channel, if one works, and by the user's hook."""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from remindcli.channel_tables import ALWAYS
from remindcli.channels import Channel, Message
from remindcli.core.safe import safe
from remindcli.daemon.messages import key_of
from remindcli.daemon.underway import Underway
from remindcli.store.claiming import Claim
from remindcli.store.recording import Attempt

log = logging.getLogger(__name__)

_HOOKS = " on_failure"
"""The lane of the hook; no channel has such a name."""

_NAMED = 5


class Losses:
    """Announces dead letters; every command tells of them as well.

    Args:
        order: the channels on which every reminder may go; others are kept by the user for some tasks.
        on_loss: called with what was given up, as JSON has it; must not raise.
    """

    def __init__(
        self,
        underway: Underway,
        channels: Mapping[str, Channel],
        *,
        order: Sequence[str],
        on_loss: Callable[[Mapping[str, object]], object],
    ) -> None:
        self._underway = underway
        self._channels = channels
        self._usual = [name for name in dict.fromkeys((*order, *ALWAYS)) if name in channels]
        self._on_loss = on_loss

    def after(self, claims: Sequence[Claim], tries: Sequence[Attempt]) -> None:
        """Tell of what its channels did not take."""
        names = ", ".join(claim.task.title for claim in claims[:_NAMED])
        why = "; ".join(f"{one.channel}: {one.error}" for one in tries if one.error)
        self._announce(claims, tries, names=names, why=why)

    def of_what_ends_the_daemon(self, claim: Claim, why: str) -> None:
        """Tell of it by its number alone: its title may be what ends the daemon."""
        self._announce([claim], [], names=f"task {claim.task.id}", why=why)

    def _announce(self, claims: Sequence[Claim], tries: Sequence[Attempt], *, names: str, why: str) -> None:
        tried = {one.channel for one in tries}
        lost = [{"id": claim.task.id, "title": claim.task.title, "key": key_of(claim)} for claim in claims]
        message = Message(key=f"lost-{key_of(claims[0])}", title=f"not told: {names}", body=f"{why} (remind failed)")
        others = [name for name in self._usual if name not in tried]
        self._underway.aside(_HOOKS, partial(self._on_loss, {"event": "given up", "tasks": lost, "why": why}))
        if others:
            self._underway.aside(others[0], partial(self._notify, message, others))

    def _notify(self, message: Message, names: Sequence[str]) -> None:
        """Send a message that is no delivery on the first of these channels that takes it."""
        try:
            self._channels[names[0]].send(message)
        except Exception as error:  # noqa: BLE001 (a channel meets the outside: it must not stop the others)
            log.warning("could not tell on %s either: %s", names[0], safe(str(error), 200))
            if names[1:]:
                self._underway.aside(names[1], partial(self._notify, message, names[1:]))
        else:
            log.info("told on %s that it was given up", names[0])
