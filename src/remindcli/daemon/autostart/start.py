"""What is started at login, and the one shape in which every platform's way to do so is described."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Self

from remindcli.errors import DaemonError

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Start:
    """The command that is the daemon.

    Attributes:
        program: absolute path, and its own first arguments.
        variables: set for it beside what a login gives.
    """

    program: Command
    arguments: Command = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, executable: str, platform: str, *, db: Path | None = None, settings: Path | None = None) -> Self:
        """Return how the installed program is started, wherever pip, pipx or uv put it.

        Args:
            executable: the running Python: the entry lies beside it in a virtual environment. It is not resolved,
                since the target of that link is a Python that does not know us.
            db: the store, unless it is the usual one.
            settings: the settings file, unless it is the usual one.

        Raises:
            DaemonError: a path has a character that no unit file can hold.
        """
        # Not `remind`: in /usr/bin that may be the classic program of this name.
        script = Path(executable).with_name("remindcli.exe" if platform == "win32" else "remindcli")
        # -P: a folder named remindcli in the home folder is not to be taken for the program.
        program = (os.fspath(script),) if script.is_file() else (executable, "-P", "-m", "remindcli")
        arguments = ("--db", os.fspath(db), "daemon") if db else ("daemon",)
        variables = {"REMIND_CONFIG": os.fspath(settings)} if settings else {}
        for text in (*program, *arguments, *variables.values()):
            if not text.isprintable():  # nor is a lone surrogate, which stands for a byte that is no UTF-8
                raise DaemonError("can't start the daemon at login", why=f"{text!a} can't be written in a start file")
        return cls(program, arguments, variables)


@dataclass(frozen=True, slots=True)
class LoginStart:
    """One platform's way to start the daemon at login.

    Attributes:
        name: what it is called in what people read.
        text: what the file holds.
        prepare: run when the file is written, while another daemon may still run.
        enable: run then; starts the daemon too if `starts_now`.
        disable: run before the file is removed.
        forget: run after that.
        start: starts the daemon under its supervision; empty if nothing supervises it.
        link: exists while the start is enabled; None where the file is enough.
        may_fail: commands that are only to make sure.
    """

    name: str
    file: PurePath
    text: str
    prepare: tuple[Command, ...] = ()
    enable: tuple[Command, ...] = ()
    disable: tuple[Command, ...] = ()
    forget: tuple[Command, ...] = ()
    start: Command = ()
    link: PurePath | None = None
    may_fail: frozenset[Command] = frozenset()

    @property
    def starts_now(self) -> bool:
        """Return whether enabling it starts the daemon."""
        return bool(self.enable)
