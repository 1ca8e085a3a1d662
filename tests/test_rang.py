"""What a shell's prompt tells: each ring once, and nothing that could break a prompt."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli import rang
from remindcli.core.rule import Rule
from remindcli.daemon.engine import Engine
from remindcli.store import rung, schema
from remindcli.store.asked import NewTask
from remindcli.store.store import Store


@pytest.fixture
def rings(store: Store, engine: Engine, clock: FakeClock) -> None:
    """Have a task ring now."""
    store.add(NewTask("call bob", Rule(datetime(2026, 11, 2, 13), "UTC"), nag_after=timedelta(minutes=5)))
    clock.set("2026-11-02 13:00")
    engine.tick()


def told(store: Store) -> list[str]:
    """Return what a prompt tells now, without the hour, which is of the machine's zone."""
    return [line.split("  ", 1)[1] for line in rang.lines(str(store.path))]


@pytest.mark.usefixtures("rings")
def test_a_ring_is_told_once_however_often_it_nags_and_anew_after_a_snooze(
    store: Store, engine: Engine, clock: FakeClock
) -> None:
    assert told(store) == ["call bob  (remind done 1)"]
    assert told(store) == []
    clock.advance(minutes=5)
    engine.tick()
    assert told(store) == []
    store.snooze([1], clock.now() + timedelta(hours=1))
    assert told(store) == []
    clock.advance(hours=1)
    engine.tick()
    assert told(store) == ["call bob  (remind done 1)"]


@pytest.mark.usefixtures("rings")
def test_what_is_answered_is_not_told(store: Store) -> None:
    store.complete([1])
    assert told(store) == []


def test_what_no_channel_could_tell_is_told_here(
    store: Store, engine: Engine, clock: FakeClock, channel: FakeChannel
) -> None:
    channel.is_absent()
    store.add(NewTask("call bob", Rule(datetime(2026, 11, 2, 13), "UTC")))
    clock.set("2026-11-02 13:00")
    engine.tick()
    assert told(store) == ["call bob  (remind done 1)"]
    channel.works()
    clock.advance(minutes=1)
    engine.tick()
    assert told(store) == []


def test_a_title_can_do_nothing_to_a_prompt_and_many_are_a_number(
    store: Store, engine: Engine, clock: FakeClock
) -> None:
    evil = "\x1b[31m`id`$(id)\nred\u202e %s \\[ !! " + "x" * 300
    for number in range(8):
        store.add(NewTask(evil, Rule(datetime(2026, 11, 2, 13, number), "UTC")))
    clock.set("2026-11-02 13:30")
    engine.tick()
    lines = rang.lines(str(store.path))
    assert lines[-1] == "remind: and 3 more: remind list is:ringing"
    assert len(lines) == 6
    assert all(line.isprintable() and len(line) < 120 for line in lines)


@pytest.mark.usefixtures("rings")
def test_where_it_cant_be_noted_nothing_is_told(store: Store) -> None:
    Path(rang.seen_file(str(store.path))).mkdir()
    assert rang.lines(str(store.path)) == []


def test_what_is_no_store_is_nothing_to_tell(tmp_path: Path) -> None:
    for name, content in (("none", None), ("empty", b""), ("text", b"no store"), ("a?b#c%d", b"")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        assert rang.lines(str(tmp_path / name)) == []
        assert (tmp_path / name).exists() == (content is not None)


def test_it_knows_a_store_as_the_schema_does() -> None:
    assert rung._APPLICATION_ID == schema.APPLICATION_ID
