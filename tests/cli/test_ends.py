"""Series that end: --until and --count, with add and edit, and where times are counted from when it was done."""

import json

import pytest
from tests.cli.conftest import Remind, rows


def times(remind: Remind, text: str) -> list[str]:
    """Return the next times of a task, each as a day."""
    return [one[:10] for one in json.loads(remind.out(f"show {text} --json"))["next"]]


def rule(remind: Remind, text: str) -> str:
    """Return the RRULE of a task."""
    found: str = json.loads(remind.out(f"show {text} --json"))["rrule"]
    return found


@pytest.mark.parametrize(
    ("line", "repeats"),
    [
        ("stretch every day 9:30am --count 3", "every day at 09:30 3 times"),
        ("-e '2 weeks' --until 'dec 24' stretch", "every 2 weeks until Thu 24 Dec 2026"),
        ("stretch every day 9:30am --until 'dec 1 9:30am'", "every day at 09:30 until Tue 1 Dec 2026 at 09:30"),
        ("stretch -e RRULE:FREQ=DAILY --until 2026-12-01", "every day until Tue 1 Dec 2026"),
        ("stretch every day 5 times --count 3", "every day 3 times"),
        ("stretch every day until friday --until never", "every day"),
    ],
)
def test_a_series_ends_where_an_option_says_so(remind: Remind, line: str, repeats: str) -> None:
    assert rows(remind.out(f"add {line}"))[0][4] == repeats


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("add x tomorrow --count 2", "what does not come back has no end"),
        ("add x --until friday", "what does not come back has no end"),
        ("add x every day --until friday --count 2", "--until and --count exclude each other"),
        ("add x every day --until 'every friday'", '"every friday" is a rule, not one time'),
        ("add x every day --until xyzzy", 'can\'t read "xyzzy" as a time'),
        ("add x every day from dec 24 --until friday", "it would never come"),
        ("edit 1 --count 2", "what does not come back has no end"),
        ("edit 2 --count 2", "what has no time has no end"),
        ("edit 3 --until 2026-11-02", "it would never come"),
        ("edit 3 friday --count 2", "a time and an end at once"),
    ],
)
def test_an_end_that_can_not_be_is_refused(remind: Remind, line: str, what: str) -> None:
    remind.out("add once tomorrow")
    remind.out("add sometime")
    remind.out("add water every day")
    before = remind.out("list")
    said = remind(line)
    assert (said.status, said.out) == (2, "")
    assert f"error: {what}" in said.err
    assert remind.out("list") == before


def test_edit_counts_from_the_open_one_and_takes_an_end_off(remind: Remind) -> None:
    remind.out("add stretch every day 9:30am")
    remind.out("done 1")
    remind.out("done 1")
    remind.out("edit 1 --count 2")
    assert times(remind, "1") == ["2026-11-26", "2026-11-27"]
    remind.out("edit 1 --until never")
    assert rule(remind, "1") == "FREQ=DAILY"
    remind.out("edit 1 --until friday")
    assert times(remind, "1") == ["2026-11-26", "2026-11-27"]
    remind.out("done 1")
    remind.out("done 1")
    assert rows(remind.out("list is:done"))[0][2] == "finished"
    remind.out("undo -n 2")
    assert rows(remind.out("list"))[0][1] == "2026-11-26T09:30:00+01:00"


def test_what_is_counted_from_done_ends_too(remind: Remind) -> None:
    remind.out("add water every! 3 days 2 times")
    remind.out("add feed every! 3 days until dec 1")
    for day, left in (("2026-11-25", "1\n2\n"), ("2026-11-27", "2\n"), ("2026-11-30", "")):
        remind.clock.set(f"{day} 12:00")
        for one in remind.out("list -q").split():
            remind.out(f"done {one}")
        assert remind.out("list -q") == left, day
    remind.out("undone water")
    remind.out("edit water --count 2")
    remind.out("done water")
    assert remind.out("list -q") == "1\n"
