"""The command tree with every verb in it."""

from typing import Annotated

import typer

from remindcli import __version__
from remindcli.cli import (
    answers,
    calendar,
    complete,
    config,
    data,
    demo,
    doctor,
    exchange,
    failures,
    forecast,
    history,
    labels,
    pick,
    service,
    shell_init,
    show,
    stats,
    status,
    tasks,
    views,
    when,
)
from remindcli.cli.app import app, run, session_of
from remindcli.errors import ExitStatus

__all__ = [
    "answers",
    "calendar",
    "complete",
    "config",
    "data",
    "demo",
    "doctor",
    "exchange",
    "failures",
    "forecast",
    "history",
    "labels",
    "pick",
    "run",
    "service",
    "shell_init",
    "show",
    "stats",
    "status",
    "tasks",
    "views",
    "when",
]


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
