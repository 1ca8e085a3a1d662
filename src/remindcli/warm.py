"""The warm process: everything is imported and the store is open; commands are answered one after the other.

The daemon starts it and starts it again when it dies (daemon/companion.py); it ends with the daemon. What it does is
what the `remind` entry would do by itself: the same `cli.main`, with the asker's words, folder, variables and terminal.
"""

import gc
import io
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import time as time_of_day
from pathlib import Path
from typing import TYPE_CHECKING

from remindcli import client
from remindcli.cli import commands, main
from remindcli.cli.environment import Environment, OwnProcessNeeded, Stores
from remindcli.clock import Clock, SystemClock
from remindcli.store.database import Stamp
from remindcli.store.faults import check_file
from remindcli.store.schema import NEWEST
from remindcli.store.store import Store

if TYPE_CHECKING:
    from typing import NoReturn

    from _typeshed import ReadableBuffer

_HEAR_SECONDS = 0.5
"""How long a whole request, and then the word to go, may take to come: others wait meanwhile."""
_SAY_SECONDS = 5.0
_BACKLOG = 16
_CREDENTIALS = struct.Struct("3i")
_PART = 1 << 14
"""Bytes that wait at the most to be said; what a command flushes is said at once."""


class OutdatedError(Exception):
    """The program on the disk is not the one that runs here."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it came.

    Attributes:
        stamp: what code the asker runs (client.stamp).
        store: the real path of its store.
        id: the same for each try at this command.
    """

    stamp: str
    store: str
    filesystem_encoding: str
    id: str
    argv: tuple[str, ...]
    world: client.World


def read_request(frame: bytes) -> Request:
    """Return what a frame says.

    Raises:
        ValueError: it is no request of this protocol.
    """
    fields = []
    at = 0
    while at < len(frame):
        size = int.from_bytes(frame[at : at + 4], "big")
        fields.append(frame[at + 4 : at + 4 + size])
        if len(fields[-1]) != size:
            raise ValueError("cut off")
        at += 4 + size
    protocol, stamp, store, encoding, request, terminals, width, out, err, cwd, count, *rest = fields
    if protocol != client.PROTOCOL or len(terminals) != 3 or int(count) > len(rest):
        raise ValueError("another protocol")
    words, variables = rest[: int(count)], rest[int(count) :]
    pairs = (variable.partition(b"=") for variable in variables)
    return Request(
        stamp=stamp.decode("utf-8", "surrogateescape"),
        store=os.fsdecode(store),
        filesystem_encoding=encoding.decode(),
        id=request.decode(),
        argv=tuple(os.fsdecode(word) for word in words),
        world=client.World(
            terminals=(bool(terminals[0]), bool(terminals[1]), bool(terminals[2])),
            width=int(width),
            encodings=(out.decode(), err.decode()),
            variables={name: value for name, _, value in pairs},
            cwd=os.fsdecode(cwd),
        ),
    )


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
            io.TextIOWrapper(_Part(kind, saying), encoding=encoding, errors="replace", newline="", write_through=True)
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


class NoInput(io.StringIO):
    """The keyboard of somebody else: who reads here needs a process of its own."""

    def _refuse(self) -> "NoReturn":
        raise OwnProcessNeeded

    def read(self, _size: int | None = -1, /) -> str:
        """Refuse."""
        self._refuse()

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # typeshed: bytes, from the base
        """Refuse."""
        self._refuse()

    def __next__(self) -> str:  # type: ignore[override]
        """Refuse."""
        self._refuse()

    def fileno(self) -> int:
        """Refuse."""
        self._refuse()


class Saying:
    """Puts what is written in one piece into one part: a part for each line would wake the asker for each."""

    def __init__(self, say: Callable[[int, bytes], None]) -> None:
        self._say = say
        self._kind = client.OUT
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, kind: int, payload: bytes) -> None:
        """Say this after what was said before."""
        if kind != self._kind:
            self.flush()
            self._kind = kind
        self._waiting.append(payload)
        self._size += len(payload)
        if self._size >= _PART:
            self.flush()

    def flush(self) -> None:
        """Say what waits."""
        if self._waiting:
            self._say(self._kind, b"".join(self._waiting))
            self._waiting.clear()
            self._size = 0


class _Part(io.BytesIO):
    """A stream whose bytes are parts of an answer."""

    def __init__(self, kind: int, saying: Saying) -> None:
        super().__init__()
        self._kind = kind
        self._saying = saying

    def write(self, data: "ReadableBuffer", /) -> int:
        payload = bytes(data)
        self._saying.write(self._kind, payload)
        return len(payload)

    def flush(self) -> None:
        self._saying.flush()

    def fileno(self) -> int:
        raise io.UnsupportedOperation("the asker's stream")


def serve(
    address: Path,
    answering: Answering,
    *,
    until: int,
    on_begin: Callable[[], object] = lambda: None,
    on_rest: Callable[[], object] = lambda: None,
) -> None:
    """Answer until `until` can be read (its other end is closed), or another version asks.

    Args:
        address: where to listen; what is there is a dead one's: the daemon that starts this holds the store's lock.
        until: a descriptor.
        on_begin: called when it listens.
        on_rest: called after each answer, when nobody waits for it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        address.unlink(missing_ok=True)
        listener.bind(os.fspath(address))
        listener.listen(_BACKLOG)
        try:
            on_begin()
            while True:
                ready, _, _ = select.select([listener.fileno(), until], [], [])
                if until in ready:
                    return
                line, _ = listener.accept()
                with line, suppress(OSError, ValueError):
                    _serve_one(line, answering)
                on_rest()
        except OutdatedError:
            return
        finally:
            address.unlink(missing_ok=True)


def _serve_one(line: socket.socket, answering: Answering) -> None:
    _pid, uid, _gid = _CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    if uid != os.getuid():
        return
    deadline = time.monotonic() + _HEAR_SECONDS
    size = int.from_bytes(_exactly(line, 4, deadline), "big")
    if size > client.LARGEST_REQUEST:
        return
    request = read_request(_exactly(line, size, deadline))
    if not answering.is_for_us(request):
        line.sendall(client.NO)
        return
    line.sendall(client.READY)
    if _exactly(line, 1, deadline) != client.GO:
        return
    line.settimeout(_SAY_SECONDS)
    is_heard = True

    def say(kind: int, payload: bytes) -> None:
        nonlocal is_heard
        try:
            if is_heard:
                line.sendall(bytes([kind]) + len(payload).to_bytes(4, "big") + payload)
        except OSError:
            # The asker is gone; what was begun is finished all the same.
            is_heard = False

    answering.do(request, say)


def _exactly(line: socket.socket, size: int, deadline: float) -> bytes:
    got = bytearray()
    while len(got) < size:
        line.settimeout(max(0.001, deadline - time.monotonic()))
        more = line.recv(min(size - len(got), 1 << 16))
        if not more:
            raise ConnectionResetError
        got += more
    return bytes(got)


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
