"""Bare `remind`: what rings, what is overdue, today, the next seven days, and whether anybody rings."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from remindcli.cli.session import Session
from remindcli.errors import ExitStatus

if TYPE_CHECKING:
    from remindcli.cli.table import View
    from remindcli.core.filters import Condition, Filter

_WORDS = {"Ringing": "is:ringing", "Here": "", "Overdue": "overdue", "Today": "today", "Next 7 days": "week"}
_MOST_IN_A_SECTION = 100
"""More than that is no overview; what is left is counted."""


def overview(session: Session) -> int:
    """Show what rings, what belongs to this folder, what is overdue, due today, and due in the next seven days."""
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.cli.table import View  # noqa: PLC0415
    from remindcli.core.filters import Either, Filter  # noqa: PLC0415
    from remindcli.core.task import TaskState  # noqa: PLC0415

    view = View(*session.now_and_zone())
    active = (TaskState.ACTIVE,)
    every = sections(view, session.environment.cwd)
    near = {title: every[title] for title in _WORDS}
    if not session.out.is_for_people:
        ids = session.store.select(Filter(Either(tuple(near.values())), active)).ids
        session.out.listed(
            (records.record(item, now=view.now, zone=view.zone) for item in session.store.pages(ids)), records.KEYS
        )
        return ExitStatus.OK
    due = _show(session, view, {title: Filter(one, active) for title, one in near.items()})
    if not due:
        session.out.line("Nothing is due in the next 7 days.")
    rest = {title: one for title, one in every.items() if title not in near}
    counts = {name.lower(): session.store.select(Filter(one, active), limit=0).total for name, one in rest.items()}
    more = [f"{count} {name}" for name, count in counts.items() if count]
    if more:
        if due:
            session.out.line()
        session.out.line(f"And {' and '.join(more)}: remind list")
    elif not due:
        session.out.line("Write something down: remind add call bob tomorrow 5pm")
    _say_who_rings(session, view)
    return ExitStatus.OK


def sections(view: "View", cwd: Path) -> "dict[str, Condition]":
    """Return which open tasks stand under which heading, each under one: from what rings to what has no time."""
    from remindcli.core import recurrence  # noqa: PLC0415
    from remindcli.core.filters import BelongsTo, Both, Either, IsDue, IsOverdue, Not, Stands  # noqa: PLC0415

    today = view.now.astimezone(view.zone).date()

    def midnight(days: int) -> datetime:
        return recurrence.start_of_day(today + timedelta(days=days), view.zone)

    folder = cwd.resolve()
    rings, late = Stands("ringing"), IsOverdue(view.now, midnight(0))
    is_open = Either((IsDue(None, None), Stands("undated")))
    here = Both((BelongsTo(tuple(str(one) for one in (folder, *folder.parents))), is_open))
    elsewhere = Not(Either((rings, here)))
    return {
        "Ringing": rings,
        "Here": Both((here, Not(rings))),
        "Overdue": Both((late, elsewhere)),
        "Today": Both((IsDue(None, midnight(1)), Not(late), elsewhere)),
        "Next 7 days": Both((IsDue(midnight(1), midnight(7)), Not(late), elsewhere)),
        "Later": Both((IsDue(midnight(7), None), elsewhere)),
        "Without a time": Both((Stands("undated"), elsewhere)),
    }


def _show(session: Session, view: "View", sections: "dict[str, Filter]") -> int:
    """Show what is due, and return how much it is."""
    from remindcli.cli import table  # noqa: PLC0415

    found = {title: session.store.select(filtered, limit=_MOST_IN_A_SECTION) for title, filtered in sections.items()}
    rows = {
        title: [table.row(item, view) for item in session.store.pages(one.ids)]
        for title, one in found.items()
        if one.ids
    }
    if rows:
        session.out.tables(table.USUAL, rows)
    for title, one in found.items():
        left = one.total - len(one.ids)
        if left > 0:
            words = _WORDS[title]
            session.out.line(f"{title}: {left} more: remind list {words}")
    return sum(one.total for one in found.values())


def _say_who_rings(session: Session, view: "View") -> None:
    """Say what rings next, if a daemon runs; that none does is said after every command."""
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.cli.output import shown  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    if not is_running(session.store.path):
        return
    coming = session.store.next_to_ring()
    if coming is None:
        session.out.line("The daemon runs; nothing waits to ring.")
        return
    item, rings_at = coming
    at = records.next_words(rings_at, is_all_day=False, now=view.now, zone=view.zone)
    session.out.line(f"The daemon runs; next rings {item.task.id} {shown(item.task.title, 40)} {at}.")
