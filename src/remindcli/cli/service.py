"""The daemon's verbs: run it here, start, stop, restart, status, logs."""

from typing import Annotated

import typer

from remindcli.cli.app import Command, Group, app, session_of
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus, NoDaemonError

daemon = typer.Typer(cls=Group, invoke_without_command=True, rich_markup_mode=None, add_completion=False)
app.add_typer(daemon, name="daemon", cls=Group)


@daemon.callback()
def foreground(
    ctx: typer.Context,
    *,
    is_background: Annotated[bool, typer.Option("--background", hidden=True)] = False,
) -> None:
    """remind daemon start

    Ring what is due and spawn what comes next. Without a word behind it the daemon runs here, until Ctrl-C.
    """
    if ctx.invoked_subcommand is not None:
        return
    session = session_of(ctx)
    from remindcli.channels import registry  # noqa: PLC0415
    from remindcli.daemon import logfile, serve  # noqa: PLC0415

    order = tuple(registry.build(session.settings.names("channels")))
    logfile.begin(session.store_path, stderr=None if is_background else session.environment.stderr)
    serve.run(session.store, registry.available(), session.environment.clock, order=order)
    session.close()


@daemon.command(cls=Command)
def start(ctx: typer.Context) -> None:
    """remind daemon start

    Start the daemon in the background; it goes on after this terminal is closed.
    """
    session = session_of(ctx)
    from remindcli.daemon import background  # noqa: PLC0415

    path = session.store.path
    session.close()
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

    if is_running(session.store_path):
        _stop(session)
    start(ctx)


@daemon.command(cls=Command)
def status(
    ctx: typer.Context,
    *,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """remind daemon status

    Tell whether the daemon runs, since when, and what waits. Exit 5 if it does not run.
    """
    session = session_of(ctx)
    session.out.is_json = session.out.is_json or is_json
    from remindcli.cli import records  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    clock = session.environment.clock
    now, zone = clock.now(), clock.zone()
    store = session.store
    is_up = is_running(store.path)
    beat, counts, next_at = store.queue.heartbeat(), store.queue.counts(), store.queue.next_look_at()
    session.close()
    if session.out.is_json:
        session.out.data(
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

    for line in logfile.tail(session.store_path, lines):
        session.out.line(shown(line, 2000))
    if follows:
        session.environment.stdout.flush()
        for line in logfile.follow(session.store_path):
            session.out.line(shown(line, 2000))
            session.environment.stdout.flush()


def _stop(session: Session) -> None:
    from remindcli.daemon import background  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    path = session.store_path
    if not is_running(path):
        raise NoDaemonError("no daemon runs for this store", hint="remind daemon start starts one")
    beat = session.store.queue.heartbeat()
    session.close()
    background.stop(path, beat.pid)
