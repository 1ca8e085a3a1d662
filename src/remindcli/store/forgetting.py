"""History that is older than anybody wants to keep: user actions and tries, in steps that hold no writer up."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from remindcli.store.database import Database
from remindcli.store.instants import to_ms
from remindcli.store.schema import IS_OPEN, actions, attempts, occurrences

_AT_ONCE = 2000
"""How many rows one transaction takes away."""

_OLD_ACTIONS = select(actions.c.id).where(actions.c.made_at < bindparam("before")).limit(_AT_ONCE)
_OLD_TRIES = (
    select(attempts.c.id)
    .join(occurrences, occurrences.c.id == attempts.c.occurrence_id)
    .where(attempts.c.tried_at < bindparam("before"), ~IS_OPEN)
    .limit(_AT_ONCE)
)


def forget(database: Database, before: datetime) -> int:
    """Take away what happened before that instant; return how many rows.

    What can be undone goes with its action. Tasks and occurrences stay, with what was done when; tries at what is
    still open stay too.
    """
    count = 0
    for table, old in ((actions, _OLD_ACTIONS), (attempts, _OLD_TRIES)):
        while True:
            with database.write() as tx:
                ids = tx.connection.execute(old, {"before": to_ms(before)}).scalars().all()
                tx.connection.execute(delete(table).where(table.c.id.in_(ids)))
            count += len(ids)
            if len(ids) < _AT_ONCE:
                break
    return count
