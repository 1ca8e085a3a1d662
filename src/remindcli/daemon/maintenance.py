"""What the daemon does once a day beside ringing: the backup of its store, then old history is taken away."""

import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from remindcli.clock import Clock
from remindcli.errors import RemindError
from remindcli.store.backup import is_daily_due, make_daily

log = logging.getLogger(__name__)

_AFTER_A_FAULT_SECONDS = 3600.0


class _EndedError(Exception):
    """The daemon ends; the backup is made another time."""


class Maintenance:
    """Does what is daily when it is time; whatever goes wrong with it stands in the log and stops nothing.

    Args:
        forget: takes old history away, and returns how many rows that were; called after the backup.
        is_ending: asked after each step of a backup, which is given up when it says so.
    """

    def __init__(self, store: Path, clock: Clock, *, is_ending: Callable[[], bool], forget: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._is_ending = is_ending
        self._forget = forget
        self._is_running = False
        self._not_before = 0.0
        self._last_error = ""

    def is_due(self) -> bool:
        """Return whether there is something to do."""
        return not self._is_running and monotonic() >= self._not_before and is_daily_due(self._store, self._clock.now())

    def run(self) -> None:
        """Do it."""
        self._is_running = True
        try:
            made = make_daily(self._store, self._clock.now(), watch=self._watch)
            if made is not None:
                log.info("backed the store up to %s", made.path)
                if count := self._forget():
                    log.info("took away %d rows of old history", count)
            self._last_error = ""
        except _EndedError:
            pass
        except RemindError as error:
            self._report(f"{error.what}: {error.why}" if error.why else error.what)
        except Exception as error:  # the daemon goes on ringing, whatever this was
            log.exception("the daily work failed")
            self._report(f"{type(error).__name__}: {error}")
        finally:
            self._is_running = False

    def _report(self, error: str) -> None:
        self._not_before = monotonic() + _AFTER_A_FAULT_SECONDS
        if error != self._last_error:  # said once, not every hour
            log.error("no daily backup: %s", error)
        self._last_error = error

    def _watch(self, _copied: int, _total: int) -> None:
        if self._is_ending():
            raise _EndedError
