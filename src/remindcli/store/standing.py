"""How many tasks ring or are overdue, asked as quickly as it can be: read-only, with little but sqlite3."""

import sqlite3

_APPLICATION_ID = 0x524D4E44  # schema.APPLICATION_ID, without what the schema imports; a test compares
_BUSY_SECONDS = 0.1

_IS_BEHIND = "SELECT 1 FROM tasks WHERE next_at <= :now AND state = 'active' LIMIT 1"
# The current occurrence is decide.current: the latest that is due, else the next to come.
_ANSWERS = """
    SELECT count(*) FROM (
        SELECT (
            SELECT mine.id FROM occurrences AS mine WHERE mine.task_id = tasks.id AND mine.state = 'open'
            ORDER BY mine.due_at IS NULL, mine.due_at > :now, abs(mine.due_at - :now), mine.id DESC LIMIT 1
        ) AS current
        FROM tasks
        WHERE tasks.state = 'active' AND tasks.id IN (
            SELECT task_id FROM occurrences WHERE state = 'open' AND due_at < :now
            UNION
            SELECT task_id FROM scheduled_tasks WHERE delivered_at IS NOT NULL AND status <> 'cancelled'
        )
    ) AS chosen
    JOIN occurrences ON occurrences.id = chosen.current
    WHERE occurrences.due_at < CASE occurrences.all_day WHEN 1 THEN :today ELSE :now END
        OR (
            EXISTS (
                SELECT 1 FROM scheduled_tasks AS told
                WHERE told.occurrence_id = occurrences.id AND told.delivered_at IS NOT NULL
                    AND told.status <> 'cancelled'
            )
            AND NOT EXISTS (
                SELECT 1 FROM scheduled_tasks AS waiting
                WHERE waiting.occurrence_id = occurrences.id AND waiting.status IN ('scheduled', 'retryable', 'held')
                    AND instr(waiting.payload, '"snoozed_until"') > 0 AND waiting.delivered_at IS NULL
            )
        )
"""
_FAILED = """
    SELECT 1 FROM scheduled_tasks JOIN occurrences ON occurrences.id = scheduled_tasks.occurrence_id
    WHERE scheduled_tasks.status = 'discarded' AND occurrences.state = 'open' LIMIT 1
"""


def standing(path: str, *, now_ms: int, today_ms: int) -> "tuple[int, bool] | None":
    """Return how many active tasks ring or are overdue, and whether anything was given up.

    None if something is to be spawned first, which takes a program that writes; or if it is no store of ours.

    Args:
        now_ms: UTC milliseconds.
        today_ms: when the local day began.

    Raises:
        sqlite3.Error: it can't be read.
    """
    values = {"now": now_ms, "today": today_ms}
    # what may stand in a path must not end the URI's path
    uri = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION_ID,):
            return None
        if connection.execute(_IS_BEHIND, values).fetchone():
            return None
        (answers,) = connection.execute(_ANSWERS, values).fetchone()
        return answers, connection.execute(_FAILED).fetchone() is not None
    finally:
        connection.close()
