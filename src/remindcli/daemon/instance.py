"""Whether a daemon runs for a store: told by a lock that the kernel lets go of when the daemon dies."""

import os
from contextlib import suppress
from pathlib import Path

from remindcli.store.lock import FileLock


def lock_of(store: Path) -> FileLock:
    """Return the lock that the daemon of a store holds while it lives."""
    return FileLock(store.with_name(store.name + ".daemon"))


def is_running(store: Path) -> bool:
    """Return whether a daemon runs for the store."""
    lock = lock_of(store)
    with suppress(OSError), lock:
        return lock.path.exists() and not lock.acquire()
    return False


def holder_of(store: Path) -> int | None:
    """Return the process that serves a store, as the kernel knows it; None where it does not tell.

    What the store says of it may be of the one before: it is written a moment after the lock is taken (proc(5):
    /proc/locks).
    """
    try:
        status = lock_of(store).path.stat()
        lines = Path("/proc/locks").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for fields in map(str.split, lines):
        if len(fields) > 5 and fields[1] == "FLOCK" and fields[5] == file and fields[4].isdigit():
            return int(fields[4]) or None  # 0: of another container
    return None
