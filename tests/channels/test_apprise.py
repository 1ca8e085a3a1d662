"""apprise, the real library in its own process, against a server on loopback (its json:// service)."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from tests.channels.contract import ChannelContract, End
from tests.channels.http_rig import Server, free_port, never_ends, says, serving

from remindcli.channels import Channel, ChannelError, Message, Refusal, Urgency
from remindcli.channels.apprise import MOST_MEMORY, AppriseChannel
from remindcli.channels.secret import Secret

pytestmark = pytest.mark.live  # each message starts a process that loads the library: half a second


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def url_of(server: Server) -> Secret:
    return Secret(f"json://ann:tk_12345@127.0.0.1:{server.server_port}/hidden-path")


def error_of(channel: Channel) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        channel.send(Message("key", "milk"))
    return caught.value


class TestContract(ChannelContract):
    hang_is = Refusal.UNKNOWN
    absent_is = (Refusal.REFUSED, False)

    @pytest.fixture
    def works(self, server: Server) -> End:
        return End(
            AppriseChannel(urls=[url_of(server)], timeout=20), lambda: [one.json["title"] for one in server.asked]
        )

    @pytest.fixture
    def impatient(self, server: Server) -> Channel:
        return AppriseChannel(urls=[url_of(server)], timeout=3)

    @pytest.fixture
    def absent(self) -> Channel:
        return AppriseChannel(urls=[Secret(f"json://127.0.0.1:{free_port()}/")])

    @pytest.fixture
    def refuses(self, server: Server) -> tuple[Channel, Refusal]:
        server.behaviour = says(403)
        return AppriseChannel(urls=[url_of(server)]), Refusal.REFUSED

    @pytest.fixture
    def hang(self, server: Server) -> Callable[[], AbstractContextManager[None]]:
        return server.hanging


def test_what_is_sent_and_that_one_service_is_enough(server: Server) -> None:
    channel = AppriseChannel(urls=[Secret(f"json://127.0.0.1:{free_port()}/"), url_of(server)])
    receipt = channel.send(Message("key", "pay rent", "due 09:00", Urgency.CRITICAL))
    (asked,) = server.asked
    assert (asked.json["title"], asked.json["message"], asked.json["type"]) == ("pay rent", "due 09:00", "warning")
    assert receipt.target == "2 services"


def test_no_part_of_an_address_is_in_an_error(server: Server) -> None:
    server.behaviour = says(400, b"hidden-path is not for ann with tk_12345")
    error = error_of(AppriseChannel(urls=[url_of(server)]))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, False)
    assert error.why, "what apprise said"
    assert not any(one in str(vars(error)) for one in ("tk_12345", "hidden-path"))


@pytest.mark.parametrize("url", ["nonsense://tk_12345/", "tk_12345", "tgram://"])
def test_an_address_that_apprise_has_not_is_a_no_for_good(url: str) -> None:
    error = error_of(AppriseChannel(urls=[Secret(url)]))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, True)
    assert "an address that apprise can't read" in error.why
    assert "tk_12345" not in str(vars(error))


def test_without_the_extra_the_error_is_the_line_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "apprise", raising=False)
    error = error_of(AppriseChannel(urls=[Secret("json://127.0.0.1/")]))
    assert (error.permanent, error.hint) == (True, 'pip install "remindcli[apprise]"')
    assert error.what == "apprise is not installed"


def test_examine_asks_nobody(server: Server) -> None:
    assert AppriseChannel(urls=[url_of(server)]).examine() == "tells 1 service"
    assert server.asked == []


def test_an_endless_answer_fails_and_does_not_fill_the_machine(server: Server) -> None:
    server.behaviour = partial(never_ends, most=2 * MOST_MEMORY)
    error = error_of(AppriseChannel(urls=[url_of(server)], timeout=25))
    assert (error.refusal, error.permanent) == (Refusal.REFUSED, False)
    assert "a service answered without an end" in error.why
    assert not server.was_read_to_the_end.is_set()
