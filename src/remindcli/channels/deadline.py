"""An end for what has none of its own: a name server that is silent, a server that answers a byte a second."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TypeVar

_T = TypeVar("_T")


class Deadline:
    """Work that is given up when its time is over, wherever it waits.

    The work is done on a thread of its own. When the time is over, its connection is cut, which ends the thread; a
    look-up of a name can't be cut, and ends by itself some seconds later, heard by nobody.

    Args:
        seconds: how long the work may take from now on.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.has_sent = False
        """Whether so much was sent that the other side may have acted on it."""
        self._lock = Lock()
        self._cut: Callable[[], object] | None = None
        self._is_over = False

    def watch(self, cut: Callable[[], object]) -> None:
        """Call `cut` when the time is over, at once if it is.

        Raises:
            TimeoutError: the time is over.
        """
        with self._lock:
            self._cut = cut
            is_over = self._is_over
        if is_over:
            with suppress(OSError):
                cut()
            raise TimeoutError

    def run(self, work: Callable[[], _T]) -> _T:
        """Return what the work returns, or raise what it raises.

        Raises:
            TimeoutError: the time is over.
        """
        found: list[_T] = []
        faults: list[BaseException] = []
        done = Event()

        def do() -> None:
            try:
                found.append(work())
            except BaseException as error:  # noqa: BLE001 (handed to the thread that waits)
                faults.append(error)
            finally:
                done.set()

        Thread(target=do, name="deadline", daemon=True).start()
        if not done.wait(self.seconds):
            self._give_up()
            raise TimeoutError
        if faults:
            raise faults[0]
        return found[0]

    def _give_up(self) -> None:
        with self._lock:
            self._is_over = True
            cut = self._cut
        if cut is not None:
            with suppress(OSError):  # it has just been closed
                cut()
