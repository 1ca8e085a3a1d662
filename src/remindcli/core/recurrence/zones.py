"""Wall times and instants: what a clock on the wall shows, and when that is.

Both are counted here in whole seconds since the day before 1 January of the year 1 (`datetime.toordinal` times
86,400), so that a step of a rule is a sum and nothing overflows.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remindcli.errors import InvalidRuleError

DAY = 86_400
FIRST_SECOND = DAY
"""Midnight of 1 January of the year 1."""
LAST_SECOND = date.max.toordinal() * DAY + DAY - 1

_DAY_ZERO = datetime(1, 1, 1)
_PROBE = 6 * DAY
_FAR = 66 * _PROBE


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
    return wall_of(instant_of(seconds_of(wall), tz)).replace(tzinfo=UTC)


def start_of_day(day: date, tz: tzinfo) -> datetime:
    """Return the instant (aware, UTC) at which a day begins in the zone: where its midnight is in a gap, after that."""
    return resolve(datetime.combine(day, time()), tz)


def instant_of(wall: int, tz: tzinfo, *, fold: int = 0) -> int:
    """Return the instant of a wall time, both in seconds; `fold` as in PEP 495."""
    offset = _steady_offset(wall // DAY, tz)
    if offset is None:
        offset = _seconds(wall_of(wall).replace(tzinfo=tz, fold=fold).utcoffset())
    return wall - offset


def offset_at(instant: int, tz: tzinfo) -> int:
    """Return how many seconds the wall clock of a zone is ahead of UTC at an instant."""
    offset = _steady_offset(instant // DAY, tz)
    return _asked(instant, tz) if offset is None else offset


def steady_until(instant: int, tz: tzinfo) -> int:
    """Return an instant up to which the zone keeps its offset: at least this one."""
    if tz.utcoffset(None) is not None:
        return LAST_SECOND
    probe = -(-instant // _PROBE)
    if offset_at(instant, tz) == offset_at(probe * _PROBE, tz):
        return _steady_end(probe, 1, tz)
    return _change_between(instant, probe * _PROBE, tz)


def steady_since(instant: int, tz: tzinfo) -> int:
    """Return an instant since which the zone keeps its offset: at most this one."""
    if tz.utcoffset(None) is not None:
        return FIRST_SECOND
    probe = instant // _PROBE
    if offset_at(instant, tz) == offset_at(probe * _PROBE, tz):
        return _steady_end(probe, -1, tz)
    return _change_between(instant, probe * _PROBE, tz)


def _change_between(instant: int, other: int, tz: tzinfo) -> int:
    """Return the last second on the way to another one at which the zone still has its offset."""
    offset = offset_at(instant, tz)
    while abs(other - instant) > 1:
        middle = (instant + other) // 2
        if offset_at(middle, tz) == offset:
            instant = middle
        else:
            other = middle
    return instant


@lru_cache(maxsize=1024)
def _steady_end(probe: int, way: int, tz: tzinfo) -> int:
    """Return how far from a probe the offset stays the same, looking every few days, for at most a year."""
    begin = end = probe * _PROBE
    offset = _asked(begin, tz)
    while abs(end - begin) < _FAR and _asked(end + way * _PROBE, tz) == offset:
        end += way * _PROBE
    return end


@lru_cache(maxsize=8192)
def _steady_offset(day: int, tz: tzinfo) -> int | None:
    """Return the offset of the day, of the one before and the one after; None if it changes within them.

    No clock differs from UTC by more than a day, so it holds for a day of the wall clock and for one of UTC.
    """
    offsets = {_asked((day + ahead) * DAY, tz) for ahead in range(-1, 3)}
    return offsets.pop() if len(offsets) == 1 else None


def _asked(instant: int, tz: tzinfo) -> int:
    # a zone reads the years 1 and 9999 with a margin of a day
    inside = min(max(instant, FIRST_SECOND + DAY), LAST_SECOND - DAY)
    return _seconds(wall_of(inside).replace(tzinfo=UTC).astimezone(tz).utcoffset())


def _seconds(offset: timedelta | None) -> int:
    return offset.days * DAY + offset.seconds if offset else 0
