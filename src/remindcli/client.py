"""Asks the warm process, if there is one, to do a command (docs/start-up.md).

What stands here is paid by each command, so that little is imported: no module of ours but the package, and of the
standard library what the interpreter has loaded already, and the C part of sockets.
"""

import os
import sys

from remindcli import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _socket import socket
    from collections.abc import Callable, Sequence

WARM_VERBS = frozenset(
    {
        *(
            "a",
            "add",
            "cal",
            "d",
            "done",
            "edit",
            "failed",
            "forecast",
            "list",
            "lists",
            "log",
            "ls",
            "metrics",
            "move",
            "next",
        ),
        *("note", "pause", "redo", "resume", "rm", "s", "show", "skip", "snooze", "stats", "status", "tag", "tags"),
        *("ack", "undo", "undone", "when", "why", "__complete"),
    }
)
"""What the warm process answers. The others need the terminal, last long, or work on the daemon itself."""

PROTOCOL = b"1"
LARGEST_REQUEST = 1 << 20
"""Bytes; what is larger is done here."""

READY, GO, NO = b"R", b"G", b"N"
OUT, ERR, END, DECLINED = 1, 2, 3, 4
"""The kinds of an answer's parts; END carries the exit status, DECLINED says that nothing was changed."""

_PATIENCE = 0.05
"""Seconds until the warm process must have said that it will do it."""
_LONGEST_SILENCE = 30.0
"""Seconds without a word after which the warm process is stuck: far above the longest wait for the store."""
_AFTER_INTERRUPT = 2.0
_NO = ("0", "false", "no", "off")
_SIGKILL = 9


class World:
    """What a command sees of this process, as it travels to another.

    Attributes:
        terminals: whether stdin, stdout and stderr are terminals.
        width: columns.
        encodings: of stdout and stderr.
        variables: the process environment, as bytes.
    """

    __slots__ = ("cwd", "encodings", "terminals", "variables", "width")

    def __init__(
        self,
        *,
        terminals: "tuple[bool, bool, bool]",
        width: int,
        encodings: "tuple[str, str]",
        variables: "dict[bytes, bytes]",
        cwd: str,
    ) -> None:
        self.terminals = terminals
        self.width = width
        self.encodings = encodings
        self.variables = variables
        self.cwd = cwd


class Answer:
    """What the warm process said.

    Attributes:
        status: the exit status; None if it ended before it could say.
        parts: bytes for stdout (OUT) and stderr (ERR), in their order.
    """

    __slots__ = ("parts", "status")

    def __init__(self, status: "int | None", parts: "list[tuple[int, bytes]]") -> None:
        self.status = status
        self.parts = parts


def may_be_warm(argv: "Sequence[str]") -> bool:
    """Return whether the warm process may be asked: a verb of WARM_VERBS, on the store that the variables name."""
    verb = ""
    for word in argv:
        if word == "--":
            break
        if word.startswith("--db") or word in ("-", "--stdin"):
            return False
        if not verb and not word.startswith("-"):
            verb = word
    return not verb or verb in WARM_VERBS


def store_path(variables: "dict[bytes, bytes]", cwd: str) -> str:
    """Return the store that the variables name, as cli/session.py does; "" where that takes more than a look."""
    given = os.fsdecode(variables.get(b"REMIND_DB", b""))
    if given:
        return "" if given.startswith("~") else os.path.realpath(os.path.join(cwd, given))  # noqa: PTH118 (pathlib: 6 ms)
    base = os.fsdecode(variables.get(b"XDG_DATA_HOME", b""))
    home = os.fsdecode(variables.get(b"HOME", b""))
    if not base.startswith("/"):
        base = home and home + "/.local/share"
    return base and os.path.realpath(base + "/remindcli/remind.db")


def stamp() -> str:
    """Return what this code is: its version, its place, and when it was put there."""
    place = os.path.dirname(__file__)  # noqa: PTH120 (pathlib: 6 ms)
    found = os.stat(__file__)  # noqa: PTH116
    return f"{__version__}\0{place}\0{found.st_mtime_ns}\0{found.st_ino}\0{sys.version}"


def address_of(store: str, variables: "dict[bytes, bytes]") -> str:
    """Return the socket of the warm process that serves a store, in the folder of nudge.runtime_folder."""
    from binascii import crc32  # noqa: PLC0415

    base = os.fsdecode(variables.get(b"XDG_RUNTIME_DIR", b""))
    temporary = os.fsdecode(variables.get(b"TMPDIR", b"")) or "/tmp"  # noqa: S108 (as tempfile has it)
    folder = f"{base}/remindcli" if base else f"{temporary}/remindcli-{os.getuid()}"
    return f"{folder}/{crc32(os.fsencode(store)):08x}.warm"


def packed(fields: "Sequence[bytes]") -> bytes:
    """Return fields as one frame: each behind its length, the whole behind its own (four bytes, big-endian)."""
    body = b"".join([len(field).to_bytes(4, "big") + field for field in fields])
    return len(body).to_bytes(4, "big") + body


