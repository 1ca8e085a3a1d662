"""Eight people write to one store while its daemon rings: all of it is there, once, and nobody hears of a lock."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text
from tests.live.faults.bell import ROOT, Belfry
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL
from tests.live.rig import until

from remindcli.clock import SystemClock
from remindcli.store.store import Store

WRITERS = 8
ADDS = 250 if IS_FULL else 25


def test_eight_writers_and_a_daemon_lose_nothing_and_see_no_lock(folder: Path, tell: Tell) -> None:
    belfry = Belfry(folder / "home")
    store = Store(belfry.db, SystemClock())
    with belfry.daemon():
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.live.faults.writer", f"writer-{number}", f"{ADDS}"],
                cwd=ROOT,
                env=belfry.variables(),
                stdout=subprocess.PIPE,
                text=True,
            )
            for number in range(WRITERS)
        ]
        with ExitStack() as ending:
            for writer in writers:
                ending.enter_context(writer)
                ending.callback(writer.kill)
            reports = [json.loads(writer.communicate(timeout=900)[0]) for writer in writers]
        told = {title for report in reports for title in report["titles"]["told"]}
        until(lambda: store.queue.counts().get("delivered", 0) >= len(told), 120, "all that is due at once")

    assert [fault for report in reports for fault in report["faults"]] == []
    assert Counter(belfry.titles()) == Counter(dict.fromkeys(told, 1)), "each is told once, and nothing else"
    expected = {
        (title, "done" if kind == "done" else "open", kind == "snoozed")
        for report in reports
        for kind, titles in report["titles"].items()
        for title in titles
    }
    with store.database.read() as tx:
        rows = tx.connection.execute(
            text(
                "SELECT title, occurrences.state, payload LIKE '%snoozed_until%' FROM tasks"
                " JOIN occurrences ON occurrences.task_id = tasks.id"
                " JOIN scheduled_tasks ON occurrence_id = occurrences.id"
            )
        )
        found = [(title, state, bool(is_snoozed)) for title, state, is_snoozed in rows]
        assert tx.connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert len(found) == len(set(found)) == WRITERS * ADDS, "none is there twice"
    assert set(found) == expected
    store.close()
    commands = sum(len(titles) * (1 if kind == "told" else 2) for r in reports for kind, titles in r["titles"].items())
    tell(f"{WRITERS} writers, {commands} commands, {len(told)} rung meanwhile: all there, none doubled, no lock seen")
