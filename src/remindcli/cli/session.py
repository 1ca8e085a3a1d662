"""One command's way to its store, settings and verbs: opened when first used, closed at the end."""

import os
import sys

from remindcli import client
from remindcli.cli.environment import Environment
from remindcli.cli.output import Output
from remindcli.errors import AlreadyDoneError, StoreError

TYPE_CHECKING = False  # what typing calls so: importing it takes time, and only a checker needs it
if TYPE_CHECKING:  # SQLAlchemy and dateutil behind these take most of the start: only who needs them pays
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from remindcli.actions import Actions
    from remindcli.cli.progress import Progress
    from remindcli.core.filters import Filter
    from remindcli.core.when import Options
    from remindcli.settings import Settings
    from remindcli.store.store import Store


class Session:
    """What the commands share while one of them runs.

    Attributes:
        out: what prints.
        db: the value of --db; "" if it was not given.
        tells_losses: the command itself is about what was given up.
    """

    def __init__(self, environment: Environment, *, is_json: bool = False) -> None:
        self.environment = environment
        self.out = Output(environment, is_json=is_json)
        self.db = ""
        self.tells_losses = False
        self._settings: Settings | None = None
        self._actions: Actions | None = None

    @property
    def store_path(self) -> "Path":
        """Return the store's file: --db, else REMIND_DB, else in the platform's data folder.

        Links are followed: the locks stand beside the file itself, else a link would have a daemon of its own.
        """
        from pathlib import Path  # noqa: PLC0415 (6 ms, which a key press does not have)

        given = self.db or self.environment.variables.get("REMIND_DB", "")
        if given:
            return Path(os.path.realpath(self.environment.cwd / Path(given).expanduser()))
        from remindcli.cli.places import data_folder  # noqa: PLC0415

        return Path(os.path.realpath(data_folder(self.environment.variables) / "remind.db"))

    @property
    def store_file(self) -> str:
        """Return the same as `store_path`, as text, and where it can be told so without pathlib."""
        found = ""
        if not self.db and sys.platform not in ("win32", "darwin"):
            variables = {os.fsencode(name): os.fsencode(value) for name, value in self.environment.variables.items()}
            found = client.store_path(variables, self.environment.folder)
        return found or str(self.store_path)

    @property
    def settings_path(self) -> "Path":
        """Return the settings file, whether it is there or not."""
        from remindcli.cli.places import settings_file  # noqa: PLC0415

        return settings_file(self.environment.variables)

    @property
    def settings(self) -> "Settings":
        """Return the settings in force."""
        if self._settings is None:
            from remindcli import settings  # noqa: PLC0415

            self._settings = settings.load(self.settings_path, self.environment.variables)
        return self._settings

    def has_setting(self, name: str) -> bool:
        """Return whether a setting may be set: its name stands in the file or the environment, and nothing is read."""
        if self.environment.variables.get(f"REMIND_{name.upper()}"):
            return True
        try:
            return name.encode() in self.settings_path.read_bytes()
        except OSError:
            return False

    def settings_stamp(self) -> int:
        """Return when the settings file was last written, in nanoseconds; 0 if there is none."""
        try:
            return self.settings_path.stat().st_mtime_ns
        except OSError:
            return 0

    def has_other_settings(self, stamp: int) -> bool:
        """Return whether the settings file was written since that stamp."""
        return self.settings_stamp() != stamp

    def reload(self) -> None:
        """Close the store and forget the settings: both are opened and read anew when they are next asked for."""
        self.close()
        self._settings = None

    def keep(self, settings: "Settings") -> None:
        """Put settings in force that were read before."""
        self._settings = settings

    def options(self, *, is_strict_day: bool = False) -> "Options":
        """Return the time language as the settings have it."""
        from remindcli.language import options_of  # noqa: PLC0415

        return options_of(self.settings, is_strict_day=is_strict_day)

    def filtered(self, words: "Sequence[str]") -> "Filter":
        """Return what filter words mean, with the saved views and the time language of the settings.

        Raises:
            UsageError: see `filters.read`.
        """
        from remindcli.language import read_filter  # noqa: PLC0415

        now, zone = self.now_and_zone()
        return read_filter(words, self.settings, now=now, zone=zone)

    def now_and_zone(self) -> "tuple[datetime, ZoneInfo]":
        """Return the moment, and the local zone."""
        clock = self.environment.clock
        return clock.now(), clock.zone()

    def zone(self, name: str | None) -> "ZoneInfo":
        """Return the zone of that name, or the local one.

        Raises:
            UsageError: there is none of that name.
        """
        if name is None:
            return self.environment.clock.zone()
        from remindcli.language import zone_named  # noqa: PLC0415

        return zone_named(name)

    @property
    def actions(self) -> "Actions":
        """Return the verbs over the store, caught up with what came due while nobody looked."""
        if self._actions is None:
            from remindcli.actions import Actions  # noqa: PLC0415

            environment, clock = self.environment, self.environment.clock
            store = environment.stores.open(self.store_path, clock, all_day_at=self.settings.time_of("all_day_at"))
            store.under_request(environment.request)
            store.say_while_waiting(self._waiting if environment.has_terminal_err else None)
            self._actions = Actions(store, clock, self.settings, known_channels=self.settings.channel_names)
            if environment.is_repeat and (made := store.made_by(environment.request)):
                raise AlreadyDoneError(made)
            self._actions.catch_up()
        return self._actions

    def _waiting(self) -> "Progress":
        from remindcli.cli.progress import Progress  # noqa: PLC0415 (only where somebody looks on)

        progress = Progress(self.environment)
        progress.doing("waiting for the store: another program holds it")
        return progress

    @property
    def store(self) -> "Store":
        """Return the store."""
        return self.actions.store

    def close(self) -> None:
        """Close the store."""
        if self._actions is not None:
            self.environment.stores.close(self._actions.store)
            self._actions = None

    def warn(self) -> None:
        """Say on stderr what the user should know of whatever they asked: nobody rings, something was given up."""
        if self._actions is None:
            return
        from remindcli.daemon.instance import is_running  # noqa: PLC0415

        store = self._actions.store
        try:
            has_waiting, given_up = store.unheard()
            is_unheard = has_waiting and not is_running(store.path)
        except StoreError:  # what was asked is done and said: a look that fails after it must not tell otherwise
            return
        if is_unheard:
            self.out.note("warning: no daemon runs, so nothing will ring; start it with: remind daemon start")
        if given_up and not self.tells_losses:
            what = "a reminder was" if given_up == 1 else f"{given_up} reminders were"
            self.out.note(f"warning: {what} given up, unheard: remind failed")
