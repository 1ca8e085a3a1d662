"""What was sent and does not stand in the store yet: a note beside it, which outlives a killed daemon.

An outcome is written into the store for many messages at once: a synced write takes longer than most channels do. Until
then a line in `remind.db.told` says that a message is on its way, and another one that it was taken. The lines are
not synced: a kill loses none of them, a power cut may, and then what they told of is told again.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MOST_BYTES = 16_000_000
"""No honest file is longer; of one that is the rest is not read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """That a channel took a message.

    Attributes:
        channel: its name.
        target: where it went.
        taken_at: UTC milliseconds.
        again_at: when it is told again, UTC milliseconds by the id of the delivery.
        is_unseen: nobody was there to see it.
    """

    channel: str
    target: str
    taken_at: int
    again_at: Mapping[int, int] = field(default_factory=dict)
    is_unseen: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """What the notes say; a delivery is named by the owner of its claim and its id.

    Attributes:
        owners: whose claims there are notes of: what such a daemon claimed and did not note was not begun.
        begun: what was on its way.
        taken: what was taken by a channel.
    """

    owners: frozenset[str]
    begun: frozenset[tuple[str, int]]
    taken: Mapping[tuple[str, int], Taken]


class ToldFile:
    """The notes of a store. Writing may fail, as on a full disk: who writes hears of it, and nothing is raised."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._kept = 0

    def begin(self, owner: str, ids: Sequence[int]) -> bool:
        """Note that a message about these deliveries is handed over now; return whether it was noted."""
        return self._write({"begun": [owner, list(ids)]})

    def take(self, owner: str, ids: Sequence[int], taken: Taken) -> bool:
        """Note that a channel took it; return whether it was noted."""
        about = {
            "channel": taken.channel,
            "target": taken.target,
            "at": taken.taken_at,
            "again": {str(one): moment for one, moment in taken.again_at.items()},
            "unseen": taken.is_unseen,
        }
        return self._write({"taken": [owner, list(ids)], **about})

    def settle(self) -> None:
        """Forget the notes made here: all that they tell of stands in the store. What was there before is kept."""
        if self._descriptor is not None:
            try:
                os.ftruncate(self._descriptor, self._kept)
            except OSError:
                self.close()  # notes of what is recorded say nothing any more: they match no claim

    def forget_all(self) -> None:
        """Forget also what another daemon has left: it was read, and stands in the store."""
        self._kept = 0
        try:
            if self.path.stat().st_size:
                os.truncate(self.path, 0)
        except OSError:
            return

    def read(self) -> Notes:
        """Return what is noted; a line that was not written whole is left out."""
        begun: set[tuple[str, int]] = set()
        taken: dict[tuple[str, int], Taken] = {}
        for line in self._lines():
            try:
                keys, told = _read_line(line)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                continue  # torn by a kill or a power cut; no line means that it is told again
            begun.update(keys)
            if told is not None:
                taken.update(dict.fromkeys(keys, told))
        return Notes(frozenset(owner for owner, _ in begun), frozenset(begun), taken)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lines(self) -> list[bytes]:
        try:
            with self.path.open("rb") as file:
                return file.read(_MOST_BYTES).splitlines()
        except OSError:
            return []

    def _write(self, line: Mapping[str, object]) -> bool:
        try:
            if self._descriptor is None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
                self._descriptor = os.open(self.path, flags, 0o600)
                self._kept = os.fstat(self._descriptor).st_size
            text = b"\n" + json.dumps(line).encode() + b"\n"  # a line that was torn before does not spoil it
            return os.write(self._descriptor, text) == len(text)
        except OSError:
            return False


def _read_line(line: bytes) -> tuple[list[tuple[str, int]], Taken | None]:
    about = json.loads(line)
    owner, ids = about["begun"] if "begun" in about else about["taken"]
    keys = [(str(owner), int(one)) for one in ids]
    if "begun" in about:
        return keys, None
    again = {int(one): int(moment) for one, moment in about["again"].items()}
    return keys, Taken(str(about["channel"]), str(about["target"]), int(about["at"]), again, bool(about["unseen"]))
