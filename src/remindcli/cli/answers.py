"""The verbs that answer a reminder, and those that take an action back: done undone skip snooze ack move undo redo."""

from typing import Annotated

import typer

from remindcli.cli import asked, echo
from remindcli.cli.app import Command, app
from remindcli.cli.asked import Json
from remindcli.cli.session import Session
from remindcli.errors import NotFoundError, UsageError

Count = Annotated[int | None, typer.Option("-n", min=1, max=1000, metavar="N", help="So many steps.")]
_LISTED = 20


@app.command(cls=Command)
@asked.over_tasks()
def done(
    session: Session,
    words: list[str],
    *,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it was done.")] = None,
    is_sure: bool,
) -> None:
    """remind done 7

    Complete a task; a recurring one comes back at its next time. Without an id: what rang last.
    """
    ids = asked.what_rings(session, words, "done", is_sure=is_sure)
    echo.say_closed(session, "done", session.actions.done(ids, at=at))


@app.command(cls=Command)
@asked.over_tasks()
def undone(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind undone 7

    Open again what was done or skipped last of a task, however long ago that was.
    """
    from remindcli.core.task import TaskState  # noqa: PLC0415

    states = (TaskState.ACTIVE, TaskState.PAUSED, TaskState.FINISHED)
    ids = asked.tasks_meant(session, words, "undone", is_sure=is_sure, states=states)
    items = session.actions.undone(ids)
    echo.say_items(session, items, lambda item: f"open again, due {echo.due_words(session, item)}")


@app.command(cls=Command)
@asked.over_tasks()
def skip(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind skip 7

    Leave this occurrence out; a recurring task comes back at its next time.
    """
    ids = asked.what_rings(session, words, "skip", is_sure=is_sure)
    echo.say_closed(session, "skipped", session.actions.skip(ids))


@app.command(cls=Command)
@asked.over_tasks("[WORDS]...")
def snooze(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind snooze 7 20m

    Ring later; due stays as it is. Without an id: what rang last; without a time: 10 minutes.
    """
    selectors, until = session.actions.split_time(words)
    ids = asked.what_rings(session, selectors, "snooze", is_sure=is_sure)
    echo.say_snoozed(session, session.actions.snooze(ids, until))


@app.command(cls=Command)
@asked.over_tasks()
def ack(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind ack 7

    Stop the nagging of a task until its next alert; it stays open. Without an id: of all that nag now.
    """
    ids = asked.all_that_ring(session, words, "ack", is_sure=is_sure)
    items = session.actions.acknowledge(ids) if ids else []
    if not items:
        raise NotFoundError("nothing nags now", hint="remind list is:ringing shows what waits for an answer")
    echo.say_items(session, items, lambda _: "nags no more; it stays open")


@app.command(cls=Command)
@asked.over_tasks("ID|TEXT|FILTER... TIME...")
def move(session: Session, words: list[str], *, is_sure: bool) -> None:
    """remind move 7 friday 10am

    Make this occurrence due at another time; the series stays as it is.
    """
    if len(words) < 2:
        raise UsageError("which task, and to when?", hint="remind move 7 friday 10am")
    selectors, phrase = session.actions.split_time(words, begin=1)
    if phrase is None:  # no time at the end: the error of reading one says why
        selectors, phrase = words[:1], " ".join(words[1:])
    ids = asked.tasks_meant(session, selectors, "move", is_sure=is_sure)
    echo.say_moved(session, session.actions.move(ids, phrase))


@app.command(cls=Command)
def undo(
    ctx: typer.Context,
    *,
    count: Count = None,
    is_list: Annotated[bool, typer.Option("--list", help="Show what could be taken back, the latest first.")] = False,
    is_json: Json = False,
) -> None:
    """remind undo

    Take back the last thing you did, as one step; -n 3 the last three.
    """
    session = asked.begin(ctx, is_json=is_json)
    if not is_list:
        echo.say_steps(session, "undone", session.actions.undo(count or 1))
        return
    steps = session.store.history(count or _LISTED)
    if session.out.is_for_people and not steps:
        session.out.line("There is nothing to undo.")
    else:
        echo.list_steps(session, steps)


@app.command(cls=Command)
def redo(ctx: typer.Context, *, count: Count = None, is_json: Json = False) -> None:
    """remind redo

    Do again what was last undone; -n 3 the last three.
    """
    session = asked.begin(ctx, is_json=is_json)
    echo.say_steps(session, "redone", session.actions.redo(count or 1))
