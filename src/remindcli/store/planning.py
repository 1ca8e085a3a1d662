"""Occurrences and deliveries made from rules: spawn, plan again, supersede, catch up; steps of a transaction."""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select, update
from sqlalchemy.exc import DBAPIError

from remindcli.core import decide, recurrence
from remindcli.core.alert import day_alert_at, day_alert_offset
from remindcli.core.rule import Planned, Repeat, Rule
from remindcli.core.task import WAITING, CatchUp, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.store.database import Tx
from remindcli.store.instants import to_ms
from remindcli.store.rows import occurrence_from_row, seconds_of, task_from_row
from remindcli.store.schema import (
    IS_ACTIVE,
    IS_WAITING,
    attempts,
    daemon,
    occurrences,
    scheduled_tasks,
    task_tags,
    tasks,
)

log = logging.getLogger(__name__)

BACKLOG_LIMIT = 1000
"""How many passed times are kept as a backlog at the most (catch_up = all), and how far they are counted."""

_AHEAD_LIMIT = 50
"""How many occurrences are spawned ahead at the most, where alerts lie further before due than the rule's period."""

_ON_TIME = timedelta(minutes=1)
"""What came due this short a time ago was not missed."""

_POISONED_FOR = timedelta(hours=1)
"""When a task that can't be planned is tried again: it must not stop the others."""


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
        rule = task.rule
        if rule is None:
            return self._insert(task, None, rings_late=False) or self._reopen(task, "")
        planned = recurrence.first(rule, self.tx.zone)
        if planned is not None and not task.is_recurring:
            return self._insert(task, planned, rings_late=False) or self._reopen(task, planned.key)
        if planned is not None and planned.at < self.begin_of(rule):
            planned = recurrence.next_after(rule, self.begin_of(rule) - timedelta(milliseconds=1), self.tx.zone)
        return self._spawn(task, planned, rings_late=False)

    def spawn_following(self, task: Task, newest: Occurrence) -> Occurrence | None:
        """Make the occurrence after the newest one, unless the rule has ended."""
        if not follows_its_rule(task) or task.rule is None:
            return None
        planned = recurrence.following(task.rule, newest.planned_for, self.tx.zone)
        return self._spawn(task, planned, rings_late=True)

    def spawn_after_completion(self, task: Task, done_at: datetime) -> Occurrence:
        """Make the next occurrence of a task that counts from when it was done."""
        assert task.rule is not None
        planned = recurrence.after_completion(task.rule, done_at, self.tx.zone)
        while (made := self._insert(task, planned, rings_late=True)) is None:
            # done a second time on one day: that one is closed already, and the next is counted from it
            planned = recurrence.after_completion(task.rule, planned.at, self.tx.zone)
        return made

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
            made = self._insert(task, planned, rings_late=rings_late)
            if made is not None:
                return made
            planned = recurrence.following(task.rule, planned.key, self.tx.zone)
        self.tx.update(tasks, task.id, next_at=None)
        return None

    def _reopen(self, task: Task, key: str) -> Occurrence | None:
        """Open the closed occurrence of a task that comes once, with its deliveries planned anew."""
        here = select(occurrences).where(occurrences.c.task_id == task.id, occurrences.c.planned_for == key)
        row = self.tx.connection.execute(here).mappings().one()
        self.tx.update(occurrences, row["id"], state=OccurrenceState.OPEN.value, done_at=None)
        occurrence = replace(occurrence_from_row(row), state=OccurrenceState.OPEN, done_at=None)
        for delivery in self._deliveries(occurrence.id):
            self.tx.delete(scheduled_tasks, delivery["id"])
        self.plan_deliveries(task, occurrence, rings_late=False)
        return occurrence

    def _insert(self, task: Task, planned: Planned | None, *, rings_late: bool, passed: int = 0) -> Occurrence | None:
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
            begin = self.tx.now if rings_late else self.tx.now - _ON_TIME
            chosen = decide.alerts_to_schedule(times, now=begin, rings_late=rings_late)
            wanted = {seconds_of(alert): at for alert, at in chosen}
        present = {row["alert"]: row for row in self._deliveries(occurrence.id)}
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

    def _is_told(self, task: Task, occurrence: Occurrence, row: RowMapping) -> bool:
        """Return whether a delivery has gone out for the time at which the occurrence still is due."""
        is_told = row["delivered_at"] is not None and row["status"] != DeliveryState.CANCELLED.value
        if task.rule is None or occurrence.due_at is None or not is_told:
            return False
        at = self._time_of(task, task.rule, occurrence, timedelta(seconds=row["alert"]))
        return bool(row["due_at"] == to_ms(at))

    def _has_alert_to_come(self, occurrence_id: int) -> bool:
        coming = [DeliveryState.EXECUTING.value, *(state.value for state in WAITING)]
        query = select(scheduled_tasks.c.id).where(
            scheduled_tasks.c.occurrence_id == occurrence_id, scheduled_tasks.c.status.in_(coming)
        )
        return self.tx.connection.execute(query.limit(1)).first() is not None

    def alert_times(self, task: Task, rule: Rule, occurrence: Occurrence) -> dict[timedelta, datetime]:
        """Return when each alert of a task rings for an occurrence, by its offset from due."""
        assert occurrence.due_at is not None
        times = {alert: self._alert_at(rule, occurrence, alert) for alert in task.alerts}
        tz, all_day_at = self.tz_of(rule), self.all_day_at if occurrence.is_all_day else None
        for alert in task.day_alerts:
            offset = day_alert_offset(occurrence.due_at, alert, tz, all_day_at=all_day_at)
            times[offset] = day_alert_at(occurrence.due_at, alert, tz)
        return times

    def _time_of(self, task: Task, rule: Rule, occurrence: Occurrence, alert: timedelta) -> datetime:
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

    def _deliveries(self, occurrence_id: int) -> Sequence[RowMapping]:
        query = select(scheduled_tasks).where(scheduled_tasks.c.occurrence_id == occurrence_id)
        return self.tx.connection.execute(query).mappings().all()

    def begin_of(self, rule: Rule) -> datetime:
        """Return the instant from which a new recurring task begins: now, or the start of today."""
        if not rule.is_all_day:
            return self.tx.now
        tz = self.tz_of(rule)
        return recurrence.resolve(datetime.combine(self.tx.now.astimezone(tz).date(), time()), tz)

    # -- unmaking ------------------------------------------------------------

    def cancel_deliveries(self, occurrence_id: int) -> None:
        """Cancel what waits to be told about an occurrence, and nag no more; what is on its way is let go."""
        waiting = select(scheduled_tasks.c.id, scheduled_tasks.c.delivered_at).where(
            scheduled_tasks.c.occurrence_id == occurrence_id, IS_WAITING
        )
        for row in self.tx.connection.execute(waiting).all():
            status = DeliveryState.CANCELLED if row.delivered_at is None else DeliveryState.DELIVERED
            self.tx.update(scheduled_tasks, row.id, status=status.value)

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
            told = select(attempts.c.id).where(attempts.c.occurrence_id == occurrence.id).limit(1)
            if self.tx.connection.execute(told).first() is not None:
                self.tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
                self.cancel_deliveries(occurrence.id)
                continue
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
            select(tasks.c.id).where(tasks.c.next_at <= to_ms(self.tx.now), IS_ACTIVE).order_by(tasks.c.next_at)
        ).scalars()
        count = 0
        for task_id in behind.all():
            with self._unless_poisoned(task_id):
                self._catch_up_task(self.task(task_id))
                count += 1
        return count

    def _catch_up_task(self, task: Task) -> None:
        newest = self.newest(task.id)
        rule = task.rule
        if newest is None or rule is None:
            self.tx.update(tasks, task.id, next_at=None)
            return
        last = recurrence.planned(rule, newest.planned_for, self.tx.zone)
        latest = recurrence.latest(rule, self.tx.now, self.tx.zone)
        if latest is not None and latest.at > last.at:
            match task.catch_up:
                case CatchUp.ALL:
                    self._keep_backlog(task, rule, last, latest)
                case CatchUp.SKIP:
                    self._leave_out_what_passed(task, rule, last)
                case CatchUp.LATEST:
                    self._open_latest(task, rule, last, latest)
        self.keep_ahead(task)
        self._plan_next(task)

    def _open_latest(self, task: Task, rule: Rule, last: Planned, latest: Planned) -> None:
        passed = recurrence.count_between(rule, last.at, latest.at, self.tx.zone, limit=BACKLOG_LIMIT) - 1
        made = self._insert(task, latest, rings_late=True, passed=max(0, passed))
        if made is not None:
            self.supersede(task, made)

    def _keep_backlog(self, task: Task, rule: Rule, last: Planned, latest: Planned) -> None:
        backlog: list[Planned] = []
        planned: Planned | None = latest
        while planned is not None and planned.at > last.at and len(backlog) < BACKLOG_LIMIT:
            backlog.append(planned)
            planned = recurrence.latest(rule, planned.at - timedelta(seconds=1), self.tx.zone)
        before = recurrence.count_between(rule, last.at, backlog[-1].at, self.tx.zone, limit=BACKLOG_LIMIT) - 1
        for planned in reversed(backlog):
            self._insert(task, planned, rings_late=True, passed=max(0, before))
            before = 0

    def _leave_out_what_passed(self, task: Task, rule: Rule, last: Planned) -> None:
        begin = self.begin_of(rule)
        slack = timedelta(milliseconds=1) if rule.is_all_day else _ON_TIME
        coming = recurrence.next_after(rule, max(last.at, begin - slack), self.tx.zone)
        passed = 0
        for occurrence in self.open_occurrences(task.id):
            if occurrence.due_at is None or occurrence.due_at >= begin:
                continue
            self.tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
            self.cancel_deliveries(occurrence.id)
            passed += 1 + occurrence.passed
        if coming is not None:
            before = coming.at - timedelta(seconds=1)
            passed += recurrence.count_between(rule, last.at, before, self.tx.zone, limit=BACKLOG_LIMIT)
            self._insert(task, coming, rings_late=coming.at <= self.tx.now, passed=passed)
        elif not self.open_occurrences(task.id):
            self.tx.update(tasks, task.id, state=TaskState.FINISHED.value)

    def _plan_next(self, task: Task) -> None:
        """Note when an occurrence may be missing next; never a time that has passed: one look would chase another."""
        newest, rule = self.newest(task.id), task.rule
        if newest is None or rule is None or not follows_its_rule(task):
            self.tx.update(tasks, task.id, next_at=None)
            return
        after = recurrence.following(rule, newest.planned_for, self.tx.zone)
        if after is not None and after.at <= self.tx.now:
            after = recurrence.next_after(rule, self.tx.now, self.tx.zone)
        self.tx.update(tasks, task.id, next_at=to_ms(after.at) if after else None)

    def settle(self, task_id: int) -> None:
        """Bring a task that was put back as it was in line with what has happened since."""
        if self.tx.row(tasks, task_id) is None:
            return
        task = self.task(task_id)
        if task.state is TaskState.ACTIVE and follows_its_rule(task):
            self.keep_ahead(task)
            self._plan_from_newest(task)

    def open_again(self, task_id: int) -> bool:
        """Open what a task that follows its rule has to have open, if nothing is; return whether it did.

        What was open may be unmade: by a clock that was set back, between an undo and its redo.
        """
        task = self.task(task_id)
        if task.state is not TaskState.ACTIVE or not follows_its_rule(task) or self.open_occurrences(task_id):
            return False
        newest = self.newest(task_id)
        if newest is None:
            self.spawn_first(task)
        else:
            self._catch_up_task(task)
            if not self.open_occurrences(task_id):
                self.spawn_following(task, newest)
        self._plan_from_newest(task)
        return True

    def _plan_from_newest(self, task: Task) -> None:
        """Note the planned time after the newest occurrence; one that has passed is caught up with next."""
        newest, rule = self.newest(task.id), task.rule
        if newest is not None and rule is not None and follows_its_rule(task):
            after = recurrence.following(rule, newest.planned_for, self.tx.zone)
            self.tx.update(tasks, task.id, next_at=to_ms(after.at) if after else None)

    @contextmanager
    def _unless_poisoned(self, task_id: int) -> Iterator[None]:
        """Do what is inside, or nothing of it: a task that can't be planned does not stop the others."""
        try:
            with self.tx.connection.begin_nested():
                yield
        except DBAPIError:
            raise
        except Exception:
            log.exception("task %d can't be planned; trying again in an hour", task_id)
            again = to_ms(self.tx.now + _POISONED_FOR)
            self.tx.connection.execute(update(tasks).where(tasks.c.id == task_id).values(next_at=again))

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
                    IS_ACTIVE,
                )
            ).scalars()
            for task_id in floating.all():
                with self._unless_poisoned(task_id):
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
                at = to_ms(self._time_of(task, rule, moved, timedelta(seconds=row["alert"])))
                is_put_off = row["execute_at"] != row["due_at"]  # snoozed, to be tried again, or held
                if DeliveryState(row["status"]) in WAITING and not is_put_off:
                    self.tx.update(scheduled_tasks, row["id"], due_at=at, **anew(at))
        self._plan_from_newest(task)

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
