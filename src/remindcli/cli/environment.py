"""What a command sees of the world: streams, terminal, variables, clock. Never global, so that it can be handed in."""

import io
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from remindcli.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Environment:
    """The world of one command.

    Attributes:
        variables: the process environment.
        width: columns of the terminal.
        cwd: the working folder, for relative paths.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    has_terminal_in: bool
    has_terminal_out: bool
    has_terminal_err: bool
    width: int
    variables: Mapping[str, str]
    clock: Clock
    cwd: Path

    @property
    def has_color(self) -> bool:
        """Return whether the output may be coloured (no-color.org; a dumb terminal has none)."""
        return self.has_terminal_out and not self.variables.get("NO_COLOR") and self.variables.get("TERM") != "dumb"


def of_process() -> Environment:
    """Return the environment of this process; text that can't be encoded is replaced, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    return Environment(
        stdin=sys.stdin,
        stdout=sys.stdout,
        stderr=sys.stderr,
        has_terminal_in=sys.stdin is not None and sys.stdin.isatty(),
        has_terminal_out=sys.stdout.isatty(),
        has_terminal_err=sys.stderr.isatty(),
        width=shutil.get_terminal_size().columns,
        variables=os.environ,
        clock=SystemClock(),
        cwd=Path.cwd(),
    )
