"""The daemon's verbs: run it here, start, stop, restart, status, logs, and start it at login."""

import logging
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked, login_start
from remindcli.cli.app import Command, Group, app, session_of
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import DaemonError, ExitStatus, NoDaemonError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from remindcli.channels import Channel
    from remindcli.settings import Settings

log = logging.getLogger(__name__)


class LogFormat(StrEnum):
    """How the daemon writes its log."""

    TEXT = "text"
    JSON = "json"


daemon = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None, add_completion=False)
app.add_typer(daemon, name="daemon", cls=Group)


@daemon.callback()
def foreground(
    ctx: typer.Context,
    *,
    log_format: Annotated[
        LogFormat | None,
        typer.Option("--log-format", help="How the log is written: text, or json, an object a line."),
    ] = None,
    is_background: Annotated[bool, typer.Option("--background", hidden=True)] = False,
) -> int:
    """remind daemon start

    Ring what is due and spawn what comes next. Without a word behind it the daemon runs here, until Ctrl-C.
    """
    if ctx.invoked_subcommand is not None:
        if log_format is not None:
            raise UsageError(
                "--log-format goes with remind daemon alone",
                hint=f"remind config set log_format {log_format}, for a daemon however it is started",
            )
        return ExitStatus.OK
    session = session_of(ctx)
    from remindcli.daemon import logfile, serve  # noqa: PLC0415

    channels = _channels(session.settings)
    stderr = None if is_background else session.environment.stderr
    while True:
        stamp = session.settings_stamp()
        settings = session.settings
        chosen = log_format or settings.text("log_format")
        logfile.begin(session.store_path, stderr=stderr, is_json=chosen == LogFormat.JSON)
        is_to_reload = serve.run(
            session.store,
            channels,
            session.environment.clock,
            order=settings.names("channels"),
            old_after=timedelta(hours=settings.number("digest_after_hours")),
            manners=serve.manners_of(settings),
            on_failure=settings.names("on_failure"),
            heartbeat_url=settings.text("heartbeat_url"),
            snooze=timedelta(minutes=settings.number("snooze_minutes")),
            is_warm=settings.is_on("warm"),
            history=timedelta(days=settings.number("history_days")) if settings.number("history_days") else None,
            has_changed=partial(session.has_other_settings, stamp),
        )
        if not is_to_reload:
            break
        try:
            session.reload()
            channels = _channels(session.settings)
        except UsageError as error:
            log.error("%s (%s); the settings stay as they were", error.what, error.why)  # noqa: TRY400
            session.keep(settings)
            channels = _channels(settings)
    session.close()
    return ExitStatus.OK


def _channels(settings: "Settings") -> "Mapping[str, Channel]":
    """Return every channel by its name.

    Raises:
        UsageError: the settings can't be read, or an option of one is wrong.
    """
    from remindcli.channels import registry  # noqa: PLC0415

    return registry.available(settings.channels)


@daemon.command(cls=Command)
def start(ctx: typer.Context) -> None:
    """remind daemon start

    Start the daemon in the background; it goes on after this terminal is closed.
    """
    session = session_of(ctx)
    from remindcli.daemon import background  # noqa: PLC0415

    _channels(session.settings)  # what is wrong is said here, and not in a log
    path = session.store.path
    session.close()
    if login_start.start_supervised(session):
        return
    pid = background.start(path, session.environment.variables)
    session.out.line(f"the daemon runs (process {pid}); remind daemon stop ends it")


@daemon.command(cls=Command)
def stop(ctx: typer.Context) -> None:
    """remind daemon stop

    End the daemon; a message on its way is finished first.
    """
    session = session_of(ctx)
    _stop(session)
    session.out.line("the daemon has ended")


@daemon.command(cls=Command)
def restart(ctx: typer.Context) -> None:
    """remind daemon restart

    End the daemon if it runs, and start it anew.
    """
    session = session_of(ctx)
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    _channels(session.settings)  # before it ends: with these settings none would begin
    if is_running(session.store_path):
        _stop(session)
    start(ctx)


@daemon.command(cls=Command)
def install(
    ctx: typer.Context,
    *,
    is_dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="Show what would be written and run.")] = False,
) -> None:
    """remind daemon install

    Start the daemon at every login, and now. It does no harm to do it again.
    """
    session = session_of(ctx)
    from remindcli.daemon import background  # noqa: PLC0415
    from remindcli.daemon.autostart import login  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    def make_way() -> bool:
        runs = is_running(session.store_path)
        if runs:
            _stop(session)
        return runs

    _channels(session.settings)
    way, *others = login_start.ways(session)
    if is_dry_run:
        for line in login.preview(way):
            session.out.line(line)
        return
    run = login.runner(session.environment.variables)
    for other in others:
        for line in login.uninstall(other, run):
            session.out.line(line)
    for line in login.install(way, run, make_way=make_way):
        session.out.line(line)
    if not (way.starts_now or is_running(session.store_path)):
        path = session.store.path
        session.close()
        session.out.line(f"started the daemon (process {background.start(path, session.environment.variables)})")
    session.out.line(f"the daemon starts at login: {way.name}")


