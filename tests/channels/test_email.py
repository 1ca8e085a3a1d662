"""E-mail against real SMTP servers on loopback (aiosmtpd), and against ones that misbehave on a plain socket."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from tests.channels.contract import ChannelContract, End, refusal_of
from tests.channels.http_rig import free_port
from tests.conftest import FakeClock

from remindcli.channels import Channel, ChannelError, Message, Refusal, Urgency
from remindcli.channels.email import EmailChannel
from remindcli.channels.secret import Secret

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


class Postbox:
    """What aiosmtpd asks at each step of a mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Any] = []
        self.answers: dict[str, str] = {}
        self.is_closing = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Take a recipient, or not."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, or not."""
        if self.is_closing:
            server.transport.close()
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.envelopes.append(envelope)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


def authenticated(server: Any, session: Any, envelope: Any, mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=given.login == b"ann" and given.password == b"tk_12345", handled=False)


Serving = tuple[Postbox, int]


def greet(port: int) -> None:
    """Wait until a server of TLS has said hello."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 5) as raw, context.wrap_socket(raw) as client:
        client.recv(100)


@contextmanager
def postbox(context: ssl.SSLContext | None = None, *, is_tls: bool = False, **more: Any) -> Iterator[Serving]:
    """Serve SMTP on loopback; yield what arrives, and the port."""
    box = Postbox()
    tls = {"ssl_context": context} if is_tls else {"tls_context": context} if context else {}
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **tls, **more)
    if is_tls:  # the controller's own look whether it is up uses the context of a server
        controller._trigger_server = lambda: greet(controller.port)
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


@pytest.fixture
def box() -> Iterator[Serving]:
    with postbox() as found:
        yield found


def to(port: int, **more: Any) -> EmailChannel:
    usual = {"server": "127.0.0.1", "port": port, "security": "none", "to": ["ann@example.org"], "timeout": 20}
    return EmailChannel(clock=FakeClock(NOON), **{**usual, **more})


def error_of(channel: Channel) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(Message("key", "milk"))
    return caught.value


@contextmanager
def talking(*lines: bytes) -> Iterator[int]:
    """Serve one client after the other with these lines, one for each that it says, and then be silent."""
    is_over = Event()

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, suppress(OSError):
                    for line in lines:
                        client.sendall(line)
                        if line and client.recv(4096) == b"":
                            break
                    else:
                        is_over.wait(20)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            is_over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


class TestContract(ChannelContract):
    hang_is = Refusal.ABSENT

    @pytest.fixture
    def works(self, box: Serving) -> End:
        return End(to(box[1]), lambda: [str(mail["Subject"]) for mail in box[0].mails])

    @pytest.fixture
    def impatient(self, box: Serving) -> Channel:
        self.channel = to(box[1], timeout=1)
        return self.channel

    @pytest.fixture
    def absent(self) -> Channel:
        return to(free_port())

    @pytest.fixture
    def refuses(self, box: Serving) -> tuple[Channel, Refusal]:
        box[0].answers["DATA"] = "554 no such thing"
        return to(box[1]), Refusal.REFUSED

    @pytest.fixture
    def hang(self) -> Callable[[], AbstractContextManager[None]]:
        @contextmanager
        def hanging() -> Iterator[None]:
            with talking() as port:
                self.channel._port = port
                yield

        return hanging


def test_what_is_sent(box: Serving) -> None:
    found, port = box
    channel = to(port, to=["Ann Müller <ann@example.org>", "bob@example.org"], sender="Remind <remind@example.net>")
    receipt = channel.send(Message("uid+0", "grüße 🎉", "due 09:00\nlate", Urgency.CRITICAL))
    (mail,) = found.mails
    assert mail["Subject"] == "grüße 🎉"
    assert mail["From"] == "Remind <remind@example.net>"
    assert mail["To"] == "Ann Müller <ann@example.org>, bob@example.org"
    assert mail["Date"].datetime == NOON
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Importance"] == "high"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["due 09:00", "late"]
    assert found.envelopes[0].mail_from == "remind@example.net"
    assert found.envelopes[0].rcpt_tos == ["ann@example.org", "bob@example.org"]
    assert receipt.target == "Ann Müller <ann@example.org>, bob@example.org"


def test_a_repetition_has_the_same_id_and_another_message_has_not(box: Serving) -> None:
    for key in ("uid+0", "uid+0", "lost-\r\nBcc: x@y.z"):
        to(box[1]).send(Message(key, "milk"))
    first, second, third = (str(mail["Message-ID"]) for mail in box[0].mails)
    assert first == second != third
    assert first.endswith("@example.org>")


@pytest.mark.parametrize("text", ["milk\r\nBcc: eve@example.org", "milk\n\nbody", "milk\rX-Y: z", "a\u2028b: c"])
def test_no_title_can_add_a_header(box: Serving, text: str) -> None:
    to(box[1]).send(Message("key", text, text))
    (mail,) = box[0].mails
    assert set(mail.keys()) <= {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
        *("Content-Type", "Content-Transfer-Encoding", "X-Peer", "X-MailFrom", "X-RcptTo"),
    }
    assert box[0].envelopes[0].rcpt_tos == ["ann@example.org"]


def test_a_body_with_a_lone_dot_arrives_whole(box: Serving) -> None:
    to(box[1]).send(Message("key", "milk", "one\n.\nQUIT\nFrom here\n" + "y" * 1500))
    assert box[0].mails[0].get_content().splitlines()[:4] == ["one", ".", "QUIT", "From here"]


@pytest.mark.parametrize(
    ("step", "answer", "is_permanent"),
    [
        ("DATA", "451 later", False),
        ("DATA", "552 too big", True),
        ("ann@example.org", "450 busy", False),
        ("ann@example.org", "550 nobody", True),
    ],
)
def test_4_is_for_now_and_5_for_good(box: Serving, step: str, answer: str, is_permanent: bool) -> None:
    box[0].answers[step] = answer
    error = error_of(to(box[1]))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, is_permanent)
    assert (error.what, error.why) == (f"127.0.0.1 answered {answer[:3]}", answer[4:])


def test_one_of_two_is_reached_and_the_other_is_in_the_log(box: Serving, caplog: pytest.LogCaptureFixture) -> None:
    box[0].answers["bob@example.org"] = "550 nobody"
    receipt = to(box[1], to=["bob@example.org", "ann@example.org"]).send(Message("key", "milk"))
    assert receipt.target == "ann@example.org"
    assert "refused bob@example.org: 550 nobody" in caplog.text


def test_a_server_that_goes_away_after_the_mail_is_unknown(box: Serving) -> None:
    box[0].is_closing = True
    assert refusal_of(to(box[1])) == (Refusal.UNKNOWN, False)


@pytest.mark.parametrize(
    ("lines", "refusal", "is_permanent"),
    [
        ((b"554 go away\r\n",), Refusal.REFUSED, True),
        ((b"421 busy\r\n",), Refusal.REFUSED, False),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), Refusal.REFUSED, False),
        ((b"220 hello\r\n", b"250-me\r\n250 SIZE 9\r\n", b"250 ok\r\n"), Refusal.UNKNOWN, False),
        ((b"220 " + b"x" * 100_000,), Refusal.REFUSED, True),
        ((b"220-hello\r\n" * 20_000,), Refusal.REFUSED, False),
        ((b"220 hello\r\n", b"250-me\r\n" * 20_000), Refusal.REFUSED, False),
    ],
    ids=[
        "a no at once",
        "busy",
        "no mail server",
        "silent in the middle",
        "an endless line",
        "a greeting of endless lines",
        "an answer of endless lines",
    ],
)
def test_servers_that_misbehave(lines: tuple[bytes, ...], refusal: Refusal, is_permanent: bool) -> None:
    with talking(*lines) as port:
        assert refusal_of(to(port, timeout=2 if refusal is Refusal.UNKNOWN else 20)) == (refusal, is_permanent)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def context_of(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return str(tmp_path / "ca.pem")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_and_a_password(authority: trustme.CA, trusted: str, security: str) -> None:
    is_tls = security == "tls"
    more = {"authenticator": authenticated, "auth_required": not is_tls, "auth_require_tls": not is_tls}
    with postbox(context_of(authority), is_tls=is_tls, **more) as (found, port):
        channel = to(port, security=security, ca_file=trusted, user="ann", password=Secret("tk_12345"), timeout=5)
        channel.send(Message("key", "milk"))
        assert [mail["Subject"] for mail in found.mails] == ["milk"]
        error = error_of(
            to(port, security=security, ca_file=trusted, user="ann", password=Secret("tk_67890"), timeout=5)
        )
        assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
        assert error.hint == "look at user and password"
        assert "tk_67890" not in str(vars(error))


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["127.0.0.1", "example.org"], ids=["of nobody", "of another name"])
def test_a_bad_certificate_is_a_no_for_good(authority: trustme.CA, trusted: str, security: str, name: str) -> None:
    with postbox(context_of(authority, name), is_tls=security == "tls") as (found, port):
        error = error_of(to(port, security=security, ca_file=trusted if name == "example.org" else "", timeout=5))
        assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
        assert "certificate" in error.what
        assert found.mails == []


def test_nothing_goes_in_the_clear_where_tls_is_not_offered(box: Serving) -> None:
    error = error_of(to(box[1], security="starttls", user="ann", password=Secret("tk_12345")))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
    assert "STARTTLS" in error.why
    assert box[0].mails == []


def test_nothing_goes_in_the_clear_over_the_network() -> None:
    error = error_of(to(25, server="smtp.invalid"))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
    assert "in the clear" in error.what
    with pytest.raises(ChannelError, match="no password"):
        to(25, user="ann").examine()
    assert to(25).examine() == "sends to ann@example.org through 127.0.0.1"


def test_a_password_that_smtp_does_not_take_is_a_no_for_good_and_not_shown() -> None:
    with postbox(authenticator=authenticated, auth_require_tls=False) as (_, port):
        error = error_of(to(port, user="ann", password=Secret("pässwörd")))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
    assert "pässwörd" not in str(vars(error))
