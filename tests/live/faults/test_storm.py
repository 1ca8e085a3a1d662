"""A thousand reminders, four daemons that all want to tell them, a thousand kills: none is lost."""

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from tests.conftest import FakeClock
from tests.live.faults.bell import ROOT, Belfry
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL
from tests.live.faults.storm import DAEMONS

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

DELIVERIES, KILLS = (1000, 1000) if IS_FULL else (60, 60)
SEED = 20261124


def test_four_daemons_and_as_many_kills_as_reminders_lose_none(folder: Path, tell: Tell) -> None:
    belfry = Belfry(folder / "home")
    clock = FakeClock(SystemClock().now() - timedelta(hours=1))
    store = Store(belfry.db, clock)
    wall = (clock.now() + timedelta(minutes=1)).replace(tzinfo=None, microsecond=0)
    for number in range(DELIVERIES):
        rule = Rule(wall, "UTC", rrule="FREQ=WEEKLY" if number % 2 else None)
        # what is urgent is told by itself however late it is, so that each can be counted
        store.add(NewTask(f"reminder {number}", rule, priority=1))
    store.close()

    words = [str(belfry.db), str(belfry.told), f"{DELIVERIES}", f"{KILLS}", f"{SEED}"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.faults.storm", *words],
        cwd=ROOT,
        env=belfry.variables(),
        stdout=subprocess.PIPE,
        check=True,
        timeout=1200 if IS_FULL else 120,
    )
    hit = json.loads(done.stdout)

    seen = Counter(belfry.titles())
    assert set(seen) == {f"reminder {number}" for number in range(DELIVERIES)}, "none is lost"
    doubles = sum(seen.values()) - DELIVERIES
    assert doubles <= KILLS, "at most one comes twice for each kill"
    store = Store(belfry.db, SystemClock())
    assert store.queue.counts() == {"delivered": DELIVERIES, "scheduled": DELIVERIES // 2}, "each series goes on once"
    measures = store.measures()
    assert doubles <= measures.may_be_double, "the store knows what may have come twice"
    with store.database.read() as tx:
        assert tx.connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    store.close()
    tell(
        f"{DAEMONS} daemons, {DELIVERIES} deliveries, {KILLS} kills -9 ({hit['of them the one that served']} of the one"
        f" that served): 0 lost, {doubles} twice"
    )
