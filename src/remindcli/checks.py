"""What a value of a setting must be: each check returns it in its own type, or raises ValueError with the reason."""

import shlex
from collections.abc import Callable
from datetime import time
from urllib.parse import urlsplit


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
