"""The verbs that change tasks: add done skip snooze move edit rm undo redo."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli.app import Command, app, session_of
from remindcli.cli.output import shown
from remindcli.cli.session import Session

if TYPE_CHECKING:
    from remindcli.actions import Understood
    from remindcli.store.journal import Step
    from remindcli.store.reading import Item
    from remindcli.store.store import Closed

Words = Annotated[list[str] | None, typer.Argument(metavar="[WORDS]...", show_default=False)]
Selectors = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID|TEXT]...", show_default=False),
]
Selector = Annotated[str, typer.Argument(metavar="ID|TEXT")]
Due = Annotated[str | None, typer.Option("-d", "--due", metavar="PHRASE", help="When it is due; the words are title.")]
Every = Annotated[str | None, typer.Option("-e", "--every", metavar="PHRASE|RRULE", help="How it comes back.")]
Alerts = Annotated[
    list[str] | None, typer.Option("-a", "--alert", metavar="SPAN", help="Ring this long before due; 0, none; repeat.")
]
Tags = Annotated[list[str] | None, typer.Option("-t", "--tag", metavar="TAG", help="Tag it; repeat.")]
List = Annotated[str | None, typer.Option("-l", "--list", metavar="LIST", help="Put it on this list.")]
Priority = Annotated[str | None, typer.Option("-p", "--priority", metavar="P", help="p1 (high), p2, p3 (low), none.")]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Keep this text with it.")]
Channels = Annotated[
    list[str] | None,
    typer.Option("--channel", metavar="NAME", help="Ring on this one; repeat."),
]
Zone = Annotated[str | None, typer.Option("--tz", metavar="ZONE", help="The times are of this zone: Europe/Berlin.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print ids only.")]


@app.command(cls=Command)
def add(
    ctx: typer.Context,
    words: Words = None,
    due: Due = None,
    every: Every = None,
    alert: Alerts = None,
    tag: Tags = None,
    list_name: List = None,
    priority: Priority = None,
    note: Note = None,
    channel: Channels = None,
    catch_up: Annotated[
        str | None,
        typer.Option("--catch-up", metavar="HOW", help="What passed while away: latest (one), all (a backlog), skip."),
    ] = None,
    tz: Zone = None,
    *,
    is_strict_day: Annotated[
        bool, typer.Option("--strict-day", help="The 31st skips short months, as RFC 5545 has it.")
    ] = False,
    is_literal: Annotated[bool, typer.Option("--literal", help="All words are the title.")] = False,
    is_dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would be written.")] = False,
    is_json: Json = False,
    is_quiet: Quiet = False,
) -> None:
    """remind add pay rent every month on the 31st 9am

    Write a task down. A time is read at the start or the end of the words; +tag, @list and p1 anywhere.
    """
    from remindcli.draft import Draft  # noqa: PLC0415

    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    draft = Draft(
        words=words or (),
        is_literal=is_literal,
        due=due,
        every=every,
        alerts=alert or (),
        tags=tag or (),
        list_name=list_name,
        priority=priority,
        note=note,
        channels=channel or (),
        catch_up=catch_up,
        zone=tz,
        is_strict_day=is_strict_day,
    )
    _say_understood(session, session.actions.add(draft, is_dry_run=is_dry_run))


@app.command(cls=Command)
def done(
    ctx: typer.Context,
    selectors: Selectors = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it was done.")] = None,
    *,
    is_json: Json = False,
    is_quiet: Quiet = False,
) -> None:
    """remind done 7

    Complete a task; a recurring one comes back at its next time. Without an id: what has just rung.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    _say_closed(session, "done", session.actions.done(selectors or (), at=at))


@app.command(cls=Command)
def skip(ctx: typer.Context, selectors: Selectors = None, *, is_json: Json = False, is_quiet: Quiet = False) -> None:
    """remind skip 7

    Leave this occurrence out; a recurring task comes back at its next time.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    _say_closed(session, "skipped", session.actions.skip(selectors or ()))


@app.command(cls=Command)
def snooze(ctx: typer.Context, words: Words = None, *, is_json: Json = False, is_quiet: Quiet = False) -> None:
    """remind snooze 7 20m

    Ring later; due stays as it is. Without an id: all that ring now; without a time: 10 minutes.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    selectors, until = session.actions.split_snooze(words or ())
    snoozed = session.actions.snooze(selectors, until)
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    items = [session.store.item(one.task.id) for one in snoozed]
    if session.out.is_for_people:
        for one in snoozed:
            rings = records.next_words(one.until, is_all_day=False, now=now, zone=zone)
            session.out.line(f"{one.task.id}  {shown(one.task.title)}  rings again {rings}")
    else:
        _print(session, [records.record(item, now=now, zone=zone) for item in items])


