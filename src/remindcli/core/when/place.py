"""Where and when a phrase is said: the clocks it is read by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from remindcli.core.fields import Fields
from remindcli.core.when.draft import Draft, MisreadError
from remindcli.core.when.reading import Options

TYPE_CHECKING = False  # see core/fields.py
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Asked(Fields):
    """The moment and the place of asking.

    Attributes:
        now: aware.
        zone: the local zone.
        local: the wall time there, whole seconds.
    """

    now: datetime
    zone: ZoneInfo
    local: datetime
    options: Options

    @property
    def today(self) -> date:
        """Return the local day."""
        return self.local.date()

    def wall_in(self, draft: Draft) -> datetime:
        """Return the wall time of now in the zone that the draft names."""
        if draft.zone:
            return self.now.astimezone(zone_named(draft.zone)).replace(tzinfo=None, microsecond=0)
        if draft.offset is not None:
            at = self.now.astimezone(UTC) + timedelta(minutes=draft.offset)
            return at.replace(tzinfo=None, microsecond=0)
        return self.local

    def instant(self, at: datetime) -> tuple[datetime, str]:
        """Return the wall time and the zone that name this instant: the local one, or UTC where it is ambiguous."""
        wall = at.astimezone(self.zone).replace(tzinfo=None, microsecond=0, fold=0)
        if self.zone.key and wall.replace(tzinfo=self.zone).astimezone(UTC) == at.astimezone(UTC).replace(
            microsecond=0
        ):
            return wall, self.zone.key
        return at.astimezone(UTC).replace(tzinfo=None, microsecond=0), "UTC"


def settle_zone(draft: Draft) -> None:
    """Replace the zone as typed by its IANA name, and a whole hour of offset by such a zone.

    Raises:
        MisreadError: there is no such zone.
    """
    if draft.offset is not None and draft.offset % 60 == 0:
        hours = draft.offset // 60
        draft.zone = "UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"
        draft.offset = None
    if not draft.zone:
        return
    typed = draft.zone
    titled = "/".join("_".join(word.capitalize() for word in part.split("_")) for part in typed.split("/"))
    region, _, rest = typed.partition("/")
    for name in dict.fromkeys((typed, titled, f"{region.upper()}/{rest.capitalize()}", titled.replace("_Of_", "_of_"))):
        if is_zone(name):
            draft.zone = name
            return
    raise MisreadError(f'there is no zone "{typed}"', hint="17:00 Europe/Berlin")


def zone_named(name: str) -> ZoneInfo:
    """Return the zone; zoneinfo takes 3 ms to import, and most phrases name none."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Return whether the database has a zone of that name."""
    try:
        zone_named(name)
    except (OSError, ValueError, KeyError):  # a folder, a strange name, not found
        return False
    return True
