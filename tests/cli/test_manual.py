"""docs/cli.md and the man page say what --help says; every command begins with an example."""

import os
import re
import runpy
from pathlib import Path

import pytest
from tests.cli.conftest import Remind

from remindcli.cli import commands

DOCS = Path(__file__).parents[2] / "docs"
make = runpy.run_path(str(DOCS / "make.py"))
PAGES = list(make["pages"]())
VERBS = set(
    """
    add list show next when forecast log why tags lists stats cal done snooze move edit skip pause resume rm undo redo
    daemon status failed doctor import export completion config backup demo tui
    """.split()  # noqa: SIM905
)
_TO_COME: set[str] = set()


@pytest.mark.parametrize("name", ["cli.md", "remindcli.1"])
def test_the_page_is_what_the_help_says(name: str) -> None:
    if os.environ.get("REMIND_WRITE"):
        make["write"]()
    text = make["markdown" if name == "cli.md" else "manual"]()
    assert (DOCS / name).read_text(encoding="utf-8") == text, "stale: REMIND_WRITE=1 pytest tests/cli/test_manual.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_help_begins_with_an_example_and_says_what_it_does(page: object) -> None:
    path, example, text = page.path, page.example, page.text  # type: ignore[attr-defined]
    verbs = path.split()[1:]
    assert example.startswith("remind "), example
    assert all(verb in example for verb in verbs) or (verbs[:1] and verbs[0] in example), example
    assert len(example) <= 80
    assert re.match(r"[A-Z].*\.$", text), text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_every_option_says_what_it_does(page: object) -> None:
    for names, text in page.options:  # type: ignore[attr-defined]
        assert re.match(r"[A-Z].*\.$", text), names


def test_every_command_of_the_design_is_there() -> None:
    there = {page.path.split()[1] for page in PAGES if len(page.path.split()) > 1}
    assert VERBS - there <= _TO_COME


def test_no_line_of_the_man_page_is_a_request_by_accident() -> None:
    known = {"TH", "SH", "SS", "PP", "TP", "EX", "EE", '\\"'}
    for line in make["manual"]().splitlines():
        if line.startswith((".", "'")):
            assert line[1:3].strip() in known or line.startswith('.\\"'), line


def test_the_help_lists_every_verb_under_a_heading_and_cuts_none_short(remind: Remind) -> None:
    text = remind.out("--help")
    _, *sections = re.split(r"\n([A-Z][A-Za-z ]+):\n", text)
    listed = dict(zip(sections[::2], sections[1::2], strict=True))
    assert list(listed) == ["Options", "Every day", "Looking", "Changing", "System"], "a verb without a heading"
    names = [line.split()[0].rstrip(",") for head in list(listed)[1:] for line in listed[head].splitlines() if line]
    assert sorted(names) == sorted(commands.tree().commands)
    assert "..." not in "".join(list(listed.values()))
    assert max(map(len, text.splitlines())) <= 80
    assert "add, a " in text
