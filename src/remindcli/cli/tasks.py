"""The verbs that write tasks down and change them: add edit tag note rm pause resume."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remindcli.cli import asked, echo
from remindcli.cli.app import Command, app
from remindcli.cli.asked import Json, Quiet, Sure, Words
from remindcli.cli.session import Session
from remindcli.core.safe import safe
from remindcli.errors import UsageError

if TYPE_CHECKING:
    from remindcli.draft import Draft


@app.command(cls=asked.DraftCommand)
@asked.with_draft
def add(
    ctx: typer.Context,
    words: Words = None,
    *,
    draft: "Draft",
    is_dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would be written.")] = False,
    is_json: Json = False,
    is_quiet: Quiet = False,
) -> None:
    """remind add pay rent every month on the 31st 9am

    Write a task down. A time is read at the start or the end of the words; +tag, @list and p1 anywhere.
    """
    session = asked.begin(ctx, is_json=is_json, is_quiet=is_quiet)
    draft = replace(draft, words=words or ())
    echo.say_understood(session, session.actions.add(draft, folder=session.environment.cwd, is_dry_run=is_dry_run))


@app.command(cls=asked.DraftCommand)
@asked.with_draft
def edit(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="[ID|TEXT|FILTER]", show_default=False)] = None,
    words: Words = None,
    *,
    draft: "Draft",
    is_this: Annotated[bool, typer.Option("--this", help="A time is of this occurrence.")] = False,
    is_series: Annotated[bool, typer.Option("--series", help="A time is of the whole series.")] = False,
    is_in_editor: Annotated[
        bool, typer.Option("--editor", help="Change it as a text in $VISUAL or $EDITOR; so it is without words.")
    ] = False,
    is_sure: Sure = False,
    is_json: Json = False,
    is_quiet: Quiet = False,
) -> None:
    """remind edit 7 a new title friday 10am

    Change a task with the words of add. A time means this occurrence, all else the series. Several: 7,9,12-15.
    -t -home takes a tag off. Without words on a terminal, or with --editor: as a text in your editor.
    """
    if is_this and is_series:
        raise UsageError("--this and --series exclude each other", hint="leave one of them out")
    session = asked.begin(ctx, is_json=is_json, is_quiet=is_quiet)
    selectors = [selector] if selector else []
    ids = asked.tasks_meant(session, selectors, "edit", is_sure=is_sure)
    draft = replace(draft, words=words or ())
    if is_in_editor or (draft == type(draft)() and session.environment.has_terminal_in):
        if len(ids) > 1:
            raise UsageError("the editor takes one task at a time", hint=f"remind edit {ids[0]} --editor")
        from remindcli.cli import editor  # noqa: PLC0415

        echo.say_as_understood(session, editor.edit(session, ids[0]))
        return
    scope = "this" if is_this else "series" if is_series else None
    edited = session.actions.edit(ids, draft, folder=session.environment.cwd, scope=scope)
    echo.say_edited(session, edited)


class _TagCommand(Command):
    """A verb that takes +tag and -tag among its words: neither is an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; those like -tag are kept as they are."""
        off = [word for word in args if len(word) > 2 and word[0] == "-" and word[1].isalpha()]
        rest = super().parse_args(ctx, [word for word in args if word not in off])
        ctx.params["words"] = [*(ctx.params["words"] or []), *off]
        return rest


@app.command(cls=_TagCommand)
@asked.over_tasks("[ID|TEXT|FILTER]... +TAG... -TAG...")
def tag(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind tag 7 9 +urgent -home

    Put tags on tasks and take tags off.
    """
    on = [word[1:] for word in words if word.startswith("+")]
    off = [word[1:] for word in words if word.startswith("-")]
    if not on and not off:
        raise UsageError("which tag?", hint="remind tag 7 +urgent -home")
    selectors = [word for word in words if word[:1] not in ("+", "-")]
    ids = asked.tasks_meant(session, selectors, "tag", is_sure=is_sure)
    echo.say_as_understood(session, session.actions.tag(ids, add=on, remove=off))


@app.command(cls=Command)
def note(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="[ID|TEXT]", show_default=False)] = None,
    words: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", show_default=False)] = None,
    *,
    is_instead: Annotated[bool, typer.Option("--replace", help="Put it in place of what is there.")] = False,
    is_sure: Sure = False,
    is_json: Json = False,
) -> None:
    """remind note 7 ask for the blue one

    Add a line to the note of a task; without a text, show it. The text - is read from standard input.
    """
    session = asked.begin(ctx, is_json=is_json)
    ids = asked.tasks_meant(session, [selector] if selector else None, "note", is_sure=is_sure)
    if words is None and not is_instead:
        items = [session.store.item(one) for one in ids]
    else:
        text = session.environment.stdin.read() if words == ["-"] else " ".join(words or ())
        items = session.actions.note(ids, text.rstrip("\n"), is_instead=is_instead)
    if session.out.is_json:
        session.out.json([{"id": item.task.id, "note": item.task.note} for item in items])
        return
    for item in items:
        for line in item.task.note.splitlines():
            session.out.line(safe(line))


@app.command(cls=Command)
@asked.over_tasks()
def rm(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind rm 7

    Take a task away. remind undo brings it back, and later remind resume; remind list is:deleted shows them.
    """
    ids = asked.tasks_meant(session, words, "rm", is_sure=is_sure)
    gone = session.actions.remove(ids)
    echo.say_items(session, gone, lambda _: "deleted; remind undo brings it back")


@app.command(cls=Command)
@asked.over_tasks()
def pause(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind pause 7

    Keep a task from ringing until it is resumed.
    """
    ids = asked.tasks_meant(session, words, "pause", is_sure=is_sure)
    paused = session.actions.pause(ids)
    echo.say_items(session, paused, lambda item: f"paused; remind resume {item.task.id} lets it ring again")


@app.command(cls=Command)
@asked.over_tasks()
def resume(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind resume 7

    Let a paused task ring again, or bring a deleted one back. What passed meanwhile is handled as after any absence.
    """
    from remindcli.core.filters import is_filter  # noqa: PLC0415
    from remindcli.core.task import TaskState  # noqa: PLC0415

    is_text = bool(words) and not any(is_filter(word) for word in words)
    states = (TaskState.PAUSED, TaskState.DELETED) if is_text else (TaskState.PAUSED,)
    ids = asked.tasks_meant(session, words, "resume", is_sure=is_sure, states=states)
    echo.say_as_understood(session, session.actions.resume(ids))
