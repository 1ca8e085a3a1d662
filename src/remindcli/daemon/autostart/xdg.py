"""XDG autostart, for desktops without a systemd user manager: started at login, not watched."""

from pathlib import PurePath

from remindcli.daemon.autostart.start import LoginStart, Start

_TEXT = """\
[Desktop Entry]
Type=Application
Name=remindcli
Comment=Rings reminders (written by: remind daemon install)
Exec={command}
Terminal=false
NoDisplay=true
"""


def describe(start: Start, config: PurePath) -> LoginStart:
    """Return the desktop entry under the user's folder of settings."""
    # --background: what the daemon says goes to its log, not to the session's.
    words = [*start.program, *start.arguments, "--background"]
    if start.variables:
        words = ["/usr/bin/env", *(f"{name}={value}" for name, value in start.variables.items()), *words]
    command = " ".join(map(_quoted, words))
    return LoginStart("XDG autostart entry", config / "autostart" / "remindcli.desktop", _TEXT.format(command=command))


def _quoted(word: str) -> str:
    """Return the word for Exec (Desktop Entry Specification, "The Exec key"), as the value of a string key."""
    quoted = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word).replace("%", "%%")
    return '"' + quoted.replace("\\", "\\\\") + '"'
