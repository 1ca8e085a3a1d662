"""The delivery queue: claim, record, rescue; what the daemon's engine does to the store."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError

from remindcli.core import decide
from remindcli.core.task import DeliveryState, Occurrence
from remindcli.errors import StoreError
from remindcli.store import catching_up, claiming, clocks, recording, rescuing, shown
from remindcli.store.claiming import Claim
from remindcli.store.database import Database
from remindcli.store.instants import from_ms, maybe_moment, to_ms
from remindcli.store.measures import counts_by
from remindcli.store.planning import Planner
from remindcli.store.prepared import Prepared
from remindcli.store.recording import Attempt, Outcome, Report
from remindcli.store.schema import IS_ACTIVE, IS_EXECUTING, IS_WAITING, daemon, scheduled_tasks, tasks
from remindcli.store.told import ToldFile
from remindcli.store.transaction import Tx

log = logging.getLogger(__name__)

_OF_THE_ROW = (IntegrityError, DataError, ProgrammingError, InterfaceError)
"""What SQLite says if one outcome can't be written, while the store is sound."""

_IS_BEHIND = Prepared(select(tasks.c.id).where(tasks.c.next_at <= bindparam("now"), IS_ACTIVE).limit(1))
_NEXT_LOOK = select(
    select(func.min(scheduled_tasks.c.execute_at)).where(IS_WAITING).scalar_subquery(),
    select(func.min(scheduled_tasks.c.lease_until)).where(IS_EXECUTING).scalar_subquery(),
    select(func.min(tasks.c.next_at)).where(tasks.c.next_at.is_not(None), IS_ACTIVE).scalar_subquery(),
)
_COUNTED_BY = select(daemon.c.zone, daemon.c.worked_at).where(daemon.c.id == 1)
_RENEW = (
    update(scheduled_tasks)
    .where(IS_EXECUTING, scheduled_tasks.c.owner.between(bindparam("first"), bindparam("last")))
    .values(lease_until=bindparam("until"))
)
_REVIVE = (
    update(scheduled_tasks)
    .where(scheduled_tasks.c.status == DeliveryState.HELD.value, scheduled_tasks.c.execute_at > bindparam("now"))
    .values(execute_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the daemon last said of itself."""

    pid: int | None
    version: str
    started_at: datetime | None
    heartbeat_at: datetime | None
    last_error: str


class Queue:
    """The queue `scheduled_tasks`; each method is one transaction."""

    def __init__(self, database: Database, *, all_day_at: time) -> None:
        self.told = ToldFile(database.path.with_name(database.path.name + ".told"))
        self._given_up: list[Claim] = []
        self._database = database
        self._all_day_at = all_day_at

    def rescue(self) -> int:
        """Give back what a crash left claimed, and what a wrong clock put too far away; return how many."""
        with self._database.write() as tx:
            planner = Planner(tx, self._all_day_at)
            catching_up.follow_zone(planner)
            return self._give_back_expired(tx, planner) + clocks.mend(tx, planner)

    def take_over(self) -> int:
        """Give back at once what a daemon that is gone had claimed; return how many.

        The caller holds the daemon's lock, so that no claim can be of one that still lives.
        """
        notes = self.told.read()
        with self._database.write() as tx:
            is_any = scheduled_tasks.c.id.is_not(None)
            rescued = rescuing.give_back(tx, Planner(tx, self._all_day_at), is_any, notes, is_expired=False)
        self._given_up += rescued.given_up
        self.told.forget_all()
        return rescued.count

    def take_given_up(self) -> list[Claim]:
        """Return what was given up by a rescue since this was asked last, for somebody to tell of it."""
        given_up, self._given_up = self._given_up, []
        return given_up

    def _give_back_expired(self, tx: Tx, planner: Planner) -> int:
        is_expired = scheduled_tasks.c.lease_until <= to_ms(tx.now)
        if tx.connection.execute(select(scheduled_tasks.c.id).where(IS_EXECUTING, is_expired).limit(1)).first() is None:
            return 0
        rescued = rescuing.give_back(tx, planner, is_expired, self.told.read(), is_expired=True)
        self._given_up += rescued.given_up
        return rescued.count

    def renew(self, owner: str) -> None:
        """Have the claims of an owner hold for a whole lease from now.

        Args:
            owner: what its claims begin with, up to the colon.
        """
        with self._database.write() as tx:
            span = {"first": f"{owner}:", "last": f"{owner}:\U0010ffff"}
            tx.connection.execute(_RENEW, {**span, "until": to_ms(tx.now + decide.LEASE)})

    def catch_up(self) -> int:
        """Spawn what has come due unspawned; return for how many tasks. Writes only if there is any."""
        with self._database.read() as tx:
            if not _is_behind(tx):
                return 0
        with self._database.write() as tx:
            return self._keep_up(tx)

    def _keep_up(self, tx: Tx) -> int:
        """Catch up before anything is claimed: the machine may have slept since, in the middle of a message."""
        if not _is_behind(tx):
            return 0
        clocks.note(tx)
        return catching_up.catch_up(Planner(tx, self._all_day_at))

    def claim(self, owner: str) -> Claim | None:
        """Claim the waiting delivery that is due longest; None if none is due."""
        with self._database.write() as tx:
            self._keep_up(tx)
            claims = claiming.claim_longest_due(tx, Planner(tx, self._all_day_at), owner, 1, by=tx.now)
            if claims:
                clocks.note(tx)
            return claims[0] if claims else None

    def claim_due(
        self,
        owner: str,
        *,
        most: int,
        old_after: timedelta = decide.OLD_AFTER,
        ahead: timedelta = timedelta(),
    ) -> list[Sequence[Claim]]:
        """Claim what is due, so many at the most; return what is one message together. None if nothing is due.

        Urgent ones come first, then the others in the order in which they were to be told.

        Args:
            old_after: how late reminders are told together in one digest.
            ahead: claim what will be due so soon as well; the caller waits until it is.
        """
        with self._database.write() as tx:
            self._keep_up(tx)
            planner = Planner(tx, self._all_day_at)
            messages: list[Sequence[Claim]] = []
            while digest := claiming.claim_digest(tx, planner, owner, old_after=old_after):
                messages.append(digest)
            singles = claiming.claim_longest_due(tx, planner, owner, most, by=tx.now + ahead)
            messages += [[claim] for claim in singles]
            if messages:
                clocks.note(tx)
        return sorted(messages, key=lambda claims: claims[0].task.priority != 1)

    def record(self, claim: Claim, tries: Sequence[Attempt], outcome: Outcome) -> Occurrence | None:
        """Write what an attempt came to, and spawn the next occurrence with its delivery; return what was spawned.

        A claim that is no longer ours (its lease ran out, the user moved it) changes nothing but the history.
        """
        return self.record_all([Report([claim], tries, outcome)])[0][0]

    def record_all(self, reports: Sequence[Report]) -> list[list[Occurrence | None]]:
        """Write what attempts came to, as `record` does, all at once: one commit for all that waits.

        An outcome that can't be written makes a dead letter of its own deliveries alone.
        """
        try:
            return self._record_all(reports)
        except StoreError as error:
            if not isinstance(error.__cause__, _OF_THE_ROW):
                raise
        except ValueError as error:  # text that SQLite can't take
            log.debug("looking for the outcome that can't be written: %s", error)
        return [self._record_alone(report) for report in reports]

    def _record_all(self, reports: Sequence[Report]) -> list[list[Occurrence | None]]:
        with self._database.write() as tx:
            clocks.note(tx)
            return recording.record(tx, Planner(tx, self._all_day_at), reports)

    def _record_alone(self, report: Report) -> list[Occurrence | None]:
        try:
            return self._record_all([report])[0]
        except StoreError as error:
            if not isinstance(error.__cause__, _OF_THE_ROW):
                raise
            why = error.why
        except ValueError as error:
            why = f"{type(error).__name__}: {error.args[0]!a}"
        log.error("the outcome for task %d can't be written; it is given up: %s", report.claims[0].task.id, why)
        with self._database.write() as tx:
            for claim in report.claims:
                claiming.close(tx, claim.delivery.id, DeliveryState.DISCARDED, f"its outcome can't be written: {why}")
        return [None for _ in report.claims]

    def revive(self) -> int:
        """Have what is held be tried at once; return how many."""
        with self._database.write() as tx:
            return tx.connection.execute(_REVIVE, {"now": to_ms(tx.now)}).rowcount

    def next_look_at(self) -> datetime | None:
        """Return when something is to be done next: told, rescued or spawned; None if nothing is planned."""
        with self._database.read() as tx:
            return _next_look_at(tx)

    def is_as_left(self, next_look_at: datetime | None) -> bool:
        """Return whether a look would find nothing new: no other plan, no other zone, and no clock that went back."""
        with self._database.read() as tx:
            zone, worked_at = tx.connection.execute(_COUNTED_BY).one()
            is_known = zone == tx.zone.key and not clocks.is_behind(tx, worked_at)
            return is_known and _next_look_at(tx) == next_look_at

    def beat(self, *, pid: int | None, version: str, last_error: str = "", is_start: bool = False) -> None:
        """Note that the daemon lives; pid None says that it has ended."""
        with self._database.write() as tx:
            now = to_ms(tx.now)
            values = {"pid": pid, "version": version, "heartbeat_at": now, "last_error": last_error}
            if is_start:
                values["started_at"] = now
            tx.connection.execute(update(daemon).where(daemon.c.id == 1).values(**values))

    def heartbeat(self) -> Heartbeat:
        """Return what the daemon last said of itself."""
        with self._database.read() as tx:
            row = tx.connection.execute(select(daemon).where(daemon.c.id == 1)).mappings().one()
        return Heartbeat(
            pid=row["pid"],
            version=row["version"],
            started_at=maybe_moment(row["started_at"]),
            heartbeat_at=maybe_moment(row["heartbeat_at"]),
            last_error=row["last_error"],
        )

    def still_ringing(self, occurrence_ids: Collection[int]) -> set[int]:
        """Return those of the occurrences that are open and were told, and not put off since."""
        if not occurrence_ids:
            return set()
        with self._database.read() as tx:
            return shown.still_ringing(tx, occurrence_ids)

    def told_since(self, channels: Sequence[str], since: datetime, most: int) -> list[Claim]:
        """Return what was told on these channels since then and is not answered, the earliest first."""
        with self._database.read() as tx:
            return shown.told_since(tx, Planner(tx, self._all_day_at), channels, since, most)

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        with self._database.read() as tx:
            return counts_by(tx, scheduled_tasks.c.status)


def _is_behind(tx: Tx) -> bool:
    return bool(tx.rows(_IS_BEHIND, now=to_ms(tx.now)))


def _next_look_at(tx: Tx) -> datetime | None:
    moments = tx.connection.execute(_NEXT_LOOK).one()
    known = [moment for moment in moments if moment is not None]
    return from_ms(min(known)) if known else None
