"""The daemon is killed again and again in the middle of its work: nothing is lost, and nothing comes twice but what
was on its way."""

import random
import subprocess
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.conftest import FakeClock
from tests.live.rig import NotificationRig, until
from tests.live.test_daemon import Home

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

REMINDERS = 200
KILLS = 6


@pytest.fixture
def home(tmp_path: Path, notification_server: NotificationRig) -> Home:
    """Return a home on a desktop whose notification server has shown nothing yet."""
    return Home(tmp_path, notification_server.env)


def on_their_way(home: Home) -> set[str]:
    """Return the titles of what the daemon had claimed when it died."""
    with home.store() as store, store.database.read() as tx:
        rows = tx.connection.execute(
            text("SELECT title FROM tasks JOIN scheduled_tasks ON task_id = tasks.id WHERE status = 'executing'")
        )
        return set(rows.scalars())


def test_killed_in_the_middle_of_two_hundred_reminders_it_loses_none(
    home: Home, notification_server: NotificationRig
) -> None:
    chance = random.Random(20261102)
    now = SystemClock().now()
    # written an hour before it is due: on a busy machine two hundred writes outlast any short while
    with closing(Store(home.db, FakeClock(now - timedelta(hours=1)))) as store:
        wall = now.replace(tzinfo=None, microsecond=0)
        for number in range(REMINDERS):
            rule = Rule(wall, "UTC", rrule="FREQ=WEEKLY" if number % 2 else None)
            # what is urgent is told by itself, however late a slow machine makes it: each can be counted
            store.add(NewTask(f"reminder {number}", rule, priority=1))
    may_be_doubled: set[str] = set()
    for kill in range(KILLS):
        enough = REMINDERS // (KILLS + 2) * (kill + 1)
        with home.daemon() as process:
            until(
                lambda enough=enough: len(notification_server.titles()) >= enough,  # type: ignore[misc]
                120,
                f"{enough} notifications",
            )
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(chance.random() / 4)
            process.kill()
            process.wait()
        may_be_doubled |= on_their_way(home)
    with home.daemon() as process:
        until(lambda: len(set(notification_server.titles())) == REMINDERS, 300, "all notifications")
        home.until_told(REMINDERS)
        process.terminate()
        assert process.wait(30) == 0

    # a daemon that starts shows again what stands there, under its number: that is no second notification
    shown = {(entry["id"], entry["summary"]) for entry in notification_server.history()}
    seen = Counter(title for _, title in shown)
    assert set(seen) == {f"reminder {number}" for number in range(REMINDERS)}, "none is lost"
    doubled = {title for title, count in seen.items() if count > 1}
    assert doubled <= may_be_doubled, "none came twice but what was on its way at a kill"
    more = sum(seen.values()) - REMINDERS
    assert more <= KILLS, "of what was claimed only what was being sent may come twice"
    print(f"{KILLS} kills, {len(may_be_doubled)} on their way, {len(doubled)} came twice")
    with home.store() as store:
        assert store.queue.counts() == {"delivered": REMINDERS, "scheduled": REMINDERS // 2}, "each series goes on once"
        with store.database.read() as tx:
            assert tx.connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
