"""Locks that the kernel holds on a file: gone at once when their holder dies, however it dies."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Self

_PAUSES = (0.001, 0.002)
"""Between two looks whether it is free: who waits must be there in the short moment in which it is."""

_IN_A_ROW_SECONDS = 0.1
"""How long one holder may take it again and again before it gives way to those who wait."""

_WAY_SECONDS = 0.01
"""How long it then gives way: some looks of those who wait, also on a busy machine."""


class FileLock:
    """An exclusive lock on a file of its own, between processes (flock; on Windows a locked byte).

    The file is created if it is not there (mode 0600) and never removed: removing it would let two hold "it".
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._row_began_at = self._released_at = 0.0

    def acquire(self, wait_seconds: float = 0.0) -> bool:
        """Take the lock; return False if another process still holds it after the wait.

        Who waits looks again and again, and so could be shut out by one that takes the lock anew as soon as it has
        given it back: that one gives way from time to time.

        Raises:
            OSError: the file can't be created or opened.
        """
        if self._descriptor is None:
            if wait_seconds:
                self._give_way()
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        deadline = monotonic() + wait_seconds
        pauses = iter(_PAUSES)
        while not _try(self._descriptor):
            if monotonic() >= deadline:
                self.release()
                return False
            Event().wait(next(pauses, _PAUSES[-1]))
        return True

    def release(self) -> None:
        """Give the lock back; harmless if it is not held."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with suppress(OSError):  # what was done under the lock is done, and closing frees it as well
                _free(descriptor)
            os.close(descriptor)
            self._released_at = monotonic()

    def _give_way(self) -> None:
        """Wait for a moment if the lock was held by us nearly all the time for a while."""
        now = monotonic()
        if now - self._released_at > _WAY_SECONDS:
            self._row_began_at = now
        elif now - self._row_began_at > _IN_A_ROW_SECONDS:
            Event().wait(_WAY_SECONDS)
            self._row_began_at = monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _free(descriptor: int) -> None:
        """Closing frees it."""
else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _free(descriptor: int) -> None:
        """Free it for good: a child on its way to exec holds a copy of the descriptor, which closing leaves locked."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)
