"""One request over HTTP: TLS checked, an end for all of it, no redirect followed; of a POST what the answer means."""

import http.client
import socket
import ssl
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from remindcli import __version__
from remindcli.channels import ChannelError, Refusal
from remindcli.channels.deadline import Deadline
from remindcli.channels.secret import redacted
from remindcli.core.safe import safe

TRY_AGAIN = frozenset({408, 425, 429})
"""Answers of 400 to 499 after which the same request may be taken later (RFC 9110, RFC 8470, RFC 6585)."""

LONGEST_RETRY_AFTER = timedelta(days=1)
_MOST_READ = 2048
_MOST_SHOWN = 200


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float,
    now: datetime,
    hidden: Iterable[str] = (),
    ca_file: str = "",
) -> None:
    """Send a body of JSON, and return when it was answered with 200 to 299.

    Args:
        url: http or https.
        seconds: how long all of it may take, whatever the server does.
        now: for a Retry-After that is a date.
        hidden: secrets, which no error shows.
        ca_file: certificates to trust beside the system's; "" is none.

    Raises:
        ChannelError: absent: there is no way to the server; unknown: it gave no answer; refused: it said no, for
            good (300 to 499, a bad certificate) or for now (408, 425, 429, 500 to 599).
    """
    host = urlsplit(url).hostname or ""
    deadline = Deadline(seconds)
    try:
        fields_sent = {"Content-Type": "application/json; charset=utf-8", **headers}
        status, reason, fields, said = deadline.run(
            lambda: _exchange(deadline, "POST", url, body, fields_sent, ca_file)
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _failed(error, host, deadline) from None  # a library's text may hold the address
    if not 200 <= status < 300:
        raise _answered(status, reason, fields, said, host=host, now=now, hidden=hidden)


def status_of(url: str, *, seconds: float) -> int:
    """Ask for an address with GET; return the status of the answer, whose body is not read.

    Args:
        seconds: how long all of it may take, whatever the server does.

    Raises:
        OSError, http.client.HTTPException, ValueError: there was no answer.
    """
    deadline = Deadline(seconds)
    return deadline.run(lambda: _exchange(deadline, "GET", url, None, {}, ""))[0]


Answer = tuple[int, str, Mapping[str, str], str]


def _exchange(
    deadline: Deadline, method: str, url: str, body: bytes | None, headers: Mapping[str, str], ca_file: str
) -> Answer:
    """Return the status, the reason, the fields and the beginning of the answer."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    context = trusting(ca_file) if parts.scheme == "https" else None
    raw = socket.create_connection((host, port), timeout=deadline.seconds)
    connection = http.client.HTTPConnection(host, port, timeout=deadline.seconds)
    connection.sock = raw
    with closing(connection):
        deadline.watch(lambda: raw.shutdown(socket.SHUT_RDWR))
        if context is not None:
            wrapped = context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
            connection.sock = wrapped
            # Of the class beneath: SSLSocket's own shutdown would take the state from the thread that reads.
            deadline.watch(lambda: socket.socket.shutdown(wrapped, socket.SHUT_RDWR))
            wrapped.do_handshake()
        usual = {
            "Host": parts.netloc.rpartition("@")[2],
            "User-Agent": f"remindcli/{__version__}",
            "Connection": "close",
        }
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        deadline.has_sent = True
        connection.request(method, path, body, {**usual, **headers})
        with connection.getresponse() as answer:
            # What stands in the body of a "yes" matters to nobody, and it may be endless.
            said = b"" if 200 <= answer.status < 300 else answer.read1(_MOST_READ)
            fields = {name.lower(): one for name, one in answer.getheaders()}
            return answer.status, answer.reason, fields, said.decode("utf-8", "replace")


def trusting(ca_file: str) -> ssl.SSLContext:
    """Return what checks certificates: the system's, and those of a file beside them.

    Raises:
        ChannelError: refused for good: the file can't be read.
    """
    context = ssl.create_default_context()
    try:
        if ca_file:
            context.load_verify_locations(Path(ca_file).expanduser())
    except (OSError, RuntimeError) as error:
        what, why = "ca_file can't be read", safe(str(error), 200)
        raise ChannelError(what, refusal=Refusal.REFUSED, permanent=True, why=why) from None
    return context


def untrusted(error: ssl.SSLCertVerificationError, host: str) -> ChannelError:
    """Return the refusal of a server whose certificate is not to be trusted."""
    return ChannelError(
        f"the certificate of {host} is not to be trusted",
        refusal=Refusal.REFUSED,
        permanent=True,
        why=safe(error.verify_message or "it can't be verified", 200),
        hint="nothing was sent; to trust a certificate of your own: ca_file",
    )


def _failed(error: Exception, host: str, deadline: Deadline) -> ChannelError:
    """Return what a request that got no answer came to."""
    host = safe(host, 100)
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(error, host)
    if isinstance(error, ssl.SSLError) and not deadline.has_sent:
        return ChannelError(
            f"{host} does not speak TLS as it should", refusal=Refusal.REFUSED, why=safe(str(error.reason), 200)
        )
    if isinstance(error, UnicodeError | http.client.InvalidURL):
        return ChannelError(
            "the address or a header field can't be used",
            refusal=Refusal.REFUSED,
            permanent=True,
            why=type(error).__name__,
        )
    why = words_of(error)
    if deadline.has_sent:
        return ChannelError(f"{host} gave no answer, and may have taken the message", refusal=Refusal.UNKNOWN, why=why)
    return ChannelError(f"there is no way to {host}", refusal=Refusal.ABSENT, why=why)


def words_of(error: Exception) -> str:
    """Return in a few words why nothing was answered; a library's own text may hold an address, and is left out."""
    if isinstance(error, TimeoutError):
        return "the time was over"
    return safe((error.strerror if isinstance(error, OSError) else "") or type(error).__name__, 200)


def _answered(
    status: int, reason: str, fields: Mapping[str, str], said: str, *, host: str, now: datetime, hidden: Iterable[str]
) -> ChannelError:
    """Return what an answer that is no "yes" means."""
    hidden = tuple(hidden)
    host = safe(host, 100)
    if 300 <= status < 400:
        to = urlsplit(fields.get("location", "")).hostname or "another address"
        return ChannelError(
            f"{host} answered {status}: it sends elsewhere",
            refusal=Refusal.REFUSED,
            permanent=True,
            why=f"a redirect (to {safe(redacted(to, hidden), 100)}) is not followed: it could take secrets along",
            hint="write the last address into the settings",
        )
    is_for_now = status in TRY_AGAIN or status >= 500
    about = " ".join(part for part in (reason, said) if part)
    return ChannelError(
        f"{host} answered {status}",
        refusal=Refusal.REFUSED,
        permanent=not is_for_now,
        retry_after=retry_after(fields.get("retry-after", ""), now) if is_for_now else None,
        why=safe(redacted(about, hidden), _MOST_SHOWN),
    )


def retry_after(field: str, now: datetime) -> timedelta | None:
    """Return how long to wait by a Retry-After field (RFC 9110, 10.2.3): seconds or a date; None if it says nothing."""
    if field.isascii() and field.isdigit():
        return min(timedelta(seconds=int(field[:7])), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(field)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(), min(at - now, LONGEST_RETRY_AFTER))
