"""Which commands may be left to the warm process, and to which store they go."""

import os
from pathlib import Path

import pytest

from remindcli import client
from remindcli.cli import commands
from remindcli.cli.app import ALIASES
from remindcli.cli.places import data_folder

OWN_PROCESS = {
    "backup": "lasts long, and shows progress",
    "completion": "writes files of the shell",
    "config": "opens the editor",
    "daemon": "starts, stops and is the daemon",
    "demo": "runs a daemon of its own",
    "doctor": "looks at this process's own surroundings",
    "export": "lasts long, and shows progress",
    "import": "reads standard input, and shows progress",
    "pick": "needs the terminal",
    "shell-init": "is read once by a shell",
    "tui": "needs the terminal",
}
"""Why a command is done by the process that was started."""


def test_each_command_is_one_that_the_warm_process_does_or_there_is_a_reason() -> None:
    names = {name for name, command in commands.tree().commands.items() if not command.hidden} | set(ALIASES)
    assert names - client.WARM_VERBS - OWN_PROCESS.keys() == set()
    assert not client.WARM_VERBS & OWN_PROCESS.keys()


def test_each_verb_is_in_the_module_that_is_imported_for_it() -> None:
    assert set(commands.tree().commands) == set(commands.MODULES)


@pytest.mark.parametrize(
    ("line", "may_be"),
    [
        ("", True),
        ("--help", True),
        ("--json list", True),
        ("list -tag +home", True),
        ("add -- --db", True),
        ("--db other.db list", False),
        ("list --db=other.db", False),
        ("when --stdin", False),
        ("note 7 -", False),
        ("daemon status", False),
        ("lsit", False),
    ],
)
def test_what_is_asked_of_the_warm_process(line: str, may_be: bool) -> None:
    assert client.may_be_warm(line.split()) is may_be


@pytest.mark.parametrize(
    "variables",
    [
        {"HOME": "/home/me"},
        {"HOME": "/home/me", "XDG_DATA_HOME": "/data"},
        {"HOME": "/home/me", "XDG_DATA_HOME": "relative"},
        {"HOME": "/home/me", "REMIND_DB": "here.db"},
        {"HOME": "/home/me", "REMIND_DB": "/there/x.db"},
    ],
    ids=str,
)
def test_the_store_is_the_one_that_a_cold_command_would_open(tmp_path: Path, variables: dict[str, str]) -> None:
    given = variables.get("REMIND_DB")
    expected = tmp_path / given if given else data_folder(variables) / "remind.db"
    as_bytes = {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}
    assert client.store_path(as_bytes, str(tmp_path)) == os.path.realpath(expected)


def test_a_store_under_a_tilde_is_left_to_who_knows_home() -> None:
    assert client.store_path({b"HOME": b"/home/me", b"REMIND_DB": b"~/x.db"}, "/") == ""
