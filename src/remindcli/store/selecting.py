"""Which tasks a filter means, asked of SQL: their ids, in order, no more than are wanted."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, false, func, not_, or_, true

from remindcli.core import filters
from remindcli.core.filters import EVERYTHING, Condition, Filter
from remindcli.core.task import DeliveryState, TaskState
from remindcli.store.instants import to_ms
from remindcli.store.prepared import Prepared
from remindcli.store.schema import IS_WAITING, occurrences, scheduled_tasks, task_tags, tasks, written_out
from remindcli.store.transaction import Tx

current = occurrences.alias("current")
"""The occurrence of each task that a user means; its columns are NULL where nothing is open."""

_other = occurrences.alias("other")
_IS_OPEN = written_out(current.c.state, "open")
_Number = int | BindParameter[int]


class Order(NamedTuple):
    """By what tasks are sorted.

    Attributes:
        name: a name of ORDERS.
        is_down: the greatest first.
    """

    name: str
    is_down: bool = False


ORDERS: dict[str, ColumnElement[Any]] = {
    "due": current.c.due_at,
    "id": tasks.c.id,
    "title": func.casefold(tasks.c.title),
    "list": func.nullif(func.casefold(tasks.c.list), ""),
    "priority": func.nullif(tasks.c.priority, 0),
    "created": tasks.c.created_at,
    "modified": tasks.c.modified_at,
}
"""What tasks can be sorted by; what is empty always comes last."""


class Found(NamedTuple):
    """The tasks that a filter means.

    Attributes:
        ids: in order, at most as many as were asked for.
        total: how many there are in all.
    """

    ids: tuple[int, ...]
    total: int


def select(
    tx: Tx, filtered: Filter, orders: Sequence[Order] = (), *, limit: int | None = None, is_counted: bool = True
) -> Found:
    """Return the tasks that a filter means: the next due first, those without a time last, unless `orders` says else.

    Args:
        limit: the most ids to return.
        is_counted: how many there are is wanted where there are more than the limit; else `total` is what is returned.
    """
    ids = _first_due(tx, filtered, limit) if limit and not orders else ()
    if limit is None or len(ids) < limit:
        ids = _sorted(tx, filtered, orders, limit)
    total = len(ids)
    if is_counted and limit is not None and total >= limit:
        total = _count(tx, filtered)
    return Found(ids, total)


def _first_due(tx: Tx, filtered: Filter, limit: int) -> tuple[int, ...]:
    """Return the tasks that are due first, found along the index of what is due: no more is looked at than is returned.

    Fewer than the limit, and there may be some without a time.
    """
    if filtered.condition == EVERYTHING:
        return tuple(row["id"] for row in tx.rows(_first_of_all(filtered.states), now=to_ms(tx.now), most=limit))
    return tuple(tx.connection.execute(_query_of_first(filtered, to_ms(tx.now)).limit(limit)).scalars())


def _query_of_first(filtered: Filter, now_ms: _Number) -> Select[Any]:
    return (
        sa.select(tasks.c.id)
        .select_from(current.join(tasks, tasks.c.id == current.c.task_id))
        .where(
            _IS_OPEN,
            current.c.due_at.is_not(None),
            not_(_has_a_better(now_ms)),
            _is_in(filtered.states),
            condition_sql(filtered.condition),
        )
        .order_by(current.c.due_at, tasks.c.id)
    )


def _sorted(tx: Tx, filtered: Filter, orders: Sequence[Order], limit: int | None) -> tuple[int, ...]:
    if filtered.condition == EVERYTHING and not orders:
        most = -1 if limit is None else limit  # SQLite: no limit
        return tuple(row["id"] for row in tx.rows(_all(filtered.states), now=to_ms(tx.now), most=most))
    ordered = standing(tx, filtered).with_only_columns(tasks.c.id).order_by(*_by(orders))
    return tuple(tx.connection.execute(ordered.limit(limit) if limit is not None else ordered).scalars())


def _count(tx: Tx, filtered: Filter) -> int:
    if filtered.condition == EVERYTHING:
        ((count,),) = tx.rows(_count_of_all(filtered.states))
        return int(count)
    counted = sa.select(func.count()).select_from(standing(tx, filtered).with_only_columns(tasks.c.id).subquery())
    return tx.connection.execute(counted).scalar_one()


# what is asked without a filter, which is most of what is asked; each once for the states that are named


@cache
def _first_of_all(states: tuple[TaskState, ...]) -> Prepared:
    return Prepared(_query_of_first(Filter(EVERYTHING, states), bindparam("now")).limit(bindparam("most")))


@cache
def _all(states: tuple[TaskState, ...]) -> Prepared:
    query = _query_of_standing(Filter(EVERYTHING, states), bindparam("now")).with_only_columns(tasks.c.id)
    return Prepared(query.order_by(*_by(())).limit(bindparam("most")))


@cache
def _count_of_all(states: tuple[TaskState, ...]) -> Prepared:
    """Count the tasks: one row for each, whatever is open of it."""
    return Prepared(sa.select(func.count()).select_from(tasks).where(_is_in(states)))


def _is_in(states: Sequence[TaskState]) -> ColumnElement[bool]:
    return written_out(tasks.c.state, *(state.value for state in states))


def _by(orders: Sequence[Order]) -> list[ColumnElement[Any]]:
    by: list[ColumnElement[Any]] = []
    for order in (*orders, Order("due"), Order("id")):
        column = ORDERS[order.name]
        by += [column.is_(None), column.desc() if order.is_down else column.asc()]
    return by


def standing(tx: Tx, filtered: Filter) -> Select[Any]:
    """Return the query for the tasks that a filter means, each joined with its current occurrence."""
    return _query_of_standing(filtered, to_ms(tx.now))


def _query_of_standing(filtered: Filter, now_ms: _Number) -> Select[Any]:
    here = and_(current.c.task_id == tasks.c.id, _IS_OPEN, not_(_has_a_better(now_ms)))
    return (
        sa.select(tasks)
        .select_from(tasks.outerjoin(current, here))
        .where(_is_in(filtered.states), condition_sql(filtered.condition))
    )


def _has_a_better(now_ms: _Number) -> ColumnElement[bool]:
    """Return that another open occurrence is rather the one that a user means: decide.current in SQL."""
    mine, others = current.c, _other.c
    later = or_(others.due_at > mine.due_at, and_(others.due_at == mine.due_at, others.id > mine.id))
    earlier = or_(others.due_at < mine.due_at, and_(others.due_at == mine.due_at, others.id < mine.id))
    is_better = case(
        (mine.due_at.is_(None), or_(others.due_at.is_not(None), others.id < mine.id)),
        (mine.due_at <= now_ms, and_(others.due_at <= now_ms, later)),
        else_=or_(others.due_at <= now_ms, earlier),
    )
    return (
        sa.select(others.id)
        .where(others.task_id == mine.task_id, written_out(others.state, "open"), others.id != mine.id, is_better)
        .exists()
    )


def condition_sql(condition: Condition) -> ColumnElement[bool]:
    """Return a condition of the filter language as SQL knows it: true or false, never NULL."""
    return _WRITERS[type(condition)](condition)


def _tag(one: filters.HasTag) -> ColumnElement[bool]:
    return sa.select(task_tags.c.tag).where(task_tags.c.task_id == tasks.c.id, task_tags.c.tag == one.tag).exists()


def _title(one: filters.HasTitle) -> ColumnElement[bool]:
    return func.casefold(tasks.c.title) == one.text


def _text(one: filters.HasText) -> ColumnElement[bool]:
    in_title = func.instr(func.casefold(tasks.c.title), one.text) > 0
    return or_(in_title, func.instr(func.casefold(tasks.c.note), one.text) > 0) if one.is_note_too else in_title


def _due(one: filters.IsDue) -> ColumnElement[bool]:
    bounds: list[ColumnElement[bool]] = [current.c.due_at.is_not(None)]
    if one.begin is not None:
        bounds.append(current.c.due_at >= to_ms(one.begin))
    if one.end is not None:
        bounds.append(current.c.due_at < to_ms(one.end))
    return and_(*bounds)


def _overdue(one: filters.IsOverdue) -> ColumnElement[bool]:
    return and_(
        current.c.due_at.is_not(None),
        current.c.due_at < case((current.c.all_day == 1, to_ms(one.today)), else_=to_ms(one.now)),
    )


def _stands(one: filters.Stands) -> ColumnElement[bool]:
    """Return where a task stands, as reading.Item has it."""
    mine = sa.select(scheduled_tasks.c.id).where(scheduled_tasks.c.occurrence_id == current.c.id)
    status = scheduled_tasks.c.status
    is_told = and_(scheduled_tasks.c.delivered_at.is_not(None), status != DeliveryState.CANCELLED.value)
    is_put_off = func.instr(scheduled_tasks.c.payload, '"snoozed_until"') > 0
    is_snoozed = mine.where(IS_WAITING, is_put_off, not_(is_told)).exists()
    match one.name:
        case "recurring":
            return or_(tasks.c.rrule.is_not(None), tasks.c.rdate != "[]")
        case "undated":
            return current.c.due_at.is_(None)
        case "snoozed":
            return is_snoozed
        case "nagging":
            return mine.where(IS_WAITING, is_told).exists()
        case "kept":
            return mine.where(IS_WAITING, func.instr(scheduled_tasks.c.payload, '"is_kept"') > 0).exists()
        case "failed":
            return mine.where(status == DeliveryState.DISCARDED.value).exists()
        case _:
            return and_(mine.where(is_told).exists(), not_(is_snoozed))


def _freq(one: filters.ComesBack) -> ColumnElement[bool]:
    rrule = func.coalesce(tasks.c.rrule, "")
    return func.instr(";" + rrule + ";", f";FREQ={one.freq};") > 0


_WRITERS: dict[type, Callable[[Any], ColumnElement[bool]]] = {
    filters.HasTag: _tag,
    filters.OnList: lambda one: tasks.c.list == one.name,
    filters.HasPriority: lambda one: tasks.c.priority == one.priority,
    filters.HasId: lambda one: or_(*(tasks.c.id.between(low, high) for low, high in one.ranges)),
    filters.HasText: _text,
    filters.HasTitle: _title,
    filters.IsDue: _due,
    filters.IsOverdue: _overdue,
    filters.Stands: _stands,
    filters.InState: lambda one: tasks.c.state == one.state.value,
    filters.ComesBack: _freq,
    filters.BelongsTo: lambda one: and_(tasks.c.here != "", tasks.c.here.in_(one.folders)),
    filters.Both: lambda one: and_(true(), *map(condition_sql, one.parts)),
    filters.Either: lambda one: or_(false(), *map(condition_sql, one.parts)),
    filters.Not: lambda one: not_(condition_sql(one.part)),
}
