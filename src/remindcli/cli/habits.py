"""What `remind stats` says of you: on time, in a row, a year's days, what is put off again and again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from remindcli.cli.output import Column, shown
from remindcli.cli.views import point_of_view

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.cli.table import View
    from remindcli.core.habits import Habit
    from remindcli.store.past import PutOff

FIELDS = (
    "part",
    "id",
    "title",
    "done",
    "on_time",
    "missed",
    "skipped",
    "late_seconds",
    "streak",
    "best",
    "date",
    "times",
)
_WEEKS = 53
_MOST_SNOOZED = 5
_OFTEN = 3
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHADES = {True: "·░▒▓█", False: ".:+*#"}
_STYLES = ("dim", "cyan", "cyan", "bold cyan", "bold cyan")
_COLUMNS = (
    Column("id", "id"),
    Column("title", "task", is_wide=True),
    Column("on_time", "on time"),
    Column("late", "late by", rank=3),
    Column("streak", "in a row", rank=1),
    Column("best", "best", rank=4),
    Column("missed", "missed", rank=2),
)


class Told(NamedTuple):
    """What is to be told.

    Attributes:
        habits: the tasks that come back, by id, each with its title.
        days: how much was done on each day of the year up to now, by ISO date.
        snoozed: what was put off most, each with a suggestion.
    """

    habits: "list[tuple[int, str, Habit]]"
    days: Mapping[str, int]
    snoozed: "list[tuple[PutOff, str]]"
    first: date


def gather(session: "Session", words: Sequence[str]) -> Told:
    """Return what there is to tell of the tasks that filter words mean, finished ones too."""
    from remindcli.core import habits, recurrence  # noqa: PLC0415
    from remindcli.core.task import TaskState  # noqa: PLC0415

    view = point_of_view(session)
    today = view.now.astimezone(view.zone).date()
    first = today - timedelta(days=today.weekday() + 7 * (_WEEKS - 1))
    begin_at = recurrence.start_of_day(first, view.zone)
    states = (TaskState.ACTIVE, TaskState.PAUSED, TaskState.FINISHED)
    chosen = session.filtered(words)
    chosen = chosen.but(states=tuple(dict.fromkeys((*states, *chosen.states))))
    found = session.store.views.habits(chosen, begin_at, view.now + timedelta(seconds=1), snoozed=_MOST_SNOOZED)
    told = [(one.task.id, one.task.title, habits.habit_of(one.occurrences, view.zone)) for one in found.ended]
    told = [one for one in told if one[2].done or one[2].missed]
    told.sort(key=lambda one: (-one[2].done - one[2].missed, one[0]))
    snoozed = [(one, _suggestion(session, one)) for one in found.snoozed]
    return Told(told, habits.by_day(found.done_at, view.zone), snoozed, first)


def _suggestion(session: "Session", one: "PutOff") -> str:
    """Return what may help who puts a task off again and again; "" where it is not often."""
    if one.times < _OFTEN:
        return ""
    if session.store.item(one.id).task.is_recurring:
        return f"another hour may suit it: remind edit {one.id} --series 6pm"
    return f"another day may suit it, or none: remind move {one.id} saturday, remind rm {one.id}"


def record(told: Told) -> dict[str, object]:
    """Return it as JSON has it."""
    return {
        "habits": [{"id": task_id, "title": title, **_numbers(habit)} for task_id, title, habit in told.habits],
        "days": dict(told.days),
        "snoozed": [
            {"id": one.id, "title": one.title, "times": one.times, "suggestion": words or None}
            for one, words in told.snoozed
        ],
    }


def _numbers(habit: "Habit") -> dict[str, object]:
    late = habit.late_for
    return {
        "done": habit.done,
        "on_time": habit.on_time,
        "missed": habit.missed,
        "skipped": habit.skipped,
        "late_seconds": None if late is None else int(late.total_seconds()),
        "streak": habit.streak,
        "best": habit.best,
    }


def lines(told: Told) -> Iterator[Mapping[str, object]]:
    """Yield one record for each line of a pipe: its part, and what belongs to it."""
    for task_id, title, habit in told.habits:
        yield {"part": "habit", "id": task_id, "title": title, **_numbers(habit)}
    for day, count in sorted(told.days.items()):
        yield {"part": "day", "date": day, "done": count}
    for one, _ in told.snoozed:
        yield {"part": "snoozed", "id": one.id, "title": one.title, "times": one.times}


def show(session: "Session", told: Told) -> None:
    """Show it to a person."""
    out = session.out
    if not told.habits and not told.days and not told.snoozed:
        out.line("Nothing was done yet; remind stats --delivery counts what was told.")
        return
    if told.habits:
        out.tables(_COLUMNS, {"": [_row(*one) for one in told.habits]})
        out.line()
    _show_year(session, told, point_of_view(session))
    if told.snoozed:
        out.line()
        out.styled([("Snoozed most", "bold")])
        for one, words in told.snoozed:
            times = "once" if one.times == 1 else f"{one.times} times"
            out.line(f"  {one.id}  {shown(one.title, 60)}  {times}" + (f"; {words}" if words else ""))


def _row(task_id: int, title: str, habit: "Habit") -> dict[str, str]:
    from remindcli.core.telling import span  # noqa: PLC0415

    share = f"{habit.on_time} of {habit.done + habit.missed}"
    late = habit.late_for
    return {
        "id": str(task_id),
        "title": title,
        "on_time": share,
        "late": span(late) if late else "" if late is None else "not",
        "streak": str(habit.streak),
        "best": str(habit.best),
        "missed": str(habit.missed or ""),
    }


def _show_year(session: "Session", told: Told, view: "View") -> None:
    """Show how much was done on each day: a column for each week, as many as there is room for."""
    out = session.out
    today = view.now.astimezone(view.zone).date()
    weeks = min(_WEEKS, max(1, out.width - 4))
    first = told.first + timedelta(days=7 * (_WEEKS - weeks))
    shades, most = _SHADES[out.has_blocks], max(told.days.values(), default=0)
    total = sum(count for day, count in told.days.items() if day >= first.isoformat())
    out.styled([(f"{total} done in {weeks} weeks", "bold")])
    out.line(" " * 4 + _month_heads(first, weeks))
    for weekday in range(7):
        pieces = [(f"{('Mon', '', 'Wed', '', 'Fri', '', 'Sun')[weekday]:<4}", "dim")]
        for week in range(weeks):
            day = first + timedelta(days=7 * week + weekday)
            level = _level(told.days.get(day.isoformat(), 0), most)
            pieces.append((" " if day > today else shades[level], _STYLES[level]))
        out.styled(pieces)
    out.line(f"{' ' * 4}{shades[0]} none  {shades[1]} few  {shades[4]} {most}"[: out.width])


def _level(count: int, most: int) -> int:
    """Return how dark a day is, 0 to 4: none is 0, the most is 4."""
    return -(-count * 4 // most) if most and count else 0


def _month_heads(first: date, weeks: int) -> str:
    """Return the names of the months above the weeks in which they begin."""
    heads = [" "] * (weeks + 3)
    free_from = 0
    for week in range(weeks):
        day = first + timedelta(days=7 * week)
        if (day.day <= 7 or week == 0) and week >= free_from and week + 3 <= weeks:
            heads[week : week + 3] = _MONTHS[day.month - 1]
            free_from = week + 4
    return "".join(heads).rstrip()
