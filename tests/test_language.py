"""Times that have passed, as `remind done --at` takes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.when import Options
from remindcli.errors import UsageError
from remindcli.language import past_instant

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=BERLIN).astimezone(UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("phrase", "wall"),
    [
        ("yesterday", "2026-11-23 12:00"),
        ("yesterday 5pm", "2026-11-23 17:00"),
        ("today 9am", "2026-11-24 09:00"),
        ("9am", "2026-11-24 09:00"),
        ("17:00", "2026-11-23 17:00"),
        ("3 hours ago", "2026-11-24 12:30"),
        ("2 days ago", "2026-11-22 15:30"),
        ("monday", "2026-11-23 12:00"),
        ("monday 8am", "2026-11-23 08:00"),
        ("friday", "2026-11-20 12:00"),
        ("today", "2026-11-24 12:00"),
        ("2026-11-01", "2026-11-01 12:00"),
        ("2026-11-01T09:00", "2026-11-01 09:00"),
        ("now", "2026-11-24 15:30"),
    ],
)
def test_what_has_passed(phrase: str, wall: str) -> None:
    at = past_instant(phrase, now=NOW, zone=BERLIN, options=Options())
    assert at.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M") == wall


@pytest.mark.parametrize(
    "phrase",
    ["tomorrow", "today 17:00", "in 3h", "next friday", "2027-01-01", "every day", "evry", "a while ago", ""],
)
def test_what_has_not_passed_or_is_no_time_is_refused(phrase: str) -> None:
    with pytest.raises(UsageError):
        past_instant(phrase, now=NOW, zone=BERLIN, options=Options())
