"""Golden sessions: what a person sees on a terminal, and what a pipe gets."""

import json

import pytest
from tests.cli.conftest import Remind, rows


def test_a_day_on_a_terminal(remind: Remind) -> None:
    assert remind.screen("add call bob tomorrow 5pm +work p1") == "1  call bob  Wed 25 Nov 17:00 (in 1 day)  +work  p1"
    assert remind.screen("a buy milk today") == "2  buy milk  Tue 24 Nov (today)"
    assert remind.screen("add file taxes 2026-11-20") == "3  file taxes  Fri 20 Nov (4 days ago)"
    assert remind.screen("add read a book @home") == "4  read a book  no time  @home"
    assert (
        remind.screen("")
        == """\
Overdue
3   Fri 20 Nov        4 days ago  overdue  file taxes

Today
2   Tue 24 Nov        today                buy milk

Next 7 days
1   Wed 25 Nov 17:00  in 1 day             call bob    +work p1

And 1 without a time: remind list"""
    )


def test_an_empty_store_says_how_to_begin(remind: Remind) -> None:
    assert "remind add call bob tomorrow 5pm" in remind.screen("")
    assert remind.out("") == ""
    assert remind.out("list") == ""
    assert json.loads(remind.out("list --json")) == []


def test_a_pipe_gets_one_line_a_task_with_nothing_cut(remind: Remind) -> None:
    title = "a title that is much longer than any terminal is wide " * 5
    remind.out("add -e 'every day 10am'", title.strip())
    remind.out("add call bob tomorrow 5pm +work +urgent @office p2")
    assert rows(remind.out("list")) == [
        ["1", "2026-11-24T10:00:00+01:00", "open", title.strip(), "every day at 10:00", "", "", ""],
        ["2", "2026-11-25T17:00:00+01:00", "open", "call bob", "", "office", "urgent,work", "2"],
    ]


def test_json_has_stable_fields(remind: Remind) -> None:
    written = json.loads(remind.out("add pay rent every month on the 31st 9am --json"))
    assert written["due"] == "2026-11-30T09:00:00+01:00"
    assert written["rrule"] == "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    assert set(written) == {
        "id", "due", "state", "title", "repeats", "list", "tags", "priority", "uid", "note", "is_all_day", "rrule",
        "dtstart", "zone", "repeat", "planned_for", "next_due", "passed", "rings_at", "rang_at", "alerts", "channels",
        "catch_up", "created_at", "modified_at", "day_alerts", "nag_seconds", "is_nagging", "is_kept", "waits_for",
        "if", "until_ok", "run", "folder", "here",
    }  # fmt: skip
    assert json.loads(remind.out("--json list")) == [written]


def test_quiet_prints_ids_only(remind: Remind) -> None:
    assert remind.out("add -q one") == "1\n"
    assert remind.out("add -q two") == "2\n"
    assert remind.out("list -q") == "1\n2\n"


def test_a_monthly_task_of_the_31st_clamps_and_comes_back(remind: Remind) -> None:
    remind.clock.set("2027-01-20 12:00")
    remind.out("add pay rent every month on the 31st 9am")
    due = []
    for _ in range(5):
        due.append(rows(remind.out("list"))[0][1][:10])
        remind.clock.set(f"{due[-1]} 10:00")
        remind.out("done 1")
    assert due == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]


def test_strict_day_skips_short_months(remind: Remind) -> None:
    remind.clock.set("2027-01-20 12:00")
    coming = json.loads(remind.out("add -n --json --strict-day pay rent every month on the 31st 9am"))["next"]
    assert [day[:10] for day in coming] == ["2027-01-31", "2027-03-31", "2027-05-31"]


def test_a_dry_run_writes_nothing(remind: Remind) -> None:
    assert remind.screen("add -n call bob tomorrow 5pm") == "would add  call bob\n  Wed 25 Nov 17:00 (in 1 day)"
    assert remind.out("list") == ""


def test_done_takes_ids_texts_and_several(remind: Remind) -> None:
    for title in ("call bob", "call alice", "buy milk"):
        remind.out("add", title, "tomorrow")
    assert rows(remind.out("done bob 3")) == [["1", "done", "", "call bob"], ["3", "done", "", "buy milk"]]
    assert rows(remind.out("list"))[0][3] == "call alice"
    assert remind.screen("undo") == 'undone: done 1 "call bob", 3 "buy milk"'
    assert len(rows(remind.out("list"))) == 3


