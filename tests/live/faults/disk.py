"""A disk that loses its power: what a store's files may hold when the unsynced writes are there, or not, or torn.

The model is the strict one: data is safe once its file is synced, a name (made, removed, renamed) once its folder is.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

SECTOR = 512
RECORDED = ("open", "openat", "mkdir", "pwrite64", "write", "ftruncate", "fsync", "fdatasync", "unlink", "rename")

_UNFINISHED = re.compile(r"(?P<call>(?P<thread>\d+) .*?) *<unfinished \.\.\.>$")
_RESUMED = re.compile(r"(?P<thread>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")
_CALL = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<args>.*)\) += (?P<result>-?\d+)")
_FILE = re.compile(r"^\d+<(?P<path>[^>]*)>")
_STRING = re.compile(r'"(?P<hex>(?:\\x[0-9a-f]{2})*)"')

Files = Mapping[str, bytes]
"""What stands on the disk: each file by its path."""


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that was done to the disk.

    Attributes:
        kind: create, mkdir, write, truncate, sync, unlink, rename.
        to: the new name of a rename.
        at: the offset of a write, the length of a truncation.
    """

    kind: str
    path: str
    to: str = ""
    at: int = 0
    data: bytes = b""


def read_log(log: str, folder: str) -> list[Op]:
    """Return what a log of strace (-y -xx) tells of a folder, in its order."""
    ops = [op for line in _whole_lines(log) if (found := _CALL.match(line)) for op in _ops(found)]
    above = str(PurePath(folder).parent)
    # a file that is only read, or was there, is not made: `create` is dropped where the name is known
    known: set[str] = set()
    kept = []
    for op in ops:
        if not (op.path == above and op.kind == "sync") and not PurePath(op.path).is_relative_to(folder):
            continue
        if op.kind == "create" and op.path in known:
            continue
        if op.kind == "create":
            known.add(op.path)
        elif op.kind == "unlink":
            known.discard(op.path)
        elif op.kind == "rename":
            known.discard(op.path)
            known.add(op.to)
        kept.append(op)
    return kept


def _whole_lines(log: str) -> Iterator[str]:
    """Yield the calls of a log, each in one line: strace parts one during which another thread did something."""
    begun: dict[str, str] = {}
    for line in log.splitlines():
        if parted := _UNFINISHED.match(line):
            begun[parted["thread"]] = line[: parted.end("call")]
        elif ended := _RESUMED.match(line):
            yield begun.pop(ended["thread"], "") + ended["rest"]
        else:
            yield line


def _ops(call: re.Match[str]) -> Iterator[Op]:
    name, args = call["name"], call["args"]
    if int(call["result"]) < 0:
        return
    strings = [bytes.fromhex(text.replace("\\x", "")) for text in _STRING.findall(args)]
    opened = _FILE.match(args)
    path = _decoded(opened["path"]) if opened else ""
    match name:
        case "open" | "openat" if "O_CREAT" in args:
            yield Op("create", strings[0].decode())
        case "mkdir":
            yield Op("mkdir", strings[0].decode())
        case "pwrite64":
            yield Op("write", path, at=int(args.rpartition(", ")[2]), data=strings[0])
        case "write":
            assert not path.endswith(("remind.db", "-journal", ".new")), "SQLite writes with an offset"
        case "ftruncate":
            yield Op("truncate", path, at=int(args.rpartition(", ")[2]))
        case "fsync" | "fdatasync":
            yield Op("sync", path)
        case "unlink":
            yield Op("unlink", strings[0].decode())
        case "rename":
            yield Op("rename", strings[0].decode(), to=strings[1].decode())


def _decoded(path: str) -> str:
    return bytes.fromhex(path.replace("\\x", "")).decode() if "\\x" in path else path


