"""The verb that opens the interactive view: remind tui."""

import shlex

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.views import Filters
from remindcli.errors import ExitStatus, RemindError, UsageError


@app.command(cls=FilterCommand)
def tui(
    ctx: typer.Context,
    words: Filters = None,
) -> int:
    """remind tui

    Look at your tasks and answer them on a screen that stays: an agenda and a calendar, keys for every verb; ? shows
    them. With filter words: begin with those tasks.
    """
    from importlib.util import find_spec  # noqa: PLC0415

    session = asked.begin(ctx)
    if find_spec("textual") is None:
        raise RemindError(
            "the interactive view is not installed",
            why="it needs Textual, which comes with an extra",
            hint='pip install "remindcli[tui]"',
        )
    environment = session.environment
    if not (environment.has_terminal_in and environment.has_terminal_out):
        raise UsageError("there is no terminal to draw on", hint="remind list shows the tasks")
    session.filtered(words or [])
    from remindcli.tui.app import RemindApp  # noqa: PLC0415 (Textual takes a while, and only this verb needs it)

    screen = RemindApp(session, filter_words=shlex.join(words or ()))
    screen.run()
    return ExitStatus.BUG if screen.return_code else ExitStatus.OK  # Textual has shown the traceback
