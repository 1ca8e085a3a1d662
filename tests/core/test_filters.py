"""What filter words mean: a tree of conditions, or a refusal."""

import random
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from remindcli.core import filters
from remindcli.core.filters import (
    Both,
    ComesBack,
    Condition,
    Either,
    HasId,
    HasPriority,
    HasTag,
    HasText,
    InState,
    IsDue,
    IsOverdue,
    Not,
    OnList,
    Stands,
)
from remindcli.core.task import TaskState
from remindcli.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 4, 12, tzinfo=BERLIN).astimezone(UTC)
"""A Wednesday."""
LIVE = (TaskState.ACTIVE, TaskState.PAUSED)


def meant(*words: str, views: dict[str, str] | None = None) -> Condition:
    """Return the condition that filter words mean."""
    return filters.read(words, now=NOW, zone=BERLIN, views=views).condition


def due(begin: str | None, end: str | None) -> IsDue:
    """Return that it is due between two wall times of Berlin."""
    at = [datetime.fromisoformat(text).replace(tzinfo=BERLIN) if text else None for text in (begin, end)]
    return IsDue(*(one.astimezone(UTC) if one else None for one in at))


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("", Both(())),
        ("+home", HasTag("home")),
        ("-home", Not(HasTag("home"))),
        ("@home", OnList("home")),
        ("-@home", Not(OnList("home"))),
        ("P3", HasPriority(3)),
        ("7", HasId(((7, 7),))),
        ("#7", HasId(((7, 7),))),
        ("12-15", HasId(((12, 15),))),
        ("7 9 12-15", HasId(((7, 7), (9, 9), (12, 15)))),
        ("7 +home 9", Both((HasId(((7, 7), (9, 9))), HasTag("home")))),
        ("not 7 9", Not(HasId(((7, 7), (9, 9))))),
        ("BOB", HasText("bob")),
        ("text:today", HasText("today")),
        ("text:Or", HasText("or")),
        ("is:recurring", Stands("recurring")),
        ("is:done", InState(TaskState.FINISHED)),
        ("every:monthly", ComesBack("MONTHLY")),
        ("every:day", ComesBack("DAILY")),
        ("+a +b", Both((HasTag("a"), HasTag("b")))),
        ("+a and +b", Both((HasTag("a"), HasTag("b")))),
        ("+a or +b", Either((HasTag("a"), HasTag("b")))),
        ("+a or +b +c", Either((HasTag("a"), Both((HasTag("b"), HasTag("c")))))),
        ("( +a or +b ) +c", Both((Either((HasTag("a"), HasTag("b"))), HasTag("c")))),
        ("(+a or +b) +c", Both((Either((HasTag("a"), HasTag("b"))), HasTag("c")))),
        ("not (+a or +b)", Not(Either((HasTag("a"), HasTag("b"))))),
        ("not not +a", HasTag("a")),
        ("NOT +a OR +b", Either((Not(HasTag("a")), HasTag("b")))),
        (":)", None),
    ],
)
def test_words_mean_conditions(words: str, condition: Condition | None) -> None:
    if condition is None:
        with pytest.raises(UsageError):
            meant(*words.split())
    else:
        assert meant(*words.split()) == condition


@pytest.mark.parametrize(
    ("word", "condition"),
    [
        ("today", due("2026-11-04", "2026-11-05")),
        ("tomorrow", due("2026-11-05", "2026-11-06")),
        ("yesterday", due("2026-11-03", "2026-11-04")),
        ("week", due("2026-11-04", "2026-11-11")),
        ("wed", due("2026-11-04", "2026-11-05")),
        ("fri", due("2026-11-06", "2026-11-07")),
        ("Tuesday", due("2026-11-10", "2026-11-11")),
        ("2026-12-01", due("2026-12-01", "2026-12-02")),
        ("before:fri", due(None, "2026-11-06")),
        ("after:fri", due("2026-11-07", None)),
        ("after:+2d", due("2026-11-07", None)),
        ("after:-2d", due("2026-11-03", None)),
        ("before:-90m", due(None, "2026-11-04T10:30")),
        ("before:2026-11-04T17:00", due(None, "2026-11-04T17:00")),
        ("before:5pm", due(None, "2026-11-04T17:00")),
        ("before:next friday", due(None, "2026-11-13")),
        ("fri..sun", due("2026-11-06", "2026-11-09")),
        ("fri..tue", due("2026-11-06", "2026-11-11")),
        ("mon..wed", due("2026-11-09", "2026-11-12")),
        ("fri..", due("2026-11-06", None)),
        ("..fri", due(None, "2026-11-07")),
        ("2026-11-28..2026-12-01", due("2026-11-28", "2026-12-02")),
        ("today..eom", due("2026-11-04", "2026-12-01")),
    ],
)
def test_times_are_days_of_the_local_calendar(word: str, condition: Condition) -> None:
    assert meant(word) == condition


def test_days_are_as_long_as_the_clocks_make_them() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=BERLIN).astimezone(UTC)
    found = filters.read(["sun"], now=before, zone=BERLIN).condition
    assert isinstance(found, IsDue)
    assert found.begin is not None
    assert found.end is not None
    assert (found.end - found.begin).total_seconds() == 25 * 3600


