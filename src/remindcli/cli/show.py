"""Everything about one task: show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, app
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.cli.views import point_of_view

if TYPE_CHECKING:
    from remindcli.cli.table import View
    from remindcli.core.rule import Planned
    from remindcli.store.reading import Item, Tried

_COMING = 5
_TRIES = 5
_LABEL = 9


@app.command(cls=Command)
def show(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="[ID|TEXT]", show_default=False)] = None,
    *,
    is_json: asked.Json = False,
) -> None:
    """remind show 7

    Show everything about a task: its rule in words, its next five times, what was told of it.
    """
    session = asked.begin(ctx, is_json=is_json)
    view = point_of_view(session)
    task_id = asked.one_task(session, selector, "show")
    if session.out.is_for_people:
        for line in lines(session, task_id):
            session.out.line(line)
        return
    item = session.store.item(task_id)
    coming, tries = _coming(item, view), session.store.tries(task_id, _TRIES)
    record = _record(item, coming, tries, view)
    if session.out.is_json:
        session.out.json(record)
    else:
        rows = [{"key": key, "value": value} for key, value in record.items() if key != "tries"]
        session.out.records(rows, ("key", "value"))


def _coming(item: "Item", view: "View") -> "list[Planned]":
    """Return the next times of a task that comes back; the open one where it was moved to."""
    from remindcli.core import recurrence  # noqa: PLC0415
    from remindcli.core.rule import Planned  # noqa: PLC0415

    rule = item.task.rule
    if rule is None or not item.task.is_recurring:
        return []
    begin_at = view.now
    if rule.is_all_day:
        today = view.now.astimezone(view.zone).date()
        begin_at = recurrence.start_of_day(today, view.zone) - timedelta(seconds=1)
    if item.occurrence is not None:
        # what is planned before the one that is open was done or skipped ahead of its time
        open_at = recurrence.planned(rule, item.occurrence.planned_for, view.zone).at
        begin_at = max(begin_at, open_at - timedelta(seconds=1))
    times = recurrence.preview(rule, begin_at, view.zone, _COMING + 1)
    if item.occurrence is not None and item.occurrence.moved_to is not None:
        due_at, key = item.occurrence.due_at, item.occurrence.planned_for
        moved = [Planned(due_at, key)] if due_at is not None and due_at >= view.now else []
        times = sorted([*moved, *(planned for planned in times if planned.key != key)])
    return times[:_COMING]


def _record(item: "Item", coming: "Sequence[Planned]", tries: "Sequence[Tried]", view: "View") -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415

    record = records.record(item, now=view.now, zone=view.zone)
    record["next"] = [records.iso(planned.at, view.zone) for planned in coming]
    record["tries"] = [
        {
            "at": records.iso(one.tried_at, view.zone),
            "number": one.number,
            "channel": one.channel,
            "result": one.result.value,
            "target": one.target,
            "error": one.error,
        }
        for one in tries
    ]
    return record


def lines(session: Session, task_id: int) -> list[str]:
    """Return what a person reads of a task: a label and a text a line.

    Raises:
        NotFoundError: there is no such task.
    """
    from remindcli.cli import records, ringing  # noqa: PLC0415
    from remindcli.core.marks import marks  # noqa: PLC0415

    view = point_of_view(session)
    now, zone = view
    item = session.store.item(task_id)
    rule = item.task.rule
    facts = _facts(item, view) + ringing.facts(item, session.settings, now=now, zone=zone)
    every = [records.name(item)]
    every += [f"  {label:<{_LABEL}}{text}" for label, text in facts if text]
    tz = ZoneInfo(rule.zone) if rule and rule.zone else zone
    moved = item.occurrence if item.occurrence is not None and item.occurrence.moved_to is not None else None
    for label, planned in zip(("next", *[""] * _COMING), _coming(item, view), strict=False):
        is_all_day = bool(rule and rule.is_all_day)
        special = "".join(f"  · {mark}" for mark in marks(planned, rule, tz)) if rule else ""
        if moved is not None and planned.key == moved.planned_for:
            is_all_day, special = moved.is_all_day, "  · moved"
        due = records.next_words(planned.at, is_all_day=is_all_day, now=now, zone=zone)
        every.append(f"  {label:<{_LABEL}}{due}{special}")
    for label, one in zip(("told", *[""] * _TRIES), session.store.tries(task_id, _TRIES), strict=False):
        at = records.moment_words(one.tried_at, is_all_day=False, now=now, zone=zone)
        how = f"{one.result.value} on {shown(one.channel, 60)}" + (f": {shown(one.error, 120)}" if one.error else "")
        every.append(f"  {label:<{_LABEL}}{at}  {how}")
    return every


def _facts(item: "Item", view: "View") -> list[tuple[str, str]]:
    """Return what is known of a task, each with its label; what does not apply is left out."""
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core.task import CatchUp  # noqa: PLC0415

    now, zone = view
    task, occurrence = item.task, item.occurrence

    def at(moment: datetime | None) -> str:
        return records.moment_words(moment, is_all_day=False, now=now, zone=zone) if moment else ""

    facts = [("state", records.state(item, now=now, zone=zone))]
    if task.state.value == "paused":
        facts.append(("", "paused: remind resume brings it back"))
    if occurrence is not None and occurrence.due_at is not None:
        due = records.next_words(occurrence.due_at, is_all_day=occurrence.is_all_day, now=now, zone=zone)
        facts.append(("due", due + (" (moved)" if occurrence.moved_to else "")))
    facts += [
        ("repeats", records.repeats(task.rule, now=now, zone=zone)),
        ("rule", task.rule.rrule or "" if task.rule else ""),
        ("zone", task.rule.zone or "" if task.rule else ""),
        ("passed", f"{item.passed} unanswered before" if item.passed else ""),
        ("rings", at(item.rings_at)),
        ("rang", at(item.rang_at)),
        ("catch up", "" if task.catch_up is CatchUp.LATEST else task.catch_up.value),
        ("list", shown(task.list_name)),
        ("tags", shown(" ".join(f"+{tag}" for tag in task.tags))),
        ("priority", f"p{task.priority}" if task.priority else ""),
        ("channels", shown(", ".join(task.channels))),
        ("note", shown(task.note, 2000)),
        ("added", at(task.created_at)),
    ]
    return facts
