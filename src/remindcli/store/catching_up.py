"""What has passed, and what moves with the zone: tasks brought in line with the clock; steps of a transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError

from remindcli.core import recurrence
from remindcli.core.rule import Planned, Rule
from remindcli.core.task import WAITING, CatchUp, DeliveryState, OccurrenceState, Task, TaskState
from remindcli.store.instants import to_ms
from remindcli.store.planning import ON_TIME, Planner, anew, follows_its_rule
from remindcli.store.prepared import Prepared
from remindcli.store.schema import IS_ACTIVE, daemon, occurrences, scheduled_tasks, tasks

log = logging.getLogger(__name__)

BACKLOG_LIMIT = 1000
"""How many passed times are kept as a backlog at the most (catch_up = all), and how far they are counted."""

_POISONED_FOR = timedelta(hours=1)
"""When a task that can't be planned is tried again: it must not stop the others."""

_BEHIND = Prepared(select(tasks.c.id).where(tasks.c.next_at <= bindparam("now"), IS_ACTIVE).order_by(tasks.c.next_at))
_ZONE = Prepared(select(daemon.c.zone).where(daemon.c.id == 1))


def catch_up(planner: Planner) -> int:
    """Spawn what has come due unspawned, and count what passed; return for how many tasks.

    Computed, never walked: what a year of absence left of a rule costs what one step does.
    """
    behind = [row["id"] for row in planner.tx.rows(_BEHIND, now=to_ms(planner.tx.now))]
    count = 0
    for task_id in behind:
        with _unless_poisoned(planner, task_id):
            _catch_up_task(planner, planner.task(task_id))
            count += 1
    return count


def _catch_up_task(planner: Planner, task: Task) -> None:
    newest = planner.newest(task.id)
    rule = task.rule
    if newest is None or rule is None:
        planner.tx.update(tasks, task.id, next_at=None)
        return
    last = recurrence.planned(rule, newest.planned_for, planner.tx.zone)
    latest = recurrence.latest(rule, planner.tx.now, planner.tx.zone)
    if latest is not None and latest.at > last.at:
        match task.catch_up:
            case CatchUp.ALL:
                _keep_backlog(planner, task, rule, last, latest)
            case CatchUp.SKIP:
                _leave_out_what_passed(planner, task, rule, last)
            case CatchUp.LATEST:
                _open_latest(planner, task, rule, last, latest)
    planner.keep_ahead(task)
    _plan_next(planner, task)


def _open_latest(planner: Planner, task: Task, rule: Rule, last: Planned, latest: Planned) -> None:
    passed = recurrence.count_between(rule, last.at, latest.at, planner.tx.zone, limit=BACKLOG_LIMIT) - 1
    made = planner.insert(task, latest, rings_late=True, passed=max(0, passed))
    if made is not None:
        planner.supersede(task, made)


def _keep_backlog(planner: Planner, task: Task, rule: Rule, last: Planned, latest: Planned) -> None:
    backlog: list[Planned] = []
    planned: Planned | None = latest
    while planned is not None and planned.at > last.at and len(backlog) < BACKLOG_LIMIT:
        backlog.append(planned)
        planned = recurrence.latest(rule, planned.at - timedelta(seconds=1), planner.tx.zone)
    before = recurrence.count_between(rule, last.at, backlog[-1].at, planner.tx.zone, limit=BACKLOG_LIMIT) - 1
    for planned in reversed(backlog):
        planner.insert(task, planned, rings_late=True, passed=max(0, before))
        before = 0


def _leave_out_what_passed(planner: Planner, task: Task, rule: Rule, last: Planned) -> None:
    begin = planner.begin_of(rule)
    slack = timedelta(milliseconds=1) if rule.is_all_day else ON_TIME
    coming = recurrence.next_after(rule, max(last.at, begin - slack), planner.tx.zone)
    passed = 0
    for occurrence in planner.open_occurrences(task.id):
        if occurrence.due_at is None or occurrence.due_at >= begin:
            continue
        planner.tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
        planner.cancel_deliveries(occurrence.id)
        passed += 1 + occurrence.passed
    if coming is not None:
        before = coming.at - timedelta(seconds=1)
        passed += recurrence.count_between(rule, last.at, before, planner.tx.zone, limit=BACKLOG_LIMIT)
        planner.insert(task, coming, rings_late=coming.at <= planner.tx.now, passed=passed)
    elif not planner.open_occurrences(task.id):
        planner.tx.update(tasks, task.id, state=TaskState.FINISHED.value)


