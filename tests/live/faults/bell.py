"""A daemon that rings in a file: what reached the user is known without asking the store.

    python -m tests.live.faults.bell STORE FILE

It is the engine and the process around it as they are; only the channel is of this folder.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from tests.live.rig import until

from remindcli.channels import Message, Receipt
from remindcli.clock import SystemClock
from remindcli.daemon import serve
from remindcli.store.store import Store

ROOT = Path(__file__).parents[3]


class FileChannel:
    """Tells in a line of JSON at the end of a file; one write, so that a kill leaves a whole line or none."""

    name: ClassVar[str] = "bell"
    timeout_seconds: ClassVar[float] = 5.0

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: Message) -> Receipt:
        """Write the line, with the time by this process's clock."""
        at_ms = round(SystemClock().now().timestamp() * 1000)
        line = json.dumps({"at_ms": at_ms, "key": message.key, "title": message.title, "body": message.body})
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, line.encode() + b"\n")
        finally:
            os.close(file)
        return Receipt(self.name, str(self._path))


@dataclass(frozen=True, slots=True)
class Rung:
    """One message that reached the user, and when by the clock of the daemon that told it."""

    at: datetime
    key: str
    title: str
    body: str

    @property
    def titles(self) -> list[str]:
        """Return what it tells of: its title, or each that a digest names in a line of its own."""
        if not self.key.startswith("digest-"):
            return [self.title]
        return [line.partition(" (")[0] for line in self.body.splitlines()]


def rung_in(path: Path) -> list[Rung]:
    """Return what a bell has told in a file, in its order."""
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Rung(datetime.fromtimestamp(line["at_ms"] / 1000, UTC), line["key"], line["title"], line["body"])
        for line in lines
    ]


def ring(store: Path, told: Path) -> None:
    """Serve a store in this process, until a signal."""
    channel = FileChannel(told)
    opened = Store(store, SystemClock())
    serve.run(opened, {channel.name: channel}, SystemClock(), order=(channel.name,))
    opened.close()


class Belfry:
    """A folder with a store, and the file in which its daemon rings.

    Attributes:
        db: the store.
        told: the file in which it rings.
        log: what it says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = folder / "remind.db"
        self.log = folder.with_suffix(".log")
        self.told = folder.with_suffix(".told")

    def rung(self) -> list[Rung]:
        """Return what was told, in its order."""
        return rung_in(self.told)

    def titles(self) -> list[str]:
        """Return the titles of all that was told, those in a digest too, in their order."""
        return [title for one in self.rung() for title in one.titles]

    def until_told(self, title: str, seconds: float = 20.0) -> Rung:
        """Return the first message that tells of a title, as soon as there is one."""

        def found() -> Rung | None:
            return next((one for one in self.rung() if title in one.titles), None)

        told = until(found, seconds, f"{title!r} (told: {self.titles()}, log: {self.log_text()})")
        assert told is not None
        return told

    def log_text(self) -> str:
        """Return what the daemon has said so far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def variables(self) -> dict[str, str]:
        """Return the environment of every process here."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "REMIND_DB": str(self.db),
            "PYTHONPATH": str(ROOT),
            "TZ": "UTC",
        }

    @contextmanager
    def daemon(
        self, variables: Mapping[str, str] | None = None, *, under: Sequence[str] = ()
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """Run the daemon until the end of the block; return once it serves.

        Args:
            variables: set for it, beside those of every process here.
            under: a command that runs it.
        """
        command = [*under, sys.executable, "-m", "tests.live.faults.bell", str(self.db), str(self.told)]
        env = {**self.variables(), **(variables or {})}
        with (
            self.log.open("ab") as log,
            subprocess.Popen(command, cwd=ROOT, env={k: v for k, v in env.items() if v}, stderr=log) as process,
        ):
            begun = self.log_text().count(" serves ")
            try:
                until(
                    lambda: process.poll() is not None or self.log_text().count(" serves ") > begun, what="the daemon"
                )
                assert process.poll() is None, self.log_text()
                yield process
            finally:
                process.kill()


def main() -> None:
    """Ring for the store and into the file that the command line names."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    ring(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
