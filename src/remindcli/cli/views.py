"""The verbs that read: bare remind, list, show."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, FilterCommand, app, session_of
from remindcli.cli.output import Column, shown
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus

if TYPE_CHECKING:
    from remindcli.store.reading import Item

_COLUMNS = (
    Column("id", "id"),
    Column("due", "due", rank=1),
    Column("away", "", rank=4),
    Column("state", "state", rank=2),
    Column("title", "task", is_wide=True),
    Column("repeats", "repeats", is_wide=True, rank=5),
    Column("labels", "tags", is_wide=True, rank=3),
)
_STYLES = {"overdue": "red", "ringing": "bold yellow", "failed": "bold red", "snoozed": "cyan"}
_LATEST = 5
_WEEK = timedelta(days=7)


def overview(session: Session) -> int:
    """Show what is overdue, due today, and due in the next seven days."""
    now, zone = _now(session)
    items = [item for item in session.store.items() if item.occurrence is not None]
    today = now.astimezone(zone).date()
    sections: dict[str, list[Item]] = {"Here": [], "Overdue": [], "Today": [], "Next 7 days": []}
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.rings import is_bound_here  # noqa: PLC0415

    later = 0
    for item in items:
        assert item.occurrence is not None
        due_at = item.occurrence.due_at
        if is_bound_here(item.task.here, session.environment.cwd):
            sections["Here"].append(item)
            continue
        if due_at is None:
            continue
        away = due_at.astimezone(zone).date() - today
        if records.overdue(item.occurrence, now=now, zone=zone):
            sections["Overdue"].append(item)
        elif away <= timedelta(0):
            sections["Today"].append(item)
        elif away < _WEEK:
            sections["Next 7 days"].append(item)
        else:
            later += 1
    due = [item for section in sections.values() for item in section]
    if not session.out.is_for_people:
        _print(session, due, now, zone)
        return ExitStatus.OK
    tables = {title: [_row(item, now, zone) for item in section] for title, section in sections.items() if section}
    session.out.tables(_COLUMNS, tables)
    if not due:
        session.out.line("Nothing is due in the next 7 days.")
    undated = len(items) - len(due) - later
    more = [f"{later} later"] * bool(later) + [f"{undated} without a time"] * bool(undated)
    if more:
        if due:
            session.out.line()
        session.out.line(f"And {' and '.join(more)}: remind list")
    elif not items:
        session.out.line("Write something down: remind add call bob tomorrow 5pm")
    return ExitStatus.OK


@app.command("list", cls=FilterCommand)
def list_tasks(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[FILTER]...", show_default=False)] = None,
    *,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    is_quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print ids only.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="Show the first N.")] = None,
    has_exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 4 if nothing matches.")] = False,
) -> int:
    """remind list +home week

    List tasks, the next due first. Filters: +tag -tag @list p1 7 12-15 overdue today tomorrow week is:recurring
    is:ringing is:snoozed is:failed is:paused is:done is:deleted; other words are looked for in the text.
    """
    from remindcli.core import filters  # noqa: PLC0415
    from remindcli.selection import candidate  # noqa: PLC0415

    session = session_of(ctx)
    session.out.is_json = session.out.is_json or is_json
    session.out.is_quiet = is_quiet
    now, zone = _now(session)
    chosen = words or []
    passes = filters.read(chosen, now=now, zone=zone)
    items = [item for item in session.store.items(filters.asks_for(chosen)) if passes(candidate(item))]
    shown_items = items[:limit]
    if session.out.is_for_people:
        if shown_items:
            session.out.tables(_COLUMNS, {"": [_row(item, now, zone) for item in shown_items]})
        else:
            session.out.line("Nothing matches." if chosen else "Nothing to do. remind add call bob tomorrow 5pm")
        if len(items) > len(shown_items):
            session.out.line(f"And {len(items) - len(shown_items)} more.")
    else:
        _print(session, shown_items, now, zone)
    return ExitStatus.NOTHING_MATCHED if has_exit_code and not items else ExitStatus.OK


@app.command(cls=Command)
def show(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="[ID|TEXT]", show_default=False)] = None,
    *,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """remind show 7

    Show everything about one task: its rule in words, its next five times, what was told of it.
    """
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core import recurrence  # noqa: PLC0415

    session = session_of(ctx)
    session.out.is_json = session.out.is_json or is_json
    now, zone = _now(session)
    task_id = asked.one_task(session, selector, "show")
    item = session.store.item(task_id)
    rule = item.task.rule
    begin = now
    if rule is not None and rule.is_all_day:
        begin = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(seconds=1)
    coming = recurrence.preview(rule, begin, zone, _LATEST) if rule is not None and item.task.is_recurring else []
    tries = session.store.tries(task_id, _LATEST)
    record = records.record(item, now=now, zone=zone)
    if not session.out.is_for_people:
        record["next"] = [records.iso(planned.at, zone) for planned in coming]
        record["tries"] = [
            {
                "at": records.iso(one.tried_at, zone),
                "number": one.number,
                "channel": one.channel,
                "result": one.result.value,
                "target": one.target,
                "error": one.error,
            }
            for one in tries
        ]
        if session.out.is_json:
            session.out.data(record)
        else:
            session.out.records(
                [{"key": key, "value": value} for key, value in record.items() if key != "tries"], ("key", "value")
            )
        return
    session.out.line(records.name(item))
    from remindcli.cli import ringing  # noqa: PLC0415

    facts = _facts(item, now, zone) + ringing.facts(item, session.settings, now=now, zone=zone)
    for label, text in ((label, text) for label, text in facts if text):
        session.out.line(f"  {label:<9}{text}")
    is_all_day = bool(rule and rule.is_all_day)
    for label, planned in zip(("next", *[""] * _LATEST), coming, strict=False):
        due = records.next_words(planned.at, is_all_day=is_all_day, now=now, zone=zone)
        session.out.line(f"  {label:<9}{due}")
    for label, one in zip(("told", *[""] * _LATEST), tries, strict=False):
        at = records.moment_words(one.tried_at, is_all_day=False, now=now, zone=zone)
        how = f"{one.result.value} on {one.channel}" + (f": {shown(one.error, 120)}" if one.error else "")
        session.out.line(f"  {label:<9}{at}  {how}")


def _facts(item: "Item", now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return what is known of a task, each with its label; what does not apply is left out."""
    from remindcli.cli import records  # noqa: PLC0415

    task, occurrence = item.task, item.occurrence
    facts = [("state", records.state(item, now=now, zone=zone))]
    if occurrence is not None and occurrence.due_at is not None:
        due = records.next_words(occurrence.due_at, is_all_day=occurrence.is_all_day, now=now, zone=zone)
        facts.append(("due", due + (" (moved)" if occurrence.moved_to else "")))
    facts += [
        ("repeats", records.repeats(task.rule, now=now, zone=zone)),
        ("rule", task.rule.rrule or "" if task.rule else ""),
        ("zone", task.rule.zone or "" if task.rule else ""),
        ("passed", f"{item.passed} unanswered before" if item.passed else ""),
        ("rings", records.moment_words(item.rings_at, is_all_day=False, now=now, zone=zone) if item.rings_at else ""),
        ("rang", records.moment_words(item.rang_at, is_all_day=False, now=now, zone=zone) if item.rang_at else ""),
        ("list", shown(task.list_name)),
        ("tags", shown(" ".join(f"+{tag}" for tag in task.tags))),
        ("priority", f"p{task.priority}" if task.priority else ""),
        ("channels", shown(", ".join(task.channels))),
        ("note", shown(task.note, 2000)),
        ("added", records.moment_words(task.created_at, is_all_day=False, now=now, zone=zone)),
    ]
    return [(label, text) for label, text in facts if text]


