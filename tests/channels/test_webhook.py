"""The webhook against real servers on loopback, well-behaved and not."""

import base64
import hashlib
import hmac
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from tests.channels.contract import ChannelContract, End, refusal_of
from tests.channels.http_rig import Server, cuts_off, drips, free_port, never_ends, says, serving
from tests.conftest import FakeClock

from remindcli.channels import Channel, ChannelError, Message, Refusal
from remindcli.channels.post import retry_after
from remindcli.channels.secret import Secret
from remindcli.channels.webhook import WebhookChannel, signature

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def to(server: Server, **more: object) -> WebhookChannel:
    usual = {"url": Secret(server.url), "timeout": 20, "clock": FakeClock(NOON)}
    return WebhookChannel(**{**usual, **more})  # type: ignore[arg-type]


def error_of(channel: Channel) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(Message("key", "not to be seen"))
    return caught.value


class TestContract(ChannelContract):
    hang_is = Refusal.UNKNOWN

    @pytest.fixture
    def works(self, server: Server) -> End:
        return End(to(server), lambda: [one.json["title"] for one in server.asked])

    @pytest.fixture
    def impatient(self, server: Server) -> Channel:
        return to(server, timeout=1)

    @pytest.fixture
    def absent(self) -> Channel:
        return WebhookChannel(url=Secret(f"http://127.0.0.1:{free_port()}/"))

    @pytest.fixture
    def refuses(self, server: Server) -> tuple[Channel, Refusal]:
        server.behaviour = says(403)
        return to(server), Refusal.REFUSED

    @pytest.fixture
    def hang(self, server: Server) -> Callable[[], AbstractContextManager[None]]:
        return server.hanging


def test_what_is_sent(server: Server) -> None:
    receipt = to(server, headers={"Authorization": Secret("Bearer tk_1")}).send(
        Message("uid+0", "pay rent", "due 09:00")
    )
    (asked,) = server.asked
    assert asked.path == "/hook"
    assert asked.json == {"key": "uid+0", "title": "pay rent", "body": "due 09:00", "urgency": "normal"}
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert asked.headers["Idempotency-Key"] == asked.headers["webhook-id"] == "uid+0"
    assert asked.headers["Authorization"] == "Bearer tk_1"
    assert "webhook-signature" not in asked.headers
    assert receipt.target == "127.0.0.1"


def test_the_signature_is_that_of_standard_webhooks(server: Server) -> None:
    # The example of the specification (standardwebhooks.com).
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}') == expected
    to(server, secret=Secret(secret)).send(Message("k", "milk"))
    (asked,) = server.asked
    at = int(asked.headers["webhook-timestamp"])
    assert at == int(NOON.timestamp())
    assert asked.headers["webhook-signature"] == signature(secret, "k", at, asked.body)


def test_a_secret_that_is_no_base64_is_taken_as_it_is() -> None:
    assert signature("plain", "k", 1, b"") != signature("whsec_plain?", "k", 1, b"")
    bare = hmac.new(b"whsec_not base64!", b"k.1.", hashlib.sha256).digest()
    assert signature("whsec_not base64!", "k", 1, b"") == f"v1,{base64.b64encode(bare).decode()}", (
        "text is a key as it is"
    )


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 408, 425, 429, 500, 502, 503])
def test_only_200_to_299_is_a_yes(server: Server, status: int) -> None:
    is_permanent = status < 500 and status not in (408, 425, 429)
    server.behaviour = says(status, b"because")
    error = error_of(to(server))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, is_permanent)
    assert str(status) in error.what
    server.behaviour = says(204)
    assert to(server).send(Message("key", "milk")).channel == "webhook"


def test_retry_after_is_handed_on(server: Server) -> None:
    server.behaviour = says(429, Retry_After="120")
    assert error_of(to(server)).retry_after == timedelta(minutes=2)
    server.behaviour = says(503, Retry_After="Mon, 02 Nov 2026 12:05:00 GMT")
    assert error_of(to(server)).retry_after == timedelta(minutes=5)
    server.behaviour = says(403, Retry_After="120")
    assert error_of(to(server)).retry_after is None