def _plan_next(planner: Planner, task: Task) -> None:
    """Note when an occurrence may be missing next; never a time that has passed: one look would chase another."""
    newest, rule = planner.newest(task.id), task.rule
    if newest is None or rule is None or not follows_its_rule(task):
        planner.tx.update(tasks, task.id, next_at=None)
        return
    after = recurrence.following(rule, newest.planned_for, planner.tx.zone)
    if after is not None and after.at <= planner.tx.now:
        after = recurrence.next_after(rule, planner.tx.now, planner.tx.zone)
    planner.tx.update(tasks, task.id, next_at=to_ms(after.at) if after else None)


def settle(planner: Planner, task_id: int) -> None:
    """Bring a task that was put back as it was in line with what has happened since."""
    if planner.tx.row(tasks, task_id) is None:
        return
    task = planner.task(task_id)
    if task.state is TaskState.ACTIVE and follows_its_rule(task):
        planner.keep_ahead(task)
        _plan_from_newest(planner, task)


def open_again(planner: Planner, task_id: int) -> bool:
    """Open what a task that follows its rule has to have open, if nothing is; return whether it did.

    What was open may be unmade: by a clock that was set back, between an undo and its redo.
    """
    task = planner.task(task_id)
    if task.state is not TaskState.ACTIVE or not follows_its_rule(task) or planner.open_occurrences(task_id):
        return False
    newest = planner.newest(task_id)
    if newest is None:
        planner.spawn_first(task)
    else:
        _catch_up_task(planner, task)
        if not planner.open_occurrences(task_id):
            planner.spawn_following(task, newest)
    _plan_from_newest(planner, task)
    return True


def _plan_from_newest(planner: Planner, task: Task) -> None:
    """Note the planned time after the newest occurrence; one that has passed is caught up with next."""
    newest, rule = planner.newest(task.id), task.rule
    if newest is not None and rule is not None and follows_its_rule(task):
        after = recurrence.following(rule, newest.planned_for, planner.tx.zone)
        planner.tx.update(tasks, task.id, next_at=to_ms(after.at) if after else None)


@contextmanager
def _unless_poisoned(planner: Planner, task_id: int) -> Iterator[None]:
    """Do what is inside, or nothing of it: a task that can't be planned does not stop the others."""
    try:
        with planner.tx.connection.begin_nested():
            yield
    except DBAPIError:
        raise
    except Exception:
        log.exception("task %d can't be planned; trying again in an hour", task_id)
        again = to_ms(planner.tx.now + _POISONED_FOR)
        planner.tx.connection.execute(update(tasks).where(tasks.c.id == task_id).values(next_at=again))


def follow_zone(planner: Planner) -> None:
    """Move what floats when the local zone is another than when it was last counted."""
    ((known,),) = planner.tx.rows(_ZONE)
    if known == planner.tx.zone.key:
        return
    planner.tx.connection.execute(update(daemon).where(daemon.c.id == 1).values(zone=planner.tx.zone.key))
    if known:
        floating = planner.tx.connection.execute(
            select(tasks.c.id).where(
                tasks.c.zone.is_(None),
                tasks.c.dtstart.is_not(None),
                IS_ACTIVE,
            )
        ).scalars()
        for task_id in floating.all():
            with _unless_poisoned(planner, task_id):
                count_again(planner, planner.task(task_id))


def count_again(planner: Planner, task: Task) -> None:
    """Compute the instants of a task's open occurrences anew: the zone, or what is known of it, changed."""
    rule = task.rule
    assert rule is not None
    for occurrence in planner.open_occurrences(task.id):
        due_at = planner.due_at(rule, occurrence)
        if due_at is None or due_at == occurrence.due_at:
            continue
        planner.tx.update(occurrences, occurrence.id, due_at=to_ms(due_at))
        moved = replace(occurrence, due_at=due_at)
        for row in planner.deliveries(occurrence.id):
            at = to_ms(planner.time_of(task, rule, moved, timedelta(seconds=row["alert"])))
            is_put_off = row["execute_at"] != row["due_at"]  # snoozed, to be tried again, or held
            if DeliveryState(row["status"]) in WAITING and not is_put_off:
                planner.tx.update(scheduled_tasks, row["id"], due_at=at, **anew(at))
    _plan_from_newest(planner, task)
