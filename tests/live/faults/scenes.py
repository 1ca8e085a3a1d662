"""What is broken at every call: the commands that change a store, and the step of the engine that tells and spawns."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.conftest import FakeChannel, FakeClock
from tests.live.faults.lab import NOON, Dump, Lab, Step, dump

from remindcli.core.rule import Rule
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

LATER = NOON + timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Scene:
    """A store as it is before, and what is then run.

    Attributes:
        is_new: there is no store yet.
        before: done to the store first.
    """

    step: Step
    is_new: bool = False
    before: Callable[[Store], object] = lambda _store: None


def _command(line: str, now: datetime = NOON) -> Step:
    return Step(tuple(line.split()), now)


def _done(store: Store) -> None:
    store.complete([2])


COMMANDS = {
    "the first add": Scene(_command("add buy bread daily 9am +shop"), is_new=True),
    "add": Scene(_command("add buy bread daily 9am +shop")),
    "done": Scene(_command("done 1")),
    "done after three days away": Scene(_command("done 1", LATER)),
    "snooze": Scene(_command("snooze 1 20m")),
    "undo": Scene(_command("undo"), before=_done),
}
TICK = Scene(Step(None))


def make(scene: Scene, path: Path) -> None:
    """Write the store of a scene: at noon a daily task has rung, one is due, two come later, one has no time."""
    clock = FakeClock(NOON - timedelta(hours=5))
    store = Store(path, clock)

    def rule(hour: int, **more: str) -> Rule:
        return Rule(datetime(2026, 11, 2, hour), "UTC", **more)

    store.add(NewTask("stretch", rule(9, rrule="FREQ=DAILY")))
    store.add(NewTask("call bob", rule(18), tags=("home",)))
    store.add(NewTask("rent", rule(17, rrule="FREQ=MONTHLY")))
    store.add(NewTask("read"))
    store.add(NewTask("tea", rule(12, rrule="FREQ=DAILY")))
    clock.set(NOON - timedelta(hours=3))
    Engine(store, {"fake": FakeChannel(clock)}, clock, order=("fake",), owner="before", workers=1).tick()
    clock.set(NOON - timedelta(hours=1))
    scene.before(store)
    store.close()


def stages(lab: Lab, scene: Scene, db: Path | None) -> list[Dump | None]:
    """Return what a store may hold during and after a scene's command: before, caught up with, changed."""
    with lab.store(db) as path:
        found: list[Dump | None] = [dump(path) if db else None]
        if db is None:
            path.parent.mkdir()
        for step in (replace(scene.step, argv=("list",)), scene.step):
            ran = lab.run(path, step)
            assert ran.status == 0, ran.err
            found.append(dump(path))
    assert found[0] != found[-1]
    return found
