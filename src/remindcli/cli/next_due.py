"""What is due next: next."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.output import Column
from remindcli.cli.views import ExitCode, Filters, Form, Nul, begin, point_of_view
from remindcli.errors import ExitStatus

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.cli.table import View
    from remindcli.core.filters import Filter
    from remindcli.core.task import Task

FIELDS = ("id", "due", "title", "is_all_day", "repeats", "list", "tags", "priority")
_COLUMNS = (
    Column("id", "id"),
    Column("due", "due", rank=1),
    Column("away", "", rank=2),
    Column("title", "task", is_wide=True),
)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Due(NamedTuple):
    """One time at which a task is due."""

    at: datetime
    task: "Task"
    is_all_day: bool


@app.command("next", cls=FilterCommand)
def next_(
    ctx: typer.Context,
    words: Filters = None,
    count: Annotated[int, typer.Option("-n", "--limit", min=1, max=1000, metavar="N", help="The next N.")] = 1,
    form: Form = None,
    *,
    has_nul: Nul = False,
    is_json: asked.Json = False,
    is_quiet: asked.Quiet = False,
    has_exit_code: ExitCode = False,
) -> int:
    """remind next

    Show what is due next, from now on; of what comes back its next time, though the last one is not done yet.
    """
    session = begin(ctx, is_json=is_json, is_quiet=is_quiet, has_nul=has_nul, form=form, fields=FIELDS)
    view = point_of_view(session)
    found = _due(session, view, session.filtered(words or []), count)
    if not session.out.is_for_people:
        session.out.listed([_record(one, view) for one in found], ("id",) if is_quiet else FIELDS)
    elif found:
        session.out.tables(_COLUMNS, {"": [_row(one, view) for one in found]})
    else:
        session.out.line("Nothing comes.")
    return ExitStatus.NOTHING_MATCHED if has_exit_code and not found else ExitStatus.OK


def _due(session: "Session", view: "View", filtered: "Filter", count: int) -> list[Due]:
    """Return what is due next: open already, or the next time of a rule."""
    from remindcli.core.ahead import planned_between  # noqa: PLC0415

    found = session.store.views.next(view.now, filtered)
    coming = [(one.due_at, one.task_id, one.is_all_day) for one in found.due if one.due_at is not None]
    for series in found.series:
        rule = series.task.rule
        planned = next(planned_between(series.task, series.spawned, view.now, _FAR, view.zone), None)
        if planned is not None and rule is not None:
            coming.append((planned.at, series.task.id, rule.is_all_day))
    first = sorted(coming)[:count]
    tasks = {item.task.id: item.task for item in session.store.pages([task_id for _, task_id, _ in first])}
    return [Due(at, tasks[task_id], is_all_day) for at, task_id, is_all_day in first if task_id in tasks]


def _record(one: Due, view: "View") -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415

    return {
        "id": one.task.id,
        "due": records.iso(one.at, view.zone, is_all_day=one.is_all_day),
        "title": one.task.title,
        "is_all_day": one.is_all_day,
        "repeats": records.repeats(one.task.rule, now=view.now, zone=view.zone),
        "list": one.task.list_name,
        "tags": list(one.task.tags),
        "priority": one.task.priority or None,
    }


def _row(one: Due, view: "View") -> dict[str, str]:
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = view
    return {
        "id": str(one.task.id),
        "due": records.moment_words(one.at, is_all_day=one.is_all_day, now=now, zone=zone),
        "away": records.distance_words(one.at, is_all_day=one.is_all_day, now=now, zone=zone),
        "title": one.task.title,
    }
