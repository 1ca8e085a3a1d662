"""The verb that picks: remind pick."""

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.views import Filters
from remindcli.errors import UsageError


@app.command(cls=FilterCommand)
def pick(
    ctx: typer.Context,
    words: Filters = None,
    *,
    is_json: asked.Json = False,
) -> None:
    """remind done $(remind pick +work)

    Pick a task from a list on the terminal, and print its id. Type to narrow it; arrows, Enter; Esc leaves.
    """
    from remindcli.cli import picking  # noqa: PLC0415

    session = asked.begin(ctx, is_json=is_json)
    filtered = session.filtered(words or [])
    if not picking.is_possible(session.environment):
        raise UsageError("there is no terminal to pick on", hint="remind list shows the ids")
    items = list(session.store.pages(session.store.select(filtered).ids))
    task_id = picking.pick_task(session, items, "which?")
    if session.out.is_json:
        session.out.json({"id": task_id})
    else:
        session.out.line(str(task_id))
