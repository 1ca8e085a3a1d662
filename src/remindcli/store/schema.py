"""The tables, and the numbered migrations that make them. MIGRATIONS is only ever appended to."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

APPLICATION_ID = 0x524D4E44
"""Marks a SQLite file as a store of ours ("RMND" in its header)."""

metadata = MetaData()

tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("list", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("dtstart", Text),  # wall time; NULL for a task without a time
    Column("zone", Text),  # IANA name; NULL is floating
    Column("all_day", Integer, nullable=False),
    Column("rrule", Text),
    Column("rdate", Text, nullable=False),  # JSON list of wall times
    Column("exdate", Text, nullable=False),
    Column("repeat", Text, nullable=False),
    Column("catch_up", Text, nullable=False),
    Column("alerts", Text, nullable=False),  # JSON list of seconds from due
    Column("nag", Integer),  # seconds
    Column("channels", Text, nullable=False),  # JSON list of names
    Column("state", Text, nullable=False),
    Column("day_alerts", Text, nullable=False),  # JSON list of [days before, time of day]
    Column("nag_off", Integer, nullable=False),  # never nags, whatever the settings say
    Column("conditions", Text, nullable=False),  # JSON object of core.task.Conditions
    Column("here", Text, nullable=False),  # the folder to which it is bound
    Column("next_at", Integer),  # the planned time after the newest occurrence: when one may have been missed
    Column("created_at", Integer, nullable=False),
    Column("modified_at", Integer, nullable=False),
)

task_tags = Table(
    "task_tags",
    metadata,
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", Text, primary_key=True),
)

occurrences = Table(
    "occurrences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("planned_for", Text, nullable=False),  # Planned.key; "" for a task without a time
    Column("due_at", Integer),
    Column("all_day", Integer, nullable=False),
    Column("moved_to", Text),  # wall time, where the user moved it
    Column("state", Text, nullable=False),
    Column("done_at", Integer),
    Column("passed", Integer, nullable=False),
    UniqueConstraint("task_id", "planned_for"),
)

scheduled_tasks = Table(
    "scheduled_tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("occurrence_id", Integer, ForeignKey("occurrences.id", ondelete="CASCADE"), nullable=False),
    Column("alert", Integer, nullable=False),  # seconds from due
    Column("execute_at", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("payload", Text, nullable=False),  # JSON object
    Column("created_at", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", Integer),
    Column("due_at", Integer, nullable=False),  # the first execute_at; changes only with the due time itself
    Column("owner", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("target", Text, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("delivered_at", Integer),  # when it was last told; what nags is told again later
    Column("unseen", Integer, nullable=False),  # told while nobody was there
    Column("rescues", Integer, nullable=False),  # how often a daemon ended while it was on its way
    UniqueConstraint("occurrence_id", "alert"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("task_id", Integer, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False),
    Column("occurrence_id", Integer, ForeignKey("occurrences.id", ondelete="CASCADE"), nullable=False),
    Column("alert", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("tried_at", Integer, nullable=False),
    Column("result", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("error", Text, nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made_at", Integer, nullable=False),
    Column("verb", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("is_undone", Integer, nullable=False),
    Column("request", Text, nullable=False),  # the run of a command that made, undid or redid it; "" if unnamed
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action_id", Integer, ForeignKey("actions.id", ondelete="CASCADE"), nullable=False),
    Column("entity", Text, nullable=False),  # the table's name
    Column("entity_id", Integer, nullable=False),
    Column("before", Text),  # JSON of the columns that changed; NULL: the row was not there
    Column("after", Text),  # NULL: the row is gone
)

daemon = Table(
    "daemon",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("pid", Integer),
    Column("version", Text, nullable=False),
    Column("started_at", Integer),
    Column("heartbeat_at", Integer),
    Column("last_error", Text, nullable=False),
    Column("zone", Text, nullable=False),  # the local zone in which floating times were last counted
    Column("worked_at", Integer, nullable=False),  # the latest clock by which the queue was worked
    Column("digest_on", Text, nullable=False),  # the local day of the last morning digest
)

migrations = Table(
    "migrations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("applied_at", Integer, nullable=False),
)


def written_out(column: ColumnElement[Any], *values: str) -> ColumnElement[bool]:
    """Return the condition of a partial index: SQLite takes the index only where the statement has the same words.

    Args:
        values: words of ours, without a quote in them.
    """
    words = [literal_column(f"'{value}'", Text) for value in values]
    return column == words[0] if len(words) == 1 else column.in_(words)


IS_WAITING = written_out(scheduled_tasks.c.status, "scheduled", "retryable", "held")
IS_EXECUTING = written_out(scheduled_tasks.c.status, "executing")
IS_DISCARDED = written_out(scheduled_tasks.c.status, "discarded")
IS_ACTIVE = written_out(tasks.c.state, "active")
IS_OPEN = written_out(occurrences.c.state, "open")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: run once for each store, in its order, in one transaction with its record."""

    number: int
    name: str
    statements: tuple[str, ...]


