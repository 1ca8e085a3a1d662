"""Verbs on several tasks at once: ids, ranges, filters; tags, notes, pause, undone, steps of undo."""

import io
import json

import pytest
from tests.cli.conftest import Remind, Said, rows

from remindcli.cli import main
from remindcli.cli.environment import Environment


@pytest.fixture
def filled(remind: Remind) -> Remind:
    """Return a store with five tasks."""
    for line in ("call bob today 5pm +work @office", "file taxes 2026-11-20 +work", "buy milk today", "read a book"):
        remind.out(f"add {line}")
    remind.out("add water the plants every day 6pm")
    return remind


def answered(remind: Remind, line: str, answer: str) -> Said:
    """Run a command on a terminal on which a person types an answer."""
    out, err = io.StringIO(), io.StringIO()
    world = remind.environment(out, err, terminal=True, width=100)
    world.stdin = io.StringIO(answer)
    assert isinstance(world, Environment)
    return Said(main(line.split(), world), out.getvalue(), err.getvalue())


def test_several_ids_and_ranges_are_one_step(filled: Remind) -> None:
    assert [row[0] for row in rows(filled.out("done 1,3 4"))] == ["1", "3", "4"]
    assert filled.out("list -q is:done") == "1\n3\n4\n"
    assert filled.out("undo") == 'undone: done 1 "call bob", 3 "buy milk", 4 "read a book"\n'
    assert [row[0] for row in rows(filled.out("done 2-3 3-4"))] == ["2", "3", "4"], "ranges that cross name each once"


