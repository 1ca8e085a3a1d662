"""What stands in the list: open tasks under headings, each in a line of text that nothing is read into."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rich.text import Text

from remindcli.cli import table
from remindcli.cli.output import shown
from remindcli.cli.overview import sections
from remindcli.cli.session import Session
from remindcli.cli.table import View
from remindcli.cli.views import point_of_view
from remindcli.core.filters import Filter
from remindcli.core.task import TaskState
from remindcli.store.reading import Item
from remindcli.tui.verbs import read_filter

_MOST = 200
"""More than that under one heading is counted; a filter finds them."""
_DUE_WIDTH = 16


class Row(NamedTuple):
    """A line of the list.

    Attributes:
        task_id: the task in it; None is a heading.
    """

    text: Text
    task_id: int | None = None


def agenda(session: Session) -> list[Row]:
    """Return all open tasks, under the headings of bare `remind`."""
    view = point_of_view(session)
    rows: list[Row] = []
    for title, condition in sections(view, session.environment.cwd).items():
        rows += _section(session, view, title, Filter(condition, (TaskState.ACTIVE,)))
    return rows or [_heading("Nothing to remind of. a adds a task.")]


def filtered(session: Session, text: str) -> list[Row]:
    """Return the tasks that filter words mean, the next due first.

    Raises:
        UsageError: they can't be read.
    """
    rows = _section(session, point_of_view(session), "Found", read_filter(session, text))
    return rows or [_heading("Nothing matches. Esc shows all.")]


def of_day(session: Session, day: date, ids: Sequence[int]) -> list[Row]:
    """Return the tasks that are due on a day."""
    view = point_of_view(session)
    items = session.store.pages(list(dict.fromkeys(ids))[:_MOST])
    return [_heading(f"{day:%a} {day.day} {day:%b %Y}: {len(ids) or 'nothing'} due"), *_rows(items, view)]


def _section(session: Session, view: View, title: str, wanted: Filter) -> list[Row]:
    found = session.store.select(wanted, limit=_MOST)
    if not found.total:
        return []
    rows = [_heading(title if title != "Found" else f"{found.total} found")]
    rows += _rows(session.store.pages(found.ids), view)
    left = found.total - len(found.ids)
    return [*rows, _heading(f"and {left} more: / finds them")] if left else rows


def _heading(text: str) -> Row:
    return Row(Text(text, style="bold"))


def _rows(items: Iterable[Item], view: View) -> list[Row]:
    return [Row(_text(item, view), item.task.id) for item in items]


def _text(item: Item, view: View) -> Text:
    cells = table.row(item, view)
    behind = [cells[name] for name in ("state", "repeats", "labels") if cells[name]]
    words = "  ".join([f"{cells['id']:>5}  {cells['due']:<{_DUE_WIDTH}}", shown(cells["title"]), *map(shown, behind)])
    return Text(words, style=cells["style"])
