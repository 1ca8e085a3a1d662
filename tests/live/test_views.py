"""Views as real processes: a pipe that closes, Ctrl-C, a store of 100,000 tasks."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

pytestmark = pytest.mark.live
REMIND = [sys.executable, "-m", "remindcli"]


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a user with 100,000 tasks, each with an open occurrence; the tests only read them."""
    tmp_path = tmp_path_factory.mktemp("many")
    own = {"HOME": str(tmp_path), "REMIND_DB": str(tmp_path / "r.db"), "REMIND_WARM": "no", "PATH": os.environ["PATH"]}
    subprocess.run([*REMIND, "add", "first"], env=own, check=True, capture_output=True)
    with closing(sqlite3.connect(tmp_path / "r.db", isolation_level=None)) as raw:
        raw.executescript(
            """
            BEGIN;
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            INSERT INTO tasks (uid, title, dtstart, created_at, modified_at)
                SELECT 'u' || i, 'task ' || i, '2030-01-01T09:00:00', 0, 0 FROM n;
            INSERT INTO occurrences (task_id, planned_for, due_at)
                SELECT id, dtstart, 1893484800000 + id FROM tasks WHERE dtstart IS NOT NULL;
            COMMIT;
            """
        )
    return own


def test_a_hundred_thousand_tasks(variables: dict[str, str]) -> None:
    """SQL finds and limits: what is not shown is never built, and a reader that leaves ends it quietly."""
    few = subprocess.run(
        [sys.executable, "-c", _PROBE, "list", "--limit", "3"],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = few.stdout.splitlines()
    assert len(lines) == 4
    assert int(lines[-1].removeprefix("made ")) <= 500, "tasks that were built from rows"
    head = subprocess.run(
        ["bash", "-c", f'set -o pipefail; "{sys.executable}" -m remindcli list | head -1'],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (head.returncode, len(head.stdout.splitlines())) == (0, 1)
    assert "Traceback" not in head.stderr
    whole = subprocess.run([*REMIND, "list", "-q"], env=variables, capture_output=True, text=True, check=True)
    assert len(whole.stdout.split()) == 100_001


def test_ctrl_c_ends_a_long_list(variables: dict[str, str]) -> None:
    with subprocess.Popen([*REMIND, "list"], env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in err


_PROBE = """
import sys
from remindcli.store import rows, reading
made = 0
whole = rows.task_from_row
def count(*args):
    global made
    made += 1
    return whole(*args)
reading.task_from_row = count
from remindcli.cli import main
from remindcli.cli.environment import of_process
status = main(sys.argv[1:], of_process())
print("made", made)
sys.exit(status)
"""
