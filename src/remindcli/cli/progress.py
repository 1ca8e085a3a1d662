"""What a long command says of itself: one line on stderr after a second, on a terminal, gone when it is done."""

from threading import Lock, Timer
from types import TracebackType
from typing import Self

from remindcli.cli.environment import Environment
from remindcli.core.safe import safe

_CLEAR = "\r\x1b[K"


class Progress:
    """Says what takes so long, once it does.

    Args:
        after_seconds: how long a command may take before it says anything.
    """

    def __init__(self, environment: Environment, *, after_seconds: float = 1.0) -> None:
        self._stderr = environment.stderr
        self._is_shown = environment.has_terminal_err and environment.variables.get("TERM") != "dumb"
        self._width = max(20, environment.width - 1)
        self._timer = Timer(after_seconds, self._begin)
        self._timer.daemon = True
        self._lock = Lock()
        self._has_begun = False
        self._text = ""
        self._share = ""

    def __enter__(self) -> Self:
        if self._is_shown:
            self._timer.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._is_shown = False
            if self._has_begun:
                self._write("")

    def doing(self, text: str) -> None:
        """Note what is done now."""
        with self._lock:
            self._text, self._share = text, ""
            self._show()

    def count(self, done: int, total: int) -> None:
        """Note how much of it is done."""
        share = f" {100 * done // total} %" if total else ""
        with self._lock:
            if share != self._share:
                self._share = share
                self._show()

    def _begin(self) -> None:
        with self._lock:
            self._has_begun = self._is_shown
            self._show()

    def _show(self) -> None:
        if self._has_begun and self._is_shown:
            self._write(safe(f"{self._text}{self._share} ...", self._width))

    def _write(self, text: str) -> None:
        self._stderr.write(_CLEAR + text)
        self._stderr.flush()
