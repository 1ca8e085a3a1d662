"""What `remind doctor` finds around the program: time zones, the names on PATH, completion, settings, login."""

import os
import sys
import zoneinfo
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from remindcli.daemon.health import Finding, Level
from remindcli.errors import RemindError, UsageError

if TYPE_CHECKING:
    from remindcli.cli.session import Session

_HEAD_BYTES = 4096
_TIMEZONE_FIX = "timedatectl set-timezone Europe/Berlin"


def zone_findings(session: "Session") -> list[Finding]:
    """Return whether the local zone is known and zone data is there."""
    environment = session.environment
    given = environment.variables.get("TZ", "").removeprefix(":")
    zone, now = environment.clock.zone(), environment.clock.now()
    try:
        zoneinfo.ZoneInfo.no_cache("Europe/Berlin")
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        return [Finding("tzdata", Level.FAIL, f"there is no time zone data: {error}", "pip install tzdata")]
    local = Finding("time-zone", Level.OK, f"{zone.key}, now {now.astimezone(zone):%H:%M %z}")
    if given and zone.key != given:
        local = Finding(
            "time-zone", Level.WARN, f'TZ is "{given}", which is no name of a zone; {zone.key} is used', "unset TZ"
        )
    elif not given and zone.key == "UTC" and not os.path.lexists("/etc/localtime") and os.name == "posix":
        local = Finding("time-zone", Level.WARN, "the system has no local zone; UTC is used", _TIMEZONE_FIX)
    return [local, Finding("tzdata", Level.OK, _tzdata_version())]


def _tzdata_version() -> str:
    for folder in zoneinfo.TZPATH:
        if not Path(folder, "Europe", "Berlin").is_file():
            continue
        try:
            with Path(folder, "tzdata.zi").open(encoding="ascii", errors="replace") as file:
                mark, _, version = file.readline(80).partition("# version ")
        except OSError:
            return folder
        return f"{version.strip()} in {folder}" if not mark and version else folder
    try:
        return f"{metadata.version('tzdata')} of Python's package tzdata"
    except metadata.PackageNotFoundError:
        return "there"


def path_findings(session: "Session") -> list[Finding]:
    """Return which programs the names `remind` and `remindcli` start."""
    variables = session.environment.variables
    folders = [Path(name) for name in variables.get("PATH", "").split(os.pathsep) if name]
    here = Path(sys.executable).parent
    first = {name: _first(name, folders) for name in ("remind", "remindcli")}
    mend = f'export PATH="{here}:$PATH"'
    found = []
    for name, program in first.items():
        title = f"path-{name}"
        other = "remindcli" if name == "remind" and first["remindcli"] else ""
        fix = f"type {other} instead, or: {mend}" if other else mend
        if program is None:
            found.append(Finding(title, Level.WARN, f"{name} is not on PATH", fix))
            continue
        head = _head(program)
        if b"remindcli" not in head and program.resolve().parent != here.resolve():
            classic = (
                " (Debian's classic remind?)" if name == "remind" and Path("/usr/share/doc/remind").is_dir() else ""
            )
            found.append(Finding(title, Level.WARN, f"{program} is another program{classic}", fix))
        elif os.fsencode(here) not in head and program.resolve().parent != here.resolve():
            found.append(Finding(title, Level.WARN, f"{program} is another installation than {here}", mend))
        else:
            found.append(Finding(title, Level.OK, str(program)))
    return found


def _first(name: str, folders: list[Path]) -> Path | None:
    names = (f"{name}.exe", f"{name}.cmd") if sys.platform == "win32" else (name,)
    for folder in folders:
        for one in names:
            program = folder / one
            if program.is_file() and os.access(program, os.X_OK):
                return program
    return None


def _head(program: Path) -> bytes:
    try:
        with program.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""


def completion_findings(session: "Session") -> list[Finding]:
    """Return whether the login shell completes; nothing for a shell that we have no completion for."""
    from remindcli.cli import complete  # noqa: PLC0415

    environment = session.environment
    shell = Path(environment.variables.get("SHELL", "")).name
    if shell not in complete.FILES:
        return []
    try:
        place = complete.places(shell, environment)[0]
        text = place.read_text(encoding="utf-8", errors="replace")
    except UsageError:
        return []
    except OSError:
        return [Finding("completion", Level.WARN, f"not installed for {shell}", "remind completion --install")]
    if text != complete.script(shell):
        return [Finding("completion", Level.WARN, f"{place} is of another version", "remind completion --install")]
    return [Finding("completion", Level.OK, f"{place}")]


def settings_findings(session: "Session") -> list[Finding]:
    """Return whether the settings can be read."""
    file = session.settings_path
    try:
        origins = session.settings.origins
    except UsageError as error:
        what = f"{error.what}: {error.why}" if error.why else error.what
        return [Finding("settings", Level.FAIL, what, error.hint)]
    count = sum(origin != "default" for origin in origins.values())
    place = file if file.exists() else f"no file {file}"
    return [Finding("settings", Level.OK, f"{place}, {count} changed")]


def login_findings(session: "Session") -> list[Finding]:
    """Return whether the daemon starts at login."""
    from remindcli.cli import login_start  # noqa: PLC0415
    from remindcli.daemon.autostart import login  # noqa: PLC0415

    try:
        state = login.state(login_start.ways(session))
    except RemindError as error:
        return [Finding("login", Level.WARN, f"{error.what}: {error.why}" if error.why else error.what, error.hint)]
    if state.is_on:
        return [Finding("login", Level.OK, state.words)]
    why = state.words.partition(";")[0]
    what = "the daemon does not start at login" + ("" if why == "no" else f": {why}")
    return [Finding("login", Level.WARN, what, "remind daemon install")]
