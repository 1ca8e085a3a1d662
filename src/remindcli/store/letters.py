"""Dead letters: deliveries that were given up, tried anew or laid aside by the user."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from remindcli.core.task import Delivery, DeliveryState, Occurrence, OccurrenceState, Task
from remindcli.store.database import Database
from remindcli.store.instants import to_ms
from remindcli.store.planning import anew
from remindcli.store.prepared import Prepared
from remindcli.store.rows import delivery_from_row, occurrence_from_row, task_from_row
from remindcli.store.schema import IS_DISCARDED, IS_OPEN, occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx

_COUNT = Prepared(
    select(func.count().label("letters"))
    .select_from(scheduled_tasks.join(occurrences, occurrences.c.id == scheduled_tasks.c.occurrence_id))
    .where(IS_DISCARDED, IS_OPEN)
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A delivery that was given up, with what it was about."""

    delivery: Delivery
    task: Task
    occurrence: Occurrence


class Letters:
    """The dead letters of a store; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Letter]:
        """Return the dead letters of what is still open, the latest first."""
        with self._database.read() as tx:
            return _find(tx)

    def count(self) -> int:
        """Return how many there are."""
        with self._database.read() as tx:
            return count(tx)

    def retry(self, task_ids: Sequence[int] | None = None) -> list[Letter]:
        """Try the dead letters of these tasks, or all, from the beginning, now; one step of undo."""
        with self._database.write() as tx:
            chosen = _find(tx, task_ids)
            tx.begin_action("retry")
            for letter in chosen:
                tx.update(scheduled_tasks, letter.delivery.id, **anew(to_ms(tx.now)))
            tx.describe("retry " + _names(chosen))
            return chosen

    def drop(self, task_ids: Sequence[int] | None = None) -> list[Letter]:
        """Lay the dead letters of these tasks, or all, aside; one step of undo."""
        with self._database.write() as tx:
            chosen = _find(tx, task_ids)
            tx.begin_action("drop")
            for letter in chosen:
                tx.update(scheduled_tasks, letter.delivery.id, status=DeliveryState.CANCELLED.value)
            tx.describe("drop " + _names(chosen))
            return chosen


def count(tx: Tx) -> int:
    """Return how many dead letters there are."""
    ((letters,),) = tx.rows(_COUNT)
    return int(letters)


def _find(tx: Tx, task_ids: Sequence[int] | None = None) -> list[Letter]:
    query = (
        select(scheduled_tasks)
        .join(occurrences, occurrences.c.id == scheduled_tasks.c.occurrence_id)
        .where(
            scheduled_tasks.c.status == DeliveryState.DISCARDED.value,
            occurrences.c.state == OccurrenceState.OPEN.value,
        )
        .order_by(scheduled_tasks.c.execute_at.desc(), scheduled_tasks.c.id.desc())
    )
    if task_ids is not None:
        query = query.where(scheduled_tasks.c.task_id.in_(task_ids))
    found = []
    for row in tx.connection.execute(query).mappings().all():
        task, occurrence = tx.row(tasks, row["task_id"]), tx.row(occurrences, row["occurrence_id"])
        assert task is not None
        assert occurrence is not None
        found.append(Letter(delivery_from_row(row), task_from_row(task, ()), occurrence_from_row(occurrence)))
    return found


def _names(letters: Sequence[Letter]) -> str:
    names = dict.fromkeys(f'{letter.task.id} "{letter.task.title}"' for letter in letters)
    return ", ".join(names)
