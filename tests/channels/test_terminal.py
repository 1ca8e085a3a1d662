"""The terminal channel on real ptys."""

import io
import logging
import os
import select
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Self, TextIO

import pytest
from tests.channels.contract import ChannelContract, End, refusal_of

from remindcli.channels import Channel, Message, Refusal
from remindcli.channels.terminal import TerminalChannel, text_of

IUTF8 = 0o40000


class Terminal:
    """A pty whose master we read, as a terminal's window does."""

    def __init__(self, *, is_utf8: bool = True) -> None:
        self.master, self.slave = os.openpty()
        self.path = Path(os.ttyname(self.slave))
        mode = termios.tcgetattr(self.slave)
        mode[0] = mode[0] | IUTF8 if is_utf8 else mode[0] & ~IUTF8
        mode[1] &= ~termios.OPOST
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)
        self.received = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.slave)
        os.close(self.master)

    def read(self) -> bytes:
        """Return all that has arrived so far."""
        while select.select([self.master], [], [], 0)[0]:
            self.received += os.read(self.master, 65536)
        return self.received

    def titles(self) -> list[str]:
        """Return the titles of the lines, without sign and body."""
        lines = self.read().decode().replace("\r", "").replace("\a", "").split("\n")
        return [line.removeprefix("⏰ ").partition("  (due")[0] for line in lines if line]

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Take no output for a while, as after Ctrl-S."""
        termios.tcflow(self.slave, termios.TCOOFF)
        try:
            yield
        finally:
            termios.tcflow(self.slave, termios.TCOON)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal() as terminal:
        yield terminal


def channel_to(*terminals: Terminal, streams: tuple[TextIO, ...] = ()) -> TerminalChannel:
    return TerminalChannel(
        list_terminals=lambda: [each.path for each in terminals], list_servers=lambda: (), streams=streams
    )


class TestContract(ChannelContract):
    hang_is = Refusal.ABSENT

    @pytest.fixture
    def works(self, terminal: Terminal) -> End:
        return End(channel_to(terminal), terminal.titles)

    @pytest.fixture
    def absent(self) -> Channel:
        return channel_to()

    @pytest.fixture
    def refuses(self, tmp_path: Path) -> tuple[Channel, Refusal]:
        not_a_terminal = tmp_path / "file"
        not_a_terminal.touch()
        gone = tmp_path / "gone"
        devices = [not_a_terminal, gone, tmp_path, Path("/dev/null")]
        channel = TerminalChannel(list_terminals=lambda: devices, list_servers=lambda: [not_a_terminal, gone])
        return channel, Refusal.ABSENT

    @pytest.fixture
    def hang(self, terminal: Terminal) -> Callable[[], AbstractContextManager[None]]:
        return terminal.stopped


def test_the_line_and_the_bell(terminal: Terminal) -> None:
    receipt = channel_to(terminal).send(Message("key", "pay rent", "due 09:00, 2 min ago"))
    assert terminal.read().decode() == "\r\n\a⏰ pay rent  (due 09:00, 2 min ago)\r\n"
    assert receipt.target == str(terminal.path)


def test_a_terminal_of_single_bytes_gets_no_utf8() -> None:
    with Terminal(is_utf8=False) as terminal:
        channel_to(terminal).send(Message("key", "grüße Û", ""))
        assert terminal.read() == b"\r\n\a* gr??e ?\r\n"


def test_every_terminal_is_told_and_a_stopped_one_holds_up_none(terminal: Terminal) -> None:
    with Terminal() as stopped, Terminal() as third, stopped.stopped():
        receipt = channel_to(terminal, stopped, third).send(Message("key", "milk"))
        assert receipt.target == f"{terminal.path}, {third.path}"
        assert terminal.titles() == third.titles() == ["milk"]
        assert stopped.read() == b""


def filled(fd: int) -> int:
    """Return how many bytes went in before it was full."""
    count = 0
    with suppress(BlockingIOError):
        while True:
            count += os.write(fd, b"x" * 64)
    return count


def test_a_terminal_that_nobody_reads_counts_as_reached_only_until_it_is_full(terminal: Terminal) -> None:
    os.set_blocking(terminal.slave, False)
    # The kernel moves what was written to a second buffer a little later, and then has room again.
    while filled(terminal.slave):
        select.select([], [], [], 0.1)
    assert refusal_of(channel_to(terminal)) == (Refusal.ABSENT, False)


def test_a_stream_counts_as_a_terminal() -> None:
    stream = io.StringIO()
    receipt = channel_to(streams=(stream,)).send(Message("key", "milk \x1b[31m", "due now"))
    assert stream.getvalue() == "⏰ milk ␛[31m  (due now)\n"
    assert receipt.target


def test_a_stream_that_cannot_say_it_gets_what_it_can(tmp_path: Path) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        channel_to(streams=(stream,)).send(Message("key", "grüße"))
    assert (tmp_path / "out").read_bytes() == b"* gr??e\n"


def test_a_closed_stream_is_not_reached() -> None:
    stream = io.StringIO()
    stream.close()
    assert refusal_of(channel_to(streams=(stream,))) == (Refusal.ABSENT, False)


def test_a_broken_pipe_is_not_reached() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    assert refusal_of(channel_to(streams=(stream,)))[0] is Refusal.ABSENT
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_the_own_terminal_is_told_once(terminal: Terminal) -> None:
    with os.fdopen(os.dup(terminal.slave), "w", encoding="utf-8") as stream:
        channel_to(terminal, streams=(stream,)).send(Message("key", "milk"))
        assert terminal.titles() == ["milk"]
        assert terminal.read().count(b"\a") == 1


def test_the_own_terminal_stopped_does_not_hold_up_the_daemon(terminal: Terminal) -> None:
    with os.fdopen(os.dup(terminal.slave), "w", encoding="utf-8") as stream, terminal.stopped():
        assert refusal_of(channel_to(terminal, streams=(stream,)))[0] is Refusal.ABSENT


def test_the_log_tells_what_rang_and_what_did_not(terminal: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "remindcli.channels.terminal")
    channel_to(terminal).send(Message("key", "milk\nforged line", "due now"))
    refusal_of(channel_to(), Message("key", "eggs"))
    assert caplog.messages == [
        f"rang on {terminal.path}: milk⏎forged line  (due now)",
        "no terminal to ring on: eggs",
    ]


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("milk", "", "milk"),
        ("milk", "due 09:00\n3 missed", "milk  (due 09:00 · 3 missed)"),
        ("", "due 09:00", "(no title)  (due 09:00)"),
        ("milk", "\x1b[2J\n", "milk  (␛[2J)"),
    ],
)
def test_text_of(title: str, body: str, text: str) -> None:
    assert text_of(Message("key", title, body)) == text
