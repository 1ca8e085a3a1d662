"""What is kept back and brought up again: quiet hours, do-not-disturb, what nobody saw; and the day of the digest."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, and_, func, or_, select, update

from remindcli.core import quiet as quiet_hours
from remindcli.core.quiet import Quiet
from remindcli.core.task import CatchUp, DeliveryState, Occurrence
from remindcli.store.database import Database
from remindcli.store.instants import from_ms, to_ms
from remindcli.store.rows import occurrence_from_row
from remindcli.store.schema import IS_ACTIVE, IS_OPEN, IS_WAITING, daemon, occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx

PASSING = ("is_kept", "why", "unseen_at")
"""What a payload says of one wait alone: it is over when the delivery was told."""

_MARKED = scheduled_tasks.c.payload.like('%"is_kept"%')
_IS_UNSEEN = scheduled_tasks.c.unseen == 1


class Keeping:
    """What is kept back in a store; each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, quiet: Quiet, ahead: timedelta, *, least_priority: int, by: str) -> int:
        """Put what is due and may not ring now off until the quiet hours end; return how many.

        It is no attempt, and it is not late: it is told when they end. What passes is left as it is.

        Args:
            ahead: what is due within this span counts too: it is claimed so long before.
            least_priority: the lowest priority that passes; 0: none does.
            by: what keeps it, as the payload says it: "quiet", or "focus".
        """
        if not self.is_due(ahead):
            return 0
        with self._database.write() as tx:
            query = (
                select(scheduled_tasks, tasks.c.priority, tasks.c.created_at.label("written_at"))
                .join(tasks, tasks.c.id == scheduled_tasks.c.task_id)
                .where(_due(tx, ahead))
            )
            kept = 0
            for row in tx.connection.execute(query).mappings().all():
                payload = _payload(row)
                asked_at = max(row["written_at"], _moment(payload, "snoozed_at"))
                if quiet_hours.passes(
                    priority=row["priority"], least_priority=least_priority, asked_at=from_ms(asked_at), quiet=quiet
                ):
                    continue
                until = to_ms(quiet.ends_at)
                payload = {**payload, "is_kept": by, "promised": until}
                _set(tx, row["id"], execute_at=until, payload=json.dumps(payload))
                kept += 1
            return kept

    def is_due(self, ahead: timedelta) -> bool:
        """Return whether anything is due within a span from now."""
        with self._database.read() as tx:
            return (
                tx.connection.execute(select(scheduled_tasks.c.id).where(_due(tx, ahead)).limit(1)).first() is not None
            )

    def release(self) -> int:
        """Have what is kept back looked at now: what kept it may be over, or other settings hold; return how many."""
        if not self.kept():
            return 0
        with self._database.write() as tx:
            kept = and_(IS_WAITING, _MARKED, scheduled_tasks.c.execute_at > to_ms(tx.now))
            return tx.connection.execute(update(scheduled_tasks).where(kept).values(execute_at=to_ms(tx.now))).rowcount

    def kept(self) -> int:
        """Return how many deliveries are kept back."""
        with self._database.read() as tx:
            count = select(func.count()).select_from(scheduled_tasks).where(IS_WAITING, _MARKED)
            return int(tx.connection.execute(count).scalar_one())

    def has_unseen(self) -> bool:
        """Return whether something was told while nobody was there, and is not told again yet."""
        with self._database.read() as tx:
            return tx.connection.execute(select(scheduled_tasks.c.id).where(_IS_UNSEEN).limit(1)).first() is not None

    def show_again(self) -> int:
        """Have what nobody saw told again now, as far as it is not answered; return how many."""
        with self._database.write() as tx:
            query = (
                select(scheduled_tasks)
                .join(occurrences, occurrences.c.id == scheduled_tasks.c.occurrence_id)
                .where(
                    _IS_UNSEEN,
                    IS_OPEN,
                    or_(IS_WAITING, scheduled_tasks.c.status == DeliveryState.DELIVERED.value),
                )
            )
            rows = tx.connection.execute(query).mappings().all()
            for row in rows:
                payload = {**_payload(row), "unseen_at": row["delivered_at"], "promised": to_ms(tx.now)}
                _set(
                    tx,
                    row["id"],
                    status=DeliveryState.SCHEDULED.value,
                    execute_at=to_ms(tx.now),
                    payload=json.dumps(payload),
                    attempt=0,
                    failures=0,
                    channel="",
                )
            tx.connection.execute(update(scheduled_tasks).where(_IS_UNSEEN).values(unseen=0))
            return len(rows)

    def digest_on(self) -> date | None:
        """Return the local day of the last morning digest; None if there was none yet."""
        with self._database.read() as tx:
            text = tx.connection.execute(select(daemon.c.digest_on).where(daemon.c.id == 1)).scalar_one()
        return date.fromisoformat(text) if text else None

    def note_digest(self, day: date) -> None:
        """Note that the digest of a day was told, or had nothing to say."""
        with self._database.write() as tx:
            tx.connection.execute(update(daemon).where(daemon.c.id == 1).values(digest_on=day.isoformat()))

    def open_before(self, moment: datetime) -> list[tuple[str, Occurrence]]:
        """Return what is open and due before an instant, each with its task's title, the earliest first.

        Of a task that keeps its latest occurrence alone this is that one, and what it will take the place of when it
        rings is counted with it.
        """
        with self._database.read() as tx:
            query = (
                select(occurrences, tasks.c.title, tasks.c.catch_up)
                .join(tasks, tasks.c.id == occurrences.c.task_id)
                .where(IS_OPEN, IS_ACTIVE, occurrences.c.due_at < to_ms(moment))
                .order_by(occurrences.c.due_at, occurrences.c.id)
            )
            rows = tx.connection.execute(query).mappings().all()
        found: dict[tuple[int, int], tuple[str, Occurrence]] = {}
        for row in rows:
            one = occurrence_from_row(row)
            key = (one.task_id, one.id if row["catch_up"] == CatchUp.ALL.value else 0)
            if (before := found.pop(key, None)) is not None:
                one = replace(one, passed=one.passed + 1 + before[1].passed)
            found[key] = (row["title"], one)
        return [*found.values()]


def _due(tx: Tx, ahead: timedelta) -> ColumnElement[bool]:
    return and_(IS_WAITING, scheduled_tasks.c.execute_at <= to_ms(tx.now + ahead))


def _set(tx: Tx, delivery_id: int, **values: object) -> None:
    tx.connection.execute(update(scheduled_tasks).where(scheduled_tasks.c.id == delivery_id).values(**values))


def _payload(row: RowMapping) -> dict[str, object]:
    """Return the payload of a row; one that can't be read is given up when it is claimed, and is empty here."""
    try:
        read = json.loads(str(row["payload"]))
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _moment(payload: Mapping[str, object], name: str) -> int:
    moment = payload.get(name)
    return moment if isinstance(moment, int) else 0
