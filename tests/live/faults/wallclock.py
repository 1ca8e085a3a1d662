"""A wall clock for one process tree that a test sets while it runs: by hand, by a closed lid, to another day."""

import os
import shutil
import signal
import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from remindcli.clock import SystemClock

SOURCE = Path(__file__).with_name("wallshift.c")
_MICROSECOND = timedelta(microseconds=1)


def build(folder: Path) -> Path:
    """Compile what moves the clock, and return the library."""
    library = folder / "wallshift.so"
    compiler = shutil.which("gcc") or "cc"
    command = [compiler, "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
    subprocess.run(command, check=True, timeout=60)
    return library


class MovedClock:
    """The wall clock of the processes that get its variables; it runs, from where it was put last.

    Args:
        library: from `build`.
        folder: where its state is; made here.
        start: where it stands first.
    """

    def __init__(self, library: Path, folder: Path, start: datetime) -> None:
        folder.mkdir()
        self._folder = folder
        self._wall = start - SystemClock().now()
        self._boot = timedelta(0)
        self.variables = {"LD_PRELOAD": str(library), "REMIND_TEST_CLOCK": str(folder)}
        os.mkfifo(folder / "was-set")
        self._write()

    def now(self) -> datetime:
        """Return what the clock shows, UTC."""
        return (SystemClock().now() + self._wall).astimezone(UTC)

    def set(self, when: datetime) -> None:
        """Put the clock at an instant, as somebody or NTP does; who asked the kernel for notice gets it."""
        self.step(when - self.now())

    def step(self, span: timedelta) -> None:
        """Put the clock forward or back."""
        self._wall += span
        self._write()
        self._tell()

    def sleep_until(self, when: datetime, process: "subprocess.Popen[bytes]") -> None:
        """Close the lid, and open it at an instant: the process stands still, CLOCK_MONOTONIC too, the wall goes on."""
        span = when - self.now()
        os.kill(process.pid, signal.SIGSTOP)
        self._wall += span
        self._boot += span
        self._write()
        self._tell()
        os.kill(process.pid, signal.SIGCONT)

    def _write(self) -> None:
        state = struct.pack("qq", *(1000 * (span // _MICROSECOND) for span in (self._wall, self._boot)))
        file = os.open(self._folder / "offset", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, state, 0)
        finally:
            os.close(file)

    def _tell(self) -> None:
        pipe = os.open(self._folder / "was-set", os.O_RDWR | os.O_NONBLOCK)  # it never waits for a reader
        try:
            os.write(pipe, b".")
        finally:
            os.close(pipe)
