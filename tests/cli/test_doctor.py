"""What doctor finds, on a terminal and in a pipe: in health, without a store, and where the store is damaged."""

import json
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Remind, rows
from tests.conftest import FakeChannel, FakeClock

from remindcli import __version__
from remindcli.cli import doctor
from remindcli.daemon import health
from remindcli.daemon.health import Finding, Level
from remindcli.daemon.instance import lock_of
from remindcli.errors import ExitStatus
from remindcli.store.store import Store

HERE = Path(sys.executable).parent


@pytest.fixture
def healthy(remind: Remind, tmp_path: Path) -> Remind:
    """Return a store with a task and a backup, both names on PATH, and a shell that completes."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("remind", "remindcli"):
        (programs / name).write_text(f"#!{HERE}/python\nfrom remindcli.__main__ import run\n")
        (programs / name).chmod(0o755)
    remind.variables |= {"PATH": str(programs), "REMIND_CHANNELS": "desktop", "SHELL": "/bin/bash"}
    remind.out("add call bob tomorrow 5pm")
    remind.out("completion --install")
    remind.out("backup")
    return remind


def findings(remind: Remind, line: str = "doctor --json") -> dict[str, dict[str, str]]:
    """Return what doctor finds, by name."""
    found: list[dict[str, Any]] = json.loads(remind(line).out)
    assert all(set(one) == {"name", "level", "what", "fix"} for one in found)
    return {one["name"]: one for one in found}


def test_a_terminal_gets_aligned_lines_with_a_word(healthy: Remind, tmp_path: Path) -> None:
    said = healthy("doctor", terminal=True, width=200)
    assert (said.status, said.err) == (1, "")
    text = said.out.replace(str(tmp_path), "~")
    text = re.sub(r"[\d.]+ GB free", "9 GB free", re.sub(r"(?m)^(ok    tzdata +).*", r"\1there", text))
    assert (
        re.sub(r"whole, 1 task, .*", "whole, 1 task", text)
        == """\
ok    store              ~/data/remind.db: whole, 1 task
ok    store-permissions  yours alone
ok    store-room         9 GB free
ok    backups            1, the newest remind-20261124T080000Z.db
FAIL  daemon             none runs, so nothing rings
                         fix: remind daemon start
ok    deliveries         1 waiting, 0 to be tried again, 0 held until a channel is there, 0 given up
warn  login              the daemon does not start at login
                         fix: remind daemon install
FAIL  channel-desktop    no session bus answers: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set
                         fix: log in on a desktop, or see DBUS_SESSION_BUS_ADDRESS
ok    time-zone          Europe/Berlin, now 09:00 +0100
ok    tzdata             there
ok    path-remind        ~/bin/remind
ok    path-remindcli     ~/bin/remindcli
ok    completion         ~/.local/share/bash-completion/completions/remind
ok    settings           no file ~/.config/remindcli/config.toml, 1 changed

