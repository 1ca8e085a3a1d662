"""What happened, by day: log."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.output import fitted, shown
from remindcli.cli.views import MOST, ExitCode, Filters, Form, Nul, begin, point_of_view
from remindcli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.cli.table import View
    from remindcli.store.past import Happened

FIELDS = ("at", "kind", "ids", "text", "channel", "error", "is_undone")
KINDS = (
    *("add", "done", "undone", "skip", "snooze", "ack", "move", "edit", "tag", "note", "pause", "resume", "rm"),
    *("retry", "drop", "told", "untold"),
)
_USUAL_DAYS = 7


@app.command(cls=FilterCommand)
def log(
    ctx: typer.Context,
    words: Filters = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="From then on: yesterday, monday, 3 days ago.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Up to that time.")] = None,
    kinds: Annotated[
        list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this: done, snooze, told, untold; repeat.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("-n", "--limit", min=1, max=MOST, metavar="N", help="The latest N.")
    ] = None,
    form: Form = None,
    *,
    has_nul: Nul = False,
    is_json: asked.Json = False,
    has_exit_code: ExitCode = False,
) -> int:
    """remind log +work --since monday

    Show what happened, by day: what you did, what was told and where. The last seven days unless --since or --limit
    says else; filter words choose the tasks, finished and deleted ones too.
    """
    session = begin(ctx, is_json=is_json, has_nul=has_nul, form=form, fields=FIELDS)
    view = point_of_view(session)
    begin_at = _moment(session, since) if since is not None else None
    if begin_at is None and limit is None:
        begin_at = _midnight(view, _USUAL_DAYS - 1)
    end_at = _moment(session, until) if until is not None else None
    if begin_at is not None and end_at is not None and end_at <= begin_at:
        raise UsageError("--until lies before --since", hint="remind log --since monday --until friday")
    chosen = None
    if words:
        from remindcli.core.task import TaskState  # noqa: PLC0415

        chosen = session.filtered(words).but(states=tuple(TaskState))
    found = session.store.views.happened(chosen, begin=begin_at, end=end_at, kinds=_kinds(kinds or ()), limit=limit)
    if not session.out.is_for_people:
        session.out.listed((_record(one, view) for one in found), FIELDS)
    elif found:
        for day, those in groupby(found, key=lambda one: one.at.astimezone(view.zone).date()):
            _show_day(session, view, list(those), is_first=day == found[0].at.astimezone(view.zone).date())
    else:
        session.out.line("Nothing happened.")
    return ExitStatus.NOTHING_MATCHED if has_exit_code and not found else ExitStatus.OK


def _kinds(kinds: Sequence[str]) -> list[str]:
    from remindcli.cli.formats import unknown_field  # noqa: PLC0415

    names = [name for kind in kinds for name in kind.lower().split(",") if name]
    for name in names:
        if name not in KINDS:
            raise unknown_field(name, KINDS, what="kind")
    return names


def _moment(session: "Session", phrase: str) -> datetime:
    """Return the instant that --since or --until means; of a day, its beginning."""
    from remindcli.language import past_instant  # noqa: PLC0415

    now, zone = session.now_and_zone()
    return past_instant(phrase, now=now, zone=zone, options=session.options(), hour_of_day=0)


def _midnight(view: "View", days_ago: int) -> datetime:
    from remindcli.core import recurrence  # noqa: PLC0415

    day = view.now.astimezone(view.zone).date() - timedelta(days=days_ago)
    return recurrence.start_of_day(day, view.zone)


def _record(one: "Happened", view: "View") -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415

    return {
        "at": records.iso(one.at, view.zone),
        "kind": one.kind,
        "ids": list(one.ids),
        "text": one.text,
        "channel": one.channel or None,
        "error": one.error or None,
        "is_undone": one.is_undone,
    }


def _show_day(session: "Session", view: "View", those: "Sequence[Happened]", *, is_first: bool) -> None:
    from remindcli.cli import records  # noqa: PLC0415

    if not is_first:
        session.out.line()
    day = records.next_words(those[0].at, is_all_day=True, now=view.now, zone=view.zone)
    session.out.styled([(fitted(day, session.out.width), "bold")])
    for at, text in _lines(those, view):
        # what stands in it is safe: the words are ours, the titles were shown through `shown`
        session.out.line(fitted(f"  {at}  {text}", session.out.width))


def _lines(those: "Sequence[Happened]", view: "View") -> Iterator[tuple[str, str]]:
    for one in those:
        text = shown(one.text, 300)
        match one.kind:
            case "told":
                text = f"told {text} on {shown(one.channel, 40)}"
            case "untold":
                text = f"not told {text}: {shown(one.channel, 40)}: {shown(one.error, 120)}"
            case _ if one.is_undone:
                text += " (undone)"
        yield f"{one.at.astimezone(view.zone):%H:%M}", text
