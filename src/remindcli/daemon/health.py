"""What is well and what is not about the store, the daemon, the deliveries and the channels, as values."""

import os
import shutil
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from remindcli import __version__
from remindcli.channels import Channel, ChannelError, Examinable, Message, Refusal
from remindcli.channels.terminal import list_terminals
from remindcli.daemon.instance import is_running
from remindcli.errors import RemindError, StoreBusyError, StoreError, UsageError
from remindcli.store.checkup import Checkup, DamagedError, look_at
from remindcli.store.kept import backups, newest_good

_LITTLE_ROOM = 100_000_000
_NO_ROOM = 10_000_000
_SILENT_FOR = timedelta(minutes=3)
_BACKUP_IS_OLD = timedelta(days=3)


class Level(StrEnum):
    """How well something is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what it is; stable.
        what: how it is, in a line; text from outside in it is not yet safe.
        fix: what mends it, a command where there is one.
    """

    name: str
    level: Level
    what: str
    fix: str = ""


NO_DAEMON = "daemon"
"""The finding's name that fails where no daemon runs."""


def store_findings(path: Path, now: datetime, *, is_own_folder: bool) -> tuple[list[Finding], Checkup | None]:
    """Return how the store is, and what it says of itself; None if it is missing or damaged.

    Args:
        is_own_folder: the store's folder is ours alone, so that nobody else has a business in it.
    """
    if not os.path.lexists(path):
        missing = f"there is none at {path} yet: the first command makes it"
        newest = newest_good(path)
        if newest is not None:
            missing = f"there is none at {path}, but a backup of it"
        fix = f"remind backup restore {newest.path.name}" if newest else "remind add call bob tomorrow 5pm"
        return [Finding("store", Level.FAIL if newest else Level.WARN, missing, fix)], None
    findings: list[Finding] = []
    checkup: Checkup | None = None
    try:
        checkup = look_at(path, now)
        size = path.stat().st_size
        tasks = _many(checkup.tasks, "task")
        findings.append(
            Finding("store", Level.OK, f"{path}: whole, {tasks}, {size / 1e6:.1f} MB, schema {checkup.version}")
        )
    except DamagedError as error:
        findings.append(_damaged(path, error))
    except StoreError as error:
        if "damaged" in error.what:
            findings.append(_damaged(path, error))
        else:
            level = Level.WARN if isinstance(error, StoreBusyError) else Level.FAIL
            findings.append(Finding("store", level, _said(error), error.hint))
    if os.name == "posix":
        findings.append(_permissions(path, is_own_folder=is_own_folder))
    findings += [_room(path), _backups(path, now)]
    return findings, checkup


def daemon_findings(path: Path, checkup: Checkup | None, now: datetime) -> list[Finding]:
    """Return how the daemon of a store is."""
    if not is_running(path):
        return [Finding(NO_DAEMON, Level.FAIL, "none runs, so nothing rings", "remind daemon start")]
    beat = checkup.beat if checkup else None
    if beat is None:
        return [Finding(NO_DAEMON, Level.OK, "runs")]
    found = [Finding(NO_DAEMON, Level.OK, f"runs (process {beat.pid})")]
    if beat.version == __version__:
        found.append(Finding("daemon-version", Level.OK, beat.version))
    else:
        what = f"the daemon is {beat.version}, this is {__version__}"
        found.append(Finding("daemon-version", Level.WARN, what, "remind daemon restart"))
    if beat.heartbeat_at is not None:
        silent_for = max(now - beat.heartbeat_at, timedelta())
        level = Level.FAIL if silent_for > _SILENT_FOR else Level.OK
        what = f"{silent_for // timedelta(seconds=1)} s ago"
        found.append(Finding("daemon-heartbeat", level, what, "remind daemon restart" if level is Level.FAIL else ""))
    if beat.last_error:
        found.append(Finding("daemon-error", Level.WARN, beat.last_error, "remind daemon logs"))
    return found


def delivery_findings(path: Path, checkup: Checkup) -> list[Finding]:
    """Return how the reminders of a whole store fare."""
    counts = checkup.deliveries
    waiting = sum(counts.get(name, 0) for name in ("scheduled", "executing"))
    parts = [f"{waiting} waiting", f"{counts.get('retryable', 0)} to be tried again"]
    parts += [f"{counts.get('held', 0)} held until a channel is there", f"{counts.get('discarded', 0)} given up"]
    fix = "remind failed" if counts.get("discarded") else "remind doctor --notify" if counts.get("held") else ""
    found = [Finding("deliveries", Level.WARN if fix else Level.OK, ", ".join(parts), fix)]
    if checkup.overdue:
        is_up = is_running(path)
        what = f"{_many(checkup.overdue, 'reminder')} should have been told by now"
        level, fix = (Level.FAIL, "remind daemon restart") if is_up else (Level.WARN, "remind daemon start")
        found.append(Finding("deliveries-late", level, what, fix))
    return found


def channel_findings(channels: Mapping[str, Channel], variables: Mapping[str, str]) -> list[Finding]:
    """Return which channels are there, without telling the user anything.

    Args:
        variables: the environment in which the desktop is looked for.
    """
    return _at_least_one([_channel(name, channel, variables) for name, channel in channels.items()])


