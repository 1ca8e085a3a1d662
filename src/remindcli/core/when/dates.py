"""Days as typed: friday, next week, the 15th, 3rd friday of january, end of may."""

from datetime import date, timedelta

from remindcli.core.when.draft import COUNTING, Reader, Span
from remindcli.core.when.months import RANGE_WORDS, read_month, read_year_after
from remindcli.core.when.spans import add
from remindcli.core.when.times import read_part
from remindcli.core.when.words import PLURAL_DAYS, PLURAL_GROUPS

_WORKDAYS = (0, 1, 2, 3, 4)
_WEEKEND = (5, 6)
_PERIODS = frozenset({"week", "month", "quarter", "year", "day", "fortnight"})


def set_day(r: Reader, day: date) -> None:
    """Keep a day known for certain."""
    if r.draft.day is not None and r.draft.day != day:
        raise r.stop("there are two dates")
    r.draft.day = day


def read_day_name(r: Reader) -> bool:
    """Read today, tomorrow, yesterday."""
    set_day(r, r.local.date() + timedelta(r.token.value))
    r.i += 1
    return True


def read_weekdays(r: Reader) -> bool:
    """Read friday, mon and thu, mon-fri, mon wed fri, weekdays, weekend."""
    draft = r.draft
    if draft.weekdays and not draft.ords:
        raise r.stop("there are two weekdays")
    before, ords = draft.weekdays, draft.ords
    days: list[int] = []
    while True:
        place = r.i
        is_range = r.text() in RANGE_WORDS
        if days and not r.separator("/", "or", *RANGE_WORDS) and r.is_within:
            break
        if days and r.i > place:
            r.take("on")
            r.take("every")
        if r.kind() not in {"weekday", "workday", "weekend"}:
            r.i = place
            break
        _add_weekday(r, days, is_range=is_range)
        r.i += 1
    if before and before != tuple(dict.fromkeys(days)):
        raise r.stop("there are two sets of weekdays")
    draft.weekdays, draft.ords = tuple(dict.fromkeys(days)), ords
    return True


def _add_weekday(r: Reader, days: list[int], *, is_range: bool) -> None:
    token, draft = r.token, r.draft
    draft.is_plural = draft.is_plural or token.text in PLURAL_DAYS or token.text in PLURAL_GROUPS
    if token.kind == "weekday":
        draft.group = "mixed" if draft.group else ""
        if is_range:
            while days[-1] != token.value:
                days.append((days[-1] + 1) % 7)
        else:
            days.append(token.value)
        return
    draft.group = token.kind if not days and draft.group in {"", token.kind} else "mixed"
    days += _WORKDAYS if token.kind == "workday" else _WEEKEND


def read_which(r: Reader) -> bool:
    """Read this friday, next week, coming weekend, this morning, next working day."""
    which = r.kind()
    start = r.i
    r.i += 1
    if which == "this" and r.take("coming"):
        which = "coming"
    if which == "coming" or (which == "this" and r.take("next")):
        which = "coming" if which == "coming" else "next"
    token = r.token
    if token.kind in {"weekday", "weekend"} or (token.kind == "workday" and which != "this"):
        r.draft.which = which
        return read_weekdays(r)
    if token.kind == "month":
        r.draft.month_which = which
        return read_month(r)
    if token.kind == "part" and which != "next":
        if not r.draft.has_date():
            set_day(r, r.local.date())
        return False if token.value == "midnight" else _this_part(r)
    if token.kind == "unit" and token.text not in {"s", "m", "h", "d", "w", "y"}:
        return read_period(r, 0 if which == "this" else 1)
    r.i = start
    return False


def _this_part(r: Reader) -> bool:
    r.draft.is_part_running = True
    return read_part(r)


def read_period(r: Reader, shift: int) -> bool:
    """Read the unit of "this week", "next month", "next hour"."""
    unit = r.token.value
    if r.text().endswith("s") or r.draft.period:
        raise r.stop("there are two dates" if r.draft.period else "")
    r.i += 1
    if unit in _PERIODS:
        r.draft.period = (unit, shift)
        return True
    if shift != 1 or r.draft.span is not None:
        return False

    r.draft.span = Span()
    return add(r.draft.span, 1, unit)


