"""Tasks as an iCalendar file of to-dos (docs/exchange.md)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component, Timezone, Todo
from icalendar.prop import vDuration, vInline

from remindcli.core import recurrence
from remindcli.core.alert import day_alert_offset
from remindcli.core.portable import Portable
from remindcli.core.recurrence.parts import Until, parse
from remindcli.core.rule import Planned, Repeat, Rule
from remindcli.core.task import CatchUp, TaskState

PRODUCT = "-//remindcli//remind export//EN"
_THEIRS = {1: 1, 2: 5, 3: 9}
"""Their priority of ours."""

_NO_ALARM = "19760401T005545Z"
"""The trigger of an alarm that never rings: how Apple's calendar says that there is none, rather than the usual one."""

_SECOND = timedelta(seconds=1)
_NEVER_IN_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Here:
    """From where tasks are written.

    Attributes:
        zone: in which floating times are meant.
        all_day_at: when the alert of an all-day task rings.
    """

    zone: ZoneInfo
    all_day_at: time


def write(tasks: Iterable[Portable], here: Here) -> Iterator[str]:
    """Yield the parts of a calendar file with these tasks, each with its line ends (CRLF)."""
    every = list(tasks)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    head = calendar.to_ical().decode()
    end = "END:VCALENDAR\r\n"
    yield head.removesuffix(end)
    zones = {task.rule.zone for task in every if task.rule is not None and task.rule.zone not in (None, "UTC")}
    for zone in sorted(filter(None, zones)):
        yield Timezone.from_tzid(zone).to_ical().decode()
    for task in every:
        for todo in _todos(task, here):
            yield todo.to_ical().decode()
    yield end


def _todos(task: Portable, here: Here) -> Iterator[Component]:
    """Yield the to-do of a task; and that of its open occurrence, if it was moved."""
    todo = Todo()
    todo.add("uid", task.uid)
    todo.add("dtstamp", task.modified_at.astimezone(UTC).replace(microsecond=0))
    todo.add("created", task.created_at.astimezone(UTC).replace(microsecond=0))
    todo.add("last-modified", task.modified_at.astimezone(UTC).replace(microsecond=0))
    todo.add("summary", _text(task.title))
    if task.note:
        todo.add("description", _text(task.note))
    if task.tags:
        todo.add("categories", list(task.tags))
    if task.priority:
        todo.add("priority", _THEIRS[task.priority])
    todo.add("status", "COMPLETED" if task.state is TaskState.FINISHED else "NEEDS-ACTION")
    for name, value in _own(task).items():
        todo.add(name, value)
    if task.rule is None:
        yield todo
        return
    planned = _planned(task, here)
    rule = task.rule if planned is None else _from(task.rule, planned, here)
    moved = None if task.standing is None else task.standing.moved_to
    is_series = rule.rrule is not None or bool(rule.rdate)
    if not is_series and moved is not None and task.standing is not None:
        rule = rule.but(dtstart=moved, is_all_day=task.standing.is_all_day)
    _put_time(todo, rule, is_series=is_series)
    for alarm in _alarms(task, rule, here):
        todo.add_component(alarm)
    yield todo
    if is_series and moved is not None and task.standing is not None:
        one = Todo()
        for name in ("uid", "dtstamp", "summary", "status"):
            one[name] = todo[name]
        one.add("recurrence-id", _value(rule, rule.dtstart))
        one.add("due", _value(rule.but(is_all_day=task.standing.is_all_day), moved))
        yield one


