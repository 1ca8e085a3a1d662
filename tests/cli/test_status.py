"""Where things stand: one line, a prompt's few characters, JSON, and what a monitor scrapes."""

import json
from pathlib import Path

from tests.cli.conftest import Remind
from tests.cli.test_failures import ring
from tests.conftest import FakeChannel


def test_one_line_tells_where_things_stand(remind: Remind) -> None:
    remind.out("add call bob 10am")
    said = remind("status", terminal=True)
    assert (
        said.out == "0 ringing, 0 overdue, next call bob Tue 24 Nov 10:00 (in 1 hour), no daemon: remind daemon start\n"
    )
    assert (said.status, said.err) == (5, "")


def test_a_prompt_gets_a_few_characters(remind: Remind) -> None:
    remind.out("add call bob 2026-11-20")
    assert remind("status --prompt").out == "1! no daemon\n"
    assert remind("status -q").out == ""


def test_programs_get_ids(remind: Remind) -> None:
    remind.out("add call bob 10am")
    channel = FakeChannel(remind.clock)
    remind.clock.set("2026-11-24 10:00:02")
    ring(remind, channel)
    told = json.loads(remind("status --json").out)
    assert (told["ringing"], told["overdue"], told["failed"], told["is_daemon_running"]) == ([1], [1], 0, False)


def test_a_monitor_gets_counters_and_a_histogram(remind: Remind, tmp_path: Path) -> None:
    remind.out("add call bob 10am")
    remind.out("add call alice 11am")
    remind.clock.set("2026-11-24 10:00:02")
    ring(remind, FakeChannel(remind.clock))
    text = remind.out("metrics")
    for line in (
        "remind_daemon_up 0",
        'remind_tasks{state="active"} 2',
        'remind_deliveries{status="delivered"} 1',
        'remind_deliveries{status="scheduled"} 1',
        'remind_tries_total{channel="fake",result="shown"} 1',
        'remind_delivery_lateness_seconds_bucket{le="1"} 0',
        'remind_delivery_lateness_seconds_bucket{le="5"} 1',
        'remind_delivery_lateness_seconds_bucket{le="+Inf"} 1',
        "remind_delivery_lateness_seconds_sum 2",
        "remind_delivery_lateness_seconds_count 1",
    ):
        assert line in text.splitlines(), line
    remind.out(f"metrics --metrics-file {tmp_path / 'remind.prom'}")
    assert (tmp_path / "remind.prom").read_text() == text
    assert [path.name for path in tmp_path.glob("*.prom*")] == ["remind.prom"]
    said = remind("metrics --metrics-file /nowhere/at/all")
    assert said.status == 1
    assert "can't write" in said.err
