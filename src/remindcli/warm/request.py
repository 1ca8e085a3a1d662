"""A command as the asker sends it: a frame of the protocol in client.py."""

import os
from dataclasses import dataclass

from remindcli import client


@dataclass(frozen=True, slots=True)
class Request:
    """A command as it came.

    Attributes:
        stamp: what code the asker runs (client.stamp).
        store: the real path of its store.
        id: the same for each try at this command.
    """

    stamp: str
    store: str
    filesystem_encoding: str
    id: str
    argv: tuple[str, ...]
    world: client.World


def read_request(frame: bytes) -> Request:
    """Return what a frame says.

    Raises:
        ValueError: it is no request of this protocol.
    """
    fields = []
    at = 0
    while at < len(frame):
        size = int.from_bytes(frame[at : at + 4], "big")
        fields.append(frame[at + 4 : at + 4 + size])
        if len(fields[-1]) != size:
            raise ValueError("cut off")
        at += 4 + size
    protocol, stamp, store, encoding, request, terminals, width, out, err, cwd, count, *rest = fields
    if protocol != client.PROTOCOL or len(terminals) != 3 or int(count) > len(rest):
        raise ValueError("another protocol")
    words, variables = rest[: int(count)], rest[int(count) :]
    pairs = (variable.partition(b"=") for variable in variables)
    return Request(
        stamp=stamp.decode("utf-8", "surrogateescape"),
        store=os.fsdecode(store),
        filesystem_encoding=encoding.decode(),
        id=request.decode(),
        argv=tuple(os.fsdecode(word) for word in words),
        world=client.World(
            terminals=(bool(terminals[0]), bool(terminals[1]), bool(terminals[2])),
            width=int(width),
            encodings=(out.decode(), err.decode()),
            variables={name: value for name, _, value in pairs},
            cwd=os.fsdecode(cwd),
        ),
    )
