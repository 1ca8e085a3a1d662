"""Many tasks brought into the store at once: their rows are made beside the database, and written together."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from remindcli.core import decide, recurrence
from remindcli.core.portable import Portable
from remindcli.core.rule import Planned
from remindcli.core.task import NO_CONDITIONS, DeliveryState, Occurrence, OccurrenceState, Task, TaskState
from remindcli.store import catching_up
from remindcli.store.instants import from_ms, to_ms
from remindcli.store.planning import Planner, follows_its_rule, payload_of
from remindcli.store.rows import (
    alerts_column,
    conditions_column,
    day_alerts_column,
    nag_columns,
    rule_columns,
    seconds_of,
)
from remindcli.store.schema import occurrences, scheduled_tasks, task_tags, tasks
from remindcli.store.transaction import Tx

_AT_ONCE = 5000
"""How many tasks are made into rows and written at a time."""

_SINGLE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of bringing tasks in.

    Attributes:
        known: how many were there already, by their uid, and were left as they are.
    """

    new: int
    known: int


def bring_in(tx: Tx, planner: Planner, portables: Sequence[Portable], watch: Callable[[int, int], None]) -> Brought:
    """Write tasks that are not there yet; what has passed meanwhile is caught up with.

    Args:
        watch: told how many of how many are done.
    """
    seen = set(tx.connection.execute(select(tasks.c.uid)).scalars())
    fresh: list[Portable] = []
    for one in portables:
        if one.uid not in seen:
            seen.add(one.uid)
            fresh.append(one)
    maker = _Maker(tx, planner)
    for begin in range(0, len(fresh), _AT_ONCE):
        maker.write(fresh[begin : begin + _AT_ONCE])
        watch(min(begin + _AT_ONCE, len(fresh)), len(fresh))
    for task in maker.behind:
        planner.keep_ahead(task)
    catching_up.catch_up(planner)
    return Brought(len(fresh), len(portables) - len(fresh))