# SQLite 3.40 does not let json_valid() stand in a CHECK while trusted_schema is off.
_JSON_LIST = "TEXT NOT NULL DEFAULT '[]' CHECK ({0} LIKE '[%]')"

MIGRATIONS: tuple[Migration, ...] = (
    Migration(
        1,
        "the first tables",
        (
            """
            CREATE TABLE migrations (
                number INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT
            """,
            f"""
            CREATE TABLE tasks (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                uid TEXT NOT NULL UNIQUE,
                title TEXT NOT NULL CHECK (trim(title) <> ''),
                note TEXT NOT NULL DEFAULT '',
                list TEXT NOT NULL DEFAULT '',
                priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 3),
                dtstart TEXT,
                zone TEXT,
                all_day INTEGER NOT NULL DEFAULT 0 CHECK (all_day IN (0, 1)),
                rrule TEXT,
                rdate {_JSON_LIST.format("rdate")},
                exdate {_JSON_LIST.format("exdate")},
                repeat TEXT NOT NULL DEFAULT 'schedule' CHECK (repeat IN ('schedule', 'completion')),
                catch_up TEXT NOT NULL DEFAULT 'latest' CHECK (catch_up IN ('latest', 'all', 'skip')),
                alerts {_JSON_LIST.format("alerts")},
                nag INTEGER CHECK (nag > 0),
                channels {_JSON_LIST.format("channels")},
                state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'finished', 'deleted')),
                next_at INTEGER,
                created_at INTEGER NOT NULL,
                modified_at INTEGER NOT NULL,
                CHECK (dtstart IS NOT NULL OR (rrule IS NULL AND zone IS NULL AND next_at IS NULL))
            ) STRICT
            """,
            """
            CREATE TABLE task_tags (
                task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
                tag TEXT NOT NULL CHECK (tag <> ''),
                PRIMARY KEY (task_id, tag)
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE occurrences (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
                planned_for TEXT NOT NULL,
                due_at INTEGER,
                all_day INTEGER NOT NULL DEFAULT 0 CHECK (all_day IN (0, 1)),
                moved_to TEXT,
                state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'skipped', 'missed')),
                done_at INTEGER,
                passed INTEGER NOT NULL DEFAULT 0 CHECK (passed >= 0),
                UNIQUE (task_id, planned_for),
                CHECK ((done_at IS NOT NULL) = (state = 'done'))
            ) STRICT
            """,
            """
            CREATE TABLE scheduled_tasks (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
                occurrence_id INTEGER NOT NULL REFERENCES occurrences (id) ON DELETE CASCADE,
                alert INTEGER NOT NULL,
                execute_at INTEGER NOT NULL,
                status TEXT NOT NULL DEFAULT 'scheduled' CHECK (status IN
                    ('scheduled', 'executing', 'delivered', 'retryable', 'held', 'discarded', 'cancelled')),
                payload TEXT NOT NULL DEFAULT '{}' CHECK (payload LIKE '{%}'),
                created_at INTEGER NOT NULL,
                attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
                lease_until INTEGER,
                due_at INTEGER NOT NULL,
                owner TEXT NOT NULL DEFAULT '',
                channel TEXT NOT NULL DEFAULT '',
                failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
                target TEXT NOT NULL DEFAULT '',
                last_error TEXT NOT NULL DEFAULT '',
                delivered_at INTEGER,
                UNIQUE (occurrence_id, alert),
                CHECK ((lease_until IS NOT NULL) = (status = 'executing'))
            ) STRICT
            """,
            """
            CREATE TABLE attempts (
                id INTEGER PRIMARY KEY,
                task_id INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
                occurrence_id INTEGER NOT NULL REFERENCES occurrences (id) ON DELETE CASCADE,
                alert INTEGER NOT NULL,
                number INTEGER NOT NULL,
                channel TEXT NOT NULL,
                tried_at INTEGER NOT NULL,
                result TEXT NOT NULL CHECK (result IN ('shown', 'absent', 'refused', 'unknown')),
                target TEXT NOT NULL DEFAULT '',
                error TEXT NOT NULL DEFAULT ''
            ) STRICT
            """,
            """
            CREATE TABLE actions (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                made_at INTEGER NOT NULL,
                verb TEXT NOT NULL,
                summary TEXT NOT NULL,
                is_undone INTEGER NOT NULL DEFAULT 0 CHECK (is_undone IN (0, 1))
            ) STRICT
            """,
            """
            CREATE TABLE changes (
                id INTEGER PRIMARY KEY,
                action_id INTEGER NOT NULL REFERENCES actions (id) ON DELETE CASCADE,
                entity TEXT NOT NULL,
                entity_id INTEGER NOT NULL,
                "before" TEXT,
                "after" TEXT
            ) STRICT
            """,
            """
            CREATE TABLE daemon (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                pid INTEGER,
                version TEXT NOT NULL DEFAULT '',
                started_at INTEGER,
                heartbeat_at INTEGER,
                last_error TEXT NOT NULL DEFAULT '',
                zone TEXT NOT NULL DEFAULT ''
            ) STRICT
            """,
            "INSERT INTO daemon (id) VALUES (1)",
            "CREATE INDEX tasks_to_catch_up ON tasks (next_at) WHERE next_at IS NOT NULL AND state = 'active'",
            "CREATE INDEX occurrences_open ON occurrences (due_at) WHERE state = 'open'",
            "CREATE INDEX occurrences_of_task ON occurrences (task_id, state)",
            """
            CREATE INDEX scheduled_tasks_waiting ON scheduled_tasks (execute_at)
            WHERE status IN ('scheduled', 'retryable', 'held')
            """,
            "CREATE INDEX scheduled_tasks_leased ON scheduled_tasks (lease_until) WHERE status = 'executing'",
            "CREATE INDEX scheduled_tasks_of_task ON scheduled_tasks (task_id)",
            "CREATE INDEX scheduled_tasks_delivered ON scheduled_tasks (delivered_at) WHERE status = 'delivered'",
            "CREATE INDEX attempts_of_occurrence ON attempts (occurrence_id)",
            "CREATE INDEX attempts_of_task ON attempts (task_id)",
            "CREATE INDEX changes_of_action ON changes (action_id)",
        ),
    ),
    Migration(
        2,
        "note by which clock the queue was worked",
        ("ALTER TABLE daemon ADD COLUMN worked_at INTEGER NOT NULL DEFAULT 0",),
    ),
    Migration(
        3,
        "note which run of a command made an action",
        ("ALTER TABLE actions ADD COLUMN request TEXT NOT NULL DEFAULT ''",),
    ),
    Migration(
        4,
        "alerts at an hour, conditions, folders, what nobody saw, the digest",
        (
            f"ALTER TABLE tasks ADD COLUMN day_alerts {_JSON_LIST.format('day_alerts')}",
            "ALTER TABLE tasks ADD COLUMN nag_off INTEGER NOT NULL DEFAULT 0 CHECK (nag_off IN (0, 1))",
            "ALTER TABLE tasks ADD COLUMN conditions TEXT NOT NULL DEFAULT '{}' CHECK (conditions LIKE '{%}')",
            "ALTER TABLE tasks ADD COLUMN here TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE scheduled_tasks ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0 CHECK (unseen IN (0, 1))",
            "CREATE INDEX scheduled_tasks_unseen ON scheduled_tasks (id) WHERE unseen = 1",
            "ALTER TABLE daemon ADD COLUMN digest_on TEXT NOT NULL DEFAULT ''",
        ),
    ),
    Migration(
        5,
        "how often a daemon ended while a message was on its way",
        ("ALTER TABLE scheduled_tasks ADD COLUMN rescues INTEGER NOT NULL DEFAULT 0 CHECK (rescues >= 0)",),
    ),
    Migration(
        6,
        "find what was given up",
        ("CREATE INDEX scheduled_tasks_discarded ON scheduled_tasks (occurrence_id) WHERE status = 'discarded'",),
    ),
    Migration(
        7,
        "count what is live without reading it",
        ("CREATE INDEX tasks_live ON tasks (id) WHERE state IN ('active', 'paused')",),
    ),
)
NEWEST = MIGRATIONS[-1].number
