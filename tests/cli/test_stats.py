"""What a store counts: how reminders were told."""

import json

from tests.cli.conftest import Remind, rows
from tests.cli.test_failures import ring
from tests.conftest import FakeChannel

from remindcli.store.store import Store


def used(remind: Remind) -> None:
    """Let one ring at once, one after a refusal and one after a killed daemon; one comes tomorrow."""
    channel = FakeChannel(remind.clock)
    for line in ("add call bob 10am", "add call eve 11am", "add call tim noon", "add call joe tomorrow"):
        remind.out(line)
    remind.clock.set("2026-11-24 10:00")
    ring(remind, channel)
    remind.clock.set("2026-11-24 11:00")
    channel.refuses(1)
    ring(remind, channel)
    remind.clock.advance(seconds=5)
    ring(remind, channel)
    remind.clock.set("2026-11-24 12:00")
    store = Store(remind.db, remind.clock)
    claim = store.queue.claim("killed")
    assert claim is not None
    store.queue.told.begin("killed", [claim.delivery.id])
    store.queue.take_over()
    store.close()
    remind.clock.advance(minutes=20)
    ring(remind, channel)


def test_a_person_gets_counts_and_a_histogram(remind: Remind) -> None:
    used(remind)
    screen = remind.screen("stats --delivery")
    assert "3 told, 1 waiting, 0 given up" in screen
    assert "2 tried again, 1 cut off by the end of a daemon, 1 that may have come twice" in screen
    assert [line.split() for line in screen.splitlines() if "up to" in line or "more" in line] == [
        ["up", "to", "0.1", "s", "1", "█" * 30],
        ["up", "to", "1", "s", "0"],
        ["up", "to", "5", "s", "1", "█" * 30],
        ["up", "to", "1", "minute", "0"],
        ["up", "to", "10", "minutes", "0"],
        ["up", "to", "1", "hour", "1", "█" * 30],
        ["up", "to", "1", "day", "0"],
        ["more", "0"],
    ]
    assert "on average 6.69 minutes, at worst 20 minutes" in screen
    assert [line.split() for line in screen.splitlines() if line.startswith("fake")] == [
        ["fake", "refused", "1"],
        ["fake", "shown", "3"],
    ]


def test_a_snoozed_reminder_is_not_late(remind: Remind) -> None:
    remind.out("add call bob 10am")
    remind.clock.set("2026-11-24 10:00")
    ring(remind, FakeChannel(remind.clock))
    remind.out("snooze 1 2h")
    remind.clock.advance(hours=2)
    ring(remind, FakeChannel(remind.clock))
    told = json.loads(remind.out("stats --delivery --json"))["delivery"]
    assert (told["lateness_worst_seconds"], told["retries"], told["may_be_double"]) == (0, 0, 0)


def test_programs_get_every_number(remind: Remind) -> None:
    used(remind)
    told = json.loads(remind.out("stats --delivery --json"))["delivery"]
    assert told == {
        "deliveries": {"delivered": 3, "scheduled": 1},
        "tries": [
            {"channel": "fake", "result": "refused", "count": 1},
            {"channel": "fake", "result": "shown", "count": 3},
        ],
        "retries": 2,
        "given_up": 0,
        "cut_off": 1,
        "may_be_double": 1,
        "lateness": [
            {"within_seconds": bound, "count": count}
            for bound, count in zip([0.1, 1, 5, 60, 600, 3600, 86400, None], [1, 0, 1, 0, 0, 1, 0, 0], strict=True)
        ],
        "lateness_mean_seconds": 1205 / 3,
        "lateness_worst_seconds": 1200,
    }


def test_a_pipe_gets_a_line_a_number(remind: Remind) -> None:
    used(remind)
    lines = rows(remind.out("stats --delivery"))
    assert ["deliveries", "delivered", "", "3"] in lines
    assert ["tries", "fake", "shown", "3"] in lines
    assert ["delivery", "cut_off", "", "1"] in lines
    assert ["late_by_seconds", "3600", "", "1"] in lines


def test_an_empty_store_says_so(remind: Remind) -> None:
    assert remind.screen("stats --delivery") == "Nothing was planned to be told yet."
    assert remind.out("stats --delivery --json")
