"""Golden sessions of the views: what a terminal shows, what a pipe gets, what JSON has."""

import json
import sqlite3
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.cli.conftest import Remind, rows

from remindcli.cli.table import STYLES


@pytest.fixture
def filled(remind: Remind) -> Remind:
    """Return a store with a bit of everything, on Tuesday, 24 November 2026, at nine."""
    remind.clock.set("2026-11-20 08:00")
    remind.out("add pills every day 8am +health")
    remind.out("add pay rent every month on the 31st 9am @money")
    remind.out("add call bob 2026-11-26 5pm -a 1d +work p1")
    remind.out("add taxes 2026-11-23 @money")
    remind.out("add read a book +home")
    for day in (21, 22):
        remind.clock.set(f"2026-11-{day} 08:30")
        remind.out("done pills")
    remind.clock.set("2026-11-24 09:00")
    return remind


def test_the_overview(filled: Remind) -> None:
    assert (
        filled.screen("")
        == """\
Overdue
4   Mon 23 Nov        yesterday   overdue             taxes                                 @money
1   Tue 24 Nov 08:00  1 hour ago  overdue (1 passed)  pills     every day at 08:00          +health

Next 7 days
3   Thu 26 Nov 17:00  in 2 days                       call bob                              +work p1
2   Mon 30 Nov 09:00  in 6 days                       pay rent  every month on the 31st (…  @money

And 1 without a time: remind list"""
    )
    assert [row[0] for row in rows(filled.out(""))] == ["4", "1", "3", "2"]


def test_what_rings_stands_first_and_once(filled: Remind) -> None:
    filled.out("list")
    with sqlite3.connect(filled.db) as raw:  # as a daemon would have noted it
        raw.execute(
            "UPDATE scheduled_tasks SET status = 'delivered', delivered_at = execute_at WHERE task_id = 1"
            " AND status = 'scheduled'"
        )
    raw.close()
    lines = filled.screen("").splitlines()
    assert lines[0] == "Ringing"
    assert sum("pills" in line for line in lines) == 1


