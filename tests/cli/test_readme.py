"""The README's session is a test: each command, and what it shows on a terminal."""

import re
from pathlib import Path

from tests.cli.conftest import Remind

README = Path(__file__).parents[2] / "README.md"


def test_the_session_of_the_readme_is_what_a_terminal_shows(remind: Remind) -> None:
    block = re.search(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    steps = re.split(r"^\$ remind ", block[1], flags=re.MULTILINE)[1:]
    assert len(steps) >= 5
    for step in steps:
        line, _, shown = step.partition("\n")
        assert remind.screen(line) == shown.rstrip("\n"), line
