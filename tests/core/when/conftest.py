"""How the tests of the language speak: a phrase in, a short line out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.rule import Repeat
from remindcli.core.when import Options, When, parse

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=BERLIN)  # a Wednesday

Says = Callable[..., str]
Means = Callable[..., When]


def short(when: When) -> str:
    """Return "Fri 2026-11-27 09:00 Europe/Berlin FREQ=DAILY", with what does not apply left out."""
    rule = when.rule
    parts = [f"{rule.dtstart:%a %Y-%m-%d}"]
    if not rule.is_all_day:
        parts.append(f"{rule.dtstart:%H:%M:%S}" if rule.dtstart.second else f"{rule.dtstart:%H:%M}")
    parts += [part for part in (rule.zone, rule.rrule) if part]
    if rule.repeat is Repeat.COMPLETION:
        parts.append("after done")
    return " ".join(parts)


@pytest.fixture
def means() -> Means:
    """Return what a phrase means, said on Wednesday 25 November 2026 at 10:00 in Berlin, or at `now` there."""

    def means(phrase: str, now: str | None = None, **options: Any) -> When:
        asked = datetime.fromisoformat(now).replace(tzinfo=BERLIN) if now else NOW
        return parse(phrase, now=asked, zone=BERLIN, options=Options(**options))

    return means


@pytest.fixture
def says(means: Means) -> Says:
    """Return the same as a short line."""

    def says(phrase: str, now: str | None = None, **options: Any) -> str:
        return short(means(phrase, now, **options))

    return says
