"""What the verbs ask for: the words and options that they share, each declared once; and which tasks are meant."""

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remindcli.cli.app import Command, session_of
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import AmbiguousError, NotFoundError, RemindError, UsageError

if TYPE_CHECKING:
    from remindcli.core.task import TaskState
    from remindcli.draft import Draft

Words = Annotated[list[str] | None, typer.Argument(metavar="[WORDS]...", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print ids only.")]
Sure = Annotated[bool, typer.Option("-y", "--yes", help="Do it to all that a filter finds, unasked.")]

_SHOWN = 10


def begin(ctx: typer.Context, *, is_json: bool = False, is_quiet: bool = False) -> Session:
    """Return the session of a command, with the output that was asked for."""
    session = session_of(ctx)
    session.out.is_json = session.out.is_json or is_json
    session.out.is_quiet = is_quiet
    return session


def _draft(
    *,
    due: Annotated[
        str | None, typer.Option("-d", "--due", metavar="PHRASE", help="When it is due; the words are title.")
    ] = None,
    every: Annotated[
        str | None, typer.Option("-e", "--every", metavar="PHRASE|RRULE", help="How it comes back.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="PHRASE", help="The last day on which it comes back; never.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, metavar="N", help="It comes N times from its start on.")
    ] = None,
    alert: Annotated[
        list[str] | None,
        typer.Option(
            "-a",
            "--alert",
            metavar="SPAN|HOUR",
            help='Ring 1d before due, 0 at due, "9am the day before"; none; repeat.',
        ),
    ] = None,
    nag: Annotated[
        str | None,
        typer.Option("--nag", metavar="[=SPAN]", help="Ring again until answered: --nag, --nag=10m, --nag=off."),
    ] = None,
    only_if: Annotated[
        str | None, typer.Option("--if", metavar="COMMAND", help="Ring only when this command succeeds.")
    ] = None,
    until_ok: Annotated[
        str | None,
        typer.Option("--until-ok", metavar="COMMAND", help="Nag until this command succeeds; then it is done."),
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="COMMAND", help="When it is due, run this in place of ringing.")
    ] = None,
    is_here: Annotated[
        bool | None,
        typer.Option("--here/--not-here", help="Bind it to this folder or repository.", show_default=False),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("-t", "--tag", metavar="TAG", help="Tag it; repeat.")] = None,
    list_name: Annotated[str | None, typer.Option("-l", "--list", metavar="LIST", help="Put it on this list.")] = None,
    priority: Annotated[
        str | None, typer.Option("-p", "--priority", metavar="P", help="How much it matters: p1, p2, p3, none.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Keep this text with it.")] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", metavar="NAME", help='Ring on this one; repeat. "" as others.')
    ] = None,
    catch_up: Annotated[
        str | None,
        typer.Option("--catch-up", metavar="HOW", help="What passed while away: latest (one), all (a backlog), skip."),
    ] = None,
    is_each: Annotated[bool, typer.Option("--each", help="Each time is to be done: --catch-up all.")] = False,
    tz: Annotated[
        str | None, typer.Option("--tz", metavar="ZONE", help="The times are of this zone: Europe/Berlin.")
    ] = None,
    is_strict_day: Annotated[
        bool, typer.Option("--strict-day", help="The 31st skips short months, as RFC 5545 has it.")
    ] = False,
    is_literal: Annotated[bool, typer.Option("--literal", help="All words are the title.")] = False,
) -> "Draft":
    """Return what the options of a task say.

    Raises:
        UsageError: two of them exclude each other.
    """
    from remindcli.draft import Draft  # noqa: PLC0415

    if is_each:
        if catch_up not in (None, "all"):
            raise UsageError(f"--each and --catch-up {catch_up} exclude each other", hint="leave one of them out")
        catch_up = "all"

    return Draft(
        is_literal=is_literal,
        due=due,
        every=every,
        alerts=alert or (),
        tags=tag or (),
        list_name=list_name,
        priority=priority,
        note=note,
        channels=channel or (),
        catch_up=catch_up,
        zone=tz,
        is_strict_day=is_strict_day,
        nag=nag,
        only_if=only_if,
        until_ok=until_ok,
        run=run,
        is_here=is_here,
        until=until,
        count=count,
    )


class DraftCommand(Command):
    """A verb with the options of a task; --nag takes its span only behind a sign: `--nag call bob` is no span."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words."""
        end = args.index("--") if "--" in args else len(args)
        options = ["--nag=on" if word == "--nag" else word for word in args[:end]]
        return list(super().parse_args(ctx, options + args[end:]))


