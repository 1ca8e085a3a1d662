"""A year of the engine, from one time to look to the next: each planned time rings once, at its instant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Rule
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

LAST_OF_MONTH = "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
LAST_DAYS = ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31"]


def run_until(engine: Engine, clock: FakeClock, end: datetime) -> int:
    """Tick at each time to look until the end; return how often it looked."""
    looks = 0
    while (next_at := engine.tick()) is not None and next_at < end:
        looks += 1
        assert next_at > clock.now(), "the engine would look again and again"
        clock.set(next_at)
    return looks


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_a_year_rings_the_last_of_each_month_and_nine_o_clock_of_each_day(
    zone: str, store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    clock.set("2026-01-01 00:00", zone)
    store.add(NewTask("rent", Rule(datetime(2026, 1, 31, 9), zone, rrule=LAST_OF_MONTH)))
    store.add(NewTask("tea", Rule(datetime(2026, 1, 1, 9), zone, rrule="FREQ=DAILY")))
    looks = run_until(engine, clock, datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)))

    def walls(title: str) -> list[str]:
        return [wall for wall, one in zip(channel.walls, channel.told, strict=True) if one.title == title]

    assert walls("rent") == [f"2026-{day} 09:00" for day in LAST_DAYS]
    assert walls("tea") == [f"{date(2026, 1, 1) + timedelta(days=number)} 09:00" for number in range(365)]
    assert not [body for body in channel.bodies if "late" in body]
    assert looks <= 366, "it wakes for what is due and for nothing else"


def test_the_31st_by_rfc_5545_skips_the_short_months(
    store: Store, engine: Engine, channel: FakeChannel, clock: FakeClock
) -> None:
    clock.set("2026-01-01 00:00", "Europe/Berlin")
    store.add(NewTask("rent", Rule(datetime(2026, 1, 31, 9), "Europe/Berlin", rrule="FREQ=MONTHLY;BYMONTHDAY=31")))
    run_until(engine, clock, datetime(2027, 1, 1, tzinfo=UTC))
    assert channel.walls == [f"2026-{day} 09:00" for day in LAST_DAYS if day.endswith("31")]


# RFC 5545, 3.3.5: a time in a gap is read with the offset before it; of two equal wall times the first is meant.
NIGHTS = {
    "Berlin loses 02:30": ("Europe/Berlin", "2026-03-28 02:30", ["28 02:30+1", "29 03:30+2", "30 02:30+2"]),
    "Berlin has 02:30 twice": ("Europe/Berlin", "2026-10-24 02:30", ["24 02:30+2", "25 02:30+2", "26 02:30+1"]),
    "New York loses 02:30": ("America/New_York", "2026-03-07 02:30", ["07 02:30-5", "08 03:30-4", "09 02:30-4"]),
    "New York has 01:30 twice": ("America/New_York", "2026-10-31 01:30", ["31 01:30-4", "01 01:30-4", "02 01:30-5"]),
    "Lord Howe loses 02:10": (
        "Australia/Lord_Howe", "2026-10-03 02:10", ["03 02:10+10.5", "04 02:40+11", "05 02:10+11"]
    ),
    "Lord Howe has 01:45 twice": (
        "Australia/Lord_Howe", "2026-04-04 01:45", ["04 01:45+11", "05 01:45+11", "06 01:45+10.5"]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("zone", "begin", "expected"), NIGHTS.values(), ids=NIGHTS)
def test_a_daily_task_in_the_night_of_a_change_rings_once_that_night(
    zone: str,
    begin: str,
    expected: list[str],
    store: Store,
    engine: Engine,
    channel: FakeChannel,
    clock: FakeClock,
) -> None:
    clock.set(begin, zone)
    store.add(NewTask("pill", Rule(datetime.fromisoformat(begin), zone, rrule="FREQ=DAILY")))
    run_until(engine, clock, clock.now() + timedelta(days=len(expected) - 1, hours=12))
    told = [one.at.astimezone(ZoneInfo(zone)) for one in channel.told]
    offsets = [(at.utcoffset() or timedelta()) / timedelta(hours=1) for at in told]
    assert [f"{at:%d %H:%M}{offset:+g}" for at, offset in zip(told, offsets, strict=True)] == expected
