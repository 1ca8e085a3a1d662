"""The time language as the settings have it, and zones by their names."""

from zoneinfo import ZoneInfo

from remindcli.core.safe import safe
from remindcli.core.when import Options
from remindcli.core.when.reading import NAMED_DAYS
from remindcli.errors import UsageError
from remindcli.settings import Settings


def options_of(settings: Settings, *, is_strict_day: bool = False) -> Options:
    """Return what the settings change in the language."""
    return Options(
        strict_day=is_strict_day,
        date_order=settings.text("date_order") or None,
        morning=settings.time_of("morning"),
        afternoon=settings.time_of("afternoon"),
        evening=settings.time_of("evening"),
        tonight=settings.time_of("evening"),
        named_days={**NAMED_DAYS, **settings.days("named_days")},
    )


def zone_named(name: str) -> ZoneInfo:
    """Return a zone of the IANA database.

    Raises:
        UsageError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            f'there is no zone "{safe(name, 40)}"', hint="zones have names like Europe/Berlin or UTC"
        ) from None
