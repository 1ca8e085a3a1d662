"""Locks that the kernel holds on a file: gone at once when their holder dies, however it dies."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Self

_PAUSES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)


class FileLock:
    """An exclusive lock on a file of its own, between processes (flock; on Windows a locked byte).

    The file is created if it is not there (mode 0600) and never removed: removing it would let two hold "it".
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self, wait_seconds: float = 0.0) -> bool:
        """Take the lock; return False if another process still holds it after the wait.

        Raises:
            OSError: the file can't be created or opened.
        """
        if self._descriptor is None:
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
