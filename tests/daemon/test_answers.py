"""What is answered on a message is done once, and what is stale changes nothing and says so."""

import logging
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Rule
from remindcli.core.task import OccurrenceState
from remindcli.daemon.answers import DISMISSED, Answers
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store


@pytest.fixture
def occurrence_id(store: Store, engine: Engine, clock: FakeClock, channel: FakeChannel) -> int:
    """Return the occurrence of a daily task that has just rung, and nags."""
    rule = Rule(datetime.fromisoformat("2026-11-02 13:00"), "UTC", rrule="FREQ=DAILY")
    store.add(NewTask("water the plants", rule, nag_after=timedelta(minutes=5)))
    clock.advance(hours=1)
    engine.tick()
    (told,) = channel.told
    assert told.message.occurrence_id is not None
    return told.message.occurrence_id


@pytest.fixture
def answers(store: Store, engine: Engine, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> Answers:
    caplog.set_level(logging.INFO, "remindcli.daemon.answers")
    return Answers(store, {}, engine.messages, clock)


def states(store: Store) -> list[str]:
    with store.database.read() as tx:
        return list(tx.connection.exec_driver_sql("SELECT state FROM occurrences ORDER BY id").scalars())


@pytest.mark.parametrize(("choice", "state"), [("done", OccurrenceState.DONE), ("skip", OccurrenceState.SKIPPED)])
def test_a_second_click_changes_nothing_and_says_so(
    answers: Answers,
    store: Store,
    occurrence_id: int,
    caplog: pytest.LogCaptureFixture,
    choice: str,
    state: OccurrenceState,
) -> None:
    answers.take("key", occurrence_id, choice)
    assert states(store) == [state.value, "open"]
    answers.take("key", occurrence_id, choice)
    assert states(store) == [state.value, "open"], "the next occurrence is there once, and open"
    assert caplog.messages == [
        f'{choice} 1 "water the plants", as answered on its notification',
        f"{choice} was answered to what is not open any more",
    ]
    (step,) = store.history(9)[:-1]
    assert step.summary == f'{choice} 1 "water the plants" (on its notification)'
    store.undo()
    assert states(store)[0] == "open"


def test_a_snooze_moves_the_alert_alone_and_is_one_step(
    answers: Answers, store: Store, occurrence_id: int, clock: FakeClock
) -> None:
    due_at = store.item(1).occurrence
    answers.take("key", occurrence_id, "snooze:600")
    assert store.item(1).rings_at == clock.now() + timedelta(minutes=10)
    assert store.item(1).occurrence == due_at
    store.undo()
    assert store.item(1).rings_at == clock.now() + timedelta(minutes=5), "it nags as before"


def test_what_the_user_took_away_nags_no_more_and_stays_open(
    answers: Answers, store: Store, occurrence_id: int, engine: Engine, clock: FakeClock, channel: FakeChannel
) -> None:
    answers.take("key", occurrence_id, DISMISSED)
    clock.advance(minutes=30)
    engine.tick()
    assert len(channel.told) == 1
    assert states(store) == ["open", "open"], "this one, and the next"


@pytest.mark.parametrize(
    "choice", ["", "default", "rm", "snooze", "snooze:", "snooze:x", "snooze:-5", "snooze:99999999999", "done:5"]
)
def test_what_is_no_button_of_ours_does_nothing(
    answers: Answers, store: Store, occurrence_id: int, caplog: pytest.LogCaptureFixture, choice: str
) -> None:
    before = len(store.history(9))
    answers.take("key", occurrence_id, choice)
    assert len(store.history(9)) == before
    assert states(store) == ["open", "open"], "this one, and the next"
    assert "none of its buttons" in caplog.text


def test_an_answer_waits_for_a_store_that_is_busy(
    store: Store, occurrence_id: int, engine: Engine, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    impatient = Store(store.path, clock, busy_seconds=0.05)
    answers = Answers(impatient, {}, engine.messages, clock)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        answers.take("key", occurrence_id, "done")
        answers.tidy()
        assert answers.has_work
        other.execute("ROLLBACK")
    assert states(store)[0] == "open"
    answers.tidy()
    assert not answers.has_work
    assert states(store)[0] == "done"
    assert "done, as answered on a notification, waits: the store" in caplog.text
    impatient.close()


@pytest.mark.parametrize("verb", ["delete", "undo"])
def test_what_is_gone_meanwhile_is_left_so(
    answers: Answers, store: Store, occurrence_id: int, caplog: pytest.LogCaptureFixture, verb: str
) -> None:
    store.delete([1]) if verb == "delete" else store.undo()
    before = states(store)
    answers.take("key", occurrence_id, "done")
    assert states(store) == before
    assert "not open any more" in caplog.text
