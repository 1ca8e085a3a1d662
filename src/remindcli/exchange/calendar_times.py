"""The times of iCalendar components: when something is due, how it comes back, where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from remindcli.core import recurrence
from remindcli.core.portable import Standing
from remindcli.core.rule import Planned, Repeat, Rule
from remindcli.errors import InvalidRuleError, UsageError
from remindcli.exchange.calendar_file import Component, Entry, Property, span_of, value

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_BY_PART = re.compile(r"(?i)(?:^|;)BY[A-Z]+=")


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when a file is read.

    Attributes:
        all_day_at: when the alert of an all-day task rings.
    """

    now: datetime
    zone: ZoneInfo
    all_day_at: time


@dataclass(frozen=True, slots=True)
class Frame:
    """The times of a component.

    Attributes:
        rule: anchored at what is due.
        shift: from the start, on which the file's rule and its exceptions stand, to what is due.
        start: wall time from which alarms are counted.
        end: wall time from which alarms RELATED=END are.
    """

    rule: Rule
    shift: timedelta
    start: datetime
    end: datetime


def _line(one: Property, zones: dict[str, str], name: str = "") -> str:
    """Return a property of times as a content line with an IANA zone."""
    head = name or one.name
    for key in ("VALUE", "TZID"):
        if key in one.parameters:
            given = one.parameters[key].strip()
            word = zones.get(given, given) if key == "TZID" else given
            if any(letter in word for letter in ' \t\r\n;:,"'):
                raise UsageError(f"there is no zone {word[:40]!r}")
            head += f";{key}={word}"
    return f"{head}:{one.value.strip()}"


def time_of(one: Property | None, zones: dict[str, str]) -> Rule | None:
    """Return a property of one time as a rule without a recurrence."""
    if one is None:
        return None
    anchor = datetime(1970, 1, 1)
    try:
        return recurrence.read_rule(_line(one, zones, "DTSTART"), dtstart=anchor, zone=None, is_all_day=False)
    except InvalidRuleError as error:
        raise UsageError(error.what.replace("DTSTART", one.name), why=error.why) from None


def frame_of(entry: Entry) -> Frame | None:
    main, zones = entry.main, entry.zones
    start = time_of(main.first("DTSTART"), zones)
    ends_with = "DUE" if main.name == "VTODO" else "DTEND"
    end = time_of(main.first(ends_with), zones)
    length = main.first("DURATION")
    if end is None and start is not None and length is not None:
        end = start.but(dtstart=start.dtstart + span_of(length.value))
    anchor = start if main.name == "VEVENT" or end is None else end
    if anchor is None:
        return None
    rrules = main.all("RRULE")
    if len(rrules) > 1:
        raise UsageError("it has two rules", why="a task has one", hint="add the second one by hand")
    is_recurring = bool(rrules or main.all("RDATE"))
    if is_recurring and start is not None and anchor is not start and not _may_shift(start, anchor, rrules):
        anchor = start  # its rule counts days of the start
    begin = start or anchor
    shift = timedelta() if anchor.is_all_day != begin.is_all_day else anchor.dtstart - begin.dtstart
    rule = _with_recurrence(entry, anchor, begin, shift)
    finish = end or (begin.but(dtstart=begin.dtstart + _DAY) if begin.is_all_day else begin)
    return Frame(rule, shift, begin.dtstart, finish.dtstart)


def _may_shift(start: Rule, due: Rule, rrules: Sequence[Property]) -> bool:
    """Return whether a rule that counts from the start may count from what is due."""
    if (start.zone, start.is_all_day) != (due.zone, due.is_all_day):
        return False
    return start.dtstart.date() == due.dtstart.date() or not any(_BY_PART.search(one.value) for one in rrules)


def _with_recurrence(entry: Entry, anchor: Rule, begin: Rule, shift: timedelta) -> Rule:
    main, zones = entry.main, entry.zones

    def added(name: str) -> Iterator[datetime]:
        for one in filter(lambda line: line.value.strip(), main.all(name)):
            head = f"DTSTART{_zone_of(begin)}\n"
            read = recurrence.read_rule(
                head + _line(one, zones), dtstart=begin.dtstart, zone=begin.zone, is_all_day=begin.is_all_day
            )
            yield from read.rdate if name == "RDATE" else read.exdate

    rrule = main.first("RRULE")
    text = None
    if rrule is not None:
        text = recurrence.canonical(rrule.value.strip(), dtstart=anchor.dtstart, is_all_day=anchor.is_all_day)
    repeat = Repeat.COMPLETION if value(main, "X-REMINDCLI-REPEAT").upper() == "COMPLETION" and text else None
    return anchor.but(
        rrule=text,
        rdate=tuple(sorted({wall + shift for wall in added("RDATE")})),
        exdate=tuple(sorted({wall + shift for wall in added("EXDATE")})),
        repeat=repeat or Repeat.SCHEDULE,
    )


