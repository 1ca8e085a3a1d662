"""Keeps the warm process beside the daemon: started, started again when it dies, ended with the daemon.

The engine does not know of it: without it, commands take longer and nothing else changes.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

log = logging.getLogger(__name__)

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 600.0
_LIVED_LONG = 60.0
"""Seconds after which one that dies counts as one that worked."""
_END_SECONDS = 5.0


class Companion:
    """A process that is there for as long as this object is open."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._is_ending = Event()
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = Thread(target=self._keep, name="companion", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the process: its standard input ends, and it is killed if that does not help."""
        with self._lock:
            self._is_ending.set()
            process = self._process
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(_END_SECONDS)

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._is_ending.is_set():
            began = monotonic()
            with self._lock:
                if self._is_ending.is_set():
                    return
                try:
                    self._process = subprocess.Popen(
                        self._command,
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        start_new_session=True,  # Ctrl-C is for the daemon, which ends it
                    )
                except OSError as error:
                    log.warning("no process to answer commands faster: %s", error)
                    self._process = None
            if self._process is not None:
                status = self._process.wait()
                if status and not self._is_ending.is_set():
                    log.warning("the process that answers commands ended (status %d); it is started again", status)
            pause = _FIRST_PAUSE if monotonic() - began > _LIVED_LONG else min(pause * 2, _LONGEST_PAUSE)
            self._is_ending.wait(pause)


@contextmanager
def kept_warm(store: Path, *, is_wanted: bool) -> Iterator[None]:
    """Keep a warm process for a store while the block runs; where it is not wanted or can't be, there is none.

    The caller holds the daemon's lock.
    """
    if not is_wanted or sys.platform != "linux":
        yield
        return
    companion = Companion([sys.executable, "-m", "remindcli.warm", os.path.realpath(store)])
    try:
        yield
    finally:
        companion.close()
