"""Every verb at a terminal and into a pipe: verbs.console is what comes out. REMIND_WRITE=1 writes it anew."""

import os
from pathlib import Path

import pytest
from tests.cli.conftest import Remind
from tests.cli.test_month import lived
from tests.conftest import FakeChannel

from remindcli.cli import commands

TRANSCRIPT = Path(__file__).with_name("verbs.console")

ELSEWHERE = {
    "completion": "test_complete.py: scripts, which real shells read in tests/live/test_completion.py",
    "daemon": "tests/live/test_daemon.py: real processes",
    "demo": "test_readme.py and tests/live: it runs a daemon of its own",
    "doctor": "test_doctor.py: what it says is about the machine",
    "export": "test_exchange.py: each line has a random identity",
    "metrics": "test_status.py: the lines of a monitor, the same everywhere",
    "pick": "test_picking.py: a list on a real terminal",
    "shell-init": "tests/live: hooks, which real shells run",
    "tui": "tests/tui: a screen",
}
"""Verbs whose output is not of this kind, and where they are tested."""


@pytest.fixture
def channel(remind: Remind) -> FakeChannel:
    """Return the only channel that there is."""
    return FakeChannel(remind.clock)


def test_every_verb_says_what_it_said(remind: Remind, channel: FakeChannel) -> None:
    script = TRANSCRIPT.read_text(encoding="utf-8")
    seen = "\n".join(lived(remind, channel, script)).lstrip("\n") + "\n"
    if os.environ.get("REMIND_WRITE"):
        TRANSCRIPT.write_text(seen, encoding="utf-8")
    assert seen == script, "REMIND_WRITE=1 pytest tests/cli/test_verbs.py, and read what changed"


@pytest.mark.parametrize("mark", ["$", "|"], ids=["terminal", "pipe"])
def test_no_verb_is_left_out(mark: str) -> None:
    lines = TRANSCRIPT.read_text(encoding="utf-8").splitlines()
    typed = {line.split()[2] for line in lines if line.startswith(f"{mark} remind ")}
    assert set(commands.tree().commands) - typed - ELSEWHERE.keys() == set()
