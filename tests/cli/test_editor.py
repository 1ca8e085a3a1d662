"""A task in the editor: a real editor process each time; what was typed is never lost."""

import io
import re
import stat
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Remind, Said, rows

from remindcli.cli import main

# an editor needs a terminal, which the warm process does not have
pytestmark = pytest.mark.parametrize("remind", ["cold"], indirect=True)


class Editor:
    """An editor that does what a test has written for it, and remembers what it was shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "my editor"
        self.shown = folder / "shown"

    def does(self, *lines: str, status: int = 0) -> None:
        """Do these lines of shell, with the file as $1."""
        body = "\n".join(["#!/bin/sh", f"cat \"$1\" >> '{self.shown}'", f"echo ---- >> '{self.shown}'", *lines])
        self.program.write_text(f"{body}\nexit {status}\n", encoding="utf-8")
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)

    def looks(self) -> list[str]:
        """Return the texts that it was shown, one for each time it was opened."""
        return self.shown.read_text(encoding="utf-8").split("----\n")[:-1]


@pytest.fixture
def editor(remind: Remind, tmp_path: Path) -> Editor:
    made = Editor(tmp_path)
    made.does()
    remind.variables |= {"EDITOR": f"'{made.program}'", "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)}
    remind.out("add call bob today 5pm +work @office p2 --note 'his new number'")
    remind.out("add water the plants every day 6pm")
    return made


def on_terminal(remind: Remind, line: str) -> Said:
    """Run a command on a terminal, in a process that has the keyboard."""
    out, err = io.StringIO(), io.StringIO()
    status = main(line.split(), remind.environment(out, err, terminal=True, width=100))
    return Said(status, out.getvalue(), err.getvalue())


def kept(said: Said) -> str:
    """Return what stands in the file that an error names."""
    found = re.search(r"your text: (.+)", said.err)
    assert found is not None, said.err
    return Path(found[1]).read_text(encoding="utf-8")


def test_the_form_says_everything_that_can_be_changed(remind: Remind, editor: Editor) -> None:
    said = on_terminal(remind, "edit bob")
    assert (said.status, said.out, said.err.splitlines()[0]) == (0, "", "nothing was changed")
    lines = [line for line in editor.looks()[0].splitlines() if not line.startswith("#")]
    assert lines == [
        "title: call bob",
        "due: 2026-11-24 17:00",
        "repeats:",
        "list: office",
        "tags: work",
        "priority: p2",
        "alerts: 0",
        "nag:",
        "channels:",
        "catch-up: latest",
        "if:",
        "until-ok:",
        "run:",
        "note:",
        "his new number",
    ]
    assert not list(editor.folder.glob("remind-*")), "no file is left behind"


@pytest.mark.parametrize(
    ("sed", "shown"),
    [
        ("s/^title:.*/title: call her +x/", "1  call her +x  Tue 24 Nov 17:00 (in 8 hours)  +work  @office  p2"),
        ("s/^due:.*/due: friday 10am/", "1  call bob  Fri 27 Nov 10:00 (in 3 days)  +work  @office  p2"),
        ("s/^due:.*/due:/", "1  call bob  no time  +work  @office  p2"),
        (
            "s/^repeats:.*/repeats: every weekday/",
            "1  call bob  every weekday at 17:00 from Wed 25 Nov 2026, next Wed 25 Nov (in 1 day)  +work  @office  p2",
        ),
        ("s/^tags:.*/tags: home, b/", "1  call bob  Tue 24 Nov 17:00 (in 8 hours)  +b  +home  @office  p2"),
        ("s/^tags:.*/tags:/;/^priority:/d", "1  call bob  Tue 24 Nov 17:00 (in 8 hours)  @office  p2"),
        ("s/^list:.*/list:/;s/p2/none/", "1  call bob  Tue 24 Nov 17:00 (in 8 hours)  +work"),
    ],
)
def test_a_line_changes_what_it_names(sed: str, shown: str, remind: Remind, editor: Editor) -> None:
    editor.does(f"sed -i '{sed}' \"$1\"")
    said = on_terminal(remind, "edit 1")
    assert (said.status, said.out.rstrip()) == (0, shown)
    assert remind("undo").status == 0, "one step"


def test_due_is_of_this_occurrence_and_repeats_of_the_series(remind: Remind, editor: Editor) -> None:
    editor.does("sed -i 's/^due:.*/due: today 8pm/' \"$1\"")
    on_terminal(remind, "edit plants")
    assert rows(remind.out("list plants"))[0][1] == "2026-11-24T20:00:00+01:00"
    remind.out("done plants")
    assert rows(remind.out("list plants"))[0][1] == "2026-11-25T18:00:00+01:00"
    editor.does("sed -i 's/^repeats:.*/repeats: every 3 days/' \"$1\"")
    on_terminal(remind, "edit plants")
    assert "every 3 days" in rows(remind.out("list plants"))[0][4]
    editor.does("sed -i 's/^repeats:.*/repeats:/' \"$1\"")
    on_terminal(remind, "edit plants")
    assert rows(remind.out("list plants"))[0][4] == ""


def test_alerts_note_and_catch_up(remind: Remind, editor: Editor) -> None:
    editor.does(
        "sed -i 's/^alerts:.*/alerts: 1h30m, 0/;s/latest/skip/' \"$1\"", "echo '# a line of the note' >> \"$1\""
    )
    on_terminal(remind, "edit 1")
    assert remind.out("note 1") == "his new number\n# a line of the note\n"
    editor.does()
    on_terminal(remind, "edit 1")
    assert "alerts: 1h30m, 0\nnag:\nchannels:\ncatch-up: skip\n" in editor.looks()[-1]


def test_an_error_opens_it_again_with_the_error_in_it(remind: Remind, editor: Editor) -> None:
    flag = editor.folder / "second time"
    editor.does(
        f"if [ -e '{flag}' ]; then sed -i 's/sometime soon/tomorrow 9am/;s/^color.*//' \"$1\"",
        f"else touch '{flag}'; sed -i 's/^due:.*/due: sometime soon/;s/^title:.*/title: call her/' \"$1\"",
        'echo \'color: red\' | cat - "$1" > "$1.new" && mv "$1.new" "$1"; fi',
    )
    said = on_terminal(remind, "edit 1")
    assert said.out.startswith("1  call her  Wed 25 Nov 09:00")
    second = editor.looks()[1].splitlines()
    assert second[second.index("color: red") - 2].startswith("#! remind: can't read this line")
    assert any(line.startswith('#! remind: can\'t read "sometime soon"') for line in second)
    assert "title: call her" in second, "what was right is still there"


def test_given_up_after_an_error_nothing_changes_and_the_text_is_kept(remind: Remind, editor: Editor) -> None:
    before = remind.out("list --json")
    editor.does("sed -i 's/^due:.*/due: sometime soon/' \"$1\"")
    said = on_terminal(remind, "edit 1")
    assert said.status == 2
    assert "due: sometime soon" in kept(said)
    assert remind.out("list --json") == before


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        (': > "$1"', 0, "nothing was changed: the text is empty"),
        ('rm "$1"', 0, "nothing was changed"),
        ("printf '\\377' > \"$1\"", 1, "can't read what the editor wrote"),
    ],
)
def test_an_editor_that_empties_the_file_changes_nothing(
    line: str, status: int, words: str, remind: Remind, editor: Editor
) -> None:
    before = remind.out("list --json")
    editor.does(line)
    said = on_terminal(remind, "edit 1")
    assert said.status == status
    assert words in said.err
    assert remind.out("list --json") == before


def test_an_editor_that_fails_changes_nothing_and_the_text_is_kept(remind: Remind, editor: Editor) -> None:
    before = remind.out("list --json")
    editor.does("sed -i 's/call bob/call her/' \"$1\"", status=3)
    said = on_terminal(remind, "edit 1")
    assert said.status == 1
    assert "its exit status is 3" in said.err
    assert "title: call her" in kept(said)
    assert remind.out("list --json") == before
    remind.variables["VISUAL"] = "/no/such/editor"
    assert "can't start the editor /no/such/editor" in on_terminal(remind, "edit 1").err


def test_the_second_of_two_edits_at_once_is_told_and_loses_nothing(remind: Remind, editor: Editor) -> None:
    meanwhile = f"REMIND_DB='{remind.db}' '{sys.executable}' -m remindcli edit 1 p1"
    editor.does(f"{meanwhile} > /dev/null 2>&1 || exit 9", "sed -i 's/call bob/call her/' \"$1\"")
    said = on_terminal(remind, "edit 1")
    assert said.status == 1
    assert 'error: 1 "call bob" was changed meanwhile' in said.err
    assert "title: call her" in kept(said)
    assert rows(remind.out("list bob"))[0][7] == "1"


def test_without_a_terminal_it_needs_words_or_is_asked_for(remind: Remind, editor: Editor) -> None:
    assert "nothing to change" in remind("edit 1").err
    editor.does("sed -i 's/call bob/call her/' \"$1\"")
    assert rows(remind.out("edit 1 --editor"))[0][3] == "call her"
