"""Tasks as the outputs show them: one record for JSON and pipes, words for people."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from remindcli.cli.output import shown
from remindcli.core import explain, recurrence
from remindcli.core.rule import Rule
from remindcli.core.task import Occurrence, TaskState, is_overdue
from remindcli.store.reading import Item

KEYS = ("id", "due", "state", "title", "repeats", "list", "tags", "priority")
"""The fields of a tab-separated line, in their order; fields are only ever added at the end."""


FIELDS = (
    *KEYS,
    *("uid", "note", "is_all_day", "rrule", "dtstart", "zone", "repeat", "planned_for", "next_due", "passed"),
    *("rings_at", "rang_at", "alerts", "channels", "catch_up", "created_at", "modified_at"),
    *("day_alerts", "nag_seconds", "is_nagging", "is_kept", "waits_for", "if", "until_ok", "run", "folder", "here"),
)
"""The fields of `record`, in their order."""


def record(item: Item, *, now: datetime, zone: ZoneInfo) -> dict[str, object]:
    """Return a task as programs read it: names are stable, times are ISO 8601 with offset."""
    task, occurrence = item.task, item.occurrence
    rule = task.rule
    return {
        "id": task.id,
        "due": iso_due(occurrence, zone),
        "state": state(item, now=now, zone=zone),
        "title": task.title,
        "repeats": repeats(rule, now=now, zone=zone),
        "list": task.list_name,
        "tags": list(task.tags),
        "priority": task.priority or None,
        "uid": task.uid,
        "note": task.note,
        "is_all_day": bool(occurrence and occurrence.is_all_day),
        "rrule": rule.rrule if rule else None,
        "dtstart": rule.dtstart.isoformat() if rule else None,
        "zone": rule.zone if rule else None,
        "repeat": rule.repeat.value if rule else None,
        "planned_for": occurrence.planned_for or None if occurrence else None,
        "next_due": iso_due(item.coming, zone),
        "passed": item.passed,
        "rings_at": iso(item.rings_at, zone),
        "rang_at": iso(item.rang_at, zone),
        "alerts": [int(alert.total_seconds()) for alert in task.alerts],
        "channels": list(task.channels),
        "catch_up": task.catch_up.value,
        "created_at": iso(task.created_at, zone),
        "modified_at": iso(task.modified_at, zone),
        **ring_fields(item),
    }


def ring_fields(item: Item) -> dict[str, object]:
    """Return how a task rings, as programs read it."""
    task = item.task
    nag = task.nag_after
    return {
        "day_alerts": [alert.words for alert in task.day_alerts],
        "nag_seconds": None if nag is None else int(nag.total_seconds()),
        "is_nagging": item.is_nagging,
        "is_kept": item.is_kept,
        "waits_for": item.waits_for or None,
        "if": task.conditions.only_if or None,
        "until_ok": task.conditions.until_ok or None,
        "run": task.conditions.run or None,
        "folder": task.conditions.folder or None,
        "here": task.here or None,
    }


def iso(at: datetime | None, zone: ZoneInfo, *, is_all_day: bool = False) -> str | None:
    """Return an instant in ISO 8601 with the offset of the zone, in whole seconds; the date of an all-day one."""
    if at is None:
        return None
    wall = at.astimezone(zone)
    return wall.date().isoformat() if is_all_day else wall.isoformat(timespec="seconds")


def iso_due(occurrence: Occurrence | None, zone: ZoneInfo) -> str | None:
    """Return when an occurrence is due: a date if it is all-day."""
    return None if occurrence is None else iso(occurrence.due_at, zone, is_all_day=occurrence.is_all_day)


def state(item: Item, *, now: datetime, zone: ZoneInfo) -> str:
    """Return where a task stands in one word."""
    if item.occurrence is None or item.task.state is not TaskState.ACTIVE:
        return item.task.state.value
    for name, holds in (
        ("failed", item.has_failed),
        ("snoozed", item.is_snoozed),
        ("ringing", item.is_ringing),
        ("overdue", overdue(item.occurrence, now=now, zone=zone)),
    ):
        if holds:
            return name
    return "open"


def overdue(occurrence: Occurrence, *, now: datetime, zone: ZoneInfo) -> bool:
    """Return whether an occurrence is overdue; an all-day one when the next day has begun in the zone."""
    ends_at = None
    if occurrence.is_all_day and occurrence.due_at is not None:
        day = occurrence.due_at.astimezone(zone).date()
        ends_at = recurrence.start_of_day(day + timedelta(days=1), zone)
    return is_overdue(occurrence, now=now, all_day_ends_at=ends_at)


def repeats(rule: Rule | None, *, now: datetime, zone: ZoneInfo) -> str:
    """Return the recurrence of a rule in words; "" if it does not come back."""
    if rule is None or rule.rrule is None:
        return ""
    return explain.habit(rule, now=now, zone=zone)


def due_words(occurrence: Occurrence | None, *, now: datetime, zone: ZoneInfo) -> str:
    """Return when an occurrence is due, short: "Mon 30 Nov 09:00"; an all-day one without the hour."""
    if occurrence is None or occurrence.due_at is None:
        return ""
    return moment_words(occurrence.due_at, is_all_day=occurrence.is_all_day, now=now, zone=zone)


def moment_words(at: datetime, *, is_all_day: bool, now: datetime, zone: ZoneInfo) -> str:
    """Return a time, short; of an all-day one the day alone."""
    words = explain.moment(at, zone, now)
    return words.rsplit(" ", 1)[0] if is_all_day else words


def away_words(occurrence: Occurrence | None, *, now: datetime, zone: ZoneInfo) -> str:
    """Return how far away due is: "in 7 days", "2 hours ago"; of an all-day one in days."""
    if occurrence is None or occurrence.due_at is None:
        return ""
    return distance_words(occurrence.due_at, is_all_day=occurrence.is_all_day, now=now, zone=zone)


def distance_words(at: datetime, *, is_all_day: bool, now: datetime, zone: ZoneInfo) -> str:
    """Return how far away a time is; of an all-day one in days of the calendar."""
    if not is_all_day:
        return explain.relative(at, now)
    days = (at.astimezone(zone).date() - now.astimezone(zone).date()).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")


def next_words(at: datetime, *, is_all_day: bool, now: datetime, zone: ZoneInfo) -> str:
    """Return a time and how far away it is: "Mon 30 Nov 09:00 (in 7 days)"."""
    when = moment_words(at, is_all_day=is_all_day, now=now, zone=zone)
    return f"{when} ({distance_words(at, is_all_day=is_all_day, now=now, zone=zone)})"


def labels(tags: Sequence[str], list_name: str | None, priority: int | None) -> list[str]:
    """Return tags, a list and a priority as they are typed: +tag, @list, p1; what is none is left out."""
    on_list = [f"@{list_name}"] if list_name else []
    return [*(f"+{tag}" for tag in tags), *on_list, *([f"p{priority}"] if priority else [])]


def name(item: Item) -> str:
    """Return a task's id and title as a line for people begins."""
    return f"{item.task.id}  {shown(item.task.title)}"
