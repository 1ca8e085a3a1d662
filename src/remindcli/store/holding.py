"""What keeps a task from ringing, and what lets it ring again: pause, delete, resume; steps of a transaction."""

from remindcli.core import decide, recurrence
from remindcli.core.rule import Repeat
from remindcli.core.task import CatchUp, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.errors import RemindError
from remindcli.store import catching_up, reading
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner, anew
from remindcli.store.schema import occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx


def silence(tx: Tx, planner: Planner, task: Task, state: TaskState) -> None:
    """Bring a task into a state in which nothing of it rings: paused or deleted."""
    for occurrence in planner.open_occurrences(task.id):
        planner.cancel_deliveries(occurrence.id)
    tx.update(tasks, task.id, state=state.value, modified_at=to_ms(tx.now))


def pause(tx: Tx, planner: Planner, task: Task) -> None:
    """Keep a task from ringing until it is resumed.

    Raises:
        RemindError: nothing of it would ring.
    """
    if task.state is not TaskState.ACTIVE:
        why = "it is paused already" if task.state is TaskState.PAUSED else "it is finished"
        raise RemindError(f'can\'t pause {task.id} "{task.title}"', why=why)
    silence(tx, planner, task, TaskState.PAUSED)


def resume(tx: Tx, planner: Planner, task_id: int) -> Task:
    """Bring a paused or deleted task back; what passed meanwhile is handled by its catch-up.

    Raises:
        NotFoundError: there is no such task.
        RemindError: it is neither paused nor deleted.
    """
    reading.must_exist(tx, task_id)
    task = planner.task(task_id)
    if task.state not in (TaskState.PAUSED, TaskState.DELETED):
        raise RemindError(
            f'{task_id} "{task.title}" is not paused',
            hint=f"remind undone {task_id} opens it again" if task.state is TaskState.FINISHED else "",
        )
    is_over = not planner.open_occurrences(task_id)
    state = TaskState.FINISHED if is_over else TaskState.ACTIVE
    tx.update(tasks, task_id, state=state.value, modified_at=to_ms(tx.now))
    task = planner.task(task_id)
    if is_over or task.rule is None:
        return task
    catching_up.count_again(planner, task)  # the local zone may be another one than when it was last counted
    catching_up.catch_up(planner)
    if task.catch_up is CatchUp.SKIP and task.is_recurring and task.rule.repeat is Repeat.SCHEDULE:
        _leave_out(tx, planner, task)
    for occurrence in planner.open_occurrences(task_id):
        ring_again(tx, planner, task, occurrence, rings_late=True)
    catching_up.settle(planner, task_id)
    return task


def _leave_out(tx: Tx, planner: Planner, task: Task) -> None:
    """Miss what passed while a task did not ring, and go on with what is to come."""
    for occurrence in planner.open_occurrences(task.id):
        begin = tx.now
        if occurrence.is_all_day:
            begin = recurrence.start_of_day(tx.now.astimezone(tx.zone).date(), tx.zone)
        if occurrence.due_at is not None and occurrence.due_at < begin:
            planner.cancel_deliveries(occurrence.id)
            tx.update(occurrences, occurrence.id, state=OccurrenceState.MISSED.value)
    newest = planner.newest(task.id)
    if newest is not None and not planner.open_occurrences(task.id):
        made = planner.spawn_following(task, newest)
        if made is None:
            tx.update(tasks, task.id, state=TaskState.FINISHED.value)


def ring_again(tx: Tx, planner: Planner, task: Task, occurrence: Occurrence, *, rings_late: bool) -> None:
    """Plan the alerts of an open occurrence that were cancelled; what has gone out is not told again.

    Args:
        rings_late: of those whose time has passed, the last one is told too.
    """
    told = reading.deliveries_of(tx, occurrence.id)
    put_off = next((one for one in told if one.is_snoozed and one.status is DeliveryState.CANCELLED), None)
    if put_off is None:
        planner.plan_deliveries(task, occurrence, rings_late=rings_late)
    cancelled = [
        one
        for one in reading.deliveries_of(tx, occurrence.id)
        if one.status is DeliveryState.CANCELLED
        # a snooze has cancelled what would have rung before it
        and (put_off is None or one.id == put_off.id or one.execute_at > put_off.promised_at)
    ]
    times = [(one.alert, one.promised_at) for one in cancelled]
    chosen = dict(decide.alerts_to_schedule(times, now=tx.now, rings_late=rings_late))
    for one in cancelled:
        if one.alert in chosen:
            tx.update(scheduled_tasks, one.id, **anew(to_ms(chosen[one.alert])))
