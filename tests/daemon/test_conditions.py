"""Commands of tasks, really run: whether it may ring, until when it nags, what is run in place of telling."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import FakeChannel, FakeClock

from remindcli.core.rule import Rule
from remindcli.core.task import Conditions, OccurrenceState, TaskState
from remindcli.daemon import conditions
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

Lives = Callable[[str], list[str]]


@pytest.fixture
def add(store: Store, tmp_path: Path) -> Callable[..., int]:
    """Return a way to write down a task that is due at three in the afternoon."""

    def write(
        *, only_if: str = "", until_ok: str = "", run: str = "", rrule: str | None = None, nag: timedelta | None = None
    ) -> int:
        conditions = Conditions(only_if, until_ok, run, str(tmp_path))
        rule = Rule(datetime(2026, 11, 2, 15), "UTC", rrule=rrule)
        return store.add(NewTask("ship it", rule, conditions=conditions, nag_after=nag)).task.id

    return write


@pytest.fixture
def lives(engine: Engine, clock: FakeClock, channel: FakeChannel) -> Lives:
    """Return a way to let the daemon look whenever it said that it would, until a time of that day."""

    def until(wall: str) -> list[str]:
        end = clock.instant.replace(hour=int(wall[:2]), minute=int(wall[3:]))
        while (look := engine.tick()) is not None and look < end:
            clock.instant = max(clock.instant, look)
        clock.instant = end
        engine.tick()
        return [f"{told[-5:]} {body}" for told, body in zip(channel.walls, channel.bodies, strict=True)]

    return until


def test_it_rings_only_when_the_command_succeeds_and_asks_again_more_and_more_rarely(
    store: Store, add: Callable[..., int], lives: Lives, tmp_path: Path
) -> None:
    add(only_if="sh -c 'echo >> asked; test -e ready'")
    assert lives("15:30") == []
    asked = (tmp_path / "asked").read_text().count("\n")
    assert 15 <= asked <= 25, "each minute at first, then after a tenth of the time"
    item = store.item(1)
    assert item.waits_for == "sh -c 'echo >> asked; test -e ready' ended with 1"
    assert item.rang_at is None
    (tmp_path / "ready").touch()
    assert lives("15:40")[0].endswith(" due 15:00")


def test_a_condition_that_never_holds_is_given_up_after_a_day(
    store: Store, add: Callable[..., int], engine: Engine, clock: FakeClock, channel: FakeChannel
) -> None:
    add(only_if="false")
    clock.set("2026-11-02 15:00")
    engine.tick()
    clock.set("2026-11-03 15:01")
    engine.tick()
    assert engine.tick() is None
    (delivery,) = store.deliveries(1, 5)
    assert (delivery.status.value, delivery.last_error) == ("cancelled", "false ended with 1, for a day")
    assert channel.told == []


def test_the_next_one_asks_anew(
    store: Store, add: Callable[..., int], lives: Lives, clock: FakeClock, tmp_path: Path
) -> None:
    add(only_if="test -e ready", rrule="FREQ=DAILY;COUNT=2")
    lives("15:10")
    clock.set("2026-11-03 14:00")
    (tmp_path / "ready").touch()
    told = lives("15:01")
    assert [line[6:] for line in told] == ["due yesterday 15:00, rings 22 hours late", "due 15:00, passed once before"]


@pytest.mark.parametrize(
    ("command", "note"),
    [
        ("/nowhere/at-all", "/nowhere/at-all can't be run (No such file or directory)"),
        ("sh -c 'exit 127'", "sh -c 'exit 127' ended with 127"),
        ("sh -c 'kill -9 $$'", "sh -c 'kill -9 $$' ended with -9"),
        ("./readme.txt", "./readme.txt can't be run (Permission denied)"),
    ],
)
def test_a_command_that_gives_no_answer_keeps_nobody_from_being_reminded(
    add: Callable[..., int], lives: Lives, tmp_path: Path, command: str, note: str
) -> None:
    (tmp_path / "readme.txt").write_text("no program")
    add(only_if=command)
    assert lives("15:00") == [f"15:00 due 15:00, {note}"]


def test_a_command_that_hangs_floods_or_forks_has_an_end_and_delays_no_other(
    store: Store, clock: FakeClock, channel: FakeChannel, tmp_path: Path
) -> None:
    rule = Rule(datetime(2026, 11, 2, 15), "UTC")
    for title, command in (
        ("hangs", "sh -c 'echo $$ > pid; sleep 617 & sleep 617'"),
        ("floods", "yes"),
        ("leaves one behind", "sh -c 'sleep 2 & exit 0'"),
    ):
        store.add(NewTask(title, rule, conditions=Conditions(only_if=command, folder=str(tmp_path))))
    store.add(NewTask("plain", rule))
    asking = conditions.Conditions(ask_seconds=0.3, run_seconds=0.3)
    engine = Engine(store, {"fake": channel}, clock, order=("fake",), owner="test", conditions=asking)
    clock.set("2026-11-02 15:00")
    engine.tick()
    told = {one.title: one.message.body for one in channel.told}
    assert channel.titles[0] == "plain"
    assert told == {
        "plain": "due 15:00",
        "leaves one behind": "due 15:00",
        "hangs": "due 15:00, sh -c 'echo $$ > pid; sleep 617 & sleep 617' took longer than 0.3 s",
        "floods": "due 15:00, yes took longer than 0.3 s",
    }
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_folder_that_is_gone_is_said(store: Store, lives: Lives) -> None:
    rule = Rule(datetime(2026, 11, 2, 15), "UTC")
    store.add(NewTask("ship it", rule, conditions=Conditions(only_if="true", folder="/nowhere")))
    assert lives("15:00") == ["15:00 due 15:00, true can't be run (its folder /nowhere is gone)"]


def test_nothing_of_a_command_reaches_a_shell_and_it_knows_its_task(
    add: Callable[..., int], lives: Lives, tmp_path: Path
) -> None:
    add(only_if="sh -c 'printf %s \"$1 $REMIND_ID $REMIND_TITLE $PWD\" > said' x '$(touch hacked); *'")
    lives("15:00")
    assert (tmp_path / "said").read_text() == f"$(touch hacked); * 1 ship it {tmp_path}"
    assert not (tmp_path / "hacked").exists()


def test_it_nags_until_the_command_succeeds_and_is_done_by_itself_as_one_step_of_undo(
    store: Store, add: Callable[..., int], lives: Lives, tmp_path: Path
) -> None:
    add(until_ok="test -e pushed", nag=timedelta(minutes=10))
    assert lives("15:26") == ["15:00 due 15:00", "15:10 due 15:00, told 2 times", "15:25 due 15:00, told 3 times"]
    (tmp_path / "pushed").touch()
    assert len(lives("18:00")) == 3
    item = store.item(1)
    assert item.task.state is TaskState.FINISHED
    assert store.history(1)[0].summary == 'done 1 "ship it": test -e pushed succeeded'
    store.undo()
    assert store.item(1).occurrence is not None


def test_what_is_done_already_does_not_ring(store: Store, add: Callable[..., int], lives: Lives) -> None:
    add(until_ok="true", rrule="FREQ=DAILY;COUNT=2")
    assert lives("16:00") == []
    occurrence = store.item(1).occurrence
    assert occurrence is not None
    assert (occurrence.state, occurrence.planned_for) == (OccurrenceState.OPEN, "2026-11-03T15:00:00")


def test_it_runs_in_place_of_telling_and_is_done(
    store: Store, add: Callable[..., int], lives: Lives, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    add(run="sh -c 'echo ran >> log; printf \"\\033[31mred\\n\"'", rrule="FREQ=DAILY;COUNT=2")
    assert lives("16:00") == []
    assert (tmp_path / "log").read_text() == "ran\n"
    assert "ran sh -c" in caplog.text
    assert "\033" not in caplog.text
    occurrence = store.item(1).occurrence
    assert occurrence is not None
    assert occurrence.planned_for == "2026-11-03T15:00:00"


def test_a_run_that_fails_is_tried_again_and_its_dead_letter_tells(
    store: Store, add: Callable[..., int], lives: Lives, tmp_path: Path, channel: FakeChannel
) -> None:
    add(run="sh -c 'echo ran >> log; echo no disk >&2; exit 3'")
    (told,) = lives("16:00")
    assert channel.titles == ["not told: ship it"]
    assert "ended with 3: no disk" in told
    assert (tmp_path / "log").read_text().count("ran") == 8
    assert store.item(1).has_failed


def test_a_run_that_fails_at_first_is_done_when_it_succeeds(
    store: Store, add: Callable[..., int], lives: Lives, channel: FakeChannel
) -> None:
    add(run="sh -c 'test -e once || { touch once; exit 1; }'")
    lives("15:05")
    assert channel.told == []
    assert store.item(1).task.state is TaskState.FINISHED
