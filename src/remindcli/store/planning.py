"""Occurrences and deliveries made from rules: spawn, plan again, supersede, catch up; steps of a transaction."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select, update

from remindcli.core import decide, recurrence
from remindcli.core.rule import Planned, Repeat, Rule
from remindcli.core.task import WAITING, CatchUp, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.store.database import Tx
from remindcli.store.instants import to_ms
from remindcli.store.rows import occurrence_from_row, seconds_of, task_from_row
from remindcli.store.schema import daemon, occurrences, scheduled_tasks, task_tags, tasks

BACKLOG_LIMIT = 1000
"""How many passed times are kept as a backlog at the most (catch_up = all), and how far they are counted."""

IS_WAITING = scheduled_tasks.c.status.in_([state.value for state in WAITING])


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
        tags = self.tx.connection.execute(select(task_tags.c.tag).where(task_tags.c.task_id == task_id)).scalars()
        return task_from_row(row, tags)

    def open_occurrences(self, task_id: int) -> list[Occurrence]:
        """Return the open occurrences of a task, the earliest spawned first."""
        rows = self.tx.connection.execute(
            select(occurrences)
            .where(occurrences.c.task_id == task_id, occurrences.c.state == OccurrenceState.OPEN.value)
            .order_by(occurrences.c.id)
        ).mappings()
        return [occurrence_from_row(row) for row in rows]

    def current(self, task_id: int) -> Occurrence | None:
        """Return the open occurrence that a user means by the task's id."""
        return decide.current(self.open_occurrences(task_id), now=self.tx.now)

    def newest(self, task_id: int) -> Occurrence | None:
        """Return the occurrence that was spawned last."""
        row = (
            self.tx.connection.execute(
                select(occurrences).where(occurrences.c.task_id == task_id).order_by(occurrences.c.id.desc()).limit(1)
            )
            .mappings()
            .first()
        )
        return None if row is None else occurrence_from_row(row)

    def tz_of(self, rule: Rule) -> tzinfo:
        """Return the zone in which a rule's wall times are meant now."""
        return ZoneInfo(rule.zone) if rule.zone else self.tx.zone

    # -- making --------------------------------------------------------------

    def spawn_first(self, task: Task) -> Occurrence | None:
        """Make the first open occurrence of a new or newly planned task; past times are not begun with."""
        if task.rule is None:
            return self._insert(task, None, passed=0, rings_late=False)
        planned = recurrence.first(task.rule, self.tx.zone)
        if planned is not None and task.is_recurring and planned.at < self._begin_of(task.rule):
            planned = recurrence.next_after(
                task.rule, self._begin_of(task.rule) - timedelta(milliseconds=1), self.tx.zone
            )
        if planned is None:
            return None
        return self._insert(task, planned, passed=0, rings_late=False)

    def spawn_following(self, task: Task, newest: Occurrence) -> Occurrence | None:
        """Make the occurrence after the newest one, unless it is there or the rule has ended."""
        if task.rule is None or not task.is_recurring or task.rule.repeat is Repeat.COMPLETION:
            return None
        planned = recurrence.following(task.rule, newest.planned_for, self.tx.zone)
        if planned is None:
            self.tx.update(tasks, task.id, next_at=None)
            return None
        return self._insert(task, planned, passed=0, rings_late=True)

    def spawn_after_completion(self, task: Task, done_at: datetime) -> Occurrence | None:
        """Make the next occurrence of a task that counts from when it was done."""
        assert task.rule is not None
        planned = recurrence.after_completion(task.rule, done_at, self.tx.zone)
        return self._insert(task, planned, passed=0, rings_late=True)

    def _insert(self, task: Task, planned: Planned | None, *, passed: int, rings_late: bool) -> Occurrence | None:
        """Insert an occurrence with its deliveries; None if it is there already: spawning twice is impossible."""
        key = planned.key if planned else ""
        known = self.tx.connection.execute(
            select(occurrences.c.id).where(occurrences.c.task_id == task.id, occurrences.c.planned_for == key)
        ).first()
        if known is not None:
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
        if planned and task.rule and task.is_recurring:
            after = recurrence.following(task.rule, key, self.tx.zone)
            schedules = task.rule.repeat is Repeat.SCHEDULE
            self.tx.update(tasks, task.id, next_at=to_ms(after.at) if after and schedules else None)
        return occurrence

    def plan_deliveries(self, task: Task, occurrence: Occurrence, *, rings_late: bool) -> None:
        """Bring the deliveries of an occurrence in line with its due time and the task's alerts."""
        wanted: dict[int, datetime] = {}
        if task.rule is not None and occurrence.due_at is not None:
            times = [(alert, self._alert_at(task.rule, occurrence, alert)) for alert in task.alerts]
            chosen = decide.alerts_to_schedule(times, now=self.tx.now, rings_late=rings_late)
            wanted = {seconds_of(alert): at for alert, at in chosen}
        present = {row["alert"]: row for row in self._deliveries(occurrence.id)}
        for alert, row in present.items():
            if alert not in wanted:
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
                    payload=json.dumps({"planned_for": occurrence.planned_for}),
                    created_at=to_ms(self.tx.now),
                )
            elif present[alert]["due_at"] != moment:
                self.tx.update(scheduled_tasks, present[alert]["id"], due_at=moment, **anew(moment))

    def _alert_at(self, rule: Rule, occurrence: Occurrence, alert: timedelta) -> datetime:
        assert occurrence.due_at is not None
        return decide.alert_at(
            occurrence.due_at,
            is_all_day=occurrence.is_all_day,
            alert=alert,
            tz=self.tz_of(rule),
            all_day_at=self.all_day_at,
        )

    def _deliveries(self, occurrence_id: int) -> Sequence[RowMapping]:
        query = select(scheduled_tasks).where(scheduled_tasks.c.occurrence_id == occurrence_id)
        return self.tx.connection.execute(query).mappings().all()

    def _begin_of(self, rule: Rule) -> datetime:
        """Return the instant from which a new recurring task begins: now, or the start of today."""
        if not rule.is_all_day:
            return self.tx.now
        tz = self.tz_of(rule)
        return recurrence.resolve(datetime.combine(self.tx.now.astimezone(tz).date(), time()), tz)

    # -- unmaking ------------------------------------------------------------

    def cancel_deliveries(self, occurrence_id: int) -> None:
        """Cancel what waits to be told about an occurrence; what is on its way is let go."""
        waiting = select(scheduled_tasks.c.id).where(scheduled_tasks.c.occurrence_id == occurrence_id, IS_WAITING)
        for row_id in self.tx.connection.execute(waiting).scalars().all():
            self.tx.update(scheduled_tasks, row_id, status=DeliveryState.CANCELLED.value)

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
        """Make the first occurrence of a changed rule in place of the open ones."""
        for occurrence in self.open_occurrences(task.id):
            for row in self._deliveries(occurrence.id):
                self.tx.delete(scheduled_tasks, row["id"])
            self.tx.delete(occurrences, occurrence.id)
        self.tx.update(tasks, task.id, next_at=None)
        return self.spawn_first(task)

    # -- keeping up ----------------------------------------------------------

    def catch_up(self) -> int:
        """Spawn what has come due unspawned, and count what passed; return for how many tasks.

        Computed, never walked: what a year of absence left of a rule costs what one step does.
        """
        behind = self.tx.connection.execute(
            select(tasks.c.id)
            .where(tasks.c.next_at <= to_ms(self.tx.now), tasks.c.state == TaskState.ACTIVE.value)
            .order_by(tasks.c.next_at)
        ).scalars()
        count = 0
        for task_id in behind.all():
            self._catch_up_task(self.task(task_id))
            count += 1
        return count

    def _catch_up_task(self, task: Task) -> None:
        newest = self.newest(task.id)
        rule = task.rule
        if newest is None or rule is None:
            self.tx.update(tasks, task.id, next_at=None)
            return
        local, now = self.tx.zone, self.tx.now
        last_planned = recurrence.planned(rule, newest.planned_for, local)
        if task.catch_up is CatchUp.ALL:
            key, spawned = newest.planned_for, 0
            while spawned < BACKLOG_LIMIT:
                planned = recurrence.following(rule, key, local)
                if planned is None or planned.at > now:
                    break
                self._insert(task, planned, passed=0, rings_late=True)
                key, spawned = planned.key, spawned + 1
            if spawned:
                return
        latest = recurrence.latest(rule, now, local)
        if latest is None or latest.at <= last_planned.at:
            after = recurrence.following(rule, newest.planned_for, local)
            self.tx.update(tasks, task.id, next_at=to_ms(after.at) if after and after.at > now else None)
            return
        passed = recurrence.count_between(rule, last_planned.at, latest.at, local, limit=BACKLOG_LIMIT)
        if task.catch_up is CatchUp.SKIP:
            for occurrence in self.open_occurrences(task.id):
                self.tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
                self.cancel_deliveries(occurrence.id)
            coming = recurrence.next_after(rule, now, local)
            self.tx.update(tasks, task.id, next_at=None)
            if coming is not None:
                self._insert(task, coming, passed=passed, rings_late=False)
            return
        occurrence_now = self._insert(task, latest, passed=max(0, passed - 1), rings_late=True)
        if occurrence_now is not None:
            self.supersede(task, occurrence_now)

    def follow_zone(self) -> None:
        """Move what floats when the local zone is another than when it was last counted."""
        known = self.tx.connection.execute(select(daemon.c.zone).where(daemon.c.id == 1)).scalar_one()
        if known == self.tx.zone.key:
            return
        self.tx.connection.execute(update(daemon).where(daemon.c.id == 1).values(zone=self.tx.zone.key))
        if known:
            floating = self.tx.connection.execute(
                select(tasks.c.id).where(
                    tasks.c.zone.is_(None),
                    tasks.c.dtstart.is_not(None),
                    tasks.c.state == TaskState.ACTIVE.value,
                )
            ).scalars()
            for task_id in floating.all():
                self.count_again(self.task(task_id))

    def count_again(self, task: Task) -> None:
        """Compute the instants of a task's open occurrences anew: the zone, or what is known of it, changed."""
        rule = task.rule
        assert rule is not None
        for occurrence in self.open_occurrences(task.id):
            due_at = self.due_at(rule, occurrence)
            if due_at is None or due_at == occurrence.due_at:
                continue
            self.tx.update(occurrences, occurrence.id, due_at=to_ms(due_at))
            moved = replace(occurrence, due_at=due_at)
            for row in self._deliveries(occurrence.id):
                at = to_ms(self._alert_at(rule, moved, timedelta(seconds=row["alert"])))
                is_snoozed = row["execute_at"] != row["due_at"]
                if DeliveryState(row["status"]) in WAITING and not is_snoozed:
                    self.tx.update(scheduled_tasks, row["id"], due_at=at, **anew(at))
        newest = self.newest(task.id)
        if newest is not None and task.is_recurring and rule.repeat is Repeat.SCHEDULE:
            after = recurrence.following(rule, newest.planned_for, self.tx.zone)
            self.tx.update(tasks, task.id, next_at=to_ms(after.at) if after else None)

    def due_at(self, rule: Rule, occurrence: Occurrence) -> datetime | None:
        """Return the instant at which an occurrence is due by its plan, or by where it was moved."""
        if occurrence.moved_to is not None:
            return recurrence.resolve(occurrence.moved_to, self.tz_of(rule))
        if not occurrence.planned_for:
            return None
        return recurrence.planned(rule, occurrence.planned_for, self.tx.zone).at


def anew(execute_at: int) -> dict[str, object]:
    """Return the columns of a delivery that is to be told from the beginning, at that UTC millisecond."""
    return {
        "execute_at": execute_at,
        "status": DeliveryState.SCHEDULED.value,
        "lease_until": None,
        "owner": "",
        "failures": 0,
        "channel": "",
        "last_error": "",
        "delivered_at": None,
    }