def with_draft(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options of a task in place of its parameter `draft`."""
    options = list(inspect.signature(_draft).parameters.values())
    own = [one for one in inspect.signature(verb).parameters.values() if one.name != "draft"]
    places = [one for one in own if one.kind is not one.KEYWORD_ONLY]

    def command(*args: Any, **kwargs: Any) -> None:
        draft = _draft(**{one.name: kwargs.pop(one.name) for one in options})
        verb(*args, draft=draft, **kwargs)

    return _signed(command, verb, [*places, *options, *own[len(places) :]])


def over_tasks(words_are: str = "[ID|TEXT|FILTER]...") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a verb the words that mean tasks, and --yes, --json and --quiet behind the options of its own.

    The verb is called as verb(session, words, is_sure=..., ...).

    Args:
        words_are: what help calls the words.
    """
    words_type = Annotated[list[str] | None, typer.Argument(metavar=words_are, show_default=False)]

    def given(verb: Callable[..., None]) -> Callable[..., None]:
        def command(
            ctx: typer.Context,
            words: words_type = None,
            *,
            is_sure: Sure = False,
            is_json: Json = False,
            is_quiet: Quiet = False,
            **own: Any,
        ) -> None:
            verb(begin(ctx, is_json=is_json, is_quiet=is_quiet), words or [], is_sure=is_sure, **own)

        ctx, words, *options, _own = inspect.signature(command).parameters.values()
        its_own = [one for one in inspect.signature(verb).parameters.values() if one.kind is one.KEYWORD_ONLY]
        return _signed(command, verb, [ctx, words, *(one for one in its_own if one.name != "is_sure"), *options])

    return given


def _signed(
    command: Callable[..., None], verb: Callable[..., None], parameters: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    """Return a command that has the name and the help of a verb, and these parameters, for typer to read."""
    command.__name__, command.__doc__ = verb.__name__, verb.__doc__
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def tasks_meant(
    session: Session,
    words: Sequence[str] | None,
    verb: str,
    *,
    is_sure: bool,
    states: "Sequence[TaskState] | None" = None,
) -> list[int]:
    """Return the ids of the tasks that words mean; without words a person on a terminal picks one.

    Args:
        verb: for the hint.
        is_sure: what a filter found is meant, however many they are; else a person agrees, or --yes is missing.
        states: those in which a text or a filter looks; None is the live ones.

    Raises:
        UsageError: no words, and nobody there to pick; or a filter found several, and nobody is there to agree.
        RemindError: see selection.select.
    """
    from remindcli.core.filters import LIVE  # noqa: PLC0415

    states = LIVE if states is None else states
    if words:
        selected = session.actions.select(words, states=states)
        if selected.is_by_filter and len(selected.ids) > 1 and not is_sure:
            _must_be_meant(session, selected.ids, verb)
        return list(selected.ids)
    from remindcli.cli import picking  # noqa: PLC0415

    if not picking.is_possible(session.environment):
        raise UsageError("which task?", hint=f"remind {verb} 7, or remind {verb} bob")
    return [picking.pick_task(session, session.store.items(states), f"{verb} which?")]


def one_task(session: Session, word: str | None, verb: str) -> int:
    """Return the id of the one task that a word means; without it a person on a terminal picks one.

    Raises:
        AmbiguousError: it means several.
    """
    ids = tasks_meant(session, [word] if word else None, verb, is_sure=True)
    if len(ids) > 1:
        raise AmbiguousError(f'"{shown(word or "", 60)}" means {len(ids)} tasks', hint="use the id of one")
    return ids[0]


def what_rings(session: Session, words: Sequence[str] | None, verb: str, *, is_sure: bool) -> list[int]:
    """Return the tasks that words mean, else what rang last; of several that ring, or of all, a person picks."""
    ringing = [] if words else session.store.ringing()
    if len(ringing) > 1:
        from remindcli.cli import picking  # noqa: PLC0415

        if picking.is_possible(session.environment):
            return [picking.pick_task(session, ringing, f"{verb} which? (the last to ring first)")]
    if ringing:
        return [ringing[0].task.id]
    try:
        return tasks_meant(session, words, verb, is_sure=is_sure)
    except UsageError:
        if words:
            raise
        raise NotFoundError("nothing rings now", hint=f"say which: remind {verb} 7, or remind {verb} bob") from None


def all_that_ring(session: Session, words: Sequence[str] | None, verb: str, *, is_sure: bool) -> list[int]:
    """Return the tasks that words mean, else all that ring; none if none does."""
    return tasks_meant(session, words, verb, is_sure=is_sure) if words else session.actions.all_ringing()


def _must_be_meant(session: Session, ids: Sequence[int], verb: str) -> None:
    """Let a person agree to what a filter found.

    Raises:
        RemindError: nobody is there, or it was not agreed to; nothing was changed.
    """
    environment = session.environment
    if not (environment.has_terminal_in and environment.has_terminal_err):
        raise UsageError(f"a filter found {len(ids)} tasks", why=f"{verb} would change them all", hint="add --yes")
    environment.claim_keyboard()
    for task_id in ids[:_SHOWN]:
        session.out.note(f"  {task_id}  {shown(session.store.item(task_id).task.title, 60)}")
    if len(ids) > _SHOWN:
        session.out.note(f"  and {len(ids) - _SHOWN} more")
    session.out.draw(f"{verb}: {len(ids)} tasks? [y/N] ")
    if environment.stdin.readline().strip().lower() not in ("y", "yes"):
        raise RemindError("nothing was changed")