def test_overdue_is_the_same_in_both_spellings() -> None:
    midnight = datetime(2026, 11, 4, tzinfo=BERLIN).astimezone(UTC)
    assert meant("overdue") == meant("is:overdue") == IsOverdue(NOW, midnight)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("is:recuring", "is:recurring"),
        ("is:pasued", "is:paused"),
        ("is:", "is:"),
        ("every:montly", "every:monthly"),
        ("befor:fri", "before:"),
        ("sate:done", ""),
        ("10:30", "text:"),
        ("before:frday", "before:fri"),
        ("after:every day", "is a rule"),
        ("fri..frday", "before:fri"),
        ("2026-12-01..2026-11-01", "2026-11-01..2026-12-01"),
        ("2026-02-30", "2026-02-30"),
        ("15-12", "12-15"),
        ("+a or", '"or"'),
        ("or +a", '"or"'),
        ("and +a", '"and"'),
        ("+a and", '"and"'),
        ("not", '"not"'),
        ("+a or or +b", '"or"'),
        ("( +a", '"("'),
        ("+a )", '")"'),
        ("()", "something"),
        ("@home @work", "@home or @work"),
        ("p1 p2", "p1 or p2"),
        ("before:" + "9" * 5000, "filter"),
    ],
)
def test_what_is_no_filter_is_refused_with_what_may_be_meant(words: str, said: str) -> None:
    phrase = [words] if words.startswith("after:every") else words.split()
    with pytest.raises(UsageError) as caught:
        meant(*phrase)
    whole = f"{caught.value.what} {caught.value.why} {caught.value.hint}"
    assert said in whole
    assert len(whole) < 1000


def test_a_filter_has_an_end() -> None:
    assert meant(*["not"] * 298, "+a") == HasTag("a")
    with pytest.raises(UsageError, match="300 words"):
        meant(*["not"] * 300, "+a")
    assert meant("9" * 5000) == HasId(((2**63 - 1, 2**63 - 1),))


@pytest.mark.parametrize(
    ("words", "states"),
    [
        ("", LIVE),
        ("today +home", LIVE),
        ("is:paused", LIVE),
        ("is:done", (*LIVE, TaskState.FINISHED)),
        ("+home or is:deleted", (*LIVE, TaskState.DELETED)),
    ],
)
def test_finished_and_deleted_tasks_come_only_when_asked_for(words: str, states: tuple[TaskState, ...]) -> None:
    assert filters.read(words.split(), now=NOW, zone=BERLIN).states == states


def test_saved_views_stand_for_their_words() -> None:
    views = {"work-week": "@work and week", "mine": "work-week or +me", "phrase": "text:'call bob'"}
    assert meant("work-week", views=views) == meant("@work", "week")
    assert meant("Work-Week", "+x", views=views) == Both((meant("@work", "week"), HasTag("x")))
    assert meant("not", "mine", views=views) == Not(Either((meant("@work", "week"), HasTag("me"))))
    assert meant("phrase", views=views) == HasText("call bob")


@pytest.mark.parametrize(
    ("views", "word", "said"),
    [
        ({"a": "b", "b": "a"}, "a", "means itself"),
        ({"a": "is:recuring"}, "a", 'in the saved view "a"'),
        ({"a": "'open"}, "a", 'in the saved view "a"'),
        ({"today": "+x"}, "+y", "by itself"),
    ],
)
def test_a_saved_view_that_is_wrong_is_named(views: dict[str, str], word: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        meant(word, views=views)
    assert said in f"{caught.value.what} {caught.value.why}"


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        *((word, True) for word in ("+a", "-a", "@a", "p1", "overdue", "is:done", "fri..sun", "mine")),
        *((word, False) for word in ("7", "-7", "bob", "fri", "or", "etc...", "+", "")),
    ],
)
def test_some_words_can_be_nothing_but_filters(word: str, is_one: bool) -> None:
    assert filters.is_filter(word, {"mine": "+me"}) is is_one


def test_a_word_that_is_nearly_a_filter_is_noticed() -> None:
    read = filters.read(["overdu"], now=NOW, zone=BERLIN)
    assert filters.nearest(read) == ("overdu", "overdue")
    assert filters.nearest(filters.read(["milk"], now=NOW, zone=BERLIN)) is None
    assert filters.nearest(filters.read(["text:overdu"], now=NOW, zone=BERLIN)) is None


def test_any_words_are_read_or_refused() -> None:
    """No words are a bug: the list holds what once was one."""
    pieces = (
        *("+a", "-", "--", "@", "7-", "-7", "9-1", "fri", "fri..", "..", "...", "..x", "before:", "after:9999-12-31"),
        *("9999-12-31", "0001-01-01", "before:+99999d", "after:-999999d", "not", "or", "and", "(", ")", "((", "text:("),
        *("every:", "x:y", "", "  ", "\ud800", "\0", "'", "is:", "2026-02-29", "today..eom", "before:99999999999"),
    )
    chance = random.Random(3)
    for _ in range(500):
        with suppress(UsageError):
            filters.read(chance.choices(pieces, k=chance.randint(1, 5)), now=NOW, zone=BERLIN)
