"""What rang and is not answered, asked of the store as quickly as it can be: read-only, with little but sqlite3."""

import _sqlite3 as sqlite3  # the C part: sqlite3, which wraps it, imports datetime and collections.abc: 6 ms

_APPLICATION_ID = 0x524D4E44  # schema.APPLICATION_ID, without what the schema imports; a test compares
_BUSY_SECONDS = 0.1
_MOST = 50

# Not what stands on the terminals; and what no channel was there to tell.
_RUNG = """
    SELECT told.id || ':' || coalesce(
            CASE WHEN json_valid(told.payload) THEN json_extract(told.payload, '$.snoozed_until') END, told.due_at
        ),
        tasks.id, substr(tasks.title, 1, 400), coalesce(told.delivered_at, told.due_at) AS rang_ms
    FROM scheduled_tasks AS told
        JOIN occurrences ON occurrences.id = told.occurrence_id
        JOIN tasks ON tasks.id = told.task_id
    WHERE occurrences.state = 'open' AND tasks.state = 'active' AND (
        (told.status = 'delivered' AND (told.channel <> 'terminal' OR told.unseen = 1))
        OR (told.status IN ('scheduled', 'retryable') AND told.delivered_at IS NOT NULL)
        OR told.status = 'held'
    )
    ORDER BY rang_ms DESC LIMIT :most
"""


def rung(path: str) -> "list[tuple[str, int, str, int]]":
    """Return what rang and is not answered, the latest first; nothing where the store can't be read.

    Each is the name of the ring, which stays while it nags and changes when it was put off; the task's id and title;
    and when it rang, UTC milliseconds.
    """
    # what may stand in a path must not end the URI's path
    uri = "file:" + path.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro"
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)
        try:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            connection.execute("PRAGMA trusted_schema = OFF")
            if connection.execute("PRAGMA application_id").fetchone() != (_APPLICATION_ID,):
                return []
            return connection.execute(_RUNG, {"most": _MOST}).fetchall()
        finally:
            connection.close()
    except sqlite3.Error:
        return []