def read_ordinals(r: Reader) -> bool:
    """Read the 15th, 1st and 15th, last day, 3rd friday, 2nd to last tue, first working day."""
    start = r.i
    numbers = ordinal_list(r)
    if not numbers:
        return False
    draft = r.draft
    if r.kind() in {"weekday", "workday"}:
        if draft.ords and (draft.mdays or not draft.weekdays):
            raise r.stop("there are two dates")
        read_weekdays(r)
        draft.ords = (*draft.ords, *numbers)
        return True
    if draft.mdays:
        r.i = start
        raise r.stop("there are two days of the month")
    if r.token.value == "day":
        r.i += 1
        draft.is_day_named = True
    elif r.token.value == "quarter" and numbers[0] in {1, 2, 3, 4}:
        return _nth_quarter(r, numbers[0])
    elif r.kind() in {"unit", "weekend"} or (len(numbers) == 1 and not _is_day_meant(r, start)):
        r.i = start
        return False
    elif r.tokens[start].is_spelled:
        draft.weak = COUNTING
    draft.mdays = tuple(numbers)
    return True


def _is_day_meant(r: Reader, start: int) -> bool:
    """Return whether a counting word alone is a day of the month: not "every monday first …", "last at 5"."""
    is_marked = r.tokens[start].kind == "the" or (start > 0 and r.tokens[start - 1].kind in {"the", "on"})
    is_word = r.tokens[start].is_spelled or r.tokens[start].kind in {"last", "penultimate"}
    if is_word or (r.draft.weekdays and r.draft.every is not None):
        return is_marked or r.kind() in {"of", "in", "month"}
    return True


def _nth_quarter(r: Reader, number: int) -> bool:
    """Read 3rd quarter, fourth quarter 2027: its first day."""
    if r.draft.months:
        raise r.stop("there are two months")
    r.i += 1
    r.draft.months = (number * 3 if r.draft.edge == "end" else number * 3 - 2,)
    read_year_after(r)
    return True


def ordinal_list(r: Reader) -> list[int]:
    """Read a list of counting words, last being -1; return them, or none."""
    return r.items(lambda: _ordinal(r))


def _ordinal(r: Reader) -> int | None:
    if r.take("penultimate"):
        return -2
    if r.kind() == "last":
        r.i += 1
        return -1
    number = _counting(r)
    if number is None:
        return None
    r.i += 1
    place = r.i
    if r.take_text("-", "to"):
        r.take("to")
        r.take("the")
        r.take_text("-")
    if r.take("last"):
        return -number
    r.i = place
    return number


def _counting(r: Reader) -> int | None:
    """Return the number of a counting word; "second" only where it counts something."""
    if r.text() == "second":
        follows = {"weekday", "workday", "last", "and", "point", "to", "of"}
        return 2 if r.kind(1) in follows or r.tokens[r.i + 1].value == "day" else None
    if r.kind() == "ord" and 0 < r.token.value <= 366:
        return int(r.token.value)
    return None


def read_edge(r: Reader) -> bool:
    """Read end of month, beginning of may, mid january."""
    if r.draft.edge:
        return False
    word = r.kind()
    r.draft.edge = {"early": "begin", "late": "end"}.get(word, word)
    r.i += 1
    if word != r.draft.edge:
        if r.kind() not in {"month", "quarter", "this", "next", "num"}:
            return False
        r.draft.notes.append(f"{word} is read as {'its first' if word == 'early' else 'its last'} day")
    is_of = r.take_text("-") + r.take("of") + r.take("the") or word != "end"
    if r.kind() == "unit" and not is_of:
        return False
    if r.kind() == "unit" and r.token.value in {"week", "month", "quarter", "year"}:
        r.draft.is_period_rolling = True
        return read_period(r, 0)
    if r.kind() == "num" and isinstance(r.token.value, int) and 1970 <= r.token.value <= 2200 and r.draft.year is None:
        r.draft.year = r.token.value
        r.i += 1
        return r.draft.edge != "mid"
    if (r.token.value == "day" or r.text() == "business") and r.draft.edge == "end":
        r.draft.edge, r.draft.part = "", "eod"
        r.i += 1
        return True
    return r.kind() in {"month", "this", "next", "every", "quarter"} or (
        r.kind() == "end_of_text" and r.draft.every is not None and r.draft.every.unit != ""
    )


def read_edge_word(r: Reader) -> bool:
    """Read eom, eonw, sony: Taskwarrior's names."""
    end, shift, unit = r.token.value
    if r.draft.edge or r.draft.period:
        raise r.stop("there are two dates")
    if end == "s" and not shift and unit != "d":
        raise r.stop("its start is past", hint=f"so{'n' + unit} is the next one")
    r.i += 1
    if unit == "ww":
        r.draft.edge, r.draft.period = ("end" if end == "e" else "begin"), ("workweek", shift)
        return True
    name = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}[unit]
    r.draft.edge, r.draft.period = ("end" if end == "e" else "begin"), (name, shift)
    return True
