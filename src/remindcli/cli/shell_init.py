"""`remind shell-init`: prints the hook by which a shell tells, at its prompt, what rang meanwhile."""

import shlex
import shutil
import sys
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from remindcli.cli.app import Command, app, session_of
from remindcli.cli.output import shown
from remindcli.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


@app.command("shell-init", cls=Command)
def shell_init(
    ctx: typer.Context,
    shell: Annotated[str | None, typer.Argument(metavar="[bash|zsh|fish]", show_default=False)] = None,
) -> None:
    """remind shell-init bash

    Print a hook that tells at the prompt what rang meanwhile, once. For ~/.bashrc: eval "$(remind shell-init bash)".
    """
    session = session_of(ctx)
    environment = session.environment
    chosen = shell if shell is not None else Path(environment.variables.get("SHELL", "")).name
    if chosen not in SHELLS:
        raise UsageError(
            f'there is no hook for "{shown(chosen, 40)}"' if chosen else "the shell is missing",
            hint="remind shell-init " + "|".join(SHELLS),
        )
    environment.stdout.write(script(chosen, session.store_path, program(environment.variables.get("PATH"))))


def script(shell: str, store: Path, program: str) -> str:
    """Return the hook of a shell.

    Args:
        program: the whole path of `remind`.
    """
    from remindcli.rang import seen_file  # noqa: PLC0415

    quote = _fish_quoted if shell == "fish" else shlex.quote
    text = resources.files("remindcli.cli").joinpath("hooks", f"init.{shell}").read_text(encoding="utf-8")
    words = {"@STORE@": str(store), "@SEEN@": seen_file(str(store)), "@REMIND@": program}
    for mark, word in words.items():
        text = text.replace(mark, quote(word))
    return text


def program(path: str | None) -> str:
    """Return the whole path of the `remind` that runs, else of the one that the shell would find."""
    own = Path(sys.argv[0])
    if own.name in ("remind", "remindcli") and own.is_file():
        return str(own.resolve())
    return shutil.which("remind", path=path) or "remind"


def _fish_quoted(word: str) -> str:
    """Return a word as fish takes it literally: in single quotes a backslash and a quote are escaped."""
    return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'"
