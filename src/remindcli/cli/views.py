"""The verb that lists tasks, and what the verbs that list anything share."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from remindcli.cli import asked
from remindcli.cli.app import FilterCommand, app
from remindcli.cli.session import Session
from remindcli.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from remindcli.cli.table import View
    from remindcli.core.filters import Filter
    from remindcli.store.reading import Item
    from remindcli.store.selecting import Found, Order

Filters = Annotated[list[str] | None, typer.Argument(metavar="[FILTER]...", show_default=False)]
Nul = Annotated[bool, typer.Option("-0", "--null", help="End each record with NUL, for xargs -0.")]
Form = Annotated[
    str | None, typer.Option("--format", metavar="TEXT", help="A record as you want it: '{id}\\t{title}'.")
]
ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit 4 if nothing matches.")]
GROUPS = ("day", "list", "tag", "priority", "state")
MOST = 1_000_000_000
"""The largest limit: SQLite's numbers end."""

_MOST_ON_A_TERMINAL = 1000


@app.command("list", cls=FilterCommand)
def list_tasks(
    ctx: typer.Context,
    words: Filters = None,
    columns: Annotated[
        str | None, typer.Option("--columns", metavar="FIELDS", help="Show these fields: id,due,title.")
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option("--sort", metavar="FIELDS", help="Sort by these: priority,-created (the latest first)."),
    ] = None,
    group: Annotated[
        str | None,
        typer.Option("--group", metavar="FIELD", help="A heading for each day, list, tag, priority or state."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, max=MOST, metavar="N", help="Show the first N.")
    ] = None,
    form: Form = None,
    *,
    has_nul: Nul = False,
    is_json: asked.Json = False,
    is_quiet: asked.Quiet = False,
    has_exit_code: ExitCode = False,
) -> int:
    """remind list +home week

    List tasks, the next due first. Filters: +tag -tag @list p1 7 12-15 overdue today tomorrow week fri before:fri
    after:+2d fri..sun every:monthly is:recurring is:ringing is:snoozed is:paused is:done is:failed is:deleted or not;
    other words are looked for in the text.
    """
    session = begin(ctx, is_json=is_json, is_quiet=is_quiet, has_nul=has_nul, form=form)
    names = _columns(columns)
    orders = _orders(sort)
    key = _group(group)
    chosen = words or []
    filtered = session.filtered(chosen)
    most = limit
    if limit is None and session.out.is_for_people:
        most = _MOST_ON_A_TERMINAL
    found = session.store.select(filtered, orders, limit=most, is_counted=session.out.is_for_people)
    if session.out.is_for_people:
        _show(session, found, names, key, is_chosen=bool(chosen))
    else:
        _print(session, found.ids, names)
    return say_nothing_matched(session, filtered, found.total, has_exit_code=has_exit_code)


def begin(
    ctx: typer.Context,
    *,
    is_json: bool,
    is_quiet: bool = False,
    has_nul: bool = False,
    form: str | None = None,
    fields: Sequence[str] = (),
) -> Session:
    """Return the session, told how records are to be printed.

    Args:
        fields: what --format knows; those of a task if there are none.

    Raises:
        UsageError: --format can't be read.
    """
    session = asked.begin(ctx, is_json=is_json, is_quiet=is_quiet)
    out = session.out
    out.has_nul = has_nul
    if form is not None:
        from remindcli.cli.formats import Format  # noqa: PLC0415
        from remindcli.cli.records import FIELDS  # noqa: PLC0415

        if out.is_json or is_quiet:
            raise UsageError(f"--format and {'-q' if is_quiet else '--json'} exclude each other", hint="leave one out")
        out.form = Format(form, fields or FIELDS)
    return session


def point_of_view(session: Session) -> "View":
    """Return now and the local zone."""
    from remindcli.cli.table import View  # noqa: PLC0415

    return View(*session.now_and_zone())


def say_nothing_matched(session: Session, filtered: "Filter", total: int, *, has_exit_code: bool) -> int:
    """Return the exit status; where nothing matched, say which word may have been meant as a filter."""
    if total:
        return ExitStatus.OK
    from remindcli.cli.output import shown  # noqa: PLC0415
    from remindcli.core import filters  # noqa: PLC0415

    near = filters.nearest(filtered, tuple(session.settings.views("views")))
    if near is not None:
        session.out.note(f'note: "{shown(near[0], 40)}" was looked for in the text; did you mean {near[1]}?')
    return ExitStatus.NOTHING_MATCHED if has_exit_code else ExitStatus.OK


