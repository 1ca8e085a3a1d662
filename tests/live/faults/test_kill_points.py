"""Killed at any system call that touches the store: it holds what was before, or what was to be, and all goes on."""

from collections import Counter
from pathlib import Path

import pytest
from tests.conftest import FakeChannel, FakeClock
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import LOCKING, NAMING, NOON, WRITING, Call, Lab, Step, dump, sample
from tests.live.faults.scenes import COMMANDS, TICK, make, stages

from remindcli.core.task import DeliveryState
from remindcli.daemon.engine import Engine
from remindcli.store.store import Store

NAMES = (*WRITING, *NAMING, *LOCKING)
KILL = "signal=SIGKILL"
NEXT = Step(("add", "afterwards", "tomorrow", "9am"))
MOST_IN_SHORT = 20


@pytest.mark.parametrize("name", COMMANDS)
def test_a_killed_command_has_changed_all_or_nothing(name: str, lab: Lab, tell: Tell) -> None:
    scene, source = COMMANDS[name], None
    with lab.store() as made:
        if not scene.is_new:
            made.parent.mkdir()
            make(scene, made)
            source = made
        allowed = stages(lab, scene, source)
        with lab.store(source) as db:
            _, calls = lab.calls(db, scene.step, NAMES)
        tried = sample(calls, MOST_IN_SHORT)
        for call in tried:
            with lab.store(source) as db:
                ran = lab.break_at(db, scene.step, call, KILL, NAMES)
                assert ran.is_killed, f"{call} was not reached"
                left = dump(db)
                assert left in allowed, f"half a change after {call}"
                if ran.out:
                    assert left == allowed[-1], f"said and not kept: {call}"
                following = lab.run(db, NEXT)
                assert following.status == 0, f"after {call}: {following.err}"
    tell(f"kill -9 in {name!r}: {len(tried)} of {len(calls)} points")


def test_a_killed_engine_loses_nothing_and_doubles_at_most_what_was_on_its_way(lab: Lab, tell: Tell) -> None:
    with lab.store() as made:
        made.parent.mkdir()
        make(TICK, made)
        calls: list[Call] = []
        for held in ("start", "send"):
            with lab.store(made) as db:
                ran, found = lab.calls(db, TICK.step, NAMES, held=held)
                assert ran.status == 0, ran.err
                expected = _keys(lab, db)
                # with -f the strace of a whole step shows the sending thread too: its own numbers are counted there
                main = found[0].text.split()[0]
                calls += [call for call in found if held == "send" or call.text.split()[0] == main]
        tried = sample(calls, 2 * MOST_IN_SHORT)
        for call in tried:
            with lab.store(made) as db:
                ran = lab.break_at(db, TICK.step, call, KILL, NAMES)
                assert ran.is_killed, f"{call} was not reached"
                dump(db)
                _is_told_after_all(lab, db, expected, call)
    tell(f"kill -9 in a step of the engine: {len(tried)} of {len(calls)} points")


def _keys(lab: Lab, db: Path) -> Counter[str]:
    sent = lab.sent(db)
    return Counter(sent.read_text().split()) if sent.exists() else Counter()


def _is_told_after_all(lab: Lab, db: Path, expected: Counter[str], call: Call) -> None:
    """Start a new engine at once and once the lease is over, and look at what both have told."""
    told = _keys(lab, db)
    clock = FakeClock(NOON)
    store = Store(db, clock)
    channel = FakeChannel(clock)
    engine = Engine(store, {"file": channel}, clock, order=("file",), owner="next", workers=1)
    on_its_way = store.queue.counts().get(DeliveryState.EXECUTING.value, 0)
    assert on_its_way <= 1
    engine.tick()
    clock.advance(minutes=3)
    next_at = engine.tick()
    assert next_at is not None
    assert next_at > clock.now()
    told.update(one.message.key for one in channel.told)
    assert set(told) == set(expected), f"lost, or told without reason: {call}"
    doubled = {key: count for key, count in told.items() if count != expected[key]}
    assert sum(told.values()) - sum(expected.values()) <= on_its_way, f"doubled after {call}: {doubled}"
    assert [item.task.title for item in store.items() if item.task.is_recurring and item.coming is None] == ["rent"]
    store.close()
