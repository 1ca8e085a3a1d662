"""How the daemon of a command's store is started at login, and by what watches over it there."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from remindcli.cli.session import Session
from remindcli.errors import DaemonError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remindcli.daemon.autostart.start import LoginStart


def ways(session: Session) -> "Sequence[LoginStart]":
    """Return how the daemon of this store can be started at login; a login knows nothing of this shell's variables."""
    from remindcli.cli.places import data_folder, settings_file  # noqa: PLC0415
    from remindcli.daemon.autostart import login  # noqa: PLC0415
    from remindcli.daemon.autostart.start import Start  # noqa: PLC0415

    variables = session.environment.variables
    at_login = {
        name: value
        for name, value in variables.items()
        if name not in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "REMIND_CONFIG")
    }
    store, settings = session.store_path, session.environment.cwd / session.settings_path
    usual = Path(os.path.realpath(data_folder(at_login) / "remind.db"))
    start = Start.of(
        sys.executable,
        sys.platform,
        db=None if store == usual else store,
        settings=None if settings == settings_file(at_login) else settings,
    )
    return login.ways(start, platform=sys.platform, variables=variables)


def start_supervised(session: Session) -> bool:
    """Start the daemon as a login does, where that watches over it; return whether it was done."""
    from remindcli.daemon.autostart import login  # noqa: PLC0415
    from remindcli.daemon.instance import is_running  # noqa: PLC0415

    try:
        way = ways(session)[0]
    except DaemonError:
        return False
    if is_running(session.store_path) or not way.start or not login.state([way]).is_on:
        return False
    if login.runner(session.environment.variables)(way.start).status:
        return False
    session.out.line(f"the daemon runs ({way.name}); end it with: remind daemon stop")
    return True
