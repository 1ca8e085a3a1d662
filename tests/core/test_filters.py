"""Which tasks filter words mean."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from remindcli.core import filters
from remindcli.core.filters import Candidate
from remindcli.core.rule import Rule
from remindcli.core.task import Occurrence, Task, TaskState
from remindcli.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 2, 12, tzinfo=BERLIN).astimezone(UTC)


def candidate(
    number: int,
    title: str,
    due: str | None,
    *,
    tags: tuple[str, ...] = (),
    list_name: str = "",
    priority: int = 0,
    note: str = "",
    rrule: str | None = None,
    state: TaskState = TaskState.ACTIVE,
    is_all_day: bool = False,
) -> Candidate:
    """Return a task with its open occurrence, due at a wall time of Berlin."""
    wall = datetime.fromisoformat(due) if due else None
    rule = Rule(wall, rrule=rrule, is_all_day=is_all_day) if wall else None
    due_at = wall.replace(tzinfo=BERLIN).astimezone(UTC) if wall else None
    task = Task(
        number,
        f"uid{number}",
        title,
        rule,
        NOW,
        NOW,
        note=note,
        list_name=list_name,
        priority=priority,
        tags=tags,
        state=state,
    )
    occurrence = Occurrence(number, number, due or "", due_at, is_all_day=is_all_day)
    return Candidate(task, occurrence, is_ringing=False, is_snoozed=False, has_failed=False)


ALL = (
    candidate(1, "Call Bob", "2026-11-02 11:00", tags=("phone", "work"), priority=1),
    candidate(2, "pay rent", "2026-11-02 17:00", tags=("home",), list_name="money", rrule="FREQ=MONTHLY"),
    candidate(3, "birthday", "2026-11-02 00:00", is_all_day=True, note="of bob"),
    candidate(4, "bins", "2026-11-03 00:30", tags=("home",), list_name="home"),
    candidate(5, "week's end", "2026-11-08 23:59", priority=3),
    candidate(6, "next week", "2026-11-09 00:00"),
    candidate(7, "some day", None, state=TaskState.PAUSED),
    candidate(8, "yesterday's", "2026-11-01 00:00", is_all_day=True),
)


def chosen(*words: str) -> list[int]:
    """Return the ids that filter words choose."""
    test = filters.read(words, now=NOW, zone=BERLIN)
    return [one.task.id for one in ALL if test(one)]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("+home", [2, 4]),
        ("-home", [1, 3, 5, 6, 7, 8]),
        ("+home @money", [2]),
        ("@home", [4]),
        ("p1", [1]),
        ("P3", [5]),
        ("7", [7]),
        ("3-5", [3, 4, 5]),
        ("99", []),
        ("overdue", [1, 8]),
        ("today", [1, 2, 3]),
        ("TODAY", [1, 2, 3]),
        ("tomorrow", [4]),
        ("week", [1, 2, 3, 4, 5]),
        ("bob", [1, 3]),
        ("BOB today +work", [1]),
        ("is:recurring", [2]),
        ("is:paused", [7]),
        ("today -home bob", [1, 3]),
    ],
)
def test_words_choose_tasks(words: str, ids: list[int]) -> None:
    assert chosen(*words.split()) == ids


@pytest.mark.parametrize("name", ["ringing", "snoozed", "failed"])
def test_where_a_task_stands_can_be_asked_for(name: str) -> None:
    flags = {"ringing": "is_ringing", "snoozed": "is_snoozed", "failed": "has_failed"}
    test = filters.read([f"is:{name}"], now=NOW, zone=BERLIN)
    assert not test(ALL[0])
    assert test(replace(ALL[0], **{flags[name]: True}))


@pytest.mark.parametrize(
    ("word", "near"),
    [("is:recuring", "is:recurring"), ("is:pasued", "is:paused"), ("is:", "is:"), ("state:done", "")],
)
def test_what_looks_like_a_filter_and_is_none_is_refused(word: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(word)
    assert word in caught.value.what
    assert near in caught.value.why
    assert "is:ringing" in caught.value.hint


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(UsageError, match="backwards") as caught:
        chosen("15-12")
    assert "12-15" in caught.value.hint


@pytest.mark.parametrize(
    ("words", "states"),
    [
        ("", (TaskState.ACTIVE, TaskState.PAUSED)),
        ("today +home", (TaskState.ACTIVE, TaskState.PAUSED)),
        ("is:done", (TaskState.FINISHED,)),
        ("is:deleted +home", (TaskState.DELETED,)),
    ],
)
def test_finished_and_deleted_tasks_come_only_when_asked_for(words: str, states: tuple[TaskState, ...]) -> None:
    assert filters.asks_for(words.split()) == states
