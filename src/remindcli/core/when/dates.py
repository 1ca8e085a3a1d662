"""Days as typed: friday, next week, march 5, the 15th, 3rd friday of january, end of may."""

from datetime import date, datetime, timedelta

from remindcli.core.when.draft import COUNTING, Draft, Reader, Span
from remindcli.core.when.named import FROM_EASTER, FROM_THANKSGIVING, NTH_WEEKDAYS
from remindcli.core.when.spans import add
from remindcli.core.when.times import read_part
from remindcli.core.when.words import PLURAL_DAYS, PLURAL_GROUPS

_RANGE = ("-", "to", "through", "thru")
_SEPARATORS = frozenset({"-", "/", ".", ","})
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


def read_month(r: Reader) -> bool:
    """Read march, march 5, march 5th 2027, april and december, aug 20 and 30."""
    _take_months(r)
    start = r.i
    while r.text() in _SEPARATORS:
        r.i += 1
    r.take("the")
    if r.draft.mdays or r.draft.ords or not _month_days(r):
        r.i = start
        _read_year_after(r)
        return True
    _read_year_after(r)
    return True


def _take_months(r: Reader) -> None:
    """Read a month, or a list or a range of them."""
    if r.draft.months:
        raise r.stop("there are two months")
    months = [r.token.value]
    r.i += 1
    while True:
        place = r.i
        is_range = r.text() in _RANGE
        is_list = r.separator(*_RANGE) and r.kind() == "month"
        if not is_list or (r.kind(1) in {"num", "ord"} and not r.draft.every):
            r.i = place
            break
        if is_range:
            while months[-1] != r.token.value:
                months.append(months[-1] % 12 + 1)
        else:
            months.append(r.token.value)
        r.i += 1
    r.draft.months = tuple(dict.fromkeys(months))


def _month_days(r: Reader) -> bool:
    """Read the day or the days after a month: 5, 5th, second, 20 and 30."""

    def read() -> int | None:
        day = _day_number(r)
        if day is not None:
            r.i += 1
        return day

    r.draft.mdays = tuple(r.items(read))
    _read_range_end(r, is_month_after=False)
    return bool(r.draft.mdays)


def _read_range_end(r: Reader, *, is_month_after: bool) -> None:
    """Step over the end of 7th-11th, 10 to 12, that a reminder leaves out; 5-27 after a month may be a year."""
    token = r.tokens[min(r.i + 1, len(r.tokens) - 1)]
    before = r.tokens[r.i - 1]
    if r.draft.every is not None or r.is_within or r.text() not in _RANGE or not isinstance(token.value, int):
        return
    is_year = token.kind == "num" and not is_month_after and r.text() == "-" and before.kind == "num"
    if token.kind not in {"num", "ord"} or not 1 <= token.value <= 31 or r.kind(2) in {"unit", "times", "oclock"}:
        return
    if is_year and token.value >= r.local.year % 100:
        if token.value > before.value and r.tokens[r.i - 2].text != "-":  # mar-7-28 is a date, by its dashes
            month, year = f"{date(2000, r.draft.months[0], 1):%B}", full_year(token.value, r.local)
            raise r.stop(
                f"it may be until day {token.value}, or in the year {year}",
                hint=f"{before.value} to {token.value} {month}, or {month} {before.value}, {year}",
            )
        return
    if is_month_after and r.kind(2) != "month" and not (r.kind(2) == "of" and r.kind(3) == "month"):
        return
    if token.value <= before.value:
        raise r.stop("it ends before it begins")
    r.draft.range_end = f"its end, {token.text},"
    r.i += 2


def _day_number(r: Reader) -> int | None:
    """Return the day of the month that the token is, if it is one and not an hour or a year."""
    token = r.token
    if token.text == "second":
        return 2
    if token.kind not in {"num", "ord"} or not isinstance(token.value, int):
        return None
    if token.kind == "num" and r.kind(1) in {"unit", "times", "oclock", "workday"}:
        return None
    if token.kind == "ord" and r.kind(1) in {"weekday", "workday", "weekend"} and r.kind(2) in {"of", "in"}:
        return None
    if token.value > 31 and token.kind == "num" and token.value < 1000:
        raise r.stop(f"no month has a day {token.value}")
    return token.value if 1 <= token.value <= 31 else None


def _read_year_after(r: Reader) -> None:
    """Read the year after a date: 2027, , 2027, '27, 27."""
    place = r.i
    while r.text() in _SEPARATORS or (r.kind() == "of" and r.kind(1) == "num"):
        r.i += 1
    token = r.token
    if r.draft.year is not None:
        r.i = place
        return
    if token.kind == "year":
        r.draft.year = 2000 + token.value
    elif token.kind == "num" and isinstance(token.value, int) and r.kind(1) not in {"unit", "times", "oclock"}:
        if 1000 <= token.value <= 9999:
            r.draft.year = token.value
        elif r.draft.mdays and len(token.text) == 2 and r.tokens[r.i - 1].text != ",":
            _short_year(r, token.value, is_joined=r.i > place)
    if r.draft.year is None:
        r.i = place
        return
    r.i += 1
    if r.text() == "be" and r.draft.year > 2400:  # the Buddhist era
        r.draft.year -= 543
        r.draft.notes.append(f"the year {r.draft.year + 543} BE is {r.draft.year}")
        r.i += 1