class _Maker:
    """Makes rows of tasks, with ids that follow those that there are.

    Attributes:
        behind: tasks whose occurrence has no alert to come, so that the next may be needed at once.
    """

    def __init__(self, tx: Tx, planner: Planner) -> None:
        self._tx = tx
        self._planner = planner
        self._next = {table: self._first_id(table) for table in (tasks, occurrences, scheduled_tasks)}
        self.behind: list[Task] = []

    def _first_id(self, table: Table) -> int:
        # ids are never used again, also not those of tasks that were undone
        kept = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        used = self._tx.connection.exec_driver_sql(kept, (table.name,)).scalar() or 0
        highest = self._tx.connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar() or 0
        return max(int(used), int(highest)) + 1

    def _id(self, table: Table) -> int:
        self._next[table] += 1
        return self._next[table] - 1

    def write(self, portables: Sequence[Portable]) -> None:
        """Write the rows of some tasks."""
        rows: dict[Table, list[dict[str, Any]]] = {tasks: [], task_tags: [], occurrences: [], scheduled_tasks: []}
        for one in portables:
            for table, row in self._rows(one):
                rows[table].append(row)
        for table, made in rows.items():
            if not made:
                continue
            self._tx.connection.execute(insert(table), made)
            if table is not task_tags:
                for row in made:
                    self._tx.note(table, row["id"], None, row)
        tags: dict[int, list[str]] = {}
        for row in rows[task_tags]:
            tags.setdefault(row["task_id"], []).append(row["tag"])
        for task_id, names in tags.items():
            self._tx.note(task_tags, task_id, [], sorted(names))

    def _rows(self, one: Portable) -> Iterator[tuple[Table, dict[str, Any]]]:
        row: dict[str, Any] = {
            "id": self._id(tasks),
            "uid": one.uid,
            "title": one.title,
            "note": one.note,
            "list": one.list_name,
            "priority": one.priority,
            "alerts": alerts_column(one.alerts),
            "day_alerts": day_alerts_column(one.day_alerts),
            "conditions": _NO_CONDITIONS,
            "here": "",
            "channels": "[]",
            "catch_up": one.catch_up.value,
            "state": one.state.value,
            "next_at": None,
            "created_at": to_ms(one.created_at),
            "modified_at": to_ms(one.modified_at),
            **nag_columns(one.nag_after),
            **rule_columns(one.rule),
        }
        task = _task(row["id"], one)
        planned = self._planned(task, one)
        if one.state is not TaskState.FINISHED and one.rule is not None and planned is None:
            row["state"] = TaskState.FINISHED.value  # its rule has ended
        after = None
        if planned is not None and one.rule is not None and follows_its_rule(task):
            after = recurrence.following(one.rule, planned.key, self._tx.zone)
        row["next_at"] = to_ms(after.at) if after else None
        yield tasks, row
        yield from ((task_tags, {"task_id": row["id"], "tag": tag}) for tag in one.tags)
        if row["state"] != TaskState.FINISHED.value:
            yield from self._open(task, one, planned)

    def _planned(self, task: Task, one: Portable) -> Planned | None:
        """Return the planned time at which a task stands; None without a time, or at the end of its rule."""
        rule, zone = one.rule, self._tx.zone
        if rule is None or one.state is TaskState.FINISHED:
            return None
        if one.standing is not None:
            return recurrence.planned(rule, one.standing.planned_for, zone)
        first = recurrence.first(rule, zone)
        begin = self._planner.begin_of(rule)
        if first is None or not task.is_recurring or first.at >= begin:
            return first
        return recurrence.next_after(rule, begin - _SINGLE, zone)

    def _open(self, task: Task, one: Portable, planned: Planned | None) -> Iterator[tuple[Table, dict[str, Any]]]:
        standing, rule = one.standing, one.rule
        occurrence = Occurrence(
            id=self._id(occurrences),
            task_id=task.id,
            planned_for=planned.key if planned else "",
            due_at=from_ms(to_ms(planned.at)) if planned else None,
            is_all_day=standing.is_all_day if standing else bool(rule and rule.is_all_day),
            moved_to=standing.moved_to if standing and rule else None,
            passed=standing.passed if standing else 0,
        )
        if rule is not None and occurrence.moved_to is not None:
            occurrence = replace(occurrence, due_at=self._planner.due_at(rule, occurrence))
        yield (
            occurrences,
            {
                "id": occurrence.id,
                "task_id": task.id,
                "planned_for": occurrence.planned_for,
                "due_at": None if occurrence.due_at is None else to_ms(occurrence.due_at),
                "all_day": int(occurrence.is_all_day),
                "moved_to": None if occurrence.moved_to is None else occurrence.moved_to.isoformat(),
                "state": OccurrenceState.OPEN.value,
                "done_at": None,
                "passed": occurrence.passed,
            },
        )
        alerts = list(self._alerts(task, occurrence))
        yield from ((scheduled_tasks, row) for row in alerts)
        if not alerts and follows_its_rule(task) and not task.is_silent:
            self.behind.append(task)

    def _alerts(self, task: Task, occurrence: Occurrence) -> Iterator[dict[str, Any]]:
        if task.rule is None or occurrence.due_at is None or task.state is TaskState.PAUSED:
            return
        times = list(self._planner.alert_times(task, task.rule, occurrence).items())
        now: datetime = self._tx.now
        for alert, at in decide.alerts_to_schedule(times, now=now, rings_late=False):
            yield {
                "id": self._id(scheduled_tasks),
                "task_id": task.id,
                "occurrence_id": occurrence.id,
                "alert": seconds_of(alert),
                "execute_at": to_ms(at),
                "due_at": to_ms(at),
                "status": DeliveryState.SCHEDULED.value,
                "payload": payload_of(occurrence),
                "created_at": to_ms(now),
                **_UNTRIED,
            }


def _task(task_id: int, one: Portable) -> Task:
    """Return the task that a row of it would give."""
    return Task(
        id=task_id,
        uid=one.uid,
        title=one.title,
        rule=one.rule,
        created_at=one.created_at,
        modified_at=one.modified_at,
        tags=one.tags,
        catch_up=one.catch_up,
        alerts=one.alerts,
        day_alerts=one.day_alerts,
        nag_after=one.nag_after,
        state=one.state,
    )


_NO_CONDITIONS = conditions_column(NO_CONDITIONS)
_UNTRIED = {
    "attempt": 0,
    "lease_until": None,
    "owner": "",
    "channel": "",
    "failures": 0,
    "target": "",
    "last_error": "",
    "delivered_at": None,
    "unseen": 0,
    "rescues": 0,
}
