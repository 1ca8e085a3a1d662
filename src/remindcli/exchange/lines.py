"""JSON Lines: one task a line, everything of it (docs/exchange.md)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from remindcli.core import recurrence
from remindcli.core.alert import FURTHEST, DayAlert
from remindcli.core.portable import Portable, Standing
from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import CatchUp, TaskState
from remindcli.errors import RemindError, UsageError

LONGEST_LINE = 4_000_000
"""Characters; a task with the longest title and the longest note is far below."""

_STATES = (TaskState.ACTIVE, TaskState.PAUSED, TaskState.FINISHED)
_T = TypeVar("_T")


def write(task: Portable) -> str:
    """Return a task as a line, without its end."""
    rule, standing = task.rule, task.standing
    return json.dumps(
        {
            "uid": task.uid,
            "title": task.title,
            "note": task.note,
            "list": task.list_name,
            "priority": task.priority,
            "tags": list(task.tags),
            "state": task.state.value,
            "rule": None
            if rule is None
            else {
                "dtstart": rule.dtstart.isoformat(),
                "zone": rule.zone,
                "is_all_day": rule.is_all_day,
                "rrule": rule.rrule,
                "rdate": [wall.isoformat() for wall in rule.rdate],
                "exdate": [wall.isoformat() for wall in rule.exdate],
                "repeat": rule.repeat.value,
            },
            "standing": None
            if standing is None
            else {
                "planned_for": standing.planned_for,
                "is_all_day": standing.is_all_day,
                "moved_to": None if standing.moved_to is None else standing.moved_to.isoformat(),
                "passed": standing.passed,
            },
            "alerts": [_seconds(alert) for alert in task.alerts],
            "day_alerts": [[alert.days_before, alert.at.isoformat("minutes")] for alert in task.day_alerts],
            "nag": None if task.nag_after is None else _seconds(task.nag_after),
            "catch_up": task.catch_up.value,
            "created_at": task.created_at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "modified_at": task.modified_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        },
        ensure_ascii=False,
    )


def read(line: str) -> Portable:
    """Return the task of a line; a field that is not there is as for a new task, one that nobody knows is left out.

    Raises:
        UsageError: it is no task of ours.
    """
    if len(line) > LONGEST_LINE:
        raise UsageError("the line is too long", why=f"a task takes less than {LONGEST_LINE:,} characters")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError("the line is no JSON", why=str(error)[:200]) from None
    if not isinstance(fields, dict):
        raise UsageError("the line is no task", why="it is no JSON object")
    try:
        return _task(_Fields(fields))
    except RemindError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, ArithmeticError) as error:
        raise UsageError("the line is no task", why=f"{type(error).__name__}: {error}"[:200]) from None


class _Fields:
    """The fields of a JSON object, each of the type that it must have."""

    def __init__(self, fields: Mapping[str, object], path: str = "") -> None:
        self._fields = fields
        self._path = path

    def get(self, name: str, kind: type[_T], default: _T) -> _T:
        """Return a field, or what stands for one that is not there."""
        value = self._fields.get(name, default)
        is_right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not is_right and not (value is None and default is None):
            raise UsageError(f"the line is no task: {self._path}{name} can't be that", hint="see docs/exchange.md")
        return value  # type: ignore[return-value]  # checked above

    def maybe(self, name: str, kind: type[_T]) -> _T | None:
        """Return a field that may be null."""
        return None if self._fields.get(name) is None else self.get(name, kind, kind())

    def under(self, name: str) -> "_Fields | None":
        """Return the object in a field; None if there is none."""
        value = self.maybe(name, dict)
        return None if value is None else _Fields(value, f"{self._path}{name}.")

    def each(self, name: str, read: Callable[[object], _T], default: tuple[_T, ...] = ()) -> tuple[_T, ...]:
        """Return the values of a list."""
        if name not in self._fields:
            return default
        return tuple(read(one) for one in self.get(name, list, []))


def _task(fields: _Fields) -> Portable:
    uid = str(UUID(fields.get("uid", str, "")))
    state = TaskState(fields.get("state", str, "active"))
    if state not in _STATES:
        raise UsageError(f"a task that is {state.value} can't be brought in")
    priority = fields.get("priority", int, 0)
    if priority not in range(4):
        raise UsageError("a priority is 0 (none) to 3")
    rule = _rule(fields.under("rule"))
    standing = fields.under("standing")
    nag = fields.maybe("nag", int)
    now = datetime(1970, 1, 1, tzinfo=UTC).isoformat()
    return Portable(
        uid=uid,
        title=fields.get("title", str, ""),
        note=fields.get("note", str, ""),
        list_name=fields.get("list", str, ""),
        priority=priority,
        tags=fields.each("tags", _word),
        state=state,
        rule=rule,
        standing=None if standing is None or state is TaskState.FINISHED else _standing(standing, rule),
        alerts=fields.each("alerts", _span, (timedelta(),)),
        day_alerts=fields.each("day_alerts", _day_alert),
        nag_after=None if nag is None else _span(nag),
        catch_up=CatchUp(fields.get("catch_up", str, "latest")),
        created_at=_instant(fields.get("created_at", str, now)),
        modified_at=_instant(fields.get("modified_at", str, now)),
    )


def _rule(fields: _Fields | None) -> Rule | None:
    if fields is None:
        return None
    zone = fields.maybe("zone", str)
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise UsageError(f'there is no zone "{zone[:40]}"') from None
    rrule = fields.maybe("rrule", str)
    rule = Rule(
        dtstart=_wall(fields.get("dtstart", str, "")),
        zone=zone,
        is_all_day=fields.get("is_all_day", bool, False),
        rrule=None if rrule is None else rrule,
        rdate=fields.each("rdate", _wall),
        exdate=fields.each("exdate", _wall),
        repeat=Repeat(fields.get("repeat", str, "schedule")),
    )
    if rrule is not None:
        recurrence.first(rule, UTC)  # raises what RFC 5545 does not allow
    return rule


def _standing(fields: _Fields, rule: Rule | None) -> Standing:
    key = fields.get("planned_for", str, "")
    if key and rule is not None:
        recurrence.planned(rule, key, UTC)
    elif key or rule is not None:
        raise UsageError("standing does not fit the rule", why="planned_for names a time of the rule")
    moved = fields.maybe("moved_to", str)
    return Standing(
        planned_for=key,
        is_all_day=fields.get("is_all_day", bool, False),
        moved_to=None if moved is None else _wall(moved),
        passed=max(0, min(fields.get("passed", int, 0), 10**6)),
    )


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise UsageError("a tag is a word")
    return value


def _wall(text: object) -> datetime:
    wall = datetime.fromisoformat(str(text))
    if wall.tzinfo is not None:
        raise UsageError(f"{text} is no wall time", why="it has an offset")
    return wall


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise UsageError(f"{text} is no instant", why="it has no offset")
    return at.astimezone(UTC)


def _span(seconds: object) -> timedelta:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or abs(seconds) > 4 * 10**9:
        raise UsageError("a span is a whole number of seconds")
    return timedelta(seconds=seconds)


def _day_alert(pair: object) -> DayAlert:
    if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], int) or not 0 <= pair[0] <= FURTHEST:
        raise UsageError('an alert of a day looks like [1, "18:00"]')
    return DayAlert(pair[0], time.fromisoformat(str(pair[1])).replace(second=0, microsecond=0, tzinfo=None))


def _seconds(span: timedelta) -> int:
    return round(span / timedelta(seconds=1))
