"""`remind status --prompt`, as quickly as it can be: for a prompt that is drawn at each command.

With little but sqlite3. What it can't tell so (no store yet, another schema, something that is to be spawned first)
is left to `remind status`, which counts the same way; tests/cli/test_status.py compares both with what status lists.
"""

import os
import sys

from remindcli import client

_OK, _NO_DAEMON = 0, 5


def marks(answers: int, *, has_failed: bool, is_up: bool) -> str:
    """Return the few characters for a prompt.

    Args:
        answers: how many tasks ring or are overdue.
    """
    parts = [f"{answers}!"] * bool(answers) + ["failed"] * has_failed + ["no daemon"] * (not is_up)
    return " ".join(parts)


def tell() -> "int | None":
    """Print the marks, and return the exit status; None if that is for `remind status` to do."""
    if sys.stdout is None or not hasattr(os, "getuid"):
        return None
    try:
        store = client.store_path(dict(os.environb), os.getcwd())  # noqa: PTH109 (pathlib: 6 ms)
        found = look(store) if store else None
    except Exception:  # noqa: BLE001 (whatever is wrong is said by the command that takes its time)
        return None
    if found is None:
        return None
    words = marks(found[0], has_failed=found[1], is_up=found[2])
    if words:
        sys.stdout.write(words + "\n")
        sys.stdout.flush()
    return _OK if found[2] else _NO_DAEMON


def look(store: str) -> "tuple[int, bool, bool] | None":
    """Return how many tasks ring or are overdue, whether something was given up, and whether a daemon runs.

    None if this can't tell.

    Raises:
        OSError: the store can't be read; so does sqlite3.Error.
    """
    from time import localtime, mktime  # noqa: PLC0415

    from remindcli.clock import SystemClock  # noqa: PLC0415
    from remindcli.store.standing import standing  # noqa: PLC0415

    now = SystemClock().now().timestamp()
    day = localtime(now)
    today = mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
    found = standing(store, now_ms=int(now * 1000), today_ms=int(today * 1000))
    return None if found is None else (*found, _is_running(store))


def _is_running(store: str) -> bool:
    """Return whether a daemon holds its lock, as daemon/instance.py does."""
    import fcntl  # noqa: PLC0415

    try:
        descriptor = os.open(store + ".daemon", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
