"""What a clock that was far ahead has dated: noticed when it is back, and put right."""

from datetime import timedelta

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

from remindcli.core import decide
from remindcli.core.rule import Repeat
from remindcli.core.task import DeliveryState, OccurrenceState, TaskState
from remindcli.store import catching_up
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner, anew
from remindcli.store.prepared import Prepared
from remindcli.store.schema import daemon, occurrences, scheduled_tasks, tasks
from remindcli.store.transaction import Tx

_SLACK = timedelta(seconds=60)
"""How far a clock may go back before anything is looked at: NTP corrects by less."""

_EARLY = timedelta(hours=1)
"""What was told this much too early, or less, counts as told: set an hour back by hand, a clock rings nothing twice."""

_WORKED = Prepared(
    update(daemon).where(daemon.c.id == 1, daemon.c.worked_at < bindparam("now")).values(worked_at=bindparam("now"))
)
_UNANSWERED = (OccurrenceState.OPEN.value, OccurrenceState.MISSED.value)


def note(tx: Tx) -> None:
    """Note by which clock the queue is worked; it only goes forward, until `mend` has looked."""
    tx.do(_WORKED, now=to_ms(tx.now))


def is_behind(tx: Tx, worked_at: int) -> bool:
    """Return whether this clock is behind the one by which the queue was worked (UTC milliseconds)."""
    return worked_at > to_ms(tx.now + _SLACK)


def mend(tx: Tx, planner: Planner) -> int:
    """Undo what was done by a clock that was ahead of this one, if there was one; return for how many rows.

    Deliveries go back to when they are due. Occurrences that such a clock spawned are taken away, and those that
    it took for missed are open again.
    """
    worked_at = tx.connection.execute(select(daemon.c.worked_at).where(daemon.c.id == 1)).scalar_one()
    if not is_behind(tx, worked_at):
        return 0
    tx.connection.execute(update(daemon).where(daemon.c.id == 1).values(worked_at=to_ms(tx.now)))
    far = to_ms(tx.now + _EARLY + _SLACK)
    return _mend_deliveries(tx) + _mend_occurrences(tx, planner, to_ms(tx.now) if worked_at > far else far)


def _mend_deliveries(tx: Tx) -> int:
    columns = scheduled_tasks.c

    def beyond(span: timedelta) -> int:
        return to_ms(tx.now + span + _SLACK)

    result = tx.connection.execute(
        update(scheduled_tasks)
        .where(
            or_(
                and_(columns.status == DeliveryState.EXECUTING.value, columns.lease_until > beyond(decide.LEASE)),
                and_(
                    columns.status == DeliveryState.RETRYABLE.value,
                    columns.execute_at > beyond(decide.LONGEST_BACKOFF),
                ),
                and_(columns.status == DeliveryState.HELD.value, columns.execute_at > beyond(decide.HOLD_FOR)),
                and_(
                    columns.status.in_((DeliveryState.DELIVERED.value, DeliveryState.DISCARDED.value)),
                    func.coalesce(columns.delivered_at, columns.execute_at) > beyond(_EARLY),
                    columns.due_at > to_ms(tx.now),
                ),
            ),
            columns.occurrence_id.in_(select(occurrences.c.id).where(occurrences.c.state.in_(_UNANSWERED))),
        )
        .values({**anew(0), "execute_at": columns.due_at})
    )
    # what nags, is kept back or waits for a condition was put off by that clock: look at it now
    put_off = and_(
        columns.status == DeliveryState.SCHEDULED.value,
        columns.payload.like('%"promised"%'),
        columns.execute_at > to_ms(tx.now),
    )
    looked_at = tx.connection.execute(update(scheduled_tasks).where(put_off).values(execute_at=to_ms(tx.now)))
    return result.rowcount + looked_at.rowcount


def _mend_occurrences(tx: Tx, planner: Planner, ahead: int) -> int:
    """Put the occurrences of recurring tasks right; return how many.

    Args:
        ahead: what is due or dated later than that is of the other clock: now, or an hour on if it was not that far.
    """
    of_it = scheduled_tasks.c.occurrence_id == occurrences.c.id
    is_of_that_clock = and_(
        tasks.c.rrule.is_not(None),
        occurrences.c.state == OccurrenceState.OPEN.value,
        occurrences.c.due_at > ahead,
        or_(
            exists().where(of_it, scheduled_tasks.c.created_at > ahead),
            # a silent one has no date of its own, but only what has come due counts what passed before it
            and_(occurrences.c.passed > 0, ~exists().where(of_it)),
        ),
    )
    is_missed_too_early = and_(occurrences.c.state == OccurrenceState.MISSED.value, occurrences.c.due_at > ahead)
    rows = tx.connection.execute(
        select(occurrences.c.id, occurrences.c.task_id, occurrences.c.state)
        .join(tasks, tasks.c.id == occurrences.c.task_id)
        .where(tasks.c.state == TaskState.ACTIVE.value, or_(is_of_that_clock, is_missed_too_early))
    ).all()
    for row in rows:
        here = occurrences.c.id == row.id
        if row.state == OccurrenceState.OPEN.value:
            tx.connection.execute(delete(occurrences).where(here))
            continue
        tx.connection.execute(update(occurrences).where(here).values(state=OccurrenceState.OPEN.value))
        _tell_again(tx, row.id, ahead)
    for task_id in sorted({row.task_id for row in rows}):
        _open_last_missed(tx, task_id, ahead)
        _open_what_follows(planner, task_id)
        catching_up.settle(planner, task_id)
    return len(rows)


def _tell_again(tx: Tx, occurrence_id: int, ahead: int) -> None:
    """Plan the deliveries that were cancelled with an occurrence, as far as they are still to come."""
    columns = scheduled_tasks.c
    tx.connection.execute(
        update(scheduled_tasks)
        .where(
            columns.occurrence_id == occurrence_id,
            columns.status == DeliveryState.CANCELLED.value,
            columns.due_at > ahead,
        )
        .values({**anew(0), "execute_at": columns.due_at})
    )


def _open_last_missed(tx: Tx, task_id: int, ahead: int) -> None:
    """Open the occurrence that was due last, if it was taken for missed: only that clock knew a later one.

    It passes again when the later one comes due: what that one counted for it is taken back.
    """
    columns = occurrences.c
    last = tx.connection.execute(
        select(columns.id, columns.state, columns.due_at, columns.passed)
        .where(columns.task_id == task_id, columns.due_at <= ahead)
        .order_by(columns.due_at.desc())
        .limit(1)
    ).first()
    if last is None or last.state != OccurrenceState.MISSED.value:
        return
    tx.connection.execute(update(occurrences).where(columns.id == last.id).values(state=OccurrenceState.OPEN.value))
    counted = 1 + last.passed
    tx.connection.execute(
        update(occurrences)
        .where(columns.task_id == task_id, columns.due_at > last.due_at, columns.passed >= counted)
        .values(passed=columns.passed - counted)
    )


def _open_what_follows(planner: Planner, task_id: int) -> None:
    """Spawn anew if nothing is open: what followed the one that was answered was that clock's, and is gone."""
    task, newest = planner.task(task_id), planner.newest(task_id)
    if newest is None:
        planner.spawn_first(task)
    elif planner.open_occurrences(task_id) or newest.state is OccurrenceState.MISSED:
        return
    elif task.rule is not None and task.rule.repeat is Repeat.COMPLETION:
        planner.spawn_after_completion(task, planner.tx.now)
    else:
        planner.spawn_following(task, newest)
