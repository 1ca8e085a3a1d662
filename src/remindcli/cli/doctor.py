"""`remind doctor`: what is well, what is not, and the command that mends it."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, app
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from remindcli.daemon.health import Finding
    from remindcli.store.checkup import Checkup

_KEYS = ("name", "level", "what", "fix")
_WORDS = {"ok": "ok", "warn": "warn", "fail": "FAIL"}


@app.command(cls=Command)
def doctor(
    ctx: typer.Context,
    *,
    notifies: Annotated[bool, typer.Option("--notify", help="Send a message on each channel.")] = False,
    is_json: asked.Json = False,
) -> int:
    """remind doctor --notify

    Look at all that ringing needs, and say what mends what is not well. Changes nothing. Exit 1 if something fails,
    5 if it is only that no daemon runs.
    """
    session = asked.begin(ctx, is_json=is_json)
    found = _examine(session, notifies=notifies)
    if session.out.is_for_people:
        _show(session, found)
        return _status(found)
    records = [{"name": one.name, "level": one.level.value, "what": one.what, "fix": one.fix} for one in found]
    session.out.listed(records, _KEYS)
    return _status(found)


def _examine(session: Session, *, notifies: bool) -> list["Finding"]:
    from remindcli.cli import surroundings  # noqa: PLC0415
    from remindcli.cli.places import data_folder  # noqa: PLC0415
    from remindcli.cli.progress import Progress  # noqa: PLC0415
    from remindcli.daemon import health  # noqa: PLC0415

    path, now = session.store_path, session.environment.clock.now()
    variables = session.environment.variables
    with Progress(session.environment) as progress:
        progress.doing("checking the store")
        is_own = path.parent == data_folder(variables)
        found, checkup = health.store_findings(path, now, is_own_folder=is_own)
        progress.doing("checking the daemon")
        found += health.daemon_findings(path, checkup, now)
        if checkup is not None:
            found += health.delivery_findings(path, checkup)
        found += surroundings.login_findings(session)
        progress.doing("sending a message on each channel" if notifies else "asking the channels")
        found += _channels(session, checkup, notifies=notifies)
        progress.doing("looking around")
        for look in (
            surroundings.zone_findings,
            surroundings.path_findings,
            surroundings.completion_findings,
            surroundings.settings_findings,
        ):
            found += look(session)
    return found


def _channels(session: Session, checkup: "Checkup | None", *, notifies: bool) -> list["Finding"]:
    from remindcli.channels import registry  # noqa: PLC0415
    from remindcli.channels.desktop import DesktopChannel  # noqa: PLC0415
    from remindcli.daemon import health  # noqa: PLC0415
    from remindcli.daemon.health import Finding  # noqa: PLC0415

    variables = session.environment.variables
    found: list[Finding] = []
    channels = dict(registry.build())  # these are asked where the settings are wrong
    with suppress(UsageError):  # what is wrong there is said by surroundings.settings_findings
        settings = session.settings
        if checkup is not None:
            found += health.stray_findings(checkup, settings.channel_names)
        names = dict.fromkeys((*settings.names("channels"), *settings.channels))
        try:
            channels = dict(registry.build(tuple(names), settings.channels))
        except UsageError as error:
            found.append(health.unusable_channels(error))
    if not notifies:
        return found + health.channel_findings(channels, variables)
    if DesktopChannel.name in channels:
        channels[DesktopChannel.name] = DesktopChannel(environment=variables)
    return found + health.told_findings(channels, session.environment.clock.now())


def _show(session: Session, found: Sequence["Finding"]) -> None:
    width = max(len(one.name) for one in found)
    for one in found:
        session.out.line(f"{_WORDS[one.level.value]:<4}  {one.name:<{width}}  {shown(one.what)}".rstrip())
        if one.fix:
            session.out.line(f"{'':<4}  {'':<{width}}  fix: {shown(one.fix)}")
    fails = sum(one.level == "fail" for one in found)
    warns = sum(one.level == "warn" for one in found)
    parts = [_many(fails, "failure")] * bool(fails) + [_many(warns, "warning")] * bool(warns)
    session.out.line()
    session.out.line(", ".join(parts) if parts else "All is well.")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _status(found: Sequence["Finding"]) -> ExitStatus:
    from remindcli.daemon.health import NO_DAEMON  # noqa: PLC0415

    fails = {one.name for one in found if one.level == "fail"}
    if not fails:
        return ExitStatus.OK
    return ExitStatus.NO_DAEMON if fails == {NO_DAEMON} else ExitStatus.FAILED
