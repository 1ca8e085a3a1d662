"""The verbs that carry tasks to another store and bring them in: export, import."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, FilterCommand, app
from remindcli.cli.session import Session
from remindcli.errors import RemindError, UsageError

if TYPE_CHECKING:
    from remindcli.core.portable import Portable
    from remindcli.store.reading import Item

_LARGEST_FILE = 2_000_000_000


@app.command(cls=FilterCommand)
def export(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[FILTER]...", show_default=False)] = None,
) -> None:
    """remind export > tasks.jsonl

    Print tasks as JSON Lines, one a line, for another store: all but the done ones, or what a filter means. Commands,
    folders and channels stay here.
    """
    from remindcli.exchange import lines  # noqa: PLC0415
    from remindcli.store.selecting import Order  # noqa: PLC0415

    session = asked.begin(ctx)
    found = session.store.select(session.filtered(words or []), [Order("id")])
    for item in session.store.pages(found.ids):
        session.out.line(lines.write(_portable(item)))


@app.command("import", cls=Command)
def bring_in(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="- is standard input.")],
    *,
    is_dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Check the file, and write nothing.")] = False,
    is_json: asked.Json = False,
) -> None:
    """remind import tasks.jsonl

    Bring tasks in that remind export has written: all of them or, if a line is wrong, none. What is there already is
    left as it is; undo takes the whole import back.
    """
    from remindcli.cli.progress import Progress  # noqa: PLC0415

    session = asked.begin(ctx, is_json=is_json)
    with Progress(session.environment) as progress:
        progress.doing("reading the tasks")
        portables = list(_read(_lines(session, file)))
        progress.doing("checking" if is_dry_run else "writing the tasks")
        new, known = len(portables), 0
        if not is_dry_run:
            brought = session.store.bring_in(portables, progress.count)
            session.actions.look()
            new, known = brought.new, brought.known
    if session.out.is_json:
        session.out.data({"imported": 0 if is_dry_run else new, "known": known, "read": len(portables)})
    elif is_dry_run:
        session.out.line(f"would import {_tasks(new)}")
    else:
        there = f"; {_tasks(known)} {'was' if known == 1 else 'were'} there already" if known else ""
        session.out.line(f"imported {_tasks(new)}{there}")


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"


def _lines(session: Session, file: str) -> Sequence[str]:
    """Return the lines of a file, or of standard input."""
    if file == "-":
        return session.environment.stdin.read().splitlines()
    place = session.environment.cwd / file
    try:
        if place.stat().st_size > _LARGEST_FILE:
            raise RemindError(f"{file} is too large", why="it has more than two gigabytes")
        return place.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RemindError(f"can't read {file}", why=why) from None


def _read(texts: Sequence[str]) -> "Iterator[Portable]":
    """Yield the tasks of lines.

    Raises:
        UsageError: a line can't be used; it says which.
    """
    from dataclasses import replace  # noqa: PLC0415

    from remindcli.draft import checked_list, checked_note, checked_tags, checked_title  # noqa: PLC0415
    from remindcli.exchange import lines  # noqa: PLC0415

    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            one = lines.read(text)
            yield replace(
                one,
                title=checked_title(one.title),
                note=checked_note(one.note),
                list_name=checked_list(one.list_name),
                tags=checked_tags(one.tags),
            )
        except UsageError as error:
            raise UsageError(
                f"line {number}: {error.what}",
                why=error.why,
                hint="nothing was imported; mend the line, or take it out",
            ) from None


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
