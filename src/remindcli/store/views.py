"""What the views ask of the store beside tasks: each method is one reading transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from remindcli.core.filters import Condition, Filter
from remindcli.core.task import Occurrence
from remindcli.store import ahead, labels, past
from remindcli.store.ahead import Series, Waiting
from remindcli.store.database import Database
from remindcli.store.labels import Label
from remindcli.store.past import Ended, Happened, PutOff, Wanted
from remindcli.store.selecting import select

_FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Ahead(NamedTuple):
    """What is to come in a span of time.

    Attributes:
        waiting: the deliveries that wait.
        series: the tasks that come back, each with how far it is spawned.
        titles: of all of these, by id.
    """

    waiting: list[Waiting]
    series: list[Series]
    titles: dict[int, str]


class Month(NamedTuple):
    """What a calendar shows of a span of time.

    Attributes:
        due: the open occurrences that are due in it.
        done: the tasks that were done in it, each with when.
        series: the tasks that come back, each with how far it is spawned.
    """

    due: list[Occurrence]
    done: list[tuple[int, datetime]]
    series: list[Series]


class Habits(NamedTuple):
    """What became of the tasks that come back, what was done when, and what was put off."""

    ended: list[Ended]
    done_at: list[datetime]
    snoozed: list[PutOff]


class Views:
    """What the views ask of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tags(self, filtered: Filter, overdue: Condition) -> list[Label]:
        """Return the tags of the tasks that a filter means."""
        with self._database.read() as tx:
            return labels.tags(tx, filtered, overdue)

    def lists(self, filtered: Filter, overdue: Condition) -> list[Label]:
        """Return the lists of the tasks that a filter means."""
        with self._database.read() as tx:
            return labels.lists(tx, filtered, overdue)

    def ahead(self, begin: datetime, end: datetime, chosen: Filter) -> Ahead:
        """Return what is to ring in [begin, end), and what comes back, of the tasks that a filter means."""
        with self._database.read() as tx:
            ids = set(select(tx, chosen).ids)
            waiting = [one for one in ahead.waiting(tx, begin, end) if one.task_id in ids]
            series = [one for one in ahead.series(tx) if one.task.id in ids]
            return Ahead(waiting, series, ahead.titles(tx, [one.task_id for one in waiting]))

    def next(self, begin: datetime, chosen: Filter) -> Month:
        """Return what is due from an instant on, and what comes back, of the tasks that a filter means."""
        return self.month(begin, _FAR, chosen)

    def month(self, begin: datetime, end: datetime, chosen: Filter) -> Month:
        """Return what is due and what was done in [begin, end), and what comes back, of the tasks of a filter."""
        with self._database.read() as tx:
            ids = set(select(tx, chosen).ids)
            return Month(
                [one for one in ahead.open_between(tx, begin, end) if one.task_id in ids],
                [one for one in ahead.done_between(tx, begin, end) if one[0] in ids],
                [one for one in ahead.series(tx) if one.task.id in ids],
            )

    def happened(
        self,
        chosen: Filter | None,
        *,
        begin: datetime | None,
        end: datetime | None = None,
        kinds: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[Happened]:
        """Return what happened in [begin, end), the latest last; of the tasks of a filter, or all."""
        with self._database.read() as tx:
            ids = None if chosen is None else select(tx, chosen).ids
            return past.happened(tx, Wanted(begin, end, ids, kinds, limit))

    def habits(self, chosen: Filter, begin: datetime, end: datetime, *, snoozed: int) -> Habits:
        """Return what became of the tasks of a filter.

        Args:
            begin: from when on what was done counts for `done_at` and `snoozed`.
            snoozed: the most tasks to name among those that were put off.
        """
        with self._database.read() as tx:
            ids = select(tx, chosen).ids
            return Habits(
                past.ended(tx, ids),
                past.done_at(tx, ids, begin, end),
                past.most_snoozed(tx, ids, begin, snoozed),
            )
