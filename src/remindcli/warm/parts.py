"""What a command prints, as the parts of an answer; and its keyboard, which is somebody else's."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from remindcli import client
from remindcli.cli.environment import OwnProcessNeeded

if TYPE_CHECKING:
    from typing import NoReturn

    from _typeshed import ReadableBuffer

_PART = 1 << 14
"""Bytes that wait at the most to be said; what a command flushes is said at once."""


class NoInput(io.StringIO):
    """The keyboard of somebody else: who reads here needs a process of its own."""

    def _refuse(self) -> "NoReturn":
        raise OwnProcessNeeded

    def read(self, _size: int | None = -1, /) -> str:
        """Refuse."""
        self._refuse()

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # typeshed: bytes, from the base
        """Refuse."""
        self._refuse()

    def __next__(self) -> str:  # type: ignore[override]
        """Refuse."""
        self._refuse()

    def fileno(self) -> int:
        """Refuse."""
        self._refuse()


class Saying:
    """Puts what is written in one piece into one part: a part for each line would wake the asker for each."""

    def __init__(self, say: Callable[[int, bytes], None]) -> None:
        self._say = say
        self._kind = client.OUT
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, kind: int, payload: bytes) -> None:
        """Say this after what was said before."""
        if kind != self._kind:
            self.flush()
            self._kind = kind
        self._waiting.append(payload)
        self._size += len(payload)
        if self._size >= _PART:
            self.flush()

    def flush(self) -> None:
        """Say what waits."""
        if self._waiting:
            self._say(self._kind, b"".join(self._waiting))
            self._waiting.clear()
            self._size = 0


class Part(io.BytesIO):
    """A stream whose bytes are parts of an answer."""

    def __init__(self, kind: int, saying: Saying) -> None:
        super().__init__()
        self._kind = kind
        self._saying = saying

    def write(self, data: "ReadableBuffer", /) -> int:
        payload = bytes(data)
        self._saying.write(self._kind, payload)
        return len(payload)

    def flush(self) -> None:
        self._saying.flush()

    def fileno(self) -> int:
        raise io.UnsupportedOperation("the asker's stream")
