"""What answers a reminder: done, skip, undone, snooze, move; steps of a transaction on one task."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import select

from remindcli.core import recurrence
from remindcli.core.answer import Answer, Verb
from remindcli.core.rule import Repeat, Rule
from remindcli.core.task import WAITING, Delivery, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.errors import NotFoundError, RemindError
from remindcli.store import catching_up, reading
from remindcli.store.asked import Closed, Move, Snoozed
from remindcli.store.claiming import Claim
from remindcli.store.holding import ring_again
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner, anew, payload_of
from remindcli.store.rows import occurrence_from_row, rule_columns, seconds_of
from remindcli.store.schema import occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx

_RANG = (DeliveryState.DELIVERED, DeliveryState.EXECUTING, DeliveryState.DISCARDED)


def live(tx: Tx, planner: Planner, task_id: int) -> Task:
    """Return a task that is not deleted.

    Raises:
        NotFoundError: there is none, or it was deleted.
    """
    reading.must_exist(tx, task_id)
    task = planner.task(task_id)
    if task.state is TaskState.DELETED:
        raise NotFoundError(f'{task_id} "{task.title}" was deleted', hint=f"remind resume {task_id} brings it back")
    return task


def close(
    tx: Tx, planner: Planner, task_id: int, state: OccurrenceState, at: datetime, occurrence: Occurrence | None = None
) -> Closed:
    """Complete or leave out an open occurrence of a task, the current one if None, and spawn what follows."""
    task = live(tx, planner, task_id)
    occurrence = occurrence or _must_be_open(planner, task)
    planner.supersede(task, occurrence)
    is_done = state is OccurrenceState.DONE
    tx.update(occurrences, occurrence.id, state=state.value, done_at=to_ms(at) if is_done else None)
    planner.cancel_deliveries(occurrence.id)
    following = planner.current(task_id)
    if following is None and task.is_recurring and task.rule is not None:
        if task.rule.repeat is Repeat.COMPLETION:
            following = planner.spawn_after_completion(task, at)
        else:
            newest = planner.newest(task_id)
            assert newest is not None
            following = planner.spawn_following(task, newest)
    elif following is not None:
        planner.keep_ahead(task)
    if following is None:
        tx.update(tasks, task_id, state=TaskState.FINISHED.value, modified_at=to_ms(tx.now))
    closed = replace(occurrence, state=state, done_at=at if is_done else None)
    return Closed(task, closed, following)


def finish(tx: Tx, planner: Planner, claim: Claim) -> bool:
    """Complete the occurrence of a delivery that is on its way; return whether it was still open."""
    task_id, occurrence_id = claim.task.id, claim.occurrence.id
    current = planner.current(task_id)
    if current is not None and current.id == occurrence_id:
        close(tx, planner, task_id, OccurrenceState.DONE, tx.now)
        return True
    # one of a backlog
    here = next((one for one in planner.open_occurrences(task_id) if one.id == occurrence_id), None)
    if here is not None:
        tx.update(occurrences, here.id, state=OccurrenceState.DONE.value, done_at=to_ms(tx.now))
        planner.cancel_deliveries(here.id)
    return here is not None


def reopen(tx: Tx, planner: Planner, task_id: int) -> Task:
    """Open the occurrence of a task that was done or skipped last; an alert that is still to come rings.

    Raises:
        NotFoundError: none was.
    """
    task = live(tx, planner, task_id)
    closed = (OccurrenceState.DONE.value, OccurrenceState.SKIPPED.value)
    query = select(occurrences).where(occurrences.c.task_id == task_id, occurrences.c.state.in_(closed))
    row = tx.connection.execute(query.order_by(occurrences.c.id.desc()).limit(1)).mappings().first()
    if row is None:
        raise NotFoundError(f'{task_id} "{task.title}" was not done', hint=f"remind show {task_id}")
    if task.rule is not None and task.rule.repeat is Repeat.COMPLETION:
        for spawned in planner.open_occurrences(task_id):
            _unspawn(tx, planner, spawned)
    tx.update(occurrences, row["id"], state=OccurrenceState.OPEN.value, done_at=None)
    if task.state is TaskState.FINISHED:
        tx.update(tasks, task_id, state=TaskState.ACTIVE.value, modified_at=to_ms(tx.now))
    task = planner.task(task_id)
    occurrence = replace(occurrence_from_row(row), state=OccurrenceState.OPEN, done_at=None)
    ring_again(tx, planner, task, occurrence, rings_late=False)
    catching_up.settle(planner, task_id)
    return task


def _unspawn(tx: Tx, planner: Planner, occurrence: Occurrence) -> None:
    """Take away what was counted from a completion that is none; what was told of it stays on record as missed."""
    if reading.was_tried(tx, occurrence.id):
        tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
        planner.cancel_deliveries(occurrence.id)
        return
    for delivery in reading.deliveries_of(tx, occurrence.id):
        tx.delete(scheduled_tasks, delivery.id)
    tx.delete(occurrences, occurrence.id)


def snooze(tx: Tx, planner: Planner, task_id: int, until: datetime, occurrence: Occurrence | None = None) -> Snoozed:
    """Put the alert of an open occurrence, the current one if None, off until an instant; due stays as it is."""
    task = live(tx, planner, task_id)
    if task.state is TaskState.PAUSED:
        raise RemindError(
            f'{task_id} "{task.title}" is paused, so nothing rings', hint=f"remind resume {task_id} lets it ring again"
        )
    occurrence = occurrence or _must_be_open(planner, task)
    if occurrence.due_at is None:
        raise RemindError(
            f'{task_id} "{task.title}" has no time to snooze',
            hint=f"give it one: remind move {task_id} tomorrow",
        )
    every = reading.deliveries_of(tx, occurrence.id)
    chosen = _to_snooze(every, until)
    payload = payload_of(occurrence, snoozed_until=to_ms(until), snoozed_at=to_ms(tx.now))
    if chosen is None:
        # nothing has rung and nothing would before: one more alert, and the planned ones stay
        alert = seconds_of(until - occurrence.due_at)
        chosen = next((one for one in every if seconds_of(one.alert) == alert), None)
        if chosen is None:
            tx.insert(
                scheduled_tasks,
                task_id=task_id,
                occurrence_id=occurrence.id,
                alert=alert,
                execute_at=to_ms(until),
                due_at=to_ms(until),
                status=DeliveryState.SCHEDULED.value,
                payload=payload,
                created_at=to_ms(tx.now),
            )
    if chosen is not None:
        tx.update(scheduled_tasks, chosen.id, payload=payload, **anew(to_ms(until)))
    for one in every:
        if chosen is not None and one.id == chosen.id:
            continue
        if one.status is DeliveryState.CANCELLED and one.due_at > until:
            # a snooze that went beyond it had taken it away, and this one ends before it
            tx.update(scheduled_tasks, one.id, payload=payload_of(occurrence), **anew(to_ms(one.due_at)))
        if one.status not in WAITING:
            continue
        if one.is_told:
            tx.update(scheduled_tasks, one.id, status=DeliveryState.DELIVERED.value)
        elif one.execute_at <= until:
            tx.update(scheduled_tasks, one.id, status=DeliveryState.CANCELLED.value)
    return Snoozed(task, occurrence, until)


def acknowledge(tx: Tx, planner: Planner, task_id: int) -> bool:
    """Nag no more of the current occurrence of a task, until its next alert; return whether it nagged.

    It stays open, and counts as ringing.
    """
    live(tx, planner, task_id)
    occurrence = planner.current(task_id)
    told = reading.deliveries_of(tx, occurrence.id) if occurrence is not None else []
    # what is on its way again is told, and then no more: its outcome finds the row answered
    nagging = [one for one in told if one.is_told and one.status in (*WAITING, DeliveryState.EXECUTING)]
    for one in nagging:
        tx.update(scheduled_tasks, one.id, status=DeliveryState.DELIVERED.value, lease_until=None)
    return bool(nagging)


def answer(tx: Tx, planner: Planner, occurrence_id: int, given: Answer) -> Task | None:
    """Do what was answered to a reminder of an occurrence; None if that is not open any more, or nothing changes."""
    row = tx.row(occurrences, occurrence_id)
    if row is None or row["state"] != OccurrenceState.OPEN.value:
        return None
    occurrence = occurrence_from_row(row)
    task = planner.task(occurrence.task_id)
    if task.state is TaskState.DELETED:
        return None
    match given.verb:
        case Verb.DONE:
            close(tx, planner, task.id, OccurrenceState.DONE, tx.now, occurrence)
        case Verb.SKIP:
            close(tx, planner, task.id, OccurrenceState.SKIPPED, tx.now, occurrence)
        case Verb.SNOOZE:
            snooze(tx, planner, task.id, tx.now + given.span, occurrence)
        case Verb.SEEN:
            return task if acknowledge(tx, planner, task.id) else None
    return task


def move(tx: Tx, planner: Planner, task: Task, to: Move) -> None:
    """Make a task's current occurrence due at another time."""
    occurrence = _must_be_open(planner, task)
    if task.rule is None:
        wall = to.at.astimezone(tx.zone).replace(tzinfo=None)
        rule = Rule(dtstart=wall, is_all_day=to.is_all_day)
        tx.update(tasks, task.id, **rule_columns(rule))
        planner.replan(planner.task(task.id))
        return
    tz = planner.tz_of(task.rule)
    wall = to.at.astimezone(tz).replace(tzinfo=None)
    if to.is_all_day:
        wall = datetime.combine(to.at.astimezone(tx.zone).date(), time())
    due_at = recurrence.resolve(wall, tz)
    tx.update(
        occurrences,
        occurrence.id,
        moved_to=wall.isoformat(),
        due_at=to_ms(due_at),
        all_day=int(to.is_all_day),
    )
    moved = replace(occurrence, moved_to=wall, due_at=due_at, is_all_day=to.is_all_day)
    planner.plan_deliveries(task, moved, rings_late=False)


def _to_snooze(deliveries: Sequence[Delivery], until: datetime) -> Delivery | None:
    """Return the delivery that a snooze puts off: the one that has rung last, or that would ring before `until`."""
    in_order = sorted(deliveries, key=lambda one: (one.execute_at, one.id))
    rung = [one for one in in_order if one.status in _RANG or one.is_told]
    put_off = [one for one in in_order if one.status in WAITING and (one.is_snoozed or one.execute_at <= until)]
    if rung:
        return rung[-1]
    return put_off[0] if put_off else None


def _must_be_open(planner: Planner, task: Task) -> Occurrence:
    occurrence = planner.current(task.id)
    if occurrence is None:
        raise NotFoundError(
            f'nothing is open of {task.id} "{task.title}"',
            why="it is finished" if task.state is TaskState.FINISHED else "",
            hint=f"remind undone {task.id} opens it again" if task.state is TaskState.FINISHED else "",
        )
    return occurrence
