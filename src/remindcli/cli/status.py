"""Where things stand, for prompts and scripts: status."""

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer

from remindcli import __version__
from remindcli.cli import asked
from remindcli.cli.app import Command, app
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus
from remindcli.prompt import marks

if TYPE_CHECKING:
    from remindcli.core.filters import Condition
    from remindcli.store.reading import Item

_TITLE_IN_STATUS = 40


class _Standing(NamedTuple):
    """How things stand.

    Attributes:
        ringing: ids of tasks, as overdue and nagging are.
        failed: how many reminders were given up.
        kept: how many are kept back by quiet hours.
        held: how many wait for a channel to be there.
        coming: what rings next, and when.
    """

    now: datetime
    zone: ZoneInfo
    ringing: Sequence[int]
    overdue: Sequence[int]
    nagging: Sequence[int]
    failed: int
    kept: int
    held: int
    quiet_until: datetime | None
    coming: "tuple[Item, datetime] | None"


@app.command(cls=Command)
def status(
    ctx: typer.Context,
    *,
    is_prompt: Annotated[
        bool, typer.Option("--prompt", help="A few characters for a prompt; empty if all is well.")
    ] = False,
    is_quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing: the exit status tells.")] = False,
    is_json: asked.Json = False,
) -> int:
    """remind status --prompt

    Tell in one line what rings, what is overdue and what comes next. Exit 5 if no daemon runs.
    """
    session = asked.begin(ctx, is_json=is_json)
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    store = session.store  # caught up: what a look by itself leaves to this command is done
    is_up = is_running(store.path)
    if session.out.is_json:
        session.out.json(_record(_look(session), is_up=is_up))
    elif is_prompt and not is_quiet:
        words = _marks(session, is_up=is_up)
        if words:
            session.out.line(words)
    elif not is_quiet:
        session.out.line(", ".join(_words(_look(session), is_up=is_up)))
    return ExitStatus.OK if is_up else ExitStatus.NO_DAEMON


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    from remindcli.core import recurrence  # noqa: PLC0415

    return recurrence.start_of_day(now.astimezone(zone).date(), zone)


def _marks(session: Session, *, is_up: bool) -> str:
    """Return what a prompt shows; "" if all is well."""
    from remindcli.store.instants import to_ms  # noqa: PLC0415
    from remindcli.store.standing import standing  # noqa: PLC0415

    now, zone = session.now_and_zone()
    found = standing(os.fspath(session.store.path), now_ms=to_ms(now), today_ms=to_ms(_midnight(now, zone)))
    return marks(found[0], has_failed=found[1], is_up=is_up) if found else ""


def _look(session: Session) -> _Standing:
    """Return how things stand, and close the store."""
    from remindcli.core.filters import Both, Filter, IsOverdue, Stands  # noqa: PLC0415
    from remindcli.core.quiet import quiet_at  # noqa: PLC0415
    from remindcli.core.task import TaskState  # noqa: PLC0415

    now, zone = session.now_and_zone()
    store = session.store

    def having(condition: "Condition") -> tuple[int, ...]:
        return store.select(Filter(condition, (TaskState.ACTIVE,))).ids

    rings = Stands("ringing")
    quiet = quiet_at(now, session.settings.by_day("quiet_hours"), zone)
    found = _Standing(
        now=now,
        zone=zone,
        ringing=having(rings),
        overdue=having(IsOverdue(now, _midnight(now, zone))),
        nagging=having(Both((rings, Stands("nagging")))),
        failed=store.letters.count(),
        kept=store.keeping.kept(),
        held=store.queue.counts().get("held", 0),
        quiet_until=quiet.ends_at if quiet else None,
        coming=store.next_to_ring(),
    )
    session.close()
    return found


def _record(found: _Standing, *, is_up: bool) -> dict[str, object]:
    """Return how things stand, as programs read it."""
    from remindcli.cli import records  # noqa: PLC0415

    coming = None
    if found.coming is not None:
        item, rings_at = found.coming
        coming = records.record(item, now=found.now, zone=found.zone) | {"rings_at": records.iso(rings_at, found.zone)}
    return {
        "ringing": list(found.ringing),
        "overdue": list(found.overdue),
        "failed": found.failed,
        "nagging": list(found.nagging),
        "kept": found.kept,
        "held": found.held,
        "quiet_until": records.iso(found.quiet_until, found.zone),
        "next": coming,
        "is_daemon_running": is_up,
        "version": __version__,
    }


def _words(found: _Standing, *, is_up: bool) -> Iterator[str]:
    """Yield the parts of the line that people read."""
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = found.now, found.zone
    yield f"{len(found.ringing)} ringing"
    yield f"{len(found.overdue)} overdue"
    if found.nagging:
        yield f"{len(found.nagging)} nagging"
    if found.failed:
        yield f"{found.failed} given up"
    if found.quiet_until is not None:
        yield f"quiet until {records.moment_words(found.quiet_until, is_all_day=False, now=now, zone=zone)}"
    if found.kept:
        yield f"{found.kept} kept back"
    if found.held:
        yield f"{found.held} held until a channel is there: remind doctor"
    if found.coming is not None:
        item, rings_at = found.coming
        at = records.next_words(rings_at, is_all_day=False, now=now, zone=zone)
        yield f"next {shown(item.task.title, _TITLE_IN_STATUS)} {at}"
    yield "daemon running" if is_up else "no daemon: remind daemon start"
