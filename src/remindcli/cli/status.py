"""Where things stand, for prompts, scripts and monitors: status, metrics."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remindcli import __version__
from remindcli.cli import asked
from remindcli.cli.app import Command, app, session_of
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus, RemindError
from remindcli.prompt import marks

if TYPE_CHECKING:
    from remindcli.core.filters import Condition
    from remindcli.store.measures import Measures
    from remindcli.store.reading import Item

_TITLE_IN_STATUS = 40


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
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core import recurrence  # noqa: PLC0415
    from remindcli.core.filters import Both, Filter, IsOverdue, Stands  # noqa: PLC0415
    from remindcli.core.quiet import quiet_at  # noqa: PLC0415
    from remindcli.core.task import TaskState  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415
    from remindcli.store.instants import to_ms  # noqa: PLC0415
    from remindcli.store.standing import standing  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    store = session.store  # caught up: what a look by itself leaves to this command is done
    today = recurrence.resolve(datetime.combine(now.astimezone(zone).date(), time()), zone)
    rings, late = Stands("ringing"), IsOverdue(now, today)

    def having(condition: "Condition") -> tuple[int, ...]:
        return store.select(Filter(condition, (TaskState.ACTIVE,))).ids

    is_up = is_running(store.path)
    exit_status = ExitStatus.OK if is_up else ExitStatus.NO_DAEMON
    if is_quiet and not session.out.is_json:
        return exit_status
    if is_prompt and not session.out.is_json:
        found = standing(os.fspath(store.path), now_ms=to_ms(now), today_ms=to_ms(today))
        words = marks(found[0], has_failed=found[1], is_up=is_up) if found else ""
        if words:
            session.out.line(words)
        return exit_status
    failed = store.letters.count()
    ringing, overdue, nagging = having(rings), having(late), having(Both((rings, Stands("nagging"))))
    kept = store.keeping.kept()
    quiet = quiet_at(now, session.settings.by_day("quiet_hours"), zone)
    coming = store.next_to_ring()
    session.close()
    if session.out.is_json:
        session.out.data(
            {
                "ringing": list(ringing),
                "overdue": list(overdue),
                "failed": failed,
                "nagging": list(nagging),
                "kept": kept,
                "quiet_until": records.iso(quiet.ends_at, zone) if quiet else None,
                "next": _next(coming, now, zone),
                "is_daemon_running": is_up,
                "version": __version__,
            }
        )
        return exit_status
    parts = [f"{len(ringing)} ringing", f"{len(overdue)} overdue"]
    parts += [f"{len(nagging)} nagging"] * bool(nagging) + [f"{failed} given up"] * bool(failed)
    if quiet is not None:
        parts.append(f"quiet until {records.moment_words(quiet.ends_at, is_all_day=False, now=now, zone=zone)}")
    parts += [f"{kept} kept back"] * bool(kept)
    if coming is not None:
        item, rings_at = coming
        at = records.next_words(rings_at, is_all_day=False, now=now, zone=zone)
        parts.append(f"next {shown(item.task.title, _TITLE_IN_STATUS)} {at}")
    parts.append("daemon running" if is_up else "no daemon: remind daemon start")
    session.out.line(", ".join(parts))
    return exit_status


@app.command(cls=Command)
def metrics(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Option("--metrics-file", metavar="FILE", help="Write there at once, for a textfile collector."),
    ] = None,
) -> None:
    """remind metrics

    Print counters and how late reminders were in the Prometheus text format.
    """
    session = session_of(ctx)
    text = "".join(f"{line}\n" for line in _exposition(session))
    if file is None:
        session.out.line(text.rstrip("\n"))
        return
    target = session.environment.cwd / file
    fresh = target.with_name(f".{target.name}.new")
    try:
        # whole or not at all: a collector may read at any moment
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        raise RemindError(f"can't write {target}", why=str(error)) from error


def _exposition(session: Session) -> Iterator[str]:
    """Yield the lines of the Prometheus text format, version 0.0.4."""
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    store = session.store
    measures, beat, is_up = store.measures(), store.queue.heartbeat(), is_running(store.path)
    now = session.environment.clock.now()
    yield from _metric("remind_daemon_up", "gauge", "Whether the daemon runs.", {"": int(is_up)})
    if beat.heartbeat_at is not None:
        age = round((now - beat.heartbeat_at).total_seconds(), 3)
        yield from _metric("remind_heartbeat_age_seconds", "gauge", "Since the daemon said that it lives.", {"": age})
    yield from _metric("remind_tasks", "gauge", "Tasks by state.", _labelled("state", measures.tasks))
    yield from _metric(
        "remind_deliveries", "gauge", "Deliveries in the queue by status.", _labelled("status", measures.deliveries)
    )
    tries = {
        f'{{channel="{_label(channel)}",result="{result}"}}': count
        for (channel, result), count in measures.tries.items()
    }
    yield from _metric("remind_tries_total", "counter", "Tries at a channel by result.", tries)
    yield from _lateness(measures)


def _lateness(measures: "Measures") -> Iterator[str]:
    name = "remind_delivery_lateness_seconds"
    values: dict[str, float] = {
        f'_bucket{{le="{bound / timedelta(seconds=1):g}"}}': count for bound, count in measures.lateness.items()
    }
    values['_bucket{le="+Inf"}'] = measures.lateness_count
    values["_sum"] = measures.lateness_sum / timedelta(seconds=1)
    values["_count"] = measures.lateness_count
    yield from _metric(name, "histogram", "How late reminders were told.", values)


def _metric(name: str, kind: str, what: str, values: Mapping[str, float]) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} {kind}"
    for label, value in values.items():
        yield f"{name}{label} {value:g}"


def _labelled(label: str, counts: Mapping[str, int]) -> dict[str, int]:
    return {f'{{{label}="{name}"}}': count for name, count in sorted(counts.items())}


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _next(coming: "tuple[Item, datetime] | None", now: datetime, zone: ZoneInfo) -> dict[str, object] | None:
    """Return what rings next as programs read it: the task, and when it rings."""
    from remindcli.cli import records  # noqa: PLC0415

    if coming is None:
        return None
    item, rings_at = coming
    return records.record(item, now=now, zone=zone) | {"rings_at": records.iso(rings_at, zone)}
