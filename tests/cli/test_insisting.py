"""Sessions about what insists: alerts at an hour, nagging and its end, commands, a folder."""

import json
from datetime import timedelta

import pytest
from tests.cli.conftest import Remind
from tests.conftest import FakeChannel

from remindcli.core.manners import Manners
from remindcli.daemon.engine import Engine
from remindcli.store.store import Store


def look(remind: Remind, *minutes: int, manners: Manners | None = None) -> list[str]:
    """Have a daemon look after so many minutes each; return what it told, with its time."""
    channel = FakeChannel(remind.clock)
    store = Store(remind.db, remind.clock)
    engine = Engine(store, {"fake": channel}, remind.clock, order=("fake",), owner="test", manners=manners or Manners())
    for wait in minutes or (0,):
        remind.clock.advance(minutes=wait)
        engine.tick()
    store.close()
    return [f"{wall[-5:]} {title}" for wall, title in zip(channel.walls, channel.titles, strict=True)]


def shown(remind: Remind, selector: str = "1") -> dict[str, object]:
    """Return everything about a task."""
    record: dict[str, object] = json.loads(remind.out(f"show {selector} --json"))
    return record


@pytest.mark.parametrize(
    ("typed", "rings"),
    [
        ("9am the day before", "2026-11-26T09:00:00+01:00"),
        ("the day before at 21:00", "2026-11-26T21:00:00+01:00"),
        ("8pm 2 days before", "2026-11-25T20:00:00+01:00"),
        ("the evening before", "2026-11-26T19:00:00+01:00"),
        ("8:30 on the day", "2026-11-27T08:30:00+01:00"),
        ("noon the day before", "2026-11-26T12:00:00+01:00"),
        ("1d", "2026-11-26T17:00:00+01:00"),
        ("the day before", "2026-11-26T17:00:00+01:00"),
    ],
)
def test_an_alert_has_a_span_or_an_hour_of_its_own(remind: Remind, typed: str, rings: str) -> None:
    remind.out("add call bob friday 5pm --alert", typed)
    assert shown(remind)["rings_at"] == rings


@pytest.mark.parametrize("typed", ["tomorrow 9am", "friday 9am", "soon", "-5m", "400 days before at 9", "9am 9am"])
def test_an_alert_that_is_neither_is_refused_and_nothing_is_written(remind: Remind, typed: str) -> None:
    said = remind("add call bob friday 5pm --alert", typed)
    assert said.status == 2
    assert said.err.startswith("error: ")
    assert remind.out("list") == ""


def test_an_hour_of_its_own_stays_where_the_due_hour_is_moved(remind: Remind) -> None:
    remind.out("add", "call bob friday 5pm", "--alert", "9am the day before", "--alert", "1h")
    remind.out("move 1 saturday 8pm")
    assert shown(remind)["rings_at"] == "2026-11-27T09:00:00+01:00"
    assert shown(remind)["day_alerts"] == ["09:00 the day before"]
    assert shown(remind)["alerts"] == [-3600]
    assert "alerts   1 hour before, 09:00 the day before" in remind.screen("show 1")


def test_it_nags_until_it_is_done_and_undo_lets_it_nag_on(remind: Remind) -> None:
    remind.out("add take the pills 10:00 --nag")
    assert look(remind, 60, 4, 1, 8) == ["10:00 take the pills", "10:05 take the pills", "10:13 take the pills"]
    assert "nagging" in remind.screen("list")
    assert shown(remind)["is_nagging"] is True
    assert "told 3 times, and not answered; nags again" in remind.screen("why 1")
    assert "3 times" not in remind.out("done 1")
    assert look(remind, 120) == []
    remind.out("undo")
    assert look(remind, 0) == ["12:13 take the pills"]


def test_ack_ends_the_nagging_until_the_next_alert_and_leaves_it_open(remind: Remind) -> None:
    remind.out("add take the pills 10:00 --nag=10m -a 0 -a 30m")
    assert look(remind, 30, 10) == ["09:30 take the pills", "09:40 take the pills"]
    assert remind.screen("ack") == "1  take the pills  nags no more; it stays open"
    assert look(remind, 19, 1, 10) == ["10:00 take the pills", "10:10 take the pills"]
    assert shown(remind)["state"] == "ringing"
    assert remind("ack 1").status == 0
    said = remind("ack")
    assert (said.status, said.err.splitlines()[0]) == (3, "error: nothing nags now")
    remind.out("undo")
    assert shown(remind)["is_nagging"] is True


def test_a_snooze_ends_the_nagging_of_every_alert(remind: Remind) -> None:
    remind.out("add take the pills 10:00 --nag=10m -a 0 -a 5m")
    assert look(remind, 55, 5) == ["09:55 take the pills", "10:00 take the pills"]
    remind.out("snooze 1 1h")
    assert look(remind, 30, 29) == []
    assert look(remind, 1, 10) == ["11:00 take the pills", "11:10 take the pills"]


