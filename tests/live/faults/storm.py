"""Four daemons that all try to serve one store, and kill -9 at random, again and again.

    python -m tests.live.faults.storm STORE FILE DELIVERIES KILLS SEED

It forks its daemons from a warm process, so that a life costs 20 ms and a thousand kills a minute. What it did goes to
stdout as JSON.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from ctypes import CDLL
from pathlib import Path
from threading import Event

from tests.live.faults.bell import ring, rung_in

from remindcli.clock import SystemClock
from remindcli.daemon.instance import holder_of
from remindcli.errors import DaemonRunsError
from remindcli.store.store import Store

DAEMONS = 4
_PR_SET_PDEATHSIG = 1
_PAUSE = Event()
_AGAIN_SECONDS = 0.02


def live(store: Path, told: Path) -> None:
    """Try to serve the store until that works, and then until a signal; never return."""
    CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    status = 1
    try:
        while status:
            try:
                ring(store, told)
                status = 0
            except DaemonRunsError:
                _PAUSE.wait(_AGAIN_SECONDS)
    except BaseException:  # noqa: BLE001 (a fork that goes on would be a second parent)
        traceback.print_exc()
    finally:
        os._exit(status)


def count_told(told: Path) -> int:
    """Return how many deliveries the daemons have told; what came twice is one."""
    return len({one.key for one in rung_in(told)})


def storm(store: Path, told: Path, deliveries: int, kills: int, chance: random.Random) -> dict[str, int]:
    """Kill `kills` times while `deliveries` are told, then let the daemons finish; return what was hit."""

    def begin() -> int:
        pid = os.fork()
        if pid == 0:
            live(store, told)
        return pid

    alive = {begin() for _ in range(DAEMONS)}
    hit_serving = 0
    for kill in range(kills):
        enough, ends_at = deliveries * kill // (kills + 1), time.monotonic() + 20
        while count_told(told) < enough and time.monotonic() < ends_at:
            _PAUSE.wait(0.001)
        _PAUSE.wait(chance.random() * 0.03)
        serving = holder_of(store)
        # nine of ten hit the one that serves; the others one that waits for its turn
        victim = serving if serving in alive and chance.random() < 0.9 else chance.choice(sorted(alive))
        hit_serving += victim == serving
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        alive = {*alive - {victim}, begin()}
    opened, ends_at = Store(store, SystemClock()), time.monotonic() + 60
    while opened.queue.counts().get("delivered") != deliveries and time.monotonic() < ends_at:
        _PAUSE.wait(0.05)
    opened.close()
    serving = holder_of(store)
    for pid in sorted(alive, key=lambda pid: pid == serving):
        # those that wait end first, the one that serves last: it records what is on its way
        os.kill(pid, signal.SIGTERM if pid == serving else signal.SIGKILL)
        os.waitpid(pid, 0)
    return {"kills": kills, "of them the one that served": hit_serving}


def main() -> None:
    """Do as the command line says."""
    store, told, deliveries, kills, seed = sys.argv[1:]
    done = storm(Path(store), Path(told), int(deliveries), int(kills), random.Random(int(seed)))
    print(json.dumps(done))


if __name__ == "__main__":
    main()
