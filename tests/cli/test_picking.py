"""The list to pick from: keys without a terminal, and a real terminal."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest
from tests.cli.conftest import Remind

from remindcli.cli.picking import ROWS, Choice, Picker
from remindcli.core.decide import Deliver
from remindcli.store.store import Store

UP, DOWN, ERASE, CLEAR, ENTER = "\x1b[A", "\x1b[B", "\x7f", "\x15", "\r"
CHOICES = [Choice(1, "1  call bob"), Choice(2, "2  call alice"), Choice(3, "3  buy MILK")]
# a terminal is not for the warm process
cold = pytest.mark.parametrize("remind", ["cold"], indirect=True)


def taken(keys: Sequence[str], choices: Sequence[Choice] = CHOICES) -> int | None:
    """Return what is taken by these keys; None if the list is still open after them."""
    picker = Picker(choices)
    for key in keys:
        if picker.press(key):
            return picker.matching[picker.marked].value
    return None


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ([ENTER], 1),
        ([DOWN, ENTER], 2),
        ([DOWN, DOWN, DOWN, DOWN, ENTER], 3),
        ([DOWN, DOWN, UP, ENTER], 2),
        ([UP, ENTER], 1),
        ([*"milk", ENTER], 3),
        ([*"ali cal", ENTER], 2),
        ([*"call", DOWN, ENTER], 2),
        ([*"milkx", ENTER], None),
        ([*"milkx", ENTER, ERASE, ENTER], 3),
        ([*"milk", CLEAR, ENTER], 1),
        ([DOWN, DOWN, *"call", ENTER], 1),
        (["\x1b[5~", "\x01", ENTER], 1),
    ],
)
def test_keys_narrow_the_list_and_take_a_line(keys: list[str], value: int | None) -> None:
    assert taken(keys) == value


@pytest.mark.parametrize("key", ["\x1b", "\x03", "\x04", ""])
def test_a_person_can_leave(key: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        Picker(CHOICES).press(key)


@pytest.mark.parametrize("marked", [0, 1, 6, 50, 98, 99])
def test_the_marked_line_is_always_shown(marked: int) -> None:
    picker = Picker([Choice(number, f"line {number}") for number in range(100)])
    for _ in range(marked):
        picker.press(DOWN)
    lines = picker.lines(ROWS)
    assert len(lines) == ROWS
    assert [text for is_marked, text in lines if is_marked] == [f"line {marked}"]


@pytest.fixture
def terminal(remind: Remind) -> Iterator[list[pexpect.spawn]]:
    """Return a list in which the commands of a test are kept, and ended with it."""
    remind.out("add call bob")
    remind.out("add buy \u725b\u4e73 \u65e5\u672c\u8a9e")
    remind.out("add", "a title with an escape \x1b[31m in it that is far wider than the terminal")
    running: list[pexpect.spawn] = []
    yield running
    for one in running:
        one.close(force=True)


def spawn(remind: Remind, line: str, running: list[pexpect.spawn]) -> pexpect.spawn:
    env = {**remind.variables, "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "REMIND_WARM": "0"}
    child = pexpect.spawn(
        sys.executable, ["-m", "remindcli", *line.split()], env=env, encoding="utf-8", timeout=20, dimensions=(24, 40)
    )
    running.append(child)
    return child


@cold
def test_a_missing_id_on_a_terminal_is_picked(remind: Remind, terminal: list[pexpect.spawn]) -> None:
    child = spawn(remind, "rm", terminal)
    child.expect("rm which?")
    child.send("bob")
    child.expect("which\\? bob")
    child.send("\r")
    child.expect("1  call bob  deleted")
    child.expect(pexpect.EOF)
    assert remind.out("list -q is:deleted") == "1\n"


@cold
def test_leaving_changes_nothing_and_puts_the_terminal_back(remind: Remind, terminal: list[pexpect.spawn]) -> None:
    child = spawn(remind, "done", terminal)
    child.expect("done which?")
    child.expect("a title with an escape")
    child.expect("\u2026")
    assert "\x1b[31m" not in child.before, "a title acts on nothing"
    child.send("\x1b")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert remind.out("list -q") == "1\n2\n3\n"


@cold
def test_the_picked_id_is_the_result(remind: Remind, terminal: list[pexpect.spawn], tmp_path: Path) -> None:
    script = tmp_path / "session.sh"
    script.write_text(f"'{sys.executable}' -m remindcli done $('{sys.executable}' -m remindcli pick bob)\n")
    env = {**remind.variables, "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "REMIND_WARM": "0"}
    child = pexpect.spawn("/bin/sh", [str(script)], env=env, encoding="utf-8", timeout=20)
    terminal.append(child)
    child.expect("which?")
    child.send("\r")
    child.expect("1  call bob  done")
    child.expect(pexpect.EOF)


@cold
def test_of_several_that_ring_a_person_picks_and_the_last_to_ring_is_marked(
    remind: Remind, terminal: list[pexpect.spawn]
) -> None:
    ring_both(remind)
    child = spawn(remind, "snooze 1h", terminal)
    child.expect("snooze which\\?")
    child.expect("> *5 ")
    child.send("early\r")
    child.expect("4  the early one  rings again")
    child.expect(pexpect.EOF)
    assert rings(remind) == ["the late one"]


@pytest.mark.parametrize("line", ["done", "skip", "snooze", "snooze 1h"])
def test_in_a_pipe_the_last_to_ring_is_meant(remind: Remind, line: str) -> None:
    ring_both(remind)
    assert json.loads(remind.out(f"{line} --json"))[0]["title"] == "the late one"
    assert rings(remind) == ["the early one"]


def ring_both(remind: Remind) -> None:
    """Have two tasks ring, one a minute after the other."""
    remind.out("add the early one in 1m")
    remind.out("add the late one in 2m")
    store = Store(remind.db, remind.clock)
    for _ in range(2):
        remind.clock.advance(timedelta(minutes=1))
        claim = store.queue.claim("test")
        assert claim is not None
        store.queue.record(claim, (), Deliver())
    store.close()


def rings(remind: Remind) -> list[str]:
    return [task["title"] for task in json.loads(remind.out("list is:ringing --json"))]


def test_in_a_pipe_nobody_picks(remind: Remind) -> None:
    assert remind("pick").status == 2
    assert "which task" in remind("rm").err
