"""The terminal channel on terminals where a program is really logged in."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from remindcli.channels import Message
from remindcli.channels.terminal import TerminalChannel, list_terminals


@pytest.fixture
def login() -> Iterator["pexpect.spawn[str]"]:
    """Return a program with a terminal of its own, which shows that it is ready."""
    with pexpect.spawn("sh", ["-c", "stty iutf8; echo ready; cat"], encoding="utf-8", timeout=10) as program:
        program.expect_exact("ready\r\n")
        yield program


def terminal_of(program: "pexpect.spawn[str]") -> Path:
    return Path(f"/proc/{program.pid}/fd/0").readlink()


def test_a_terminal_with_a_login_is_found_and_told(login: "pexpect.spawn[str]") -> None:
    assert terminal_of(login) in list_terminals()
    receipt = TerminalChannel().send(Message("key", "pay rent", "due 09:00"))
    assert str(terminal_of(login)) in receipt.target
    login.expect_exact("\a⏰ pay rent  (due 09:00)\r")


def test_a_terminal_that_nobody_is_logged_in_on_is_not_found() -> None:
    master, slave = os.openpty()
    try:
        assert Path(os.ttyname(slave)) not in list_terminals()
    finally:
        os.close(slave)
        os.close(master)


def test_a_daemon_in_the_background_of_a_tostop_terminal_is_not_stopped(tmp_path: Path) -> None:
    script = tmp_path / "send.py"
    script.write_text(
        "import os\nfrom pathlib import Path\n"
        "from remindcli.channels import Message\nfrom remindcli.channels.terminal import TerminalChannel\n"
        "own = Path(os.ttyname(0))\n"
        "TerminalChannel(list_terminals=lambda: [own]).send(Message('key', 'milk'))\n"
    )
    command = f"stty tostop; {sys.executable} {script} & wait $!; status=$?; stty -tostop; echo status $status"
    with pexpect.spawn("bash", ["-mc", command], encoding="utf-8", timeout=10) as program:
        program.expect_exact("milk")
        program.expect_exact("status 0")
