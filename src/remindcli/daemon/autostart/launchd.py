"""A launchd agent (macOS): started at login, started again after a crash. Not run there yet."""

import plistlib
from pathlib import PurePath

from remindcli.daemon.autostart.start import LoginStart, Start

LABEL = "remindcli.daemon"


def describe(start: Start, home: PurePath, user: int) -> LoginStart:
    """Return the agent in the user's library.

    Args:
        user: the numeric user id, whose graphical session is the agent's domain.
    """
    file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    agent = {
        "Label": LABEL,
        "ProgramArguments": [*start.program, *start.arguments, "--background"],
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
    }
    if start.variables:
        agent["EnvironmentVariables"] = dict(start.variables)
    domain, service = f"gui/{user}", f"gui/{user}/{LABEL}"
    out = ("launchctl", "bootout", service)
    return LoginStart(
        name="launchd agent",
        file=file,
        text=plistlib.dumps(agent).decode(),
        enable=(out, ("launchctl", "bootstrap", domain, str(file))),
        disable=(out,),
        start=("launchctl", "kickstart", service),
        may_fail=frozenset({out}),  # it says 3 if the agent was not loaded
    )
