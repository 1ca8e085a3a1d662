"""What a command sees of the world: streams, terminal, variables, clock. Never global, so that it can be handed in."""

import io
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from remindcli.clock import Clock, SystemClock

if TYPE_CHECKING:  # SQLAlchemy is behind it
    from datetime import time

    from remindcli.store.store import Store


class OwnProcessNeeded(BaseException):
    """The command wants a keyboard or a terminal of its own, which the warm process does not have.

    No error: nothing that handles errors may hold it up.
    """


class Stores:
    """How a command comes to its store: opened when it is asked for, closed at the end."""

    def open(self, path: Path, clock: Clock, *, all_day_at: "time") -> "Store":
        """Return the store of a file.

        Raises:
            StoreError: the file can't be used.
        """
        from remindcli.store.store import Store  # noqa: PLC0415

        return Store(path, clock, all_day_at=all_day_at)

    def close(self, store: "Store") -> None:
        """Give the store back."""
        store.close()


@dataclass(frozen=True, slots=True)
class Environment:
    """The world of one command.

    Attributes:
        variables: the process environment.
        width: columns of the terminal.
        cwd: the working folder, for relative paths.
        stores: how the command comes to its store.
        request: names this run of a command: noted with what it changes; "" is not noted.
        is_repeat: another process may have done it before it died.
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
    stores: Stores = field(default_factory=Stores)
    request: str = ""
    is_repeat: bool = False

    @property
    def has_color(self) -> bool:
        """Return whether the output may be coloured (no-color.org; a dumb terminal has none)."""
        return self.has_terminal_out and not self.variables.get("NO_COLOR") and self.variables.get("TERM") != "dumb"


def of_process(*, request: str = "", is_repeat: bool = False) -> Environment:
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
        request=request,
        is_repeat=is_repeat,
    )
