"""An e-mail through the user's own mail server, over TLS, with the standard library."""

import hashlib
import logging
import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from typing import ClassVar

from remindcli import checks
from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal, Urgency
from remindcli.channels.deadline import Deadline
from remindcli.channels.mail_server import EndlessError, MailServer, TlsMailServer
from remindcli.channels.plain import body_of, title_of
from remindcli.channels.post import trusting, untrusted, words_of
from remindcli.channels.secret import Secret, no_secret, redacted
from remindcli.clock import Clock, SystemClock
from remindcli.core.safe import safe
from remindcli.settings import Setting

STARTTLS, TLS, NO_TLS = "starttls", "tls", "none"
_PORTS = {STARTTLS: 587, TLS: 465, NO_TLS: 25}
_OUR_NAME = "[127.0.0.1]"
_READY = 220
_AUTH_FAILED = range(530, 540)
_log = logging.getLogger(__name__)


def _address(value: object) -> str:
    """Return one address, with a name before it or not: it can't hold a second header."""
    try:
        text = checks.text(value)
        name, is_named, spec = text.removesuffix(">").rpartition("<")
        found = Address(name.strip(' "'), addr_spec=spec.strip() if is_named else text)
        found.addr_spec.encode("ascii")
    except (ValueError, IndexError, AttributeError, TypeError):  # what email's parser throws at what it can't read
        raise ValueError("an address such as me@example.org") from None
    if not found.username or not found.domain:
        raise ValueError("an address such as me@example.org")
    return str(found)


def _addresses(value: object) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        raise ValueError("an address such as me@example.org, or a list of them")
    return tuple(_address(item) for item in items)


OPTIONS = (
    Setting("server", "", "The mail server for sending, such as smtp.example.org.", checks.text, is_required=True),
    Setting("to", "", "Who gets it, an address or a list.", _addresses, is_required=True),
    Setting("sender", "", "Whom it comes from; without it the first of `to`.", _address),
    Setting("security", STARTTLS, '"starttls", "tls", or "none" (this machine only).', checks.one_of(*_PORTS)),
    Setting("port", "", "The port; without it 587, 465 or 25 by security.", checks.whole_number(1, 65_535)),
    Setting("user", "", "The user name there.", checks.maybe_text),
    Setting("password", "", "The password, best one for this alone.", no_secret, is_secret=True),
    Setting("ca_file", "", "Certificates to trust beside the system's (PEM).", checks.maybe_text),
    Setting("timeout", 20, "The seconds that all of it may take.", checks.whole_number(1, 25)),
)


