"""The only reader of the wall clock and of the local zone."""

import os
from datetime import UTC, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol
    from zoneinfo import ZoneInfo
else:  # at a key press typing takes long, and it is for the type checker alone
    Protocol = object


class Clock(Protocol):
    """What long-lived parts ask for the time."""

    def now(self) -> datetime:
        """Return the current instant, aware, UTC."""

    def zone(self) -> "ZoneInfo":
        """Return the zone in which floating times are meant now."""


class SystemClock:
    """The machine's clock and zone, asked anew each time: both may change while a daemon runs."""

    def now(self) -> datetime:
        """Return the current instant, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251 (this is the one place)

    def zone(self) -> "ZoneInfo":
        """Return the zone in which floating times are meant now."""
        return local_zone(os.environ.get("TZ"))


def local_zone(tz: str | None) -> "ZoneInfo":
    """Return the zone named by TZ, else the system's; UTC where neither names one that is known."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 (not every command asks for the zone)

    for name in ((tz or "").removeprefix(":"), _system_zone_name()):
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return ZoneInfo("UTC")


def _system_zone_name() -> str:
    """Return the IANA name behind /etc/localtime, or "" where it has none."""
    real = os.path.realpath("/etc/localtime")
    _, found, name = real.partition("/zoneinfo/")
    if found:
        return name.removeprefix("posix/").removeprefix("right/")
    from tzlocal import get_localzone_name  # noqa: PLC0415 (19 ms, and needed only where the link says nothing)

    try:
        return get_localzone_name() or ""
    except (LookupError, OSError, ValueError):
        return ""
