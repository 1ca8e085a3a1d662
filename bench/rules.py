"""How long the next time of a rule takes, beside one plain call of python-dateutil in the same run.

    python bench/rules.py [--rounds 300]

Each rule began in 2004 and is asked at moments spread over 2026 and 2027, in Europe/Berlin. `cold` is the first
answer, rule text included; `warm` a later one. The unit is dateutil's own `after` of FREQ=DAILY that began the
day before: the least that a program without this package would pay.
"""

import argparse
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from remindcli.core import recurrence
from remindcli.core.recurrence import series
from remindcli.errors import InvalidRuleError

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2004, 1, 31, 9)
NEVER = "never occurs"
RULES = [
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=3FR",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=500",
    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
    "FREQ=DAILY;INTERVAL=3;BYHOUR=9,12,17;COUNT=100000",
    "FREQ=DAILY;BYDAY=MO;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=HOURLY;BYHOUR=9,10,11,12,13,14,15,16,17;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,20,40",
    "FREQ=MINUTELY;INTERVAL=17",
    "FREQ=SECONDLY",
    "FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYMINUTE=0;BYSECOND=7",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
    "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6",
]


def took(work: Callable[[], object]) -> float:
    """Return the seconds that a call took."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def asked(rule_text: str, moments: list[datetime]) -> tuple[float, list[float]]:
    """Return the seconds of the first answer, and of each later one; for a refused rule of the refusal."""
    # from the text on: nothing is kept from the rule before
    series.prepared.cache_clear()
    begin = perf_counter()
    try:
        rule = recurrence.read_rule(rule_text, dtstart=START, zone="Europe/Berlin", is_all_day=False)
        recurrence.next_after(rule, moments[0], BERLIN)
    except InvalidRuleError:
        return perf_counter() - begin, []
    cold = perf_counter() - begin
    return cold, [took(lambda at=at: recurrence.next_after(rule, at, BERLIN)) for at in moments]  # type: ignore[misc]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    random = Random(1)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [begin + timedelta(seconds=random.randrange(2 * 365 * 86_400)) for _ in range(rounds)]
    plain = rrulestr("FREQ=DAILY", dtstart=datetime(2026, 1, 1, 9))
    unit = statistics.median(took(lambda: plain.after(datetime(2026, 1, 2))) for _ in range(rounds))
    print(f"one call of dateutil: {unit * 1e6:.1f} µs; the columns are multiples of it")
    print(f"{'rule':68s} {'cold':>8s} {'median':>8s} {'worst':>8s}  worst, ms")
    for text in RULES:
        cold, warm = asked(text, moments)
        ratios = [cold, statistics.median(warm), max(warm)] if warm else [cold]
        columns = " ".join(f"{seconds / unit:8.2f}" for seconds in ratios)
        print(f"{text:68s} {columns}  {max(warm) * 1e3:.3f}" if warm else f"{text:68s} {columns}  {NEVER}")


if __name__ == "__main__":
    main()
