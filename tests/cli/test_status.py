"""Where things stand: one line, a prompt's few characters, JSON, and what a monitor scrapes."""

import json
from pathlib import Path

from tests.cli.conftest import Remind
from tests.cli.test_failures import ring
from tests.conftest import FakeChannel

from remindcli.daemon.engine import Engine
from remindcli.store.standing import standing
from remindcli.store.store import Store


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


def test_what_no_channel_takes_is_told(remind: Remind) -> None:
    remind.out("add call bob 10am")
    channel = FakeChannel(remind.clock)
    channel.is_absent()
    remind.clock.set("2026-11-24 10:00:02")
    ring(remind, channel)
    assert "1 held until a channel is there: remind doctor" in remind("status").out
    assert json.loads(remind("status --json").out)["held"] == 1


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


def test_the_quick_look_of_a_prompt_sees_what_status_sees(remind: Remind) -> None:
    for line in (
        "add call bob 10am",
        "add pay rent 2026-11-20",
        "add -e 'every day 9:30am' water plants",
        "add --catch-up all -e 'every day 8am' read",
        "add -e 'every month on the 24th' bins",
        "add no time at all",
        "add later tomorrow 5pm",
        "add snoozed 10:15am",
        "add paused 10am",
    ):
        remind.out(line)
    channel = FakeChannel(remind.clock)
    seen = []
    for moment, line in (
        ("2026-11-24 09:00", "list"),
        ("2026-11-24 10:20", "snooze snoozed 2h"),
        ("2026-11-24 10:30", "pause paused"),
        ("2026-11-24 12:20", "done bob"),
        ("2026-11-24 23:59", "list"),
        ("2026-11-25 00:01", "undo"),
        ("2026-11-26 18:00", "done read"),
    ):
        remind.clock.set(moment)
        store = Store(remind.db, remind.clock)
        Engine(store, {"fake": channel}, remind.clock, order=["fake"], owner="test").tick()
        store.close()
        remind(line)
        now = remind.clock.now()
        today = now.astimezone(remind.clock.zone()).replace(hour=0, minute=0, second=0)
        found = standing(str(remind.db), now_ms=round(now.timestamp() * 1000), today_ms=round(today.timestamp() * 1000))
        assert found is not None, moment
        told = json.loads(remind("status --json").out)
        assert found == (len({*told["ringing"], *told["overdue"]}), told["failed"] > 0), moment
        assert remind("status --prompt").out.split() == [f"{found[0]}!"] * bool(found[0]) + ["no", "daemon"]
        seen.append(found[0])
    assert len(set(seen)) > 3, "the day is not always the same"
    remind.clock.advance(days=3)
    late = round(remind.clock.now().timestamp() * 1000)
    assert standing(str(remind.db), now_ms=late, today_ms=late) is None, "something is to be spawned first"
