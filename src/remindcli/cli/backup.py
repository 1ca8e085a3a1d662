"""Copies of the store: backup (make, list, restore)."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remindcli.cli import asked
from remindcli.cli.app import Command, Group, app
from remindcli.cli.output import Column, shown
from remindcli.cli.session import Session
from remindcli.errors import DaemonError, StoreError, UsageError

if TYPE_CHECKING:
    from remindcli.store.kept import Backup

_KEYS = ("made_at", "kind", "size", "path")
_COLUMNS = (
    Column("name", "name"),  # is typed again to restore it: never cut
    Column("made", "made", rank=1),
    Column("size", "size", rank=2),
    Column("kind", "kind", rank=3),
)
_FILE = "remindcli.backup.file"


class _FileOrGroup(Group):
    """Verbs, or a file where a verb could stand: `remind backup FILE` makes a backup there."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the file for the verb itself.

        Raises:
            UsageError: more than one file, or a mistyped verb.
        """
        from difflib import get_close_matches  # noqa: PLC0415

        words = [word for word in args if not word.startswith("-")]
        if not words or words[0] in self.commands:
            return super().parse_args(ctx, args)
        near = get_close_matches(words[0], list(self.commands), n=1)
        if near and (len(words) > 1 or not Path(words[0]).suffix):
            raise UsageError(f'there is no command "{words[0]}"', hint=f"did you mean remind backup {near[0]}?")
        if len(words) > 1:
            raise UsageError("one file takes the backup", hint="remind backup --help shows how")
        ctx.meta[_FILE] = words[0]
        return super().parse_args(ctx, [word for word in args if word.startswith("-") and word != "--"])


backup = typer.Typer(
    cls=_FileOrGroup,
    invoke_without_command=True,
    rich_markup_mode=None,
    add_completion=False,
    subcommand_metavar="[FILE] | list | restore FILE",
)
app.add_typer(backup, name="backup", cls=_FileOrGroup)


@backup.callback()
def make(
    ctx: typer.Context,
    *,
    is_forced: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")] = False,
    is_json: asked.Json = False,
) -> None:
    """remind backup ~/usb/remind.db

    Copy the store, also while it is used. Without a file the copy goes to the backups beside the store, where the
    daemon puts one each day and keeps the last seven.
    """
    if ctx.invoked_subcommand is not None:
        return
    session = asked.begin(ctx, is_json=is_json)
    from remindcli.cli.progress import Progress  # noqa: PLC0415
    from remindcli.store import backup as copies  # noqa: PLC0415

    environment = session.environment
    given = ctx.meta.get(_FILE)
    with Progress(environment) as progress:
        progress.doing("copying the store")
        made = copies.make(
            session.store_path,
            environment.clock.now(),
            to=None if given is None else _path(session, given),
            is_forced=is_forced,
            watch=progress.count,
        )
    if session.out.is_json:
        session.out.json(_record(made, session))
    elif session.out.is_for_people:
        session.out.line(f"backed up to {shown(str(made.path))}  ({_size(made.size)})")
    else:
        session.out.records([_record(made, session)], _KEYS)


@backup.command("list", cls=Command)
def list_backups(ctx: typer.Context, *, is_json: asked.Json = False) -> None:
    """remind backup list

    List the backups beside the store, the newest first: made by hand, daily, before a migration, before a restore.
    """
    session = asked.begin(ctx, is_json=is_json)
    from remindcli.store.kept import backups  # noqa: PLC0415

    try:
        found = backups(session.store_path)
    except OSError as error:
        raise StoreError("can't read the folder of backups", why=str(error), hint="check its permissions") from error
    if not session.out.is_for_people:
        session.out.listed([_record(one, session) for one in found], _KEYS)
    elif found:
        session.out.tables(_COLUMNS, {"": [_row(one, session) for one in found]})
    else:
        session.out.line("No backups yet. Make one with: remind backup")


@backup.command(cls=Command)
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    *,
    is_json: asked.Json = False,
) -> None:
    """remind backup restore remind-20261124T080000Z-daily.db

    Put a backup in the place of the store, once it is checked. The store as it was is kept, so that this can be
    taken back. FILE is a path, or a name that remind backup list shows.
    """
    session = asked.begin(ctx, is_json=is_json)
    from remindcli.cli.progress import Progress  # noqa: PLC0415
    from remindcli.daemon.instance import lock_of  # noqa: PLC0415
    from remindcli.store import backup as copies  # noqa: PLC0415

    environment, store = session.environment, session.store_path
    copy = _backup_named(session, file)
    if not copy.exists():
        raise StoreError(f"there is no backup {copy}", hint="remind backup list shows the backups")
    with lock_of(store) as lock, Progress(environment) as progress:
        try:
            store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Held until the end, so that no daemon begins meanwhile.
            is_ours = lock.acquire()
        except OSError as error:
            raise StoreError(f"can't write in {store.parent}", why=str(error), hint="check its permissions") from error
        if not is_ours:
            raise DaemonError(
                "a daemon runs for this store",
                why="it must not work on a store that is replaced",
                hint=f"remind daemon stop && remind backup restore {shlex.quote(file)}",
            )
        progress.doing("checking the backup")
        done = copies.restore(copy, store, environment.clock.now(), watch=progress.count)
    if session.out.is_json:
        session.out.json(
            {
                "restored": str(copy),
                "kept": str(done.kept.path) if done.kept else None,
                "moved_aside": str(done.moved_aside) if done.moved_aside else None,
            }
        )
        return
    session.out.line(f"restored {shown(str(copy))}")
    if done.kept is not None:
        session.out.note(f"to take this back: remind backup restore {shown(done.kept.path.name)}")
    if done.moved_aside is not None:
        session.out.note(f"the damaged store was moved to {shown(str(done.moved_aside))}")
    session.out.note("start the daemon again with: remind daemon start")


def _path(session: Session, given: str) -> Path:
    return session.environment.cwd / Path(given).expanduser()


def _backup_named(session: Session, given: str) -> Path:
    """Return the file that is meant: a path, or a name among the backups of the store."""
    from remindcli.store.kept import folder_of  # noqa: PLC0415

    path = _path(session, given)
    listed = folder_of(session.store_path) / given
    return listed if Path(given).name == given and listed.exists() and not path.exists() else path


def _record(backup: "Backup", session: Session) -> dict[str, object]:
    from remindcli.cli import records  # noqa: PLC0415

    zone = session.environment.clock.zone()
    return {
        "made_at": records.iso(backup.made_at, zone),
        "kind": backup.kind.value,
        "size": backup.size,
        "path": str(backup.path),
    }


def _row(backup: "Backup", session: Session) -> dict[str, str]:
    from remindcli.cli import records  # noqa: PLC0415

    now, zone = session.now_and_zone()
    made = records.next_words(backup.made_at, is_all_day=False, now=now, zone=zone)
    return {"made": made, "kind": backup.kind.value, "size": _size(backup.size), "name": backup.path.name}


def _size(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
