"""A daemon that runs takes other settings without being stopped, and is not ended by wrong ones."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.live.rig import until


@dataclass
class Running:
    """A daemon in the background, and its log."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    environment: Mapping[str, str]

    def messages(self) -> list[str]:
        """Return what its log says."""
        log = self.folder / "remind.db.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [f"{entry['level']} {entry['message']}" for entry in map(json.loads, lines)]

    def wait_for(self, words: str, times: int = 1) -> None:
        """Wait until a message with these words stands in the log so many times."""
        until(lambda: sum(words in message for message in self.messages()) >= times, 60, words)

    def settings(self, text: str) -> None:
        """Write the settings file."""
        (self.folder / "config.toml").write_text(text)


def _children(pid: int) -> list[str]:
    return [child for one in Path(f"/proc/{pid}/task").glob("*/children") for child in one.read_text().split()]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """Return a daemon that serves, and writes its log as JSON."""
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "REMIND_DB": str(tmp_path / "remind.db"),
        "REMIND_CONFIG": str(tmp_path / "config.toml"),
    }
    command = [sys.executable, "-m", "remindcli", "daemon", "--background", "--log-format", "json"]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    daemon = Running(process, tmp_path, environment)
    try:
        daemon.wait_for("serves")
        yield daemon
    finally:
        process.kill()
        process.wait()


def test_a_hangup_reads_the_settings_anew(running: Running) -> None:
    running.settings('all_day_at = "07:30"')
    running.process.send_signal(signal.SIGHUP)
    running.wait_for("reads its settings anew")
    running.wait_for("serves", times=2)
    running.process.terminate()
    assert running.process.wait(60) == 0
    assert running.messages()[-1] == "INFO ended"


def test_the_log_goes_on_in_the_format_of_the_settings(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "REMIND_DB": str(tmp_path / "remind.db")}
    environment |= {"REMIND_CONFIG": str(tmp_path / "config.toml"), "REMIND_WARM": "off"}

    def remind(*words: str) -> int:
        command = [sys.executable, "-m", "remindcli", *words]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    log = tmp_path / "remind.db.log"
    assert remind("daemon", "start") == 0
    try:
        assert remind("config", "set", "log_format", "json") == 0
        assert remind("add", "call", "bob") == 0
        until(lambda: log.read_text().splitlines()[-1].startswith("{"), 20, "a line of JSON")
    finally:
        assert remind("daemon", "stop") == 0
    lines = log.read_text().splitlines()
    assert "reads its settings anew" in lines[-3]
    assert [json.loads(line)["message"].split()[0] for line in lines[-2:]] == ["remind", "ended"]
    assert remind("daemon", "--log-format", "json", "start") == 2, "it would be ignored"


def test_ctrl_c_ends_daemon_and_what_it_keeps_warm_without_a_warning(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "REMIND_DB": str(tmp_path / "remind.db")}
    command = [sys.executable, "-m", "remindcli", "daemon", "--log-format", "json"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            daemon = Running(process, tmp_path, environment)
            daemon.wait_for("serves")
            until(lambda: _children(process.pid), 20, "the warm process")
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()
    assert [message for message in daemon.messages() if message.startswith("WARNING")] == []


def test_wrong_settings_are_said_and_those_in_force_stay(running: Running) -> None:
    running.settings('all_day_at = "25:99"')
    running.process.send_signal(signal.SIGHUP)
    running.wait_for("the settings stay as they were")
    running.wait_for("serves", times=2)
    assert running.process.poll() is None


def test_a_nudge_is_enough_to_notice_that_the_settings_changed(running: Running) -> None:
    running.settings("snooze_minutes = 5")
    subprocess.run(
        [sys.executable, "-m", "remindcli", "--db", str(running.folder / "remind.db"), "add", "call bob"],
        env={**os.environ, "HOME": str(running.folder)},
        check=True,
        capture_output=True,
    )
    running.wait_for("reads its settings anew")


@pytest.mark.parametrize(
    "text", ["channels = 'desktp'", "[channel.phone]\nkind = 'ntfy'\ntopc = 'x'"], ids=["the order", "an option"]
)
def test_a_restart_with_wrong_settings_leaves_the_daemon_that_runs(running: Running, text: str) -> None:
    running.settings(text)
    command = [sys.executable, "-m", "remindcli", "daemon", "restart"]
    said = subprocess.run(
        command,
        env=running.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert (said.returncode, "did you mean" in said.stderr) == (2, True)
    assert running.process.poll() is None