def _own(task: Portable) -> dict[str, str]:
    """Return what only this program knows: properties that others leave out."""
    own = {}
    if task.list_name:
        own["x-remindcli-list"] = task.list_name
    if task.state is TaskState.PAUSED:
        own["x-remindcli-state"] = "PAUSED"
    if task.catch_up is not CatchUp.LATEST:
        own["x-remindcli-catch-up"] = task.catch_up.value.upper()
    if task.nag_after is not None:
        own["x-remindcli-nag"] = str(task.nag_after // _SECOND)
    if task.rule is not None and task.rule.repeat is Repeat.COMPLETION:
        own["x-remindcli-repeat"] = "COMPLETION"
    return own


def _text(text: str) -> str:
    """Return text without the control characters that no TEXT value may have (RFC 5545 section 3.3.11)."""
    return _NEVER_IN_TEXT.sub(" ", text)


# -- times ---------------------------------------------------------------------


def _planned(task: Portable, here: Here) -> Planned | None:
    if task.rule is None or task.standing is None or not task.standing.planned_for:
        return None
    return recurrence.planned(task.rule, task.standing.planned_for, here.zone)


def _from(rule: Rule, planned: Planned, here: Here) -> Rule:
    """Return a rule that begins with the open occurrence: others show a to-do as overdue since its start."""
    wall = _wall(rule, planned, here)
    if rule.rrule is None:
        return rule.but(dtstart=wall, rdate=tuple(one for one in rule.rdate if one > wall), exdate=())
    parts = parse(rule.rrule)
    if parts.count is not None and rule.repeat is Repeat.SCHEDULE:
        first = recurrence.first(rule.but(exdate=(), rdate=()), here.zone)
        begin = planned.at if first is None else first.at
        counted = rule.but(exdate=(), rdate=())
        before = recurrence.count_between(counted, begin - _SECOND, planned.at - _SECOND, here.zone, limit=parts.count)
        parts = replace(parts, count=max(1, parts.count - before))
    return rule.but(
        dtstart=wall,
        rrule=str(parts),
        rdate=tuple(one for one in rule.rdate if one > wall),
        exdate=tuple(one for one in rule.exdate if one > wall),
    )


def _wall(rule: Rule, planned: Planned, here: Here) -> datetime:
    if not planned.key.endswith("Z"):
        return datetime.fromisoformat(planned.key)
    return planned.at.astimezone(_zone(rule, here)).replace(tzinfo=None)


def _zone(rule: Rule, here: Here) -> ZoneInfo:
    return ZoneInfo(rule.zone) if rule.zone else here.zone


def _value(rule: Rule, wall: datetime) -> datetime:
    """Return a wall time as icalendar writes it: a date, floating, in UTC or with a TZID."""
    if rule.is_all_day:
        return wall.date()  # type: ignore[return-value]  # a date is what it writes as VALUE=DATE
    return wall if rule.zone is None else wall.replace(tzinfo=UTC if rule.zone == "UTC" else ZoneInfo(rule.zone))


def _put_time(todo: Todo, rule: Rule, *, is_series: bool) -> None:
    """Put when it is due into a to-do; a rule counts from DTSTART, so a series has one, at the same time."""
    if is_series:
        todo.add("dtstart", _value(rule, rule.dtstart))
    todo.add("due", _value(rule, rule.dtstart))
    if rule.rrule is not None:
        todo["rrule"] = vInline(_rrule(rule))
    for name, walls in (("rdate", rule.rdate), ("exdate", rule.exdate)):
        for wall in walls:
            todo.add(name, _value(rule, wall))


def _rrule(rule: Rule) -> str:
    """Return the rule with UNTIL as RFC 5545 wants it beside a start with a zone: in UTC."""
    parts = parse(rule.rrule or "")
    if parts.until is not None and rule.zone is not None and not rule.is_all_day and not parts.until.is_utc:
        at = recurrence.resolve(parts.until.wall, ZoneInfo(rule.zone))
        parts = replace(parts, until=Until(at.replace(tzinfo=None), is_utc=True))
    return str(parts)


# -- alarms --------------------------------------------------------------------


def _alarms(task: Portable, rule: Rule, here: Here) -> Iterator[Alarm]:
    if not task.alerts and not task.day_alerts:
        alarm = Alarm()
        alarm.add("action", "NONE")
        alarm["trigger"] = vInline(_NO_ALARM)
        alarm["trigger"].params["VALUE"] = "DATE-TIME"
        yield alarm
        return
    for span in _spans(task, rule, here):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _text(task.title))
        alarm.add("trigger", vDuration(span), parameters={"RELATED": "END"})
        yield alarm


def _spans(task: Portable, rule: Rule, here: Here) -> list[timedelta]:
    """Return how far from due each alert is; of an all-day task, from the beginning of the day."""
    usual = timedelta(hours=here.all_day_at.hour, minutes=here.all_day_at.minute)
    zone = _zone(rule, here)
    due_at = recurrence.resolve(rule.dtstart, zone)
    all_day_at = here.all_day_at if rule.is_all_day else None
    offsets = [day_alert_offset(due_at, one, zone, all_day_at=all_day_at) for one in task.day_alerts]
    every = dict.fromkeys([*task.alerts, *offsets])
    return [span + usual if rule.is_all_day else span for span in every]
