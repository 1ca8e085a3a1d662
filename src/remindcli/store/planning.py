"""Occurrences and deliveries made from rules: spawn, plan again, supersede, unmake; steps of a transaction."""

import json
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from sqlite3 import Row
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, or_, select

from remindcli.core import decide, recurrence
from remindcli.core.alert import day_alert_at, day_alert_offset
from remindcli.core.rule import Planned, Repeat, Rule
from remindcli.core.task import CatchUp, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.store import reading
from remindcli.store.instants import to_ms
from remindcli.store.prepared import Prepared
from remindcli.store.rows import occurrence_from_row, seconds_of, task_from_row
from remindcli.store.schema import (
    IS_EXECUTING,
    IS_WAITING,
    occurrences,
    scheduled_tasks,
    tasks,
)
from remindcli.store.transaction import Tx

_AHEAD_LIMIT = 50
"""How many occurrences are spawned ahead at the most, where alerts lie further before due than the rule's period."""

ON_TIME = timedelta(minutes=1)
"""What came due this short a time ago was not missed."""


_NEWEST = Prepared(
    select(occurrences).where(occurrences.c.task_id == bindparam("task_id")).order_by(occurrences.c.id.desc()).limit(1)
)
_PLANNED_FOR = Prepared(
    select(occurrences).where(
        occurrences.c.task_id == bindparam("task_id"), occurrences.c.planned_for == bindparam("planned_for")
    )
)
_of_occurrence = scheduled_tasks.c.occurrence_id == bindparam("occurrence_id")
_DELIVERIES = Prepared(select(scheduled_tasks).where(_of_occurrence))
_WAITING = Prepared(select(scheduled_tasks).where(_of_occurrence, IS_WAITING))
_TO_COME = Prepared(select(scheduled_tasks.c.id).where(_of_occurrence, or_(IS_WAITING, IS_EXECUTING)).limit(1))


