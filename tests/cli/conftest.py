"""`remind(...)`: a test that reads like a session, through main(argv, environment), with a clock that stands still."""

import io
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import FakeClock

from remindcli.cli import main
from remindcli.cli.environment import Environment


@dataclass(frozen=True)
class Said:
    """What a command said: its exit status, and both streams."""

    status: int
    out: str
    err: str


class Remind:
    """Runs commands one after the other on one store.

    Attributes:
        clock: stands at nine in the morning of Tuesday, 24 November 2026, in Berlin, until a test moves it.
        variables: the environment of the commands.
    """

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(datetime(2026, 11, 24, 8, tzinfo=UTC), "Europe/Berlin")
        self.db = folder / "data" / "remind.db"
        self.variables = {"HOME": str(folder), "REMIND_DB": str(self.db), "TERM": "xterm"}

    def __call__(self, line: str, *arguments: str, terminal: bool = False, width: int = 100) -> Said:
        """Run a command: the words of the line as a shell splits them, and the arguments as they are."""
        words = [*shlex.split(line), *arguments]
        out, err = io.StringIO(), io.StringIO()
        status = main(words, self.environment(out, err, terminal=terminal, width=width))
        return Said(status, out.getvalue(), err.getvalue())

    def environment(self, out: io.StringIO, err: io.StringIO, *, terminal: bool, width: int) -> Environment:
        """Return the world that a command sees."""
        variables: Mapping[str, str] = {**self.variables, **({"NO_COLOR": "1"} if terminal else {})}
        return Environment(
            stdin=io.StringIO(),
            stdout=out,
            stderr=err,
            has_terminal_in=terminal,
            has_terminal_out=terminal,
            has_terminal_err=terminal,
            width=width,
            variables=variables,
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


@pytest.fixture
def remind(tmp_path: Path) -> Remind:
    """Return a way to run commands on a store of the test's own."""
    return Remind(tmp_path)


def rows(text: str) -> list[list[str]]:
    """Return the cells of tab-separated lines."""
    return [line.split("\t") for line in text.splitlines()]
