"""`remind completion`: prints a shell's completion script, or puts it where the shell looks for it."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli.app import Command, app, session_of
from remindcli.cli.completion_words import SHELLS
from remindcli.cli.output import shown
from remindcli.errors import RemindError, UsageError

if TYPE_CHECKING:
    from remindcli.cli.environment import Environment

FILES: Mapping[str, str] = {
    "bash": "remind.bash",
    "zsh": "_remind",
    "fish": "remind.fish",
    "powershell": "remind.ps1",
}
"""The file of each shell, in cli/shells/ and, the same, in completions/."""

_MARK = "`remind completion "
_BASH_COMPLETION = (
    "/usr/share/bash-completion/bash_completion",
    "/usr/local/share/bash-completion/bash_completion",
    "/opt/homebrew/share/bash-completion/bash_completion",
)


@app.command(cls=Command)
def completion(
    ctx: typer.Context,
    shell: Annotated[str | None, typer.Argument(metavar="[bash|zsh|fish|powershell]", show_default=False)] = None,
    *,
    is_install: Annotated[bool, typer.Option("--install", help="Put it where the shell looks for it.")] = False,
) -> None:
    """remind completion --install

    Complete verbs, options, ids, tags and times on TAB. Prints the script; without a shell, the one you log in with.
    """
    session = session_of(ctx)
    environment = session.environment
    chosen = shell if shell is not None else Path(environment.variables.get("SHELL", "")).name
    if chosen not in FILES:
        raise UsageError(
            f'there is no completion for "{shown(chosen, 40)}"' if chosen else "the shell is missing",
            hint="remind completion " + "|".join(SHELLS),
        )
    text = script(chosen)
    if not is_install:
        environment.stdout.write(text)
        return
    for path in places(chosen, environment):
        has_changed = _write(path, text)
        if session.out.is_json:
            session.out.json({"shell": chosen, "path": str(path), "is_changed": has_changed})
        else:
            session.out.line(f"{'written' if has_changed else 'already there'}: {shown(str(path))}")
    for line in _next_steps(chosen, environment):
        session.out.note(line)


def script(shell: str) -> str:
    """Return the completion script of a shell."""
    return resources.files("remindcli.cli").joinpath("shells", FILES[shell]).read_text(encoding="utf-8")


def places(shell: str, environment: "Environment") -> list[Path]:
    """Return where the shell looks for the script: one file for each name of the program where it goes by names."""
    variables = environment.variables
    match shell:
        case "bash":
            given = variables.get("BASH_COMPLETION_USER_DIR", "")
            base = Path(given) if given else _base("XDG_DATA_HOME", ".local/share", variables) / "bash-completion"
            return [base / "completions" / name for name in ("remind", "remindcli")]
        case "zsh":
            return [_base("XDG_DATA_HOME", ".local/share", variables) / "zsh" / "site-functions" / "_remind"]
        case "fish":
            folder = _base("XDG_CONFIG_HOME", ".config", variables) / "fish" / "completions"
            return [folder / f"{name}.fish" for name in ("remind", "remindcli")]
        case _:
            from remindcli.cli.places import data_folder  # noqa: PLC0415

            return [data_folder(variables) / "completion.ps1"]


def _base(variable: str, under_home: str, variables: Mapping[str, str]) -> Path:
    given = Path(variables.get(variable, ""))
    if given.is_absolute():
        return given
    home = variables.get("HOME") or variables.get("USERPROFILE")
    if not home:
        raise UsageError("can't tell where the script belongs", why="HOME is not set", hint=f"set HOME or {variable}")
    return Path(home, under_home)


def _write(path: Path, text: str) -> bool:
    """Write the script; return whether that changed anything.

    Raises:
        RemindError: another program's file stands there, or it can't be written.
    """
    try:
        old = path.read_bytes().decode("utf-8", "replace") if path.exists() else None
        if old == text:
            return False
        if old is not None and old.strip() and _MARK not in old:
            raise RemindError(
                f"{shown(str(path))} is not ours", why="another completion stands there", hint="move it away"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    except OSError as error:
        raise RemindError(f"can't write {shown(str(path))}", why=error.strerror or str(error)) from error
    return True


def _next_steps(shell: str, environment: "Environment") -> list[str]:
    """Return what is left for the user to do: files that are the user's own are never changed."""
    path = places(shell, environment)[0]
    match shell:
        case "bash":
            if any(Path(known).exists() for known in _BASH_COMPLETION):
                return ["new shells have it"]
            return [f"bash-completion is not installed: add this to ~/.bashrc:  source {_quoted(path)}"]
        case "zsh":
            folder = _quoted(path.parent)
            return [
                "unless that folder is in your fpath, add to ~/.zshrc (before a compinit that is there):",
                f"  fpath=({folder} $fpath)",
                "  autoload -Uz compinit && compinit",
            ]
        case "powershell":
            return ["add this line to the file that $PROFILE names:", f"  . {_quoted(path, always=True)}"]
        case _:
            return ["new shells have it"]


def _quoted(path: Path, *, always: bool = False) -> str:
    import shlex  # noqa: PLC0415

    return "'" + str(path).replace("'", "''") + "'" if always else shlex.quote(str(path))