@app.command(cls=Command)
def move(
    ctx: typer.Context,
    selector: Selector,
    phrase: Annotated[list[str], typer.Argument(metavar="TIME...")],
    *,
    is_json: Json = False,
    is_quiet: Quiet = False,
) -> None:
    """remind move 7 friday 10am

    Make this occurrence due at another time; the series stays as it is.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    item = session.actions.move(selector, " ".join(phrase))
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    if session.out.is_for_people:
        assert item.occurrence is not None
        assert item.occurrence.due_at is not None
        due = records.next_words(item.occurrence.due_at, is_all_day=item.occurrence.is_all_day, now=now, zone=zone)
        session.out.line(f"{records.name(item)}  now due {due}")
    else:
        _print(session, [records.record(item, now=now, zone=zone)])


@app.command(cls=Command)
def edit(
    ctx: typer.Context,
    selector: Selector,
    words: Words = None,
    due: Due = None,
    every: Every = None,
    alert: Alerts = None,
    tag: Tags = None,
    list_name: List = None,
    priority: Priority = None,
    note: Note = None,
    channel: Channels = None,
    tz: Zone = None,
    *,
    is_this: Annotated[bool, typer.Option("--this", help="A time is of this occurrence.")] = False,
    is_series: Annotated[bool, typer.Option("--series", help="A time is of the whole series.")] = False,
    is_strict_day: Annotated[
        bool, typer.Option("--strict-day", help="The 31st skips short months, as RFC 5545 has it.")
    ] = False,
    is_json: Json = False,
    is_quiet: Quiet = False,
) -> None:
    """remind edit 7 a new title friday 10am

    Change a task with the words of add. A time means this occurrence, all else the series. -t -home takes a tag off.
    """
    from remindcli.draft import Draft  # noqa: PLC0415
    from remindcli.errors import UsageError  # noqa: PLC0415

    if is_this and is_series:
        raise UsageError("--this and --series exclude each other", hint="leave one of them out")
    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    draft = Draft(
        words=words or (),
        due=due,
        every=every,
        alerts=alert or (),
        tags=tag or (),
        list_name=list_name,
        priority=priority,
        note=note,
        channels=channel or (),
        zone=tz,
        is_strict_day=is_strict_day,
    )
    scope = "this" if is_this else "series" if is_series else None
    edited = session.actions.edit(selector, draft, scope=scope)
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    if session.out.is_for_people:
        session.out.line(_echo(session, edited.item))
        for note_line in edited.notes:
            session.out.note(f"note: {note_line}")
    else:
        _print(session, [records.record(edited.item, now=now, zone=zone)])


@app.command(cls=Command)
def rm(ctx: typer.Context, selectors: Selectors = None, *, is_json: Json = False, is_quiet: Quiet = False) -> None:
    """remind rm 7

    Take a task away; remind undo brings it back.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=is_quiet)
    gone = session.actions.remove(selectors or ())
    if session.out.is_json:
        session.out.data([{"id": task.id, "title": task.title, "state": "deleted"} for task in gone])
    elif session.out.is_quiet:
        session.out.records([{"id": task.id} for task in gone], ("id",))
    elif session.out.is_for_people:
        for task in gone:
            session.out.line(f"{task.id}  {shown(task.title)}  deleted; remind undo brings it back")
    else:
        rows = [{"id": task.id, "state": "deleted", "title": task.title} for task in gone]
        session.out.records(rows, ("id", "state", "title"))


@app.command(cls=Command)
def undo(ctx: typer.Context, *, is_json: Json = False) -> None:
    """remind undo

    Take back the last thing you did, as one step.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=False)
    _say_step(session, "undone", session.actions.undo())


@app.command(cls=Command)
def redo(ctx: typer.Context, *, is_json: Json = False) -> None:
    """remind redo

    Do again what was last undone.
    """
    session = _begin(ctx, is_json=is_json, is_quiet=False)
    _say_step(session, "redone", session.actions.redo())


def _begin(ctx: typer.Context, *, is_json: bool, is_quiet: bool) -> Session:
    session = session_of(ctx)
    session.out.is_json = session.out.is_json or is_json
    session.out.is_quiet = is_quiet
    return session


def _print(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Print records for programs: JSON, ids, or tab-separated lines."""
    from remindcli.cli import records  # noqa: PLC0415

    if session.out.is_json:
        session.out.data(rows)
    elif session.out.is_quiet:
        session.out.records(rows, ("id",))
    else:
        session.out.records(rows, records.KEYS)


