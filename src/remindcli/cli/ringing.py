"""How a task rings, as the outputs show it: alerts at an hour, nagging, what keeps it back, commands, a folder."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from remindcli.cli import records
from remindcli.cli.output import shown
from remindcli.core import nagging, telling
from remindcli.settings import Settings
from remindcli.store.reading import Item

_COMMANDS = (("only_if", "if"), ("until_ok", "until ok"), ("run", "runs"))


def facts(item: Item, settings: Settings, *, now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """Return what people are told of it, each with its label; what does not apply is empty."""
    task = item.task
    alerts = [alert_words(alert) for alert in task.alerts] + [alert.words for alert in task.day_alerts]
    span = nagging.nag_of(task, settings.spans("nag"))
    nags = f"every {telling.span(span)}, then more rarely" if span and not task.conditions.run else ""
    if item.is_nagging and item.rings_at is not None:
        again = records.moment_words(item.rings_at, is_all_day=False, now=now, zone=zone)
        nags = f"{nags or 'on'}, next {again}; remind done, snooze or ack {task.id} ends it"
    elif task.nag_after == timedelta(0):
        nags = "off"
    commands = [(label, shown(getattr(task.conditions, name), 200)) for name, label in _COMMANDS]
    return [
        ("alerts", ", ".join(alerts) if alerts != ["when it is due"] else ""),
        ("nags", nags),
        ("waits", shown(item.waits_for, 160)),
        *commands,
        ("in", shown(task.conditions.folder)),
        ("here", shown(task.here)),
    ]


def alert_words(alert: timedelta) -> str:
    """Return an offset from due in words."""
    if not alert:
        return "when it is due"
    return f"{telling.span(abs(alert))} {'before' if alert < timedelta(0) else 'after'}"
