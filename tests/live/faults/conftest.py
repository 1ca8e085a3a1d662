"""A lab for the tests that break things, and how they say how often they tried."""

from collections.abc import Callable, Iterator

import pytest
from tests.live.conftest import Require
from tests.live.faults.lab import Lab

Tell = Callable[[str], None]


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
        record_property("tried", what)
        with capsys.disabled():
            print(f"\n  {what}")

    return say
