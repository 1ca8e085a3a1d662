"""Rows to core values and back."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from remindcli.core.alert import DayAlert
from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import (
    CatchUp,
    Conditions,
    Delivery,
    DeliveryState,
    Occurrence,
    OccurrenceState,
    Task,
    TaskState,
)
from remindcli.store.instants import from_ms, maybe_moment

Row = RowMapping | Mapping[str, Any] | sqlite3.Row

# Most tasks have the same few texts in these columns: each is read once.


@lru_cache
def _walls(text: str) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(item) for item in json.loads(text))


@lru_cache
def _alerts(text: str) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=seconds) for seconds in json.loads(text))


@lru_cache
def _day_alerts(text: str) -> tuple[DayAlert, ...]:
    return tuple(DayAlert(days, time.fromisoformat(at)) for days, at in json.loads(text))


@lru_cache
def _channels(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache
def _conditions(text: str) -> Conditions:
    return Conditions(**json.loads(text))


def task_from_row(row: Row, tags: Iterable[str]) -> Task:
    """Return the task of a row of `tasks`."""
    rule = None
    if row["dtstart"] is not None:
        rule = Rule(
            dtstart=datetime.fromisoformat(row["dtstart"]),
            zone=row["zone"],
            is_all_day=bool(row["all_day"]),
            rrule=row["rrule"],
            rdate=_walls(row["rdate"]),
            exdate=_walls(row["exdate"]),
            repeat=Repeat(row["repeat"]),
        )
    return Task(
        id=row["id"],
        uid=row["uid"],
        title=row["title"],
        rule=rule,
        created_at=from_ms(row["created_at"]),
        modified_at=from_ms(row["modified_at"]),
        note=row["note"],
        list_name=row["list"],
        priority=row["priority"],
        tags=tuple(sorted(tags)),
        catch_up=CatchUp(row["catch_up"]),
        alerts=_alerts(row["alerts"]),
        nag_after=_nag_of(row),
        channels=_channels(row["channels"]),
        state=TaskState(row["state"]),
        day_alerts=_day_alerts(row["day_alerts"]),
        conditions=_conditions(row["conditions"]),
        here=row["here"],
    )


def _nag_of(row: Row) -> timedelta | None:
    if row["nag_off"]:
        return timedelta(0)
    return None if row["nag"] is None else timedelta(seconds=row["nag"])


def nag_columns(nag_after: timedelta | None) -> dict[str, Any]:
    """Return the columns of `tasks` that say whether it nags: None as the settings have it, zero never."""
    return {"nag": seconds_of(nag_after) if nag_after else None, "nag_off": int(nag_after == timedelta(0))}


def day_alerts_column(alerts: Iterable[DayAlert]) -> str:
    """Return the column that holds the alerts with an hour of their own."""
    return json.dumps([[alert.days_before, alert.at.isoformat("minutes")] for alert in alerts])


def conditions_column(conditions: Conditions) -> str:
    """Return the column that holds the commands which have a say."""
    return json.dumps({name: text for name, text in asdict(conditions).items() if text})


def rule_columns(rule: Rule | None) -> dict[str, Any]:
    """Return the columns of `tasks` that hold a rule."""
    if rule is None:
        return {
            "dtstart": None,
            "zone": None,
            "all_day": 0,
            "rrule": None,
            "rdate": "[]",
            "exdate": "[]",
            "repeat": Repeat.SCHEDULE.value,
        }
    return {
        "dtstart": rule.dtstart.isoformat(),
        "zone": rule.zone,
        "all_day": int(rule.is_all_day),
        "rrule": rule.rrule,
        "rdate": json.dumps([wall.isoformat() for wall in rule.rdate]),
        "exdate": json.dumps([wall.isoformat() for wall in rule.exdate]),
        "repeat": rule.repeat.value,
    }


def seconds_of(span: timedelta) -> int:
    """Return a span in whole seconds."""
    return round(span / timedelta(seconds=1))


def alerts_column(alerts: Iterable[timedelta]) -> str:
    """Return the column that holds the alerts."""
    return json.dumps([seconds_of(alert) for alert in alerts])


def occurrence_from_row(row: Row) -> Occurrence:
    """Return the occurrence of a row of `occurrences`."""
    return Occurrence(
        id=row["id"],
        task_id=row["task_id"],
        planned_for=row["planned_for"],
        due_at=maybe_moment(row["due_at"]),
        is_all_day=bool(row["all_day"]),
        moved_to=None if row["moved_to"] is None else datetime.fromisoformat(row["moved_to"]),
        state=OccurrenceState(row["state"]),
        done_at=maybe_moment(row["done_at"]),
        passed=row["passed"],
    )


def delivery_from_row(row: Row) -> Delivery:
    """Return the delivery of a row of `scheduled_tasks`."""
    return Delivery(
        id=row["id"],
        task_id=row["task_id"],
        occurrence_id=row["occurrence_id"],
        alert=timedelta(seconds=row["alert"]),
        execute_at=from_ms(row["execute_at"]),
        due_at=from_ms(row["due_at"]),
        created_at=from_ms(row["created_at"]),
        status=DeliveryState(row["status"]),
        attempt=row["attempt"],
        lease_until=maybe_moment(row["lease_until"]),
        owner=row["owner"],
        channel=row["channel"],
        failures=row["failures"],
        target=row["target"],
        last_error=row["last_error"],
        delivered_at=maybe_moment(row["delivered_at"]),
        payload=json.loads(row["payload"]),
        rescues=row["rescues"],
    )