def _echo(session: Session, item: "Item") -> str:
    """Return what was understood of a task, in one line."""
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    parts = [records.name(item)]
    occurrence = item.occurrence
    repeats = records.repeats(item.task.rule, now=now, zone=zone)
    if occurrence is not None and occurrence.due_at is not None:
        says_hour = f"{occurrence.due_at.astimezone(zone):%H:%M}" in repeats
        due = records.moment_words(occurrence.due_at, is_all_day=occurrence.is_all_day or says_hour, now=now, zone=zone)
        away = records.away_words(occurrence, now=now, zone=zone)
        parts.append(f"{repeats}, next {due} ({away})" if repeats else f"{due} ({away})")
    elif occurrence is not None:
        parts.append("no time")
    marks = [f"+{tag}" for tag in item.task.tags]
    marks += [f"@{item.task.list_name}"] if item.task.list_name else []
    marks += [f"p{item.task.priority}"] if item.task.priority else []
    return "  ".join(parts + [shown(mark) for mark in marks])


def _say_understood(session: Session, understood: "Understood") -> None:
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    item = understood.item
    if session.out.is_for_people:
        if item is not None:
            session.out.line(_echo(session, item))
        else:
            _say_dry_run(session, understood)
    elif item is not None:
        row = records.record(item, now=now, zone=zone)
        if session.out.is_json:
            session.out.data(row)
        else:
            _print(session, [row])
    else:
        _say_dry_run(session, understood)
    silent = item is not None and item.occurrence is not None and item.occurrence.due_at is not None
    if silent and item is not None and item.rings_at is None and item.task.alerts:
        session.out.note("note: it will not ring: the time of its alert has passed")
    if understood.when is not None:
        for note_line in understood.when.notes:
            session.out.note(f"note: {note_line}")
    if understood.hint:
        session.out.note(f"hint: {shown(understood.hint)}")


def _say_dry_run(session: Session, understood: "Understood") -> None:
    """Say what would be written, and when it would be due."""
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    new = understood.new
    is_all_day = bool(new.rule and new.rule.is_all_day)
    words = records.repeats(new.rule, now=now, zone=zone)
    if session.out.is_json:
        session.out.data(
            {
                "title": new.title,
                "read": understood.read,
                "rrule": new.rule.rrule if new.rule else None,
                "repeats": words,
                "is_all_day": is_all_day,
                "next": [
                    planned.at.astimezone(zone).date().isoformat() if is_all_day else records.iso(planned.at, zone)
                    for planned in understood.coming
                ],
            }
        )
        return
    if session.out.is_quiet:
        return
    session.out.line(f"would add  {shown(new.title)}" + (f"  {words}" if words else ""))
    for planned in understood.coming:
        due = records.next_words(planned.at, is_all_day=is_all_day, now=now, zone=zone)
        session.out.line(f"  {due}")


def _say_closed(session: Session, how: str, closed: Sequence["Closed"]) -> None:
    from remindcli.cli import records  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    if not session.out.is_for_people:
        rows = [
            {
                "id": one.task.id,
                "state": how,
                "title": one.task.title,
                "planned_for": one.occurrence.planned_for or None,
                "due": records.iso_due(one.occurrence, zone),
                "next_due": records.iso_due(one.following, zone),
            }
            for one in closed
        ]
        if session.out.is_json:
            session.out.data(rows)
        else:
            session.out.records(rows, ("id",) if session.out.is_quiet else ("id", "state", "next_due", "title"))
        return
    for one in closed:
        line = f"{one.task.id}  {shown(one.task.title)}  {how}"
        if one.following is not None and one.following.due_at is not None:
            due = records.next_words(one.following.due_at, is_all_day=one.following.is_all_day, now=now, zone=zone)
            line += f", next {due}"
        session.out.line(line)


def _say_step(session: Session, how: str, step: "Step") -> None:
    if session.out.is_json:
        session.out.data({"step": how, "verb": step.verb, "summary": step.summary, "ids": list(step.task_ids)})
    else:
        session.out.line(f"{how}: {shown(step.summary)}")