def stray_findings(checkup: Checkup, known: Collection[str]) -> list[Finding]:
    """Return which tasks ring on a channel that is not there any more.

    Args:
        known: the names of all channels that there are.
    """
    found = []
    for name, ids in checkup.own_channels.items():
        if name not in known:
            which = f"task {ids[0]}" if len(ids) == 1 else f"task {ids[0]} and {len(ids) - 1} more"
            what = f"there is none, so {which} of it will ring as others do"
            found.append(Finding(f"channel-{name}", Level.WARN, what, f'remind edit {ids[0]} --channel ""'))
    return found


def unusable_channels(error: UsageError) -> Finding:
    """Return that the channels are not as the settings have them."""
    return Finding("channels", Level.FAIL, _said(error), error.hint)


def told_findings(channels: Mapping[str, Channel], now: datetime) -> list[Finding]:
    """Send one message on each channel, and return whether it was taken."""
    return _at_least_one([_told(name, channel, now) for name, channel in channels.items()])


def _channel(name: str, channel: Channel, variables: Mapping[str, str]) -> Finding:
    title = f"channel-{name}"
    if isinstance(channel, Examinable):
        try:
            return Finding(title, Level.OK, channel.examine())
        except ChannelError as error:
            return Finding(title, Level.FAIL, _said(error), error.hint)
    if name == "terminal":
        count = len(list_terminals())
        if count:
            return Finding(title, Level.OK, f"{_many(count, 'terminal')} to ring on")
        return Finding(title, Level.WARN, "you are logged in on no terminal")
    if name != "desktop" or sys.platform != "linux":
        return Finding(title, Level.OK, "is asked only by sending: remind doctor --notify")
    try:
        from remindcli.channels.notification_server import notification_server  # noqa: PLC0415

        with notification_server(variables):
            pass
    except ImportError as error:
        return Finding(title, Level.FAIL, str(error), "pip install jeepney")
    except ChannelError as error:
        return _refused(title, error)
    if shutil.which("notify-send", path=variables.get("PATH")) is None and find_spec("dbus") is None:
        return Finding(title, Level.FAIL, "notify-send is not installed", "apt install libnotify-bin")
    return Finding(title, Level.OK, "a notification server answers")


def _told(name: str, channel: Channel, now: datetime) -> Finding:
    title = f"channel-{name}"
    message = Message(f"doctor-{name}-{now.timestamp():.0f}", "remind doctor", f"A test of the channel {name}.")
    try:
        receipt = channel.send(message)
    except ChannelError as error:
        return _refused(title, error)
    except Exception as error:  # noqa: BLE001 (a channel meets the outside; the others are asked all the same)
        return Finding(title, Level.FAIL, f"{type(error).__name__}: {error}")
    return Finding(title, Level.OK, f"took a message{f' ({receipt.target})' if receipt.target else ''}")


def _refused(title: str, error: ChannelError) -> Finding:
    level = Level.FAIL if error.refusal is Refusal.REFUSED else Level.WARN
    return Finding(title, level, _said(error), error.hint)


def _at_least_one(found: list[Finding]) -> list[Finding]:
    """Return the findings; where no channel at all is there, that is a failure."""
    if any(one.level is Level.OK for one in found):
        return found
    return [replace(one, level=Level.FAIL) for one in found]


def _damaged(path: Path, error: StoreError) -> Finding:
    newest = newest_good(path)
    fix = f"remind backup restore {newest.path.name}" if newest else ""
    return Finding("store", Level.FAIL, _said(error) + ("" if newest else "; there is no backup of it"), fix)


def _permissions(path: Path, *, is_own_folder: bool) -> Finding:
    import shlex  # noqa: PLC0415

    wanted = [(path, 0o600)] + ([(path.parent, 0o700)] if is_own_folder else [])
    try:
        wrong = [(place, mode) for place, mode in wanted if place.stat().st_mode & 0o077]
    except OSError as error:
        return Finding("store-permissions", Level.FAIL, str(error))
    if not wrong:
        return Finding("store-permissions", Level.OK, "yours alone")
    fix = " && ".join(f"chmod {mode:o} {shlex.quote(str(place))}" for place, mode in wrong)
    return Finding("store-permissions", Level.WARN, "others on this machine may read your tasks", fix)


def _room(path: Path) -> Finding:
    try:
        free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    except OSError as error:
        return Finding("store-room", Level.FAIL, str(error))
    level = Level.OK
    if free < max(_LITTLE_ROOM, 3 * size):  # a backup, and a migration of the store
        level = Level.WARN
    if free < max(_NO_ROOM, size):
        level = Level.FAIL
    fix = "" if level is Level.OK else f"make room on the disk of {path.parent}"
    return Finding("store-room", level, f"{free / 1e9:.1f} GB free", fix)


def _backups(path: Path, now: datetime) -> Finding:
    try:
        found = [one for one in backups(path) if one.made_at <= now]
    except OSError as error:
        return Finding("backups", Level.WARN, f"the folder of backups can't be read: {error}")
    if not found:
        return Finding("backups", Level.WARN, "none yet; the daemon makes one a day", "remind backup")
    age = now - found[0].made_at
    what = f"{len(found)}, the newest {found[0].path.name}"
    if age > _BACKUP_IS_OLD:
        return Finding("backups", Level.WARN, f"{what} is {age.days} days old", "remind backup")
    return Finding("backups", Level.OK, what)


def _said(error: RemindError) -> str:
    return f"{error.what}: {error.why}" if error.why else error.what


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
