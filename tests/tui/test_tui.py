"""The interactive view: each key once, on a real store."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pexpect
import pytest
from tests.tui.conftest import Desktop, Screen, waits

from remindcli.cli import main
from remindcli.clock import SystemClock
from remindcli.core.task import TaskState
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

NO_DAEMON = "no daemon runs, so nothing will ring: remind daemon start"


def agenda_of(screen: Screen) -> list[str]:
    """Return the lines between the head and what is empty under the list."""
    return screen.lines[1 : screen.lines.index("")]


def week(desktop: Desktop) -> None:
    """Write a few tasks down: 1 today, 2 in a week, 3 without a time."""
    for words in ("call bob today 5pm +work", "pay rent every month on the 1st 9am", "learn piano"):
        desktop.add(words)


@waits
async def test_the_agenda_has_what_bare_remind_has_under_its_headings(desktop: Desktop) -> None:
    week(desktop)
    desktop.add("dentist tomorrow 10am p1")
    desktop.clock.advance(hours=9)
    async with desktop.open() as screen:
        assert agenda_of(screen) == [
            "Overdue",
            ">   1  Tue 24 Nov 17:00  call bob  overdue  +work",
            "Next 7 days",
            "    4  Wed 25 Nov 10:00  dentist  p1",
            "Later",
            "    2  Tue 1 Dec 09:00   pay rent  every month on the 1st at 09:00",
            "Without a time",
            "    3                    learn piano",
        ]
        assert NO_DAEMON in screen.text


@waits
async def test_an_empty_store_says_how_to_begin(desktop: Desktop) -> None:
    async with desktop.open() as screen:
        assert agenda_of(screen) == ["Nothing to remind of. a adds a task."]
        await screen.press("d")
        assert "no task is marked" in screen.text


@waits
async def test_adding_says_as_one_types_how_it_is_understood(desktop: Desktop) -> None:
    async with desktop.open() as screen:
        await screen.press("a", *"buymilk")
        assert "would add  buymilk" in screen.lines
        await screen.press("ctrl+u")
        await screen.type("buy milk tomorrow 5pm")
        at = screen.lines.index("add: buy milk tomorrow 5pm")
        assert screen.lines[at + 1 : at + 3] == ["would add  buy milk", "  Wed 25 Nov 17:00 (in 1 day)"]
        assert not desktop.session.store.items()
        await screen.press("enter")
        assert ">   1  Wed 25 Nov 17:00  buy milk" in screen.lines
        assert "1  buy milk  Wed 25 Nov 17:00 (in 1 day)" in screen.lines
    assert [item.task.title for item in desktop.session.store.items()] == ["buy milk"]


@waits
async def test_what_can_not_be_added_is_told_and_nothing_typed_is_lost(desktop: Desktop) -> None:
    async with desktop.open() as screen:
        await screen.press("a")
        await screen.type("tomorrow 5pm")
        await screen.press("enter")
        assert "add: tomorrow 5pm" in screen.lines
        assert "error: there is nothing to remind of" in screen.lines
        assert '  why: "tomorrow 5pm" is the time; the title is missing' in screen.lines
        await screen.press("home")
        await screen.type("tea ")
        await screen.press("enter")
    assert [item.task.title for item in desktop.session.store.items()] == ["tea"]


@waits
async def test_escape_leaves_the_line_and_writes_nothing(desktop: Desktop) -> None:
    async with desktop.open() as screen:
        await screen.press("a")
        await screen.type("buy milk")
        await screen.press("escape")
        assert "buy milk" not in screen.text
    assert not desktop.session.store.items()


@pytest.mark.parametrize("key", ["d", "space"])
@waits
async def test_done(desktop: Desktop, key: str) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press(key)
        assert "1  call bob  done" in screen.lines
        assert "Today" not in screen.text
        await screen.press(key)  # the mark stands on the next one
        assert "2  pay rent  done, next Fri 1 Jan 2027 09:00 (in 38 days)" in screen.lines
    assert desktop.item(1).task.state is TaskState.FINISHED


@waits
async def test_undo_and_redo(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press("d", "u")
        assert 'undone: done 1 "call bob"' in screen.lines
        assert desktop.item(1).task.state is TaskState.ACTIVE
        await screen.press("r")
        assert 'redone: done 1 "call bob"' in screen.lines
        await screen.press("u", "ctrl+r")
        assert desktop.item(1).task.state is TaskState.FINISHED
        await screen.press("r")
        assert "error: there is nothing to redo" in screen.lines


@waits
async def test_snooze_for_a_phrase_and_for_the_usual_span(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press("s")
        await screen.type("tomorrow 9am")
        assert "rings again Wed 25 Nov 09:00 (in 1 day)" in screen.lines
        await screen.press("enter")
        assert desktop.item(1).rings_at == desktop.clock.now() + timedelta(days=1)
        await screen.press("s", "enter")
    assert desktop.item(1).rings_at == desktop.clock.now() + timedelta(minutes=10)


@waits
async def test_a_phrase_that_is_no_time_is_told_beside_the_line(desktop: Desktop) -> None:
    week(desktop)
    before = desktop.item(1).rings_at
    async with desktop.open() as screen:
        await screen.press("s")
        await screen.type("tomorow")
        await screen.press("enter")
        assert "snooze 1: tomorow" in screen.lines
        assert any(line.startswith("error: ") for line in screen.lines)
    assert desktop.item(1).rings_at == before


@waits
async def test_edit_with_the_words_of_add(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press("e")
        await screen.type("call alice friday 10am +home")
        assert 'would change  title "call alice"' in screen.text
        await screen.press("enter")
        assert ">   1  Fri 27 Nov 10:00  call alice  +home +work" in screen.lines
    assert desktop.item(1).task.title == "call alice"


@waits
async def test_move_skip_and_delete(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press("j", "m")
        await screen.type("friday 10am")
        assert "due Fri 27 Nov 10:00 (in 3 days)" in screen.lines
        await screen.press("enter")
        assert "2  pay rent  now due Fri 27 Nov 10:00 (in 3 days)" in screen.lines
        await screen.press("n")
        assert "2  pay rent  skipped, next Fri 1 Jan 2027 09:00 (in 38 days)" in screen.lines
        await screen.press("x")
        assert "2  pay rent  deleted; u brings it back" in screen.lines
    assert desktop.item(2).task.state is TaskState.DELETED


@waits
async def test_going_through_the_list(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        marked = []
        for key in ("j", "k", "down", "up", "G", "g"):
            await screen.press(key)
            marked += [line.split()[1] for line in screen.lines if line.startswith(">")]
    assert marked == ["2", "1", "2", "1", "3", "1"]


@waits
async def test_a_filter_narrows_as_one_types(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press("slash")
        await screen.type("+work")
        assert agenda_of(screen) == ["1 found", ">   1  Tue 24 Nov 17:00  call bob  +work"]
        await screen.press("enter")
        assert screen.lines[0] == "remind  filter: +work"
        await screen.press("escape")
        assert "learn piano" in screen.text


@waits
async def test_a_filter_that_can_not_be_read_is_told_beside_the_line(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open(words="is:undated") as screen:
        assert agenda_of(screen) == ["1 found", ">   3                    learn piano"]
        await screen.press("slash", "ctrl+u")
        await screen.type("is:recuring")
        await screen.press("enter")
        assert "filter: is:recuring" in screen.lines
        assert "is:recurring" in screen.text  # the nearest word
        await screen.press("escape")
        assert screen.lines[0] == "remind  filter: is:undated"


@waits
async def test_the_calendar(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open(height=26) as screen:
        await screen.press("c")
        assert screen.lines[:10] == [
            "remind  calendar",
            "                    November 2026",
            "     Mo     Tu     We     Th     Fr     Sa     Su",
            "W44                                             1",
            "W45   2      3      4      5      6      7      8",
            "W46   9     10     11     12     13     14     15",
            "W47  16     17     18     19     20     21     22",
            "W48  23    [24 1 ] 25     26     27     28     29",
            "W49  30",
            ">today  number: due  !overdue  ✓done",
        ]
        assert screen.lines[10:12] == ["Tue 24 Nov 2026: 1 due", ">   1  Tue 24 Nov 17:00  call bob  +work"]
        await screen.press("j")
        assert "Tue 1 Dec 2026: 1 due" in screen.lines
        assert ">   2  Tue 1 Dec 09:00   pay rent  every month on the 1st at 09:00" in screen.lines
        await screen.press("L", "l")
        assert "Sat 2 Jan 2027: nothing due" in screen.lines
        await screen.press("t", "enter", "d")
        assert "1  call bob  done" in screen.lines
        await screen.press("escape", "escape")
        assert screen.lines[0] == "remind  agenda"


@waits
async def test_details_and_help(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        await screen.press("enter")
        assert "due      Tue 24 Nov 17:00 (in 8 hours)" in screen.text
        await screen.press("escape")
        assert "due      " not in screen.text
        await screen.press("?")
        for key, what in {"a": "add a task", "x": "delete", "n": "skip", "/": "filter", "q": "quit"}.items():
            assert any(key in line.split() and what in line for line in screen.lines), key
        await screen.press("q")  # closes the page
        assert "add a task" not in screen.text


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
@waits
async def test_quit(desktop: Desktop, key: str) -> None:
    async with desktop.open() as screen:
        await screen.pilot.press(key)
        await screen.pilot.pause()
        assert not screen.app.is_running


@waits
async def test_titles_are_text(desktop: Desktop) -> None:
    desktop.add("[red]evil[/red] [@click=app.quit]x[/] \x1b[31m\u202e tomorrow 5pm +work")
    shown = "[red]evil[/red] [@click=app.quit]x[/] ␛[31m�"
    async with desktop.open() as screen:
        assert f">   1  Wed 25 Nov 17:00  {shown}  +work" in screen.lines
        await screen.press("enter")
        assert f"1  {shown}" in screen.text
        await screen.press("escape", "d")
        assert f"1  {shown}  done" in screen.lines


@waits
async def test_forty_columns(desktop: Desktop) -> None:
    desktop.add("a title that is far longer than so narrow a screen today 5pm")
    async with desktop.open(width=40) as screen:
        assert ">   1  Tue 24 Nov 17:00  a title that i…" in screen.lines
        await screen.press("c")
        assert "W48  23  [24 1 25   26   27   28   29" in screen.lines
        await screen.press("escape", "?")
        assert max(map(len, screen.lines)) <= 40


@waits
async def test_what_others_change_is_seen_at_the_next_look(desktop: Desktop) -> None:
    week(desktop)
    async with desktop.open() as screen:
        other = Store(desktop.session.store_path, desktop.clock)
        other.complete([1])
        screen.app.look_again()
        await screen.settle()
        assert "call bob" not in screen.text
        desktop.clock.advance(days=8)
        screen.app.look_again()
        await screen.settle()
        assert agenda_of(screen)[0] == "Overdue"
        other.close()


@waits
async def test_a_store_that_is_held_is_said_and_what_was_asked_is_done_when_it_is_free(desktop: Desktop) -> None:
    week(desktop)
    is_held, may_go = Event(), Event()
    other = Store(desktop.session.store_path, desktop.clock)

    def hold() -> None:
        with other.database.write():
            is_held.set()
            may_go.wait(30)

    async with desktop.open() as screen:
        holder = Thread(target=hold)
        holder.start()
        try:
            assert is_held.wait(10)
            await screen.pilot.press("d")
            await screen.shows("waiting for the store: another program holds it")
            await screen.pilot.press("j")  # the screen answers meanwhile
            assert [line.split()[1] for line in screen.lines if line.startswith(">")] == ["2"]
        finally:
            may_go.set()
            holder.join()
        await screen.settle()
        assert "waiting for the store" not in screen.text
        assert "1  call bob  done" in screen.lines
    other.close()


def test_without_textual_a_line_says_how_to_get_it(folder: Path) -> None:
    code = "import sys; sys.modules['textual'] = None; from remindcli.__main__ import run; run()"
    variables = {**os.environ, "REMIND_DB": str(folder / "remind.db")}
    told = subprocess.run(
        [sys.executable, "-c", code, "tui"], capture_output=True, text=True, timeout=60, env=variables, check=False
    )
    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        "error: the interactive view is not installed",
        "  why: it needs Textual, which comes with an extra",
        ' hint: pip install "remindcli[tui]"',
    ]


def test_in_a_pipe_there_is_no_screen(desktop: Desktop) -> None:
    environment = desktop.session.environment
    environment.has_terminal_out = False
    assert main(["tui"], environment) == 2
    assert "there is no terminal to draw on" in environment.stderr.getvalue()


@pytest.mark.live
def test_a_real_terminal_is_left_as_it_was(folder: Path) -> None:
    variables = {**os.environ, "REMIND_DB": str(folder / "remind.db"), "TERM": "xterm-256color", "HOME": str(folder)}
    child = pexpect.spawn(
        sys.executable, ["-m", "remindcli", "tui"], env=variables, encoding="utf-8", timeout=15, dimensions=(24, 80)
    )
    child.expect("Nothing to remind of")
    child.send("abuy milk tomorrow 5pm")  # at once: what comes before the line has the keyboard is the line's too
    child.expect("would add")
    child.send("\r")
    child.expect("Next 7 days")
    child.send("q")
    child.expect(r"\x1b\[\?1049l")  # back from the other screen
    child.expect("no daemon runs, so nothing will ring")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    store = Store(folder / "remind.db", SystemClock())
    assert [item.task.title for item in store.items()] == ["buy milk"]
    store.close()


@pytest.mark.live
def test_a_phrase_of_the_filter_stays_a_phrase(folder: Path) -> None:
    store = Store(folder / "remind.db", SystemClock())
    for title in ("buy milk", "milk, and where to buy it"):
        store.add(NewTask(title))
    store.close()
    variables = {**os.environ, "REMIND_DB": str(folder / "remind.db"), "TERM": "xterm-256color", "HOME": str(folder)}
    command = ["-m", "remindcli", "tui", "text:buy milk"]
    child = pexpect.spawn(sys.executable, command, env=variables, encoding="utf-8", timeout=15, dimensions=(24, 80))
    child.expect("1 found")
    child.send("q")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
