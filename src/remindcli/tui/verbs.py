"""What the keys and the line do: each a verb of the command line, with its words; and what a line would do."""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from remindcli.cli import echo, records
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.core.filters import Filter
from remindcli.draft import Draft, take_apart
from remindcli.moments import move_to, ring_at

Verb = Callable[[Session], None]


class Asked(NamedTuple):
    """What the line asks for.

    Attributes:
        label: stands before it.
        example: stands in it while it is empty.
        needs_task: it is about the marked task.
    """

    label: str
    example: str
    needs_task: bool = True


class Line(Enum):
    """The purposes of the line."""

    ADD = Asked("add", "call bob tomorrow 5pm +work", needs_task=False)
    FILTER = Asked("filter", "@work overdue or p1", needs_task=False)
    SNOOZE = Asked("snooze", "20m, tomorrow 9am; empty: as the settings say")
    EDIT = Asked("edit", "a new title friday 10am +tag @list p1")
    MOVE = Asked("move to", "friday 10am")


def done(task_id: int) -> Verb:
    """Return what completes a task."""
    return lambda session: echo.say_closed(session, "done", session.actions.done([task_id]))


def skip(task_id: int) -> Verb:
    """Return what leaves the current occurrence of a task out."""
    return lambda session: echo.say_closed(session, "skipped", session.actions.skip([task_id]))


def remove(task_id: int) -> Verb:
    """Return what takes a task away."""
    return lambda session: echo.say_items(
        session, session.actions.remove([task_id]), lambda _: "deleted; u brings it back"
    )


def undo(session: Session) -> None:
    """Take the last user action back."""
    echo.say_steps(session, "undone", session.actions.undo())


def redo(session: Session) -> None:
    """Make the user action again that was taken back last."""
    echo.say_steps(session, "redone", session.actions.redo())


def of_line(line: Line, text: str, task_id: int) -> Verb:
    """Return what Enter does to a line.

    Args:
        task_id: the task that it is about, if it is about one.
    """

    def verb(session: Session) -> None:
        actions, cwd = session.actions, session.environment.cwd
        match line:
            case Line.ADD:
                echo.say_understood(session, actions.add(Draft(words=(text,)), folder=cwd))
            case Line.SNOOZE:
                echo.say_snoozed(session, actions.snooze([task_id], text.strip() or None))
            case Line.MOVE:
                echo.say_moved(session, actions.move([task_id], text))
            case Line.EDIT:
                echo.say_edited(session, actions.edit([task_id], Draft(words=(text,)), folder=cwd))
            case Line.FILTER:
                read_filter(session, text)

    return verb


def reading(line: Line, text: str) -> Verb:
    """Return what says how a line is understood while it is typed; nothing is written by it."""

    def verb(session: Session) -> None:
        if not text.strip():
            return
        actions, (now, zone) = session.actions, session.now_and_zone()
        match line:
            case Line.ADD:
                folder = session.environment.cwd
                echo.say_understood(session, actions.add(Draft(words=(text,)), folder=folder, is_dry_run=True))
            case Line.SNOOZE:
                until = records.next_words(ring_at(text, actions.here()), is_all_day=False, now=now, zone=zone)
                session.out.line(f"rings again {until}")
            case Line.MOVE:
                to = move_to(text, actions.here())
                session.out.line(f"due {records.next_words(to.at, is_all_day=to.is_all_day, now=now, zone=zone)}")
            case Line.EDIT:
                session.out.line("would change  " + "  ".join(_changes(session, text)))
            case Line.FILTER:
                found = session.store.select(read_filter(session, text), limit=0)
                session.out.line(f"{found.total} tasks")

    return verb


def read_filter(session: Session, text: str) -> Filter:
    """Return what filter words mean; quotation marks keep a phrase together.

    Raises:
        UsageError: they can't be read.
    """
    from remindcli.core.filters import as_in_a_shell  # noqa: PLC0415

    return session.filtered(as_in_a_shell(text))


def _changes(session: Session, text: str) -> list[str]:
    """Return what the words of an edit change, in words."""
    here, options = session.actions.here(), session.options()
    parts = take_apart(Draft(words=(text,)), now=here.now, zone=here.zone, options=options)
    changes = [f'title "{shown(parts.title)}"'] if parts.title else []
    chosen = parts.reading.when
    if chosen is not None:
        from remindcli.core import explain  # noqa: PLC0415

        changes.append(explain.explain(chosen, now=here.now, zone=here.zone))
    return changes + [shown(label) for label in records.labels(parts.tags, parts.list_name, parts.priority)]
