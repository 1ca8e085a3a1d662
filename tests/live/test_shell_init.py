"""The hook of `remind shell-init` in real shells: a prompt tells what rang, once, and stays what it was."""

import re
import shlex
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pexpect
import pytest
from tests.live.conftest import Require
from tests.live.shells import COMMANDS, ESCAPES

from remindcli.channels import Message, Receipt
from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

pytestmark = pytest.mark.live

SECONDS = 20.0
CANARY = "canary"
HOSTILE = f"call bob $(touch {CANARY}) `touch {CANARY}` '\" \\ %F{{red}} (touch {CANARY}) \x1b[31m\nx"
_RC = {
    "bash": (
        "rc",
        "PS1='READY> '\nbind 'set enable-bracketed-paste off'\n{more}\neval \"$(remind shell-init bash)\"\n",
    ),
    "zsh": (
        ".zshrc",
        "PROMPT='READY> '\nsetopt prompt_subst\nunsetopt prompt_cr prompt_sp beep\neval \"$(remind shell-init zsh)\"\n",
    ),
    "fish": (
        ".config/fish/config.fish",
        """\
function fish_prompt; echo 'READY> '; end
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
remind shell-init fish | source
""",
    ),
}


class Desktop:
    """A channel that takes everything."""

    name: ClassVar[str] = "desktop"
    timeout_seconds: ClassVar[float] = 1.0

    def send(self, _message: Message) -> Receipt:
        """Take it."""
        return Receipt(self.name, "1")


class Shell:
    """A shell with the hook in a home of its own."""

    def __init__(self, name: str, home: Path, more: str = "") -> None:
        # a store whose place is as hostile as a title
        self.folder = home / "it's a $(touch canary) folder"
        self.folder.mkdir()
        self.db = self.folder / "remind.db"
        program = home / "bin" / "remind"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m remindcli "$@"\n')
        program.chmod(0o755)
        env = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": f"{home}/bin:/usr/local/bin:/usr/bin:/bin",
            "REMIND_DB": str(self.db),
            "TERM": "xterm",
            "TZ": "UTC",
        }
        file, text = _RC[name]
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text(text.replace("{more}", more))
        self.store = Store(self.db, SystemClock())
        command = [part.format(home=home) for part in COMMANDS[name]]
        self._child: pexpect.spawn[str] = pexpect.spawn(
            command[0],
            command[1:],
            cwd=str(self.folder),
            env=env,  # type: ignore[arg-type]
            encoding="utf-8",
            codec_errors="replace",
            dimensions=(60, 200),
            timeout=SECONDS,
        )
        self._child.delaybeforesend = None
        self._seen = ""
        self.reads("READY> ")

    def rings(self, title: str) -> None:
        """Have a task ring, as a daemon does it."""
        clock = SystemClock()
        self.store.add(NewTask(title, Rule(clock.now().replace(tzinfo=None, microsecond=0), "UTC")))
        Engine(self.store, {"desktop": Desktop()}, clock, order=("desktop",), owner="test").tick()

    def types(self, line: str, end: str) -> str:
        """Type a line and Enter; return what is shown up to that and the next prompt."""
        self._seen = ""
        self._child.send(line + "\r")
        return self.reads(end, "READY> ")

    def reads(self, *texts: str) -> str:
        """Return what is shown, as soon as these stand in it one after the other."""
        pattern = re.compile(".*".join(map(re.escape, texts)), re.DOTALL)
        ends_at = time.monotonic() + SECONDS
        while not pattern.search(self.screen):
            try:
                self._seen += self._child.read_nonblocking(65536, timeout=max(ends_at - time.monotonic(), 0.01))
            except (pexpect.TIMEOUT, pexpect.EOF):
                pytest.fail(f"no {texts} in:\n{self.screen}")
        return self.screen

    @property
    def screen(self) -> str:
        """Return what was shown since the last keys, without colours and moves of the cursor."""
        return ESCAPES.sub("", self._seen)

    def close(self) -> None:
        """End the shell."""
        self._child.close(force=True)
        self.store.close()


@pytest.fixture(params=["bash", "bash with commands", "zsh", "fish"])
def shell(request: pytest.FixtureRequest, tmp_path: Path, require: Require) -> Iterator[Shell]:
    """Return a shell with the hook; one bash has prompt commands of its own already."""
    name = request.param.split()[0]
    require(name)
    more = "PROMPT_COMMAND='true;'" if " " in request.param else ""
    opened = Shell(name, tmp_path, more)
    try:
        yield opened
    finally:
        opened.close()


def test_the_prompt_tells_what_rang_once_and_keeps_the_status(shell: Shell, tmp_path: Path) -> None:
    status = "$status" if "fish" in str(shell._child.command) else "$?"
    shell.types("true", "true")
    shell.rings(HOSTILE)
    told = shell.types("false", "(remind done 1)")
    today = f"{datetime.now(UTC):%H:}"  # noqa: TID251 (what the machine's clock shows)
    assert f"remind: {today}" in told
    assert f"call bob $(touch {CANARY}) `touch" in told
    assert "1>" in shell.types(f"echo a{status}'>'", "a")
    shell.rings("pay the rent")
    told = shell.types("echo twi''ce", "(remind done 2)")
    assert "call bob" not in told
    assert "remind:" not in shell.types("echo on''ce more", "once more")
    assert not list(tmp_path.rglob(CANARY))


def test_a_store_that_is_gone_or_damaged_breaks_no_prompt(shell: Shell) -> None:
    shell.db.write_bytes(b"no store at all")
    shown = shell.types("echo al''ive", "alive")
    assert "rror" not in shown
    shell.db.unlink()
    shown = shell.types("echo sti''ll", "still")
    assert "rror" not in shown
