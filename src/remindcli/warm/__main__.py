"""The process itself: warmed up, and ended with the daemon that started it."""

import gc
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from remindcli import client
from remindcli.cli import commands
from remindcli.clock import SystemClock
from remindcli.warm.answering import Answering
from remindcli.warm.request import Request
from remindcli.warm.serving import serve


class Adopt:
    """Makes another process's variables and folder those of this one; they seldom differ from the last ones."""

    def __init__(self) -> None:
        self._variables: Mapping[bytes, bytes] = dict(os.environb)

    def __call__(self, world: client.World) -> None:
        """Adopt what a command came with.

        Raises:
            OSError: its folder is gone.
        """
        os.chdir(world.cwd)
        if world.variables != self._variables:
            os.environb.clear()
            os.environb.update(world.variables)
            self._variables = world.variables
            time.tzset()


_WARMING: tuple[tuple[str, ...], ...] = (
    (),
    ("list",),
    ("list", "--json"),
    ("add", "-n", "warm up every month on the 31st 9am until december"),
    ("when", "tomorrow 5pm"),
    ("__complete", "bash", "2", "remind", "done", ""),
    ("--help",),
)


def warm_up(answering: Answering, store: str) -> None:
    """Do what will be asked for, unheard: all is imported then, and what is kept is built."""
    commands.load_all()
    for has_terminal in (True, False):
        for argv in _WARMING:
            world = client.World(
                terminals=(False, has_terminal, has_terminal),
                width=80,
                encodings=("utf-8", "utf-8"),
                variables=dict(os.environb),
                cwd=str(Path.cwd()),
            )
            request = Request(client.stamp(), store, sys.getfilesystemencoding(), "", argv, world)
            answering.do(request, lambda _kind, _payload: None)


def run(argv: Sequence[str] | None = None) -> int:
    """Serve the store that the words name until standard input ends."""
    (store,) = sys.argv[1:] if argv is None else argv
    address = client.address_of(store, dict(os.environb))
    answering = Answering(store, SystemClock(), adopt=Adopt())
    warm_up(answering, store)
    # What there is now stays; what a command leaves behind is cleared away when nobody waits.
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        serve(Path(address), answering, until=0, on_rest=lambda: gc.collect(1))
    finally:
        answering.close()
    return 0


if __name__ == "__main__":
    sys.exit(run())
