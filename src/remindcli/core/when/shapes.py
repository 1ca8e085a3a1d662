"""Dates by their digits: 2026-12-01, 3/4/2026, 5.3., 2026-W10-1, 20261201."""

from datetime import date, timedelta

from remindcli.core.when.dates import set_day
from remindcli.core.when.draft import FRACTION, Clock, Reader
from remindcli.core.when.months import full_year


def read_ymd(r: Reader) -> bool:
    """Read 2026-12-01, 2026/12/1, 2026-13-1 (day and month turned, if only so it is a date)."""
    text = r.token.text
    year, month, day = (int(part) for part in text.replace(text[4], "-").split("-"))
    found = _date(year, month, day)
    if found is None and month > 12 and day <= 12:
        found = _date(year, day, month)
        r.draft.notes.append(f"{text} is read as year, day, month")
    if found is None:
        raise r.stop(f'there is no day "{text}"')
    r.draft.is_dated = True
    return _keep(r, found)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _keep(r: Reader, day: date) -> bool:
    set_day(r, day)
    r.i += 1
    if r.text() in {"t", ":", "."}:
        r.i += 1
    return True


def read_two_orders(r: Reader) -> bool:
    """Read 3/4/2026, 03.04.2026, 3/4: by the setting, or if only one order is a date."""
    text = r.token.text
    mark = "." if "." in text else "-" if "-" in text else "/"
    first, second, *rest = (int(part) for part in text.rstrip(".").split(mark))
    year = rest[0] if rest else None
    if year is not None and year < 100:
        year = full_year(year, r.local)
    orders = {"mdy": _of(r, first, second, year), "dmy": _of(r, second, first, year)}
    wanted = r.options.date_order
    if mark == "-" and rest and rest[0] < 100 and wanted is None:
        _check_not_year_first(r, first, second, rest[0])
    if mark == "." and wanted == "mdy" and orders["dmy"]:
        wanted = None  # dots are written by those who put the day first
    found = orders["mdy"] if orders["dmy"] is None else orders["dmy"] if orders["mdy"] is None else None
    if found is None and orders["mdy"] is None:
        raise r.stop(f'there is no day "{text}"')
    if found is None and orders["mdy"] == orders["dmy"]:
        found = orders["mdy"]
    if found is None and wanted:
        found = orders[wanted]
    if found is None:
        if r.draft.day:
            raise r.stop("there are two dates")
        r.draft.day, r.draft.day_order = orders["mdy"], orders["dmy"]
        r.draft.is_dated = year is not None
        r.i += 1
        return True
    r.draft.is_dated = r.draft.is_dated or year is not None
    if year is None:
        r.draft.weak = FRACTION
    return _keep(r, found)


def _check_not_year_first(r: Reader, year: int, month: int, day: int) -> None:
    """Refuse 27-12-26, which is 26 December 2027 to those who write the year first."""
    found = _date(full_year(year, r.local), month, day)
    if found is not None and found >= r.local.date() and not r.draft.weekdays:
        raise r.stop("the year may be the first or the last of it", hint=f"{found.isoformat()}; or set date_order")


def _of(r: Reader, month: int, day: int, year: int | None) -> date | None:
    """Return the date, the next one if no year is given."""
    if year is not None:
        return _date(year, month, day)
    today = r.local.date()
    for ahead in range(9):
        found = _date(today.year + ahead, month, day)
        if found and found >= today:
            return found
    return None


def read_dotted(r: Reader) -> bool:
    """Read 25.12. and 8.25: a day and a month; 11.30 may be a time as well."""
    hour, minute = r.text().rstrip(".").split(".")
    is_time = not r.text().endswith(".") and len(minute) == 2 and int(hour) < 24 and int(minute) < 60
    if is_time and r.options.date_order is None:
        raise r.stop("it may be a time or a date", hint=f"{hour}:{minute}, or 2026-12-01")
    return read_two_orders(r)


def read_year_month(r: Reader) -> bool:
    """Read 2026-12, 12/2026."""
    text = r.token.text.replace("/", "-")
    first, second = (int(part) for part in text.split("-"))
    year, month = (first, second) if first > 999 else (second, first)
    if r.draft.months and not r.draft.mdays and "/" in r.token.text and 1 <= month <= 31:  # august/10/2012
        r.draft.year, r.draft.mdays = year, (month,)
        r.i += 1
        return True
    if not 1 <= month <= 12 or r.draft.months:
        raise r.stop(f'there is no month "{r.token.text}"')
    r.draft.year, r.draft.months = year, (month,)
    r.i += 1
    return True


def read_iso_week(r: Reader) -> bool:
    """Read 2026-W10 (its Monday), 2026-W10-3, 2026W103."""
    text = r.token.text.replace("-", "")
    day = int(text[7]) if len(text) > 7 else 1
    try:
        found = date.fromisocalendar(int(text[:4]), int(text[5:7]), day)
    except ValueError:
        raise r.stop(f'there is no week "{r.token.text}"') from None
    r.draft.is_dated = True
    return _keep(r, found)


def read_day_of_year(r: Reader) -> bool:
    """Read 2026-074."""
    year, number = (int(part) for part in r.token.text.split("-"))
    try:
        found = date(year, 1, 1) + timedelta(number - 1)
    except (ValueError, OverflowError):
        found = None
    if found is None or found.year != year or number == 0:
        raise r.stop(f'there is no day "{r.token.text}"')
    r.draft.is_dated = True
    return _keep(r, found)


def read_compact(r: Reader) -> bool:
    """Read 20261201, 20261201T0900."""
    text = r.token.text
    found = _date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    digits = (text[9:] + "00")[:6] if len(text) > 8 else ""
    hour, minute, second = (int(digits[i : i + 2]) for i in (0, 2, 4)) if digits else (0, 0, 0)
    if found is None or hour > 23 or minute > 59 or second > 59:
        raise r.stop(f'there is no day "{text}"')
    if digits:
        if r.draft.times:
            raise r.stop("there are two times")
        r.draft.times = [Clock(hour, minute, second)]
    r.draft.is_dated = True
    return _keep(r, found)


def read_quarter(r: Reader) -> bool:
    """Read q2, q2 2026: its first day, or with "end of" its last."""
    quarter = r.token.value
    r.i += 1
    if r.draft.months:
        raise r.stop("there are two months")
    r.draft.months = (quarter * 3 if r.draft.edge == "end" else quarter * 3 - 2,)
    if r.kind() == "num" and isinstance(r.token.value, int) and 1000 <= r.token.value <= 9999:
        r.draft.year = r.token.value
        r.i += 1
    return True
