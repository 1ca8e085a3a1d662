"""Tasks as a table for people: which columns there are, and what stands in them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from remindcli.cli import records
from remindcli.cli.output import Column
from remindcli.store.reading import Item

USUAL = (
    Column("id", "id"),
    Column("due", "due", rank=1),
    Column("away", "", rank=4),
    Column("state", "state", rank=2),
    Column("title", "task", is_wide=True),
    Column("repeats", "repeats", is_wide=True, rank=5),
    Column("labels", "tags", is_wide=True, rank=3),
)
"""The columns that are shown where nobody chose; an empty one is left out."""

STYLES = {"overdue": "yellow", "ringing": "bold yellow", "failed": "bold red", "snoozed": "cyan", "paused": "dim"}
"""How a row is coloured. The state stands in the row as a word: colour repeats it. Red and green never stand for two
things, and all of these differ in brightness for those who see no hue."""

_WIDE = frozenset({"title", "repeats", "note", "tags", "labels", "list", "rrule"})
_MOMENTS: dict[str, Callable[[Item], datetime | None]] = {
    "rings_at": lambda item: item.rings_at,
    "rang_at": lambda item: item.rang_at,
    "created_at": lambda item: item.task.created_at,
    "modified_at": lambda item: item.task.modified_at,
}


class View(NamedTuple):
    """From where tasks are looked at."""

    now: datetime
    zone: ZoneInfo


def columns(names: Sequence[str] | None) -> tuple[Column, ...]:
    """Return the columns of these fields, in their order; the usual ones for None."""
    if names is None:
        return USUAL
    return tuple(
        Column(
            name, name.replace("_", " "), is_wide=name in _WIDE, rank=0 if number == 0 or name == "title" else number
        )
        for number, name in enumerate(names)
    )


def row(item: Item, view: View, names: Sequence[str] | None = None) -> dict[str, str]:
    """Return what stands in the row of a task, by column; with `style`, its colour."""
    task, (now, zone) = item.task, view
    state = records.state(item, now=now, zone=zone)
    style = STYLES.get("paused" if item.task.state.value == "paused" else state, "")
    if names is not None:
        record = records.record(item, now=now, zone=zone)
        return {name: _cell(name, item, record, view) for name in names} | {"style": style}
    words = "nagging" if item.is_nagging and state == "ringing" else "kept" if item.is_kept else state
    passed = f" ({item.passed} passed)" if item.passed else ""
    return {
        "id": str(item.task.id),
        "due": records.due_words(item.occurrence, now=now, zone=zone),
        "away": records.away_words(item.occurrence, now=now, zone=zone),
        "state": ("" if words == "open" else words) + passed,
        "title": item.task.title,
        "repeats": records.repeats(item.task.rule, now=now, zone=zone),
        "labels": " ".join(records.labels(task.tags, task.list_name, task.priority)),
        "style": style,
    }


def _cell(name: str, item: Item, record: dict[str, object], view: View) -> str:
    now, zone = view
    if name in ("due", "next_due"):
        return records.due_words(item.occurrence if name == "due" else item.coming, now=now, zone=zone)
    if name in _MOMENTS:
        at = _MOMENTS[name](item)
        return "" if at is None else records.moment_words(at, is_all_day=False, now=now, zone=zone)
    value = record[name]
    match value:
        case None | False | "":
            return ""
        case True:
            return "yes"
        case list():
            return " ".join(f"+{one}" if name == "tags" else str(one) for one in value)
        case _:
            return {"list": "@{}", "priority": "p{}"}.get(name, "{}").format(value)
