"""What writes a task down or changes its words, its rule, its time: add, edit; steps of a transaction."""

import json
from uuid import uuid4

from remindcli.core.task import Task, TaskState
from remindcli.errors import ConflictError, RemindError
from remindcli.store import answering, journal
from remindcli.store.asked import NewTask, TaskChange
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner
from remindcli.store.rows import alerts_column, conditions_column, day_alerts_column, nag_columns, rule_columns
from remindcli.store.schema import tasks
from remindcli.store.transaction import Tx


def add(tx: Tx, planner: Planner, new: NewTask) -> Task:
    """Write a task, its first occurrence and its deliveries.

    Raises:
        RemindError: its time never comes.
    """
    now = to_ms(tx.now)
    task_id = tx.insert(
        tasks,
        uid=str(uuid4()),
        title=new.title,
        note=new.note,
        list=new.list_name,
        priority=new.priority,
        alerts=alerts_column(new.alerts),
        day_alerts=day_alerts_column(new.day_alerts),
        conditions=conditions_column(new.conditions),
        here=new.here,
        **nag_columns(new.nag_after),
        channels=json.dumps(new.channels),
        catch_up=new.catch_up.value,
        state=TaskState.ACTIVE.value,
        created_at=now,
        modified_at=now,
        **rule_columns(new.rule),
    )
    journal.set_tags(tx, task_id, list(new.tags))
    task = planner.task(task_id)
    if planner.spawn_first(task) is None:
        raise RemindError("that time never comes", why="the rule has ended before it begins")
    planner.keep_ahead(task)
    return task


def edit(tx: Tx, planner: Planner, task_id: int, change: TaskChange) -> Task:
    """Change a task: its words, its rule, or where its current occurrence is due.

    Raises:
        NotFoundError: there is no such task, or nothing of it is open that could be moved.
        ConflictError: it is not as it was when the change was made up.
        RemindError: its time never comes.
    """
    task = answering.live(tx, planner, task_id)
    if change.seen is not None and not change.seen.is_still(task, planner.current(task_id)):
        raise ConflictError(
            f'{task_id} "{task.title}" was changed meanwhile', hint=f"look at it, and try again: remind show {task_id}"
        )
    asked = {
        "title": change.title,
        "note": change.note,
        "list": change.list_name,
        "priority": change.priority,
        "alerts": None if change.alerts is None else alerts_column(change.alerts),
        "day_alerts": None if change.day_alerts is None else day_alerts_column(change.day_alerts),
        "conditions": None if change.conditions is None else conditions_column(change.conditions),
        "here": change.here,
        "channels": None if change.channels is None else json.dumps(change.channels),
        "catch_up": None if change.catch_up is None else change.catch_up.value,
    }
    values: dict[str, object] = {column: value for column, value in asked.items() if value is not None}
    if change.nag_after is not None:
        values |= nag_columns(change.nag_after)
    is_replanned = change.rule is not None or change.has_no_time
    if is_replanned:
        values |= rule_columns(change.rule)
        values |= {"next_at": None}
        if task.state is TaskState.FINISHED:
            values |= {"state": TaskState.ACTIVE.value}
    tx.update(tasks, task_id, modified_at=to_ms(tx.now), **values)
    journal.set_tags(tx, task_id, [*(set(task.tags) - set(change.remove_tags)), *change.add_tags])
    task = planner.task(task_id)
    if is_replanned:
        if planner.replan(task) is None:
            raise RemindError("that time never comes", why="the rule has ended before it begins")
    elif change.move is not None:
        answering.move(tx, planner, task, change.move)
    if (change.alerts, change.day_alerts) != (None, None) and not is_replanned:
        for occurrence in planner.open_occurrences(task_id):
            planner.plan_deliveries(task, occurrence, rings_late=False)
    planner.keep_ahead(planner.task(task_id))
    return task
