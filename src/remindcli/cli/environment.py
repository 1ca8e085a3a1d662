"""What a command sees of the world: streams, terminal, variables, clock. Never global, so that it can be handed in."""

import io
import os
import sys

from remindcli.client import width_of_terminal
from remindcli.clock import SystemClock

TYPE_CHECKING = False
if TYPE_CHECKING:  # SQLAlchemy is behind the store; typing and the abstract classes take their time too
    from collections.abc import Mapping
    from datetime import time
    from pathlib import Path
    from typing import TextIO

    from remindcli.clock import Clock
    from remindcli.store.store import Store


class OwnProcessNeeded(BaseException):
    """The command wants a keyboard or a terminal of its own, which the warm process does not have.

    No error: nothing that handles errors may hold it up.
    """


class Stores:
    """How a command comes to its store: opened when it is asked for, closed at the end."""

    def open(self, path: "Path", clock: "Clock", *, all_day_at: "time") -> "Store":
        """Return the store of a file.

        Raises:
            StoreError: the file can't be used.
        """
        from remindcli.store.store import Store  # noqa: PLC0415

        return Store(path, clock, all_day_at=all_day_at)

    def close(self, store: "Store") -> None:
        """Give the store back."""
        store.close()


class Environment:
    """The world of one command.

    Attributes:
        variables: the process environment.
        width: columns of the terminal.
        folder: the working folder, for relative paths.
        stores: how the command comes to its store.
        request: names this run of a command: noted with what it changes; "" is not noted.
        is_repeat: another process may have done it before it died.
    """

    # a plain class: dataclasses take longer to import than a key press may take
    def __init__(
        self,
        stdin: "TextIO",
        stdout: "TextIO",
        stderr: "TextIO",
        has_terminal_in: bool,  # noqa: FBT001 (in the order of the streams)
        has_terminal_out: bool,  # noqa: FBT001
        has_terminal_err: bool,  # noqa: FBT001
        width: int,
        variables: "Mapping[str, str]",
        clock: "Clock",
        cwd: "str | os.PathLike[str]",
        stores: Stores | None = None,
        request: str = "",
        *,
        is_repeat: bool = False,
    ) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self.has_terminal_in = has_terminal_in
        self.has_terminal_out = has_terminal_out
        self.has_terminal_err = has_terminal_err
        self.width = width
        self.variables = variables
        self.clock = clock
        self.folder = os.fspath(cwd)
        self.stores = stores if stores is not None else Stores()
        self.request = request
        self.is_repeat = is_repeat

    @property
    def cwd(self) -> "Path":
        """Return the working folder, to put paths together."""
        from pathlib import Path  # noqa: PLC0415 (6 ms, which a key press does not have)

        return Path(self.folder)

    @property
    def has_color(self) -> bool:
        """Return whether the output may be coloured (no-color.org; a dumb terminal has none)."""
        return self.has_terminal_out and not self.variables.get("NO_COLOR") and self.variables.get("TERM") != "dumb"

    def claim_keyboard(self) -> None:
        """Make sure that the keyboard is this process's own, before anything is said or changed.

        Raises:
            OwnProcessNeeded: it is not.
        """
        self.stdin.read(0)


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
        width=width_of_terminal(),
        variables=os.environ,
        clock=SystemClock(),
        cwd=os.getcwd(),  # noqa: PTH109 (pathlib: 6 ms)
        request=request,
        is_repeat=is_repeat,
    )