@pytest.mark.parametrize(
    ("field", "wait"),
    [
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", timedelta(0)),
        ("99999999999999999999", timedelta(days=1)),
        ("Mon, 02 Nov 2020 12:00:00 GMT", timedelta(0)),
        ("Mon, 02 Nov 2099 12:00:00 GMT", timedelta(days=1)),
        ("Mon, 99 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after(field: str, wait: timedelta | None) -> None:
    assert retry_after(field, NOON) == wait


def test_a_redirect_is_not_followed(server: Server) -> None:
    with serving() as other:
        for status in (301, 302, 303, 307, 308):
            server.behaviour = says(status, Location=other.url)
            error = error_of(to(server, headers={"Authorization": Secret("Bearer tk_1")}))
            assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
            assert "redirect (to 127.0.0.1)" in error.why
        assert other.asked == []


@pytest.mark.parametrize("behaviour", [cuts_off, drips], ids=["cut off", "drips"])
def test_half_an_answer_is_unknown_and_in_time(server: Server, behaviour: Callable[..., None]) -> None:
    server.behaviour = behaviour
    assert refusal_of(to(server, timeout=1)) == (Refusal.UNKNOWN, False)


def test_an_endless_answer_is_not_read(server: Server) -> None:
    server.behaviour = never_ends
    error = error_of(to(server))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, False)
    assert len(error.why) <= 200
    assert not server.was_read_to_the_end.is_set()


def test_a_name_that_nobody_has_is_absent() -> None:
    assert refusal_of(WebhookChannel(url=Secret("http://nobody.invalid/"), timeout=5)) == (Refusal.ABSENT, False)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def context_of(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def test_tls(authority: trustme.CA, tmp_path: Path) -> None:
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with serving(context_of(authority, "localhost")) as server:
        to(server, ca_file=str(trusted)).send(Message("key", "milk"))
        assert [one.json["title"] for one in server.asked] == ["milk"]
        server.behaviour = drips
        assert refusal_of(to(server, ca_file=str(trusted), timeout=1)) == (Refusal.UNKNOWN, False)


@pytest.mark.parametrize("name", ["localhost", "example.org"], ids=["of nobody", "of another name"])
def test_a_bad_certificate_is_a_no_for_good(authority: trustme.CA, tmp_path: Path, name: str) -> None:
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with serving(context_of(authority, name)) as server:
        error = error_of(to(server, ca_file=str(trusted) if name == "example.org" else ""))
        assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
        assert "certificate" in error.what
        assert error.why
        assert server.asked == []


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_ca_file_that_is_none_is_a_no_for_good(tmp_path: Path, text: str | None) -> None:
    if text:
        (tmp_path / "ca.pem").write_text(text)
    channel = WebhookChannel(url=Secret("https://127.0.0.1/"), ca_file=str(tmp_path / "ca.pem"))
    assert refusal_of(channel) == (Refusal.REFUSED, True)


def test_a_server_without_tls_is_a_no(server: Server) -> None:
    url = server.url.replace("http://", "https://")
    assert refusal_of(WebhookChannel(url=Secret(url), timeout=20)) == (Refusal.REFUSED, False)
    assert server.asked == []


def test_no_secret_is_in_an_error(server: Server) -> None:
    server.behaviour = says(400, b"bad tk_secret for /hook?token=tk_url&x and whsec_abcd")
    url = f"{server.url}?token=tk_url"
    channel = WebhookChannel(
        url=Secret(url), secret=Secret("whsec_abcd"), headers={"X-Key": Secret("tk_secret")}, timeout=20
    )
    error = error_of(channel)
    said = f"{error.what} {error.why} {error.hint} {error!r} {channel!r}"
    assert "[secret]" in error.why
    assert not any(one in said for one in ("tk_secret", "tk_url", "whsec_abcd"))


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "http://", "http://a b/", "http://x:99999/"])
def test_an_address_that_is_none_is_a_no_for_good(url: str) -> None:
    error = error_of(WebhookChannel(url=Secret(url)))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
    assert url not in f"{error.what} {error.why}"


def test_examine_asks_nobody_and_needs_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = WebhookChannel(url=Secret("env:TEST_HOOK_URL"))
    with pytest.raises(ChannelError, match="a secret can't be read"):
        channel.examine()
    monkeypatch.setenv("TEST_HOOK_URL", "https://hooks.invalid/x")
    assert channel.examine() == "posts to hooks.invalid"
