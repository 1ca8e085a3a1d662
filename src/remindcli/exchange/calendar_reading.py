"""To-dos and events of iCalendar files as tasks (docs/exchange.md)."""

import re
from collections.abc import Sequence
from datetime import time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from icalendar.parser import split_on_unescaped_comma

from remindcli.core.alert import FURTHEST, DayAlert
from remindcli.core.portable import Portable
from remindcli.core.task import AT_DUE, CatchUp, TaskState
from remindcli.errors import RemindError, UsageError
from remindcli.exchange.calendar_file import Component, Entry, Property, span_of, title_of, value
from remindcli.exchange.calendar_times import Frame, Here, frame_of, instant_of, on_clock, time_of, where_it_stands

_DAY = timedelta(days=1)
_FURTHEST_ALARM = timedelta(days=3660)
_MOST_ALARMS = 100


def read(entry: Entry, here: Here) -> Portable | None:
    """Return the task of an entry; None for what was cancelled, and for events that are over.

    What would run or reach out (attachments, addresses, programs of alarms) is not looked at.

    Raises:
        UsageError: it can't be used.
    """
    try:
        return _task(entry, here)
    except RemindError:
        raise
    except (ValueError, TypeError, OverflowError, ArithmeticError) as error:
        raise UsageError("it can't be read", why=f"{type(error).__name__}: {error}"[:200]) from None


def _task(entry: Entry, here: Here) -> Portable | None:
    main = entry.main
    status = value(main, "STATUS").upper()
    if status == "CANCELLED":
        return None
    frame = frame_of(entry)
    state = TaskState.PAUSED if value(main, "X-REMINDCLI-STATE").upper() == "PAUSED" else TaskState.ACTIVE
    is_done = status == "COMPLETED" or main.first("COMPLETED") is not None or value(main, "PERCENT-COMPLETE") == "100"
    rule, standing = frame.rule if frame else None, None
    if main.name == "VTODO" and is_done:
        state = TaskState.FINISHED
    elif rule is not None:
        rule, standing = where_it_stands(entry, rule, frame.shift if frame else timedelta(), here)
        if standing is None:
            if main.name == "VEVENT":
                return None
            state = TaskState.FINISHED
    alerts = _alerts(main, frame, here)
    made = instant_of(main, "CREATED") or instant_of(main, "DTSTAMP") or here.now
    nag = value(main, "X-REMINDCLI-NAG")
    return Portable(
        uid=_uid(entry.uid),
        title=title_of(main),
        note=_note(main),
        list_name=_word(main.text("X-REMINDCLI-LIST")),
        priority=_priority(value(main, "PRIORITY")),
        tags=_tags(main.all("CATEGORIES")),
        state=state,
        rule=rule,
        standing=standing,
        alerts=tuple(one for one in alerts if isinstance(one, timedelta)),
        day_alerts=tuple(one for one in alerts if isinstance(one, DayAlert)),
        nag_after=timedelta(seconds=int(nag)) if nag.isdigit() and len(nag) < 8 else None,
        catch_up=CatchUp(value(main, "X-REMINDCLI-CATCH-UP").lower() or "latest"),
        created_at=made,
        modified_at=instant_of(main, "LAST-MODIFIED") or instant_of(main, "DTSTAMP") or made,
    )


# -- words ---------------------------------------------------------------------


def _note(component: Component) -> str:
    note, place = component.text("DESCRIPTION").strip("\n"), component.text("LOCATION").strip()
    return "\n".join(part for part in (note, f"where: {place}" if place else "") if part)


def _word(text: str) -> str:
    """Return a name as one word: ours have no spaces."""
    return re.sub(r"[\s,;]+", "-", "".join(c if c.isprintable() else " " for c in text)).strip("-")[:100]


def _tags(properties: Sequence[Property]) -> tuple[str, ...]:
    words = (_word(name) for one in properties for name in split_on_unescaped_comma(one.value))
    return tuple(dict.fromkeys(word for word in words if word))


def _priority(text: str) -> int:
    """Return ours of theirs: 1 to 4 is high, 5 in the middle, 6 to 9 low (RFC 5545 section 3.8.1.9)."""
    level = int(text) if text.isdigit() and len(text) == 1 else 0
    return 0 if level == 0 else 1 if level < 5 else 2 if level == 5 else 3


def _uid(uid: str) -> str:
    """Return a UUID: the one that it is, else always the same for the same text."""
    try:
        return str(UUID(uid))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"urn:ical:{uid}"))


# -- alarms --------------------------------------------------------------------


def _alerts(main: Component, frame: Frame | None, here: Here) -> list[timedelta | DayAlert]:
    """Return the alerts of the alarms of a component; that at due if there is no alarm."""
    alarms = list(main.named("VALARM"))
    if frame is None or not alarms:
        return [AT_DUE]
    spans = [span for alarm in alarms if (span := _span(alarm, frame, here)) is not None]
    found: dict[timedelta | DayAlert, None] = {}
    for span in spans:
        if abs(span) <= _FURTHEST_ALARM:
            found[_alert(span, here.all_day_at) if frame.rule.is_all_day else span] = None
    if len(found) > _MOST_ALARMS:
        raise UsageError(f"it has more than {_MOST_ALARMS} alarms")
    return list(found)


def _span(alarm: Component, frame: Frame, here: Here) -> timedelta | None:
    """Return how far from due an alarm is, on the wall clock; None for one that tells nothing (ACTION:NONE)."""
    trigger = alarm.first("TRIGGER")
    if trigger is None or value(alarm, "ACTION").upper() == "NONE":
        return None
    due = frame.rule.dtstart
    text = trigger.value.strip().upper()
    if "P" not in text:
        at = time_of(Property("TRIGGER", {}, text), {})
        return None if at is None else on_clock(at, frame.rule, here) - due
    base = frame.end if trigger.parameters.get("RELATED", "").upper() == "END" else frame.start
    return base + span_of(text) - due


def _alert(span: timedelta, all_day_at: time) -> timedelta | DayAlert:
    """Return the alert of an all-day task: the hour of a day before, the usual one as such."""
    usual = timedelta(hours=all_day_at.hour, minutes=all_day_at.minute)
    days_before = -(span // _DAY)
    if span == usual or not 0 <= days_before <= FURTHEST:
        return span - usual
    return DayAlert(
        days_before, time(span % _DAY // timedelta(hours=1), span % timedelta(hours=1) // timedelta(minutes=1))
    )
