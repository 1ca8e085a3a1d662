"""The command tree: typer, taught to print through our output and to say what was meant."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from remindcli.cli.session import Session
from remindcli.errors import ExitStatus, UsageError

ALIASES = {"a": "add", "d": "done", "s": "snooze", "ls": "list"}
_WIDEST_HELP = 100
_GROUPS = {
    "Every day": ("add", "list", "done", "snooze", "move", "skip", "ack", "undo", "redo"),
    "Looking": (
        *("show", "next", "when", "cal", "forecast", "log", "why", "stats", "tags", "lists", "pick", "tui"),
        "status",
    ),
    "Changing": ("edit", "tag", "note", "pause", "resume", "undone", "rm"),
    "System": (
        *("daemon", "doctor", "failed", "config", "completion", "shell-init", "backup", "export", "import"),
        *("metrics", "demo"),
    ),
}
"""The headings of the help, and the verbs under each in the order in which a newcomer needs them."""

_ORDER = [name for names in _GROUPS.values() for name in names]


def session_of(ctx: typer.Context) -> Session:
    """Return the session of the command that runs."""
    session = ctx.find_root().obj
    assert isinstance(session, Session)
    return session


class _HelpOnOurOutput:
    """Prints --help through the session, not on the process's own stdout."""

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.callback = _print_help
            option.help = "Show this help."
        return option


def _print_help(ctx: Any, _option: Any, value: bool) -> None:  # noqa: FBT001 (typer calls it so)
    if value and not ctx.resilient_parsing:
        session_of(ctx).out.line(ctx.get_help())
        raise typer.Exit


class Command(_HelpOnOurOutput, TyperCommand):
    """A verb. Its help begins with an example; the list of verbs shows the first sentence behind that."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence that says what the verb does."""
        return _first_sentence(self.help or "", limit)


_TAG_OFF = "\ufdd0"
"""Stands before a word like -tag while options are read: a character that no text has."""


class FilterCommand(Command):
    """A verb that takes filter words: -tag among them is a filter and no option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; those like -tag stay where they are among the filter words.

        Raises:
            UsageError: a word with one hyphen is spelled as an option with two.
        """
        rest = super().parse_args(ctx, list(self._marked(args)))
        for name, value in ctx.params.items():
            if isinstance(value, list | tuple):
                ctx.params[name] = [_unmarked(word) for word in value]
        return rest

    def _marked(self, args: Sequence[str]) -> Iterator[str]:
        """Yield the words, those that leave out a tag with a mark; what an option's value or a bundle is stays."""
        options: dict[str, Any] = {name: param for param in self.params for name in param.opts if name.startswith("-")}
        options |= dict.fromkeys(("-h", "--help"), None)
        is_value = is_over = False
        for word in args:
            is_tag = not is_value and not is_over and len(word) > 2 and word[0] == "-" and word[1] not in "-0123456789."
            if is_tag and all(f"-{letter}" in options for letter in word[1:]):
                is_tag = False  # a bundle: -q0
            if is_tag and f"-{word}" in options:
                raise UsageError(f'"{word}" is read as a tag', hint=f"did you mean -{word}? else: not +{word[1:]}")
            yield _TAG_OFF + word if is_tag else word
            is_over = is_over or (word == "--" and not is_value)
            param = options.get(word)
            is_value = not is_value and not is_over and param is not None and not getattr(param, "is_flag", False)


def _unmarked(word: Any) -> Any:
    return word.removeprefix(_TAG_OFF) if isinstance(word, str) else word


class Group(_HelpOnOurOutput, TyperGroup):
    """Verbs under one name; aliases are understood, and a mistyped verb is told what it is near to."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence that says what the verbs do."""
        return _first_sentence(self.help or "", limit)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the verbs in the order in which a newcomer needs them."""
        names: list[str] = super().list_commands(ctx)
        if ctx.parent is not None:
            return names
        # by name where nothing else is said: which verb was imported first must not tell
        return sorted(names, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the verbs under their headings, each with its short name."""
        if ctx.parent is not None:
            super().format_commands(ctx, formatter)
            return
        short = {name: alias for alias, name in ALIASES.items()}
        names = [name for name in self.list_commands(ctx) if not self.commands[name].hidden]
        labels = {name: f"{name}, {short[name]}" if name in short else name for name in names}
        room = formatter.width - 6 - max(map(len, labels.values()))
        for heading, those in {**_GROUPS, "Further": [name for name in names if name not in _ORDER]}.items():
            rows = [(labels[name], self.commands[name].get_short_help_str(room)) for name in those if name in labels]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl([(f"{label:<{max(map(len, labels.values()))}}", text) for label, text in rows])

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name or alias."""
        name = ALIASES.get(cmd_name, cmd_name) if ctx.parent is None else cmd_name
        return super().get_command(ctx, name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the command and the remaining words.

        Raises:
            UsageError: there is no such command.
        """
        if not args or args[0].startswith("-") or self.get_command(ctx, args[0]) is not None:
            return super().resolve_command(ctx, args)
        names = [name for name, command in self.commands.items() if not command.hidden]
        near = get_close_matches(args[0], names, n=1)
        path = ctx.command_path
        raise UsageError(
            f'there is no command "{args[0]}"',
            hint=f"did you mean {path} {near[0]}?" if near else f"{path} --help lists the commands",
        )


def _first_sentence(text: str, limit: int) -> str:
    _example, _, rest = text.partition("\n\n")
    sentence = " ".join(rest.split()).partition(". ")[0].rstrip(".")
    if len(sentence) <= limit:
        return sentence
    # its first clauses say it as well, if they fit
    for marks in ("[;:]", ","):
        clauses = [sentence[: found.start()] for found in re.finditer(marks, sentence) if found.start() <= limit]
        if clauses:
            return clauses[-1]
    return sentence[: limit - 3].rsplit(" ", 1)[0] + "..."


app = typer.Typer(
    cls=Group,
    name="remind",
    add_completion=False,
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run(argv: Sequence[str], session: Session) -> int:
    """Run the command that the words name; return its exit status.

    Raises:
        RemindError: what a user is told of.
    """
    command = tree()
    environment = session.environment
    try:
        context = command.make_context(
            "remind",
            list(argv),
            obj=session,
            terminal_width=min(environment.width, _WIDEST_HELP) if environment.has_terminal_out else 80,
        )
        with context:
            status = command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        return ExitStatus.INTERRUPTED
    except typer.TyperException as error:
        raise _as_usage_error(error) from error
    return status if isinstance(status, int) else ExitStatus.OK


_built: dict[int, Any] = {}


def tree() -> Any:
    """Return the tree of the commands that are imported, built anew when there are more: it holds no state of a run."""
    size = len(app.registered_commands) + len(app.registered_groups)
    if size not in _built:
        _built.clear()
        _built[size] = typer.main.get_command(app)
    return _built[size]


def _as_usage_error(error: Exception) -> UsageError:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    hint = f"{context.command_path} --help shows how" if context is not None else "remind --help shows how"
    return UsageError(message[:1].lower() + message[1:].rstrip("."), hint=hint)