def _now(session: Session) -> tuple[datetime, ZoneInfo]:
    clock = session.environment.clock
    return clock.now(), clock.zone()


def _row(item: "Item", now: datetime, zone: ZoneInfo) -> dict[str, str]:
    from remindcli.cli import records  # noqa: PLC0415

    state = records.state(item, now=now, zone=zone)
    state_words = "nagging" if item.is_nagging and state == "ringing" else "kept" if item.is_kept else state
    labels = [f"+{tag}" for tag in item.task.tags]
    labels += [f"@{item.task.list_name}"] if item.task.list_name else []
    labels += [f"p{item.task.priority}"] if item.task.priority else []
    passed = f" ({item.passed} passed)" if item.passed else ""
    return {
        "id": str(item.task.id),
        "due": records.due_words(item.occurrence, now=now, zone=zone),
        "away": records.away_words(item.occurrence, now=now, zone=zone),
        "state": ("" if state_words == "open" else state_words) + passed,
        "title": item.task.title,
        "repeats": records.repeats(item.task.rule, now=now, zone=zone),
        "labels": " ".join(labels),
        "style": _STYLES.get(state, ""),
    }


def _print(session: Session, items: Sequence["Item"], now: datetime, zone: ZoneInfo) -> None:
    from remindcli.cli import records  # noqa: PLC0415

    if session.out.is_json:
        session.out.data([records.record(item, now=now, zone=zone) for item in items])
    else:
        rows = [records.record(item, now=now, zone=zone) for item in items]
        session.out.records(rows, ("id",) if session.out.is_quiet else records.KEYS)
