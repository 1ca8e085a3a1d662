"""Quiet hours and nagging, as tables."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from remindcli.core.nagging import next_nag_at, order_of
from remindcli.core.quiet import Quiet, passes, quiet_at

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = {key: [(time(22), time(7))] for key in range(7)}
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def at(wall: str) -> datetime:
    """Return the instant of a wall time in Berlin."""
    return datetime.fromisoformat(wall).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        ("2026-11-02 21:59:59", None, None),
        ("2026-11-02 22:00", "2026-11-02 22:00", "2026-11-03 07:00"),
        ("2026-11-03 03:00", "2026-11-02 22:00", "2026-11-03 07:00"),
        ("2026-11-03 06:59:59", "2026-11-02 22:00", "2026-11-03 07:00"),
        ("2026-11-03 07:00", None, None),
        ("2026-10-25 01:00", "2026-10-24 22:00", "2026-10-25 07:00"),  # the clocks go back: ten hours
    ],
)
def test_a_night(now: str, begins: str | None, ends: str | None) -> None:
    found = quiet_at(at(now), NIGHT, BERLIN)
    assert (found and (found.begins_at, found.ends_at)) == (begins and (at(begins), ends and at(ends)))


@pytest.mark.parametrize(
    ("windows", "now", "ends"),
    [
        # windows that meet or overlap are one, over as many days as they go on; 2 November 2026 is a Monday
        ({0: [(time(12), time(13)), (time(13), time(14))]}, "2026-11-02 12:30", "2026-11-02 14:00"),
        ({0: [(time(12), time(14)), (time(13), time(15))]}, "2026-11-02 12:30", "2026-11-02 15:00"),
        ({0: [(time(12), time(13)), (time(14), time(15))]}, "2026-11-02 12:30", "2026-11-02 13:00"),
        ({0: [(time(12), time(15)), (time(13), time(14))]}, "2026-11-02 12:30", "2026-11-02 15:00"),
        ({4: [(time(0), time(0))], 5: [(time(0), time(0))], 6: [(time(0), time(0))]}, "2026-11-06 08:00", "2026-11-09"),
        ({5: [(time(20), time(9))], 6: [(time(9), time(9))]}, "2026-11-07 21:00", "2026-11-09 09:00"),
    ],
)
def test_windows_that_meet_are_one(windows: dict[int, list[tuple[time, time]]], now: str, ends: str) -> None:
    found = quiet_at(at(now), windows, BERLIN)
    assert found is not None
    assert found.ends_at == at(ends)


def test_a_week_that_never_ends_is_cut() -> None:
    found = quiet_at(at("2026-11-02 12:00"), {key: [(time(0), time(0))] for key in range(7)}, BERLIN)
    assert found is not None
    assert timedelta(days=7) < found.ends_at - at("2026-11-02 12:00") < timedelta(days=9)


@pytest.mark.parametrize(
    ("priority", "least", "asked", "rings"),
    [
        (1, 1, -1, True),
        (2, 1, -1, False),
        (2, 2, -1, True),
        (0, 3, -1, False),
        (1, 0, -1, False),
        (0, 0, 0, True),  # written down as they began, or since
        (0, 0, 1, True),
    ],
)
def test_what_rings_all_the_same(priority: int, least: int, asked: int, rings: bool) -> None:
    quiet = Quiet(NOW, NOW + timedelta(hours=8))
    asked_at = NOW + timedelta(minutes=asked)
    assert passes(priority=priority, least_priority=least, asked_at=asked_at, quiet=quiet) is rings


@pytest.mark.parametrize(
    ("minutes", "nagged", "times", "waits"),
    [
        (10, 0, None, 10),
        (10, 1, None, 15),
        (10, 2, None, 22.5),
        (10, 9, None, 60),
        (10, 10**6, None, 60),
        (90, 3, None, 90),
        (10, 2, 3, 22.5),
        (10, 3, 3, None),
        (10, 0, 0, None),
    ],
)
def test_when_it_is_told_again(minutes: int, nagged: int, times: int | None, waits: float | None) -> None:
    found = next_nag_at(NOW, timedelta(minutes=minutes), nagged, times=times)
    assert found == (None if waits is None else NOW + timedelta(minutes=waits))


def test_each_repetition_begins_one_channel_further() -> None:
    assert [order_of(("a", "b", "c"), nagged) for nagged in range(4)] == [
        ("a", "b", "c"),
        ("b", "c", "a"),
        ("c", "a", "b"),
        ("a", "b", "c"),
    ]
    assert order_of((), 3) == ()