class EmailChannel(Channel):
    """Sends a message by SMTP.

    Args:
        server: name of the mail server.
        to: who gets it.
        sender: whom it comes from; "" is the first of `to`.
        security: starttls, tls, or none.
        port: 0 goes by the security.
        user: a user name, with `password`.
        ca_file: certificates to trust beside the system's.
        timeout: seconds that a message may take.
    """

    name: ClassVar[str] = "email"
    timeout_seconds: ClassVar[float] = 28.0

    def __init__(
        self,
        *,
        server: str,
        to: Sequence[str],
        sender: str = "",
        security: str = STARTTLS,
        port: int = 0,
        user: str = "",
        password: Secret | None = None,
        ca_file: str = "",
        timeout: int = 20,
        clock: Clock | None = None,
    ) -> None:
        self._server = server
        self._to = tuple(to)
        self._sender = sender or self._to[0]
        self._security = security
        self._port = port or _PORTS[security]
        self._user = user
        self._password = password
        self._ca_file = ca_file
        self._seconds = timeout
        self._clock = clock or SystemClock()

    def examine(self) -> str:
        """Return which server is told; asks no server."""
        self._read()
        return f"sends to {', '.join(self._to)} through {self._server}"

    def send(self, message: Message) -> Receipt:
        """Send the message.

        Raises:
            ChannelError: absent: no way to the server; refused: it said no, for good (500 to 599) or for now;
                unknown: it went away after the message was sent.
        """
        password = self._read()
        mail = self._mail(message)
        deadline = Deadline(self._seconds)
        try:
            refused = deadline.run(lambda: self._exchange(deadline, mail, password))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise self._failed(error, deadline, password) from None
        for address, (code, said) in refused.items():
            _log.warning("the mail server refused %s: %d %s", safe(address, 100), code, _said(said, password))
        return Receipt(self.name, ", ".join(one for one in self._to if _spec(one) not in refused))

    def _read(self) -> str:
        """Return the password, "" for none."""
        if self._security == NO_TLS and not _is_this_machine(self._server):
            raise ChannelError(
                "the e-mail would go over the network in the clear",
                refusal=Refusal.REFUSED,
                permanent=True,
                why=f'security is "none" and {safe(self._server, 100)} is not this machine',
                hint='security = "starttls"',
            )
        if self._user and not self._password:
            raise ChannelError("the e-mail channel has a user and no password", refusal=Refusal.REFUSED, permanent=True)
        return self._password.read() if self._password and self._user else ""

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = title_of(message)
        mail["From"] = self._sender
        mail["To"] = ", ".join(self._to)
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{_id_of(message.key)}@{_spec(self._sender).rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer of a holiday comes back
        if message.urgency is Urgency.CRITICAL:
            mail["Importance"] = "high"
        mail.set_content(body_of(message) or title_of(message), charset="utf-8")
        return mail

    def _exchange(self, deadline: Deadline, mail: EmailMessage, password: str) -> dict[str, tuple[int, bytes]]:
        """Return the addresses that were refused, while another one was not."""
        context = trusting(self._ca_file)
        # The name in EHLO is not looked up: that may take long, and is nobody's business.
        if self._security == TLS:
            server: smtplib.SMTP = TlsMailServer(timeout=deadline.seconds, context=context, local_hostname=_OUR_NAME)
        else:
            server = MailServer(timeout=deadline.seconds, local_hostname=_OUR_NAME)
        # Not by the constructor, which connects before anybody could cut it, but the certificate's name is set there.
        server._host = self._server  # type: ignore[attr-defined]  # noqa: SLF001
        deadline.watch(lambda: _cut(server))
        try:
            code, said = server.connect(self._server, self._port)
            if code != _READY:
                raise smtplib.SMTPConnectError(code, said)
            if self._security == STARTTLS:
                server.starttls(context=context)
            if self._user:
                server.login(self._user, password)
            deadline.has_sent = True
            to = [_spec(one) for one in self._to]
            # Not send_message, which writes ">From" for a line that begins so.
            refused: dict[str, tuple[int, bytes]] = server.sendmail(_spec(self._sender), to, mail.as_bytes())
            with suppress(OSError):
                server.putcmd("quit")  # the mail is taken: no answer can change that, so none is waited for
        finally:
            server.close()
        return refused

    def _failed(self, error: Exception, deadline: Deadline, password: str) -> ChannelError:
        """Return what a mail that was not taken came to."""
        host = safe(self._server, 100)
        if isinstance(error, ssl.SSLCertVerificationError):
            return untrusted(error, host)
        if isinstance(error, UnicodeError):
            what = "the e-mail's user, password or server is not as SMTP takes it"
            return ChannelError(what, refusal=Refusal.REFUSED, permanent=True, why="only ASCII can be sent")
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return ChannelError(
                f"{host} does not offer what the e-mail needs",
                refusal=Refusal.REFUSED,
                permanent=True,
                why=safe(str(error), 200),
                hint=f'nothing was sent; try security = "{TLS}"',
            )
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, said = max(error.recipients.values(), key=lambda pair: pair[0] >= 500)
            is_for_now = any(400 <= one < 500 for one, _ in error.recipients.values())
            return self._no(code, said, password, permanent=not is_for_now)
        if isinstance(error, smtplib.SMTPResponseException):
            return self._no(error.smtp_code, error.smtp_error, password, permanent=error.smtp_code >= 500)
        if isinstance(error, EndlessError):
            return ChannelError(f"{host} did not take the e-mail", refusal=Refusal.REFUSED, why=str(error))
        if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
            return ChannelError(f"{host} did not take the e-mail", refusal=Refusal.REFUSED, why=type(error).__name__)
        why = words_of(error)
        if deadline.has_sent:
            what = f"{host} gave no answer, and may have taken the e-mail"
            return ChannelError(what, refusal=Refusal.UNKNOWN, why=why)
        return ChannelError(f"there is no way to {host}", refusal=Refusal.ABSENT, why=why)

    def _no(self, code: int, said: bytes | str, password: str, *, permanent: bool) -> ChannelError:
        return ChannelError(
            f"{safe(self._server, 100)} answered {code}",
            refusal=Refusal.REFUSED,
            permanent=permanent,
            why=_said(said, password),
            hint="look at user and password" if code in _AUTH_FAILED else "",
        )


def _said(said: bytes | str, password: str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return safe(redacted(text, [password]), 200)


def _cut(server: smtplib.SMTP) -> None:
    if (connection := server.sock) is not None:
        # Of the class beneath: SSLSocket's own shutdown would take the state from the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _id_of(key: str) -> str:
    """Return the left part of a Message-ID: the same for the same message."""
    return f"remind.{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _spec(address: str) -> str:
    """Return an address without its name."""
    return address.rpartition("<")[2].rstrip(">")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
