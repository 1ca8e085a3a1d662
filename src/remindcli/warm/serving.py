"""Listens on the socket of a store, and has one command after the other answered."""

import os
import select
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from remindcli import client
from remindcli.warm.answering import Answering, OutdatedError
from remindcli.warm.request import read_request

_HEAR_SECONDS = 0.5
"""How long a whole request, and then the word to go, may take to come: others wait meanwhile."""
_SAY_SECONDS = 5.0
_BACKLOG = 16
_CREDENTIALS = struct.Struct("3i")


def serve(
    address: Path,
    answering: Answering,
    *,
    until: int,
    on_begin: Callable[[], object] = lambda: None,
    on_rest: Callable[[], object] = lambda: None,
) -> None:
    """Answer until `until` can be read (its other end is closed), or another version asks.

    Args:
        address: where to listen; what is there is a dead one's: the daemon that starts this holds the store's lock.
        until: a descriptor.
        on_begin: called when it listens.
        on_rest: called after each answer, when nobody waits for it.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        address.unlink(missing_ok=True)
        listener.bind(os.fspath(address))
        listener.listen(_BACKLOG)
        try:
            on_begin()
            while True:
                ready, _, _ = select.select([listener.fileno(), until], [], [])
                if until in ready:
                    return
                line, _ = listener.accept()
                with line, suppress(OSError, ValueError):
                    _serve_one(line, answering)
                on_rest()
        except OutdatedError:
            return
        finally:
            address.unlink(missing_ok=True)


def _serve_one(line: socket.socket, answering: Answering) -> None:
    _pid, uid, _gid = _CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    if uid != os.getuid():
        return
    deadline = time.monotonic() + _HEAR_SECONDS
    size = int.from_bytes(_exactly(line, 4, deadline), "big")
    if size > client.LARGEST_REQUEST:
        return
    request = read_request(_exactly(line, size, deadline))
    if not answering.is_for_us(request):
        line.sendall(client.NO)
        return
    line.sendall(client.READY)
    if _exactly(line, 1, deadline) != client.GO:
        return
    line.settimeout(_SAY_SECONDS)
    is_heard = True

    def say(kind: int, payload: bytes) -> None:
        nonlocal is_heard
        try:
            if is_heard:
                line.sendall(bytes([kind]) + len(payload).to_bytes(4, "big") + payload)
        except OSError:
            # The asker is gone; what was begun is finished all the same.
            is_heard = False

    answering.do(request, say)


def _exactly(line: socket.socket, size: int, deadline: float) -> bytes:
    got = bytearray()
    while len(got) < size:
        line.settimeout(max(0.001, deadline - time.monotonic()))
        more = line.recv(min(size - len(got), 1 << 16))
        if not more:
            raise ConnectionResetError
        got += more
    return bytes(got)