@dataclass(slots=True)
class _File:
    """A file: what is safe of it, and the writes and truncations since."""

    safe: bytes = b""
    pending: list[Op] = field(default_factory=list)

    def after(self, ops: Sequence[Op]) -> bytes:
        """Return its bytes after some of the pending operations."""
        content = bytearray(self.safe)
        for op in ops:
            if op.kind == "truncate":
                del content[op.at :]
                content.extend(bytes(op.at - len(content)))
            else:
                content.extend(bytes(max(0, op.at - len(content))))
                content[op.at : op.at + len(op.data)] = op.data
        return bytes(content)

    def torn(self, chance: random.Random) -> bytes:
        """Return its bytes where each sector has got some of its writes, the earlier ones before the later."""
        steps = [self.safe]
        for op in self.pending:
            steps.append(_File(steps[-1]).after([op]))
        size = len(chance.choice(steps))
        sectors = []
        for begin in range(0, size, SECTOR):
            versions = [step[begin : begin + SECTOR] for step in steps if len(step) > begin]
            sectors.append(chance.choice(versions).ljust(min(SECTOR, size - begin), b"\0")[: size - begin])
        return b"".join(sectors)


class Disk:
    """A folder on a disk, and what a cut of the power may leave of it."""

    def __init__(self) -> None:
        self._files: list[_File] = []
        self._names: dict[str, int] = {}
        self._safe_names: dict[str, int] = {}
        self._pending_names: list[tuple[Op, int]] = []

    def do(self, op: Op) -> None:
        """Do one thing."""
        match op.kind:
            case "create" | "mkdir":
                self._files.append(_File())
                self._names[op.path] = len(self._files) - 1
                self._pending_names.append((op, self._names[op.path]))
            case "unlink":
                self._pending_names.append((op, self._names.pop(op.path)))
            case "rename":
                self._names[op.to] = self._names.pop(op.path)
                self._pending_names.append((op, self._names[op.to]))
            case "write" | "truncate":
                self._files[self._names[op.path]].pending.append(op)
            case "sync":
                if op.path in self._names:
                    file = self._files[self._names[op.path]]
                    file.safe, file.pending = file.after(file.pending), []
                here = [pair for pair in self._pending_names if str(PurePath(pair[0].path).parent) == op.path]
                self._rename(self._safe_names, here)
                self._pending_names = [pair for pair in self._pending_names if pair not in here]

    def everything(self) -> Files:
        """Return the files with all that was done: what a killed program leaves."""
        return self._on_disk(self._names, {index: file.after(file.pending) for index, file in enumerate(self._files)})

    def only_what_is_safe(self) -> Files:
        """Return the files with nothing that was not synced."""
        return self._on_disk(self._safe_names, {index: file.safe for index, file in enumerate(self._files)})

    def some(self, chance: random.Random, *, is_torn: bool) -> Files:
        """Return the files with some of what was not synced: any of the writes, or torn ones; the first names."""
        names = dict(self._safe_names)
        self._rename(names, self._pending_names[: chance.randint(0, len(self._pending_names))])
        contents = {}
        for index, file in enumerate(self._files):
            if is_torn:
                contents[index] = file.torn(chance) if file.pending else file.safe
            else:
                contents[index] = file.after([op for op in file.pending if chance.random() < 0.5])
        return self._on_disk(names, contents)

    @staticmethod
    def _rename(names: dict[str, int], ops: Sequence[tuple[Op, int]]) -> None:
        for op, index in ops:
            if op.kind in ("create", "mkdir"):
                names[op.path] = index
            else:
                names.pop(op.path, None)
            if op.kind == "rename":
                names[op.to] = index

    def _on_disk(self, names: Mapping[str, int], contents: Mapping[int, bytes]) -> Files:
        """Return what can be reached: a file in a folder whose own name was lost is lost."""
        folders = {op.path for op, _ in self._pending_names if op.kind == "mkdir"} - set(names)
        return {
            path: contents[index]
            for path, index in names.items()
            if not any(PurePath(path).is_relative_to(folder) for folder in folders)
        }
