"""Months as people know them: cal."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, app
from remindcli.cli.views import Form, Nul, begin, point_of_view
from remindcli.errors import UsageError

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.cli.table import View

FIELDS = ("date", "week", "due", "overdue", "done", "ids")
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WIDE_CELL, NARROW_CELL, WEEK = 7, 5, 4
_BETWEEN = "  "
LEGEND = ">today  number: due  !overdue  {done}done"

Pieces = list[tuple[str, str]]


class Day(NamedTuple):
    """What a day holds.

    Attributes:
        due: ids of what is due, overdue or to come.
        overdue: how many of them are past due.
        done: how much was done on it.
    """

    date: date
    due: list[int]
    overdue: int
    done: int


@app.command(cls=Command)
def cal(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[MONTH] [YEAR]", show_default=False)] = None,
    form: Form = None,
    *,
    has_three: Annotated[bool, typer.Option("-3", "--three", help="The month before and the month after too.")] = False,
    has_nul: Nul = False,
    is_json: asked.Json = False,
) -> None:
    """remind cal -3

    Show a month with its ISO weeks and how much is due on each day: remind cal, remind cal feb, remind cal 2027-02,
    remind cal 2027. The day marked > is today; a number marked ! has something overdue among it; ✓ stands for what was
    done.
    """
    session = begin(ctx, is_json=is_json, has_nul=has_nul, form=form, fields=FIELDS)
    view = point_of_view(session)
    months = _months(words or [], view.now.astimezone(view.zone).date())
    if has_three:
        months = [shifted(months[0], -1), *months, shifted(months[-1], 1)]
    days = days_in(session, view, months[0], shifted(months[-1], 1))
    if not session.out.is_for_people:
        rows = [
            {
                "date": day.date.isoformat(),
                "week": "{}-W{:02}".format(*day.date.isocalendar()[:2]),
                "due": len(day.due),
                "overdue": day.overdue,
                "done": day.done,
                "ids": list(dict.fromkeys(day.due)),  # one may be due several times
            }
            for day in days.values()
        ]
        session.out.listed(rows, FIELDS)
        return
    _show(session, months, days, view.now.astimezone(view.zone).date())


def _months(words: Sequence[str], today: date) -> list[date]:
    """Return the first days of the months that the words mean.

    Raises:
        UsageError: they mean no month.
    """
    year, month = None, None
    for word in words:
        lowered = word.lower()
        named = next((number for number, name in enumerate(_MONTH_NAMES, 1) if name.lower().startswith(lowered)), None)
        if named is not None and len(lowered) >= 3 and month is None:
            month = named
        elif lowered.isascii() and lowered.isdecimal() and len(lowered) <= 2 and 1 <= int(lowered) <= 12 and not month:
            month = int(lowered)
        elif lowered.isascii() and lowered.isdecimal() and len(lowered) == 4 and int(lowered) and year is None:
            year = int(lowered)
        elif len(lowered) == 7 and lowered[4] == "-" and (lowered[:4] + lowered[5:]).isdecimal() and len(words) == 1:
            year, month = int(lowered[:4]), int(lowered[5:])
        else:
            from remindcli.core.safe import safe  # noqa: PLC0415

            raise UsageError(
                f'can\'t read "{safe(word, 40)}" as a month', hint="remind cal, cal feb, cal 2027-02, cal 2027"
            )
    if (month is not None and not 1 <= month <= 12) or (year is not None and not 1 < year < 9999):
        raise UsageError("there is no such month", hint="remind cal 2027-02")
    if year is not None and month is None:
        return [date(year, number, 1) for number in range(1, 13)]
    return [date(year or today.year, month or today.month, 1)]


def shifted(first: date, months: int) -> date:
    """Return the first day of the month that is so many months away."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def days_in(session: "Session", view: "View", first: date, after: date) -> dict[date, Day]:
    """Return the days in [first, after) with what they hold."""
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core import recurrence  # noqa: PLC0415
    from remindcli.core.ahead import planned_between  # noqa: PLC0415
    from remindcli.core.task import TaskState  # noqa: PLC0415

    days = {
        first + timedelta(days=number): Day(first + timedelta(days=number), [], 0, 0)
        for number in range((after - first).days)
    }
    begin_at, end_at = (recurrence.start_of_day(day, view.zone) for day in (first, after))
    month = session.store.views.month(begin_at, end_at, session.filtered([]).but(states=tuple(TaskState)))
    for occurrence in month.due:
        assert occurrence.due_at is not None
        day = occurrence.due_at.astimezone(view.zone).date()
        is_late = records.overdue(occurrence, now=view.now, zone=view.zone)
        days[day] = days[day]._replace(overdue=days[day].overdue + is_late)
        days[day].due.append(occurrence.task_id)
    for series in month.series:
        for planned in planned_between(series.task, series.spawned, max(begin_at, view.now), end_at, view.zone):
            days[planned.at.astimezone(view.zone).date()].due.append(series.task.id)
    for _, done_at in month.done:
        day = done_at.astimezone(view.zone).date()
        days[day] = days[day]._replace(done=days[day].done + 1)
    return days


