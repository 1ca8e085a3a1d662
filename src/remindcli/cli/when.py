"""`remind when PHRASE`: what a phrase would mean, without writing anything."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, app
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus, RemindError, UsageError

if TYPE_CHECKING:
    from remindcli.core.when import Options, When

_LONGEST_LINE = 100_000


@app.command("when", cls=Command)
def when_(
    ctx: typer.Context,
    phrase: Annotated[list[str] | None, typer.Argument(metavar="PHRASE...", show_default=False)] = None,
    count: Annotated[int, typer.Option("-n", "--next", min=1, max=1000, metavar="N", help="Show the next N.")] = 5,
    asked_at: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="As if asked at that time: 2026-12-24T18:00.")
    ] = None,
    tz: Annotated[str | None, typer.Option("--tz", metavar="ZONE", help="As if asked in that zone.")] = None,
    *,
    is_strict_day: Annotated[
        bool, typer.Option("--strict-day", help="The 31st skips short months, as RFC 5545 has it.")
    ] = False,
    reads_stdin: Annotated[
        bool, typer.Option("--stdin", help="Read a phrase a line, and answer each with a line of JSON.")
    ] = False,
    is_json: asked.Json = False,
) -> int:
    """remind when every month on the 31st at 9am

    Show what a phrase means: its reading, its rule, and the next times, with clock changes and short months marked.
    """
    session = asked.begin(ctx, is_json=is_json)
    now, zone = _point_of_view(session, asked_at, tz)
    options = session.options(is_strict_day=is_strict_day)
    if reads_stdin:
        if phrase:
            raise UsageError("a phrase and --stdin exclude each other", hint="leave one of them out")
        for line in iter(lambda: session.environment.stdin.readline(_LONGEST_LINE), ""):
            session.out.row(_answer(line.strip(), count, now=now, zone=zone, options=options))
        return ExitStatus.OK
    if not phrase:
        raise UsageError("which time?", hint="remind when every month on the 31st at 9am")
    from remindcli.core import when  # noqa: PLC0415

    text = " ".join(phrase)
    read = when.parse(text, now=now, zone=zone, options=options)
    if session.out.is_json:
        session.out.json(_record(text, read, count, now=now, zone=zone))
    else:
        _say(session, read, count, now=now, zone=zone)
    return ExitStatus.OK


def _point_of_view(session: Session, asked_at: str | None, tz: str | None) -> tuple[datetime, ZoneInfo]:
    """Return the instant and the zone from which the phrase is read."""
    from remindcli.core import recurrence, when  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), session.zone(tz)
    if asked_at is None:
        return now, zone
    chosen = when.parse(asked_at, now=now, zone=zone)
    planned = recurrence.first(chosen.rule, zone)
    if planned is None or chosen.rule.rrule is not None:
        raise UsageError(f'"{asked_at}" is a rule, not one time', hint="--from 2026-12-24T18:00")
    return planned.at, zone


def _answer(phrase: str, count: int, *, now: datetime, zone: ZoneInfo, options: "Options") -> dict[str, object]:
    """Return the reading of one line, or the error that refuses it."""
    from remindcli.core import when  # noqa: PLC0415

    try:
        return _record(phrase, when.parse(phrase, now=now, zone=zone, options=options), count, now=now, zone=zone)
    except RemindError as error:
        return {
            "phrase": phrase,
            "error": {"code": error.code, "what": error.what, "why": error.why, "hint": error.hint},
        }


def _record(phrase: str, read: "When", count: int, *, now: datetime, zone: ZoneInfo) -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core import explain, recurrence  # noqa: PLC0415
    from remindcli.core.marks import marks  # noqa: PLC0415

    rule = read.rule
    tz = ZoneInfo(rule.zone) if rule.zone else zone
    return {
        "phrase": phrase,
        "words": explain.explain(read, now=now, zone=zone),
        "rrule": rule.rrule,
        "dtstart": rule.dtstart.date().isoformat() if rule.is_all_day else rule.dtstart.isoformat(),
        "zone": rule.zone,
        "is_all_day": rule.is_all_day,
        "repeat": rule.repeat.value,
        "notes": list(read.notes),
        "next": [
            {
                "local": planned.key if rule.is_all_day else records.iso(planned.at, tz),
                "utc": records.iso(planned.at, ZoneInfo("UTC")),
                "marks": list(marks(planned, rule, tz)),
            }
            for planned in recurrence.coming(rule, now, zone, count)
        ],
    }


def _say(session: Session, read: "When", count: int, *, now: datetime, zone: ZoneInfo) -> None:
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core import explain, recurrence  # noqa: PLC0415
    from remindcli.core.marks import marks  # noqa: PLC0415

    rule = read.rule
    tz = ZoneInfo(rule.zone) if rule.zone else zone
    coming = recurrence.coming(rule, now, zone, count)
    if not session.out.is_for_people:
        rows = [
            {
                "local": planned.key if rule.is_all_day else records.iso(planned.at, tz),
                "utc": records.iso(planned.at, ZoneInfo("UTC")),
                "marks": marks(planned, rule, tz),
            }
            for planned in coming
        ]
        session.out.records(rows, ("local", "utc", "marks"))
        for note in read.notes:
            session.out.note(f"note: {note}")
        return
    session.out.line(explain.explain(read, now=now, zone=zone))
    for note in read.notes:
        session.out.line(f"  note   {note}")
    if rule.rrule:
        counted = " (counted from when it was done)" if rule.repeat.value == "completion" else ""
        session.out.line(f"  rule   {rule.rrule}{counted}")
    session.out.line(f"  zone   {rule.zone or f'yours wherever you are (now {zone.key})'}")
    for label, planned in zip(("next", *[""] * count), coming, strict=False):
        due = records.next_words(planned.at, is_all_day=rule.is_all_day, now=now, zone=tz)
        utc = "" if rule.is_all_day else f"  {planned.at:%H:%M} UTC"
        special = "".join(f"  · {mark}" for mark in marks(planned, rule, tz))
        session.out.line(f"  {label:<7}{due}{utc}{special}")
    if not coming:
        session.out.line("  next   never")
