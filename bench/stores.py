"""Stores of any size for the measurements, filled past the verbs."""

import sqlite3
from contextlib import closing
from pathlib import Path

FAR = 4_070_941_200_000
"""A millisecond in 2099."""


def fill(path: Path, count: int, *, due_at: int = FAR, step_ms: int = 0, done_percent: int = 0) -> None:
    """Put so many tasks into a store, each with an occurrence and a delivery.

    Args:
        due_at: when the first is due, UTC milliseconds.
        step_ms: how much later each next one is due.
        done_percent: how many of a hundred are done and were told.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(
            "INSERT INTO tasks (uid, title, list, dtstart, state, created_at, modified_at)"
            " VALUES (?, ?, ?, '2026-01-01T09:00', ?, 0, 0)",
            (
                (
                    f"00000000-0000-0000-0000-{number:012}",
                    f"task {number} of the bench",
                    "work" if number % 3 == 0 else "",
                    "finished" if number % 100 < done_percent else "active",
                )
                for number in range(count)
            ),
        )
        raw.execute("INSERT INTO task_tags (task_id, tag) SELECT id, 'tag' || (id % 20) FROM tasks WHERE id % 2 = 0")
        raw.execute(
            "INSERT INTO occurrences (task_id, planned_for, due_at, state, done_at)"
            " SELECT id, dtstart, ? + id * ?, CASE state WHEN 'active' THEN 'open' ELSE 'done' END,"
            " CASE state WHEN 'active' THEN NULL ELSE 1 END FROM tasks",
            (due_at, step_ms),
        )
        raw.execute(
            "INSERT INTO scheduled_tasks (task_id, occurrence_id, alert, execute_at, due_at, created_at, status)"
            " SELECT task_id, id, 0, due_at, due_at, 0, CASE state WHEN 'open' THEN 'scheduled' ELSE 'delivered' END"
            " FROM occurrences"
        )
        raw.execute("COMMIT")