def _show(session: "Session", months: Sequence[date], days: dict[date, Day], today: date) -> None:
    out = session.out
    cell = WIDE_CELL if out.width >= WEEK + 7 * WIDE_CELL else NARROW_CELL
    wide = WEEK + 7 * cell
    if out.width < wide:
        _show_as_list(session, months, days, today)
        return
    abreast = max(1, (out.width + len(_BETWEEN)) // (wide + len(_BETWEEN)))
    for begin_at in range(0, len(months), abreast):
        if begin_at:
            out.line()
        blocks = [
            month_rows(first, days, today, cell, _done(session)) for first in months[begin_at : begin_at + abreast]
        ]
        for row in range(max(map(len, blocks))):
            pieces: Pieces = []
            for block in blocks:
                pieces += ([(_BETWEEN, "")] if pieces else []) + (
                    block[row] if row < len(block) else [(" " * wide, "")]
                )
            out.styled(pieces)
    out.line()
    out.line(LEGEND.format(done=_done(session)))


def month_rows(
    first: date, days: dict[date, Day], today: date, cell: int, done: str, chosen: date | None = None
) -> list[Pieces]:
    """Return the rows of one month, each as wide as the others.

    Args:
        cell: the columns of a day.
        done: the sign of what was done.
        chosen: the day that stands in brackets.
    """
    wide = WEEK + 7 * cell
    name = f"{_MONTH_NAMES[first.month - 1]} {first.year}"
    rows: list[Pieces] = [[(f"{name:^{wide}}", "bold")]]
    rows.append([(" " * WEEK + "".join(f" {name}".ljust(cell) for name in _WEEKDAYS), "dim")])
    day = first - timedelta(days=first.weekday())
    while day < shifted(first, 1):
        row: Pieces = [(f"W{day.isocalendar()[1]:02} ", "dim")]
        for number in range(7):
            here = day + timedelta(days=number)
            text, style = _cell(days[here], today, cell, done) if here.month == first.month else (" " * cell, "")
            if here == chosen:
                text, style = f"[{text[1:-1]}{']' if text.endswith(' ') else text[-1]}", f"{style} reverse".strip()
            row.append((text, style))
        rows.append(row)
        day += timedelta(days=7)
    return rows


def _sign(day: Day, today: date) -> str:
    return ">" if day.date == today else " "


def _done(session: "Session") -> str:
    return "✓" if session.out.has_blocks else "v"


def _cell(day: Day, today: date, cell: int, done: str) -> tuple[str, str]:
    """Return a day: its number, and how much is due; where nothing is, whether something was done."""
    most = 999 if cell >= WIDE_CELL else 9
    count = len(day.due)
    words = f"{'!' if day.overdue else ' '}{count if count <= most else '+'}" if count else done * bool(day.done)
    text = f"{_sign(day, today)}{day.date.day:>2}{words:<{cell - 3}}"
    style = "bold yellow" if day.overdue else "bold cyan" if count else ""
    return text, f"{style} reverse".strip() if day.date == today else style


def _show_as_list(session: "Session", months: Sequence[date], days: dict[date, Day], today: date) -> None:
    """Show the days that hold something, where a month has no room."""
    out = session.out
    for first in months:
        out.styled([(f"{_MONTH_NAMES[first.month - 1]} {first.year}", "bold")])
        for day in days.values():
            is_here = (day.date.year, day.date.month) == (first.year, first.month)
            if is_here and (day.due or day.done or day.date == today):
                what = f"{'!' if day.overdue else ' '}{len(day.due)}" if day.due else "  "
                what += f" {_done(session)}{day.done}" if day.done else ""
                out.line(f"{_sign(day, today)}{_WEEKDAYS[day.date.weekday()]} {day.date.day:>2}{what}".rstrip())
