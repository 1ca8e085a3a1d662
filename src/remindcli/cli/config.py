"""The verbs of the settings: remind config list|get|set|unset|edit|path."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, Group, app
from remindcli.cli.output import Column, shown
from remindcli.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path


_COLUMNS = (
    Column("name", "setting"),
    Column("value", "value", is_wide=True),
    Column("origin", "from", is_wide=True, rank=1),
)
_KEYS = ("name", "value", "origin")

config = typer.Typer(
    cls=Group, invoke_without_command=True, rich_markup_mode=None, add_completion=False, subcommand_metavar="[VERB]"
)
app.add_typer(config, name="config", cls=Group)

Name = Annotated[str, typer.Argument(metavar="SETTING")]


@config.callback()
def overview(ctx: typer.Context, *, is_json: asked.Json = False) -> None:
    """remind config set all_day_at 08:30

    Show the settings, where each comes from, and change them (docs/settings.md says what each does).
    """
    if ctx.invoked_subcommand is None:
        _list(asked.begin(ctx, is_json=is_json))


@config.command("list", cls=Command)
def list_settings(ctx: typer.Context, *, is_json: asked.Json = False) -> None:
    """remind config list

    List the settings with their values, and where each comes from: a variable, a line of the file, or the default.
    """
    _list(asked.begin(ctx, is_json=is_json))


@config.command(cls=Command)
def get(ctx: typer.Context, name: Name, *, is_json: asked.Json = False) -> None:
    """remind config get snooze_minutes

    Print the value of one setting.
    """
    session = asked.begin(ctx, is_json=is_json)
    row = _row(session, name)
    if session.out.is_json:
        session.out.json(row)
    else:
        session.out.line(shown(_words(row["value"])))


@config.command("set", cls=Command)
def put(ctx: typer.Context, name: Name, words: Annotated[list[str], typer.Argument(metavar="VALUE...")]) -> None:
    """remind config set snooze_minutes 15

    Write a setting into the file; its comments stay. A daemon that runs takes it up by itself. Of a setting that holds
    names, one: views.mine "@work or p1", nag.@work 20m.
    """
    from remindcli import settings_file  # noqa: PLC0415

    session = asked.begin(ctx)
    head, entry = settings_file.parted(name)
    if head == "views" and entry:
        _check_view(session, entry, " ".join(words))
    settings_file.put(_file(session), name, words)
    _say(session, head)


@config.command(cls=Command)
def unset(ctx: typer.Context, name: Name) -> None:
    """remind config unset snooze_minutes

    Take a setting out of the file; the default holds again.
    """
    from remindcli import settings, settings_file  # noqa: PLC0415

    session = asked.begin(ctx)
    settings_file.take_off(_file(session), name)
    name = settings_file.parted(name)[0]
    if name in settings.NAMES:
        _say(session, name)


@config.command(cls=Command)
def edit(ctx: typer.Context) -> None:
    """remind config edit

    Change the file in $VISUAL or $EDITOR; it is kept only if it is right, and what is wrong is said in it.
    """
    from remindcli import settings_file  # noqa: PLC0415
    from remindcli.channels import registry  # noqa: PLC0415
    from remindcli.cli import editor  # noqa: PLC0415

    session = asked.begin(ctx)
    file = _file(session)
    before = editor.text_of(file)

    def keep(text: str) -> None:
        settings_file.check(text, file, lambda found: registry.check(found.channels))
        settings_file.write(file, text)

    if editor.change(session, before or settings_file.template(), "remind-config-", ".toml", keep):
        session.out.note(f"written: {file}")


@config.command(cls=Command)
def path(ctx: typer.Context) -> None:
    """remind config path

    Print where the settings file is, or would be.
    """
    session = asked.begin(ctx)
    session.out.line(str(_file(session)))


def _check_view(session: Session, name: str, words: str) -> None:
    """Raise what is wrong with a saved view: said when it is made, not each time when it is used."""
    from remindcli.core import filters  # noqa: PLC0415

    clock = session.environment.clock
    views = {**session.settings.views("views"), name: words}
    filters.read([name], now=clock.now(), zone=clock.zone(), views=views, options=session.options())


def _file(session: Session) -> "Path":
    return session.environment.cwd / session.settings_path


def _list(session: Session) -> None:
    from remindcli.settings import NAMES  # noqa: PLC0415

    rows = [_row(session, name) for name in NAMES] + _channel_rows(session)
    if session.out.is_json:
        session.out.json(rows)
        return
    words = [{**row, "value": _words(row["value"])} for row in rows]
    if session.out.is_for_people:
        session.out.tables(_COLUMNS, {"": [{key: shown(str(row[key])) for key in _KEYS} for row in words]})
    else:
        session.out.records(words, _KEYS)


def _row(session: Session, name: str) -> dict[str, object]:
    from remindcli import settings  # noqa: PLC0415

    setting = next((one for one in settings.TABLE if one.name == name), None)
    if setting is None:
        raise settings.unknown_setting(name)
    from remindcli.channels.secret import HIDDEN  # noqa: PLC0415

    now = session.settings
    return {
        "name": name,
        "value": HIDDEN if setting.is_secret and now.written[name] else now.written[name],
        "default": setting.default,
        "origin": now.origins[name],
        "help": setting.help,
    }


def _channel_rows(session: Session) -> list[dict[str, object]]:
    """Return the options of the channels that have a table; of a secret only where it stands."""
    tables = session.settings.channels
    if not tables:
        return []
    from remindcli.channels import registry  # noqa: PLC0415

    rows: list[dict[str, object]] = []
    for table in tables.values():
        known = {one.name: one for one in registry.options_of(table.kind)}
        lines: dict[str, tuple[object, str]] = {"kind": (table.kind, table.origin)} if table.kind != table.name else {}
        lines |= {name: (value, table.origins[name]) for name, value in registry.shown(table).items()}
        for name, (value, origin) in lines.items():
            option = known.get(name)
            rows.append(
                {
                    "name": f"channel.{table.name}.{name}",
                    "value": value,
                    "default": option.default if option else None,
                    "origin": origin,
                    "help": option.help if option else "The kind of the channel.",
                }
            )
    return rows


def _words(value: object) -> str:
    """Return a value as it could be typed after `config set`."""
    import json  # noqa: PLC0415

    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {json.dumps(one)}" for key, one in value.items()) + " }"
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _say(session: Session, name: str) -> None:
    """Say what holds now, after the file was written."""
    session.reload()
    row = _row(session, name)
    session.out.line(shown(f"{name} = {_words(row['value'])}  ({row['origin']})"))
