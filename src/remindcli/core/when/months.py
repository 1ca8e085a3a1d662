"""Days of a month as typed: march 5, 5th of march 2027, aug 20 and 30, march 5th-8th."""

from datetime import date, datetime

from remindcli.core.when.draft import Reader

RANGE_WORDS = ("-", "to", "through", "thru")
_SEPARATORS = frozenset({"-", "/", ".", ","})


def read_month(r: Reader) -> bool:
    """Read march, march 5, march 5th 2027, april and december, aug 20 and 30."""
    _take_months(r)
    start = r.i
    while r.text() in _SEPARATORS:
        r.i += 1
    r.take("the")
    if r.draft.mdays or r.draft.ords or not _month_days(r):
        r.i = start
        read_year_after(r)
        return True
    read_year_after(r)
    return True


def _take_months(r: Reader) -> None:
    """Read a month, or a list or a range of them."""
    if r.draft.months:
        raise r.stop("there are two months")
    months = [r.token.value]
    r.i += 1
    while True:
        place = r.i
        is_range = r.text() in RANGE_WORDS
        is_list = r.separator(*RANGE_WORDS) and r.kind() == "month"
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
    if r.draft.every is not None or r.is_within or r.text() not in RANGE_WORDS or not isinstance(token.value, int):
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


def read_year_after(r: Reader) -> None:
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
    elif token.kind == "offset" and _is_dashed_year(r):
        r.draft.year = int(token.text[1:])
    elif token.kind == "num" and isinstance(token.value, int) and r.kind(1) not in {"unit", "times", "oclock"}:
        if 1000 <= token.value <= 9999 and not (r.i == place and r.draft.mdays and _is_hour(token.value)):
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


def _is_hour(number: int) -> bool:
    """Return whether four digits after a day are rather a time than a year: jan 5 1800."""
    return number < 1900 and number % 100 < 60


def _is_dashed_year(r: Reader) -> bool:
    """Return whether -2026 is the year of 28-nov-2026; it has the shape of an offset from UTC."""
    token = r.token
    return (
        token.start == r.tokens[r.i - 1].end and token.text[0] == "-" and len(token.text) == 5 and token.text[1] > "0"
    )


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
    if draft.months and draft.mdays and not draft.times and _is_hour(token.value):
        return False
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
    read_year_after(r)
    return True


def read_more_dates(r: Reader) -> bool:
    """Read "dec 1" after "every june 1 and": the same day of another month; return whether there was a date.

    Raises:
        MisreadError: it is another day, which one rule cannot say.
    """
    draft = r.draft
    kinds = {r.kind(), r.kind(1)}
    if draft.every is None or not (draft.months and draft.mdays) or kinds not in ({"month", "num"}, {"month", "ord"}):
        return False
    month, day = (r.token, r.tokens[r.i + 1]) if r.kind() == "month" else (r.tokens[r.i + 1], r.token)
    if draft.mdays != (day.value,):
        raise r.stop("one rule has the same day in each month", hint="two reminders, one for each")
    draft.months = tuple(dict.fromkeys((*draft.months, month.value)))
    r.i += 2
    return True
