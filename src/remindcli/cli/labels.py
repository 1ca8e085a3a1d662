"""The verbs that list labels: tags, lists."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.output import Column
from remindcli.cli.views import ExitCode, Filters, Form, Nul, begin, point_of_view
from remindcli.errors import ExitStatus

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.store.labels import Label

FIELDS = ("name", "tasks", "overdue", "next_due")
_COLUMNS = (
    Column("name", "", is_wide=True),
    Column("tasks", "tasks"),
    Column("overdue", "overdue", rank=1),
    Column("next", "next due", rank=2),
)


@app.command(cls=FilterCommand)
def tags(
    ctx: typer.Context,
    words: Filters = None,
    form: Form = None,
    *,
    has_nul: Nul = False,
    is_json: asked.Json = False,
    is_quiet: asked.Quiet = False,
    has_exit_code: ExitCode = False,
) -> int:
    """remind tags

    Show the tags in use: how many tasks have each, how many of them are overdue, when the next is due.
    """
    session = begin(ctx, is_json=is_json, is_quiet=is_quiet, has_nul=has_nul, form=form, fields=FIELDS)
    filtered, overdue = session.filtered(words or []), session.filtered(["overdue"]).condition
    found = session.store.views.tags(filtered, overdue)
    _show(session, found, "+", "No task has a tag.")
    return ExitStatus.NOTHING_MATCHED if has_exit_code and not found else ExitStatus.OK


@app.command(cls=FilterCommand)
def lists(
    ctx: typer.Context,
    words: Filters = None,
    form: Form = None,
    *,
    has_nul: Nul = False,
    is_json: asked.Json = False,
    is_quiet: asked.Quiet = False,
    has_exit_code: ExitCode = False,
) -> int:
    """remind lists

    Show the lists in use: how many tasks are on each, how many of them are overdue, when the next is due.
    """
    session = begin(ctx, is_json=is_json, is_quiet=is_quiet, has_nul=has_nul, form=form, fields=FIELDS)
    filtered, overdue = session.filtered(words or []), session.filtered(["overdue"]).condition
    found = session.store.views.lists(filtered, overdue)
    _show(session, found, "@", "No task is on a list.")
    return ExitStatus.NOTHING_MATCHED if has_exit_code and not found else ExitStatus.OK


def _show(session: "Session", labels: "Sequence[Label]", sign: str, nothing: str) -> None:
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = point_of_view(session)
    if not session.out.is_for_people:
        rows = [
            {
                "name": one.name,
                "tasks": one.tasks,
                "overdue": one.overdue,
                "next_due": records.iso(one.next_due_at, zone),
            }
            for one in labels
        ]
        session.out.listed(rows, FIELDS)
    elif labels:
        session.out.tables(
            _COLUMNS,
            {
                "": [
                    {
                        "name": sign + one.name,
                        "tasks": str(one.tasks),
                        "overdue": str(one.overdue or ""),
                        "next": records.moment_words(one.next_due_at, is_all_day=False, now=now, zone=zone)
                        if one.next_due_at
                        else "",
                    }
                    for one in labels
                ]
            },
        )
    else:
        session.out.line(nothing)
