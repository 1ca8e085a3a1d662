"""Wall times and instants: what a clock on the wall shows, and when that is.

Both are counted here in whole seconds since the day before 1 January of the year 1 (`datetime.toordinal` times
86,400), so that a step of a rule is a sum and nothing overflows.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remindcli.errors import InvalidRuleError

DAY = 86_400
FIRST_SECOND = DAY
"""Midnight of 1 January of the year 1."""
LAST_SECOND = date.max.toordinal() * DAY + DAY - 1

_DAY_ZERO = datetime(1, 1, 1)
_PROBE = 6 * DAY
_FAR = 400 * DAY


def seconds_of(wall: datetime) -> int:
    """Return a naive datetime as a number of seconds."""
    return wall.toordinal() * DAY + wall.hour * 3600 + wall.minute * 60 + wall.second


def wall_of(seconds: int) -> datetime:
    """Return the naive datetime of a number of seconds; the ends of the calendar stand for what lies beyond."""
    return _DAY_ZERO + timedelta(seconds=min(max(seconds, FIRST_SECOND), LAST_SECOND) - DAY)


def named(zone: str) -> ZoneInfo:
    """Return the zone of an IANA name.

    Raises:
        InvalidRuleError: the zone database has no such zone.
    """
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidRuleError(
            f"can't find the time zone {zone}",
            why="the zone database has no such name",
            hint="a name such as Europe/Berlin, America/New_York or UTC",
        ) from error


def resolve(wall: datetime, tz: tzinfo) -> datetime:
    """Return the instant (aware, UTC) at which a clock in the zone shows a naive wall time.

    A time in a gap is read with the offset before the gap, so 02:30 rings at 03:30; a time that comes twice
    means the first (RFC 5545 section 3.3.5, form 3). The ends of the calendar stand for what lies beyond.
    """
    return wall_of(instant_of(wall, tz)).replace(tzinfo=UTC)


def instant_of(wall: datetime, tz: tzinfo, *, fold: int = 0) -> int:
    """Return the instant of a wall time, in seconds; `fold` as in PEP 495."""
    return seconds_of(wall) - _seconds(wall.replace(tzinfo=tz, fold=fold).utcoffset())


def offset_at(instant: int, tz: tzinfo) -> int:
    """Return how many seconds the wall clock of a zone is ahead of UTC at an instant."""
    # a zone reads years 1 and 9999 with a margin of a day: no clock is further from UTC
    inside = min(max(instant, FIRST_SECOND + DAY), LAST_SECOND - DAY)
    return _seconds(wall_of(inside).replace(tzinfo=UTC).astimezone(tz).utcoffset())


@lru_cache(maxsize=512)
def _steady_from(probe: int, tz: tzinfo) -> int:
    offset = offset_at(probe * _PROBE, tz)
    end = probe * _PROBE
    while end < probe * _PROBE + _FAR and offset_at(end + _PROBE, tz) == offset:
        end += _PROBE
    return end


def steady_until(instant: int, tz: tzinfo) -> int:
    """Return an instant up to which the zone keeps its offset: at least this one, at most 400 days on."""
    probe = -(-instant // _PROBE)
    if offset_at(instant, tz) != offset_at(probe * _PROBE, tz):
        return instant
    return _steady_from(probe, tz)


@lru_cache(maxsize=512)
def _steady_to(probe: int, tz: tzinfo) -> int:
    offset = offset_at(probe * _PROBE, tz)
    start = probe * _PROBE
    while start > probe * _PROBE - _FAR and offset_at(start - _PROBE, tz) == offset:
        start -= _PROBE
    return start


def steady_since(instant: int, tz: tzinfo) -> int:
    """Return an instant since which the zone keeps its offset: at most this one, at least 400 days back."""
    probe = instant // _PROBE
    if offset_at(instant, tz) != offset_at(probe * _PROBE, tz):
        return instant
    return _steady_to(probe, tz)


def _seconds(offset: timedelta | None) -> int:
    return offset.days * DAY + offset.seconds if offset else 0
