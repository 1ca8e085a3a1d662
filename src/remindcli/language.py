"""The languages of times and filters as the settings have them, and zones by their names."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from remindcli.core import filters, recurrence, when
from remindcli.core.filters import Filter
from remindcli.core.safe import safe
from remindcli.core.when import Options
from remindcli.core.when.named import NAMED_DAYS
from remindcli.errors import UsageError
from remindcli.settings import Settings

_COUNTED_FROM_NOW = {"today", "tomorrow", "tonight", "in", "next", "after", "from", "this", "now"}


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


def read_filter(words: Sequence[str], settings: Settings, *, now: datetime, zone: ZoneInfo) -> Filter:
    """Return what filter words mean, with the saved views and the time language of the settings.

    Raises:
        UsageError: see filters.read.
    """
    return filters.read(words, now=now, zone=zone, views=settings.views("views"), options=options_of(settings))


def past_instant(phrase: str, *, now: datetime, zone: ZoneInfo, options: Options, hour_of_day: int = 12) -> datetime:
    """Return the instant that has passed which a phrase names: "yesterday 5pm", "3 hours ago", "9am", "monday".

    Of a weekday or an hour the last one that has passed is meant.

    Args:
        hour_of_day: what a day without an hour stands for; its noon, unless it is to be its beginning.

    Raises:
        UnreadableTimeError: it is not understood.
        UsageError: it has not passed, or is a rule.
    """
    words = phrase.lower().split()
    if words[-1:] == ["ago"]:
        return now - when.parse_span(" ".join(words[:-1]))
    midnight = recurrence.start_of_day(now.astimezone(zone).date(), zone)
    # seen from an earlier day, an hour or a weekday "to come" is the last one that has passed
    points = [now, midnight, midnight - timedelta(days=1), midnight - timedelta(days=7)]
    if "yesterday" in words:
        phrase = " ".join("today" if word == "yesterday" else word for word in words)
        points = [midnight - timedelta(days=1)]
    elif _COUNTED_FROM_NOW & set(words):
        points = [now, midnight] if "today" in words else [now]
    first_error: UsageError | None = None
    for point in points:
        try:
            rule = when.parse(phrase, now=point, zone=zone, options=options).rule
        except UsageError as error:
            first_error = first_error or error
            continue
        if rule.rrule is not None:
            raise UsageError(f'"{safe(phrase, 60)}" is a rule, not one time')
        tz = ZoneInfo(rule.zone) if rule.zone else zone
        wall = rule.dtstart.replace(hour=hour_of_day) if rule.is_all_day else rule.dtstart
        at = recurrence.resolve(wall, tz)
        if at <= now:
            return at
        if rule.is_all_day and rule.dtstart.date() == now.astimezone(zone).date():
            return now
    raise first_error or UsageError(f'"{safe(phrase, 60)}" has not passed', hint="yesterday 5pm, 3 hours ago, monday")


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
