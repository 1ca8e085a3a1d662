"""What other tools get wrong, one after the other: each is a short session. Where a channel or a daemon is needed for
real, the same row is in tests/live."""

import json

import pytest
from tests.cli.conftest import Remind, rows
from tests.cli.living import live_until
from tests.conftest import FakeChannel


@pytest.fixture
def channel(remind: Remind) -> FakeChannel:
    """Return the only channel that there is."""
    return FakeChannel(remind.clock)


def due(remind: Remind, words: str = "") -> list[str]:
    """Return when the tasks that are listed are due."""
    return [row[1] for row in rows(remind.out(f"list {words}"))]


def test_monthly_from_the_31st(remind: Remind) -> None:
    remind.clock.set("2027-01-30 12:00")
    said = remind.screen("add pay rent every month on the 31st 9am")
    assert "(last day of short months)" in said, "the echo says so"
    seen = []
    for _ in range(4):
        seen.append(due(remind)[0][:10])
        remind.out("done rent")
    assert seen == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


@pytest.mark.parametrize("how", ["--strict-day every month on the 31st 9am", "-e RRULE:FREQ=MONTHLY;BYMONTHDAY=31"])
def test_monthly_from_the_31st_as_rfc_5545_has_it(how: str, remind: Remind) -> None:
    remind.clock.set("2027-01-30 12:00")
    coming = json.loads(remind.out("add -n --json pay rent", *how.split(" ")))["next"]
    assert [one[:10] for one in coming] == ["2027-01-31", "2027-03-31", "2027-05-31"]


def test_nine_in_the_morning_across_a_change_of_the_clocks(remind: Remind, channel: FakeChannel) -> None:
    remind.clock.set("2027-03-26 12:00")
    remind.out("add take the pills every day 9am")
    assert [told.at.isoformat() for told in live_until(remind, channel, "2027-03-29 12:00")] == [
        "2027-03-27T08:00:00+00:00",
        "2027-03-28T07:00:00+00:00",
        "2027-03-29T07:00:00+00:00",
    ]


def test_a_time_in_the_gap_and_one_in_the_overlap(remind: Remind, channel: FakeChannel) -> None:
    remind.clock.set("2027-03-27 12:00")
    remind.out("add feed the cat every day 2:30am")
    spring = live_until(remind, channel, "2027-03-28 12:00")
    assert [remind.clock.wall(told.at) for told in spring] == ["2027-03-28 03:30"], "the offset before the gap"
    remind.clock.set("2027-10-30 12:00")
    remind.out("done cat")
    autumn = live_until(remind, channel, "2027-10-31 12:00")
    assert [told.at.isoformat() for told in autumn if told.at.day == 31] == ["2027-10-31T00:30:00+00:00"], (
        "once, the first"
    )


def test_tomorrow_5pm(remind: Remind) -> None:
    remind.out("add call bob tomorrow 5pm")
    remind.out("add call bob 5pm tomorrow")
    remind.out("add tidy up tomorrow")
    assert due(remind) == ["2026-11-25", "2026-11-25T17:00:00+01:00", "2026-11-25T17:00:00+01:00"]
    assert json.loads(remind.out("list tidy --json"))[0]["is_all_day"] is True


def test_a_phrase_that_is_not_understood(remind: Remind) -> None:
    said = remind("add pay rent -e", "evry month")
    assert (said.status, said.out) == (2, "")
    assert said.err.splitlines()[:2] == [
        'error: can\'t read "evry month" as a time',
        '  why: "evry" is not a word I know; did you mean "every"?',
    ]
    assert remind.out("list") == "", "nothing is written"
    assert json.loads(remind("add --json pay rent -d", "tomorow").err)["error"]["code"] == "unreadable_time"


def test_a_mistyped_time_among_the_words_is_said_at_once(remind: Remind) -> None:
    said = remind("add pay rent evry month")
    assert 'hint: "evry month" is read as text; did you mean "every month"?' in said.err
    assert 'did you mean "tomorrow 5pm"?' in remind("add call bob tomorow 5pm").err


def test_six_days_away_from_a_daily_task(remind: Remind, channel: FakeChannel) -> None:
    remind.out("add stand up every day 10am")
    remind.out("add write the log every day 10am --catch-up all")
    live_until(remind, channel, "2026-11-24 10:30")
    remind.clock.set("2026-11-30 12:00")
    told = live_until(remind, channel, "2026-11-30 12:01")
    assert "passed 6 times" in " ".join(one.message.body for one in told)
    one, each = json.loads(remind.out("list --json"))
    assert (one["due"], one["passed"]) == ("2026-11-30T10:00:00+01:00", 6)
    assert [row[2] for row in rows(remind.out("done stand"))] == ["2026-12-01T10:00:00+01:00"], "done once is done"
    assert each["title"] == "write the log"
    left = 0
    while json.loads(remind.out("list log --json"))[0]["due"] <= "2026-11-30T10:00:00+01:00":
        remind.out("done log")
        left += 1
    assert left == 7, "the backlog is kept: each is done by itself"


def test_undo_of_a_recurring_done_is_one_step_and_so_is_redo(remind: Remind, channel: FakeChannel) -> None:
    remind.out("add stand up every day 10am")
    live_until(remind, channel, "2026-11-24 10:30")
    before = remind.out("list --json")
    remind.out("done")
    after = remind.out("list --json")
    assert after != before
    assert remind.screen("undo") == 'undone: done 1 "stand up"'
    assert remind.out("list --json") == before
    assert remind.screen("redo") == 'redone: done 1 "stand up"'
    assert remind.out("list --json") == after


