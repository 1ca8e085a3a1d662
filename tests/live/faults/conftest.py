"""A lab for the tests that break things, and how they say how often they tried."""

from collections.abc import Callable, Iterator

import pytest
from tests.live.conftest import Require
from tests.live.faults.lab import Lab

Tell = Callable[[str], None]

_TRIED = "tried"


@pytest.fixture(scope="module")
def lab(require: Require) -> Iterator[Lab]:
    """Return a warm process that runs commands under strace."""
    require("strace")
    with Lab() as made:
        yield made


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]) -> Tell:
    """Return a function that prints how much was tried, whatever pytest captures."""

    def say(what: str) -> None:
        record_property(_TRIED, what)
        with capsys.disabled():
            print(f"\n  {what}")

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end of everything that was tried, so that it can be quoted."""
    told = [
        (outcome, value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call"
        for name, value in report.user_properties
        if name == _TRIED
    ]
    if told:
        terminalreporter.section("what was broken on purpose")
        for outcome, value in told:
            terminalreporter.write_line(f"{'' if outcome == 'passed' else 'FAILED AFTER: '}{value}")