def request_frame(argv: "Sequence[str]", world: World, store: str, request: str) -> bytes:
    """Return a request as it travels."""
    fields = [
        PROTOCOL,
        stamp().encode("utf-8", "surrogateescape"),
        os.fsencode(store),
        sys.getfilesystemencoding().encode(),
        request.encode(),
        bytes(world.terminals),
        str(world.width).encode(),
        *(name.encode() for name in world.encodings),
        os.fsencode(world.cwd),
        str(len(argv)).encode(),
        *(os.fsencode(word) for word in argv),
        *(name + b"=" + value for name, value in world.variables.items()),
    ]
    return packed(fields)


def ask(address: str, frame: bytes, on_wait: "Callable[[int, bytes], object]") -> "Answer | None":
    """Ask the warm process; None if it can't or won't, and nothing was done.

    Args:
        on_wait: called with each part of the answer that comes later than a second.

    Raises:
        KeyboardInterrupt: before the command was begun, or when it did not end soon after.
    """
    import _socket  # noqa: PLC0415 (socket, which wraps it, imports selectors and enum: 7 ms)

    try:
        line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    except (AttributeError, OSError):
        return None
    try:
        line.settimeout(_PATIENCE)
        try:
            line.connect(address)
            peer = line.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12)  # struct ucred: pid, uid, gid
            pid, uid = (int.from_bytes(peer[at : at + 4], sys.byteorder) for at in (0, 4))
            if uid != os.getuid():
                return None
            line.sendall(frame)
            if line.recv(1) != READY:
                return None
        except (AttributeError, OSError):
            return None
        return _command(line, pid, on_wait)
    finally:
        line.close()


def _command(line: "socket", pid: int, on_wait: "Callable[[int, bytes], object]") -> "Answer | None":
    """Give the word to go, and return what came of it; from the word on it is done there or known not to be."""
    from time import monotonic  # noqa: PLC0415

    coming = _Parts(line.recv)
    parts: list[tuple[int, bytes]] = []
    deadline = monotonic() + 1.0
    is_interrupted = False
    line.settimeout(_LONGEST_SILENCE)
    try:
        line.sendall(GO)
        while True:
            try:
                kind, payload = coming.next()
            except KeyboardInterrupt:
                if is_interrupted:
                    raise
                # It is on its way, and tells in a moment what it came to.
                is_interrupted = True
                line.settimeout(_AFTER_INTERRUPT)
                continue
            if kind == END:
                return Answer(payload[0], parts)
            if kind == DECLINED:
                return None
            parts.append((kind, payload))
            if monotonic() > deadline:
                for part in parts:
                    on_wait(*part)
                parts.clear()
    except TimeoutError:
        if is_interrupted:
            raise KeyboardInterrupt from None
        os.kill(pid, _SIGKILL)  # so that it is known: what it had not done by now, it never does
    except OSError:
        pass  # it died; what it had done is asked of the store
    return Answer(None, parts)


def answer(argv: "Sequence[str]", request: str) -> "Answer | None":
    """Return what the warm process says to a command of this process; None if it is to be done here.

    Raises:
        KeyboardInterrupt: see `ask`.
    """
    if not hasattr(os, "getuid") or not may_be_warm(argv) or os.environ.get("REMIND_WARM", "").lower() in _NO:
        return None
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        return None
    variables = dict(os.environb)
    try:
        cwd = os.getcwd()  # noqa: PTH109 (pathlib: 6 ms)
        store = store_path(variables, cwd)
        address = address_of(store, variables)
        if not store or not os.path.exists(address):  # noqa: PTH110
            return None
        world = World(
            terminals=(sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty()),
            width=width_of_terminal(),
            encodings=(sys.stdout.encoding, sys.stderr.encoding),
            variables=variables,
            cwd=cwd,
        )
        frame = request_frame(argv, world, store, request)
    except (OSError, ValueError):  # a working folder that is gone, a word that no encoding has: said where it is done
        return None
    if len(frame) > LARGEST_REQUEST:
        return None
    return ask(address, frame, _write)


def width_of_terminal() -> int:
    """Return the columns of stdout's terminal, or COLUMNS; 80 where there is neither."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
        except (AttributeError, ValueError, OSError):
            columns = 0
    return columns if columns > 0 else 80


class _Parts:
    """The parts of an answer as they come; what an interrupt leaves half read is read on."""

    def __init__(self, receive: "Callable[[int], bytes]") -> None:
        self._receive = receive
        self._got = bytearray()

    def next(self) -> "tuple[int, bytes]":
        """Return the next part: a byte that says what it is, its length in four, and it."""
        head = self._first(5)
        size = int.from_bytes(head[1:], "big")
        whole = self._first(5 + size)
        del self._got[: 5 + size]
        return whole[0], whole[5:]

    def _first(self, size: int) -> bytes:
        while len(self._got) < size:
            more = self._receive(1 << 16)
            if not more:
                raise ConnectionResetError
            self._got += more
        return bytes(self._got[:size])


def say(given: Answer) -> int:
    """Write an answer that has a status; return the exit status."""
    try:
        for part in given.parts:
            _write(*part)
    except BrokenPipeError:
        return 0  # nobody reads any more (`remind list | head -1`)
    except OSError as error:
        sys.stderr.write(f"error: can't write the result\n  why: {error.strerror}\n")
        return 1
    return given.status or 0


def _write(kind: int, payload: bytes) -> None:
    stream = sys.stdout if kind == OUT else sys.stderr
    stream.buffer.write(payload)
    stream.buffer.flush()