class Planner:
    """Makes and unmakes occurrences and their deliveries within one transaction.

    Args:
        tx: the open transaction.
        all_day_at: when the alert of an all-day task rings.
    """

    def __init__(self, tx: Tx, all_day_at: time) -> None:
        self.tx = tx
        self.all_day_at = all_day_at

    # -- reading -------------------------------------------------------------

    def task(self, task_id: int) -> Task:
        """Return a task that is known to be there."""
        row = self.tx.row(tasks, task_id)
        assert row is not None
        return task_from_row(row, reading.tags_of(self.tx, task_id))

    def open_occurrences(self, task_id: int) -> list[Occurrence]:
        """Return the open occurrences of a task, the earliest spawned first."""
        return reading.open_of(self.tx, task_id)

    def current(self, task_id: int) -> Occurrence | None:
        """Return the open occurrence that a user means by the task's id."""
        return decide.current(self.open_occurrences(task_id), now=self.tx.now)

    def newest(self, task_id: int) -> Occurrence | None:
        """Return the occurrence that was spawned last."""
        found = self.tx.rows(_NEWEST, task_id=task_id)
        return occurrence_from_row(found[0]) if found else None

    def tz_of(self, rule: Rule) -> tzinfo:
        """Return the zone in which a rule's wall times are meant now."""
        return ZoneInfo(rule.zone) if rule.zone else self.tx.zone

    # -- making --------------------------------------------------------------

    def spawn_first(self, task: Task) -> Occurrence | None:
        """Make the first open occurrence of a new or newly planned task; past times are not begun with."""
        rule = task.rule
        if rule is None:
            return self.insert(task, None, rings_late=False) or self._reopen(task, "")
        planned = recurrence.first(rule, self.tx.zone)
        if planned is not None and not task.is_recurring:
            return self.insert(task, planned, rings_late=False) or self._reopen(task, planned.key)
        if planned is not None and planned.at < self.begin_of(rule):
            planned = recurrence.next_after(rule, self.begin_of(rule) - timedelta(milliseconds=1), self.tx.zone)
        return self._spawn(task, planned, rings_late=False)

    def spawn_following(self, task: Task, newest: Occurrence) -> Occurrence | None:
        """Make the occurrence after the newest one, unless the rule has ended."""
        if not follows_its_rule(task) or task.rule is None:
            return None
        planned = recurrence.following(task.rule, newest.planned_for, self.tx.zone)
        return self._spawn(task, planned, rings_late=True)

    def spawn_after_completion(self, task: Task, done_at: datetime) -> Occurrence | None:
        """Make the next occurrence of a task that counts from when it was done; None at the rule's end."""
        assert task.rule is not None
        begin = occurrences.c.planned_for >= task.rule.dtstart.date().isoformat()
        counted = select(func.count()).select_from(occurrences).where(occurrences.c.task_id == task.id, begin)
        made = self.tx.connection.execute(counted).scalar_one()
        planned = recurrence.after_completion(task.rule, done_at, self.tx.zone)
        while not recurrence.has_ended(task.rule, planned, self.tx.zone, made=made):
            following = self.insert(task, planned, rings_late=True)
            if following is not None:
                return following
            # done a second time on one day: that one is closed already, and the next is counted from it
            planned = recurrence.after_completion(task.rule, planned.at, self.tx.zone)
        return None

    def keep_ahead(self, task: Task) -> None:
        """Spawn on until the newest occurrence has an alert to come: else an alert before due would come late."""
        if task.state is not TaskState.ACTIVE or task.is_silent or not follows_its_rule(task):
            return
        for _ in range(_AHEAD_LIMIT):
            newest = self.newest(task.id)
            if newest is None or self._has_alert_to_come(newest.id):
                return
            assert task.rule is not None
            planned = recurrence.following(task.rule, newest.planned_for, self.tx.zone)
            has_passed = planned is not None and planned.at <= self.tx.now
            if self._spawn(task, planned, rings_late=has_passed) is None:
                return

    def _spawn(self, task: Task, planned: Planned | None, *, rings_late: bool) -> Occurrence | None:
        """Make the first occurrence from a planned time on that is not there yet; None at the rule's end."""
        assert task.rule is not None
        while planned is not None:
            made = self.insert(task, planned, rings_late=rings_late)
            if made is not None:
                return made
            planned = recurrence.following(task.rule, planned.key, self.tx.zone)
        self.tx.update(tasks, task.id, next_at=None)
        return None

    def _reopen(self, task: Task, key: str) -> Occurrence | None:
        """Open the closed occurrence of a task that comes once, with its deliveries planned anew."""
        (row,) = self.tx.rows(_PLANNED_FOR, task_id=task.id, planned_for=key)
        self.tx.update(occurrences, row["id"], state=OccurrenceState.OPEN.value, done_at=None)
        occurrence = replace(occurrence_from_row(row), state=OccurrenceState.OPEN, done_at=None)
        for delivery in self.deliveries(occurrence.id):
            self.tx.delete(scheduled_tasks, delivery["id"])
        self.plan_deliveries(task, occurrence, rings_late=False)
        return occurrence

    def insert(self, task: Task, planned: Planned | None, *, rings_late: bool, passed: int = 0) -> Occurrence | None:
        """Insert an occurrence with its deliveries; None if it is there already: spawning twice is impossible."""
        key = planned.key if planned else ""
        if self.tx.rows(_PLANNED_FOR, task_id=task.id, planned_for=key):
            return None
        row_id = self.tx.insert(
            occurrences,
            task_id=task.id,
            planned_for=key,
            due_at=to_ms(planned.at) if planned else None,
            all_day=int(task.rule.is_all_day) if task.rule else 0,
            state=OccurrenceState.OPEN.value,
            passed=passed,
        )
        row = self.tx.row(occurrences, row_id)
        assert row is not None
        occurrence = occurrence_from_row(row)
        self.plan_deliveries(task, occurrence, rings_late=rings_late)
        if planned and task.rule and follows_its_rule(task):
            after = recurrence.following(task.rule, key, self.tx.zone)
            self.tx.update(tasks, task.id, next_at=to_ms(after.at) if after else None)
        return occurrence

    def plan_deliveries(self, task: Task, occurrence: Occurrence, *, rings_late: bool) -> None:
        """Bring the deliveries of an occurrence in line with its due time and the task's alerts."""
        wanted: dict[int, datetime] = {}
        if task.state is not TaskState.PAUSED and task.rule is not None and occurrence.due_at is not None:
            times = list(self.alert_times(task, task.rule, occurrence).items())
            # what passed while a command was read and waited for the lock ("in 1s") is not in vain
            begin = self.tx.now if rings_late else self.tx.now - ON_TIME
            chosen = decide.alerts_to_schedule(times, now=begin, rings_late=rings_late)
            wanted = {seconds_of(alert): at for alert, at in chosen}
        present = {row["alert"]: row for row in self.deliveries(occurrence.id)}
        for alert, row in present.items():
            if alert not in wanted and not self._is_told(task, occurrence, row):
                self.tx.delete(scheduled_tasks, row["id"])
        for alert, at in wanted.items():
            moment = to_ms(at)
            if alert not in present:
                self.tx.insert(
                    scheduled_tasks,
                    task_id=task.id,
                    occurrence_id=occurrence.id,
                    alert=alert,
                    execute_at=moment,
                    due_at=moment,
                    status=DeliveryState.SCHEDULED.value,
                    payload=payload_of(occurrence),
                    created_at=to_ms(self.tx.now),
                )
            elif present[alert]["due_at"] != moment:
                values = {"due_at": moment, "payload": payload_of(occurrence), **anew(moment)}
                self.tx.update(scheduled_tasks, present[alert]["id"], **values)

    def _is_told(self, task: Task, occurrence: Occurrence, row: Row) -> bool:
        """Return whether a delivery has gone out for the time at which the occurrence still is due."""
        is_told = row["delivered_at"] is not None and row["status"] != DeliveryState.CANCELLED.value
        if task.rule is None or occurrence.due_at is None or not is_told:
            return False
        at = self.time_of(task, task.rule, occurrence, timedelta(seconds=row["alert"]))
        return bool(row["due_at"] == to_ms(at))

    def _has_alert_to_come(self, occurrence_id: int) -> bool:
        return bool(self.tx.rows(_TO_COME, occurrence_id=occurrence_id))

    def alert_times(self, task: Task, rule: Rule, occurrence: Occurrence) -> dict[timedelta, datetime]:
        """Return when each alert of a task rings for an occurrence, by its offset from due."""
        assert occurrence.due_at is not None
        times = {alert: self._alert_at(rule, occurrence, alert) for alert in task.alerts}
        tz, all_day_at = self.tz_of(rule), self.all_day_at if occurrence.is_all_day else None
        for alert in task.day_alerts:
            offset = day_alert_offset(occurrence.due_at, alert, tz, all_day_at=all_day_at)
            times[offset] = day_alert_at(occurrence.due_at, alert, tz)
        return times

    def time_of(self, task: Task, rule: Rule, occurrence: Occurrence, alert: timedelta) -> datetime:
        """Return when the alert of that offset rings, whether it is still one of the task's or was."""
        times = self.alert_times(task, rule, occurrence)
        return times[alert] if alert in times else self._alert_at(rule, occurrence, alert)

    def _alert_at(self, rule: Rule, occurrence: Occurrence, alert: timedelta) -> datetime:
        assert occurrence.due_at is not None
        return decide.alert_at(
            occurrence.due_at,
            is_all_day=occurrence.is_all_day,
            alert=alert,
            tz=self.tz_of(rule),
            all_day_at=self.all_day_at,
        )

    def deliveries(self, occurrence_id: int) -> list[Row]:
        """Return the rows of the deliveries of an occurrence."""
        return self.tx.rows(_DELIVERIES, occurrence_id=occurrence_id)

    def begin_of(self, rule: Rule) -> datetime:
        """Return the instant from which a new recurring task begins: now, or the start of today."""
        if not rule.is_all_day:
            return self.tx.now
        tz = self.tz_of(rule)
        return recurrence.start_of_day(self.tx.now.astimezone(tz).date(), tz)

    # -- unmaking ------------------------------------------------------------

    def cancel_deliveries(self, occurrence_id: int) -> None:
        """Cancel what waits to be told about an occurrence, and nag no more; what is on its way is let go."""
        for row in self.tx.rows(_WAITING, occurrence_id=occurrence_id):
            status = DeliveryState.CANCELLED if row["delivered_at"] is None else DeliveryState.DELIVERED
            self.tx.update(scheduled_tasks, row["id"], status=status.value)

    def supersede(self, task: Task, by: Occurrence) -> int:
        """Mark the open occurrences that were due before `by` as missed; return how many times passed with them."""
        if task.catch_up is CatchUp.ALL or by.due_at is None:
            return 0
        passed = 0
        for occurrence in self.open_occurrences(task.id):
            if occurrence.id == by.id or occurrence.due_at is None or occurrence.due_at >= by.due_at:
                continue
            self.tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
            self.cancel_deliveries(occurrence.id)
            passed += 1 + occurrence.passed
        if passed:
            self.tx.update(occurrences, by.id, passed=by.passed + passed)
        return passed

    def replan(self, task: Task) -> Occurrence | None:
        """Make the first occurrence of a changed rule in place of the open ones; what was told of stays on record."""
        for occurrence in self.open_occurrences(task.id):
            if reading.was_tried(self.tx, occurrence.id):
                self.tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
                self.cancel_deliveries(occurrence.id)
                continue
            for row in self.deliveries(occurrence.id):
                self.tx.delete(scheduled_tasks, row["id"])
            self.tx.delete(occurrences, occurrence.id)
        self.tx.update(tasks, task.id, next_at=None)
        return self.spawn_first(task)

    def due_at(self, rule: Rule, occurrence: Occurrence) -> datetime | None:
        """Return the instant at which an occurrence is due by its plan, or by where it was moved."""
        if occurrence.moved_to is not None:
            return recurrence.resolve(occurrence.moved_to, self.tz_of(rule))
        if not occurrence.planned_for:
            return None
        return recurrence.planned(rule, occurrence.planned_for, self.tx.zone).at


def follows_its_rule(task: Task) -> bool:
    """Return whether occurrences come by the rule alone, done or not."""
    return task.is_recurring and task.rule is not None and task.rule.repeat is Repeat.SCHEDULE


def payload_of(occurrence: Occurrence, **more: object) -> str:
    """Return the payload of a delivery."""
    return json.dumps({"planned_for": occurrence.planned_for, **more})


def anew(execute_at: int) -> dict[str, object]:
    """Return the columns of a delivery that is to be told from the beginning, at that UTC millisecond."""
    return {
        "execute_at": execute_at,
        "status": DeliveryState.SCHEDULED.value,
        "lease_until": None,
        "owner": "",
        "attempt": 0,
        "failures": 0,
        "channel": "",
        "last_error": "",
        "delivered_at": None,
        "unseen": 0,
        "rescues": 0,
    }
