"""A time, said in words that the time language reads back; the twin of when."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from remindcli.core.rule import Repeat, Rule
from remindcli.core.when import When, parse
from remindcli.core.when.words import BYDAY, DAY_SHORT, MONTH_SHORT
from remindcli.errors import RemindError

_UNITS: Final = {
    "SECONDLY": "second",
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_TICKING: Final = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_WORKDAYS: Final = "MO,TU,WE,TH,FR"
_HOURLY_DAYS: Final = {"every day": "", "every weekday": " on weekdays"}
_CLAMPED: Final = {"28,29": 29, "28,29,30": 30, "28,29,30,31": 31}
_NEAR: Final = timedelta(days=200)
_SHORT_MONTHS: Final = " (last day of short months)"


def explain(when: When, *, now: datetime, zone: ZoneInfo) -> str:
    """Return English that parse() reads back to the same When, if asked at the same moment in the same zone.

    A rule beyond words is its RFC 5545 text, which parse() reads as well.

    Args:
        when: what to say.
        now: aware; the moment at which the words are to be read.
        zone: the local zone.
    """
    for phrase in _phrases(when.rule, now.astimezone(zone)):
        if _reads_back(phrase, when, now, zone):
            return phrase
    return rule_text(when.rule)


def habit(rule: Rule, *, now: datetime, zone: ZoneInfo) -> str:
    """Return how a rule comes back, for people: without a start that has passed, unless its times are counted.

    Days to come that are left out or added are named, more than two of them counted.
    """
    if rule.rdate or rule.exdate:
        today = now.astimezone(zone).date()
        plain = habit(rule.but(rdate=(), exdate=()), now=now, zone=zone)
        return plain + _named(", not", rule.exdate, today) + _named(", also", rule.rdate, today)
    words = explain(When(rule), now=now, zone=zone)
    if rule.dtstart.date() > now.astimezone(zone).date() or "COUNT=" in (rule.rrule or ""):
        return words
    return words.replace(f" from {_day(rule.dtstart.date(), is_year_named=True)}", "", 1)


def _named(head: str, walls: Sequence[datetime], today: date) -> str:
    days = sorted({wall.date() for wall in walls if wall.date() >= today})
    if not days:
        return ""
    said = [_day(day, is_year_named=day.year != today.year) for day in days]
    return f"{head} on {' and '.join(said)}" if len(said) < 3 else f"{head} on {len(said)} days"


def _reads_back(phrase: str, when: When, now: datetime, zone: ZoneInfo) -> bool:
    try:
        return parse(phrase, now=now, zone=zone) == when
    except RemindError:
        return False


def _phrases(rule: Rule, local: datetime) -> list[str]:
    """Return ways to say the rule, the shortest first."""
    if rule.rdate or rule.exdate:
        return []
    day = rule.dtstart.date()
    clock = "" if rule.is_all_day else f" at {_clock(rule.dtstart.time())}"
    if rule.rrule is None:
        zone = f" {rule.zone}" if rule.zone else ""
        is_near = timedelta() <= rule.dtstart - local.replace(tzinfo=None) < _NEAR
        named = (False, True) if is_near else (True,)
        return [f"{_day(day, is_year_named=each)}{clock}{zone}" for each in named]
    parts = dict(part.split("=", 1) for part in rule.rrule.split(";"))
    head = _often(parts, rule)
    if head is None:
        return []
    end = _end(parts, rule)
    start = f" from {_day(day, is_year_named=True)}"
    if parts["FREQ"] in _TICKING:
        return [f"{head}{end}", f"{head}{start}{clock}{end}"]
    times = _times(parts, rule)
    if rule.zone:
        times += f" {rule.zone}"
    said = [f"{head}{times}{end}", f"{head}{times}{start}{end}"]
    hourly = _hourly(parts, head) if not rule.zone else None
    if hourly:
        said[:0] = [f"{hourly}{end}", f"{hourly}{start}{end}"]
    if "BYSETPOS" not in parts and _has_late_day(parts):
        said += [phrase.replace(" on the ", " strictly on the ", 1) for phrase in said]
    return said


def _has_late_day(parts: dict[str, str]) -> bool:
    return bool({"29", "30", "31"} & set(parts.get("BYMONTHDAY", "").split(",")))


def _hourly(parts: dict[str, str], head: str) -> str | None:
    """Return "every 2 hours from 09:00 to 17:00 on weekdays", if the times are as regular as that."""
    if "BYHOUR" not in parts or "INTERVAL" in parts or parts["FREQ"] not in {"DAILY", "WEEKLY"}:
        return None
    days = _HOURLY_DAYS.get(head, head.replace("every ", " on ", 1))
    hours = [int(hour) for hour in parts["BYHOUR"].split(",")]
    minutes = [int(minute) for minute in parts.get("BYMINUTE", "0").split(",")]
    times = [hour * 60 + minute for hour in hours for minute in minutes]
    steps = {later - earlier for earlier, later in itertools.pairwise(times)}
    if len(times) < 4 or len(steps) != 1:
        return None
    number = steps.pop()
    number, unit = (number // 60, "hour") if number % 60 == 0 else (number, "minute")
    every = f"every {unit}" if number == 1 else f"every {number} {unit}s"
    first, last = (_clock(time(minute // 60, minute % 60)) for minute in (times[0], times[-1]))
    return f"{every} from {first} to {last}{days}"


def _day(day: date, *, is_year_named: bool) -> str:
    if day.year < 1000:
        return day.isoformat()
    year = f" {day.year}" if is_year_named else ""
    return f"{DAY_SHORT[day.weekday()]} {day.day} {MONTH_SHORT[day.month]}{year}"


def _clock(at: time) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _often(parts: dict[str, str], rule: Rule) -> str | None:
    """Return "every 2 weeks on Mon and Fri"; None if there are no words for it."""
    unit = _UNITS[parts["FREQ"]]
    number = int(parts.get("INTERVAL", "1"))
    mark = "!" if rule.repeat is Repeat.COMPLETION else ""
    head = f"every{mark} {unit}" if number == 1 else f"every{mark} {number} {unit}s"
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYHOUR", "BYMINUTE"}
    days = {name: value for name, value in parts.items() if name not in known}
    if not days:
        return head
    if days == {"BYDAY": _WORKDAYS} and unit == "week" and number == 1:
        return "every weekday"
    if days == {"BYMONTH": "2", "BYMONTHDAY": "29"} and unit == "year" and number == 1:
        return "every leap day"
    said = _SAY[unit](days) if unit in _SAY else None
    if said is None:
        return None
    if unit == "week" and number == 1 and "BYMONTH" not in days:
        return f"every {said.removeprefix('on ')}"
    return f"{head} {said}"


def _weekly(days: dict[str, str]) -> str | None:
    names = [DAY_SHORT[BYDAY.index(day)] for day in days.get("BYDAY", "").split(",") if day in BYDAY]
    months = _months(days)
    if not names:
        return None
    return f"on {_listed(names)}" + (f" in {months}" if months else "")


def _daily(days: dict[str, str]) -> str | None:
    return f"in {_months(days)}" if set(days) == {"BYMONTH"} else None


def _monthly(days: dict[str, str]) -> str | None:
    months = _months(days)
    said = _days_of_month(days)
    if said is None:
        return None
    return f"on the {said}" + (f" in {months}" if months else "")


def _yearly(days: dict[str, str]) -> str | None:
    months = _months(days)
    names = set(days)
    if names <= {"BYWEEKNO", "BYDAY"} and "BYWEEKNO" in names:
        weekdays = _weekly(days)
        return f"{weekdays + ' ' if weekdays else ''}in week {days['BYWEEKNO']}"
    if names == {"BYYEARDAY"}:
        return f"on the {_ordinals(days['BYYEARDAY'].split(','))} day"
    if not months:
        which = _nth_weekdays(days) if names == {"BYDAY"} else None
        return f"on the {which}" if which else None
    if days.get("BYDAY", "0")[:2] in BYDAY and names == {"BYMONTH", "BYDAY"}:
        return f"on {_listed([DAY_SHORT[BYDAY.index(day[-2:])] for day in days['BYDAY'].split(',')])} in {months}"
    if days == {"BYMONTH": "2", "BYMONTHDAY": "28,29", "BYSETPOS": "-1"}:
        return "on 29 Feb (last day of short months)"
    said = _days_of_month(days)
    return None if said is None else f"on the {said} of {months}"


_SAY: Final = {"day": _daily, "week": _weekly, "month": _monthly, "year": _yearly}


def _days_of_month(days: dict[str, str]) -> str | None:
    """Return "15th and last day", "3rd Fri", "31st (last day of short months)"."""
    names = set(days) - {"BYMONTH"}
    if names == {"BYDAY"}:
        return _nth_weekdays(days)
    if names == {"BYDAY", "BYSETPOS"} and days["BYDAY"] == _WORKDAYS:
        return f"{_ordinals(days['BYSETPOS'].split(','))} working day"
    if names == {"BYMONTHDAY"}:
        numbers = days["BYMONTHDAY"].split(",")
        return _ordinals(numbers) + (" day" if "-1" in numbers else "")
    if names == {"BYMONTHDAY", "BYSETPOS"}:
        return _clamped(days["BYMONTHDAY"].split(","), days["BYSETPOS"].split(","))
    return None


def _clamped(numbers: list[str], places: list[str]) -> str | None:
    """Return the days that end on the last of a short month: 28,29,30,31 at -1 is the 31st."""
    early = len(places) - 1
    late = _CLAMPED.get(",".join(numbers[early:]))
    if late is None and 0 < early <= len(numbers) and numbers[early - 1] == "28":
        early, late = early - 1, _CLAMPED.get(",".join(numbers[early - 1 :]))
    if late is None:
        return None
    return _ordinals([*numbers[: len(places) - 1], str(late)]) + _SHORT_MONTHS


def _nth_weekdays(days: dict[str, str]) -> str | None:
    """Return "1st and 3rd Fri" if each weekday has the same numbers."""
    pairs = [(day[:-2], day[-2:]) for day in days["BYDAY"].split(",")]
    numbers = list(dict.fromkeys(number for number, _ in pairs))
    names = list(dict.fromkeys(day for _, day in pairs))
    if "" in numbers or len(pairs) != len(numbers) * len(names):
        return None
    return f"{_ordinals(numbers)} {_listed([DAY_SHORT[BYDAY.index(name)] for name in names])}"


def _ordinals(numbers: list[str]) -> str:
    positive = sorted(int(number) for number in numbers if int(number) > 0)
    negative = sorted(int(number) for number in numbers if int(number) < 0)
    return _listed([ordinal(number) for number in (*positive, *negative)])


def ordinal(number: int) -> str:
    """Return 1st, 22nd, 13th; -1 is last, -2 is 2nd last."""
    if number == -1:
        return "last"
    size = abs(number)
    ending = "th" if 10 < size % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(size % 10, "th")
    return f"{size}{ending}" + (" last" if number < 0 else "")


def _months(days: dict[str, str]) -> str:
    return _listed([MONTH_SHORT[int(month)] for month in days.get("BYMONTH", "").split(",") if month])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _times(parts: dict[str, str], rule: Rule) -> str:
    """Return " at 08:00 and 20:00"."""
    if rule.is_all_day:
        return ""
    at = rule.dtstart.time()
    if "BYHOUR" not in parts and "BYMINUTE" not in parts:
        return f" at {_clock(at)}"
    hours = [int(hour) for hour in parts.get("BYHOUR", str(at.hour)).split(",")]
    minutes = [int(minute) for minute in parts.get("BYMINUTE", str(at.minute)).split(",")]
    return " at " + _listed([_clock(time(hour, minute, at.second)) for hour in hours for minute in minutes])


def _end(parts: dict[str, str], rule: Rule) -> str:
    """Return " until Fri 31 Dec 2027", " 5 times"."""
    if "COUNT" in parts:
        return f" {parts['COUNT']} times"
    if "UNTIL" not in parts:
        return ""
    value = parts["UNTIL"]
    if len(value) == len("20261231"):
        return f" until {_day(datetime.strptime(value, '%Y%m%d').replace(tzinfo=UTC).date(), is_year_named=True)}"
    until = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    if value.endswith("Z"):
        until = until.astimezone(ZoneInfo(rule.zone or "UTC"))
    clock = "" if until.time() == time(23, 59, 59) else f" at {_clock(until.time())}"
    return f" until {_day(until.date(), is_year_named=True)}{clock}"


def rule_text(rule: Rule) -> str:
    """Return the rule as RFC 5545 content lines in one line; parse() reads them."""

    def stamped(name: str, *walls: datetime) -> str:
        zone = f";TZID={rule.zone}" if rule.zone and rule.zone != "UTC" else ""
        form = ";VALUE=DATE" if rule.is_all_day else zone
        return f"{name}{form}:{','.join(stamp(wall) for wall in walls)}"

    def stamp(wall: datetime) -> str:
        text = f"{wall.year:04d}{wall:%m%d}"
        return text if rule.is_all_day else f"{text}T{wall:%H%M%S}" + ("Z" if rule.zone == "UTC" else "")

    lines = [stamped("DTSTART", rule.dtstart)]
    lines += [f"RRULE:{rule.rrule}"] if rule.rrule else []
    lines += [stamped("RDATE", *rule.rdate)] if rule.rdate else []
    lines += [stamped("EXDATE", *rule.exdate)] if rule.exdate else []
    mark = "every! " if rule.repeat is Repeat.COMPLETION else ""
    return mark + " ".join(lines)


def moment(at: datetime, zone: ZoneInfo, now: datetime, *, is_all_day: bool = False) -> str:
    """Return a short name of the instant in the zone, such as "Mon 30 Nov 09:00"; the year only if it is another.

    Args:
        at: aware.
        zone: where it is read.
        now: aware; whose year goes without saying.
        is_all_day: leave the time of day out.
    """
    wall = at.astimezone(zone)
    clock = "" if is_all_day else f" {_clock(wall.time())}"
    return _day(wall.date(), is_year_named=wall.year != now.astimezone(zone).year) + clock


def relative(at: datetime, now: datetime) -> str:
    """Return how far the instant is from now: "in 7 days", "20 minutes ago", "now"; days by the calendar of `now`."""
    seconds = round((at - now).total_seconds())
    size = abs(seconds)
    if size < 1:
        return "now"
    days = abs((at.astimezone(now.tzinfo).date() - now.date()).days)
    if size >= 86400 or (days and size >= 43200):
        number, unit = days, "day"
    else:
        units = (("hour", 3600), ("minute", 60), ("second", 1))
        number, unit = next((round(size / length), name) for name, length in units if size >= length)
    words = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {words}" if seconds > 0 else f"{words} ago"
