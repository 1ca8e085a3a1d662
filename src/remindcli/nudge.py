"""A datagram that says "look again": from whoever writes to a store to the daemon that serves it."""

import hashlib
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from remindcli.errors import DaemonError

_HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")


def runtime_folder() -> Path | None:
    """Return the folder for this user's sockets (0700, ours), made if need be; None where none can be had."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(base, "remindcli") if base else Path(tempfile.gettempdir(), f"remindcli-{_user()}")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == _user() and not status.st_mode & 0o077
    return folder if is_ours or os.name != "posix" else None


def address_of(store: Path) -> Path | None:
    """Return the socket's path for a store; short, since Unix allows about 100 bytes."""
    folder = runtime_folder()
    name = hashlib.sha256(os.fsencode(os.path.realpath(store))).hexdigest()[:16]
    return folder / f"{name}.nudge" if folder else None


def signpost_of(store: Path) -> Path:
    """Return the link beside a store that names the socket of its daemon.

    The daemon's runtime folder may be another one than ours: a login has one, and a job of cron or ssh has not.
    """
    return store.with_name(store.name + ".nudge")


def send(store: Path) -> None:
    """Tell the daemon of this store to look again; nobody listening is no error: it looks by itself in a while."""
    if not _HAS_UNIX_SOCKETS:
        return
    address = _named(signpost_of(store)) or address_of(store)
    if address is None:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(b"look", os.fspath(address))


def _named(signpost: Path) -> Path | None:
    """Return the socket that a signpost names, if it is one of ours; whoever may write beside a store could lay one."""
    try:
        address = signpost.readlink()
        status = address.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISSOCK(status.st_mode) and status.st_uid == _user()
    return address if is_ours and address.is_absolute() else None


@contextmanager
def listening(store: Path) -> Iterator[socket.socket | None]:
    """Give the socket on which nudges for a store arrive; None on a platform without Unix sockets.

    The caller holds the daemon's lock, so that what is in the way is a dead daemon's.

    Raises:
        DaemonError: the address can't be taken.
    """
    address = address_of(store)
    if not _HAS_UNIX_SOCKETS:
        yield None
        return
    if address is None:
        raise DaemonError("no folder for the daemon's socket", hint="set XDG_RUNTIME_DIR to a folder of yours (0700)")
    signpost = signpost_of(store)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        try:
            receiver.setblocking(False)
            address.unlink(missing_ok=True)
            receiver.bind(os.fspath(address))
        except OSError as error:
            raise DaemonError(f"can't listen on {address}", why=str(error)) from error
        with suppress(OSError):  # who has the same runtime folder finds it without
            signpost.unlink(missing_ok=True)
            signpost.symlink_to(address)
        try:
            yield receiver
        finally:
            for one in (signpost, address):
                with suppress(OSError):
                    one.unlink(missing_ok=True)


def drain(receiver: socket.socket) -> None:
    """Take all waiting nudges: one look serves them all."""
    with suppress(BlockingIOError):
        while receiver.recv(16):
            pass


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0
