"""Real servers for the live tests; where a program is missing, the test is skipped and says which, or CI fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import lacking
from tests.live.rig import NotificationRig, missing

HERE = Path(__file__).parent

Require = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as live."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def require() -> Require:
    """Return a function that ends the test where a program is missing: skipped here, failed in CI."""

    def require(*programs: str) -> None:
        if absent := missing(programs):
            lacking(", ".join(f"{program} (Debian: {package})" for program, package in absent.items()))

    return require


@pytest.fixture(scope="session")
def desktop(require: Require) -> Iterator[NotificationRig]:
    """Return a screen and a session bus, with no notification server."""
    require(*NotificationRig.NEEDS)
    with NotificationRig() as rig:
        yield rig


@pytest.fixture
def notification_server(desktop: NotificationRig) -> Iterator[NotificationRig]:
    """Return the desktop with a dunst that has shown nothing yet.

    `rig.env` is for the program under test; `rig.history()`, `rig.titles()` and `rig.wait_for(title)` tell what
    was shown.
    """
    desktop.start_server()
    yield desktop
    if desktop.server:
        desktop.stop_server()
