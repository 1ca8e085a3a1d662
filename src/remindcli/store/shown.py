"""What stands on the user's desktop: which of it still rings, and what was told there; read only."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from remindcli.store.claiming import Claim
from remindcli.store.instants import to_ms
from remindcli.store.planning import Planner
from remindcli.store.rows import delivery_from_row, occurrence_from_row
from remindcli.store.schema import IS_OPEN, occurrences, scheduled_tasks
from remindcli.store.transaction import Tx

_STILL_RINGING = (
    select(occurrences.c.id)
    .join(scheduled_tasks, scheduled_tasks.c.occurrence_id == occurrences.c.id)
    .where(
        occurrences.c.id.in_(bindparam("asked", expanding=True)), IS_OPEN, scheduled_tasks.c.delivered_at.is_not(None)
    )
    .distinct()
)
_TOLD = (
    select(scheduled_tasks)
    .join(occurrences, occurrences.c.id == scheduled_tasks.c.occurrence_id)
    .where(
        IS_OPEN,
        scheduled_tasks.c.delivered_at >= bindparam("since"),
        scheduled_tasks.c.target != "",
        scheduled_tasks.c.channel.in_(bindparam("channels", expanding=True)),
    )
    .order_by(scheduled_tasks.c.delivered_at.desc(), scheduled_tasks.c.id.desc())
    .limit(bindparam("most"))
)


def still_ringing(tx: Tx, occurrence_ids: Collection[int]) -> set[int]:
    """Return those of the occurrences that are open and were told, and not put off since."""
    return set(tx.connection.execute(_STILL_RINGING, {"asked": list(occurrence_ids)}).scalars())


def told_since(tx: Tx, planner: Planner, channels: Sequence[str], since: datetime, most: int) -> list[Claim]:
    """Return what was told on these channels since then and is not answered, the earliest first; of each the latest."""
    values = {"since": to_ms(since), "channels": list(channels), "most": most}
    found = []
    for row in reversed(tx.connection.execute(_TOLD, values).mappings().all()):
        occurrence = tx.row(occurrences, row["occurrence_id"])
        assert occurrence is not None
        found.append(Claim(delivery_from_row(row), planner.task(row["task_id"]), occurrence_from_row(occurrence)))
    return found