def _zone_of(rule: Rule) -> str:
    wall = rule.dtstart
    if rule.is_all_day:
        return f";VALUE=DATE:{wall:%Y%m%d}"
    if rule.zone == "UTC":
        return f":{wall:%Y%m%dT%H%M%S}Z"
    return (f";TZID={rule.zone}" if rule.zone else "") + f":{wall:%Y%m%dT%H%M%S}"


def where_it_stands(entry: Entry, rule: Rule, shift: timedelta, here: Here) -> tuple[Rule, Standing | None]:
    """Return the rule with what was said of single times, and which of them is to be done; None: it is over."""
    done: set[str] = set()
    moves: dict[str, datetime] = {}
    gone: list[datetime] = []
    for one in entry.overrides:
        planned = _overridden(one, entry, rule, shift, here)
        if planned is None:
            continue
        status = value(one, "STATUS").upper()
        if status == "CANCELLED":
            gone.append(_wall(planned, rule, here))
        elif status == "COMPLETED" or one.first("COMPLETED") is not None:
            done.add(planned.key)
        else:
            at = time_of(one.first("DUE") if one.name == "VTODO" else one.first("DTSTART"), entry.zones)
            if at is not None and at.is_all_day == rule.is_all_day:
                moves[planned.key] = on_clock(at, rule, here)
    rule = rule.but(exdate=tuple(sorted({*rule.exdate, *gone})))
    current = _current(entry, rule, done, here)
    if current is None:
        return rule, None
    standing = Standing(current.key, is_all_day=rule.is_all_day, moved_to=moves.pop(current.key, None))
    for key, wall in moves.items():
        planned = recurrence.planned(rule, key, here.zone)
        if planned.at > current.at:
            away = {*rule.exdate, _wall(planned, rule, here)}
            rule = rule.but(exdate=tuple(sorted(away)), rdate=tuple(sorted({*rule.rdate, wall})))
    return rule, standing


def _current(entry: Entry, rule: Rule, done: set[str], here: Here) -> Planned | None:
    """Return the time that is to be done: of an event the next, of a to-do the first that was not done."""
    if entry.main.name == "VEVENT":
        today = here.now.astimezone(here.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return recurrence.next_after(rule, (today if rule.is_all_day else here.now) - _SECOND, here.zone)
    current = recurrence.first(rule, here.zone)
    while current is not None and current.key in done:
        current = recurrence.following(rule, current.key, here.zone)
    return current


def _overridden(one: Component, entry: Entry, rule: Rule, shift: timedelta, here: Here) -> Planned | None:
    """Return the planned time of which an override is; None if the rule gives no such time."""
    named = one.first("RECURRENCE-ID")
    if named is not None and "RANGE" in named.parameters:
        raise UsageError("it changes all times from one on", why="RECURRENCE-ID with RANGE=THISANDFUTURE is not read")
    at = time_of(named, entry.zones)
    if at is None:
        return None
    wall = datetime.combine(at.dtstart, time()) if rule.is_all_day else on_clock(at, rule, here)
    instant = recurrence.resolve(wall + shift, ZoneInfo(rule.zone) if rule.zone else here.zone)
    found = recurrence.next_after(rule, instant - _SECOND, here.zone)
    return found if found is not None and found.at == instant else None


def _wall(planned: Planned, rule: Rule, here: Here) -> datetime:
    """Return a planned time on the clock of its rule."""
    if not planned.key.endswith("Z"):
        return datetime.fromisoformat(planned.key)
    return planned.at.astimezone(ZoneInfo(rule.zone) if rule.zone else here.zone).replace(tzinfo=None)


def on_clock(at: Rule, rule: Rule, here: Here) -> datetime:
    """Return a time on the clock of a rule."""
    if at.zone == rule.zone:
        return at.dtstart
    instant = recurrence.resolve(at.dtstart, ZoneInfo(at.zone) if at.zone else here.zone)
    return instant.astimezone(ZoneInfo(rule.zone) if rule.zone else here.zone).replace(tzinfo=None)


def instant_of(component: Component, name: str) -> datetime | None:
    """Return a property that must be in UTC; None if it is not there, or is not."""
    found = component.first(name)
    try:
        return None if found is None else datetime.strptime(found.value.strip(), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
