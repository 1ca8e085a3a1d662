"""The daemon's log: a file beside the store that is turned over before it grows large, and the terminal."""

import json
import logging
import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Event
from typing import TextIO

_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_BYTES = 1_000_000
_KEPT = 3
_FOLLOW_SECONDS = 0.5


def log_of(store: Path) -> Path:
    """Return the log file of a store's daemon."""
    return store.with_name(store.name + ".log")


class JsonFormatter(logging.Formatter):
    """Writes an object a line: at (ISO 8601, UTC), level, logger, message, and trace where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line of JSON."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


class _PrivateFile(RotatingFileHandler):
    """The log's file, for the user alone also after it was turned over: it tells what the reminders are about."""

    def _open(self) -> TextIOWrapper:
        os.close(os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        return super()._open()


def begin(store: Path, *, stderr: TextIO | None, is_json: bool = False) -> None:
    """Write the log of this process to the store's log file (0600), and to stderr where there is one.

    A folder in which no file can be made leaves stderr. Begun anew, it goes on in the new format alone.

    Args:
        is_json: an object a line, for programs that collect logs.
    """
    handlers: list[logging.Handler] = []
    if stderr is not None:
        handlers.append(logging.StreamHandler(stderr))
    path = log_of(store)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handlers.append(_PrivateFile(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8"))
    root = logging.getLogger("remindcli")
    root.setLevel(logging.INFO)
    for before in [one for one in root.handlers if isinstance(one, logging.StreamHandler)]:
        root.removeHandler(before)
        if isinstance(before, _PrivateFile):
            before.close()
    for handler in handlers:
        handler.setFormatter(JsonFormatter() if is_json else logging.Formatter(_FORMAT))
        root.addHandler(handler)


def tail(store: Path, count: int) -> list[str]:
    """Return the last lines of the log, also of what was turned over; none if there is no log."""
    path = log_of(store)
    lines: list[str] = []
    for one in (path, *(path.with_name(f"{path.name}.{number}") for number in range(1, _KEPT + 1))):
        if len(lines) >= count:
            break
        with suppress(FileNotFoundError), one.open(encoding="utf-8", errors="replace") as file:
            lines = [line.rstrip("\n") for line in deque(file, maxlen=count - len(lines))] + lines
    return lines


def follow(store: Path) -> Iterator[str]:
    """Yield the lines that are written from now on, over turns of the file; never ends by itself."""
    path = log_of(store)
    position = path.stat().st_size if path.exists() else 0
    while True:
        if path.exists():
            size = path.stat().st_size
            if size < position:  # turned over
                position = 0
            if size > position:
                with path.open("rb") as file:
                    file.seek(position)
                    text = file.read()
                whole, newline, _ = text.rpartition(b"\n")
                position += len(whole) + len(newline)
                yield from whole.decode("utf-8", "replace").splitlines()
        Event().wait(_FOLLOW_SECONDS)