def test_ids_are_small_never_reused_and_one_for_the_life_of_a_series(remind: Remind) -> None:
    remind.out("add one")
    remind.out("add two every day 10am")
    remind.out("done 1")
    remind.out("rm 2")
    remind.out("undo")
    for _ in range(3):
        remind.out("done 2")
    assert rows(remind.out("list"))[0][0] == "2"
    remind.out("rm 2")
    assert remind.out("add -q three") == "3\n"


def test_this_one_or_the_series_is_never_asked(remind: Remind) -> None:
    remind.out("add stand up every day 10am")
    remind.out("edit 1 11am")
    assert due(remind) == ["2026-11-24T11:00:00+01:00"]
    remind.out("edit 1 +work write minutes")
    remind.out("done 1")
    assert rows(remind.out("list"))[0][1:5] == [
        "2026-11-25T10:00:00+01:00",
        "open",
        "write minutes",
        "every day at 10:00",
    ], "a time was of this one; title and tags are the series'"
    remind.out("edit 1 9am --series")
    assert due(remind) == ["2026-11-25T09:00:00+01:00"]
    assert remind("edit 1 every week --this").status == 2


@pytest.mark.parametrize("verb", ["list", "done", "rm"])
def test_a_mistyped_filter_is_refused_with_the_nearest_word(verb: str, remind: Remind) -> None:
    remind.out("add one")
    said = remind(f"{verb} is:recuring")
    assert (said.status, said.out) == (2, "")
    assert 'did you mean "is:recurring"?' in said.err
    assert remind.out("list -q") == "1\n"


def test_due_today_is_overdue_tomorrow_and_rings_at_nine(remind: Remind, channel: FakeChannel) -> None:
    remind.clock.set("2026-11-23 12:00")
    remind.out("add file taxes tomorrow")
    assert [remind.clock.wall(told.at) for told in live_until(remind, channel, "2026-11-24 23:59")] == [
        "2026-11-24 09:00"
    ]
    assert remind.out("list overdue") == ""
    remind.clock.set("2026-11-25 00:01")
    assert rows(remind.out("list overdue"))[0][3] == "file taxes"
    remind.variables["REMIND_ALL_DAY_AT"] = "07:15"
    assert json.loads(remind.out("add --json pay the phone friday"))["rings_at"] == "2026-11-27T07:15:00+01:00"


def test_asleep_at_the_time_it_rings_late_and_says_how_late(remind: Remind, channel: FakeChannel) -> None:
    remind.out("add call bob 10am")
    remind.clock.set("2026-11-24 12:30")
    (told,) = live_until(remind, channel, "2026-11-24 12:31")
    assert "rings 2 hours late" in told.message.body


def test_what_is_older_than_a_day_comes_in_one_message(remind: Remind, channel: FakeChannel) -> None:
    for title in ("one", "two", "three"):
        remind.out(f"add {title} 10am")
    remind.clock.set("2026-11-27 12:00")
    (told,) = live_until(remind, channel, "2026-11-27 12:01")
    assert told.title == "3 reminders from while you were away"
    assert all(title in told.message.body for title in ("one", "two", "three"))


def test_the_same_alert_never_comes_twice(remind: Remind, channel: FakeChannel) -> None:
    remind.out("add call bob 10am -a 0 -a 0 -a 1h")
    told = live_until(remind, channel, "2026-11-24 10:05")
    assert [remind.clock.wall(one.at) for one in told] == ["2026-11-24 09:00", "2026-11-24 10:00"]
    remind.out("undo")
    remind.out("redo")
    assert live_until(remind, channel, "2026-11-24 18:00") == []


def test_with_the_daemon_dead_every_command_says_so_and_catches_up(remind: Remind) -> None:
    remind.out("add stand up every day 10am")
    remind.clock.set("2026-11-26 12:00")
    for line in ("list", "show 1", "add one", "done 1"):
        assert "no daemon runs, so nothing will ring; start it with: remind daemon start" in remind(line).err
    remind.out("undo")
    assert due(remind, "stand") == ["2026-11-26T10:00:00+01:00"], "what came due is there though nobody spawned it"
    assert remind("status").status == 5


def test_without_a_notification_server_nothing_is_called_sent(remind: Remind, channel: FakeChannel) -> None:
    remind.out("add call bob 10am")
    channel.is_absent()
    assert live_until(remind, channel, "2026-11-24 10:30") == []
    assert "\theld\t0\t\t\tnothing is there\n" in remind.out("why 1")
    assert "channel-desktop" in remind("doctor").out
    channel.works()
    (told,) = live_until(remind, channel, "2026-11-24 10:31")
    assert told.title == "call bob"


def test_each_time_that_passed_is_kept_where_that_is_wanted(remind: Remind) -> None:
    remind.out("add --each water plants every day 7pm")
    remind.clock.advance(days=3)
    assert remind.screen("done plants").startswith("1  water plants  done")
    assert json.loads(remind.out("show 1 --json"))["state"] == "overdue", "the day before is still to be done"
    said = remind("add --each --catch-up skip read")
    assert (said.status, "exclude each other" in said.err) == (2, True)
