"""A file in the Startup folder (Windows): started at login, not watched. Not run there yet."""

from pathlib import PurePath

from remindcli.daemon.autostart.start import LoginStart, Start

_FOLDER = ("Microsoft", "Windows", "Start Menu", "Programs", "Startup")


def describe(start: Start, app_data: PurePath) -> LoginStart:
    """Return the batch file in the Startup folder; cmd.exe reads it line by line, so that UTF-8 can be said first."""
    words = (*start.program, *start.arguments, "--background")
    lines = [
        "@echo off",
        "chcp 65001 >nul",
        *(f'set "{name}={_doubled(value)}"' for name, value in start.variables.items()),
        'start "remindcli" /min ' + " ".join(f'"{_doubled(word)}"' for word in words),
    ]
    return LoginStart("Startup entry", app_data.joinpath(*_FOLDER, "remindcli.cmd"), "\r\n".join([*lines, ""]))


def _doubled(word: str) -> str:
    """Return the word with its % doubled; a Windows path has no quote."""
    return word.replace("%", "%%")
