"""Two hundred reminders at once with a channel that hangs: the real daemon, two real servers, the store's word."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.channels.http_rig import serving
from tests.live.rig import until

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.core.task import DeliveryState
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

COUNT = 100
"""Reminders for each of the two channels; how late they are is measured by bench/channels.py."""


def test_a_channel_that_hangs_holds_up_no_other(tmp_path: Path) -> None:
    clock = SystemClock()
    db, config = tmp_path / "remind.db", tmp_path / "config.toml"
    due_at = (clock.now() + timedelta(seconds=8)).replace(microsecond=0, tzinfo=None)
    store = Store(db, clock)
    for number in range(COUNT):
        store.add(NewTask(f"stuck {number}", Rule(due_at, "UTC"), channels=("stuck",)))
        store.add(NewTask(f"quick {number}", Rule(due_at, "UTC"), channels=("quick",)))
    with serving() as stuck, serving() as quick, stuck.hanging():
        config.write_text(
            f'channels = ["quick"]\n[channel.quick]\nkind = "webhook"\nurl = "{quick.url}"\n'
            f'[channel.stuck]\nkind = "webhook"\nurl = "{stuck.url}"\ntimeout = 25\n'
        )
        config.chmod(0o600)
        env = {"HOME": str(tmp_path), "REMIND_DB": str(db), "REMIND_CONFIG": str(config), "TZ": "UTC"}
        with subprocess.Popen([sys.executable, "-m", "remindcli", "daemon"], env=env, stderr=subprocess.PIPE) as daemon:
            try:
                until(lambda: store.queue.counts().get("delivered", 0) >= COUNT, 60, "the quick ones")
                assert stuck.asked, "the other channel hangs meanwhile, and goes on hanging"
            finally:
                daemon.kill()
    told = [(task_id, *store.deliveries(task_id, 1)) for task_id in range(1, 2 * COUNT + 1)]
    quick_ones = [one for task_id, one in told if task_id % 2 == 0]
    assert {one.channel for one in quick_ones} == {"quick"}
    assert not [one for task_id, one in told if task_id % 2 and one.status is DeliveryState.DELIVERED]
    assert sorted(one.json["title"] for one in quick.asked) == sorted(f"quick {number}" for number in range(COUNT))
    store.close()
