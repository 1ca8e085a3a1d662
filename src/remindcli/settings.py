"""What a user can change: one table of settings; flags go over REMIND_*, over the file, over the default."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from remindcli import channel_tables, checks
from remindcli.channel_tables import ChannelTable
from remindcli.errors import UsageError


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table.

    Attributes:
        default: as it would stand in the file.
        help: one sentence for the docs.
        check: returns the value in its own type; raises ValueError with the reason.
        is_required: of a channel's option: it can't be left out.
        is_secret: it is never shown; of a channel's option: it stands in a file only that nobody else may read.
    """

    name: str
    default: object
    help: str
    check: Callable[[object], object]
    is_required: bool = False
    is_secret: bool = False


def _named_days(value: object) -> dict[str, tuple[int, int]]:
    """Return days of the year by name, from a table or from "name=03-14,other=12-06"."""
    if isinstance(value, str):
        value = dict(pair.split("=", 1) for pair in value.split(",") if "=" in pair)
    if not isinstance(value, dict):
        raise ValueError('names with their days, such as { "mum" = "03-14" }')  # noqa: TRY004 (what a check raises)
    days = {}
    for name, day in value.items():
        key = " ".join(str(name).lower().replace("'", "").split())
        try:
            # 2024 is a leap year: 02-29 is a day, of some years
            found = date.fromisoformat(f"2024-{day}")
        except ValueError:
            raise ValueError(f'a month and a day such as "03-14" for "{name}"') from None
        if not key.replace(" ", "").isalpha():
            raise ValueError(f'names of letters and spaces, which "{name}" is not')
        days[key] = (found.month, found.day)
    return days


def _views(value: object) -> dict[str, str]:
    """Return saved filters by name, from a table or from "work-week=@work and week; other=+home"."""
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(";") if "=" in part)
    if not isinstance(value, dict):
        raise ValueError('names with their filters, such as { work-week = "@work and week" }')  # noqa: TRY004
    views = {}
    for name, words in value.items():
        key = str(name).strip().lower()
        if not key[:1].isalpha() or not key.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f'names of letters, digits, "-" and "_", which "{name}" is not')
        if not isinstance(words, str) or not words.strip():
            raise ValueError(f'filter words such as "@work and week" for "{name}"')
        views[key] = words.strip()
    return views


TABLE: tuple[Setting, ...] = (
    Setting("all_day_at", "09:00", "When the alert of an all-day task rings.", checks.time_of_day),
    Setting("channels", "desktop,terminal", "The channels in the order in which they are tried.", checks.names),
    Setting("date_order", "", 'How 03/04 is read: "mdy", "dmy", or "" to refuse it.', checks.one_of("", "mdy", "dmy")),
    Setting("morning", "09:00", 'What "in the morning" means.', checks.time_of_day),
    Setting("afternoon", "12:00", 'What "in the afternoon" means.', checks.time_of_day),
    Setting("evening", "19:00", 'What "in the evening" and "tonight" mean.', checks.time_of_day),
    Setting(
        "on_failure", [], "A command for what was given up: its words; it gets JSON on standard input.", checks.command
    ),
    Setting(
        "heartbeat_url",
        "",
        "Asked for every minute while the daemon lives (a dead man's switch); mostly a secret, and never shown.",
        checks.url,
        is_secret=True,
    ),
    Setting("named_days", {}, 'Days of the year by name: { "mum" = "03-14" } reads "on mum".', _named_days),
    Setting(
        "digest_after_hours",
        24,
        "How late reminders are told together in one message.",
        checks.whole_number(1, 100_000),
    ),
    Setting(
        "warm",
        True,
        "Whether the daemon keeps a process that answers commands at once (docs/start-up.md).",
        checks.yes_or_no,
    ),
    Setting(
        "digest_at",
        "",
        'When the morning digest comes: "08:00", or { "mon-fri" = "07:30" }; "" is never.',
        checks.times_by_day,
    ),
    Setting("digest_channels", "", "The channels of the morning digest; empty is `channels`.", checks.maybe_names),
    Setting("nag", {}, 'What nags by itself: { "@work" = "10m", "p1" = "5m" }; see --nag.', checks.nagging),
    Setting("nag_times", 12, "How often a reminder is told again at the most.", checks.whole_number(1, 1000)),
    Setting(
        "quiet_hours",
        {},
        'When nothing rings: "22:00-07:00", or { "mon-fri" = "22:00-07:00", "sat,sun" = "23:00-09:00" }.',
        checks.quiet_hours,
    ),
    Setting(
        "quiet_passes", "p1", "The lowest priority that rings in quiet hours.", checks.one_of("p1", "p2", "p3", "none")
    ),
    Setting(
        "do_not_disturb",
        "hold",
        'What the desktop\'s own do-not-disturb does: "hold" or "ignore".',
        checks.one_of("hold", "ignore"),
    ),
    Setting("views", {}, 'Saved filters: { work-week = "@work and week" } is used as `remind list work-week`.', _views),
    Setting(
        "history_days",
        0,
        "For how many days what you did and what was told is kept (log, undo, why); 0 is for ever.",
        checks.whole_number(0, 36_500),
    ),
    Setting("log_format", "text", "How the daemon writes its log: text, or json.", checks.one_of("text", "json")),
    Setting("snooze_minutes", 10, "How long `remind snooze` without a time waits.", checks.whole_number(1, 10_080)),
)
_TRUSTED_ONLY = frozenset({"on_failure", "heartbeat_url"})
NAMING_CHANNELS = ("channels", "digest_channels")
"""The settings that are names of channels."""

