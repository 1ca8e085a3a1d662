"""What did not reach the user: said in the next command, listed, tried again, laid aside, explained."""

import json

import pytest
from tests.cli.conftest import Remind, rows
from tests.conftest import FakeChannel

from remindcli.core.decide import USUAL
from remindcli.daemon.engine import Engine
from remindcli.store.store import Store


@pytest.fixture
def channel(remind: Remind) -> FakeChannel:
    """Return the only channel that there is."""
    return FakeChannel(remind.clock)


def ring(remind: Remind, channel: FakeChannel) -> None:
    """Let the engine do what is due now."""
    store = Store(remind.db, remind.clock)
    try:
        Engine(store, {"fake": channel}, remind.clock, order=["fake"], owner="test", workers=1).tick()
    finally:
        store.close()


def give_up(remind: Remind, channel: FakeChannel) -> None:
    """Let all attempts at one reminder fail."""
    remind.out("add call bob 10am")
    remind.clock.set("2026-11-24 10:00")
    channel.refuses()
    for _ in range(USUAL.attempts):
        ring(remind, channel)
        remind.clock.advance(minutes=11)
    channel.works()


def test_a_reminder_that_was_given_up_is_said_in_the_next_command(remind: Remind, channel: FakeChannel) -> None:
    give_up(remind, channel)
    assert "warning: a reminder was given up, unheard: remind failed" in remind("list").err
    assert "given up" not in remind("failed").err, "that is what it lists"
    assert rows(remind.out("failed")) == [
        ["1", "2026-11-24T10:00:00+01:00", "call bob", str(USUAL.attempts), "it said no"]
    ]
    assert remind.out("failed list") == remind.out("failed")
    assert rows(remind.out("list"))[0][2] == "failed"


def test_it_is_tried_again_from_the_beginning(remind: Remind, channel: FakeChannel) -> None:
    give_up(remind, channel)
    assert remind.screen("failed retry bob") == "1  call bob  is tried again"
    ring(remind, channel)
    assert [told.title for told in channel.told] == ["call bob"]
    assert remind.screen("failed") == "Nothing was given up."


def test_it_is_laid_aside_and_undo_brings_it_back(remind: Remind, channel: FakeChannel) -> None:
    give_up(remind, channel)
    remind.out("failed drop --all")
    assert remind.out("failed") == ""
    assert rows(remind.out("list"))[0][3] == "call bob", "the task stays open"
    assert remind.screen("undo") == 'undone: drop 1 "call bob"'
    assert len(rows(remind.out("failed"))) == 1


def test_what_was_not_given_up_cannot_be_tried_again(remind: Remind) -> None:
    remind.out("add call bob tomorrow")
    for line, status in (("failed retry 1", 3), ("failed drop 1", 3), ("failed retry", 2), ("failed retry 9", 3)):
        said = remind(line)
        assert (said.status, said.out) == (status, ""), line
    assert remind("undo").status == 0, "the refusal was no step"
    assert remind.out("list") == ""


def test_why_tells_the_story_of_a_reminder(remind: Remind, channel: FakeChannel) -> None:
    remind.out("add call bob 10am")
    assert remind.screen("why bob") == (
        "1  call bob\n  planned Tue 24 Nov 10:00, at its time\n    rings Tue 24 Nov 10:00 (in 1 hour)"
    )
    remind.clock.set("2026-11-24 10:00")
    channel.refuses(1)
    ring(remind, channel)
    remind.clock.advance(seconds=6)
    ring(remind, channel)
    assert (
        remind.screen("why 1")
        == """\
1  call bob
  planned Tue 24 Nov 10:00, at its time
    Tue 24 Nov 10:00:00  refused on fake: it said no
    Tue 24 Nov 10:00:06  shown on fake
    told on fake, 6 seconds late"""
    )
    told = json.loads(remind.out("why 1 --json"))[0]
    assert (told["status"], [one["result"] for one in told["tries"]]) == ("delivered", ["refused", "shown"])


def test_why_says_that_nothing_was_planned(remind: Remind) -> None:
    remind.out("add read a book")
    assert remind.screen("why 1").endswith("nothing was planned to be told: it has no time")
