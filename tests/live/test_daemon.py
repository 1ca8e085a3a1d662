"""The real daemon as a process of its own, with a real notification server at its end."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from tests.live.rig import NotificationRig, until

from remindcli.clock import SystemClock
from remindcli.core.task import DeliveryState
from remindcli.daemon.instance import is_running
from remindcli.errors import ExitStatus
from remindcli.store.store import Store

REMIND = (sys.executable, "-m", "remindcli")


class Home:
    """A user's home with a store, on the desktop of a rig.

    Attributes:
        env: the environment of every process.
        db: the store's file.
    """

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.db = folder / "remind.db"
        self.env = {**env, "HOME": str(folder), "REMIND_DB": str(self.db), "REMIND_CHANNELS": "desktop", "TZ": "UTC"}

    def remind(self, *words: str, expect: int = ExitStatus.OK) -> str:
        """Run one command and return what it printed on stdout."""
        done = subprocess.run(
            [*REMIND, *words], env=self.env, capture_output=True, text=True, check=False, timeout=60, cwd=self.folder
        )
        assert done.returncode == expect, done.stderr
        return done.stdout + (done.stderr if expect else "")

    @contextmanager
    def daemon(self) -> Iterator["subprocess.Popen[str]"]:
        """Run the daemon in the foreground until the end of the block; return once it serves."""
        with subprocess.Popen(
            [*REMIND, "daemon"],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
        ) as process:
            try:
                until(lambda: process.poll() is not None or is_running(self.db), what="the daemon")
                yield process
            finally:
                process.kill()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Return the store, opened in this process."""
        store = Store(self.db, SystemClock())
        try:
            yield store
        finally:
            store.close()

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        with self.store() as store:
            return store.queue.counts()

    def until_told(self, count: int, seconds: float = 30.0) -> None:
        """Wait until so many deliveries are recorded as told."""
        with self.store() as store:
            until(lambda: store.queue.counts().get("delivered", 0) >= count, seconds, f"{count} deliveries")


def end_of(process: "subprocess.Popen[str]", seconds: float = 30.0) -> int:
    """Return the exit status of a process that is expected to end."""
    return process.wait(seconds)


@pytest.fixture
def home(tmp_path: Path, notification_server: NotificationRig) -> Home:
    """Return a home on a desktop whose notification server has shown nothing yet."""
    return Home(tmp_path, notification_server.env)


def test_a_reminder_in_three_seconds_is_shown_and_recorded(home: Home, notification_server: NotificationRig) -> None:
    home.remind("add", "call", "bob", "in", "3s")
    with home.daemon():
        shown = notification_server.wait_for("call bob", 15)
        home.until_told(1)
    assert "due" in shown["message"]
    with home.store() as store:
        (told,) = store.deliveries(1, 9)
        assert (told.status, told.channel, told.attempt) == (DeliveryState.DELIVERED, "desktop", 1)
        assert told.target
        assert told.delivered_at is not None
        assert told.delivered_at >= told.due_at


def test_a_write_is_noticed_at_once_and_not_at_the_next_look(home: Home, notification_server: NotificationRig) -> None:
    home.remind("add", "far", "away", "in", "5", "days")
    with home.daemon():
        home.remind("add", "soon", "in", "1s")
        notification_server.wait_for("soon", 10)  # without a nudge it would look again after 30 s
        home.until_told(1)


