"""`remind when`: what a phrase would mean."""

import io
import json

from tests.cli.conftest import Remind, rows

from remindcli.cli import main


def test_a_rule_is_shown_with_its_next_times_and_what_is_special_about_them(remind: Remind) -> None:
    assert (
        remind.screen("when every month on the 31st at 9am -n 4")
        == """\
every month on the 31st (last day of short months) at 09:00
  rule   FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1
  zone   yours wherever you are (now Europe/Berlin)
  next   Mon 30 Nov 09:00 (in 6 days)  08:00 UTC  · the last day of a short month
         Thu 31 Dec 09:00 (in 37 days)  08:00 UTC
         Sun 31 Jan 2027 09:00 (in 68 days)  08:00 UTC
         Sun 28 Feb 2027 09:00 (in 96 days)  08:00 UTC  · the last day of a short month"""
    )


def test_the_nights_of_the_clock_changes_are_marked(remind: Remind) -> None:
    assert rows(remind.out("when every day 2:30am --from 2027-03-27 -n 3")) == [
        ["2027-03-27T02:30:00+01:00", "2027-03-27T01:30:00+00:00", ""],
        [
            "2027-03-28T03:30:00+02:00",
            "2027-03-28T01:30:00+00:00",
            "the clocks go forward,02:30 does not exist on that day",
        ],
        ["2027-03-29T02:30:00+02:00", "2027-03-29T00:30:00+00:00", ""],
    ]
    autumn = rows(remind.out("when every day 2:30am --from 2027-10-31 -n 1"))[0]
    assert autumn == ["2027-10-31T02:30:00+02:00", "2027-10-31T00:30:00+00:00", "the clocks go back"]


def test_another_point_of_view(remind: Remind) -> None:
    told = json.loads(remind.out("when tomorrow 9am --tz America/New_York --from 2026-12-24T20:00 --json"))
    assert told["next"] == [{"local": "2026-12-25T09:00:00-05:00", "utc": "2026-12-25T14:00:00+00:00", "marks": []}]


def test_a_phrase_a_line_in_and_a_line_of_json_out(remind: Remind) -> None:
    out, err = io.StringIO(), io.StringIO()
    world = remind.environment(out, err, terminal=False, width=80)
    world.stdin = io.StringIO("tomorrow\nevry day\n\n5pm\n")
    assert main(["when", "--stdin", "-n", "1"], world) == 0
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one.get("dtstart") for one in told] == ["2026-11-25", None, None, "2026-11-24T17:00:00"]
    assert told[1]["error"]["code"] == "unreadable_time"
    assert told[0]["next"][0]["local"] == "2026-11-25"


def test_what_cannot_be_read_is_refused(remind: Remind) -> None:
    for line, what in (
        ("when", "which time?"),
        ("when evry day", 'did you mean "every"?'),
        ("when tomorrow --tz Mars", "Mars"),
        ("when tomorrow --from 'every day'", "is a rule"),
        ("when RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
    ):
        said = remind(line)
        assert (said.status, said.out) == (2, ""), line
        assert what in said.err


def test_days_of_the_settings_have_names(remind: Remind) -> None:
    remind.variables["REMIND_NAMED_DAYS"] = "mum=03-14"
    assert remind.screen("add flowers on mum 9am") == "1  flowers  Sun 14 Mar 2027 09:00 (in 110 days)"


def test_the_date_order_is_a_setting(remind: Remind) -> None:
    assert remind("when 3/4").status == 2
    for order, day in (("mdy", "2027-03-04"), ("dmy", "2027-04-03")):
        remind.variables["REMIND_DATE_ORDER"] = order
        assert rows(remind.out("when 3/4"))[0][0] == day


def test_in_a_pipe_what_was_decided_is_told_beside_the_result(remind: Remind) -> None:
    said = remind("when march 5 to march 8")
    assert rows(said.out) == [["2027-03-05", "2027-03-04T23:00:00+00:00", ""]]
    assert said.err == "note: its end, 8 Mar 2027, is left out: a reminder has one time\n"
