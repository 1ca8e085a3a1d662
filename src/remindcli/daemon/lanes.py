"""Lanes: a queue with its own workers for each channel, so that one that hangs delays no other."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock


class Lanes:
    """Works what is put into a lane in its order, on threads that live as long as these lanes do.

    Args:
        at_once: how many at once in the lane of that name; 1 in one that is not named.
    """

    def __init__(self, at_once: Mapping[str, int]) -> None:
        self._at_once = at_once
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._lock = Lock()

    def put(self, lane: str, work: Callable[[], object]) -> None:
        """Have it done when what was put into the lane before is under way; it must not raise."""
        with self._lock:
            pool = self._pools.get(lane)
            if pool is None:
                workers = self._at_once.get(lane, 1)
                pool = self._pools[lane] = ThreadPoolExecutor(workers, thread_name_prefix=f"deliver-{lane}")
        pool.submit(work)

    def close(self) -> None:
        """Wait until all is done, and end the threads."""
        for pool in self._pools.values():
            pool.shutdown(wait=True)
