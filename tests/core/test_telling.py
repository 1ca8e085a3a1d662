"""What a reminder says."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from remindcli.core import telling
from remindcli.core.task import AT_DUE, Delivery, Occurrence

BERLIN = ZoneInfo("Europe/Berlin")
DUE = datetime(2026, 11, 2, 16, tzinfo=UTC)


def said(
    *,
    after: timedelta = timedelta(),
    passed: int = 0,
    is_all_day: bool = False,
    alert: timedelta = AT_DUE,
    tried_again_after: timedelta | None = None,
    snoozed_for: timedelta | None = None,
) -> str:
    """Return what is told of a task due on Monday 2 November at 17:00 in Berlin."""
    promised = DUE + alert
    payload = {} if snoozed_for is None else {"snoozed_until": int((promised + snoozed_for).timestamp() * 1000)}
    execute_at = promised + (snoozed_for or timedelta()) + (tried_again_after or timedelta())
    due_at = datetime(2026, 11, 1, 23, tzinfo=UTC) if is_all_day else DUE
    return telling.body(
        Delivery(1, 1, 1, alert, execute_at, due_at=promised, created_at=DUE, payload=payload),
        Occurrence(1, 1, "", due_at, is_all_day=is_all_day, passed=passed),
        now=execute_at + after,
        zone=BERLIN,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (said(), "due 17:00"),
        (said(after=timedelta(seconds=59)), "due 17:00"),
        (said(after=timedelta(minutes=5)), "due 17:00, rings 5 minutes late"),
        (said(after=timedelta(hours=8)), "due yesterday 17:00, rings 8 hours late"),
        (said(after=timedelta(days=3)), "due Mon 2 Nov 17:00, rings 3 days late"),
        (said(alert=-timedelta(hours=1)), "due 17:00"),
        (said(alert=-timedelta(days=1)), "due tomorrow 17:00"),
        (said(alert=-timedelta(days=7)), "due Mon 2 Nov 17:00"),
        (said(is_all_day=True, alert=-timedelta(hours=8)), "due today"),
        (said(is_all_day=True, alert=-timedelta(days=1)), "due tomorrow"),
        (said(passed=1), "due 17:00, passed once before"),
        (said(passed=6, after=timedelta(hours=1)), "due 17:00, rings 1 hour late, passed 6 times before"),
        (said(tried_again_after=timedelta(minutes=20)), "due 17:00, rings 20 minutes late"),
        (said(snoozed_for=timedelta(hours=2)), "due 17:00"),
        (said(snoozed_for=timedelta(hours=2), after=timedelta(hours=1)), "due 17:00, rings 1 hour late"),
    ],
)
def test_the_body(found: str, expected: str) -> None:
    assert found == expected


def test_a_task_without_a_time_says_nothing_of_one() -> None:
    delivery = Delivery(1, 1, 1, AT_DUE, DUE, due_at=DUE, created_at=DUE)
    assert telling.body(delivery, Occurrence(1, 1, "", None), now=DUE, zone=BERLIN) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (0, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (119, "1 minute"),
        (3_600, "1 hour"),
        (86_399, "23 hours"),
        (86_400, "1 day"),
        (86_400 * 400, "400 days"),
    ],
)
def test_a_span_in_its_largest_unit(seconds: int, words: str) -> None:
    assert telling.span(timedelta(seconds=seconds)) == words
