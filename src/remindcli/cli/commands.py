"""The verbs, each with the module that has it: of those only the one is imported that is asked for."""

from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from remindcli import __version__
from remindcli.cli import app as command_line
from remindcli.cli.app import ALIASES, app, session_of
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus

MODULES = {
    **dict.fromkeys(("add", "edit", "tag", "note", "rm", "pause", "resume"), "tasks"),
    **dict.fromkeys(("done", "undone", "skip", "snooze", "ack", "move", "undo", "redo"), "answers"),
    **dict.fromkeys(("tags", "lists"), "labels"),
    **dict.fromkeys(("failed", "why"), "failures"),
    **dict.fromkeys(("export", "import"), "exchange"),
    "backup": "backup",
    "cal": "calendar",
    "completion": "complete",
    "config": "config",
    "daemon": "service",
    "demo": "demo",
    "doctor": "doctor",
    "forecast": "forecast",
    "list": "views",
    "log": "history",
    "metrics": "metrics",
    "next": "next_due",
    "pick": "pick",
    "shell-init": "shell_init",
    "show": "show",
    "stats": "stats",
    "status": "status",
    "tui": "tui",
    "when": "when",
}
"""The module of each verb, in this package; a test compares it with the tree."""


def run(argv: Sequence[str], session: Session) -> int:
    """Run the command that the words name; return its exit status.

    Raises:
        RemindError: what a user is told of.
    """
    _load_what_is_asked(argv)
    return command_line.run(argv, session)


def tree() -> Any:
    """Return the tree of all verbs."""
    load_all()
    return command_line.tree()


def load_all() -> None:
    """Import every verb."""
    for module in sorted(set(MODULES.values())):
        import_module(f"remindcli.cli.{module}")


def _load_what_is_asked(argv: Sequence[str]) -> None:
    """Import the verb that the words begin with; all where that is none: help lists them, an error is near one."""
    words = iter(argv)
    for word in words:
        if word == "--db":
            next(words, None)
        elif word in ("--json", "--version") or word.startswith("--db="):
            continue
        else:
            module = MODULES.get(ALIASES.get(word, word))
            if module is not None:
                import_module(f"remindcli.cli.{module}")
            else:
                load_all()
            return


@app.callback()
def remind(
    ctx: typer.Context,
    *,
    db: Annotated[str, typer.Option("--db", metavar="FILE", help="Use this store (or set REMIND_DB).")] = "",
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> int | None:
    """remind add call bob tomorrow 5pm

    Write down what must not be forgotten, and be reached in time. Without a command: what is overdue, due today and
    in the next seven days.
    """
    session = session_of(ctx)
    session.db = db
    session.out.is_json = session.out.is_json or is_json
    if version:
        session.out.line(f"remind {__version__}")
        return ExitStatus.OK
    if ctx.invoked_subcommand is None:
        from remindcli.cli.overview import overview  # noqa: PLC0415

        return overview(session)
    return None