@pytest.mark.parametrize(
    ("words", "status", "what"),
    [
        ("done 4-2", 2, "runs backwards"),
        ("done 70-80", 3, "no task from 70 to 80"),
        ("done 99999999999999999999", 3, "there is no task"),
        ("done @nowhere", 3, 'no task matches "@nowhere"'),
        ("done is:recuring", 2, "did you mean"),
        ("show 1-2", 3, "means 2 tasks"),
        ("move 1", 2, "to when"),
        ("move 1 sometime", 2, "can't read"),
        ("edit 1,2 one title", 2, "one title for 2 tasks"),
        ("edit 1", 2, "nothing to change"),
        ("tag 1", 2, "which tag"),
        ("rm", 2, "which task"),
        ("pause", 2, "which task"),
        ("undone 1", 3, "was not done"),
        ("resume 1", 1, "is not paused"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_changes(
    words: str, status: int, what: str, filled: Remind
) -> None:
    before = filled.out("list --json")
    said = filled(words)
    assert (said.status, said.out) == (status, "")
    assert what in said.err
    assert filled.out("list --json") == before


def test_a_filter_that_finds_several_needs_yes_where_nobody_can_be_asked(filled: Remind) -> None:
    said = filled("done +work")
    assert (said.status, said.out) == (2, "")
    assert "a filter found 2 tasks" in said.err
    assert "--yes" in said.err
    assert [row[0] for row in rows(filled.out("done +work --yes"))] == ["2", "1"]
    assert filled.out("undo").startswith("undone: done ")


def test_a_filter_that_finds_one_needs_no_yes(filled: Remind) -> None:
    assert rows(filled.out("done overdue"))[0][0] == "2"


def test_rm_of_what_is_done(filled: Remind) -> None:
    filled.out("done 1 2")
    filled.out("rm is:done --yes")
    assert sorted(filled.out("list -q is:deleted").split()) == ["1", "2"]


@pytest.mark.parametrize(("answer", "done"), [("y\n", "1\n2\n"), ("n\n", ""), ("", "")])
def test_on_a_terminal_a_person_is_asked_and_sees_which_they_are(answer: str, done: str, filled: Remind) -> None:
    said = answered(filled, "done +work", answer)
    assert "1  call bob" in said.err
    assert "[y/N]" in said.err
    assert said.status == (0 if done else 1)
    assert sorted(filled.out("list -q is:done").split()) == done.split()


def test_tags_are_put_on_and_taken_off(filled: Remind) -> None:
    assert "+home" in filled.screen("tag 1 3 +home -work")
    assert filled.out("list -q +home") == "3\n1\n"
    assert filled.out("list -q +work") == "2\n"
    assert filled.out("undo") == 'undone: tag 1 "call bob", 3 "buy milk": +home, -work\n'
    assert filled("tag 1 -- +a").status == 0
    filled.out("edit 3 @office")
    assert "--yes" in filled("tag @office +b").err


def test_a_note_is_shown_added_to_and_replaced(filled: Remind) -> None:
    assert filled.out("note 1") == ""
    filled.out("note 1 his number is new")
    assert filled.out("note 1 ask for the key") == "his number is new\nask for the key\n"
    assert filled.out("note bob") == "his number is new\nask for the key\n"
    assert json.loads(filled.out("note 1 --replace gone --json")) == [{"id": 1, "note": "gone"}]
    assert filled.out("note 1 --replace", "") == ""
    filled.out("undo -n 2")
    assert filled.out("note 1") == "his number is new\nask for the key\n"


def test_pause_and_resume(filled: Remind) -> None:
    said = filled.screen("pause plants")
    assert said == "5  water the plants  paused; remind resume 5 lets it ring again"
    assert rows(filled.out("list is:paused"))[0][2] == "paused"
    assert "water" not in filled.screen("")
    filled.clock.set("2026-11-27 09:00")
    assert filled.screen("resume plants").endswith("next Thu 26 Nov (1 day ago)"), "the last that passed"


def test_what_was_deleted_is_listed_and_comes_back(filled: Remind) -> None:
    filled.out("rm milk")
    filled.out("add another step")
    assert filled("done 3").status == 3
    assert "remind resume 3" in filled("done 3").err
    assert filled.out("list -q is:deleted") == "3\n"
    assert filled.screen("resume 3") == "3  buy milk  Tue 24 Nov (today)"


def test_undone_long_after(filled: Remind) -> None:
    filled.out("done bob")
    filled.out("add another step")
    assert filled.screen("undone bob") == "1  call bob  open again, due Tue 24 Nov 17:00 (in 8 hours)"


def test_several_are_moved_to_one_time(filled: Remind) -> None:
    filled.out("move 1 3 friday 10am")
    assert [row[1] for row in rows(filled.out("list 1-3"))][-2:] == [
        "2026-11-27T10:00:00+01:00",
        "2026-11-27T10:00:00+01:00",
    ]


def test_undo_goes_back_several_steps_and_lists_them(filled: Remind) -> None:
    assert filled.out("undo --list").splitlines()[0].endswith('add 5 "water the plants"')
    assert 'add 5 "water the plants"' in filled.screen("undo --list")
    assert [one["ids"] for one in json.loads(filled.out("undo --list --json"))] == [[5], [4], [3], [2], [1]]
    assert filled.out("undo -n 2") == 'undone: add 5 "water the plants"\nundone: add 4 "read a book"\n'
    assert filled.out("redo -n 9") == 'redone: add 4 "read a book"\nredone: add 5 "water the plants"\n'


def test_done_at_another_time(filled: Remind) -> None:
    filled.out("done bob --at 8am")
    assert filled("done milk --at tomorrow").status == 2


def test_undo_and_the_log_say_what_each_step_changed(filled: Remind) -> None:
    filled.out("edit 1 call alice p1 +phone -a 1d")
    filled.out("note 2 ask first")
    filled.out("edit 4,5 @later friday")
    steps = [step["summary"] for step in json.loads(filled.out("undo --list --json"))][:3]
    assert steps == [
        'edit 4 "read a book", 5 "water the plants": @later, time',
        'note 2 "file taxes"',
        'edit 1 "call bob": title "call alice", +phone, p1, alerts',
    ]
    assert filled.out("log --kind note --format '{ids}'") == "2\n"
    assert (
        filled.out("undo -n 3").splitlines()[2] == 'undone: edit 1 "call bob": title "call alice", +phone, p1, alerts'
    )


def test_on_a_narrow_terminal_what_was_done_outlives_when(filled: Remind) -> None:
    assert 'add 5 "water the p' in filled.screen("undo --list", width=20)
