"""The only module that prints: lines and tables for people, tab-separated lines for pipes, JSON for programs."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from remindcli.cli.environment import Environment
from remindcli.core.fields import Value
from remindcli.core.safe import safe
from remindcli.errors import RemindError

TYPE_CHECKING = False  # what typing calls so: importing it takes time, and only a checker needs it
if TYPE_CHECKING:
    from rich.console import Console

_TITLE_ON_SCREEN = 500
_NARROWEST = 20
_LEAST_WIDE = 8
_GAP = 2


class Column(Value):
    """One column of a table on a terminal.

    Attributes:
        key: the cell's name in a row.
        head: its heading.
        is_wide: takes the room that is left, the first one before the others, and may be cut.
        rank: the column of the highest rank is left out first where room is short; 0 never is.
    """

    key: str
    head: str
    is_wide: bool = False
    rank: int = 0


class Output:
    """What a command says.

    Args:
        is_json: results and errors are JSON.

    Attributes:
        is_quiet: only ids are printed.
        form: how --format wants a record; None if it was not given.
        has_nul: a record ends in NUL instead of a line end.
    """

    def __init__(self, environment: Environment, *, is_json: bool = False) -> None:
        self._environment = environment
        self.is_json = is_json
        self.is_quiet = False
        self.form: Callable[[Mapping[str, str], str], str] | None = None
        self.has_nul = False

    @property
    def is_for_people(self) -> bool:
        """Return whether a person reads the result on a terminal."""
        is_plain = self.is_json or self.is_quiet or self.has_nul or self.form is not None
        return self._environment.has_terminal_out and not is_plain

    @property
    def width(self) -> int:
        """Return how many columns there are to fill."""
        return max(_NARROWEST, self._environment.width)

    @property
    def has_blocks(self) -> bool:
        """Return whether what reads the output takes block characters."""
        encoding = getattr(self._environment.stdout, "encoding", None) or "utf-8"
        return encoding.lower().replace("-", "") == "utf8"

    def line(self, text: str = "") -> None:
        """Print a line of the result; what is outside text in it is safe already."""
        self._environment.stdout.write(text + "\n")

    def verbatim(self, text: str) -> None:
        """Print text of a format that has line ends of its own."""
        self._environment.stdout.write(text)

    def styled(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Print a line of pieces, each with its style; without colour the pieces alone."""
        if not self._environment.has_color:
            self.line("".join(text for text, _ in pieces).rstrip())
            return
        from rich.text import Text  # noqa: PLC0415 (see tables)

        self._console().print(Text.assemble(*pieces, end=""), soft_wrap=True)

    def _console(self) -> "Console":
        """Return what puts colour into text."""
        from rich.console import Console  # noqa: PLC0415

        has_color = self._environment.has_color
        return Console(
            file=self._environment.stdout,
            width=self.width,
            height=25,  # not used; without it rich takes 80 columns where TERM is dumb, whatever the width
            force_terminal=True,
            no_color=not has_color,
            color_system="standard" if has_color else None,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def note(self, text: str) -> None:
        """Say something beside the result, on stderr."""
        self._environment.stderr.write(text + "\n")
        self._environment.stderr.flush()

    def draw(self, text: str) -> None:
        """Write to the person's terminal (stderr: stdout is the result's alone); no line is ended."""
        self._environment.stderr.write(text)
        self._environment.stderr.flush()

    def json(self, value: object) -> None:
        """Print one value as JSON."""
        self.line(
            _json(
                value,
                ensure_ascii=self._environment.has_terminal_out,
                indent=2 if self._environment.has_terminal_out else None,
            )
        )

    def row(self, value: object) -> None:
        """Print one line of JSON, at once: an answer to a line that was read."""
        self.line(_json(value, ensure_ascii=self._environment.has_terminal_out))
        self._environment.stdout.flush()

    def records(self, records: Iterable[Mapping[str, object]], keys: Sequence[str]) -> None:
        """Print one line a record, as it comes: by --format, else tab-separated; nothing cut, nothing coloured."""
        write, form = self._environment.stdout.write, self.form
        end = "\0" if self.has_nul else "\n"
        for record in records:
            if form is not None:
                write(form({key: _cell(value) for key, value in record.items()}, end))
            else:
                write("\t".join(_cell(record.get(key)) for key in keys) + end)

    def listed(self, records: Iterable[Mapping[str, object]], keys: Sequence[str]) -> None:
        """Print records for programs, as they come: JSON, ids, or a line each."""
        if not self.is_json:
            self.records(records, keys[:1] if self.is_quiet else keys)
            return
        write, is_terminal = self._environment.stdout.write, self._environment.has_terminal_out
        count = 0
        for record in records:
            text = _json(record, ensure_ascii=is_terminal, indent=2 if is_terminal else None)
            if is_terminal:
                text = "\n  " + text.replace("\n", "\n  ")
            write(("," if count and is_terminal else ", " if count else "[") + text)
            count += 1
        write(("\n]" if is_terminal else "]") + "\n" if count else "[]\n")

    def tables(self, columns: Sequence[Column], sections: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
        """Print tables as wide as the terminal, one under the other with the same columns.

        Args:
            sections: the rows of each table by its title; a column in which nothing stands is left out.
        """
        from rich.cells import cell_len  # noqa: PLC0415 (only a terminal needs it)

        cells = {
            title: [{column.key: safe(row.get(column.key, ""), _TITLE_ON_SCREEN) for column in columns} for row in rows]
            for title, rows in sections.items()
        }
        every = [row for rows in cells.values() for row in rows]
        natural = {
            column.key: max(cell_len(text) for text in (column.head, *(row[column.key] for row in every)))
            for column in columns
            if any(row[column.key] for row in every)
        }
        fit = _fit(columns, natural, self.width)
        widths = {column.key: fit[column.key] for column in columns if column.key in fit}
        heads = {column.key: column.head for column in columns}
        room = min(self.width, sum(widths.values()) + _GAP * (len(widths) - 1))
        lines: list[tuple[str, str]] = []
        for title, rows in cells.items():
            lines += [("", "")] * bool(lines)
            if title:  # under it the columns speak for themselves
                lines.append((title, "bold"))
            else:
                lines += [(_row(heads, widths), "bold dim"), (("\u2500" if self.has_blocks else "-") * room, "")]
            styles = (row.get("style", "") for row in sections[title])
            lines += [(_row(row, widths), style) for row, style in zip(rows, styles, strict=True)]
        cut = [(fitted(line, self.width), style) for line, style in lines]
        self.styled([piece for line, style in cut for piece in ((line, style), ("\n", ""))][:-1])

    def error(self, error: RemindError) -> None:
        """Say what, why, and what to do, on stderr."""
        if self.is_json:
            parts = {"code": error.code, "what": error.what, "why": error.why, "hint": error.hint}
            self.note(_json({"error": parts}, ensure_ascii=False))
            return
        for head, said in (("error: ", error.what), ("  why: ", error.why), (" hint: ", error.hint)):
            if said:
                self.note(head + safe(said, newline="\n"))  # it may repeat what was typed, or stands in a file


def _fit(columns: Sequence[Column], natural: Mapping[str, int], width: int) -> dict[str, int]:
    """Return the width of each column that is shown: the least important go first where room is short.

    Args:
        natural: the width that each column's text would take; a column that is not in it is empty.
    """
    kept = [column for column in columns if column.key in natural]
    while True:
        gaps = _GAP * (len(kept) - 1)
        fixed = sum(natural[column.key] for column in kept if not column.is_wide)
        wide = [column for column in kept if column.is_wide]
        room = width - gaps - fixed
        enough = sum(min(natural[column.key], _LEAST_WIDE) for column in wide)
        droppable = [column for column in kept if column.rank]
        if room >= enough or not droppable:
            break
        kept.remove(max(droppable, key=lambda column: column.rank))
    widths = {column.key: natural[column.key] for column in kept if not column.is_wide}
    for index, column in enumerate(wide):
        others = sum(min(natural[other.key], _LEAST_WIDE) for other in wide[index + 1 :])
        widths[column.key] = max(1, min(natural[column.key], room - others))
        room -= widths[column.key]
    return widths


def _row(cells: Mapping[str, str], widths: Mapping[str, int]) -> str:
    """Return a line of cells, each as wide as its column."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 (see tables)

    parts = []
    for key, width in widths.items():
        text = cells[key]
        spare = width - cell_len(text)
        parts.append(text + " " * spare if spare >= 0 else set_cell_size(text, width - 1) + "…")
    return (" " * _GAP).join(parts).rstrip()


def shown(text: str, limit: int = _TITLE_ON_SCREEN) -> str:
    """Return outside text as it may stand in a line for people."""
    return safe(text, limit)


def _json(value: object, *, ensure_ascii: bool = False, indent: int | None = None) -> str:
    import json  # noqa: PLC0415 (a key press and a table need none)

    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def fitted(text: str, width: int) -> str:
    """Return a line of at most so many columns, the last one an ellipsis where something is left out."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 (see tables)

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


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
