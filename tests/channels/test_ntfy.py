"""ntfy: its documented protocol ("publish as JSON") against a server on loopback, which is not ntfy itself."""

import base64
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from tests.channels.contract import ChannelContract, End, refusal_of
from tests.channels.http_rig import Server, free_port, says, serving

from remindcli.channels import Channel, ChannelError, Message, Refusal, Urgency
from remindcli.channels.ntfy import MESSAGE_BYTES, NtfyChannel
from remindcli.channels.secret import Secret


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def to(server: Server, **more: Any) -> NtfyChannel:
    return NtfyChannel(**{"topic": Secret("my-topic"), "server": server.url, "timeout": 20, **more})


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
        return NtfyChannel(topic=Secret("t"), server=f"http://127.0.0.1:{free_port()}")

    @pytest.fixture
    def refuses(self, server: Server) -> tuple[Channel, Refusal]:
        server.behaviour = says(403, b'{"code":40301,"http":403,"error":"forbidden"}')
        return to(server), Refusal.REFUSED

    @pytest.fixture
    def hang(self, server: Server) -> Callable[[], AbstractContextManager[None]]:
        return server.hanging


def test_what_is_published(server: Server) -> None:
    actions = [{"action": "view", "label": "Open", "url": "https://example.org/"}]
    channel = to(server, tags=["bell"], click="https://example.org/x", actions=actions, token=Secret("tk_1"))
    receipt = channel.send(Message("uid+0", "pay rent", "due 09:00", Urgency.CRITICAL))
    (asked,) = server.asked
    sequence = asked.json.pop("sequence_id")
    assert asked.json == {
        "topic": "my-topic",
        "title": "pay rent",
        "message": "due 09:00",
        "priority": 5,
        "tags": ["bell"],
        "click": "https://example.org/x",
        "actions": actions,
        "sequence_id": sequence,
    }
    assert asked.headers["Authorization"] == "Bearer tk_1"
    assert receipt.target == "127.0.0.1", "the topic is a secret"


def test_a_repetition_has_the_same_sequence_and_another_message_has_not(server: Server) -> None:
    for key in ("uid+0", "uid+0", "uid+60"):
        to(server).send(Message(key, "milk"))
    first, second, third = (one.json["sequence_id"] for one in server.asked)
    assert first == second != third
    assert len(first) == 32
    assert first.isalnum()


@pytest.mark.parametrize(("urgency", "priority"), [(Urgency.LOW, 2), (Urgency.NORMAL, 3), (Urgency.CRITICAL, 5)])
def test_the_priority_goes_by_the_task_unless_it_is_set(server: Server, urgency: Urgency, priority: int) -> None:
    to(server).send(Message("key", "milk", urgency=urgency))
    to(server, priority="4").send(Message("key", "milk", urgency=urgency))
    assert [one.json["priority"] for one in server.asked] == [priority, 4]


def test_a_user_and_a_password(server: Server) -> None:
    to(server, user="ann", password=Secret("pässword")).send(Message("key", "milk"))
    given = server.asked[0].headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(given).decode() == "ann:pässword"


def test_what_is_too_long_for_ntfy_is_cut_between_letters(server: Server) -> None:
    to(server).send(Message("key", "🎉" * 500, "🎉" * 3000))
    (asked,) = server.asked
    assert len(asked.json["message"].encode()) <= MESSAGE_BYTES
    assert "\ufffd" not in asked.json["message"]
    assert len(asked.body) <= 2 * MESSAGE_BYTES, "ntfy reads no more of a JSON publish"


def test_without_a_body_the_title_is_the_message(server: Server) -> None:
    to(server).send(Message("key", "milk"))
    assert server.asked[0].json["message"] == "milk", "else ntfy writes: triggered"


@pytest.mark.parametrize("status", [401, 403, 404, 413])
def test_a_no_of_the_server_is_for_good_and_hides_the_topic_and_the_token(server: Server, status: int) -> None:
    server.behaviour = says(status, b'{"error":"my-topic is not for tk_12345"}')
    with pytest.raises(ChannelError) as caught:
        to(server, token=Secret("tk_12345")).send(Message("key", "milk"))
    assert (caught.value.refusal, caught.value.permanent) == (Refusal.REFUSED, True)
    assert "tk_12345" not in str(vars(caught.value))
    assert "my-topic" not in str(vars(caught.value))


def test_the_limits_of_a_server_are_for_now(server: Server) -> None:
    server.behaviour = says(429, b'{"code":42901,"error":"limit reached"}', Retry_After="30")
    assert refusal_of(to(server)) == (Refusal.REFUSED, False)
    server.behaviour = says(507, b"insufficient storage")
    assert refusal_of(to(server)) == (Refusal.REFUSED, False)


@pytest.mark.parametrize("topic", ["a b", "über", "a/b", "x" * 65, "t?x"])
def test_a_topic_that_ntfy_has_not_is_a_no_for_good(server: Server, topic: str) -> None:
    assert refusal_of(to(server, topic=Secret(topic))) == (Refusal.REFUSED, True)
    assert server.asked == []


def test_a_user_without_a_password_is_found_by_examine(server: Server) -> None:
    with pytest.raises(ChannelError, match="can't be used"):
        to(server, user="ann").examine()
    assert to(server).examine() == "publishes on 127.0.0.1"
