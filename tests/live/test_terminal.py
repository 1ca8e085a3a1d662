"""The terminal channel on terminals where a program is really logged in."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from tests.channels.contract import HOSTILE_TITLES, refusal_of
from tests.live.rig import until

from remindcli.channels import Message, Refusal, tmux
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


class Tmux:
    """A tmux server under test, and a second one in whose only pane a client of the first may be looked at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "TMUX"},
            "TMUX_TMPDIR": str(folder),
            "TERM": "screen",
            "LC_ALL": "C.UTF-8",
        }
        self.run("new-session", "-d", "-x", "120", "-y", "12", "exec cat")

    def run(self, *words: str, server: str = "default") -> str:
        command = ["tmux", "-L", server, "-f", "/dev/null", "-u", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def attach(self) -> None:
        """Attach a client on a terminal that `screen` reads."""
        self.run("new-session", "-d", "-x", "120", "-y", "12", "exec env TMUX= tmux -L default attach", server="outer")
        until(lambda: self.run("list-clients"), what="the client")
        until(lambda: "[0]" in self.screen(), what="the client's first drawing")

    def screen(self) -> str:
        """Return what the client shows."""
        return self.run("capture-pane", "-p", server="outer")

    def pane(self) -> str:
        return self.run("capture-pane", "-p")

    def terminals(self) -> tuple[Path, Path]:
        """Return the terminals of the client and of the pane."""
        client = self.run("list-clients", "-F", "#{client_tty}").strip()
        return Path(client), Path(self.run("list-panes", "-a", "-F", "#{pane_tty}").strip())

    def channel(self) -> TerminalChannel:
        """Return a channel that knows of this client and pane alone."""
        return TerminalChannel(
            list_terminals=lambda: [one for one in self.terminals() if one.is_char_device()],
            list_servers=lambda: [self.folder / f"tmux-{os.getuid()}" / "default"],
        )

    def close(self) -> None:
        for server in ("outer", "default"):
            subprocess.run(
                ["tmux", "-L", server, "kill-server"], env=self.environment, capture_output=True, check=False
            )
        shutil.rmtree(self.folder)


@pytest.fixture
def server(require: Callable[..., None]) -> Iterator[Tmux]:
    """Return a tmux server with one pane and no client."""
    require("tmux")
    server = Tmux(Path(tempfile.mkdtemp(prefix="tmux-")))  # a socket's path must be short
    yield server
    server.close()


class TestTmux:
    def test_the_client_shows_the_message_and_the_pane_keeps_the_line(self, server: Tmux) -> None:
        server.attach()
        client, pane = server.terminals()
        receipt = server.channel().send(Message("key", "pay rent", "due 09:00"))
        assert receipt.target == f"tmux on {client}, {pane}"
        assert server.screen().rstrip().splitlines()[-1].startswith("pay rent  (due 09:00)")
        assert "⏰ pay rent  (due 09:00)" in server.pane()

    def test_the_bell_rings_on_the_client_s_own_terminal(self, server: Tmux) -> None:
        server.attach()
        server.run("set-option", "-g", "monitor-bell", "on", server="outer")
        server.run("set-option", "-g", "bell-action", "none")  # no bell of the pane comes through
        server.run("new-window", "exec cat", server="outer")  # so that the client's window is not the current one
        server.channel().send(Message("key", "pay rent"))
        flags = ("list-windows", "-F", "#{window_index}#{window_bell_flag}")
        assert until(lambda: "01" in server.run(*flags, server="outer"), what="the bell")

    @pytest.mark.parametrize(("title", "seen"), HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
    def test_a_hostile_title_is_text(self, server: Tmux, title: str, seen: str) -> None:
        server.attach()
        server.channel().send(Message("key", title))
        line = server.screen().rstrip().splitlines()[-1]
        assert line.startswith(seen[:100])

    def test_no_title_runs_a_program_or_is_a_format(self, server: Tmux) -> None:
        server.attach()
        with tempfile.TemporaryDirectory(prefix="t-") as folder:  # a short name: the line is as wide as the client
            title = f"#(touch {folder}/x) #{{pid}} #[fg=red] ##[x] %H %% # C## ###"
            server.channel().send(Message("key", title))
            assert server.screen().rstrip().splitlines()[-1].rstrip() == title
            assert list(Path(folder).iterdir()) == []

    def test_what_draws_over_the_whole_pane_is_left_alone(self, server: Tmux) -> None:
        server.attach()
        server.run("respawn-pane", "-k", "printf '\\033[?1049hdrawn'; exec cat")
        until(lambda: "drawn" in server.pane(), what="the full-screen program")
        client, _ = server.terminals()
        assert server.channel().send(Message("key", "pay rent")).target == f"tmux on {client}"
        assert "pay rent" not in server.pane()

    def test_what_nobody_is_attached_to_reaches_nobody(self, server: Tmux) -> None:
        assert refusal_of(server.channel()) == (Refusal.ABSENT, False)
        assert not server.pane().strip(), "it would be there again for each try"

    def test_a_server_that_hangs_holds_up_little_and_its_pane_is_told_as_any_terminal(self, server: Tmux) -> None:
        server.attach()
        _, pane = server.terminals()
        number = int(server.run("display-message", "-p", "#{pid}"))
        socket = server.folder / f"tmux-{os.getuid()}" / "default"
        channel = TerminalChannel(list_terminals=lambda: [pane], list_servers=lambda: [socket])
        os.kill(number, signal.SIGSTOP)
        try:
            assert channel.send(Message("key", "pay rent")).target == str(pane)
        finally:
            os.kill(number, signal.SIGCONT)
        assert until(lambda: "pay rent" in server.pane(), what="the line")

    def test_a_server_that_is_gone_is_nobody(self, server: Tmux) -> None:
        socket = server.folder / f"tmux-{os.getuid()}" / "default"
        server.run("kill-server")
        socket.touch()
        assert tmux.tell("pay rent", [socket]) == tmux.Told()

    def test_the_servers_of_the_user_are_found_and_no_others(self, server: Tmux, tmp_path: Path) -> None:
        folder = server.folder / f"tmux-{os.getuid()}"
        (folder / "no-socket").touch()
        assert tmux.list_servers(server.environment) == [folder / "default"]
        own = {**server.environment, "TMUX_TMPDIR": str(tmp_path), "TMUX": f"{folder}/default,1,0"}
        assert tmux.list_servers(own) == [folder / "default"]
        folder.chmod(0o777)
        assert tmux.list_servers(server.environment) == [], "anybody may have put it there"

    def test_without_tmux_nothing_is_run(self, server: Tmux) -> None:
        assert tmux.tell("pay rent", tmux.list_servers(server.environment), {"PATH": ""}) == tmux.Told()
