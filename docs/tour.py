"""Draws docs/tour.svg: a session that is really run, as a terminal shows it. Run it: .venv/bin/python docs/tour.py"""

import io
import re
import shlex
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from remindcli.channels import Message, Receipt
from remindcli.cli import main
from remindcli.cli.environment import Environment
from remindcli.daemon.engine import Engine
from remindcli.store.store import Store

PICTURE = Path(__file__).with_name("tour.svg")
WIDTH = 106
ZONE = ZoneInfo("Europe/Berlin")
SESSION = """
$ remind add call bob tomorrow 5pm +work
$ remind add pay rent every month on the 31st 9am p1
$ remind add water the plants 3 days after done
$ remind add stand up every weekday 9:30 +work
@ 2026-11-24 09:31
$ remind
$ remind done
$ remind move bob friday 10am
$ remind add pay the phone -d 'tomorow noon'
$ remind edit plants +home -a 1d
$ remind undo --list -n 3
$ remind undo
"""

_THEME = TerminalTheme(
    (24, 26, 31),
    (214, 216, 220),
    [(69, 71, 78), (240, 113, 120), (152, 195, 121), (229, 192, 123), (97, 175, 239), (198, 120, 221), (86, 182, 194),
     (214, 216, 220)],
    [(120, 124, 134), (255, 138, 145), (171, 214, 141), (245, 212, 146), (130, 195, 250), (216, 146, 238),
     (110, 205, 216), (255, 255, 255)],
)  # fmt: skip
# rich's own, without the font that it fetches from elsewhere
_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


class Clock:
    """Stands at nine in the morning of Tuesday, 24 November 2026, in Berlin, until the session moves it."""

    instant = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def now(self) -> datetime:
        """Return where it stands."""
        return self.instant

    def zone(self) -> ZoneInfo:
        """Return Berlin."""
        return ZONE


class Bell:
    """A channel that shows a reminder as the session's own line."""

    name = "terminal"
    timeout_seconds = 1.0

    def __init__(self) -> None:
        self.heard: list[str] = []

    def send(self, message: Message) -> Receipt:
        """Keep it."""
        self.heard.append(f"\x1b[1;33m♪ {message.title}\x1b[0m  {message.body}")
        return Receipt(self.name, "1")


def session() -> str:
    """Return the session as a terminal gets it, with its colours."""
    clock = Clock()
    shown: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "remind.db")
        for line in SESSION.strip().splitlines():
            mark, _, rest = line.partition(" ")
            if mark == "@":
                shown += ["", *ring_until(rest, clock, database)]
                continue
            shown += ["", f"\x1b[1;32m$\x1b[0m \x1b[1m{rest}\x1b[0m"]
            out = io.StringIO()
            variables = {"HOME": folder, "REMIND_DB": str(database), "TERM": "xterm-256color"}
            world = Environment(io.StringIO(), out, out, True, True, True, WIDTH, variables, clock, Path(folder))
            main(shlex.split(rest)[1:], world)
            shown += [one for one in out.getvalue().splitlines() if not one.startswith("warning: no daemon")]
    return "\n".join(shown[1:]) + "\n"


def ring_until(wall: str, clock: Clock, database: Path) -> list[str]:
    """Let time pass with a daemon that rings; return what is heard at the end of it."""
    bell = Bell()
    store = Store(database, clock)
    engine = Engine(store, {"terminal": bell}, clock, order=["terminal"], owner="tour", workers=1)
    end = datetime.fromisoformat(wall).replace(tzinfo=ZONE).astimezone(UTC)
    while clock.instant < end:
        next_at = engine.tick()
        clock.instant = end if next_at is None else max(clock.instant, min(end, next_at))
    engine.tick()
    store.close()
    return bell.heard[-1:]


def picture(text: str) -> str:
    """Return a session as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text.rstrip("\n")))
    drawn = console.export_svg(title="remind", theme=_THEME, code_format=_FORMAT, unique_id="tour")
    drawn = drawn.replace("<text ", '<text xml:space="preserve" ')
    return "\n".join(line.rstrip(" ") for line in drawn.splitlines()) + "\n"


def words(drawn: str) -> list[str]:
    """Return the words that stand in a picture."""
    from html import unescape  # noqa: PLC0415

    texts = re.findall(r"<text [^>]*>([^<]*)</text>", drawn)
    return unescape(" ".join(texts)).replace("\xa0", " ").split()


if __name__ == "__main__":
    PICTURE.write_text(picture(session()), encoding="utf-8")
