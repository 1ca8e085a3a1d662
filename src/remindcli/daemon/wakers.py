"""What wakes the daemon's main thread: signals, nudges, and pokes of its other threads."""

import logging
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType

from remindcli import nudge
from remindcli.errors import DaemonError

log = logging.getLogger(__name__)


def poke(poker: socket.socket) -> None:
    """Wake the main thread, so that it asks whether it is finished."""
    with suppress(BlockingIOError):  # it is full of pokes already
        poker.send(b".")


@contextmanager
def call_on_signals(actions: Mapping[int, Callable[[], None]], poker: socket.socket) -> Iterator[None]:
    """Call what stands for a signal when it comes, and wake the main thread then."""
    if current_thread() is not main_thread():
        yield
        return

    def on_signal(number: int, _frame: FrameType | None) -> None:
        actions[number]()

    before = {number: signal.signal(number, on_signal) for number in actions}
    fd_before = signal.set_wakeup_fd(poker.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd_before)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def listening(path: Path, net_seconds: float) -> Iterator[socket.socket | None]:
    """Give the socket on which nudges for a store arrive; without one the daemon serves all the same, and says so.

    Args:
        net_seconds: how often it looks by itself.
    """
    with ExitStack() as stack:
        try:
            receiver = stack.enter_context(nudge.listening(path))
        except DaemonError as error:
            log.warning("%s (%s); what is written is noticed within %g s", error.what, error.why, net_seconds)
            receiver = None
        yield receiver