def test_done_without_an_id_needs_something_that_rang(remind: Remind) -> None:
    remind.out("add call bob tomorrow")
    said = remind("done")
    assert (said.status, said.out) == (3, "")
    assert said.err.splitlines()[:2] == [
        "error: nothing rings now",
        " hint: say which: remind done 7, or remind done bob",
    ]


def test_a_text_that_means_several_is_refused_with_the_choice(remind: Remind) -> None:
    remind.out("add call bob")
    remind.out("add call alice")
    said = remind("done call")
    assert said.status == 3
    assert "1 call bob, 2 call alice" in said.err
    remind.out("add call")
    assert rows(remind.out("done call"))[0][3] == "call", "an exact title wins"


def test_six_days_away_leave_one_open_occurrence(remind: Remind) -> None:
    remind.out("add water plants every day 7pm")
    remind.clock.advance(days=6)
    assert rows(remind.out("list"))[0][1:4] == ["2026-11-29T19:00:00+01:00", "overdue", "water plants"]
    assert "(5 passed)" in remind.screen("list")
    assert rows(remind.out("done plants"))[0][2] == "2026-11-30T19:00:00+01:00"
    assert len(rows(remind.out("list"))) == 1


def test_catch_up_all_keeps_the_backlog(remind: Remind) -> None:
    remind.out("add --catch-up all feed the cat every day 7pm")
    remind.clock.advance(days=3)
    for _ in range(3):
        remind.out("done cat")
    assert rows(remind.out("list"))[0][1] == "2026-11-27T19:00:00+01:00"


def test_snooze_moves_the_alert_and_not_the_due_time(remind: Remind) -> None:
    remind.out("add call bob 10am")
    said = json.loads(remind.out("snooze bob 2h --json"))[0]
    assert (said["due"], said["rings_at"]) == ("2026-11-24T10:00:00+01:00", "2026-11-24T11:00:00+01:00")
    assert said["state"] == "snoozed"
    assert remind.screen("snooze 1 tomorrow 8am") == "1  call bob  rings again Wed 25 Nov 08:00 (in 1 day)"


def test_move_is_of_this_occurrence(remind: Remind) -> None:
    remind.out("add stand-up every day 9:30")
    assert remind.screen("move 1 11am") == "1  stand-up  now due Tue 24 Nov 11:00 (in 2 hours)"
    remind.clock.set("2026-11-24 12:00")
    assert rows(remind.out("done 1"))[0][2] == "2026-11-25T09:30:00+01:00"


def test_edit_takes_words_for_the_series_and_a_time_for_this_one(remind: Remind) -> None:
    remind.out("add stand-up every day 9:30 +work")
    edited = json.loads(remind.out("edit 1 daily meeting 11am +team --json"))[0]
    assert (edited["title"], edited["due"], edited["tags"]) == (
        "daily meeting",
        "2026-11-24T11:00:00+01:00",
        ["team", "work"],
    )
    assert edited["dtstart"].endswith("09:30:00"), "the series keeps its time"
    series = json.loads(remind.out("edit 1 --series 10am --json"))[0]
    assert (series["due"], series["dtstart"][-8:]) == ("2026-11-24T10:00:00+01:00", "10:00:00")
    assert json.loads(remind.out("edit 1 -t -work --json"))[0]["tags"] == ["team"]
    weekly = json.loads(remind.out("edit 1 every monday --json"))[0]
    assert weekly["due"] == "2026-11-30T10:00:00+01:00", "a new rule keeps the time of day"


def test_skip_leaves_this_one_out(remind: Remind) -> None:
    remind.out("add stand-up every day 9:30")
    assert rows(remind.out("skip 1")) == [["1", "skipped", "2026-11-25T09:30:00+01:00", "stand-up"]]


def test_rm_and_undo(remind: Remind) -> None:
    remind.out("add call bob tomorrow")
    assert remind.screen("rm 1") == "1  call bob  deleted; remind undo brings it back"
    assert remind.out("list") == ""
    assert rows(remind.out("list is:deleted"))[0][0] == "1"
    assert remind.out("undo") == 'undone: rm 1 "call bob"\n'
    assert rows(remind.out("list"))[0][3] == "call bob"
    assert remind.out("redo") == 'redone: rm 1 "call bob"\n'
    assert remind.out("list") == ""


