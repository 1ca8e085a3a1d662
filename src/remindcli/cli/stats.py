"""What a store counts: stats."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.output import Column, Output
from remindcli.cli.session import Session
from remindcli.cli.views import Filters
from remindcli.errors import UsageError

if TYPE_CHECKING:
    from remindcli.store.measures import Measures

_BAR = 30
"""The longest bar of a histogram, in letters."""

_PARTS = ("part", "name", "result", "count")
_LATENESS = (Column("within", "late by"), Column("count", "told"), Column("bar", "", rank=1))
_TRIES = (Column("channel", "channel"), Column("result", "result"), Column("count", "tries"))


@app.command(cls=FilterCommand)
def stats(
    ctx: typer.Context,
    words: Filters = None,
    *,
    is_delivery: Annotated[
        bool, typer.Option("--delivery", help="Only how reminders were told: how late, where, how often.")
    ] = False,
    is_json: asked.Json = False,
) -> None:
    """remind stats

    Count what you did: on time or late, in a row, on which days of the year, what is put off again and again. With
    --delivery what was told: how late, on which channels, what had to be tried again, what was given up.
    """
    session = asked.begin(ctx, is_json=is_json)
    if not is_delivery:
        from remindcli.cli import habits  # noqa: PLC0415

        told = habits.gather(session, words or [])
        if session.out.is_json:
            session.out.json(habits.record(told))
        elif session.out.is_for_people:
            habits.show(session, told)
        else:
            session.out.records(habits.lines(told), habits.FIELDS)
        return
    if words:
        raise UsageError("--delivery counts all tasks", hint="leave the filter out")
    measures = session.store.measures()
    if session.out.is_json:
        session.out.json({"delivery": _delivery_record(measures)})
    elif session.out.is_for_people:
        _show_delivery(session, measures)
    else:
        session.out.records(list(_delivery_lines(measures)), _PARTS)


def _delivery_record(measures: "Measures") -> dict[str, object]:
    count = measures.lateness_count
    return {
        "deliveries": dict(measures.deliveries),
        "tries": [
            {"channel": channel, "result": result, "count": tried}
            for (channel, result), tried in sorted(measures.tries.items())
        ],
        "retries": measures.retries,
        "given_up": measures.deliveries.get("discarded", 0),
        "cut_off": measures.cut_off,
        "may_be_double": measures.may_be_double,
        "lateness": [
            {"within_seconds": None if bound is None else bound / timedelta(seconds=1), "count": told}
            for bound, told in _histogram(measures)
        ],
        "lateness_mean_seconds": measures.lateness_sum / timedelta(seconds=1) / count if count else None,
        "lateness_worst_seconds": measures.lateness_worst / timedelta(seconds=1) if count else None,
    }


def _delivery_lines(measures: "Measures") -> Iterator[Mapping[str, object]]:
    """Yield one record for each number: the part, the name, the result where there is one, the count."""
    for status, count in sorted(measures.deliveries.items()):
        yield {"part": "deliveries", "name": status, "count": count}
    for (channel, result), count in sorted(measures.tries.items()):
        yield {"part": "tries", "name": channel, "result": result, "count": count}
    for name in ("retries", "cut_off", "may_be_double"):
        yield {"part": "delivery", "name": name, "count": getattr(measures, name)}
    for bound, count in _histogram(measures):
        name = "more" if bound is None else f"{bound / timedelta(seconds=1):g}"
        yield {"part": "late_by_seconds", "name": name, "count": count}


def _show_delivery(session: Session, measures: "Measures") -> None:
    out, counts = session.out, measures.deliveries
    if not counts:
        out.line("Nothing was planned to be told yet.")
        return
    waiting = sum(counts.get(status, 0) for status in ("scheduled", "executing", "retryable", "held"))
    given_up = counts.get("discarded", 0)
    out.line(
        f"{counts.get('delivered', 0)} told, {waiting} waiting, {given_up} given up"
        + ": remind failed" * bool(given_up)
    )
    out.line(
        f"{measures.retries} tried again, {measures.cut_off} cut off by the end of a daemon,"
        f" {measures.may_be_double} that may have come twice"
    )
    if measures.lateness_count:
        out.line()
        _show_lateness(out, measures, is_utf8=out.has_blocks)
    if measures.tries:
        out.line()
        out.tables(
            _TRIES,
            {
                "": [
                    {"channel": channel, "result": result, "count": f"{count}"}
                    for (channel, result), count in sorted(measures.tries.items())
                ]
            },
        )


def _show_lateness(out: Output, measures: "Measures", *, is_utf8: bool) -> None:
    histogram = list(_histogram(measures))
    most = max(count for _, count in histogram)
    rows = [
        {"within": _bound_words(bound), "count": f"{count}", "bar": _bar(count, most, is_utf8=is_utf8)}
        for bound, count in histogram
    ]
    out.tables(_LATENESS, {"": rows})
    mean = measures.lateness_sum / measures.lateness_count
    out.line(f"on average {_span_words(mean)}, at worst {_span_words(measures.lateness_worst)}")


def _histogram(measures: "Measures") -> Iterator[tuple[timedelta | None, int]]:
    """Yield how many were told within each bound and above the one before it; None has no bound."""
    below = 0
    for bound, upto in measures.lateness.items():
        yield bound, upto - below
        below = upto
    yield None, measures.lateness_count - below


def _bar(count: int, most: int, *, is_utf8: bool) -> str:
    """Return a bar for a count; what is there at all has some."""
    length = -(-count * _BAR // most)
    return ("█" if is_utf8 else "#") * length


def _bound_words(bound: timedelta | None) -> str:
    return "more" if bound is None else f"up to {_span_words(bound)}"


def _span_words(span: timedelta) -> str:
    seconds = span / timedelta(seconds=1)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds / size
            return f"{count:.3g} {name}" + "s" * (f"{count:.3g}" != "1")
    return f"{seconds:.2g} s"
