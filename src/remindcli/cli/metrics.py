"""What monitors read: metrics, in the Prometheus text format."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli.app import Command, app, session_of
from remindcli.cli.session import Session
from remindcli.errors import RemindError

if TYPE_CHECKING:
    from remindcli.store.measures import Measures


@app.command(cls=Command)
def metrics(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Option("--metrics-file", metavar="FILE", help="Write there at once, for a textfile collector."),
    ] = None,
) -> None:
    """remind metrics

    Print counters in the Prometheus text format: what was told and was not, and how late.
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
