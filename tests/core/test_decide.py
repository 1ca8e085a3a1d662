"""What happens next, as tables."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from remindcli.core import decide
from remindcli.core.decide import Deliver, Discard, Hold, Next, Result, Retry, TryLater, TryNow
from remindcli.core.task import Occurrence, OccurrenceState, is_overdue

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOTH = ("desktop", "terminal")
S5 = NOW + timedelta(seconds=5)
LEASED = NOW + decide.LEASE
HELD = NOW + decide.HOLD_FOR
SHOWN, ABSENT, REFUSED, UNKNOWN = Result.SHOWN, Result.ABSENT, Result.REFUSED, Result.UNKNOWN


def after(
    result: Result,
    channel: str = "desktop",
    *,
    failures: int = 0,
    attempt: int = 1,
    permanent: bool = False,
    may: bool = False,
    absent: bool = False,
) -> Next:
    """Return what follows a try at a channel; `may` and `absent` are of the channels before it."""
    return decide.after_try(
        result,
        channel=channel,
        order=BOTH,
        failures=failures,
        attempt=attempt,
        is_permanent=permanent,
        any_may_take_it=may,
        any_absent=absent,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # it reached the user: that is the end, whatever was before
        (after(SHOWN), Deliver()),
        (after(SHOWN, "terminal", failures=1, attempt=8, may=True), Deliver()),
        # the first channel
        (after(ABSENT), TryNow("terminal")),
        (after(REFUSED), TryLater("desktop", S5, 1)),
        (after(REFUSED, failures=1), TryNow("terminal")),
        (after(REFUSED, permanent=True), TryNow("terminal")),
        (after(UNKNOWN), TryLater("desktop", LEASED, 1)),
        (after(UNKNOWN, failures=1), TryNow("terminal")),
        # the last channel, with nobody there before it
        (after(ABSENT, "terminal", absent=True), Hold(HELD)),
        (after(ABSENT, "terminal"), Hold(HELD)),
        (after(REFUSED, "terminal", absent=True), TryLater("terminal", S5, 1)),
        (after(REFUSED, "terminal", absent=True, failures=1), TryLater("desktop", S5, 0)),
        (after(REFUSED, "terminal", absent=True, permanent=True), Hold(HELD)),
        # the last channel, with a no before it that need not be the last word
        (after(ABSENT, "terminal", may=True), TryLater("desktop", S5, 0)),
        (after(REFUSED, "terminal", may=True, permanent=True), TryLater("desktop", S5, 0)),
        # all have said no for good
        (after(REFUSED, "terminal", permanent=True), Discard()),
        # the last attempt
        (after(REFUSED, attempt=8), TryNow("terminal")),
        (after(UNKNOWN, attempt=8), TryNow("terminal")),
        (after(REFUSED, "terminal", attempt=8, may=True), Discard()),
        (after(ABSENT, "terminal", attempt=8, may=True), Discard()),
        (after(ABSENT, "terminal", attempt=8), Hold(HELD)),
        (after(UNKNOWN, "terminal", attempt=8, may=True), Discard()),
    ],
)
def test_what_follows_a_try(found: Next, expected: Next) -> None:
    assert found == expected


def test_the_wait_doubles_up_to_ten_minutes() -> None:
    waits = [decide.backoff(attempt) / timedelta(seconds=1) for attempt in range(1, 10)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert decide.backoff(10**6) == decide.LONGEST_BACKOFF


def test_what_failed_together_is_not_tried_again_together() -> None:
    waits = [decide.backoff(1, jitter) / timedelta(seconds=1) for jitter in (0.0, 0.5, 1.0)]
    assert waits == [5, 4.375, 3.75]


PATIENT = Retry(attempts=3, failures=3, first_wait=timedelta(minutes=1), longest_wait=timedelta(minutes=2))


@pytest.mark.parametrize(
    ("attempt", "failures", "retry_after", "expected"),
    [
        (1, 0, None, TryLater("desktop", NOW + timedelta(minutes=1), 1)),
        (2, 1, None, TryLater("desktop", NOW + timedelta(minutes=2), 2)),
        (2, 2, None, TryNow("terminal")),
        (3, 0, None, TryNow("terminal")),
        # who asks for a while is heeded, up to an hour; who asks for less than the usual wait is not
        (1, 0, timedelta(minutes=7), TryLater("desktop", NOW + timedelta(minutes=7), 1)),
        (1, 0, timedelta(days=9), TryLater("desktop", NOW + HOUR, 1)),
        (1, 0, timedelta(seconds=-3), TryLater("desktop", NOW + timedelta(minutes=1), 1)),
    ],
)
def test_a_channel_is_tried_again_as_it_says_itself(
    attempt: int, failures: int, retry_after: timedelta | None, expected: Next
) -> None:
    found = decide.after_try(
        REFUSED,
        channel="desktop",
        order=BOTH,
        failures=failures,
        attempt=attempt,
        is_permanent=False,
        any_may_take_it=False,
        any_absent=False,
        now=NOW,
        retry=PATIENT,
        retry_after=retry_after,
    )
    assert found == expected


def test_an_attempt_begins_where_the_last_one_ended_if_that_is_still_asked_for() -> None:
    assert decide.first_channel(BOTH, "") == "desktop"
    assert decide.first_channel(BOTH, "terminal") == "terminal"
    assert decide.first_channel(BOTH, "carrier pigeon") == "desktop"


@pytest.mark.parametrize(
    ("due", "alert", "rings"),
    [
        ("2026-11-02 12:00", timedelta(), "2026-11-02 12:00"),
        ("2026-11-02 12:00", -HOUR, "2026-11-02 11:00"),
        ("2026-11-02 12:00", HOUR, "2026-11-02 13:00"),
        ("2026-11-02 12:00", -DAY, "2026-11-01 12:00"),
        # across both changes the day before is the same hour; hours are time that passes
        ("2026-03-29 09:00", -DAY, "2026-03-28 09:00"),
        ("2026-10-25 09:00", -DAY, "2026-10-24 09:00"),
        ("2026-03-29 09:00", -12 * HOUR, "2026-03-28 20:00"),
        ("2026-10-25 09:00", -12 * HOUR, "2026-10-24 22:00"),
        ("2026-03-29 09:00", -DAY - HOUR, "2026-03-28 08:00"),
        # the day before lies in the gap: the first time after it
        ("2026-03-30 02:30", -DAY, "2026-03-29 03:30"),
    ],
)
def test_when_an_alert_rings(due: str, alert: timedelta, rings: str) -> None:
    due_at = datetime.fromisoformat(due).replace(tzinfo=BERLIN).astimezone(UTC)
    at = decide.alert_at(due_at, is_all_day=False, alert=alert, tz=BERLIN, all_day_at=time(9))
    assert f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == rings


@pytest.mark.parametrize(
    ("alert", "rings"),
    [
        (timedelta(), "2026-03-29 09:30"),
        (-HOUR, "2026-03-29 08:30"),
        (-DAY, "2026-03-28 09:30"),
        (-7 * DAY, "2026-03-22 09:30"),
    ],
)
def test_when_an_alert_of_an_all_day_task_rings(alert: timedelta, rings: str) -> None:
    midnight = datetime(2026, 3, 29, tzinfo=BERLIN).astimezone(UTC)
    at = decide.alert_at(midnight, is_all_day=True, alert=alert, tz=BERLIN, all_day_at=time(9, 30))
    assert f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == rings


@pytest.mark.parametrize(
    ("offsets", "late", "told"),
    [
        # of what lies behind (before 0) the last one is told, late, or none is
        ([-60, -30, 0, 60], True, [-30, 0, 60]),
        ([60, 0, -60], True, [-60, 0, 60]),
        ([-60, -30], True, [-30]),
        ([60, 30], True, [30, 60]),
        ([-60, -30, 60], False, [60]),
        ([-60, -30], False, []),
        ([0], False, [0]),
        ([], True, []),
    ],
)
def test_which_alerts_are_still_told(offsets: list[int], late: bool, told: list[int]) -> None:
    times = [(timedelta(minutes=one), NOW + timedelta(minutes=one)) for one in offsets]
    chosen = decide.alerts_to_schedule(times, now=NOW, rings_late=late)
    assert [(at - NOW) / timedelta(minutes=1) for _, at in chosen] == told


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("late_for", "together"),
    [
        ([], []),
        ([timedelta()] * 9, [False] * 9),
        ([MINUTE] * 9, [False] * 9),  # not late yet
        ([HOUR] * 5, [False] * 5),
        ([HOUR] * 6, [True] * 6),
        ([HOUR] * 6 + [MINUTE], [True] * 6 + [False]),
        ([HOUR, 3 * HOUR], [False, False]),  # one old one alone comes as it is
        ([HOUR, 3 * HOUR, 4 * HOUR], [False, True, True]),
        ([2 * HOUR, 2 * HOUR], [False, False]),
    ],
)
def test_which_late_ones_come_in_one_message(late_for: list[timedelta], together: list[bool]) -> None:
    assert decide.belongs_in_digest(late_for, old_after=2 * HOUR) == together


def occurrence(number: int, due: str | None, *, is_all_day: bool = False) -> Occurrence:
    """Return an open occurrence."""
    due_at = datetime.fromisoformat(due).replace(tzinfo=UTC) if due else None
    return Occurrence(number, 1, due or "", due_at, is_all_day=is_all_day)


@pytest.mark.parametrize(
    ("dues", "meant"),
    [
        ([], None),
        ([None], 0),
        (["2026-11-03 09:00"], 0),
        (["2026-11-03 09:00", "2026-11-04 09:00"], 0),
        (["2026-11-01 09:00", "2026-11-02 09:00", "2026-11-03 09:00"], 1),
        (["2026-11-02 12:00", "2026-11-03 09:00"], 0),
        (["2026-11-02 11:00", "2026-11-02 12:00"], 1),
        (["2026-11-04 09:00", "2026-11-03 09:00"], 1),
        (["2026-11-01 09:00", "2026-11-01 09:00"], 1),
    ],
)
def test_which_occurrence_a_user_means(dues: list[str | None], meant: int | None) -> None:
    found = decide.current([occurrence(number, due) for number, due in enumerate(dues)], now=NOW)
    assert (found and found.id) == meant


@pytest.mark.parametrize(
    ("due", "is_all_day", "expected"),
    [
        ("2026-11-02 11:59", False, True),
        ("2026-11-02 12:00", False, False),
        ("2026-11-02 12:01", False, False),
        ("2026-11-02 00:00", True, False),
        ("2026-11-01 00:00", True, True),
        (None, False, False),
    ],
)
def test_overdue_is_past_its_moment_or_past_its_day(due: str | None, is_all_day: bool, expected: bool) -> None:
    one = occurrence(1, due, is_all_day=is_all_day)
    assert is_overdue(one, now=NOW) is expected


@pytest.mark.parametrize("state", [OccurrenceState.DONE, OccurrenceState.SKIPPED, OccurrenceState.MISSED])
def test_what_is_closed_is_never_overdue(state: OccurrenceState) -> None:
    due_at = NOW - DAY
    done_at = NOW if state is OccurrenceState.DONE else None
    assert not is_overdue(Occurrence(1, 1, "", due_at, state=state, done_at=done_at), now=NOW)


def test_the_day_of_an_all_day_task_may_have_25_hours() -> None:
    begin = datetime(2026, 10, 25, tzinfo=BERLIN).astimezone(UTC)
    end = datetime(2026, 10, 26, tzinfo=BERLIN).astimezone(UTC)
    one = Occurrence(1, 1, "2026-10-25", begin, is_all_day=True)
    last = end - timedelta(minutes=1)
    assert not is_overdue(one, now=last, all_day_ends_at=end)
    assert is_overdue(one, now=end, all_day_ends_at=end)
