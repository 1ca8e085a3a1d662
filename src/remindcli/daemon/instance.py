"""Whether a daemon runs for a store: told by a lock that the kernel lets go of when the daemon dies."""

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
