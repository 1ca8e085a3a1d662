"""A list on the terminal from which a person picks: type to narrow it, arrows to go, Enter to take."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining, east_asian_width

from remindcli.cli.environment import Environment
from remindcli.cli.output import shown
from remindcli.errors import NotFoundError

if TYPE_CHECKING:
    from remindcli.cli.session import Session
    from remindcli.store.reading import Item

ROWS = 10
"""How many lines are shown at once at the most."""

_UP, _DOWN, _TAKE, _ERASE, _CLEAR, _LEAVE = "up", "down", "take", "erase", "clear", "leave"
_KEYS = {
    "\x1b[A": _UP,
    "\x1bOA": _UP,
    "\x10": _UP,
    "\x1b[B": _DOWN,
    "\x1bOB": _DOWN,
    "\x0e": _DOWN,
    "\r": _TAKE,
    "\n": _TAKE,
    "\x7f": _ERASE,
    "\x08": _ERASE,
    "\x15": _CLEAR,
    "\x1b": _LEAVE,
    "\x03": _LEAVE,
    "\x04": _LEAVE,
    "": _LEAVE,
}
_ESCAPE_PATIENCE = 0.05
"""Seconds in which the rest of an arrow key's sequence comes after its Esc."""


class Choice(NamedTuple):
    """One line of the list."""

    value: int
    text: str


class Picker:
    """Which lines pass what is typed, and which of them is marked; draws nothing.

    Args:
        choices: at least one.
    """

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self.typed = ""
        self.marked = 0
        self.matching = list(choices)

    def press(self, key: str) -> bool:
        """Take a key; return whether the list is done with: a line was taken, or the person leaves.

        Raises:
            KeyboardInterrupt: the person leaves.
        """
        match _KEYS.get(key, key):
            case "leave":
                raise KeyboardInterrupt
            case "take":
                return bool(self.matching)
            case "up":
                self.marked = max(0, self.marked - 1)
            case "down":
                self.marked = max(0, min(len(self.matching) - 1, self.marked + 1))
            case "erase":
                self._type(self.typed[:-1])
            case "clear":
                self._type("")
            case _ if key.isprintable():
                self._type(self.typed + key)
        return False

    def _type(self, text: str) -> None:
        self.typed = text
        words = text.casefold().split()
        self.matching = [one for one in self._choices if all(word in one.text.casefold() for word in words)]
        self.marked = 0

    def lines(self, rows: int) -> list[tuple[bool, str]]:
        """Return the lines that are shown, each with whether it is marked; the marked one is among them."""
        first = max(0, min(self.marked - rows // 2, len(self.matching) - rows))
        part = self.matching[first : first + rows]
        return [(first + number == self.marked, one.text) for number, one in enumerate(part)]


def is_possible(environment: Environment) -> bool:
    """Return whether somebody is there to pick: both ends are a terminal whose keys can be read one by one."""
    return environment.has_terminal_in and environment.has_terminal_err and sys.platform != "win32"


def pick_task(session: "Session", items: "Sequence[Item]", title: str) -> int:
    """Let a person pick a task; return its id.

    Raises:
        NotFoundError: there is none to pick.
        KeyboardInterrupt: the person leaves.
    """
    from remindcli.cli import records  # noqa: PLC0415

    if not items:
        raise NotFoundError("there is nothing to pick from", hint="remind add call bob tomorrow 5pm")
    now, zone = session.now_and_zone()
    dues = [records.due_words(item.occurrence, now=now, zone=zone) for item in items]
    wide, far = max(len(str(item.task.id)) for item in items), max(map(len, dues))
    choices = [
        Choice(item.task.id, f"{item.task.id:>{wide}}  {due:<{far}}  {shown(item.task.title, 200)}")
        for item, due in zip(items, dues, strict=True)
    ]
    return pick(session, choices, title)


def pick(session: "Session", choices: Sequence[Choice], title: str) -> int:
    """Let a person pick a line; return its value. Drawn on stderr: stdout is the result's alone.

    Raises:
        KeyboardInterrupt: the person leaves (Esc, Ctrl-C, Ctrl-D).
    """
    environment = session.environment
    environment.claim_keyboard()
    picker = Picker(choices)
    drawn = 0
    with _keys(environment) as read_key:
        try:
            while True:
                lines = _lines(picker, environment, title)
                session.out.draw(_rewind(drawn) + "\x1b[J" + "\r\n".join(lines))
                drawn = len(lines)
                if picker.press(read_key()):
                    return picker.matching[picker.marked].value
        finally:
            session.out.draw(_rewind(drawn) + "\x1b[J")


def _lines(picker: Picker, environment: Environment, title: str) -> list[str]:
    """Return the lines of the list as they stand on the terminal."""
    width = max(10, environment.width - 1)
    lines = [_cut(f"{title} {picker.typed}", width)]
    for is_marked, text in picker.lines(ROWS):
        line = _cut(f"{'>' if is_marked else ' '} {text}", width)
        lines.append(f"\x1b[7m{line}\x1b[0m" if is_marked and environment.has_color else line)
    if not picker.matching:
        lines.append("  nothing matches")
    elif len(picker.matching) > ROWS:
        lines.append(_cut(f"  {len(picker.matching)} match; type to narrow them", width))
    return lines


def _cut(text: str, width: int) -> str:
    """Return the begin of a text that takes no more columns than these; a wide character takes two."""
    columns = 0
    for end, character in enumerate(text):
        columns += 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
        if columns > width:
            return text[: end - 1] + "…"
    return text


def _rewind(drawn: int) -> str:
    return "\r" + (f"\x1b[{drawn - 1}A" if drawn > 1 else "")


@contextmanager
def _keys(environment: Environment) -> Iterator[Callable[[], str]]:
    """Read the terminal key by key while this is open; what it was set to is put back whatever happens."""
    import select  # noqa: PLC0415
    import termios  # noqa: PLC0415
    import tty  # noqa: PLC0415

    source = environment.stdin.fileno()
    before = termios.tcgetattr(source)

    def more(patience: float) -> bool:
        return bool(select.select([source], [], [], patience)[0])

    def read_key() -> str:
        key = os.read(source, 1)
        if key == b"\x1b":
            while len(key) < 8 and more(_ESCAPE_PATIENCE):
                key += os.read(source, 1)
                if len(key) > 2 and key[-1:].isalpha():
                    break
        else:
            while len(key) < 4 and _is_partial(key):
                key += os.read(source, 1)
        return key.decode("utf-8", "replace")

    tty.setraw(source, termios.TCSADRAIN)
    try:
        yield read_key
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)


def _is_partial(key: bytes) -> bool:
    """Return whether these bytes are the begin of a character."""
    if not key or key[0] < 0xC0:
        return False
    wanted = 2 if key[0] < 0xE0 else 3 if key[0] < 0xF0 else 4
    return len(key) < wanted
