"""What did not reach the user, and why: failed (list, retry, drop), why ID."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, Group, app
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from remindcli.core.task import Delivery
    from remindcli.store.letters import Letter
    from remindcli.store.reading import Tried

failed = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None, add_completion=False)
app.add_typer(failed, name="failed", cls=Group)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID|TEXT]...", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
_LATEST = 20


@failed.callback()
def list_failed(ctx: typer.Context, *, is_json: asked.Json = False) -> None:
    """remind failed

    List the reminders that were given up: what, why, how often it was tried. With retry or drop: what to do with them.
    """
    if ctx.invoked_subcommand is None:
        _list(ctx, is_json=is_json)


@failed.command("list", cls=Command)
def list_letters(ctx: typer.Context, *, is_json: asked.Json = False) -> None:
    """remind failed list

    List the reminders that were given up, as remind failed does alone.
    """
    _list(ctx, is_json=is_json)


def _list(ctx: typer.Context, *, is_json: bool) -> None:
    session = asked.begin(ctx, is_json=is_json)
    session.tells_losses = True
    letters = session.store.letters.all()
    if session.out.is_for_people and not letters:
        session.out.line("Nothing was given up.")
    _print(session, letters)


@failed.command(cls=Command)
def retry(ctx: typer.Context, selectors: Ids = None, *, takes_all: All = False, is_json: asked.Json = False) -> None:
    """remind failed retry 7

    Try a reminder that was given up again, from the beginning, now.
    """
    session = asked.begin(ctx, is_json=is_json)
    session.tells_losses = True
    letters = session.store.letters.retry(_chosen(session, selectors, "retry", takes_all=takes_all))
    session.actions.look()
    _say(session, letters, "is tried again")


@failed.command(cls=Command)
def drop(ctx: typer.Context, selectors: Ids = None, *, takes_all: All = False, is_json: asked.Json = False) -> None:
    """remind failed drop 7

    Lay a reminder that was given up aside; the task stays open.
    """
    session = asked.begin(ctx, is_json=is_json)
    session.tells_losses = True
    letters = session.store.letters.drop(_chosen(session, selectors, "drop", takes_all=takes_all))
    _say(session, letters, "laid aside; the task stays open")


@app.command(cls=Command)
def why(
    ctx: typer.Context,
    selector: Annotated[str | None, typer.Argument(metavar="[ID|TEXT]", show_default=False)] = None,
    *,
    is_json: asked.Json = False,
) -> None:
    """remind why 7

    Tell why a reminder rang, or did not: planned, told, how late, on which channel, with what result.
    """
    session = asked.begin(ctx, is_json=is_json)
    task_id = asked.one_task(session, selector, "why")
    item = session.store.item(task_id)
    deliveries = session.store.deliveries(task_id, _LATEST)
    tries = session.store.tries(task_id, 5 * _LATEST)
    now, zone = session.now_and_zone()
    from remindcli.cli import records  # noqa: PLC0415

    if not session.out.is_for_people:
        rows = [_delivery_record(one, tries, zone) for one in deliveries]
        session.out.listed(rows, ("due", "status", "attempt", "channel", "delivered_at", "error"))
        return
    session.out.line(records.name(item))
    if not deliveries:
        session.out.line(
            "  nothing was planned to be told: " + ("it has no time" if item.task.rule is None else "no alert")
        )
    for one in deliveries:
        session.out.line(f"  {_plan_words(one, now, zone)}")
        for tried in _tries_of(one, tries):
            at = tried.tried_at.astimezone(zone)
            error = f": {shown(tried.error, 160)}" if tried.error else ""
            session.out.line(f"    {at:%a %d %b %H:%M:%S}  {tried.result.value} on {tried.channel}{error}")
        session.out.line(f"    {_outcome_words(one, now, zone)}")


def _chosen(session: Session, selectors: Sequence[str] | None, verb: str, *, takes_all: bool) -> list[int] | None:
    """Return the ids that were named, or None for all."""
    if takes_all:
        return None
    if not selectors:
        raise UsageError("which one?", hint=f"remind failed {verb} 7, or remind failed {verb} --all")
    return asked.tasks_meant(session, selectors, f"failed {verb}", is_sure=True)


def _say(session: Session, letters: Sequence["Letter"], what: str) -> None:
    if not letters:
        raise NotFoundError("nothing of that was given up", hint="remind failed lists what was")
    if session.out.is_for_people:
        for letter in letters:
            session.out.line(f"{letter.task.id}  {shown(letter.task.title)}  {what}")
    else:
        _print(session, letters)


def _print(session: Session, letters: Sequence["Letter"]) -> None:
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.cli.output import Column  # noqa: PLC0415

    now, zone = session.now_and_zone()
    rows = [
        {
            "id": letter.task.id,
            "due": records.iso_due(letter.occurrence, zone),
            "title": letter.task.title,
            "attempts": letter.delivery.attempt,
            "error": letter.delivery.last_error,
            "given_up_at": records.iso(letter.delivery.execute_at, zone),
        }
        for letter in letters
    ]
    if not session.out.is_for_people:
        session.out.listed(rows, ("id", "due", "title", "attempts", "error"))
    elif rows:
        columns = (
            Column("id", "id"),
            Column("due", "due", rank=1),
            Column("title", "task", is_wide=True),
            Column("attempts", "tries", rank=2),
            Column("error", "why", is_wide=True),
        )
        words = [
            {
                **{key: str(value or "") for key, value in row.items()},
                "due": records.due_words(letter.occurrence, now=now, zone=zone),
            }
            for row, letter in zip(rows, letters, strict=True)
        ]
        session.out.tables(columns, {"": words})


def _tries_of(delivery: "Delivery", tries: Sequence["Tried"]) -> list["Tried"]:
    """Return the tries at one delivery, the earliest first."""
    mine = [one for one in tries if one.occurrence_id == delivery.occurrence_id and one.alert == delivery.alert]
    return mine[::-1]


def _delivery_record(delivery: "Delivery", tries: Sequence["Tried"], zone: ZoneInfo) -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415

    return {
        "due": records.iso(delivery.due_at, zone),
        "status": delivery.status.value,
        "attempt": delivery.attempt,
        "channel": delivery.channel,
        "execute_at": records.iso(delivery.execute_at, zone),
        "delivered_at": records.iso(delivery.delivered_at, zone),
        "error": delivery.last_error,
        "waits_for": delivery.waits_for or None,
        "nagged": delivery.nagged,
        "tries": [
            {
                "at": records.iso(one.tried_at, zone),
                "number": one.number,
                "channel": one.channel,
                "result": one.result.value,
                "error": one.error,
            }
            for one in _tries_of(delivery, tries)
        ],
    }


def _plan_words(delivery: "Delivery", now: datetime, zone: ZoneInfo) -> str:
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core import telling  # noqa: PLC0415

    alert = "at its time"
    if delivery.alert < timedelta(0):
        alert = f"{telling.span(-delivery.alert)} before it is due"
    at = records.moment_words(delivery.due_at, is_all_day=False, now=now, zone=zone)
    return f"planned {at}, {alert}"


def _outcome_words(delivery: "Delivery", now: datetime, zone: ZoneInfo) -> str:
    """Return what became of a delivery, in plain words."""
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.core.task import DeliveryState  # noqa: PLC0415

    next_try = records.next_words(delivery.execute_at, is_all_day=False, now=now, zone=zone)
    match delivery.status:
        case DeliveryState.DELIVERED:
            return f"told on {delivery.channel}, {_lateness_words(delivery)}"
        case DeliveryState.SCHEDULED if delivery.waits_for:
            return f"waits: {shown(delivery.waits_for, 160)}; looked at again {next_try}"
        case DeliveryState.SCHEDULED if delivery.is_told:
            times = "once" if not delivery.nagged else f"{delivery.nagged + 1} times"
            return f"told {times}, and not answered; nags again {next_try}"
        case DeliveryState.SCHEDULED if delivery.execute_at != delivery.due_at:
            return f"snoozed; rings again {next_try}"
        case DeliveryState.SCHEDULED if delivery.execute_at < now:
            return "waits for the daemon"
        case DeliveryState.SCHEDULED:
            return f"rings {next_try}"
        case DeliveryState.EXECUTING:
            return "is on its way"
        case DeliveryState.RETRYABLE:
            return f"did not get through; tried again {next_try}"
        case DeliveryState.HELD:
            return f"held: no channel was there ({shown(delivery.last_error, 120)}); looked at again {next_try}"
        case DeliveryState.DISCARDED:
            return f"given up after {delivery.attempt} attempts ({shown(delivery.last_error, 120)}): remind failed"
        case DeliveryState.CANCELLED:
            return "cancelled: it was answered, moved or superseded before"


def _lateness_words(delivery: "Delivery") -> str:
    """Return how late a reminder was told; after a snooze it was not to ring before that."""
    from remindcli.core import telling  # noqa: PLC0415

    told_at = delivery.delivered_at or delivery.execute_at
    late_for = told_at - delivery.promised_at
    late = f"{telling.span(late_for)} late" if late_for >= timedelta(seconds=1) else "on time"
    if delivery.nagged:
        return f"{delivery.nagged + 1} times in all"
    if "promised" in delivery.payload:
        return f"{late} after it was kept back"
    return f"{late} after a snooze" if delivery.is_snoozed else late
