"""The tags and lists that are in use, and what stands behind each."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func

from remindcli.core.filters import Condition, Filter
from remindcli.store.instants import maybe_moment, to_ms
from remindcli.store.schema import task_tags, tasks
from remindcli.store.selecting import condition_sql, current, standing
from remindcli.store.transaction import Tx


class Label(NamedTuple):
    """A tag or a list.

    Attributes:
        tasks: how many tasks have it, or are on it.
        overdue: how many of them are overdue.
        next_due_at: when the first of those that are not overdue is due.
    """

    name: str
    tasks: int
    overdue: int
    next_due_at: datetime | None


def tags(tx: Tx, filtered: Filter, overdue: Condition) -> list[Label]:
    """Return the tags of the tasks that a filter means, by name.

    Args:
        overdue: the condition that a task is overdue.
    """
    return _labels(tx, filtered, overdue, by_tag=True)


def lists(tx: Tx, filtered: Filter, overdue: Condition) -> list[Label]:
    """Return the lists of the tasks that a filter means, by name; see `tags`."""
    return _labels(tx, filtered, overdue, by_tag=False)


def _labels(tx: Tx, filtered: Filter, overdue: Condition, *, by_tag: bool) -> list[Label]:
    mine = task_tags.alias("mine")  # a filter looks for tags as well
    name = mine.c.tag if by_tag else tasks.c.list
    is_overdue = condition_sql(overdue)
    query = standing(tx, filtered)
    if by_tag:
        query = query.join(mine, mine.c.task_id == tasks.c.id)
    coming = case((current.c.due_at >= to_ms(tx.now), current.c.due_at))
    rows = tx.connection.execute(
        query.with_only_columns(name, func.count(), func.sum(case((is_overdue, 1), else_=0)), func.min(coming))
        .where(name != "")
        .group_by(name)
        .order_by(func.casefold(name), name)
    )
    return [Label(row[0], row[1], row[2] or 0, maybe_moment(row[3])) for row in rows]
