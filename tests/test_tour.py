"""The picture at the top of the README shows what is really said."""

import re
import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
tour = runpy.run_path(str(DOCS / "tour.py"))


def test_the_picture_shows_the_session_as_it_is_now() -> None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", tour["session"]())
    drawn = tour["words"]((DOCS / "tour.svg").read_text(encoding="utf-8"))
    assert sorted(drawn) == sorted(["remind", *plain.split()]), "stale: python docs/tour.py"


def test_the_picture_fetches_nothing() -> None:
    text = (DOCS / "tour.svg").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\s\"'<]+", text) == ["http://www.w3.org/2000/svg"]
