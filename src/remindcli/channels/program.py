"""Another program, run without a shell: text in, a bounded text out, and an end for it and all that it started."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO

MOST_KEPT = 4096
"""Bytes of the output that are kept; what a program writes beyond is read and thrown away."""

_LAST_WORDS_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Attributes:
        status: its exit status, or the negative of a signal's number; None: its time was over, and it was killed.
        output: the beginning of what it wrote, to stdout and to stderr.
    """

    status: int | None
    output: str


def run(
    words: Sequence[str], text: str, *, seconds: float, environment: Mapping[str, str], folder: str | None = None
) -> Ended:
    """Run a program and wait for it, but not for what it leaves behind.

    It is the first of a process group of its own. When the time is over the whole group is killed. What it started
    in the background and lives on after it has ended is left alone, also if it keeps the output open.

    Args:
        words: the program and its arguments; never a line for a shell.
        text: for its standard input, which it need not read.
        seconds: how long it may take.
        folder: where it runs; None: where this process does.

    Raises:
        OSError: it can't be started: not there, not executable, no memory.
    """
    # Not as a context manager: that closes the pipes, and would wait for a thread that reads from one.
    child = subprocess.Popen(
        list(words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(environment),
        cwd=folder,
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    kept = bytearray()
    writer = Thread(target=_write, args=(child.stdin, text.encode()), name="program-in", daemon=True)
    reader = Thread(target=_drain, args=(child.stdout, kept), name="program-out", daemon=True)
    writer.start()
    reader.start()
    status: int | None = None
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        end_group(child)
        child.wait()
    # The end of its output comes with its own end, unless something that it started holds it open: that one is
    # read from, by a thread that nobody waits for, as long as it lives, so that it does not die of a closed pipe.
    reader.join(_LAST_WORDS_SECONDS)
    return Ended(status, bytes(kept).decode("utf-8", "replace"))


def end_group(child: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> None:
    """Kill what is left of a program and of all that it started."""
    if sys.platform == "win32":
        child.kill()
        return
    # The kernel gives a group's number to nobody while one of the group lives; macOS forbids to kill zombies.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _write(pipe: IO[bytes], data: bytes) -> None:
    with suppress(OSError), pipe:  # it ended, or reads nothing
        pipe.write(data)


def _drain(pipe: IO[bytes], kept: bytearray) -> None:
    with suppress(OSError, ValueError), pipe:
        while piece := os.read(pipe.fileno(), 65_536):
            kept += piece[: MOST_KEPT - len(kept)]
