"""The migrations make what the code believes the tables are; the constraints hold; the indexes are taken."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text
from tests.conftest import FakeClock

from remindcli.core.rule import Rule
from remindcli.core.task import CatchUp, DeliveryState, OccurrenceState, TaskState
from remindcli.store import glance, schema
from remindcli.store.asked import NewTask
from remindcli.store.schema import MIGRATIONS, metadata
from remindcli.store.store import Store


def columns(path: Path) -> dict[str, dict[str, tuple[str, bool, bool]]]:
    """Return the tables of a file: each column with its type, whether it must be there, whether it is of the key."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        return {
            name: {
                row[1]: (row[2], bool(row[3]), bool(row[5])) for row in connection.execute(f"PRAGMA table_info({name})")
            }
            for name in names
        }


def test_the_migrations_together_make_the_tables_that_the_code_knows(store: Store) -> None:
    known = {
        table.name: {
            column.name: (
                str(column.type),
                # SQLite says of a key that is the row's number that it may be NULL, which it never is
                not column.nullable and [column.name] != [key.name for key in table.primary_key],
                column.primary_key,
            )
            for column in table.columns
        }
        for table in metadata.sorted_tables
    }
    assert columns(store.path) == known


def test_every_table_is_strict(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as connection:
        loose = connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0"
        ).fetchall()
    assert loose == []


def test_migrations_are_numbered_without_a_gap_and_leave_their_record(store: Store) -> None:
    assert [one.number for one in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    assert len({one.name for one in MIGRATIONS}) == len(MIGRATIONS)
    with store.database.read() as tx:
        rows = tx.connection.execute(text("SELECT number, name FROM migrations ORDER BY number")).all()
        assert tx.connection.execute(text("PRAGMA user_version")).scalar() == schema.NEWEST
    assert [(number, name) for number, name in rows] == [(one.number, one.name) for one in MIGRATIONS]


def test_a_store_of_an_older_version_is_brought_up_to_date_and_keeps_its_tasks(folder: Path, clock: FakeClock) -> None:
    with closing(sqlite3.connect(folder / "remind.db", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        for statement in MIGRATIONS[0].statements:
            connection.execute(statement)
        connection.execute("INSERT INTO migrations VALUES (1, ?, 0)", (MIGRATIONS[0].name,))
        connection.execute("PRAGMA user_version = 1")
        connection.execute("INSERT INTO tasks (uid, title, created_at, modified_at) VALUES ('u', 'old', 0, 0)")
    store = Store(folder / "remind.db", clock)
    assert [item.task.title for item in store.items()] == ["old"]
    with store.database.read() as tx:
        assert tx.connection.execute(text("PRAGMA user_version")).scalar() == schema.NEWEST
    store.close()


@pytest.mark.parametrize(
    ("states", "table", "column"),
    [
        (TaskState, "tasks", "state"),
        (CatchUp, "tasks", "catch_up"),
        (OccurrenceState, "occurrences", "state"),
        (DeliveryState, "scheduled_tasks", "status"),
    ],
)
def test_the_tables_take_each_state_that_is_declared_and_no_other(
    states: type, table: str, column: str, store: Store
) -> None:
    store.add(NewTask("tea", Rule(datetime(2026, 11, 3, 9))))
    more = {"scheduled_tasks": ", lease_until = CASE :state WHEN 'executing' THEN 1 END"}.get(table, "")
    more += ", done_at = CASE :state WHEN 'done' THEN 1 END" if table == "occurrences" else ""
    with closing(sqlite3.connect(store.path)) as connection:
        for state in states:
            connection.execute(f"UPDATE {table} SET {column} = :state{more}", {"state": state.value})
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"UPDATE {table} SET {column} = :state{more}", {"state": "lost"})


def test_one_occurrence_for_a_planned_time_and_one_delivery_for_an_alert(store: Store) -> None:
    store.add(NewTask("tea", Rule(datetime(2026, 11, 3, 9))))
    with closing(sqlite3.connect(store.path)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(
                "INSERT INTO occurrences (task_id, planned_for) SELECT task_id, planned_for FROM occurrences"
            )
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(
                "INSERT INTO scheduled_tasks (task_id, occurrence_id, alert, execute_at, created_at, due_at)"
                " SELECT task_id, occurrence_id, alert, 0, 0, 0 FROM scheduled_tasks"
            )


def test_the_engine_s_questions_go_by_an_index(store: Store) -> None:
    asked: list[str] = []
    engine = store.database._engine
    engine.dispose()  # what is opened from now on is listened to
    event.listen(engine, "connect", lambda opened, _record: opened.set_trace_callback(asked.append))
    store.queue.rescue()
    store.queue.catch_up()
    store.queue.claim("test")
    store.queue.next_look_at()
    store.unheard()
    with closing(sqlite3.connect(store.path)) as connection:
        plans = {
            sql: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in asked if "tasks" in sql
        }

    def walks(step: str) -> bool:
        return step.startswith("SCAN") and "INDEX" not in step and "CONSTANT" not in step

    assert {sql: plan for sql, plan in plans.items() if any(walks(step) for step in plan)} == {}
    assert len(plans) >= 6


def test_ids_are_never_used_again(store: Store) -> None:
    for title in ("first", "second"):
        store.add(NewTask(title, None))
    store.undo()
    assert store.add(NewTask("third", None)).task.id == 3
    store.delete([3])
    assert store.add(NewTask("fourth", None)).task.id == 4


def test_what_looks_in_for_completion_knows_the_same_file() -> None:
    assert glance._APPLICATION_ID == schema.APPLICATION_ID