def _columns(text: str | None) -> list[str] | None:
    """Return the fields that --columns names."""
    if text is None:
        return None
    from remindcli.cli.formats import unknown_field  # noqa: PLC0415
    from remindcli.cli.records import FIELDS  # noqa: PLC0415

    names = list(_parts(text))
    for name in names:
        if name not in FIELDS:
            raise unknown_field(name, FIELDS)
    if not names:
        raise UsageError("--columns names no field", hint="--columns id,due,title")
    return list(dict.fromkeys(names))


def _orders(text: str | None) -> "list[Order]":
    """Return what --sort names."""
    if text is None:
        return []
    from remindcli.cli.formats import unknown_field  # noqa: PLC0415
    from remindcli.store.selecting import ORDERS, Order  # noqa: PLC0415

    orders = []
    for name in _parts(text):
        bare = name.removeprefix("-").removesuffix("_at")
        if bare not in ORDERS:
            raise unknown_field(bare, tuple(ORDERS))
        orders.append(Order(bare, is_down=name.startswith("-")))
    return orders


def _group(name: str | None) -> str | None:
    if name is not None and name not in GROUPS:
        from remindcli.cli.formats import unknown_field  # noqa: PLC0415

        raise unknown_field(name, GROUPS)
    return name


def _parts(text: str) -> Iterator[str]:
    return (part for part in (piece.strip().lower() for piece in text.split(",")) if part)


def _print(session: Session, ids: Sequence[int], names: Sequence[str] | None) -> None:
    from remindcli.cli import records  # noqa: PLC0415

    view = point_of_view(session)
    rows: Iterable[dict[str, object]] = (
        records.record(item, now=view.now, zone=view.zone) for item in session.store.pages(ids)
    )
    if session.out.is_quiet and not session.out.is_json:
        rows = ({"id": task_id} for task_id in ids)
    elif names is not None and session.out.form is None:
        rows = ({name: row[name] for name in names} for row in rows)
    keys = ("id",) if session.out.is_quiet else records.KEYS if names is None else names
    session.out.listed(rows, keys)


def _show(session: Session, found: "Found", names: list[str] | None, group: str | None, *, is_chosen: bool) -> None:
    from remindcli.cli import table  # noqa: PLC0415

    if not found.ids:
        session.out.line("Nothing matches." if is_chosen else "Nothing to do. remind add call bob tomorrow 5pm")
        return
    view = point_of_view(session)
    items = session.store.pages(found.ids)
    if group is None:
        sections = {"": [table.row(item, view, names) for item in items]}
    else:
        sections = {}
        head = _HEADS[group]
        for item in items:
            for title in head(item, view):
                sections.setdefault(title, []).append(table.row(item, view, names))
        if group != "day":
            sections = dict(sorted(sections.items(), key=lambda pair: (pair[0].startswith("no "), pair[0])))
    session.out.tables(table.columns(names), sections)
    if found.total > len(found.ids):
        session.out.line(f"And {found.total - len(found.ids)} more.")


def _days(item: "Item", view: "View") -> Iterator[str]:
    from remindcli.cli import records  # noqa: PLC0415

    occurrence = item.occurrence
    if occurrence is None or occurrence.due_at is None:
        yield "no time"
    else:
        yield records.next_words(
            occurrence.due_at.astimezone(view.zone).replace(hour=0, minute=0, second=0, microsecond=0),
            is_all_day=True,
            now=view.now,
            zone=view.zone,
        )


def _states(item: "Item", view: "View") -> Iterator[str]:
    from remindcli.cli import records  # noqa: PLC0415

    yield records.state(item, now=view.now, zone=view.zone)


def _lists(item: "Item", _view: "View") -> Iterator[str]:
    from remindcli.cli.output import shown  # noqa: PLC0415

    yield f"@{shown(item.task.list_name, 60)}" if item.task.list_name else "no list"


def _tags(item: "Item", _view: "View") -> Iterator[str]:
    from remindcli.cli.output import shown  # noqa: PLC0415

    yield from (f"+{shown(tag, 60)}" for tag in item.task.tags)
    if not item.task.tags:
        yield "no tag"


def _priorities(item: "Item", _view: "View") -> Iterator[str]:
    yield f"p{item.task.priority}" if item.task.priority else "no priority"


_HEADS: "dict[str, Callable[[Item, View], Iterator[str]]]" = {
    "day": _days,
    "list": _lists,
    "tag": _tags,
    "priority": _priorities,
    "state": _states,
}
