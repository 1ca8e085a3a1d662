"""Ids and ranges of ids as they are typed: 7, #7, 12-15."""

import re

from remindcli.core.safe import safe
from remindcli.errors import UsageError

_TYPED = re.compile(r"#?(\d+)(?:-(\d+))?", re.ASCII)
_LARGEST = 2**63 - 1
"""What SQLite keeps; a number beyond it stands for this one, which no task has."""


def read_range(word: str) -> tuple[int, int] | None:
    """Return the first and the last id that a word names, both included; None if it is no id.

    Raises:
        UsageError: the range runs backwards.
    """
    typed = _TYPED.fullmatch(word)
    if typed is None:
        return None
    low, high = typed[1], typed[2] or typed[1]
    first, last = _number(low), _number(high)
    if last < first:
        raise UsageError(f"the range {safe(word, 60)} runs backwards", hint=f"try {safe(high, 30)}-{safe(low, 30)}")
    return first, last


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 19 else _LARGEST  # Python itself refuses to read thousands of digits
