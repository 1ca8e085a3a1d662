"""The only module that prints: lines and tables for people, tab-separated lines for pipes, JSON for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remindcli.cli.environment import Environment
from remindcli.core.safe import safe
from remindcli.errors import RemindError

_TITLE_ON_SCREEN = 500


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table on a terminal.

    Attributes:
        key: the cell's name in a row.
        head: its heading.
        is_wide: takes the room that is left, and may be cut.
        style: how rich shows it; never the only carrier of a meaning.
    """

    key: str
    head: str
    is_wide: bool = False
    style: str = ""


class Output:
    """What a command says.

    Args:
        is_json: results and errors are JSON.

    Attributes:
        is_quiet: only ids are printed.
    """

    def __init__(self, environment: Environment, *, is_json: bool = False) -> None:
        self._environment = environment
        self.is_json = is_json
        self.is_quiet = False

    @property
    def is_for_people(self) -> bool:
        """Return whether a person reads the result on a terminal."""
        return self._environment.has_terminal_out and not self.is_json and not self.is_quiet

    def line(self, text: str = "") -> None:
        """Print a line of the result; what is outside text in it is safe already."""
        self._environment.stdout.write(text + "\n")

    def note(self, text: str) -> None:
        """Say something beside the result, on stderr."""
        self._environment.stderr.write(text + "\n")
        self._environment.stderr.flush()

    def data(self, value: object) -> None:
        """Print JSON."""
        self.line(
            json.dumps(
                value,
                ensure_ascii=self._environment.has_terminal_out,
                indent=2 if self._environment.has_terminal_out else None,
            )
        )

    def records(self, records: Sequence[Mapping[str, object]], keys: Sequence[str]) -> None:
        """Print one tab-separated line a record: nothing cut, nothing coloured."""
        for record in records:
            self.line("\t".join(_cell(record.get(key)) for key in keys))

    def table(self, columns: Sequence[Column], rows: Sequence[Mapping[str, str]], *, title: str = "") -> None:
        """Print a table as wide as the terminal; a column in which nothing stands is left out."""
        from rich.box import SIMPLE_HEAD  # noqa: PLC0415 (50 ms, and only a terminal needs it)
        from rich.console import Console  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        environment = self._environment
        console = Console(
            file=environment.stdout,
            width=max(20, environment.width),
            force_terminal=True,
            no_color=not environment.has_color,
            color_system="standard" if environment.has_color else None,
            highlight=False,
            markup=False,
            emoji=False,
        )
        table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False, padding=(0, 1))
        shown = [column for column in columns if any(row.get(column.key) for row in rows)]
        for column in shown:
            table.add_column(
                Text(column.head, style="dim"),
                style=column.style,
                no_wrap=True,
                overflow="ellipsis",
                ratio=1 if column.is_wide else None,
                min_width=8 if column.is_wide else None,
            )
        for row in rows:
            table.add_row(
                *(Text(safe(row.get(column.key, ""), _TITLE_ON_SCREEN), style=row.get("style", "")) for column in shown)
            )
        if title:
            console.print(Text(title, style="bold"))
        console.print(table)

    def error(self, error: RemindError) -> None:
        """Say what, why, and what to do, on stderr."""
        if self.is_json:
            parts = {"code": error.code, "what": error.what, "why": error.why, "hint": error.hint}
            self.note(json.dumps({"error": parts}, ensure_ascii=False))
            return
        self.note(f"error: {error.what}")
        if error.why:
            self.note(f"  why: {error.why}")
        if error.hint:
            self.note(f" hint: {error.hint}")


def shown(text: str, limit: int = _TITLE_ON_SCREEN) -> str:
    """Return outside text as it may stand in a line for people."""
    return safe(text, limit)


def _cell(value: object) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case list() | tuple():
            return ",".join(_cell(item) for item in value)
        case _:
            return safe(str(value))
