"""What keeps reminders back, and what brings them up again: quiet hours, do-not-disturb, somebody who was away."""

import logging
from datetime import datetime, timedelta
from typing import Protocol

from remindcli.clock import Clock
from remindcli.core.manners import Manners
from remindcli.core.quiet import Quiet, quiet_at
from remindcli.store.store import Store

log = logging.getLogger(__name__)

LOOK_AFTER = timedelta(seconds=30)
"""How often somebody asks whether do-not-disturb is over, or the user is back."""


class Surroundings(Protocol):
    """What can be asked of the desktop and the login; an answer comes within seconds, and "no" where nobody knows."""

    def is_do_not_disturb(self) -> bool:
        """Return whether the user wants to be left alone."""
        ...

    def is_away(self) -> bool:
        """Return whether nobody is there."""
        ...


class Nobody:
    """Surroundings of which nothing is known."""

    def is_do_not_disturb(self) -> bool:
        """Return no."""
        return False

    def is_away(self) -> bool:
        """Return no."""
        return False


class Restraint:
    """Keeps back what may not ring now, and has what nobody saw told again when somebody is there."""

    def __init__(self, store: Store, clock: Clock, manners: Manners, surroundings: Surroundings) -> None:
        self._keeping = store.keeping
        self._clock = clock
        self._manners = manners
        self._surroundings = surroundings
        self._quiet: Quiet | None = None
        self._has_looked = False
        self._is_waiting = False

    def look(self, ahead: timedelta) -> None:
        """Keep back what is due and may not ring; call it before what is due is claimed.

        Args:
            ahead: how long before it is due it is claimed.

        Raises:
            StoreError: the store can't be used now.
        """
        now = self._clock.now() + ahead
        quiet = quiet_at(now, self._manners.quiet, self._clock.zone())
        if not self._has_looked or quiet != self._quiet:
            # other settings may hold than when it was kept back; what still is to be kept is kept again
            self._keeping.release()
            if quiet is not None:
                log.info("quiet hours until %s", quiet.ends_at.isoformat(timespec="seconds"))
        self._quiet, self._has_looked = quiet, True
        if quiet is not None:
            self._keep(quiet, "quiet", ahead)
        elif self._manners.heeds_focus and self._keeping.is_due(ahead) and self._surroundings.is_do_not_disturb():
            self._keep(Quiet(now, now + LOOK_AFTER), "focus", ahead)
        self._is_waiting = self._keeping.has_unseen()
        if self._is_waiting and not self._surroundings.is_away():
            shown = self._keeping.show_again()
            self._is_waiting = False
            if shown:
                log.info("somebody is there again; telling %d again that rang meanwhile", shown)

    def is_unseen(self) -> bool:
        """Return whether nobody is there to see what is told now."""
        return self._surroundings.is_away()

    def next_look_at(self) -> datetime | None:
        """Return when to look whether the user is back; None if nothing waits for that."""
        return self._clock.now() + LOOK_AFTER if self._is_waiting else None

    def _keep(self, quiet: Quiet, by: str, ahead: timedelta) -> None:
        kept = self._keeping.keep(quiet, ahead, least_priority=self._manners.least_priority, by=by)
        if kept:
            log.info("kept %d back until %s (%s)", kept, quiet.ends_at.isoformat(timespec="seconds"), by)
