"""A time, said in words that the time language reads back."""

from datetime import datetime
from zoneinfo import ZoneInfo

from remindcli.core.when import When


def explain(when: When, *, now: datetime, zone: ZoneInfo) -> str:
    """Return English that parse() reads back to the same When."""
    rule = when.rule
    start = rule.dtstart.strftime("%Y-%m-%d" if rule.is_all_day else "%Y-%m-%dT%H:%M:%S")
    return f"RRULE:{rule.rrule} from {start}" if rule.rrule else start


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Return a short name of the instant in the zone, such as "Mon 30 Nov 09:00"."""
    wall = at.astimezone(zone)
    year = "" if wall.year == now.astimezone(zone).year else f" {wall.year}"
    return f"{wall:%a} {wall.day} {wall:%b}{year} {wall:%H:%M}"


def relative(at: datetime, now: datetime) -> str:
    """Return how far the instant is from now, such as "in 7 days" or "2 hours ago"."""
    seconds = round((at - now).total_seconds())
    size = abs(seconds)
    for unit, length, enough in (
        ("day", 86400, 86400),
        ("hour", 3600, 3600),
        ("minute", 60, 60),
        ("second", 1, 0),
    ):
        if size >= enough:
            n = round(size / length)
            words = f"{n} {unit}{'' if n == 1 else 's'}"
            return f"in {words}" if seconds >= 0 else f"{words} ago"
    return "now"
