"""Where the interactive view does its verbs: one after the other, off the screen's thread; what they say is caught."""

import asyncio
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Timer
from typing import NamedTuple, TypeVar

from remindcli.cli.environment import Environment
from remindcli.cli.output import Output
from remindcli.cli.session import Session
from remindcli.errors import RemindError

PATIENCE_SECONDS = 0.5
"""How long the store may keep us waiting before the screen says so."""

_T = TypeVar("_T")


class Said(NamedTuple):
    """What came of a verb, in the words of the command line.

    Attributes:
        text: lines, safe to show.
        is_error: nothing was changed, and this says why.
    """

    text: str
    is_error: bool = False


class Desk:
    """A session whose work is done on a thread of its own, so that a store that is held does not hold the screen.

    Args:
        on_wait: called on another thread with True once the store has kept us waiting for a while, and with False when
            it lets us in.
    """

    def __init__(self, session: Session, on_wait: Callable[[bool], None]) -> None:
        self._session = session
        self.store = session.store  # opened before there is a screen: what is wrong with it is told as anywhere else
        self._on_wait = on_wait
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="desk")

    def open(self) -> None:
        """Begin to tell of waiting."""
        self.store.say_while_waiting(self._waiting)

    def close(self) -> None:
        """End the thread once what is under way is done; the store is the session's to close."""
        self._thread.shutdown(cancel_futures=True)
        self.store.say_while_waiting(None)

    async def do(self, verb: Callable[[Session], None]) -> Said:
        """Do a verb, and return what it says; an error that a user is told of is said too."""
        return await self.work(lambda session: _said(session, verb))

    async def work(self, task: Callable[[Session], _T]) -> _T:
        """Return what a task finds in the session.

        Raises:
            RemindError: as the task has it.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, task, self._session)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        has_waited = Event()

        def tell() -> None:
            has_waited.set()
            self._on_wait(True)

        timer = Timer(PATIENCE_SECONDS, tell)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()  # so that True is never said after False
            if has_waited.is_set():
                self._on_wait(False)


def _said(session: Session, verb: Callable[[Session], None]) -> Said:
    environment, out = session.environment, session.out
    words, notes = io.StringIO(), io.StringIO()
    session.out = Output(
        Environment(
            stdin=io.StringIO(),
            stdout=words,
            stderr=notes,
            has_terminal_in=False,
            has_terminal_out=True,
            has_terminal_err=False,
            width=environment.width,
            variables={"NO_COLOR": "1"},
            clock=environment.clock,
            cwd=environment.cwd,
        )
    )
    try:
        verb(session)
    except RemindError as error:
        session.out.error(error)
        return Said(notes.getvalue().rstrip(), is_error=True)
    finally:
        session.out = out
    return Said((words.getvalue() + notes.getvalue()).rstrip())