def test_list_sorts_cuts_groups_and_chooses_columns(filled: Remind) -> None:
    assert (
        filled.screen("list --columns id,title,list --sort list,-id")
        == """\
id  title        list
───────────────────────
4   taxes        @money
2   pay rent     @money
5   read a book
3   call bob
1   pills"""
    )
    assert rows(filled.out("list --columns id,title --sort -title --limit 2")) == [["4", "taxes"], ["5", "read a book"]]
    assert "And 3 more." in filled.screen("list --limit 2")
    heads = [line for line in filled.screen("list --group list").splitlines() if not line.startswith(tuple("12345 "))]
    assert [line for line in heads if line] == ["@money", "no list"]
    assert json.loads(filled.out("list --json --columns id,priority p1")) == [{"id": 3, "priority": 1}]
    assert filled.out("list --group day -q").split() == ["4", "1", "3", "2", "5"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("list --columns id,titel", '"title"'),
        ("list --sort duue", '"due"'),
        ("list --group lst", '"list"'),
        ("list --columns ,", "names no field"),
        ("list --format '{titel}'", '"title"'),
        (r"list --format '\x'", r"\t \n \0"),
        ("list --format '{id'", "without a"),
        ("list --format 'id}'", "without a"),
        ("list --format '{id}' --json", "exclude"),
        ("tags --format '{title}'", "name tasks"),
        ("log --kind snoze", '"snooze"'),
        ("log --since tomorrow", "has not passed"),
        ("cal foo", "month"),
        ("cal 2027-13", "month"),
        ("cal 99999", "month"),
        ("forecast --now 'every day'", "is a rule"),
        ("stats --delivery +x", "leave the filter out"),
        ("list -json", "--json"),
        ("list before:", "filter"),
        ("list 9999-12-31", "out of reach"),
        ("next after:9999-12-31", "out of reach"),
        ("list --limit 99999999999999999999", "--limit"),
        ("log -n 99999999999999999999", "--limit"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(filled: Remind, line: str, said: str) -> None:
    answer = filled(line)
    assert (answer.status, answer.out) == (2, "")
    assert said in answer.err


def test_a_format_is_filled_in_and_nothing_else(filled: Remind) -> None:
    assert filled.out(r"list 3 --format '{id}\t{title}'") == "3\tcall bob\n"
    assert filled.out(r"list 3 --format '{{{id}}}\\'") == "{3}\\\n"
    assert filled.out(r"list 1-2 --sort id --format '{id}\0'") == "1\x002\x00"
    assert filled.out(r"list 1-2 --sort id -0 --format {id}") == "1\x002\x00"
    assert filled.out("list -q0 1-2 --sort id") == "1\x002\x00"
    assert filled.out("list --format '{tags} {priority}' 3") == "work 1\n"
    assert filled.screen("list --format {id} 3") == "3", "a format is for programs, on a terminal too"
    filled.out("add --literal --", "two\nlines {id} \t end")
    assert filled.out("list --format {title} two") == "two⏎lines {id}   end\n"


def test_next(filled: Remind) -> None:
    assert (
        filled.screen("next -n 2")
        == """\
id  due                          task
─────────────────────────────────────────
1   Wed 25 Nov 08:00  in 1 day   pills
3   Thu 26 Nov 17:00  in 2 days  call bob"""
    )
    assert rows(filled.out("next @money"))[0][:3] == ["2", "2026-11-30T09:00:00+01:00", "pay rent"]
    for verb in ("next", "tags", "lists"):
        assert filled(f"{verb} +nothing --exit-code").status == 4, verb
        assert filled(f"{verb} +nothing").status == 0, verb


def test_a_month(filled: Remind) -> None:
    assert (
        filled.screen("cal")
        == """\
                    November 2026
     Mo     Tu     We     Th     Fr     Sa     Su
W44                                             1
W45   2      3      4      5      6      7      8
W46   9     10     11     12     13     14     15
W47  16     17     18     19     20     21✓    22✓
W48  23!1  >24!1   25 1   26 2   27 1   28 1   29 1
W49  30 2

>today  number: due  !overdue  ✓done"""
    )
    assert (
        filled.screen("cal", width=40)
        == """\
             November 2026
     Mo   Tu   We   Th   Fr   Sa   Su
W44                                 1
W45   2    3    4    5    6    7    8
W46   9   10   11   12   13   14   15
W47  16   17   18   19   20   21✓  22✓
W48  23!1>24!1 25 1 26 2 27 1 28 1 29 1
W49  30 2

>today  number: due  !overdue  ✓done"""
    )
    assert (
        filled.screen("cal", width=20)
        == """\
November 2026
 Sa 21   ✓1
 Su 22   ✓1
 Mo 23!1
>Tu 24!1
 We 25 1
 Th 26 2
 Fr 27 1
 Sa 28 1
 Su 29 1
 Mo 30 2"""
    )
    assert rows(filled.out("cal"))[21:26] == [
        ["2026-11-22", "2026-W47", "0", "0", "1", ""],
        ["2026-11-23", "2026-W48", "1", "1", "0", "4"],
        ["2026-11-24", "2026-W48", "1", "1", "0", "1"],
        ["2026-11-25", "2026-W48", "1", "0", "0", "1"],
        ["2026-11-26", "2026-W48", "2", "0", "0", "3,1"],
    ]


@pytest.mark.parametrize(
    ("line", "first", "days"),
    [
        ("cal feb", "2026-02-01", 28),
        ("cal february 2028", "2028-02-01", 29),
        ("cal 2 2028", "2028-02-01", 29),
        ("cal 2027-02", "2027-02-01", 28),
        ("cal 2028", "2028-01-01", 366),
        ("cal -3", "2026-10-01", 92),
        ("cal -3 jan 2027", "2026-12-01", 90),
    ],
)
def test_which_months(filled: Remind, line: str, first: str, days: int) -> None:
    lines = rows(filled.out(line))
    assert (lines[0][0], len(lines)) == (first, days)


def test_a_week_is_of_the_year_of_its_thursday(filled: Remind) -> None:
    assert rows(filled.out("cal jan 2027"))[0][:2] == ["2027-01-01", "2026-W53"]


def test_a_forecast_marks_clock_changes_and_short_months(filled: Remind) -> None:
    assert (
        filled.screen("forecast -n 3 not pills")
        == """\
Wed 25 Nov (tomorrow)
  17:00  3  call bob  (due Thu 26 Nov 17:00)"""
    )
    filled.out("pause pills")
    assert (
        filled.screen("forecast --now 2027-03-27 -n 5")
        == """\
Wed 31 Mar (in 4 days)
  09:00  2  pay rent"""
    )
    assert (
        filled.screen("forecast --now 2027-02-22 -n 7")
        == """\
Sun 28 Feb (in 6 days)
  09:00  2  pay rent  · the last day of a short month"""
    )
    filled.out("resume pills")
    filled.out("add bins every sunday 2:30am")
    change = json.loads(filled.out("forecast --now 2027-03-28 -n 1 --json bins"))
    assert [(one["at"], one["marks"]) for one in change] == [
        ("2027-03-28T03:30:00+02:00", ["the clocks go forward", "02:30 does not exist on that day"])
    ]
    assert "Sun 28 Mar (today)  · the clocks go forward" in filled.screen("forecast --now 2027-03-28 -n 1")


def test_a_forecast_counts_days_and_stops(filled: Remind) -> None:
    assert len(rows(filled.out("forecast -n 10 pills"))) == 9, "today's is past"
    filled.out("add water every 1m")
    assert len(rows(filled.out("forecast -n 30 --limit 5 water"))) == 5
    assert "more: --limit shows them" in filled.screen("forecast -n 2 --limit 5 water")
    filled.out("add stretch every! 3 days")
    assert len(rows(filled.out("forecast -n 30 stretch"))) <= 1, "the rest depends on when it is done"


def test_the_log_of_days(filled: Remind) -> None:
    filled.out("snooze bob tomorrow 9am")
    filled.out("undo")
    assert (
        filled.screen("log --since 2026-11-21")
        == """\
Sat 21 Nov (3 days ago)
  08:30  done 1 "pills"

Sun 22 Nov (2 days ago)
  08:30  done 1 "pills"

Tue 24 Nov (today)
  09:00  snooze 3 "call bob" (undone)"""
    )
    assert len(rows(filled.out("log"))) == 8
    assert [row[2] for row in rows(filled.out("log @money"))] == ["2", "4"]
    assert [row[1] for row in rows(filled.out("log pills"))] == ["add", "done", "done"]
    assert [row[1] for row in rows(filled.out("log --kind done,snooze"))] == ["done", "done", "snooze"]
    assert len(rows(filled.out("log -n 2"))) == 2
    assert rows(filled.out("log --until 2026-11-21"))[-1][1] == "add"
    assert filled.screen("log --since 2026-11-23 pills") == "Nothing happened."
    assert filled("log --exit-code nobody").status == 4


def test_tags_and_lists(filled: Remind) -> None:
    assert (
        filled.screen("tags")
        == """\
         tasks  overdue  next due
─────────────────────────────────────────
+health  1      1
+home    1
+work    1               Thu 26 Nov 17:00"""
    )
    assert rows(filled.out("lists")) == [["money", "2", "1", "2026-11-30T09:00:00+01:00"]]
    assert filled.out("tags -q").split() == ["health", "home", "work"]
    assert rows(filled.out("tags +work")) == [["work", "1", "0", "2026-11-26T17:00:00+01:00"]]


def test_stats_say_what_became_of_what_comes_back(filled: Remind) -> None:
    for _ in range(3):
        filled.out("snooze pills 1h")
        filled.clock.advance(minutes=2)
    filled.out("done pills")
    said = json.loads(filled.out("stats --json"))
    (habit,) = said["habits"]
    assert {key: habit[key] for key in ("id", "done", "on_time", "missed", "streak", "best")} == {
        "id": 1, "done": 3, "on_time": 2, "missed": 1, "streak": 1, "best": 2,
    }  # fmt: skip
    assert said["days"] == {"2026-11-21": 1, "2026-11-22": 1, "2026-11-24": 1}
    assert said["snoozed"][0]["times"] == 3
    assert "remind edit 1 --series" in said["snoozed"][0]["suggestion"]
    screen = filled.screen("stats")
    assert "2 of 4" in screen
    assert "3 done in 53 weeks" in screen
    assert all(len(line) <= 40 for line in filled.screen("stats", width=40).splitlines()[:14])


def test_stats_of_nothing(remind: Remind) -> None:
    assert remind.screen("stats").startswith("Nothing was done yet")
    assert remind.out("stats") == ""


# -- the standard of all views ---------------------------------------------------------------------------------

VIEWS = ("", "list", "show 3", "next -n 9", "cal", "forecast -n 9", "log", "tags", "lists", "stats", "stats --delivery")
LISTS = ("list", "next", "cal", "forecast", "log", "tags", "lists")


@pytest.mark.parametrize("width", [40, 20])
def test_every_view_fits_a_narrow_terminal(filled: Remind, width: int) -> None:
    filled.out("add", "日本語の長い題名" * 20, "2026-11-25 10:00", "+文", "@e\u0301te\u0301")
    filled.out("add", "👩‍👩‍👧 🎉 " * 30, "2026-11-27")
    filled.out("add long 2026-11-28")
    with sqlite3.connect(filled.db) as raw:  # longer than `add` takes
        raw.execute("UPDATE tasks SET title = ? WHERE title = 'long'", ("x" * 10_000,))
    raw.close()
    for view in VIEWS:
        for line in filled.screen(view, width=width).splitlines():
            if view.startswith(("show", "stats")) or "remind " in line or "today  number" in line:
                continue  # sentences wrap as the terminal wraps them
            assert cell_len(line) <= width, (view, line)


def test_no_view_colours_without_colour_or_tells_by_colour_alone(filled: Remind) -> None:
    for view in VIEWS:
        assert "\x1b" not in filled.screen(view), view
    filled.variables["TERM"] = "dumb"
    for view in VIEWS:
        assert "\x1b" not in filled(view, terminal=True).out, view


def test_colour_repeats_a_word_and_needs_no_eye_for_red_and_green(filled: Remind) -> None:
    styles = " ".join(STYLES.values()).split()
    assert "green" not in styles
    assert styles.count("red") <= 1
    for state in ("overdue", "snoozed"):
        if state == "snoozed":
            filled.out("snooze bob 1h")
        assert state in STYLES
        assert state in filled.screen("list")


def test_a_pipe_is_never_coloured_nor_cut(filled: Remind) -> None:
    title = "書く " * 300
    filled.out("add", title.strip(), "2026-11-27")
    for view in ("", "list", "next -n 99", "forecast -n 9"):
        said = filled.out(view)
        assert "\x1b" not in said
        assert title.strip() in said, view


def test_the_fields_of_json_are_only_added(filled: Remind) -> None:
    """tests/cli/fields.json is what programs rely on: names may be added to it, none may go."""
    committed = json.loads(Path(__file__).with_name("fields.json").read_text(encoding="utf-8"))
    filled.out("snooze bob 1h")
    for line, fields in committed.items():
        said = json.loads(filled(f"{line} --json").out)
        record = said[0] if isinstance(said, list) else said
        assert set(fields) <= set(record), f"a field of {line} is gone"
        if line in LISTS:  # the cells of a line have this order
            assert list(record)[: len(fields)] == fields, line
        assert set(record) == set(fields), f"a new field of {line}: write it down at the end of its list in fields.json"


def test_the_fields_that_can_be_named_are_those_of_json(filled: Remind) -> None:
    for view in LISTS:
        record = json.loads(filled.out(f"{view} --json"))[0]
        hint = filled(view, "--format", "{nothing of the kind}").err.splitlines()[-1]
        assert hint.partition("are: ")[2].split() == list(record), view


def test_a_word_that_is_nearly_a_filter_is_said(filled: Remind) -> None:
    said = filled("list overdu")
    assert (said.status, said.out) == (0, "")
    assert "did you mean overdue?" in said.err


def test_a_tag_can_be_left_out_wherever_it_stands(filled: Remind) -> None:
    everything = ["4", "1", "3", "2", "5"]
    for words, ids in {
        "-health": ["4", "3", "2", "5"],
        "-work or +work": everything,
        "-- -work": ["4", "1", "2", "5"],
        "-@money": ["1", "3", "5"],
        "not -work": ["3"],
        "-q -work -health": ["4", "2", "5"],
    }.items():
        assert filled.out(f"list -q {words}").split() == ids, words


def test_half_a_character_and_the_end_of_time_are_no_bugs(filled: Remind) -> None:
    for view in ("list", "log", "stats", "tags"):
        assert filled(view, "\ud800").status == 0
    assert filled("done", "\ud800").status == 3
    assert filled("forecast --now 9998-01-01 -n 3660 --limit 3").status == 0


def test_saved_views(filled: Remind, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[views]\nmine = "@money or +health"\nlate = "mine and overdue"\n')
    filled.variables["REMIND_CONFIG"] = str(file)
    assert filled.out("list -q mine").split() == ["4", "1", "2"]
    assert filled.out("list -q late").split() == ["4", "1"]
    assert filled.out("list -q not mine").split() == ["3", "5"]
    assert filled.out("list -q text:mine").split() == []
    file.write_text('[views]\nmine = "is:recuring"\n')
    said = filled("list mine")
    assert said.status == 2
    assert 'in the saved view "mine"' in said.err


def test_the_next_times_of_a_task_hold_the_one_that_was_moved_where_it_is(remind: Remind) -> None:
    remind.out("add stand up every day 10am")
    remind.out("move stand friday 11am")
    coming = json.loads(remind.out("show stand --json"))["next"]
    assert [one[8:16] for one in coming] == ["25T10:00", "26T10:00", "27T10:00", "27T11:00", "28T10:00"]
    assert "Fri 27 Nov 11:00 (in 3 days)  · moved" in remind.screen("show stand")


def test_what_is_due_several_times_on_a_day_is_named_once_in_it(remind: Remind) -> None:
    remind.out("add drink water every 3h")
    day = next(one for one in json.loads(remind.out("cal --json")) if one["date"] == "2026-11-26")
    assert (day["due"], day["ids"]) == (8, [1])


def test_a_time_of_the_log_that_has_not_passed_is_refused_with_one_that_has(remind: Remind) -> None:
    said = remind("log --since tomorrow")
    assert said.status == 2
    assert "hint: yesterday 5pm, 3 hours ago, monday" in said.err
