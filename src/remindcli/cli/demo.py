"""`remind demo`: the whole journey in a few seconds, in a store of its own."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from remindcli.cli.app import Command, app, session_of
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus

if TYPE_CHECKING:
    from remindcli.store.store import Store

_LONGEST = timedelta(seconds=9)


@app.command(cls=Command)
def demo(ctx: typer.Context) -> int:
    """remind demo

    See it work: two reminders in a store of their own, the real engine, what arrives, and what comes next.
    """
    from remindcli.channels import registry  # noqa: PLC0415
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core.rule import Rule  # noqa: PLC0415
    from remindcli.daemon import serve  # noqa: PLC0415
    from remindcli.store.asked import NewTask  # noqa: PLC0415
    from remindcli.store.store import Store  # noqa: PLC0415

    session = session_of(ctx)
    out, environment = session.out, session.environment
    clock = environment.clock
    zone, begun_at = clock.zone(), clock.now()

    def wall(seconds: int) -> datetime:
        return (begun_at + timedelta(seconds=seconds)).astimezone(zone).replace(tzinfo=None, microsecond=0)

    with tempfile.TemporaryDirectory(prefix="remind-demo-") as folder:
        store = Store(Path(folder, "demo.db"), clock)
        try:
            once = store.add(NewTask("call bob", Rule(wall(2), zone.key)))
            daily = store.add(NewTask("water the plants", Rule(wall(3), zone.key, rrule="FREQ=DAILY")))
            out.line("Two reminders in a store of their own:")
            for item, phrase in ((once, "in 2s"), (daily, "every day, first in 3s")):
                out.line(f"  {records.name(item)}  ({phrase})")
            out.line("The daemon's engine is running; this takes about three seconds ...")
            environment.stdout.flush()

            def is_finished() -> bool:
                rang = [store.item(item.task.id).rang_at for item in (once, daily)]
                return all(rang) or clock.now() - begun_at > _LONGEST

            streams = (environment.stdout,)
            serve.run(
                store, registry.available(streams=streams), clock, order=registry.DEFAULT_ORDER, is_finished=is_finished
            )
            if not is_finished():
                raise KeyboardInterrupt  # the engine ends well on Ctrl-C, and says nothing of it
            return _report(session, store, once.task.id, daily.task.id)
        finally:
            store.close()


def _report(session: Session, store: "Store", once: int, daily: int) -> int:
    """Say what arrived where, and what was spawned; return the exit status."""
    from remindcli.cli import records  # noqa: PLC0415

    out, clock = session.out, session.environment.clock
    now, zone = clock.now(), clock.zone()
    has_arrived = True
    out.line()
    out.line("What arrived:")
    for task_id in (once, daily):
        item = store.item(task_id)
        tries = store.tries(task_id, 5)
        told = next((one for one in tries if one.result.value == "shown"), None)
        if told is None or item.occurrence is None:
            has_arrived = False
            out.line(f"  {records.name(item)}  nothing")
            continue
        assert item.occurrence.due_at is not None
        late = (told.tried_at - item.occurrence.due_at) / timedelta(milliseconds=1)
        out.line(f"  {records.name(item)}  on {told.channel}, {late:.0f} ms after it was due")
        for one in tries:
            if one is not told:
                out.line(f"     not on {one.channel}: {shown(one.error, 100)}")
    item = store.item(daily)
    if item.coming is not None and item.coming.due_at is not None:
        due = records.next_words(item.coming.due_at, is_all_day=False, now=now, zone=zone)
        out.line("What was spawned:")
        out.line(f"  {records.name(item)}  next {due}")
    out.line()
    out.line("Now yours: remind add call bob in 10 minutes && remind daemon start")
    return ExitStatus.OK if has_arrived and item.coming is not None else ExitStatus.FAILED
