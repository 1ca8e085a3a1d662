"""The tmux servers of the user: a message on the status line of each client, and which terminals are theirs."""

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from remindcli.channels.program import run

SHOWN_SECONDS = 5
"""How long a message stays, unless a key is pressed: tmux draws nothing else meanwhile."""

CALL_SECONDS = 1.0
ALL_SECONDS = 2.0
"""How long all calls together may take."""

_CLIENTS = "#{client_control_mode} #{client_tty} #{client_name}"
_PANES = "#{session_attached} #{alternate_on} #{pane_tty}"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a message.

    Attributes:
        clients: the terminals of the clients that show it.
        ring: those of them on which a bell alone is to be rung.
        keep_off: the terminals on which no line is to be written: tmux draws the whole of them, or a full-screen
            program does and its client shows the message, or no client shows them.
    """

    clients: Sequence[Path] = ()
    ring: Sequence[Path] = ()
    keep_off: frozenset[Path] = frozenset()


def list_servers(environment: Mapping[str, str] = os.environ) -> Sequence[Path]:
    """Return the sockets of tmux servers that are this user's and that nobody else can have put there."""
    if sys.platform == "win32":
        return ()
    user = os.getuid()
    folder = Path(environment.get("TMUX_TMPDIR") or "/tmp") / f"tmux-{user}"  # noqa: S108 (where tmux puts them)
    candidates: list[Path] = []
    with suppress(OSError):
        candidates = sorted(folder.iterdir())
    if own := environment.get("TMUX", "").partition(",")[0]:
        candidates.append(Path(own))
    return [path for path in dict.fromkeys(candidates) if _is_own_socket(path, user)]


def _is_own_socket(path: Path, user: int) -> bool:
    try:
        around, socket = path.parent.lstat(), path.lstat()
    except (OSError, ValueError):
        return False
    # As tmux itself has it: whoever may write to the folder may put a server of their own there.
    is_own_folder = stat.S_ISDIR(around.st_mode) and around.st_uid == user and not around.st_mode & stat.S_IRWXO
    return is_own_folder and stat.S_ISSOCK(socket.st_mode) and socket.st_uid == user


def tell(text: str, servers: Iterable[Path], environment: Mapping[str, str] = os.environ) -> Told:
    """Show a line on every client of these servers; one that does not answer is left alone.

    Args:
        text: one line that is safe on a terminal; for tmux it is text and nothing else.
    """
    found = list(servers)
    program = shutil.which("tmux", path=environment.get("PATH", os.defpath)) if found else None
    if program is None:
        return Told()
    ends_at = monotonic() + ALL_SECONDS
    clients: list[Path] = []
    ring: list[Path] = []
    keep_off: set[Path] = set()

    def ask(server: Path, *words: str) -> str | None:
        """Return what tmux answers; None if it does not, or says no."""
        left = min(CALL_SECONDS, ends_at - monotonic())
        if left <= 0:
            return None
        try:
            ended = run([program, "-S", str(server), *words], "", seconds=left, environment=environment)
        except OSError:
            return None
        return ended.output if ended.status == 0 else None

    for server in found:
        took = False
        for words in _rows(ask(server, "list-clients", "-F", _CLIENTS)):
            is_control, terminal, name = words[0] == "1", Path(words[1]), words[2]
            keep_off.add(terminal)
            line = ["display-message", "-c", name, "-d", str(SHOWN_SECONDS * 1000), "--", literal(text)]
            if ask(server, *line) is None:
                continue
            took = True
            clients.append(terminal)
            if not is_control:  # there even a bell is in the way: tmux speaks its protocol on it
                ring.append(terminal)
        shown: dict[Path, bool] = {}
        for words in _rows(ask(server, "list-panes", "-a", "-F", _PANES)):
            is_free = words[0] != "0" and not (took and words[1] == "1")
            pane = Path(words[2])
            shown[pane] = shown.get(pane, False) or is_free  # a window may be in several sessions
        keep_off |= {pane for pane, is_free in shown.items() if not is_free}
    return Told(tuple(clients), tuple(ring), frozenset(keep_off))


def literal(text: str) -> str:
    """Return a text so that tmux shows it as it is: `#(…)` would run a program, and `%H` be the hour.

    `##` is a `#` when the format is expanded, and since tmux 3.3 several are halved again when it is drawn, which
    one alone is not; before `[` they are halved only then.
    """

    def doubled(found: re.Match[str]) -> str:
        signs = found[0]
        is_halved_twice = len(signs) > 1 and text[found.end() : found.end() + 1] != "["
        return signs * (4 if is_halved_twice else 2)

    return re.sub("#+", doubled, text).replace("%", "%%")


def _rows(answer: str | None) -> list[list[str]]:
    whole = (answer or "").rpartition("\n")[0]  # of a very long answer the end is missing
    rows = [line.split(" ", 2) for line in whole.splitlines()]
    return [row for row in rows if len(row) == 3 and row[-1]]
