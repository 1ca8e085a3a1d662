"""Draws docs/tui.svg: the interactive view with a task being added. Run it: .venv/bin/python docs/tui_picture.py"""

import asyncio
import io
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from remindcli.cli.environment import Environment
from remindcli.cli.session import Session
from remindcli.draft import Draft
from remindcli.tui.app import RemindApp

PICTURE = Path(__file__).with_name("tui.svg")
TASKS = (
    "stand up every weekday 9:30 +work",
    "call bob tomorrow 5pm +work",
    "pay rent every month on the 31st 9am p1",
    "water the plants friday 18:00 +home",
    "learn the piano",
)


class MorningClock:
    """Stands at nine in the morning of a Tuesday in Berlin."""

    def now(self) -> datetime:
        """Return the instant, UTC."""
        return datetime(2026, 11, 24, 8, tzinfo=UTC)

    def zone(self) -> ZoneInfo:
        """Return the zone."""
        return ZoneInfo("Europe/Berlin")


async def draw(folder: Path) -> str:
    """Return the picture."""
    quiet = io.StringIO()
    variables = {"HOME": str(folder), "REMIND_DB": str(folder / "remind.db")}
    world = Environment(quiet, quiet, quiet, False, True, False, 80, variables, MorningClock(), folder)
    session = Session(world)
    for words in TASKS:
        session.actions.add(Draft(words=(words,)), folder=folder)
    app = RemindApp(session)
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("a", *("space" if sign == " " else sign for sign in "buy milk next friday 5pm"))
        await app.workers.wait_for_complete()
        await pilot.pause()
        picture = app.export_screenshot()
    session.close()
    # fonts from somebody's server, which GitHub does not load, and a comment
    return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", picture, flags=re.DOTALL)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PICTURE.write_text(asyncio.run(draw(Path(name))), encoding="utf-8")
