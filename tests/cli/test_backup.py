"""Backups at the command line: whole sessions on a terminal and in a pipe, and what is refused."""

import io
import json
import os
from pathlib import Path

import pytest
from tests.cli.conftest import Remind, rows

from remindcli.cli.progress import Progress
from remindcli.daemon.instance import lock_of


def damage(path: Path) -> None:
    """Overwrite a page in the middle of a file with noise."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(range(1, 256)) * 64)


def test_a_session_on_a_terminal(remind: Remind) -> None:
    folder = remind.db.parent / "backups"
    assert remind.screen("backup list") == "No backups yet. Make one with: remind backup"
    remind.out("add call bob tomorrow 5pm")
    made = remind.screen("backup", width=300)
    assert made.startswith(f"backed up to {folder}/remind-20261124T080000Z.db  (")
    remind.clock.advance(hours=1)
    remind.out("add buy milk")
    said = remind("backup restore remind-20261124T080000Z.db", terminal=True)
    assert (said.status, said.out) == (0, f"restored {folder}/remind-20261124T080000Z.db\n")
    assert said.err.splitlines() == [
        "to take this back: remind backup restore remind-20261124T090000Z-restore.db",
        "start the daemon again with: remind daemon start",
    ]
    assert [row[3] for row in rows(remind.out("list"))] == ["call bob"]
    remind.out("backup restore remind-20261124T090000Z-restore.db")
    assert [row[3] for row in rows(remind.out("list"))] == ["call bob", "buy milk"]
    table = remind.screen("backup list")
    assert [line.split("  ")[0] for line in table.splitlines()[2:]] == [
        "remind-20261124T090000Z.2-restore.db",
        "remind-20261124T090000Z-restore.db",
        "remind-20261124T080000Z.db",
    ]
    assert "remind-20261124T090000Z.2-restore.db" in remind.screen("backup list", width=40), "a name is never cut"


def test_a_session_in_a_pipe(remind: Remind) -> None:
    folder = remind.db.parent / "backups"
    assert remind.out("backup list") == ""
    assert remind.out("backup list --json") == "[]\n"
    remind.out("add call bob")
    ((made_at, kind, size, path),) = rows(remind.out("backup"))
    assert (made_at, kind, path) == ("2026-11-24T09:00:00+01:00", "manual", f"{folder}/remind-20261124T080000Z.db")
    assert int(size) == Path(path).stat().st_size
    assert rows(remind.out("backup list")) == [[made_at, kind, size, path]]
    record = {"made_at": made_at, "kind": kind, "size": int(size), "path": path}
    assert json.loads(remind.out("backup list --json")) == [record]
    assert set(json.loads(remind.out("backup --json"))) == set(record)
    assert json.loads(remind.out("backup restore --json", path)) == {
        "restored": path,
        "kept": f"{folder}/remind-20261124T080000Z-restore.db",
        "moved_aside": None,
    }


def test_a_file_of_ones_own(remind: Remind, tmp_path: Path) -> None:
    remind.out("add call bob")
    target = tmp_path / "usb.db"
    assert rows(remind.out("backup", str(target)))[0][3] == str(target)
    said = remind("backup", str(target))
    assert (said.status, said.err.splitlines()) == (
        2,
        [f"error: {target} is there already", " hint: choose another name, or --force to replace it"],
    )
    remind.out("backup --force", str(target))
    assert remind.out("backup list") == "", "it is not among those beside the store"
    remind.out("backup relative.db")
    assert (remind.db.parent / "relative.db").exists()
    remind.out("rm 1")
    remind.out("backup restore", str(target))
    assert [row[3] for row in rows(remind.out("list"))] == ["call bob"]


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("backup lst", 2, "did you mean remind backup list?"),
        ("backup restor x.db", 2, "did you mean remind backup restore?"),
        ("backup one.db two.db", 2, "one file takes the backup"),
        ("backup restore", 2, "remind backup restore --help shows how"),
        ("backup restore nothing.db", 1, "remind backup list shows the backups"),
        ("backup /nowhere/at/all.db", 1, "there is no store"),
        ("backup", 1, "there is no store"),
    ],
)
def test_wrong_words_make_nothing(remind: Remind, line: str, status: int, said: str) -> None:
    got = remind(line)
    assert (got.status, got.out) == (status, "")
    assert said in got.err
    assert not remind.db.parent.exists()


def test_a_restore_is_refused_while_a_daemon_runs(remind: Remind) -> None:
    remind.out("add call bob")
    remind.out("backup")
    before = remind.db.read_bytes()
    with lock_of(remind.db) as lock:
        assert lock.acquire()
        said = remind("backup restore remind-20261124T080000Z.db")
        assert remind.out("backup"), "to make one is no harm"
    assert said.status == 1
    assert said.err.splitlines()[-1] == (
        " hint: remind daemon stop && remind backup restore remind-20261124T080000Z.db"
    )
    assert remind.db.read_bytes() == before


def test_a_damaged_store_says_how_it_is_mended_and_is_moved_aside(remind: Remind) -> None:
    remind.out("add call bob")
    remind.out("backup")
    damage(remind.db)
    before = remind.db.read_bytes()
    said = remind("list")
    assert said.status == 1
    command = said.err.splitlines()[-1].rpartition(": remind ")[2]
    assert command == "backup restore remind-20261124T080000Z.db"
    assert remind.db.read_bytes() == before
    mended = remind(command)
    aside = f"{remind.db}.damaged-20261124T080000Z"
    assert (mended.status, mended.err.splitlines()[0]) == (0, f"the damaged store was moved to {aside}")
    assert Path(aside).read_bytes() == before
    assert [row[3] for row in rows(remind.out("list"))] == ["call bob"]


def test_a_damaged_backup_is_refused(remind: Remind) -> None:
    remind.out("add call bob")
    copy = Path(rows(remind.out("backup"))[0][3])
    for harm in (lambda: damage(copy), lambda: os.truncate(copy, 0)):
        harm()
        said = remind("backup restore", str(copy))
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith(f"error: can't restore {copy}\n  why: ")
    assert [row[3] for row in rows(remind.out("list"))] == ["call bob"]


def test_each_help_begins_with_an_example(remind: Remind) -> None:
    for line in ("backup", "backup list", "backup restore", "doctor"):
        help_text = remind.out(f"{line} --help")
        assert f"\n  remind {line}" in help_text
    assert "[FILE] | list | restore FILE" in remind.out("backup --help")


def test_what_takes_long_says_how_far_it_is_and_leaves_nothing_behind(remind: Remind) -> None:
    err = io.StringIO()
    environment = remind.environment(io.StringIO(), err, terminal=True, width=40)
    with Progress(environment, after_seconds=0) as progress:
        progress._timer.join()
        progress.doing("copying the store")
        progress.count(1, 4)
        progress.count(1, 4)
    assert err.getvalue().split("\r\x1b[K")[1:] == [
        " ...",
        "copying the store ...",
        "copying the store 25 % ...",
        "",
    ]
    err = io.StringIO()
    with Progress(remind.environment(io.StringIO(), err, terminal=False, width=40), after_seconds=0) as progress:
        progress.doing("copying the store")
    assert err.getvalue() == "", "a pipe gets none of it"
