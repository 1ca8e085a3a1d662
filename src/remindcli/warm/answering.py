"""Does commands as the `remind` entry would, with a store that stays open."""

import io
import os
import sys
from collections.abc import Callable
from datetime import time as time_of_day
from pathlib import Path

from remindcli import client
from remindcli.cli import main
from remindcli.cli.environment import Environment, OwnProcessNeeded, Stores
from remindcli.clock import Clock
from remindcli.store.database import Stamp
from remindcli.store.faults import check_file
from remindcli.store.schema import NEWEST
from remindcli.store.store import Store
from remindcli.warm.parts import NoInput, Part, Saying
from remindcli.warm.request import Request


class OutdatedError(Exception):
    """The program on the disk is not the one that runs here."""


class KeptStores(Stores):
    """Keeps a store open from one command to the next, with its pages and statements, while the file is the same one.

    What another program writes is seen: SQLite looks before each transaction. What SQLite can't know of is not
    written by it: a file that is copied over ours. So it is opened anew where its stamp is not as we left it.
    """

    def __init__(self) -> None:
        self._kept: tuple[tuple[Path, time_of_day], Store] | None = None
        self._left: Stamp | None = None

    def open(self, path: Path, clock: Clock, *, all_day_at: time_of_day) -> Store:
        """Return the store of a file."""
        key = (path, all_day_at)
        if self._kept is not None:
            kept_key, store = self._kept
            if store.stamp() != self._left:
                store.close()
            if kept_key == key and path.exists() and check_file(path) == NEWEST:
                return store
            self.give_up()
        store = super().open(path, clock, all_day_at=all_day_at)
        self._kept = key, store
        return store

    def close(self, store: Store) -> None:
        """Keep the store, and note as what it is left."""
        self._left = store.stamp()

    def give_up(self) -> None:
        """Close what is kept."""
        if self._kept is not None:
            self._kept[1].close()
            self._kept = None


class Answering:
    """Does commands as the `remind` entry would, and gives back what they say.

    Args:
        store: the real path of the store that is served.
        clock: what the commands take for the time.
        adopt: makes the variables and the folder of a command those of this process.
    """

    def __init__(self, store: str, clock: Clock, *, adopt: Callable[[client.World], None]) -> None:
        self._store = store
        self._clock = clock
        self._adopt = adopt
        self._stores = KeptStores()
        self._stamp = client.stamp()

    def close(self) -> None:
        """Close the store."""
        self._stores.give_up()

    def is_for_us(self, request: Request) -> bool:
        """Return whether the command would come to the same here.

        Raises:
            OutdatedError: the asker runs other code than this.
        """
        if request.stamp != self._stamp:
            raise OutdatedError
        return (
            request.store == self._store
            and request.filesystem_encoding == sys.getfilesystemencoding()
            and client.may_be_warm(request.argv)
        )

    def do(self, request: Request, say: Callable[[int, bytes], None]) -> None:
        """Do a command; `say` gets the parts of the answer, the last of which is its end."""
        world = request.world
        saying = Saying(say)
        streams = [
            io.TextIOWrapper(Part(kind, saying), encoding=encoding, errors="replace", newline="", write_through=True)
            for kind, encoding in zip((client.OUT, client.ERR), world.encodings, strict=True)
        ]
        try:
            self._adopt(world)
        except OSError:  # its folder is gone
            say(client.DECLINED, b"")
            return
        try:
            environment = Environment(
                stdin=NoInput(),
                stdout=streams[0],
                stderr=streams[1],
                has_terminal_in=world.terminals[0],
                has_terminal_out=world.terminals[1],
                has_terminal_err=world.terminals[2],
                width=world.width,
                variables={os.fsdecode(name): os.fsdecode(value) for name, value in world.variables.items()},
                clock=self._clock,
                cwd=Path(world.cwd),
                stores=self._stores,
                request=request.id,
            )
            status = main(request.argv, environment)
        except OwnProcessNeeded:  # raised before anything is changed: a command asks first
            say(client.DECLINED, b"")
        else:
            saying.flush()
            say(client.END, bytes([status]))
