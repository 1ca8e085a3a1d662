"""iCalendar files (RFC 5545) taken apart: their components, and the properties of each, as text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from icalendar.parser import Contentline, Contentlines
from icalendar.prop import vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from remindcli.errors import UsageError

# The parser above gives names, parameters and values as text. The components of icalendar would make a time of each
# value at once: TZID=Europe ends in IsADirectoryError, and a VTIMEZONE is a rule that they expand (design facts).

DEEPEST = 8
"""How far components stand within each other at the most; an alarm in an event in a calendar is three."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a component.

    Attributes:
        parameters: their names in capitals; of several values the first.
        value: as it stands in the file.
    """

    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """Return a TEXT value without its escapes (RFC 5545 section 3.3.11)."""
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], self.value, flags=re.DOTALL)


@dataclass(slots=True)
class Component:
    """A component, with what stands in it in the order of the file."""

    name: str
    properties: list[Property] = field(default_factory=list)
    children: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """Return the properties of a name."""
        return [one for one in self.properties if one.name == name]

    def first(self, name: str) -> Property | None:
        """Return the first property of a name."""
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """Return the text of the first property of a name; "" without one."""
        found = self.first(name)
        return "" if found is None else found.text

    def named(self, name: str) -> Iterator["Component"]:
        """Yield the components of a name in this one."""
        return (one for one in self.children if one.name == name)


@dataclass(slots=True)
class Entry:
    """What stands in a file under one UID.

    Attributes:
        uid: as it stands there.
        overrides: the components of single occurrences, which have a RECURRENCE-ID.
    """

    uid: str
    main: Component
    zones: dict[str, str]
    overrides: list[Component] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Return what it is, for an error."""
        kind = "to-do" if self.main.name == "VTODO" else "event"
        return f'{kind} "{title_of(self.main)[:60]}"'


def parse(text: str) -> list[Component]:
    """Return the calendars of a file.

    Raises:
        UsageError: it is no iCalendar file, or ends in the middle.
    """
    root = Component("")
    open_ones = [root]
    for line in Contentlines.from_ical(text.lstrip("\ufeff \t\r\n")):  # type: ignore[no-untyped-call]
        if not line.strip():
            continue
        one = _property(line)
        if one.name == "BEGIN":
            made = Component(one.value.strip().upper())
            open_ones[-1].children.append(made)
            open_ones.append(made)
            if len(open_ones) > DEEPEST:
                raise UsageError("the calendar can't be read", why=f"more than {DEEPEST} components in each other")
        elif one.name == "END":
            if open_ones[-1].name != one.value.strip().upper() or len(open_ones) == 1:
                raise UsageError("the calendar can't be read", why=f"END:{one.value[:40]} ends nothing that has begun")
            open_ones.pop()
        else:
            open_ones[-1].properties.append(one)
    if len(open_ones) > 1:
        raise UsageError("the calendar ends in the middle", why=f"{open_ones[-1].name[:40]} has no end")
    return list(root.named("VCALENDAR"))


def entries(text: str) -> list[Entry]:
    """Return the to-dos and events of a file, in its order.

    Raises:
        UsageError: it is no iCalendar file.
    """
    found: dict[str, Entry] = {}
    for calendar in parse(text):
        zones = zones_of(calendar)
        alone: dict[str, list[Component]] = {}
        here: dict[str, Entry] = {}
        for number, one in enumerate(calendar.children):
            if one.name not in ("VTODO", "VEVENT"):
                continue
            # a component without its UID is another one each time, as RFC 5545 would not have it
            uid = one.text("UID").strip() or f"{number} {title_of(one)} {value(one, 'DTSTART')} {value(one, 'DUE')}"
            if one.first("RECURRENCE-ID") is not None:
                alone.setdefault(uid, []).append(one)
            else:
                here[uid] = Entry(uid, one, zones)
        for uid, overrides in alone.items():
            if uid in here:
                here[uid].overrides = overrides
            else:  # an invitation to one time of a series
                here.update((key, Entry(key, one, zones)) for one in overrides for key in (_single(uid, one),))
        found.update(here)
    return list(found.values())


def _single(uid: str, one: Component) -> str:
    return f"{uid} {value(one, 'RECURRENCE-ID')}"


def zones_of(calendar: Component) -> dict[str, str]:
    """Return what the names of zones in a calendar mean where they are not IANA's (X-LIC-LOCATION, Outlook's names)."""
    own = {
        zone.text("TZID").strip(): zone.text("X-LIC-LOCATION").strip()
        for zone in calendar.named("VTIMEZONE")
        if zone.text("X-LIC-LOCATION").strip()
    }
    return {**WINDOWS_TO_OLSON, **own}


def span_of(text: str) -> timedelta:
    """Return a DURATION value (RFC 5545 section 3.3.6).

    Raises:
        ValueError: it is none.
    """
    found: timedelta = vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]
    return found


def value(component: Component, name: str) -> str:
    found = component.first(name)
    return "" if found is None else found.value.strip()


def title_of(component: Component) -> str:
    return " ".join(component.text("SUMMARY").split()) or "untitled"


def _property(line: Contentline) -> Property:
    try:
        name, parameters, value = line.raw_parts()
    except ValueError:
        raise UsageError("the calendar can't be read", why=f"{str(line)[:60]!r} is no line of one") from None
    plain = {}
    for key, given in parameters.items():
        first = given[0] if isinstance(given, list) and given else given
        plain[str(key).upper()] = str(first)
    return Property(name.upper(), plain, value)