def test_nagging_is_changed_and_taken_off_by_edit_and_what_is_typed_behind_nag_is_title(remind: Remind) -> None:
    remind.out("add --nag 10m run 10:00")
    assert (shown(remind)["title"], shown(remind)["nag_seconds"]) == ("10m run", 300)
    remind.out("edit 1 --nag=1h")
    assert shown(remind)["nag_seconds"] == 3600
    remind.out("edit 1 --nag=off")
    assert shown(remind)["nag_seconds"] == 0
    assert look(remind, 60, 60, manners=Manners(nags={"p0": timedelta(minutes=5)})) == ["10:00 10m run"]
    assert remind("edit 1 --nag=5s").err.splitlines()[0] == 'error: can\'t nag every "5s"'


def test_a_list_or_a_priority_nags_by_the_settings(remind: Remind) -> None:
    remind.out("add send the report @work 10:00")
    remind.out("add call bob 10:00")
    manners = Manners(nags={"@work": timedelta(minutes=10), "p1": timedelta(minutes=5)})
    told = look(remind, 60, 10, manners=manners)
    assert told == ["10:00 send the report", "10:00 call bob", "10:10 send the report"]


@pytest.mark.parametrize("option", ["--nag", "--if=true", "--run=true", "--until-ok=true"])
def test_what_never_rings_can_neither_nag_nor_wait_for_a_command(remind: Remind, option: str) -> None:
    said = remind("add buy milk", option)
    assert (said.status, said.err.splitlines()[0]) == (2, "error: without a time it never rings")


def test_commands_are_kept_as_typed_with_their_folder_and_go_by_edit_and_undo(remind: Remind) -> None:
    remind.out("add push 10:00 --if", "pgrep -x 'my vpn'")
    assert shown(remind)["if"] == "pgrep -x 'my vpn'"
    assert shown(remind)["folder"] == str(remind.db.parent)
    remind.out("edit 1 --until-ok", "git diff --quiet")
    assert (shown(remind)["if"], shown(remind)["until_ok"]) == ("pgrep -x 'my vpn'", "git diff --quiet")
    remind.out("edit 1 --if", "")
    assert (shown(remind)["if"], shown(remind)["until_ok"]) == (None, "git diff --quiet")
    remind.out("undo")
    assert shown(remind)["if"] == "pgrep -x 'my vpn'"
    assert remind("edit 1 --run", "true").err.splitlines()[0] == "error: --run and --until-ok exclude each other"
    assert (
        remind("add x 10:00 --if", "echo 'open").err.splitlines()[0] == "error: can't read the command \"echo 'open\""
    )


def test_a_command_shows_safely(remind: Remind) -> None:
    remind.out("add x 10:00 --if", "echo [red]a[/] &lt;")
    assert "if       echo [red]a[/] &lt;" in remind.screen("show 1")
    assert remind("add x 10:00 --if", "echo \x1b[31m").status == 2


def test_a_task_of_a_folder_is_shown_by_remind_where_it_is_used(remind: Remind) -> None:
    root = remind.db.parent
    (root / ".git").mkdir(parents=True)
    remind.out("add fix the parser --here")
    assert shown(remind)["here"] == str(root.resolve())
    assert "Here" in remind.screen("").splitlines()[0]
    assert "fix the parser" in remind.screen("")
    remind.out("edit 1 --not-here")
    assert "fix the parser" not in remind.screen("")


def test_what_falls_into_quiet_hours_is_said_when_it_is_written(remind: Remind) -> None:
    remind.variables["REMIND_QUIET_HOURS"] = "mon-fri 22:00-07:00; sat,sun 23:00-09:00"
    said = remind("add take the pills 22:30")
    assert said.err.splitlines()[0] == "note: that is in your quiet hours: it rings Wed 25 Nov 07:00; p1 rings at once"
    assert "quiet" not in remind("add take the pills 22:30 p1").err
    assert "quiet" not in remind("add take the pills 21:30").err
    remind.clock.set("2026-11-24 22:10")
    assert "quiet" not in remind("add take the pills 22:30").err
    assert "quiet until Wed 25 Nov 07:00" in remind("status", terminal=True).out
    assert json.loads(remind("status --json").out)["quiet_until"] == "2026-11-25T07:00:00+01:00"


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("REMIND_QUIET_HOURS", "10pm-7am", 'it takes hours such as "22:00-07:00"'),
        ("REMIND_QUIET_HOURS", "funday 22:00-07:00", 'it takes days such as mon-fri or sat,sun, which "funday" is not'),
        ("REMIND_DIGEST_AT", "8 o'clock", None),
        ("REMIND_NAG", "work=10m", 'it takes "work" to be @list, +tag or p1, p2, p3'),
        ("REMIND_NAG", "@work=10s", 'it takes a span from 1m to 30d, or "off", for "@work"'),
    ],
)
def test_a_setting_that_cant_be_read_is_refused_with_its_reason(
    remind: Remind, variable: str, value: str, hint: str | None
) -> None:
    remind.variables[variable] = value
    said = remind("list")
    assert (said.status, said.out) == (2, "")
    assert hint is None or hint in said.err
