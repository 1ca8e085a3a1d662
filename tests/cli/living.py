"""Time that passes with a daemon in it: the engine looks whenever it wants to, and what reaches the user is kept."""

from tests.cli.conftest import Remind
from tests.conftest import FakeChannel, Told

from remindcli.daemon.engine import Engine
from remindcli.store.store import Store


def live_until(remind: Remind, channel: FakeChannel, wall: str, zone: str | None = None) -> list[Told]:
    """Let time pass until a wall time while a daemon runs; return what it told.

    Args:
        zone: where the user is from the end of it on; the wall time is of there.
    """
    began, before = remind.clock.instant, len(channel.told)
    end = remind.clock.set(wall, zone)
    remind.clock.instant = began
    store = Store(remind.db, remind.clock)
    try:
        engine = Engine(store, {"fake": channel}, remind.clock, order=["fake"], owner="test", workers=1)
        while True:
            next_at = engine.tick()
            if remind.clock.instant >= end:
                return channel.told[before:]
            remind.clock.instant = end if next_at is None else min(end, next_at)
    finally:
        store.close()
