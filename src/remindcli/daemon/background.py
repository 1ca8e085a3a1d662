"""Start and stop the daemon as a process of its own."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from time import monotonic

from remindcli.daemon.instance import is_running, lock_of
from remindcli.errors import DaemonError

_START_SECONDS = 15.0
_STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.02


def start(store: Path, variables: Mapping[str, str]) -> int:
    """Start a daemon for the store, wait until it serves, and return its process id.

    Raises:
        DaemonError: one runs already, or it ended at once; its last words say why.
    """
    if is_running(store):
        raise DaemonError("a daemon runs for this store already", hint="remind daemon status tells about it")
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "remindcli", "--db", os.fspath(store), "daemon", "--background"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
            env=dict(variables),
            cwd=store.parent,
            start_new_session=True,
        )
        deadline = monotonic() + _START_SECONDS
        while not is_running(store):
            if process.poll() is not None or monotonic() > deadline:
                words.seek(0)
                said = words.read().decode("utf-8", "replace").strip().splitlines()
                if process.poll() is None:
                    process.kill()
                    process.wait()
                raise _not_started(said, process.returncode)
            Event().wait(_LOOK_SECONDS)
    process.returncode = 0  # it is meant to outlive us: no warning that it still runs
    return process.pid


def _not_started(said: Sequence[str], status: int) -> DaemonError:
    """Return why a daemon did not start: the error that it printed, or its last words."""
    parts = {}
    for line in said:
        head, _, rest = line.strip().partition(": ")
        parts[head] = rest
    what = "the daemon did not start"
    if error := parts.get("error"):
        why = f"{error} ({parts['why']})" if "why" in parts else error
        return DaemonError(what, why=why, hint=parts.get("hint", ""))
    return DaemonError(what, why=said[-1].strip() if said else f"exit status {status}", hint="remind daemon logs")


def stop(store: Path, pid: int | None) -> None:
    """Ask the daemon of a store to end, and wait until it has.

    Raises:
        DaemonError: it can't be asked, or does not end.
    """
    if pid is None:
        raise DaemonError("the daemon has not said which process it is", hint="try again in a moment")
    try:
        os.kill(pid, signal.SIGTERM)
    except OSError as error:
        raise DaemonError(f"can't end process {pid}", why=str(error)) from error
    lock = lock_of(store)
    with lock:
        if not lock.acquire(_STOP_SECONDS):
            raise DaemonError(
                f"the daemon (process {pid}) does not end",
                why=f"it was asked {_STOP_SECONDS:g} s ago",
                hint="remind daemon logs may tell why",
            )