def test_undo_goes_back_to_the_beginning(remind: Remind) -> None:
    for number in range(60):
        remind.out("add", f"task {number}", "tomorrow")
    for _ in range(60):
        remind.out("undo")
    assert remind.out("list") == ""
    assert remind("undo").status == 3
    for _ in range(60):
        remind.out("redo")
    assert len(rows(remind.out("list"))) == 60


def test_show_tells_everything(remind: Remind) -> None:
    remind.out("add --note 'to the landlord' pay rent every month on the 31st 9am +home")
    assert (
        remind.screen("show rent")
        == """\
1  pay rent
  state    open
  due      Mon 30 Nov 09:00 (in 6 days)
  repeats  every month on the 31st (last day of short months) at 09:00
  rule     FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1
  rings    Mon 30 Nov 09:00
  tags     +home
  note     to the landlord
  added    Tue 24 Nov 09:00
  next     Mon 30 Nov 09:00 (in 6 days)  · the last day of a short month
           Thu 31 Dec 09:00 (in 37 days)
           Sun 31 Jan 2027 09:00 (in 68 days)
           Sun 28 Feb 2027 09:00 (in 96 days)  · the last day of a short month
           Wed 31 Mar 2027 09:00 (in 127 days)"""
    )
    shown = json.loads(remind.out("show 1 --json"))
    assert shown["next"][3] == "2027-02-28T09:00:00+01:00"


@pytest.mark.parametrize(
    ("width", "heads"),
    [
        (100, ["id", "due", "state", "task", "repeats", "tags"]),
        (60, ["id", "due", "state", "task", "tags"]),
        (40, ["id", "due", "state", "task"]),
        (20, ["id", "task"]),
    ],
)
def test_a_narrow_terminal_leaves_out_what_matters_least(remind: Remind, width: int, heads: list[str]) -> None:
    remind.out("add pay the rent every month on the 31st 9am +home")
    remind.out("add", "書く " * 20, "2026-11-20", "+long")
    shown = remind.screen("list", width=width).splitlines()
    assert [head for head in shown[0].split() if head in heads] == heads
    assert all(len(line) <= width for line in shown)


def test_the_width_holds_on_a_dumb_terminal_too(remind: Remind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")  # rich looks at the process's own variables
    remind.out("add pay the rent every month on the 31st 9am +home")
    assert len(remind.screen("list", width=120).splitlines()[0]) > 80
    assert all(len(line) <= 40 for line in remind.screen("list", width=40).splitlines())


def test_nothing_on_a_terminal_is_coloured_without_colour(remind: Remind) -> None:
    remind.out("add call bob 2026-11-20")
    assert "\x1b" not in remind.screen("list")


def test_filters_choose_and_refuse(remind: Remind) -> None:
    remind.out("add call bob tomorrow +work")
    remind.out("add buy milk today @home")
    remind.out("add stand-up every day 9:30 +work")
    chosen = {
        "+work": ["3", "1"],
        "-work": ["2"],
        "@home": ["2"],
        "today": ["2", "3"],
        "tomorrow": ["1"],
        "is:recurring": ["3"],
        "1-2": ["2", "1"],
        "bob": ["1"],
        "+work bob": ["1"],
        "nothing": [],
    }
    for words, ids in chosen.items():
        assert remind.out(f"list -q {words}").split() == ids, words
    said = remind("list is:recuring")
    assert (said.status, said.out) == (2, "")
    assert 'did you mean "is:recurring"?' in said.err
    assert remind("list --exit-code nothing").status == 4


def test_a_command_says_that_nobody_rings(remind: Remind) -> None:
    assert "remind daemon start" in remind("add call bob tomorrow").err
    remind.out("done 1")
    assert remind("list").err == "", "nothing waits to ring"


def test_done_at_takes_a_time(remind: Remind) -> None:
    remind.out("add run every! 3 days")
    assert rows(remind.out("done 1 --at 2026-11-23"))[0][2] == "2026-11-26"