NAMES: tuple[str, ...] = tuple(setting.name for setting in TABLE)


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force.

    Attributes:
        origins: where each came from: "default", the name of a variable, or a file and its line.
        written: each as it was written there.
        channels: the channels that have a table in the file.
    """

    values: Mapping[str, object]
    origins: Mapping[str, str]
    written: Mapping[str, object]
    channels: Mapping[str, ChannelTable] = field(default_factory=dict)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Return the names of all channels that there are, those of the user's after ours."""
        return channel_tables.names_of(self.channels)

    def time_of(self, name: str) -> time:
        """Return a setting that is a time of day."""
        value = self.values[name]
        assert isinstance(value, time)
        return value

    def number(self, name: str) -> int:
        """Return a setting that is a whole number."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    def is_on(self, name: str) -> bool:
        """Return a setting that is yes or no."""
        value = self.values[name]
        assert isinstance(value, bool)
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Return a setting that is a list of names."""
        value = self.values[name]
        assert isinstance(value, tuple)
        return value

    def days(self, name: str) -> Mapping[str, tuple[int, int]]:
        """Return a setting that names days of the year, each as (month, day)."""
        value = self.values[name]
        assert isinstance(value, dict)
        return value

    def by_day(self, name: str) -> Mapping[int, Any]:
        """Return a setting that holds by days of the week, 0 is Monday."""
        value = self.values[name]
        assert isinstance(value, dict)
        return value

    def spans(self, name: str) -> Mapping[str, timedelta]:
        """Return a setting that is spans by name."""
        value = self.values[name]
        assert isinstance(value, dict)
        return value

    def views(self, name: str) -> Mapping[str, str]:
        """Return a setting that holds saved filters, each by its name."""
        value = self.values[name]
        assert isinstance(value, dict)
        return value

    def text(self, name: str) -> str:
        """Return a setting that is a text."""
        return str(self.values[name])


def load(file: Path | None, variables: Mapping[str, str], *, without: str = "") -> Settings:
    """Return the settings in force.

    Args:
        file: config.toml; a file that is not there is no error.
        variables: the process environment; REMIND_ALL_DAY_AT sets all_day_at, and so on.
        without: the setting of the file that is about to be replaced, and so may be wrong.

    Raises:
        UsageError: the file can't be read, a name or a value is wrong, or a channel is named that is not there.
    """
    text = text_of(file) if file else ""
    written = dict(_parse(text, file))
    written.pop(without, None)
    tables = written.pop("channel", {})
    unknown = next((name for name in written if name not in NAMES), None)
    if unknown is not None:
        raise unknown_setting(unknown, why=f"it stands in {file}:{line_of(text, unknown)}")
    channels: Mapping[str, ChannelTable] = {}
    if file is not None and (tables or any(name in written for name in _TRUSTED_ONLY)):
        _must_be_ours_alone(file)
        channels = channel_tables.read(tables, text, file, is_private=_is_private(file))
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    raws: dict[str, object] = {}
    for setting in TABLE:
        variable = f"REMIND_{setting.name.upper()}"
        raw, origin = setting.default, "default"
        if setting.name in written:
            raw, origin = written[setting.name], f"{file}:{line_of(text, setting.name)}"
        if variables.get(variable):
            raw, origin = variables[variable], variable
        try:
            values[setting.name] = setting.check(raw)
        except ValueError as error:
            shown = "that" if setting.is_secret else f'"{raw}"'
            raise UsageError(
                f"the setting {setting.name} can't be {shown}",
                why=f"it comes from {origin}",
                hint=f"it takes {error}",
            ) from None
        origins[setting.name], raws[setting.name] = origin, raw
    found = Settings(values, origins, raws, channels)
    for name in NAMING_CHANNELS:
        channel_tables.check_order(found.names(name), found.channel_names, origin=origins[name])
    return found


def unknown_setting(name: str, *, why: str = "") -> UsageError:
    """Return the error of a name that no setting has."""
    from difflib import get_close_matches  # noqa: PLC0415 (only an error needs it)

    near = get_close_matches(name, NAMES, n=1)
    hint = f'did you mean "{near[0]}"?' if near else "the settings are: " + ", ".join(NAMES)
    if name.startswith("channel."):
        hint = "channels are tables of the file: remind config edit changes them, remind config list shows them"
    return UsageError(f'there is no setting "{name}"', why=why, hint=hint)


def line_of(text: str, name: str) -> int:
    """Return the number of the line, from 1 on, in which a key or a table of a TOML text begins; 0 if there is none."""
    key = re.compile(rf"""\s*(?:\[+\s*)?["']?{re.escape(name)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if key.match(line)), 0)


def _must_be_ours_alone(file: Path) -> None:
    """Refuse a file that others can write while it names what the daemon runs or asks for."""
    if os.name == "posix" and file.stat().st_mode & 0o022:
        raise UsageError(
            f"others can write the settings in {file}",
            why="it names a command or an address that the daemon uses",
            hint=f"chmod go-w {file}",
        )


def _is_private(file: Path) -> bool:
    """Return whether nobody else may read the file; Windows keeps a profile's files to its user."""
    return os.name != "posix" or file.stat().st_mode & 0o077 == 0


def text_of(file: Path) -> str:
    """Return the text of a settings file; "" if there is none.

    Raises:
        UsageError: it can't be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read the settings in {file}", why=str(error)) from None


def _parse(text: str, file: Path | None) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"the settings in {file} are not TOML",
            why=str(error),
            hint='a line looks like: all_day_at = "08:30"',
        ) from None
