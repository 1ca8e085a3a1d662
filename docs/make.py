"""Writes docs/cli.md and docs/remindcli.1 from the same text as --help: .venv/bin/python docs/make.py"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from remindcli.cli import commands

FOLDER = Path(__file__).parent
PAGE, MANUAL = FOLDER / "cli.md", FOLDER / "remindcli.1"

_ABOUT = "reminders for people who live in a terminal"
_WORDS_OF_TASKS = (
    "Where a command takes tasks, a word is an id (7), a range (12-15), several of both (7,9,12-15), or a text that "
    "stands in one title alone. As soon as one word is of the filter language (+tag -tag @list p1 overdue is:done), "
    "all of them together are a filter; what it finds several of needs --yes where nobody can be asked."
)
_STREAMS = (
    "The result goes to standard output, everything else to standard error. A terminal gets a table as wide as it is; "
    "a pipe gets one tab-separated line a record, nothing cut, times in ISO 8601 with offset; --json is stable, fields "
    "are only ever added. NO_COLOR and TERM=dumb take the colours away; nothing is said by colour alone."
)
_STATUSES = (
    ("0", "done; an empty list too"),
    ("1", "it could not be done"),
    ("2", "the words are wrong, or a phrase, a filter or a setting can't be read"),
    ("3", "no task, or several, answer to a word"),
    ("4", "nothing matched (only with --exit-code)"),
    ("5", "no daemon runs (status, doctor)"),
    ("70", "a bug of ours"),
    ("130", "Ctrl-C"),
)
_FILES = (
    ("~/.local/share/remindcli/remind.db", "the store ($XDG_DATA_HOME; REMIND_DB; --db)"),
    ("~/.config/remindcli/config.toml", "the settings ($XDG_CONFIG_HOME; REMIND_CONFIG); each also as REMIND_NAME"),
)
_SIGNS = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga", '"': "\\(dq"}
"""What roff would read otherwise, or show as another sign."""


class Page(NamedTuple):
    """One command, as its --help has it.

    Attributes:
        path: the words that call it.
        takes: the words that it takes.
        options: the names of each with its value, and what it does.
    """

    path: str
    takes: str
    example: str
    text: str
    options: list[tuple[str, str]]


def pages() -> Iterator[Page]:
    """Yield every command in the order of the help, those under a command behind it."""
    yield from _pages(commands.tree(), "remind", None)


def _pages(command: Any, path: str, parent: Any) -> Iterator[Page]:
    example, _, text = (command.help or "").partition("\n\n")
    takes = " ".join(_metavar(one) for one in command.params if one.param_type_name == "argument")
    options = [
        (_names(one), one.help or "")
        for one in command.params
        if one.param_type_name == "option" and not getattr(one, "hidden", False)
    ]
    yield Page(
        path, takes or getattr(command, "subcommand_metavar", "") or "", example, " ".join(text.split()), options
    )
    if hasattr(command, "list_commands"):
        context = command.make_context(path, [], parent=parent, resilient_parsing=True)
        for name in command.list_commands(context):
            found = command.commands[name]
            if not found.hidden:
                yield from _pages(found, f"{path} {name}", context)


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.human_readable_name)


def _names(option: Any) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag or option.count else f"{names} {option.metavar or option.type.name.upper()}"


def markdown() -> str:
    """Return docs/cli.md."""
    lines = [
        "# The commands",
        "",
        "<!-- written by docs/make.py from the same text as --help -->",
        "",
        *_wrapped(_WORDS_OF_TASKS),
        "",
        *_wrapped(_STREAMS),
        "",
        "| exit status | |",
        "|---|---|",
        *(f"| {status} | {text} |" for status, text in _STATUSES),
    ]
    for page in pages():
        lines += ["", f"## {page.path}", "", "```sh", page.example, "```", "", *_wrapped(page.text)]
        if page.takes:
            lines += ["", f"`{page.path} {page.takes}`"]
        if page.options:
            lines += ["", "| option | |", "|---|---|"]
            lines += [f"| `{_in_table(names)}` | {_in_table(text)} |" for names, text in page.options]
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap  # noqa: PLC0415

    return wrap(text, 120, break_long_words=False, break_on_hyphens=False)


def _in_table(text: str) -> str:
    return text.replace("|", "\\|")


def manual() -> str:
    """Return docs/remindcli.1, for man."""
    first, *rest = pages()
    lines = [
        '.\\" written by docs/make.py from the same text as --help',
        ".TH REMINDCLI 1",
        ".SH NAME",
        f"remindcli, remind \\- {_ABOUT}",
        ".SH SYNOPSIS",
        "\\fBremind\\fR [\\fIcommand\\fR] [\\fIwords\\fR]...",
        ".SH DESCRIPTION",
        _roff(first.text),
        ".PP",
        _roff(_WORDS_OF_TASKS),
        ".PP",
        _roff(_STREAMS),
        ".SH OPTIONS",
        *_tagged(first.options),
        ".SH COMMANDS",
    ]
    for page in rest:
        lines += [f".SS {_roff(f'{page.path} {page.takes}'.strip())}", ".EX", _roff(page.example), ".EE"]
        lines += [".PP", _roff(page.text), *_tagged(one for one in page.options if one[0] != "-h, --help")]
    lines += [".SH EXIT STATUS", *_tagged(_STATUSES), ".SH FILES", *_tagged(_FILES)]
    lines += [".SH SEE ALSO", "Times that are understood: docs/time.md. Settings: docs/settings.md."]
    return "\n".join(lines) + "\n"


def _tagged(rows: Any) -> Iterator[str]:
    for name, text in rows:
        yield ".TP"
        yield f"\\fB{_roff(name)}\\fR"
        yield _roff(text)


def _roff(text: str) -> str:
    """Return a text in which nothing is a command of roff."""
    plain = (
        text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    )
    return f"\\&{plain}" if plain.startswith((".", "\\(aq")) else plain


def write() -> None:
    """Write both pages."""
    PAGE.write_text(markdown(), encoding="utf-8")
    MANUAL.write_text(manual(), encoding="utf-8")


if __name__ == "__main__":
    assert commands
    write()
