"""How fast times are read, and whether any text gets the better of the reader.

python bench/when.py              import, median and worst phrase, sentences, errors, explain
python bench/when.py --fuzz 600   random text, token soups, mutated phrases for so many seconds
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

from remindcli.core.explain import explain
from remindcli.core.when import Options, combine, parse, parse_span, read_sentence
from remindcli.core.when.words import WORDS
from remindcli.errors import RemindError

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)
PHRASES = """
today; tonight; tomorrow; tomorrow 5pm; at 5; 17:00; 5:30p; noon; eod; friday; next friday; next friday at 3:30pm
this weekend; next week; next month; eom; march 5; 5 march 2027 at noon; the 31st; thursday the 26th; dec 24th, 8am
2026-12-01; 2026-12-01T09:00; 2026-12-01 09:00 UTC; in 3h; in an hour and a half; in two weeks; 90m; +3d; 1h30
the day after tomorrow; 3 days before christmas; first working day of next month; last friday of march; 9am CET
every day; every weekday at 8; every mon, wed and fri at 7am; every 2 weeks on thursday; every other tuesday
every month on the 31st at 9am; every month on the 15th and last day; every 3rd friday; every year on 5 march
every hour from 9 to 17 on weekdays; every day at 8 and 20; every! 3 days; 3 days after done; every leap day
every monday from dec 1 until march 31; every day for 3 weeks; every friday 5 times; weekly on wed; quarterly
RRULE:FREQ=MONTHLY;BYDAY=-1FR
""".strip().replace("\n", ";")
SENTENCES = (
    "call bob tomorrow 5pm",
    "pay rent every month on the 31st 9am",
    "tomorrow call the plumber about the sink in the kitchen",
    "read chapter 5 of the book that anna lent me",
)
ERRORS = ("evry month", "tomorow", "friday at 25:00", "meet me there", "3/4/2027", "feb 30")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 :/-.,+@!?()'\"\t\x00\u0661\u00e9\u2019\ud800\U0001f600"
NUMBERS = (
    "1", "2", "5", "15", "31", "99", "2027", "1730", "12:30", "5pm", "1st", "3rd", "31st", ",", ".", "-", "+", "/", "@",
    "1h30", "1.5", "0.25", "p1d", "3/4", "+02:00",
    "europe/berlin", "utc/nowhere",
)  # fmt: skip
SLOW_SECONDS = 0.05


def phrases() -> list[str]:
    """Return the phrases that are measured."""
    return [phrase.strip() for phrase in PHRASES.split(";RRULE")[0].split(";")] + ["RRULE:FREQ=MONTHLY;BYDAY=-1FR"]


def best(job, times: int = 30) -> float:
    """Return the least seconds that the job took; the rest is other programs."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        took.append(time.perf_counter() - start)
    return min(took)


def quietly(read, *args, **kwargs):
    """Call, and let our own errors pass."""
    try:
        return read(*args, **kwargs)
    except RemindError:
        return None


def import_seconds(code: str) -> float:
    """Return the least seconds of CPU that a new Python took for the code, its bytecode being there."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    took = []
    for _ in range(30):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(took)


def measure() -> None:
    """Print the figures."""
    bare, loaded = import_seconds("pass"), import_seconds("import remindcli.core.when")
    floor = import_seconds("import re, datetime")
    print(f"import          {(loaded - bare) * 1e3:8.1f} ms over bare Python ({loaded / bare:.2f} x)")
    print(f"                {(loaded - floor) * 1e3:8.1f} ms over re and datetime, on which it stands")
    took = {phrase: best(lambda p=phrase: quietly(parse, p, now=NOW, zone=ZONE)) for phrase in phrases()}
    worst = max(took, key=took.__getitem__)
    print(f"median phrase   {statistics.median(took.values()) * 1e6:8.0f} us of {len(took)}")
    print(f"worst phrase    {took[worst] * 1e6:8.0f} us ({worst})")
    for name, read, texts in (("sentence", read_sentence, SENTENCES), ("refusal", parse, ERRORS)):
        slowest = max(best(lambda t=text, r=read: quietly(r, t, now=NOW, zone=ZONE)) for text in texts)
        print(f"worst {name:10s}{slowest * 1e6:8.0f} us of {len(texts)}")
    whens = [quietly(parse, phrase, now=NOW, zone=ZONE) for phrase in phrases()]
    told = [best(lambda w=when: explain(w, now=NOW, zone=ZONE), 10) for when in whens if when]
    print(f"median explain  {statistics.median(told) * 1e6:8.0f} us")


def soup(chance: random.Random, words: list[str]) -> str:
    """Return a text that is random, a row of known words, or a phrase with an accident."""
    kind = chance.randrange(4)
    if kind == 0:
        return "".join(chance.choices(LETTERS, k=chance.randrange(60)))
    if kind == 1:
        return " ".join(chance.choices(words, k=chance.randrange(1, 12)))
    pieces = list(chance.choice(phrases()))
    if kind == 2:
        for _ in range(chance.randrange(1, 5)):
            place = chance.randrange(len(pieces) + 1)
            pieces[place : place + chance.randrange(2)] = chance.choice(LETTERS)
        return "".join(pieces)
    return f"{''.join(pieces)} {chance.choice(phrases())}"


def fuzz(seconds: float, seed: int) -> int:
    """Read random texts for so long; return how many broke a promise."""
    chance = random.Random(seed)
    words = [*WORDS, *NUMBERS]
    options = (Options(), Options(date_order="mdy"), Options(date_order="dmy", week_start=6, strict_day=True))
    end, read, understood, bad, slowest = time.monotonic() + seconds, 0, 0, 0, (0.0, "")
    while time.monotonic() < end:
        text = soup(chance, words)
        year, month, day = chance.choice((2024, 2026, 2027)), chance.randrange(1, 13), chance.randrange(1, 29)
        now = NOW.replace(year=year, month=month, day=day)
        chosen = chance.choice(options)
        start = time.process_time()
        try:
            when = quietly(parse, text, now=now, zone=ZONE, options=chosen)
            took = time.process_time() - start
            start = time.process_time()
            quietly(read_sentence, text, now=now, zone=ZONE, options=chosen)
            took = max(took, time.process_time() - start)
            if read % 10 == 0:
                quietly(parse_span, text)
                quietly(combine, "friday", text, now=now, zone=ZONE)
            if when is not None:
                understood += 1
                said = explain(when, now=now, zone=ZONE)
                if parse(said, now=now, zone=ZONE) != when:
                    bad += 1
                    print(f"not read back: {text!r} -> {said!r}", flush=True)
        except Exception as error:  # noqa: BLE001 (that is what is looked for)
            bad += 1
            print(f"{type(error).__name__}: {text!r}: {error}", flush=True)
            continue
        read += 1
        slowest = max(slowest, (took, text))
        if took > SLOW_SECONDS:
            bad += 1
            print(f"slow: {took * 1e3:.0f} ms: {text!r}", flush=True)
    print(f"{read} texts in {seconds:.0f} s, {understood} understood, {bad} bad")
    print(f"slowest {slowest[0] * 1e3:.1f} ms: {slowest[1]!r}")
    return bad


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fuzz", type=float, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.fuzz:
        return int(fuzz(args.fuzz, args.seed) > 0)
    measure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
