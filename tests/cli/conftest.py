"""`remind(...)`: a test that reads like a session, with a clock that stands still.

Each is run twice: through main(argv, environment) as a cold start does it, and through the warm process's socket. What
comes out is the same, byte for byte.
"""

import io
import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest
from tests.conftest import FakeClock

from remindcli import client
from remindcli.cli import main
from remindcli.cli.environment import Environment
from remindcli.warm.answering import Answering
from remindcli.warm.serving import serve


@dataclass(frozen=True)
class Said:
    """What a command said: its exit status, and both streams."""

    status: int
    out: str
    err: str


class Remind:
    """Runs commands one after the other on one store.

    Attributes:
        address: where a warm process listens; None has each command done here.
        clock: stands at nine in the morning of Tuesday, 24 November 2026, in Berlin, until a test moves it.
        variables: the environment of the commands.
    """

    def __init__(self, folder: Path, address: Path | None = None) -> None:
        self.address = address
        self.clock = FakeClock(datetime(2026, 11, 24, 8, tzinfo=UTC), "Europe/Berlin")
        self.db = folder / "data" / "remind.db"
        self.variables = {"HOME": str(folder), "REMIND_DB": str(self.db), "TERM": "xterm"}

    def __call__(self, line: str, *arguments: str, terminal: bool = False, width: int = 100) -> Said:
        """Run a command: the words of the line as a shell splits them, and the arguments as they are."""
        words = [*shlex.split(line), *arguments]
        said = self.asked(words, terminal=terminal, width=width)
        if said is not None:
            return said
        out, err = io.StringIO(), io.StringIO()
        status = main(words, self.environment(out, err, terminal=terminal, width=width))
        return Said(status, out.getvalue(), err.getvalue())

    def asked(self, words: Sequence[str], *, terminal: bool, width: int) -> Said | None:
        """Return what the warm process says; None if there is none, or the command is not for it."""
        if self.address is None or not client.may_be_warm(words):
            return None
        variables = self.visible_variables(terminal=terminal)
        world = client.World(
            terminals=(terminal, terminal, terminal),
            width=width,
            encodings=("utf-8", "utf-8"),
            variables={os.fsencode(name): os.fsencode(value) for name, value in variables.items()},
            cwd=str(self.db.parent),
        )
        store = client.store_path(world.variables, world.cwd)
        late: list[tuple[int, bytes]] = []
        try:
            frame = client.request_frame(words, world, store, "")
        except ValueError:  # as client.answer has it: a word that no encoding has
            return None
        answer = client.ask(str(self.address), frame, lambda kind, payload: late.append((kind, payload)))
        if answer is None:
            return None
        assert answer.status is not None, "the warm process died"
        parts = [*late, *answer.parts]
        out, err = (b"".join(text for kind, text in parts if kind == one) for one in (client.OUT, client.ERR))
        return Said(answer.status, out.decode(), err.decode())

    def visible_variables(self, *, terminal: bool) -> Mapping[str, str]:
        """Return the variables of a command."""
        return {**self.variables, **({"NO_COLOR": "1"} if terminal else {})}

    def environment(self, out: io.StringIO, err: io.StringIO, *, terminal: bool, width: int) -> Environment:
        """Return the world that a command sees."""
        return Environment(
            stdin=io.StringIO(),
            stdout=out,
            stderr=err,
            has_terminal_in=terminal,
            has_terminal_out=terminal,
            has_terminal_err=terminal,
            width=width,
            variables=self.visible_variables(terminal=terminal),
            clock=self.clock,
            cwd=self.db.parent,
        )

    def out(self, line: str, *arguments: str) -> str:
        """Return what a command that must succeed prints to a pipe."""
        said = self(line, *arguments)
        assert said.status == 0, said.err
        return said.out

    def screen(self, line: str, *arguments: str, width: int = 100) -> str:
        """Return what a command that must succeed shows on a terminal, without what stands at line ends."""
        said = self(line, *arguments, terminal=True, width=width)
        assert said.status == 0, said.err
        return "\n".join(row.rstrip() for row in said.out.splitlines())


@contextmanager
def warm_process(remind: Remind) -> Iterator[Path]:
    """Serve a store as the warm process does, on a thread of this one; yield the address."""
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        address = Path(folder, "socket")
        answering = Answering(os.path.realpath(remind.db), remind.clock, adopt=lambda _world: None)
        reader, writer = os.pipe()
        has_begun = Event()

        def run() -> None:
            serve(address, answering, until=reader, on_begin=has_begun.set)

        thread = Thread(target=run)
        thread.start()
        try:
            assert has_begun.wait(10)
            yield address
        finally:
            os.close(writer)
            thread.join()
            answering.close()
            os.close(reader)


@pytest.fixture(params=["cold", "warm"])
def remind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remind]:
    """Return a way to run commands on a store of the test's own."""
    remind = Remind(tmp_path)
    if request.param == "cold":
        yield remind
        return
    with warm_process(remind) as remind.address:
        yield remind


def rows(text: str) -> list[list[str]]:
    """Return the cells of tab-separated lines."""
    return [line.split("\t") for line in text.splitlines()]
