"""Where the platform keeps a program's data, settings and logs."""

import sys
from collections.abc import Mapping
from pathlib import Path

_NAME = "remindcli"


def data_folder(variables: Mapping[str, str]) -> Path:
    """Return the folder of the store: $XDG_DATA_HOME/remindcli, or the platform's own place."""
    return _place("XDG_DATA_HOME", variables, "user_data_path")


def settings_file(variables: Mapping[str, str]) -> Path:
    """Return the settings file: REMIND_CONFIG, else $XDG_CONFIG_HOME/remindcli/config.toml or the platform's place."""
    given = variables.get("REMIND_CONFIG")
    return Path(given) if given else _place("XDG_CONFIG_HOME", variables, "user_config_path") / "config.toml"


def _place(variable: str, variables: Mapping[str, str], platform_place: str) -> Path:
    base = variables.get(variable)
    if base and Path(base).is_absolute():
        return Path(base) / _NAME
    home = variables.get("HOME")
    if home and sys.platform not in ("win32", "darwin"):
        return Path(home, {"XDG_DATA_HOME": ".local/share", "XDG_CONFIG_HOME": ".config"}[variable], _NAME)
    import platformdirs  # noqa: PLC0415 (29 ms, and only where the XDG rules do not decide)

    place: Path = getattr(platformdirs, platform_place)(_NAME, appauthor=False)
    return place
