"""A mail server whose replies have an end: smtplib bounds the length of each line, and takes any number of them."""

import smtplib
from typing import BinaryIO

MOST_READ = 100_000
"""Bytes of all replies on one connection; a server's own come to some hundred."""


class EndlessError(ValueError):
    """The server's replies have no end; no OSError, which smtplib would take for the end of the connection."""


class _Replies:
    """The lines of a server's replies, as smtplib reads them."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines = lines
        self._left = MOST_READ

    def readline(self, limit: int) -> bytes:
        """Return the next line.

        Raises:
            EndlessError: all of them are longer than replies can be.
        """
        line = self._lines.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise EndlessError(f"its replies are longer than {MOST_READ:,} bytes")
        return line

    def close(self) -> None:
        """Close what is read from."""
        self._lines.close()


class MailServer(smtplib.SMTP):
    """A mail server whose replies end."""

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply; see the base class.

        Raises:
            EndlessError: see `_Replies`.
        """
        if self.file is None and self.sock is not None:
            self.file = _Replies(self.sock.makefile("rb"))
        return super().getreply()


class TlsMailServer(MailServer, smtplib.SMTP_SSL):
    """A mail server that speaks TLS from the beginning, and whose replies end."""
