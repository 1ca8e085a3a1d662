"""Wrong input: one clear error, the right exit status, nothing written."""

import io
import json
import os
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Remind, rows

from remindcli.cli import main


@pytest.mark.parametrize(
    ("line", "status", "what"),
    [
        ("add", 2, "there is nothing to remind of"),
        ("add ''", 2, "there is nothing to remind of"),
        ("add '   '", 2, "there is nothing to remind of"),
        ("add tomorrow", 2, "there is nothing to remind of"),
        ("add x --due 'evry month'", 2, 'can\'t read "evry month" as a time'),
        ("add x --due 2026-02-30", 2, "2026-02-30"),
        ("add x --due 31.2.2026", 2, "31.2.2026"),
        ("add x --every RRULE:FREQ=DAILY;COUNT=0", 2, "COUNT"),
        ("add x --every FREQ=SOMETIMES", 2, "SOMETIMES"),
        ("add x --every 'FREQ=DAILY;BYFOO=1'", 2, "BYFOO"),
        ("add x --every 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'", 2, "never"),
        ("add x -p 9", 2, "priority"),
        ("add x -t 'two words'", 2, "tag"),
        ("add x --tz Mars/Olympus", 2, "Mars/Olympus"),
        ("add x --channel pigeon", 2, "pigeon"),
        ("add x -a soonish", 2, "soonish"),
        ("done 99", 3, "there is no task 99"),
        ("done 99999999999999999999999", 3, "there is no task"),
        ("done 7,15-12", 2, "the range 15-12 runs backwards"),
        ("done nobody", 3, "nobody"),
        ("show 0", 3, "there is no task 0"),
        ("move 99 friday", 3, "there is no task 99"),
        ("rm", 2, "which task?"),
        ("frobnicate", 2, 'there is no command "frobnicate"'),
        ("lst", 2, 'there is no command "lst"'),
        ("list --wrong", 2, "--wrong"),
        ("undo", 3, "there is nothing to undo"),
        ("redo", 3, "there is nothing to redo"),
        ("edit 99 x", 3, "there is no task 99"),
    ],
)
def test_each_wrong_input_has_one_clear_error(remind: Remind, line: str, status: int, what: str) -> None:
    said = remind(line)
    assert said.status == status
    assert said.out == ""
    first, *rest = said.err.splitlines()
    assert first.startswith("error: ")
    assert what.casefold() in said.err.casefold()
    assert all(other.startswith(("  why: ", " hint: ")) for other in rest)
    assert remind.out("list") == "", "nothing was written"


def test_a_number_of_thousands_of_digits_is_no_task(remind: Remind) -> None:
    said = remind("done", "9" * 5000)  # Python itself refuses to read so many
    assert said.status == 3
    assert "there is no task" in said.err


def test_errors_are_json_where_json_was_asked_for(remind: Remind) -> None:
    error = json.loads(remind("done 99 --json").err)["error"]
    assert error == {
        "code": "not_found",
        "what": "there is no task 99",
        "why": "",
        "hint": "remind list shows the ids",
    }


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("[red]milk[/] [/]", "[red]milk[/] [/]"),
        ("a\x1b]0;owned\x07b", "a␛]0;owned␇b"),
        ("two\nlines\tand a tab", "two⏎lines and a tab"),
        ("right\u202eleft", "right�left"),
        ("-h --help", "-h --help"),
        ("$(touch owned) `id` 'x' \"y\"", "$(touch owned) `id` 'x' \"y\""),
        ("日本語 🎉", "日本語 🎉"),
        ("surrogate \udcff here", "surrogate ? here"),
    ],
)
def test_hostile_titles_are_text_wherever_they_are_shown(remind: Remind, title: str, shown: str) -> None:
    remind.out("add --literal --", title)
    assert rows(remind.out("list"))[0][3] == shown
    assert shown in remind.screen("list", width=120)
    assert shown in remind.screen("show 1")
    assert shown in remind.screen("rm 1")
    assert shown in remind.screen("undo")


def test_a_title_that_no_database_keeps_is_refused(remind: Remind) -> None:
    for title in ("nul\0here", "x" * 100_000, "\u200b"):
        said = remind("add --literal --", title)
        assert said.status == 2, title[:20]
        assert said.err.startswith("error: ")
    assert remind.out("list") == ""


def test_a_long_sentence_is_refused_at_once(remind: Remind) -> None:
    said = remind("add", *["word"] * 25_000)
    assert said.status == 2


def test_several_ids_are_all_or_nothing(remind: Remind) -> None:
    remind.out("add call bob tomorrow")
    assert remind("done 1 99").status == 3
    assert rows(remind.out("list"))[0][2] == "open"


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def _newer(path: Path) -> None:
    Remind(path.parents[1]).out("add x")
    with path.open("r+b") as file:
        file.seek(60)
        file.write(struct.pack(">i", 999))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), "is damaged"),
        (lambda path: path.write_bytes(b"not a database, for sure, " * 40), "is damaged"),
        (_foreign, "is not a store of remind"),
        (_newer, "is newer than this program"),
    ],
)
def test_a_store_that_cannot_be_used_is_left_alone(remind: Remind, make: Callable[[Path], object], what: str) -> None:
    remind.db.parent.mkdir(exist_ok=True)
    make(remind.db)
    before = remind.db.read_bytes() if remind.db.is_file() else None
    for line in ("add call bob", "list", ""):
        said = remind(line)
        assert said.status == 1, line
        assert what in said.err
        assert said.err.count("error: ") == 1
    assert (remind.db.read_bytes() if remind.db.is_file() else None) == before


def test_a_place_where_nothing_can_be_made_is_said(remind: Remind, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    remind.variables["REMIND_DB"] = str(tmp_path / "file" / "remind.db")
    said = remind("add call bob")
    assert said.status == 1
    assert "--db" in said.err


def test_a_closed_pipe_ends_quietly(remind: Remind) -> None:
    remind.out("add call bob")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as out:
        err = io.StringIO()
        environment = remind.environment(out, err, terminal=False, width=80)  # type: ignore[arg-type]
        assert main(["list"], environment) == 0
    assert "Traceback" not in err.getvalue()


def test_settings_that_are_wrong_say_where(remind: Remind, tmp_path: Path) -> None:
    config = tmp_path / ".config" / "remindcli" / "config.toml"
    config.parent.mkdir(parents=True)
    for text, what in (
        ("all_day_att = 1", 'did you mean "all_day_at"?'),
        ('all_day_at = "25:00"', "a time of day such as 09:00"),
        ("all_day_at = ", "are not TOML"),
    ):
        config.write_text(text)
        said = remind("list")
        assert said.status == 2
        assert what in said.err
        assert str(config) in said.err
