"""What will ring in the next days: forecast."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.output import fitted, shown
from remindcli.cli.views import MOST, ExitCode, Filters, Form, Nul, begin, point_of_view
from remindcli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.cli.table import View
    from remindcli.core.filters import Filter
    from remindcli.core.rule import Planned
    from remindcli.core.task import Task

FIELDS = ("at", "id", "title", "due", "is_all_day", "is_snoozed", "is_moved", "marks")
_LAST = date(9999, 12, 30)
_DAYS = 7
_MOST_DAYS = 3660
_USUAL_LIMIT = 1000


class Coming(NamedTuple):
    """One time at which something will ring.

    Attributes:
        marks: what a person should know of it: the clocks change, a short month.
    """

    at: datetime
    task_id: int
    title: str
    due_at: datetime
    is_all_day: bool
    is_snoozed: bool
    is_moved: bool
    marks: tuple[str, ...]


@app.command(cls=FilterCommand)
def forecast(
    ctx: typer.Context,
    words: Filters = None,
    days: Annotated[
        int, typer.Option("-n", "--days", min=1, max=_MOST_DAYS, metavar="N", help="So many days, today is one.")
    ] = _DAYS,
    seen_from: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="As seen from another moment: 2027-03-26T08:00.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST, metavar="N", help="The first N.")] = _USUAL_LIMIT,
    form: Form = None,
    *,
    has_nul: Nul = False,
    is_json: asked.Json = False,
    is_quiet: asked.Quiet = False,
    has_exit_code: ExitCode = False,
) -> int:
    """remind forecast -n 30

    Show what will ring in the next days, by day; days on which the clocks change and short months are marked. What
    repeats from its completion shows once: the rest depends on when it is done.
    """
    from remindcli.core import recurrence  # noqa: PLC0415

    session = begin(ctx, is_json=is_json, is_quiet=is_quiet, has_nul=has_nul, form=form, fields=FIELDS)
    view = _seen_from(session, seen_from)
    today = view.now.astimezone(view.zone).date()
    last = today + min(timedelta(days=days), _LAST - today)
    end = recurrence.start_of_day(last, view.zone)
    filtered = session.filtered(words or [])
    found = _coming(session, view, end, filtered)
    first = found[:limit]
    if not session.out.is_for_people:
        rows = [_record(one, view) for one in first]
        session.out.listed(rows, ("id",) if session.out.is_quiet else FIELDS)
    elif first:
        _show(session, view, first)
        if len(found) > limit:
            session.out.line(f"And {len(found) - limit} more: --limit shows them.")
    else:
        session.out.line(f"Nothing rings in the next {days} days." if days > 1 else "Nothing rings today.")
    return ExitStatus.NOTHING_MATCHED if has_exit_code and not found else ExitStatus.OK


def _seen_from(session: "Session", phrase: str | None) -> "View":
    """Return the moment that --now names, in the local zone."""
    from remindcli.core import recurrence, when  # noqa: PLC0415

    view = point_of_view(session)
    if phrase is None:
        return view
    read = when.parse(phrase, now=view.now, zone=view.zone, options=session.options())
    planned = recurrence.first(read.rule, view.zone)
    if planned is None or read.rule.rrule is not None:
        raise UsageError(f'"{shown(phrase, 60)}" is a rule, not one time', hint="--now 2027-03-26T08:00")
    return view._replace(now=planned.at)


def _coming(session: "Session", view: "View", end: datetime, filtered: "Filter") -> list[Coming]:
    """Return what rings from the moment on until the end, the first one first."""
    from remindcli.core import ahead  # noqa: PLC0415
    from remindcli.core.marks import marks  # noqa: PLC0415

    found = session.store.views.ahead(view.now, end, filtered)
    all_day_at = session.settings.time_of("all_day_at")
    tasks = {one.task.id: one.task for one in found.series}
    coming = []
    for one in found.waiting:
        occurrence = one.occurrence
        task = tasks.get(one.task_id)
        planned = _planned(task, occurrence.planned_for, view.zone) if not occurrence.moved_to else None
        rule = task.rule if task else None
        coming.append(
            Coming(
                one.execute_at,
                one.task_id,
                found.titles.get(one.task_id, ""),
                occurrence.due_at or one.execute_at,
                occurrence.is_all_day,
                one.is_snoozed,
                occurrence.moved_to is not None,
                marks(planned, rule, ahead.tz_of(rule, view.zone)) if planned and rule else (),
            )
        )
    for series in found.series:
        rule = series.task.rule
        assert rule is not None
        tz = ahead.tz_of(rule, view.zone)
        rings = ahead.rings_between(series.task, series.spawned, view.now, end, view.zone, all_day_at=all_day_at)
        coming += [
            Coming(
                ring.at,
                series.task.id,
                series.task.title,
                ring.due_at,
                rule.is_all_day,
                is_snoozed=False,
                is_moved=False,
                marks=marks(ring.planned, rule, tz),
            )
            for ring in rings
        ]
    return sorted(coming, key=lambda one: (one.at, one.task_id))


def _planned(task: "Task | None", key: str, zone: ZoneInfo) -> "Planned | None":
    from remindcli.core import recurrence  # noqa: PLC0415

    return recurrence.planned(task.rule, key, zone) if task and task.rule and key else None


def _record(one: Coming, view: "View") -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415

    return {
        "at": records.iso(one.at, view.zone),
        "id": one.task_id,
        "title": one.title,
        "due": records.iso(one.due_at, view.zone, is_all_day=one.is_all_day),
        "is_all_day": one.is_all_day,
        "is_snoozed": one.is_snoozed,
        "is_moved": one.is_moved,
        "marks": list(one.marks),
    }


def _show(session: "Session", view: "View", coming: Sequence[Coming]) -> None:
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core.marks import clock_change  # noqa: PLC0415

    is_first = True
    width = max(len(str(one.task_id)) for one in coming)
    for _, those in groupby(coming, key=lambda one: one.at.astimezone(view.zone).date()):
        day = list(those)
        if not is_first:
            session.out.line()
        is_first = False
        wall = day[0].at.astimezone(view.zone)
        heading = records.next_words(wall, is_all_day=True, now=view.now, zone=view.zone)
        change = clock_change(wall.replace(tzinfo=None), view.zone)
        session.out.styled(
            [(fitted(heading, session.out.width), "bold"), (f"  · {change}" if change else "", "yellow")]
        )
        for one in day:
            text = "  ".join(_parts(one, view, width, change))
            session.out.line(fitted("  " + text, session.out.width))


def _parts(one: Coming, view: "View", width: int, change: str) -> Iterator[str]:
    from remindcli.cli import records  # noqa: PLC0415

    yield f"{one.at.astimezone(view.zone):%H:%M}"
    yield f"{one.task_id:>{width}}"
    yield shown(one.title, 200)
    if one.is_snoozed:
        yield "(snoozed)"
    elif one.at != one.due_at:
        due = records.moment_words(one.due_at, is_all_day=one.is_all_day, now=view.now, zone=view.zone)
        if not (one.is_all_day and one.at.astimezone(view.zone).date() == one.due_at.astimezone(view.zone).date()):
            yield f"(due {due})"
    if one.is_moved:
        yield "(moved)"
    yield from (f"· {mark}" for mark in one.marks if mark != change)
