"""The verbs that carry tasks to another store and bring them in: export, import."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, FilterCommand, app
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.cli.views import Filters
from remindcli.errors import RemindError, UsageError

if TYPE_CHECKING:
    from remindcli.core.portable import Portable
    from remindcli.store.reading import Item

_LARGEST_FILE = 2_000_000_000


@app.command(cls=FilterCommand)
def export(
    ctx: typer.Context,
    words: Filters = None,
    *,
    is_calendar: Annotated[bool, typer.Option("--ics", help="Print an iCalendar file of to-dos.")] = False,
) -> None:
    """remind export > tasks.jsonl

    Print tasks for another store or program: as JSON Lines, one a line, or with --ics as to-dos of an iCalendar file.
    All but the done ones, or what a filter means; commands, folders and channels stay here.
    """
    from remindcli.store.selecting import Order  # noqa: PLC0415

    session = asked.begin(ctx)
    found = session.store.select(session.filtered(words or []), [Order("id")])
    portables = (_portable(item) for item in session.store.pages(found.ids))
    if is_calendar:
        from remindcli.exchange import calendar_writing  # noqa: PLC0415

        here = calendar_writing.Here(session.environment.clock.zone(), session.settings.time_of("all_day_at"))
        for text in calendar_writing.write(portables, here):
            session.out.verbatim(text)
        return
    from remindcli.exchange import lines  # noqa: PLC0415

    for one in portables:
        session.out.line(lines.write(one))


@app.command("import", cls=Command)
def bring_in(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="- is standard input.")],
    *,
    is_dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Check the file, and write nothing.")] = False,
    is_partial: Annotated[bool, typer.Option("--partial", help="Leave out what can't be used, and say so.")] = False,
    is_json: asked.Json = False,
) -> None:
    """remind import tasks.ics

    Bring tasks in from a file: of remind export, or the to-dos and events of an iCalendar file. All or, if one can't be
    used, none; what is there already is left as it is. Undo takes the whole import back.
    """
    from remindcli.cli.progress import Progress  # noqa: PLC0415

    session = asked.begin(ctx, is_json=is_json)
    with Progress(session.environment) as progress:
        progress.doing("reading the tasks")
        text = _text(session, file)
        faults: list[UsageError] = []
        portables = []
        for one in _read(session, text):
            if isinstance(one, UsageError) and not is_partial:
                raise one
            faults.append(one) if isinstance(one, UsageError) else portables.append(one)
        progress.doing("checking" if is_dry_run else "writing the tasks")
        new, known = len(portables), 0
        if not is_dry_run:
            brought = session.store.bring_in(portables, progress.count)
            session.actions.look()
            new, known = brought.new, brought.known
    for fault in faults:
        session.out.note(f"left out: {shown(fault.what, 200)}" + (f" ({shown(fault.why, 200)})" if fault.why else ""))
    if session.out.is_json:
        counts = {"imported": 0 if is_dry_run else new, "known": known, "read": len(portables)}
        session.out.json({**counts, "left_out": len(faults)})
    elif is_dry_run:
        session.out.line(f"would import {_tasks(new)}")
    else:
        there = f"; {_tasks(known)} {'was' if known == 1 else 'were'} there already" if known else ""
        session.out.line(f"imported {_tasks(new)}{there}")


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"


def _text(session: Session, file: str) -> str:
    """Return what stands in a file, or comes from standard input."""
    if file == "-":
        return session.environment.stdin.read()
    place = session.environment.cwd / file
    try:
        if place.stat().st_size > _LARGEST_FILE:
            raise RemindError(f"{file} is too large", why="it has more than two gigabytes")
        with place.open(encoding="utf-8-sig", newline="") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RemindError(f"can't read {file}", why=why) from None


def _read(session: Session, text: str) -> "Iterator[Portable | UsageError]":
    """Yield the tasks in a text, and for each that can't be used an error that says which it is.

    Raises:
        UsageError: the text as a whole can't be read.
    """
    from dataclasses import replace  # noqa: PLC0415

    from remindcli.draft import checked_list, checked_note, checked_tags, checked_title  # noqa: PLC0415

    is_calendar = text.lstrip("\ufeff \t\r\n")[:15].upper() == "BEGIN:VCALENDAR"
    for where, read in _in_calendar(session, text) if is_calendar else _in_lines(text):
        try:
            one = read()
            if one is not None:
                yield replace(
                    one,
                    title=checked_title(one.title),
                    note=checked_note(one.note),
                    list_name=checked_list(one.list_name),
                    tags=checked_tags(one.tags),
                )
        except UsageError as error:
            hint = "nothing was imported; mend it, take it out, or leave it out with --partial"
            yield UsageError(f"{where}: {error.what}", why=error.why, hint=hint)


def _in_lines(text: str) -> "Iterator[tuple[str, Callable[[], Portable | None]]]":
    from remindcli.exchange import lines  # noqa: PLC0415

    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield f"line {number}", partial(lines.read, line)


def _in_calendar(session: Session, text: str) -> "Iterator[tuple[str, Callable[[], Portable | None]]]":
    from remindcli.exchange import calendar_file, calendar_reading, calendar_times  # noqa: PLC0415

    clock = session.environment.clock
    here = calendar_times.Here(clock.now(), clock.zone(), session.settings.time_of("all_day_at"))
    for entry in calendar_file.entries(text):
        yield entry.words, partial(calendar_reading.read, entry, here)


def _portable(item: "Item") -> "Portable":
    from remindcli.core.portable import Portable, Standing  # noqa: PLC0415

    task, occurrence = item.task, item.occurrence
    standing = None
    if occurrence is not None:
        standing = Standing(occurrence.planned_for, occurrence.is_all_day, occurrence.moved_to, item.passed)
    return Portable(
        uid=task.uid,
        title=task.title,
        created_at=task.created_at,
        modified_at=task.modified_at,
        rule=task.rule,
        note=task.note,
        list_name=task.list_name,
        priority=task.priority,
        tags=task.tags,
        alerts=task.alerts,
        day_alerts=task.day_alerts,
        nag_after=task.nag_after,
        catch_up=task.catch_up,
        state=task.state,
        standing=standing,
    )
