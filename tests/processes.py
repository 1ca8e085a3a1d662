"""What a test asks of processes that something under test has started."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc which processes live")


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that is dead and not yet waited for does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return when it is so, or fail after a while."""
    ends_at = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < ends_at
        os.sched_yield()
