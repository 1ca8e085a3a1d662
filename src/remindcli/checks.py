"""What a value of a setting must be: each check returns it in its own type, or raises ValueError with the reason."""

import re
import shlex
from collections.abc import Callable
from datetime import time, timedelta
from urllib.parse import urlsplit

_SPAN = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?", re.ASCII)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def time_of_day(value: object) -> time:
    """Return a time of day."""
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        raise ValueError("a time of day such as 09:00") from None


def names(value: object) -> tuple[str, ...]:
    """Return one name or more, from a list or parted by commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("a list of names such as desktop,terminal")
    names = tuple(item.strip() for item in items if item.strip())
    if not names:
        raise ValueError("at least one name")
    return names


def maybe_names(value: object) -> tuple[str, ...]:
    """Return names, or none."""
    return names(value) if value not in ("", [], ()) else ()


def one_of(*allowed: str) -> Callable[[object], str]:
    """Return the check of a word that is one of these."""

    def check(value: object) -> str:
        if value not in allowed:
            raise ValueError("one of " + ", ".join(item or '""' for item in allowed))
        return str(value)

    return check


def command(value: object) -> tuple[str, ...]:
    """Return the words of a command, from a list or from a line as a shell would split it."""
    if isinstance(value, str):
        value = shlex.split(value)
    if not isinstance(value, list) or not all(isinstance(word, str) and "\0" not in word for word in value):
        raise ValueError('the words of a command such as ["notify-me", "--urgent"]')
    return tuple(value)


def url(value: object) -> str:
    """Return an address of the web, or ""."""
    text = str(value)
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        is_right = False
    if text and not (is_right and text.isprintable() and " " not in text):
        raise ValueError("an address that begins with https://")
    return text


def whole_number(low: int, high: int) -> Callable[[object], int]:
    """Return the check of a number that is not below and not above these."""

    def check(value: object) -> int:
        try:
            number = int(str(value))
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return check


def yes_or_no(value: object) -> bool:
    """Return yes or no."""
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError("true or false") from None


def text(value: object) -> str:
    """Return a text of one line, never empty."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("a text of one line")
    return value.strip()


def maybe_text(value: object) -> str:
    """Return a text of one line, or ""."""
    return text(value) if value != "" else ""


def texts(value: object) -> tuple[str, ...]:
    """Return texts from a list, maybe none."""
    if not isinstance(value, list):
        raise ValueError("a list of texts")  # noqa: TRY004 (what a check raises)
    return tuple(text(item) for item in value)


def nagging(value: object) -> dict[str, timedelta]:
    """Return spans by list, tag or priority, from a table or from "@work=10m,p1=5m"."""
    if isinstance(value, str):
        value = dict(pair.split("=", 1) for pair in value.split(",") if "=" in pair)
    if not isinstance(value, dict):
        raise ValueError('lists, tags or priorities with a span, such as { "@work" = "10m", "p1" = "5m" }')  # noqa: TRY004
    spans = {}
    for label, span in value.items():
        name = str(label).strip()
        if name not in ("p1", "p2", "p3") and not (name[:1] in ("@", "+") and len(name) > 1):
            raise ValueError(f'"{name}" to be @list, +tag or p1, p2, p3')
        read = _SPAN.fullmatch(str(span).strip().replace(" ", ""))
        days, hours, minutes = (int(part or 0) for part in read.groups()) if read else (0, 0, 0)
        length = timedelta(days=days, hours=hours, minutes=minutes)
        if span != "off" and not timedelta(minutes=1) <= length <= timedelta(days=30):
            raise ValueError(f'a span from 1m to 30d, or "off", for "{name}"')
        spans[name] = length
    return spans


def _by_day(value: object, read: Callable[[str], object]) -> dict[int, object]:
    """Return what holds on each day of the week, 0 is Monday, from one text for all days or a table by days.

    In one text the days stand before: "mon-fri 22:00-07:00; sat,sun 23:00-09:00".
    """
    if isinstance(value, str):
        pairs = [part.strip().rpartition(" ")[::2] for part in value.split(";") if part.strip()]
        value = dict(pairs)
    if not isinstance(value, dict):
        raise ValueError("one text for all days, or a table by days")  # noqa: TRY004
    found: dict[int, object] = {}
    for days, text in value.items():
        held = read(str(text).strip())
        found |= dict.fromkeys(_weekdays(str(days).strip().lower()), held)
    return found


def _weekdays(words: str) -> list[int]:
    days: list[int] = []
    for word in words.split(",") if words else ["mon-sun"]:
        first, is_range, last = word.strip().partition("-")
        if first[:3] not in _DAYS or (is_range and last[:3] not in _DAYS):
            raise ValueError(f'days such as mon-fri or sat,sun, which "{word}" is not')
        begin = _DAYS.index(first[:3])
        end = _DAYS.index(last[:3]) if is_range else begin
        days += [number % 7 for number in range(begin, end + 1 + 7 * (end < begin))]
    return days


def quiet_hours(value: object) -> dict[int, object]:
    """Return windows of wall times by the day of the week on which they begin."""

    def read(text: str) -> object:
        windows = []
        for part in text.split(","):
            begin, _, end = part.strip().partition("-")
            try:
                windows.append((time.fromisoformat(begin), time.fromisoformat(end)))
            except ValueError:
                raise ValueError('hours such as "22:00-07:00"') from None
        return tuple(windows)

    return _by_day(value, read)


def times_by_day(value: object) -> dict[int, object]:
    """Return a time of day by the day of the week, 0 is Monday."""
    return _by_day(value, time_of_day)