def _short_year(r: Reader, number: int, *, is_joined: bool) -> None:
    """Keep a year of two digits, of the 50 to come or else past; without a separator only one that is not past."""
    if is_joined or number >= r.local.year % 100:
        r.draft.year = full_year(number, r.local)
        r.draft.notes.append(f"{number:02d} is the year {r.draft.year}")


def full_year(number: int, local: datetime) -> int:
    """Return the year that two digits mean: one of the 50 to come, or else a past one."""
    return number + (2000 if number < local.year % 100 + 50 else 1900)


def read_year(r: Reader) -> bool:
    """Read a year before or after the rest: 2018 march 18, Thu Oct 26 11:00 2023."""
    token, draft = r.token, r.draft
    if draft.year is not None or not isinstance(token.value, int) or not 1000 <= token.value <= 9999:
        return False
    place = r.i
    is_after = bool(draft.months or draft.easter or (draft.mdays and draft.is_day_named))
    r.i += 1
    while r.text() in {"-", "/", "."}:
        r.i += 1
    if not is_after and r.kind() != "month":
        r.i = place
        return False
    draft.year = token.value
    if not 1970 <= token.value <= 2200:
        draft.weak = "1099 may be a number"
    return True


def read_day_of_month(r: Reader) -> bool:
    """Read 5 march, 5th of march, 20th and 30th of aug."""

    def read() -> int | None:
        token = r.token
        if token.kind not in {"num", "ord"} or not isinstance(token.value, int) or not 1 <= token.value <= 31:
            return None
        r.i += 1
        return token.value

    start = r.i
    days = r.items(read)
    if len(days) == 1:
        _read_range_end(r, is_month_after=True)
    while r.text() in {"-", "/", ".", "of", "in", ","}:
        r.i += 1
    r.take("the")
    if not days or r.kind() != "month" or r.draft.mdays or r.draft.months:
        r.i, r.draft.range_end = start, ""
        return False
    r.draft.mdays = tuple(days)
    _take_months(r)
    _read_year_after(r)
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
        is_range = r.text() in _RANGE
        if days and not r.separator("/", "or", *_RANGE) and r.is_within:
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
    elif r.kind() in {"unit", "weekend"}:
        r.i = start
        return False
    elif r.tokens[start].is_spelled:
        draft.weak = COUNTING
    draft.mdays = tuple(numbers)
    return True


def _nth_quarter(r: Reader, number: int) -> bool:
    """Read 3rd quarter, fourth quarter 2027: its first day."""
    if r.draft.months:
        raise r.stop("there are two months")
    r.i += 1
    r.draft.months = (number * 3 if r.draft.edge == "end" else number * 3 - 2,)
    _read_year_after(r)
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
        if r.kind() not in {"month", "quarter", "this", "next"}:
            return False
        r.draft.notes.append(f"{word} is read as {'its first' if word == 'early' else 'its last'} day")
    r.take_text("-")
    r.take("of")
    r.take("the")
    if r.kind() == "unit" and r.token.value in {"week", "month", "quarter", "year"}:
        return read_period(r, 0)
    if r.token.value == "day" and r.draft.edge == "end":
        r.draft.edge, r.draft.part = "", "eod"
        r.i += 1
        return True
    return r.kind() in {"month", "this", "next", "every", "quarter"} or (
        r.kind() == "end_of_text" and r.draft.every is not None
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


def read_named_day(r: Reader) -> bool:
    """Read a day that the settings name: christmas eve."""
    for length in (3, 2, 1):
        words = [token for token in r.tokens[r.i : r.i + length] if token.text]
        name = " ".join(token.text for token in words)
        if len(words) == length and _keep_named(r, name):
            r.i += length
            return True
    return False


def _keep_named(r: Reader, name: str) -> bool:
    """Keep the day of that name; return whether there is one."""
    draft, names = r.draft, r.options.named_days
    if not any(name in each for each in (names, NTH_WEEKDAYS, FROM_EASTER, FROM_THANKSGIVING)):
        return False
    if draft.months or draft.mdays or draft.easter or draft.anchor:
        raise r.stop("there are two dates")
    if name in names:
        month, day = names[name]
        draft.months, draft.mdays = (month,), (day,)
    elif name in NTH_WEEKDAYS:
        month, which, weekday = NTH_WEEKDAYS[name]
        if draft.weekdays:
            raise r.stop("there are two dates")
        draft.months, draft.ords, draft.weekdays = (month,), (which,), (weekday,)
        if not name.startswith("canadian"):
            draft.notes.append(f"{name} is read as the one of the United States")
    elif name in FROM_THANKSGIVING:
        month, which, weekday = NTH_WEEKDAYS["thanksgiving"]
        thanksgiving = Draft(months=(month,), ords=(which,), weekdays=(weekday,))
        draft.anchor = (1, Span(days=FROM_THANKSGIVING[name], unit="day"), thanksgiving)
    else:
        draft.easter = (FROM_EASTER[name],)
    return True