@daemon.command(cls=Command)
def uninstall(ctx: typer.Context) -> None:
    """remind daemon uninstall

    No longer start the daemon at login. What starts there now, ends.
    """
    session = session_of(ctx)
    from remindcli.daemon.autostart import login  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    run = login.runner(session.environment.variables)
    for way in login_start.ways(session):
        for line in login.uninstall(way, run):
            session.out.line(line)
    session.out.line("the daemon does not start at login")
    if is_running(session.store_path):
        session.out.line("a daemon runs still; end it with: remind daemon stop")


@daemon.command(cls=Command)
def status(
    ctx: typer.Context,
    *,
    is_json: asked.Json = False,
) -> int:
    """remind daemon status

    Tell whether the daemon runs, since when, and what waits. Exit 5 if it does not run.
    """
    session = asked.begin(ctx, is_json=is_json)
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.daemon.autostart import login  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    now, zone = session.now_and_zone()
    store = session.store
    is_up = is_running(store.path)
    beat, counts, next_at = store.queue.heartbeat(), store.queue.counts(), store.queue.next_look_at()
    session.close()
    try:
        at_login = login.state(login_start.ways(session))
    except DaemonError as error:
        at_login = login.State(is_on=False, words=f"{error.what}: {error.why}")
    if session.out.is_json:
        session.out.json(
            {
                "is_running": is_up,
                "pid": beat.pid if is_up else None,
                "version": beat.version or None,
                "started_at": records.iso(beat.started_at, zone) if is_up else None,
                "heartbeat_at": records.iso(beat.heartbeat_at, zone),
                "last_error": beat.last_error,
                "deliveries": counts,
                "next_at": records.iso(next_at, zone),
                "store": str(store.path),
                "is_started_at_login": at_login.is_on,
            }
        )
        return ExitStatus.OK if is_up else ExitStatus.NO_DAEMON
    if is_up:
        since = records.next_words(beat.started_at or now, is_all_day=False, now=now, zone=zone)
        session.out.line(f"running   process {beat.pid}, version {beat.version}, since {since}")
    else:
        session.out.line("not running; start it with: remind daemon start")
    if beat.heartbeat_at is not None:
        heard = records.next_words(beat.heartbeat_at, is_all_day=False, now=now, zone=zone)
        session.out.line(f"heartbeat {heard}")
    if beat.last_error:
        session.out.line(f"error     {shown(beat.last_error)}")
    waiting = sum(counts.get(name, 0) for name in ("scheduled", "retryable", "held", "executing"))
    told = counts.get("delivered", 0)
    session.out.line(f"queue     {waiting} waiting, {told} told, {counts.get('discarded', 0)} given up")
    if next_at is not None:
        session.out.line(f"next      {records.next_words(next_at, is_all_day=False, now=now, zone=zone)}")
    session.out.line(f"store     {shown(str(store.path))}")
    session.out.line(f"login start: {shown(at_login.words)}")
    return ExitStatus.OK if is_up else ExitStatus.NO_DAEMON


@daemon.command(cls=Command)
def logs(
    ctx: typer.Context,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, metavar="N", help="How many lines.")] = 50,
    *,
    follows: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what comes, until Ctrl-C.")] = False,
) -> None:
    """remind daemon logs -f

    Show what the daemon wrote to its log.
    """
    session = session_of(ctx)
    from remindcli.daemon import logfile  # noqa: PLC0415

    found = logfile.tail(session.store_path, lines)
    for line in found:
        session.out.line(shown(line, 2000))
    if not found:
        session.out.note(f"nothing is logged in {shown(str(logfile.log_of(session.store_path)), 200)}")
    if follows:
        session.environment.stdout.flush()
        for line in logfile.follow(session.store_path):
            session.out.line(shown(line, 2000))
            session.environment.stdout.flush()


def _stop(session: Session) -> None:
    from remindcli.daemon import background  # noqa: PLC0415
    from remindcli.daemon.instance import holder_of, is_running  # noqa: PLC0415

    path = session.store_path
    if not is_running(path):
        raise NoDaemonError("no daemon runs for this store", hint="remind daemon start starts one")
    pid = holder_of(path) or session.store.queue.heartbeat().pid
    session.close()
    background.stop(path, pid)
