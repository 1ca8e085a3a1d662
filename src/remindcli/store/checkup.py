"""A look at a store that may be damaged: nothing is made, migrated or written for it."""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from remindcli.errors import StoreError
from remindcli.store.faults import as_store_error, check_file
from remindcli.store.instants import maybe_moment, to_ms
from remindcli.store.queue import Heartbeat
from remindcli.store.soundness import connect, fault_of

_BUSY_SECONDS = 3.0
_PATIENCE = timedelta(minutes=1)

_COUNTS = "SELECT status, count(*) FROM scheduled_tasks GROUP BY status"
_OVERDUE = "SELECT count(*) FROM scheduled_tasks WHERE status IN ('scheduled', 'retryable') AND execute_at < ?"
_TASKS = "SELECT count(*) FROM tasks WHERE state IN ('active', 'paused')"
_OWN_CHANNELS = """
    SELECT named.value, tasks.id FROM tasks, json_each(tasks.channels) AS named
    WHERE tasks.state IN ('active', 'paused') ORDER BY tasks.id
"""
_BEAT = "SELECT pid, version, started_at, heartbeat_at, last_error FROM daemon WHERE id = 1"


@dataclass(frozen=True, slots=True)
class Checkup:
    """What a whole store says of itself.

    Attributes:
        tasks: how many are active or paused.
        deliveries: how many there are by status.
        overdue: how many should have been told a minute ago.
        own_channels: the ids of the active and paused tasks that ring on a channel of their own, by its name.
    """

    version: int
    tasks: int
    deliveries: Mapping[str, int]
    overdue: int
    own_channels: Mapping[str, Sequence[int]]
    beat: Heartbeat | None


class DamagedError(StoreError):
    """The file is a store, and is not whole."""


def look_at(path: Path, now: datetime) -> Checkup:
    """Return what the store says of itself, after every page and row of it was read.

    Raises:
        DamagedError: it is not whole.
        StoreError: it is not ours, newer, or can't be read.
    """
    version = check_file(path)
    try:
        with closing(connect(path, "rw", busy_seconds=_BUSY_SECONDS)) as connection:
            fault = fault_of(connection)
            if fault:
                raise DamagedError(f"the store {path} is damaged", why=fault)
            (tasks,) = connection.execute(_TASKS).fetchone()
            (overdue,) = connection.execute(_OVERDUE, (to_ms(now - _PATIENCE),)).fetchone()
            counts = dict(connection.execute(_COUNTS).fetchall())
            own_channels: defaultdict[str, list[int]] = defaultdict(list)
            for name, task_id in connection.execute(_OWN_CHANNELS):
                own_channels[name].append(task_id)
            row = connection.execute(_BEAT).fetchone()
    except sqlite3.Error as error:
        # Text that can't be decoded is told without a code.
        if getattr(error, "sqlite_errorcode", None) is None:
            raise DamagedError(f"the store {path} is damaged", why=str(error)) from error
        said = as_store_error(error, path)
        if "damaged" in said.what:
            raise DamagedError(said.what, why=said.why) from error
        raise said from error
    except OSError as error:
        raise StoreError(f"can't read the store {path}", why=str(error), hint="check its permissions") from error
    beat = Heartbeat(row[0], row[1], maybe_moment(row[2]), maybe_moment(row[3]), row[4]) if row else None
    return Checkup(version, tasks, counts, overdue, own_channels, beat)
