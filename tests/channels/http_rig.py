"""A real HTTP server on loopback that answers, refuses, hangs, cuts off, drips or never ends, as it is told."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

MOST_SENT = 20_000_000
"""What an endless answer sends at the most, if nobody stops reading."""


@dataclass
class Asked:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Return the body's object."""
        found: dict[str, Any] = json.loads(self.body)
        return found


Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Writes down what arrives, and answers as its server was told."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_POST(self) -> None:
        """Take a request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(Asked(self.path, dict(self.headers), body))
        self.close_connection = True
        with suppress(OSError):
            self.server.behaviour(self)

    def do_GET(self) -> None:
        """Take what a client that follows a redirect would send."""
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's name)
        """Print nothing."""

    def answer(self, status: int, body: bytes = b"", **fields: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def says(status: int, body: bytes = b"", **fields: str) -> Behaviour:
    """Return the behaviour of one answer."""
    return lambda handler: handler.answer(status, body, **fields)


def cuts_off(handler: Handler) -> None:
    """End in the middle of the head of an answer."""
    handler.wfile.write(b"HTTP/1.1 ")


def drips(handler: Handler) -> None:
    """Send a byte, wait a little, and so on: no single wait is long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while not handler.server.is_ending.wait(0.1):
        handler.wfile.write(b"x")


def never_ends(handler: Handler, *, most: int = MOST_SENT) -> None:
    """Say no in a body without end, which ends after so many bytes all the same."""
    handler.wfile.write(b"HTTP/1.1 500 Oh\r\n\r\n")
    for _ in range(most // 65_536):
        handler.wfile.write(b"y" * 65_536)
    handler.server.was_read_to_the_end.set()


class Server(ThreadingHTTPServer):
    """Serves until it is closed.

    Attributes:
        asked: what arrived, oldest first.
        behaviour: how the next requests are answered.
    """

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.behaviour: Behaviour = says(200, b"ok")
        self.is_ending = Event()
        self.was_read_to_the_end = Event()
        self.scheme = "https" if context else "http"
        if context is not None:
            # The handshake is on the handler's thread, where a client that goes away stops nobody.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """Return its address; the certificate's name is localhost."""
        return f"{self.scheme}://{'localhost' if self.scheme == 'https' else '127.0.0.1'}:{self.server_port}/hook"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Answer nothing for a while, and then cut off."""
        before, is_over = self.behaviour, Event()

        def hang(_handler: Handler) -> None:
            is_over.wait(20)

        self.behaviour = hang
        try:
            yield
        finally:
            is_over.set()
            self.behaviour = before


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on loopback while in it."""
    with Server(context) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.is_ending.set()
            server.shutdown()
            thread.join()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
