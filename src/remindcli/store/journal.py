"""Undo and redo: user actions taken back and made again, one step each."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update

from remindcli.core.task import DeliveryState
from remindcli.store import catching_up, reading
from remindcli.store.instants import from_ms
from remindcli.store.planning import Planner
from remindcli.store.prepared import Prepared
from remindcli.store.rows import rule_columns
from remindcli.store.schema import actions, changes, metadata, occurrences, scheduled_tasks, task_tags, tasks
from remindcli.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class Step:
    """One user action.

    Attributes:
        summary: what was done, in words.
        task_ids: the tasks that it touched.
    """

    id: int
    made_at: datetime
    verb: str
    summary: str
    task_ids: tuple[int, ...]


_UNTAG = Prepared(delete(task_tags).where(task_tags.c.task_id == bindparam("task_id")))
_TAG = Prepared(insert(task_tags), ("task_id", "tag"))
_CHANGES = Prepared(select(changes).where(changes.c.action_id == bindparam("action_id")).order_by(changes.c.id))
_RULE_COLUMNS = frozenset(rule_columns(None))


def undo(tx: Tx, planner: Planner) -> Step | None:
    """Take back the latest user action that is not yet taken back; None if there is none.

    What the daemon has changed meanwhile stays: a delivery that has gone out is not sent again.
    """
    row = (
        tx.connection.execute(select(actions).where(actions.c.is_undone == 0).order_by(actions.c.id.desc()).limit(1))
        .mappings()
        .first()
    )
    if row is None:
        return None
    step = _step(tx, row["id"])
    for change in _changes(tx, row["id"], newest_first=True):
        _take_back(tx, change)
    tx.connection.execute(update(actions).where(actions.c.id == row["id"]).values(is_undone=1, request=tx.request))
    _settle(tx, planner, step)
    return step


def redo(tx: Tx, planner: Planner) -> Step | None:
    """Make the earliest action that was taken back again; None if there is none."""
    row_id = tx.connection.execute(
        select(actions.c.id).where(actions.c.is_undone == 1).order_by(actions.c.id).limit(1)
    ).scalar()
    if row_id is None:
        return None
    for change in _changes(tx, row_id, newest_first=False):
        _make_again(tx, change)
    tx.connection.execute(update(actions).where(actions.c.id == row_id).values(is_undone=0, request=tx.request))
    step = _step(tx, row_id)
    _settle(tx, planner, step)
    with tx.as_part_of(row_id):  # so that undo takes it back too
        for task_id in step.task_ids:
            if tx.row(tasks, task_id) is not None:
                catching_up.open_again(planner, task_id)
    return step


def made_by(tx: Tx, request: str) -> str:
    """Return in words what was done under this name; "" if nothing was.

    Args:
        request: not empty.
    """
    row = tx.connection.execute(select(actions).where(actions.c.request == request)).mappings().first()
    if row is None:
        return ""
    return f"undone: {row['summary']}" if row["is_undone"] else str(row["summary"])


def history(tx: Tx, limit: int) -> list[Step]:
    """Return the latest user actions that stand, the newest first."""
    ids = tx.connection.execute(
        select(actions.c.id).where(actions.c.is_undone == 0).order_by(actions.c.id.desc()).limit(limit)
    ).scalars()
    return [_step(tx, row_id) for row_id in ids.all()]


def _step(tx: Tx, action_id: int) -> Step:
    action = tx.row(actions, action_id)
    assert action is not None
    touched: set[int] = set()
    for change in _changes(tx, action_id, newest_first=False):
        if change["entity"] in (tasks.name, task_tags.name):
            touched.add(change["entity_id"])
        else:
            images = [json.loads(change[side]) for side in ("before", "after") if change[side]]
            owners = {image["task_id"] for image in images if "task_id" in image}
            if not owners:  # a change of other columns
                row = tx.row(metadata.tables[change["entity"]], change["entity_id"])
                owners = set() if row is None else {row["task_id"]}
            touched |= owners
    return Step(
        id=action_id,
        made_at=from_ms(action["made_at"]),
        verb=action["verb"],
        summary=action["summary"],
        task_ids=tuple(sorted(touched)),
    )


def _changes(tx: Tx, action_id: int, *, newest_first: bool) -> list[dict[str, Any]]:
    found = [dict(row) for row in tx.rows(_CHANGES, action_id=action_id)]
    return found[::-1] if newest_first else found


def _take_back(tx: Tx, change: dict[str, Any]) -> None:
    if change["entity"] == task_tags.name:
        set_tags(tx, change["entity_id"], json.loads(change["before"]))
        return
    table = metadata.tables[change["entity"]]
    before, after = _images(change)
    present = tx.row(table, change["entity_id"])
    if before is None:
        if present is not None:
            if present != after:  # what the daemon did to it since is part of what redo brings back
                tx.update(changes, change["id"], after=json.dumps(present))
            tx.delete(table, change["entity_id"])
    elif after is None:
        _insert_again(tx, table, before)
    elif present is not None:
        _set_back(tx, table, present, expected=after, values=before)


def _make_again(tx: Tx, change: dict[str, Any]) -> None:
    if change["entity"] == task_tags.name:
        set_tags(tx, change["entity_id"], json.loads(change["after"]))
        return
    table = metadata.tables[change["entity"]]
    before, after = _images(change)
    present = tx.row(table, change["entity_id"])
    if before is None and after is not None:
        _insert_again(tx, table, after)
    elif after is None:
        tx.connection.execute(delete(table).where(table.c.id == change["entity_id"]))
    elif before is not None and present is not None:
        _set_back(tx, table, present, expected=before, values=after)


def _settle(tx: Tx, planner: Planner, step: Step) -> None:
    """Bring the tasks of a step in line with what the daemon has made meanwhile."""
    made = _changes(tx, step.id, newest_first=False)
    own = {change["entity_id"] for change in made if change["entity"] == occurrences.name}
    for change in made:
        before, after = _images(change)
        if change["entity"] == tasks.name and before and after and _RULE_COLUMNS & after.keys():
            # of the rule that does not hold now
            strays = [one for one in planner.open_occurrences(change["entity_id"]) if one.id not in own]
            for stray in strays:
                tx.connection.execute(delete(occurrences).where(occurrences.c.id == stray.id))
    for task_id in step.task_ids:
        catching_up.settle(planner, task_id)


def _images(change: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    before, after = change["before"], change["after"]
    return (None if before is None else json.loads(before)), (None if after is None else json.loads(after))


def _insert_again(tx: Tx, table: Table, values: dict[str, Any]) -> None:
    if table is occurrences and tx.row(tasks, values["task_id"]) is None:
        return
    if table is scheduled_tasks:
        if tx.row(occurrences, values["occurrence_id"]) is None:
            return  # the daemon has spawned that occurrence itself meanwhile, under another id
        if values["status"] == DeliveryState.EXECUTING.value:
            values = {**values, "status": DeliveryState.SCHEDULED.value, "lease_until": None, "owner": ""}
    tx.do(_insert_unless_there(table, tuple(values)), **values)


@cache
def _insert_unless_there(table: Table, names: tuple[str, ...]) -> Prepared:
    return Prepared(insert(table).prefix_with("OR IGNORE"), names)


def _set_back(
    tx: Tx, table: Table, present: dict[str, Any], *, expected: dict[str, Any], values: dict[str, Any]
) -> None:
    if table is scheduled_tasks:
        if any(present[name] != value for name, value in expected.items()):
            return  # the daemon has moved it on
        if values.get("status") == DeliveryState.EXECUTING.value:
            values = {**values, "status": DeliveryState.SCHEDULED.value, "lease_until": None, "owner": ""}
    tx.connection.execute(update(table).where(table.c.id == present["id"]).values(**values))


def set_tags(tx: Tx, task_id: int, tags: list[str]) -> None:
    """Give a task these tags and no others; noted as one change while an action is open."""
    before = sorted(reading.tags_of(tx, task_id))
    wanted = sorted(set(tags))
    if before == wanted:
        return
    tx.do(_UNTAG, task_id=task_id)
    tx.do_each(_TAG, [{"task_id": task_id, "tag": tag} for tag in wanted])
    tx.note(task_tags, task_id, before, wanted)
