"""The morning digest: one message about what is due today and overdue, once a day."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from remindcli.channels import Channel, ChannelError, Message
from remindcli.clock import Clock
from remindcli.core import digest
from remindcli.core.digest import Digest
from remindcli.core.manners import Manners
from remindcli.core.recurrence import start_of_day
from remindcli.core.safe import safe
from remindcli.store.store import Store

log = logging.getLogger(__name__)

TRY_AFTER = timedelta(minutes=1)
"""When a digest that no channel took is tried again."""


class Morning:
    """Tells the digest when it is time; that it was told stands in the store, so that it comes once a day.

    Args:
        order: the channels in the order in which they are tried.
    """

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], clock: Clock, manners: Manners, *, order: Sequence[str]
    ) -> None:
        self._keeping = store.keeping
        self._channels = channels
        self._clock = clock
        self._at = manners.digest_at
        self.order = [name for name in manners.digest_channels if name in channels] or list(order)
        self._not_before: datetime | None = None
        self._is_under_way = False

    def due(self) -> Digest | None:
        """Return the digest that is to be told now, and count it as under way; None if there is none.

        Raises:
            StoreError: the store can't be used now.
        """
        if not self._at or self._is_under_way:
            return None
        now, zone = self._clock.now(), self._clock.zone()
        if self._not_before is not None and self._not_before - TRY_AFTER <= now < self._not_before:
            return None
        told_on = self._keeping.digest_on()
        today = now.astimezone(zone).date()
        if told_on is None:
            # a daemon that is new, or a digest that was just asked for: what came before it is not missed
            told_on = yesterday = today - timedelta(days=1)
            if digest.day_due(now, self._at, zone, told_on=yesterday) is not None:
                told_on = today
            self._keeping.note_digest(told_on)
        day = digest.day_due(now, self._at, zone, told_on=told_on)
        if day is None:
            return None
        ends_at = start_of_day(day + timedelta(days=1), zone)
        found = digest.compose(day, self._keeping.open_before(ends_at), now=now, tz=zone)
        if found is None:
            self._keeping.note_digest(day)
            return None
        self._is_under_way = True
        return found

    def tell(self, found: Digest) -> None:
        """Tell a digest on the first channel that takes it; it may run on any thread, and never raises."""
        message = Message(key=found.key, title=found.title, body=found.body)
        try:
            for name in self.order:
                try:
                    self._channels[name].send(message)
                except ChannelError as error:
                    log.warning("no digest on %s: %s", name, safe(error.what, 200))
                except Exception:
                    # A channel is code that meets the outside: whatever it throws must not stop the others.
                    log.exception("the channel %s failed", name)
                else:
                    self._keeping.note_digest(found.day)
                    log.info("told the digest of %s on %s", found.day, name)
                    return
            self._not_before = self._clock.now() + TRY_AFTER
        except Exception:
            # The store can't note it now: it is told again, under the same key.
            log.exception("the digest could not be noted")
            self._not_before = self._clock.now() + TRY_AFTER
        finally:
            self._is_under_way = False

    def next_at(self) -> datetime | None:
        """Return when to look for a digest next; None if none ever comes."""
        if not self._at:
            return None
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before:
            return self._not_before
        return digest.next_at(now, self._at, self._clock.zone())
