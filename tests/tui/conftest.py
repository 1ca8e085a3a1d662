"""`screen`: the interactive view on a real store, driven by keys."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import FakeClock
from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from remindcli.cli.environment import Environment
from remindcli.cli.session import Session
from remindcli.draft import Draft
from remindcli.store.reading import Item
from remindcli.tui.app import RemindApp

SECONDS = 300.0
"""Far longer than any of them takes, also on a busy machine."""


def waits(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test that waits for the screen, and end it where what it waits for never comes."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async def whole() -> None:
            async with asyncio.timeout(SECONDS):
                await test(*args, **kwargs)

        asyncio.run(whole())

    return run


@dataclass
class Desktop:
    """A store of the test's own, and the world of the command that opens the view."""

    session: Session
    clock: FakeClock

    def add(self, words: str) -> Item:
        """Write a task down."""
        item = self.session.actions.add(Draft(words=(words,)), folder=self.session.environment.cwd).item
        assert item is not None
        return item

    def item(self, task_id: int) -> Item:
        """Return where a task stands."""
        return self.session.store.item(task_id)

    @asynccontextmanager
    async def open(self, *, width: int = 80, height: int = 24, words: str = "") -> AsyncIterator["Screen"]:
        """Open the view."""
        app = RemindApp(self.session, filter_words=words)
        async with app.run_test(size=(width, height)) as pilot:
            screen = Screen(app, pilot)
            await screen.settle()
            yield screen


@dataclass
class Screen:
    """What a person sees, and the keys that they press."""

    app: RemindApp
    pilot: Pilot[None]

    async def settle(self) -> None:
        """Wait until all that was begun is shown."""
        await self.pilot.pause()
        while running := [worker for worker in self.app.workers if not worker.is_finished]:
            for worker in running:
                with suppress(WorkerCancelled):  # a later one of its group took its place, and is waited for next
                    await worker.wait()
            await self.pilot.pause()
        await self.pilot.pause()

    async def shows(self, text: str) -> None:
        """Wait until a text is on the screen."""
        while text not in self.text:
            await self.pilot.pause(0.02)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other is answered."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text: the most of it at once, as a paste comes, and the last by its key."""
        self.app.screen.query_one(Input).insert_text_at_cursor(text[:-1])
        await self.pilot.press("space" if text[-1] == " " else text[-1])
        await self.settle()

    @property
    def lines(self) -> list[str]:
        """Return the lines of the screen as they stand there, without what is empty at their ends."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        """Return the screen as one text."""
        return "\n".join(self.lines)


@pytest.fixture
def desktop(folder: Path) -> Iterator[Desktop]:
    """Return a store at nine in the morning of Tuesday, 24 November 2026, in Berlin."""
    clock = FakeClock(datetime(2026, 11, 24, 8, tzinfo=UTC), "Europe/Berlin")
    environment = Environment(
        stdin=StringIO(),
        stdout=StringIO(),
        stderr=StringIO(),
        has_terminal_in=True,
        has_terminal_out=True,
        has_terminal_err=True,
        width=80,
        variables={"HOME": str(folder), "REMIND_DB": str(folder / "remind.db")},
        clock=clock,
        cwd=folder,
    )
    session = Session(environment)
    yield Desktop(session, clock)
    session.close()
