"""A line and a bell on the terminals where the user is logged in, and a message in tmux."""

import logging
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, TextIO

from remindcli.channels import ChannelError, Message, Receipt, Refusal, tmux
from remindcli.core.safe import safe

TITLE_LIMIT = 200
BODY_LIMIT = 300
STREAM_SECONDS = 0.5
SIGN = "⏰"
PLAIN_SIGN = "*"

_IUTF8 = 0o40000  # asm-generic/termbits.h; the termios module does not name it
_log = logging.getLogger(__name__)


def list_terminals() -> Sequence[Path]:
    """Return the terminals of this user that some process of theirs is logged in on."""
    if sys.platform == "win32":
        return ()
    devices = [*Path("/dev/pts").glob("[0-9]*"), *Path("/dev").glob("tty[0-9s]*")]
    in_use = _controlling_terminals()
    found = []
    for device in sorted(devices):
        with suppress(OSError):
            status = device.stat()
            if status.st_uid == os.getuid() and (in_use is None or status.st_rdev in in_use):
                found.append(device)
    return found


def _controlling_terminals() -> set[int] | None:
    """Return the device numbers of what processes have as their terminal, None where /proc does not tell."""
    numbers: set[int] = set()
    stats = list(Path("/proc").glob("[0-9]*/stat"))
    for stat in stats:
        with suppress(OSError, ValueError, IndexError):
            # The name of the program stands in parentheses and may hold anything: count from its end.
            number = int(stat.read_bytes().rpartition(b")")[2].split()[4])
            major, minor = (number >> 8) & 0xFFF, (number & 0xFF) | ((number >> 12) & 0xFFF00)
            numbers.add(os.makedev(major, minor))
    return numbers if stats else None


class TerminalChannel:
    """Tells the user in a line on each of their terminals.

    Args:
        list_terminals: returns the device files to write to.
        list_servers: returns the sockets of the tmux servers to tell.
        streams: open texts that count as a terminal: the foreground daemon's own output.
    """

    name: ClassVar[str] = "terminal"
    timeout_seconds: ClassVar[float] = 5.0

    def __init__(
        self,
        *,
        list_terminals: Callable[[], Sequence[Path]] = list_terminals,
        list_servers: Callable[[], Sequence[Path]] = tmux.list_servers,
        streams: Sequence[TextIO] = (),
    ) -> None:
        self._list_terminals = list_terminals
        self._list_servers = list_servers
        self._streams = tuple(streams)

    def send(self, message: Message) -> Receipt:
        """Write the line wherever it is taken at once.

        Raises:
            ChannelError: absent: no terminal took it.
        """
        line = text_of(message)
        reached: list[str] = []
        written: set[int] = set()
        with _not_stopped_for_writing():
            for stream in self._streams:
                if _write_stream(stream, line):
                    reached.append(str(getattr(stream, "name", "stream")))
                    written |= _device_numbers(stream)
            devices = self._list_terminals()
            told = tmux.tell(line, self._list_servers())
            reached += [f"tmux on {client}" for client in told.clients]
            for client in told.ring:
                _write_device(client, b"\a", set())
            for device in devices:
                if device not in told.keep_off and _write_device(device, line, written):
                    reached.append(str(device))
        where = ", ".join(reached)
        if not reached:
            _log.info("no terminal to ring on: %s", line)
            raise ChannelError(
                "no terminal is there to ring on",
                refusal=Refusal.ABSENT,
                why="you are not logged in on one that takes text now",
            )
        _log.info("rang on %s: %s", where, line)
        return Receipt(self.name, where)


def text_of(message: Message) -> str:
    """Return the message in one line that does nothing to a terminal."""
    title = safe(message.title, TITLE_LIMIT).strip() or "(no title)"
    body = safe(message.body.strip(), BODY_LIMIT, newline=" · ")
    return f"{title}  ({body})" if body else title


@contextmanager
def _not_stopped_for_writing() -> Iterator[None]:
    """Let this thread write to its own terminal from the background, though `stty tostop` forbids it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _device_numbers(stream: TextIO) -> set[int]:
    """Return the number of the terminal behind the stream, if there is one."""
    with suppress(OSError, ValueError):
        if stream.isatty():
            return {os.fstat(stream.fileno()).st_rdev}
    return set()


def _write_stream(stream: TextIO, line: str) -> bool:
    """Return whether the stream took the line, almost at once."""
    try:
        is_terminal = stream.isatty()
        with suppress(OSError):  # io.UnsupportedOperation: a stream in memory
            # A terminal with 256 unread letters says that it is full; one that is read has soon room again.
            if not select.select([], [stream.fileno()], [], STREAM_SECONDS)[1]:
                return False
        encoding = stream.encoding or "utf-8"
        text = f"{SIGN} {line}"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = f"{PLAIN_SIGN} {line}".encode(encoding, "replace").decode(encoding)
        stream.write(f"\r\a{text}\n" if is_terminal else f"{text}\n")
        stream.flush()
    except (OSError, ValueError):  # gone, or closed
        return False
    return True


def _write_device(device: Path, line: str | bytes, already: set[int]) -> bool:
    """Return whether the terminal took the line, or these bytes as they are, at once."""
    try:
        # A stopped terminal must not hold up the next one; a device that hangs up must not become ours.
        fd = os.open(device, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if not os.isatty(fd) or os.fstat(fd).st_rdev in already:
            return False
        data = line if isinstance(line, bytes) else _encoded(fd, line)
        return os.write(fd, data) == len(data)
    except OSError:
        return False
    finally:
        os.close(fd)


def _encoded(fd: int, line: str) -> bytes:
    """Return the bytes for the terminal: UTF-8 only where it is set to it.

    On a terminal of single bytes, half of a UTF-8 letter can be a control character.
    """
    import termios  # noqa: PLC0415  not on Windows

    if termios.tcgetattr(fd)[0] & _IUTF8:
        return f"\r\n\a{SIGN} {line}\r\n".encode()
    return f"\r\n\a{PLAIN_SIGN} {line}\r\n".encode("ascii", "replace")
