"""A day with every fault at once, several times over: whole_day.py tells what is broken and what must hold."""

import json
import subprocess
import sys

import pytest
from tests.live.faults.bell import ROOT
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import IS_FULL

PARTS, DAYS = (10, 20) if IS_FULL else (1, 4)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_day_with_every_fault_at_once_loses_nothing(part: int, tell: Tell) -> None:
    seeds = [str(part * DAYS + number) for number in range(DAYS)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.faults.whole_day", *seeds],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    happened = ", ".join(f"{count} x {what}" for what, count in sorted(json.loads(done.stdout).items()))
    tell(f"{DAYS} days with every fault at once: {happened}")