2 failures, 1 warning
"""
    )


def test_a_pipe_gets_one_line_each_and_json_the_same(healthy: Remind) -> None:
    lines = rows(healthy("doctor").out)
    assert all(len(line) == 4 for line in lines)
    assert ["daemon", "fail", "none runs, so nothing rings", "remind daemon start"] in lines
    assert [line[0] for line in lines] == list(findings(healthy))


@pytest.mark.parametrize(
    ("failing", "status"),
    [
        ((), ExitStatus.OK),
        (("daemon",), ExitStatus.NO_DAEMON),
        (("daemon", "channel-desktop"), ExitStatus.FAILED),
        (("store",), ExitStatus.FAILED),
    ],
)
def test_the_exit_status_tells_what_fails(failing: tuple[str, ...], status: ExitStatus) -> None:
    found = [Finding("login", Level.WARN, "no"), *(Finding(name, Level.FAIL, "no") for name in failing)]
    assert doctor._status(found) == status


def test_without_a_store_none_is_made(remind: Remind) -> None:
    found = findings(remind)
    assert (found["store"]["level"], found["store"]["fix"]) == ("warn", "remind add call bob tomorrow 5pm")
    assert not remind.db.parent.exists()
    assert "deliveries" not in found


@pytest.mark.parametrize("harm", ["noise", "empty", "text", "letters"])
def test_a_damaged_store_is_found_and_left_alone(healthy: Remind, harm: str) -> None:
    data = healthy.db.read_bytes()
    healthy.db.write_bytes(
        {
            "noise": data[:4096] + bytes(range(1, 256)) * 64 + data[4096 + 255 * 64 :],
            "empty": b"",
            "text": b"not a database, for sure, " * 100,
            "letters": data.replace(b"call bob", b"call \xff\xfe!"),
        }[harm]
    )
    before = healthy.db.read_bytes()
    found = findings(healthy)["store"]
    assert (found["level"], found["fix"]) == ("fail", "remind backup restore remind-20261124T080000Z.db")
    assert healthy.db.read_bytes() == before
    assert healthy("doctor", terminal=True).status == 1


def test_a_store_of_another_program_or_version_is_named(healthy: Remind) -> None:
    with closing(sqlite3.connect(healthy.db)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "upgrade" in findings(healthy)["store"]["fix"]
    healthy.db.unlink()
    found = findings(healthy)["store"]
    assert (found["level"], found["fix"]) == ("fail", "remind backup restore remind-20261124T080000Z.db"), "it is gone"
    healthy.db.mkdir()
    assert "is a folder" in findings(healthy)["store"]["what"]


def test_what_others_may_read_is_found(healthy: Remind) -> None:
    healthy.db.chmod(0o644)
    found = findings(healthy)["store-permissions"]
    assert (found["level"], found["fix"]) == ("warn", f"chmod 600 {healthy.db}")
    assert healthy.db.stat().st_mode & 0o777 == 0o644, "doctor changes nothing"
    healthy.variables |= {"XDG_DATA_HOME": str(healthy.db.parents[1])}
    own = healthy.db.parents[1] / "remindcli"
    healthy.db.parent.rename(own)
    own.chmod(0o755)
    del healthy.variables["REMIND_DB"]
    assert findings(healthy)["store-permissions"]["fix"].endswith(f"&& chmod 700 {own}")


def test_an_old_backup_is_found(healthy: Remind) -> None:
    healthy.clock.advance(days=9)
    found = findings(healthy)["backups"]
    assert (found["level"], found["fix"]) == ("warn", "remind backup")
    assert "9 days old" in found["what"]


def test_a_daemon_that_is_silent_old_and_troubled(healthy: Remind) -> None:
    with lock_of(healthy.db) as lock:
        assert lock.acquire()
        store = Store(healthy.db, healthy.clock)
        store.queue.beat(pid=4711, version=__version__, is_start=True)
        found = findings(healthy)
        assert [found[name]["level"] for name in ("daemon", "daemon-version", "daemon-heartbeat")] == ["ok"] * 3
        assert found["daemon"]["what"] == "runs (process 4711)"
        assert "daemon-error" not in found
        store.queue.beat(pid=4711, version="0.0.1", last_error="the disk \x1b[2J is full")
        store.close()
        healthy.clock.advance(minutes=4)
        found = findings(healthy)
        assert (found["daemon-version"]["level"], found["daemon-version"]["fix"]) == ("warn", "remind daemon restart")
        assert (found["daemon-heartbeat"]["level"], found["daemon-heartbeat"]["what"]) == ("fail", "240 s ago")
        assert found["daemon-error"]["fix"] == "remind daemon logs"
        assert "\x1b" not in healthy("doctor", terminal=True).out


def test_reminders_that_wait_too_long_or_were_given_up(healthy: Remind) -> None:
    healthy.clock.advance(days=2)
    found = findings(healthy)
    assert (found["deliveries-late"]["level"], found["deliveries-late"]["fix"]) == ("warn", "remind daemon start")
    with lock_of(healthy.db) as lock:
        assert lock.acquire()
        assert findings(healthy)["deliveries-late"]["level"] == "fail"
    with closing(sqlite3.connect(healthy.db)) as connection:
        connection.execute("UPDATE scheduled_tasks SET status = 'discarded'")
        connection.commit()
    found = findings(healthy)
    assert "deliveries-late" not in found
    assert (found["deliveries"]["level"], found["deliveries"]["fix"]) == ("warn", "remind failed")


def test_notify_sends_one_message_on_each_channel(clock: FakeClock) -> None:
    taking, absent, refusing, hanging, crashing = (FakeChannel(clock) for _ in range(5))
    absent.is_absent()
    refusing.refuses()
    hanging.hangs()
    crashing.crashes()
    channels = {"a": taking, "b": absent, "c": refusing, "d": hanging, "e": crashing}
    found = health.told_findings(channels, clock.now())
    assert [one.level.value for one in found] == ["ok", "warn", "fail", "warn", "fail"]
    assert taking.titles == ["remind doctor"]
    assert found[0].what == "took a message (1)"
    alone = health.told_findings({"b": absent}, clock.now())
    assert [one.level for one in alone] == [Level.FAIL], "nothing at all reaches the user"


def test_notify_at_the_command_line(healthy: Remind) -> None:
    found = findings(healthy, "doctor --notify --json")["channel-desktop"]
    assert (found["level"], found["what"].partition(":")[0]) == ("fail", "no session bus answers")


def test_the_classic_remind_before_ours(healthy: Remind, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    (first / "remind").write_bytes(b"\x7fELF and so on")
    (first / "remind").chmod(0o755)
    healthy.variables["PATH"] = f"{first}:{healthy.variables['PATH']}"
    found = findings(healthy)["path-remind"]
    assert found["level"] == "warn"
    assert found["what"].startswith(f"{first}/remind is another program")
    assert found["fix"].startswith("type remindcli instead, or: export PATH=")
    (first / "remind").write_text("#!/opt/other/bin/python\nfrom remindcli.__main__ import run\n")
    assert "is another installation" in findings(healthy)["path-remind"]["what"]
    healthy.variables["PATH"] = ""
    assert findings(healthy)["path-remindcli"]["what"] == "remindcli is not on PATH"


def test_settings_completion_and_zone(healthy: Remind, tmp_path: Path) -> None:
    script = tmp_path / ".local/share/bash-completion/completions/remind"
    script.write_text(script.read_text() + "# of before")
    config = tmp_path / ".config/remindcli/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("all_day_att = 1")
    healthy.variables["TZ"] = "Mars/Olympus"
    found = findings(healthy)
    assert (found["completion"]["level"], found["completion"]["fix"]) == ("warn", "remind completion --install")
    assert (found["settings"]["level"], found["settings"]["fix"]) == ("fail", 'did you mean "all_day_at"?')
    assert (found["time-zone"]["level"], found["time-zone"]["fix"]) == ("warn", "unset TZ")
    healthy.variables["SHELL"] = "/bin/unheard-of"
    assert "completion" not in findings(healthy)