def test_a_link_to_a_store_has_no_daemon_of_its_own(home: Home) -> None:
    home.remind("add", "far", "away", "in", "5", "days")
    link = home.folder / "link.db"
    link.symlink_to(home.db)
    with home.daemon():
        home.remind("--db", str(link), "daemon", expect=ExitStatus.ALREADY_RUNS)
        home.remind("--db", str(link), "status", "-q")
        home.remind("--db", str(link), "backup", "restore", home.remind("backup").split()[-1], expect=ExitStatus.FAILED)
        home.remind("--db", str(link), "daemon", "stop")
    assert not list(home.folder.glob("link.db.*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals, home: Home) -> None:
    with home.daemon() as process:
        process.send_signal(number)
        assert end_of(process) == ExitStatus.OK
        assert process.stderr is not None
        assert process.stderr.read().rstrip().endswith("ended")
    assert not is_running(home.db)
    with home.store() as store:
        assert store.queue.heartbeat().pid is None


def test_what_keeps_it_from_starting_is_said_whole(home: Home) -> None:
    home.remind("add", "call", "bob")
    lock = home.db.with_name(f"{home.db.name}.daemon")
    lock.unlink(missing_ok=True)
    lock.mkdir()  # what only the daemon itself meets
    said = home.remind("daemon", "start", expect=ExitStatus.FAILED).splitlines()
    assert said[0] == "error: the daemon did not start"
    assert said[1].startswith(f"  why: can't serve the store {home.db} (its lock can't be had")
    assert said[2] == " hint: check the permissions of its folder and the free room of its disk"


def test_a_signal_waits_for_the_message_on_its_way(home: Home) -> None:
    begun, told = home.folder / "begun", home.folder / "told"
    slow = ["sh", "-c", f"touch '{begun}'; sleep 1; echo told >> '{told}'"]
    (home.folder / "config.toml").write_text(f'[channel.slow]\nkind = "command"\nrun = {json.dumps(slow)}\n')
    home.env |= {"REMIND_CONFIG": str(home.folder / "config.toml"), "REMIND_CHANNELS": "slow"}
    for _ in range(3):
        home.remind("add", "call", "bob", "in", "0s")
    with home.daemon() as process:
        until(begun.exists, what="a message on its way")
        process.send_signal(signal.SIGTERM)
        assert end_of(process) == ExitStatus.OK
    assert told.read_text() == "told\n", "the one on its way was finished, and none was begun"
    assert home.counts() == {"delivered": 1, "scheduled": 2}


def test_a_second_daemon_is_refused_and_the_first_goes_on(home: Home) -> None:
    with home.daemon() as first:
        refused = subprocess.run(
            [*REMIND, "daemon"], env=home.env, capture_output=True, text=True, check=False, timeout=60
        )
        assert refused.returncode not in (ExitStatus.OK, ExitStatus.BUG)
        assert "a daemon runs for this store already" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert first.poll() is None
        assert is_running(home.db)


def test_start_status_logs_stop(home: Home, notification_server: NotificationRig) -> None:
    assert "not running" in home.remind("daemon", "status", expect=ExitStatus.NO_DAEMON)
    home.remind("daemon", "stop", expect=ExitStatus.NO_DAEMON)
    home.remind("daemon", "start")
    try:
        status = json.loads(home.remind("daemon", "status", "--json"))
        assert status["is_running"]
        assert Path(f"/proc/{status['pid']}").exists()
        assert "already" in home.remind("daemon", "start", expect=ExitStatus.FAILED)
        home.remind("add", "call", "bob", "in", "1s")
        notification_server.wait_for("call bob")
        home.until_told(1)
        assert 'told 1 "call bob" on desktop' in home.remind("daemon", "logs")
    finally:
        home.remind("daemon", "stop")
    assert not is_running(home.db)
    home.remind("daemon", "status", expect=ExitStatus.NO_DAEMON)


def test_kill_9_frees_the_lock_and_the_next_daemon_takes_over(home: Home, notification_server: NotificationRig) -> None:
    home.remind("add", "call", "bob", "in", "4s")
    with home.daemon() as process:
        process.kill()
        process.wait()
        assert not is_running(home.db)
        home.remind("daemon", "status", expect=ExitStatus.NO_DAEMON)
        with home.daemon():
            notification_server.wait_for("call bob", 15)


def test_without_a_server_it_is_held_and_rings_when_one_appears(
    home: Home, notification_server: NotificationRig
) -> None:
    notification_server.stop_server()
    home.remind("add", "call", "bob", "in", "1s")
    with home.daemon():
        until(lambda: home.counts().get("held"), 15, "a held delivery")
        notification_server.start_server()
        home.remind("add", "a nudge", "in", "5", "days")
        notification_server.wait_for("call bob", 45)


ADD_500 = """
import sys
from datetime import timedelta
from pathlib import Path
from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.nudge import send
from remindcli.store.asked import NewTask
from remindcli.store.store import Store
clock = SystemClock()
store = Store(Path(sys.argv[1]), clock)
for number in range(500):
    wall = clock.now().replace(tzinfo=None, microsecond=0) + timedelta(seconds=int(sys.argv[3]))
    store.add(NewTask(f"{sys.argv[2]}{number}", Rule(wall, "UTC")))
    send(store.path)
store.close()
"""


def test_two_processes_add_five_hundred_tasks_each_while_the_daemon_rings(
    home: Home, notification_server: NotificationRig
) -> None:
    with home.daemon() as process:
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", ADD_500, str(home.db), name, due],
                env=home.env,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name, due in (("soon", "1"), ("later", "3600"))
        ]
        with ExitStack() as ending:
            for writer in writers:
                ending.enter_context(writer)
                ending.callback(writer.kill)
            said = [writer.communicate(timeout=240)[1] for writer in writers]
        assert [writer.returncode for writer in writers] == [0, 0], said
        with home.store() as store:

            def are_all_told() -> bool:
                # A dunst with 300 open notifications takes seconds for the next one: history() closes them.
                notification_server.history()
                return store.queue.counts().get("delivered", 0) == 500

            until(are_all_told, 240, "500 deliveries")
        assert process.poll() is None
    with home.store() as store:
        titles = sorted(item.task.title for item in store.items())
        assert titles == sorted(f"{name}{number}" for name in ("soon", "later") for number in range(500))
        assert store.queue.counts() == {"delivered": 500, "scheduled": 500}
    # what waited for more than a minute may have come together, in one message for all of it
    shown = notification_server.titles()
    assert len(shown) == len(set(shown))
    assert not [title for title in shown if title.startswith("later")]
