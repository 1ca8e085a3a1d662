"""The log beside the store: private, turned over, and read back over its turns."""

import logging
from pathlib import Path

import pytest

from remindcli.daemon import logfile
from remindcli.daemon.logfile import begin, log_of, tail


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store whose log was turned over twice, with 30 lines in all."""
    monkeypatch.setattr(logfile, "_BYTES", 500)
    store, log = tmp_path / "remind.db", logging.getLogger("remindcli")
    handlers, level = list(log.handlers), log.level
    begin(store, stderr=None)
    try:
        for number in range(30):
            log.info("line %d", number)
    finally:
        for one in set(log.handlers) - set(handlers):
            log.removeHandler(one)
            one.close()
        log.setLevel(level)
    return store


def test_it_stays_private_when_it_is_turned_over(lines: Path) -> None:
    files = sorted(lines.parent.glob("remind.db.log*"))
    assert [one.name for one in files] == ["remind.db.log", "remind.db.log.1", "remind.db.log.2"]
    assert {one.stat().st_mode & 0o777 for one in files} == {0o600}


def test_the_last_lines_are_found_over_the_turn(lines: Path) -> None:
    assert len(log_of(lines).read_text().splitlines()) < 20
    assert [line.rpartition(" ")[2] for line in tail(lines, 20)] == [str(number) for number in range(10, 30)]
    assert len(tail(lines, 1000)) == 30


def test_no_log_has_no_lines(tmp_path: Path) -> None:
    assert tail(tmp_path / "remind.db", 5) == []
