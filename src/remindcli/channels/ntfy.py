"""A push notification on the phone through ntfy, on ntfy.sh or a server of the user's own."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar
from urllib.parse import urlsplit

from remindcli import checks
from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal, Urgency
from remindcli.channels.plain import body_of, title_of
from remindcli.channels.post import post
from remindcli.channels.secret import Secret, no_secret, secret
from remindcli.clock import Clock, SystemClock
from remindcli.settings import Setting

MESSAGE_BYTES = 4096
"""A longer message becomes an attachment (ntfy's message-size-limit)."""

_PRIORITIES = {Urgency.LOW: 2, Urgency.NORMAL: 3, Urgency.CRITICAL: 5}
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}", re.ASCII)
_ACTIONS = 3
_FIELDS = frozenset({"action", "label", "url", "method", "body", "clear", "intent"})


def _actions(value: object) -> tuple[Mapping[str, object], ...]:
    """Return the buttons, as ntfy takes them."""
    if not isinstance(value, list) or len(value) > _ACTIONS or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"at most {_ACTIONS} buttons: " + '{ action = "view", label = "Open", url = "https://…" }')
    for one in value:
        if one.get("action") not in ("view", "http", "broadcast") or not one.get("label"):
            raise ValueError('action = "view", "http" or "broadcast", and a label')
        if unknown := next((name for name in one if name not in _FIELDS), None):
            raise ValueError(f'the fields {", ".join(sorted(_FIELDS))}, and not "{unknown}"')
        if one["action"] != "broadcast" and not checks.url(one.get("url", "")):
            raise ValueError("an url of each button")
        if not all(isinstance(field, str | bool) for field in one.values()):
            raise ValueError("texts, and clear = true or false")
    return tuple(value)


def _priority(value: object) -> str:
    return str(checks.whole_number(1, 5)(value)) if value != "" else ""


OPTIONS = (
    Setting(
        "topic",
        "",
        "The topic that your phone subscribed to; who knows it may read it, so it is a secret.",
        secret,
        is_required=True,
        is_secret=True,
    ),
    Setting("server", "https://ntfy.sh", "The server.", checks.url),
    Setting("token", "", "An access token (tk_…).", no_secret, is_secret=True),
    Setting("user", "", "A user name, with password instead of token.", checks.maybe_text),
    Setting("password", "", "The password of user.", no_secret, is_secret=True),
    Setting("priority", "", "From 1 to 5; without it 2, 3 or 5 by the priority of the task.", _priority),
    Setting("tags", ["alarm_clock"], "Tags; the name of an emoji becomes one.", checks.texts),
    Setting("click", "", "The address that a tap opens.", checks.url),
    Setting("actions", [], 'Buttons: [{ action = "view", label = "Open", url = "https://…" }].', _actions),
    Setting("ca_file", "", "Certificates to trust beside the system's (PEM).", checks.maybe_text),
    Setting("timeout", 10, "The seconds that all of it may take.", checks.whole_number(1, 25)),
)


class NtfyChannel(Channel):
    """Publishes a message on a topic of an ntfy server (docs.ntfy.sh/publish, "publish as JSON").

    Args:
        topic: where it is published.
        server: the address of the server, which may have a path.
        token: an access token.
        user: a user name, with `password`.
        priority: of every message, 1 to 5; "" goes by the urgency.
        tags: words or names of emojis.
        click: opened by a tap.
        actions: buttons.
        ca_file: certificates to trust beside the system's.
        timeout: seconds that a message may take.
    """

    name: ClassVar[str] = "ntfy"
    timeout_seconds: ClassVar[float] = 28.0
    at_once: ClassVar[int] = 4

    def __init__(
        self,
        *,
        topic: Secret,
        server: str = "https://ntfy.sh",
        token: Secret | None = None,
        user: str = "",
        password: Secret | None = None,
        priority: str = "",
        tags: Sequence[str] = ("alarm_clock",),
        click: str = "",
        actions: Sequence[Mapping[str, object]] = (),
        ca_file: str = "",
        timeout: int = 10,
        clock: Clock | None = None,
    ) -> None:
        self._topic = topic
        self._server = server
        self._token = token
        self._user = user
        self._password = password
        self._priority = priority
        self._more = {"tags": list(tags), "click": click, "actions": [dict(one) for one in actions]}
        self._ca_file = ca_file
        self._seconds = timeout
        self._clock = clock or SystemClock()

    def examine(self) -> str:
        """Return which server is told; asks no server."""
        self._read()
        return f"publishes on {urlsplit(self._server).hostname}"

    def send(self, message: Message) -> Receipt:
        """Publish the message.

        Raises:
            ChannelError: absent: no way to the server; refused: it said no; unknown: it gave no answer.
        """
        topic, hidden, headers = self._read()
        about = {
            "topic": topic,
            "title": title_of(message),
            # Without a message ntfy writes "triggered".
            "message": _cut(body_of(message) or title_of(message)),
            "priority": int(self._priority or _PRIORITIES[message.urgency]),
            # From 2.16 on a repetition takes the place of the first one; older servers read over it.
            "sequence_id": hashlib.sha256(message.key.encode()).hexdigest()[:32],
            **{name: value for name, value in self._more.items() if value},
        }
        post(
            self._server,
            json.dumps(about, ensure_ascii=False).encode(),
            headers,
            seconds=self._seconds,
            now=self._clock.now(),
            hidden=(topic, *hidden),
            ca_file=self._ca_file,
        )
        return Receipt(self.name, urlsplit(self._server).hostname or "")

    def _read(self) -> tuple[str, list[str], dict[str, str]]:
        """Return the topic, what else is secret, and the header fields that say who we are."""
        topic = self._topic.read()
        if not _TOPIC.fullmatch(topic):
            raise _unusable("its topic is not of 1 to 64 letters, digits, - and _")
        if self._token:
            token = self._token.read()
            return topic, [token], {"Authorization": f"Bearer {token}"}
        if not self._user:
            return topic, [], {}
        if not self._password:
            raise _unusable("it has a user and no password")
        password = self._password.read()
        pair = base64.b64encode(f"{self._user}:{password}".encode()).decode()
        return topic, [password, pair], {"Authorization": f"Basic {pair}"}


def _cut(text: str) -> str:
    """Return at most so many bytes as ntfy shows as a message, whole letters only."""
    return text.encode()[:MESSAGE_BYTES].decode("utf-8", "ignore")


def _unusable(why: str) -> ChannelError:
    return ChannelError("the ntfy channel can't be used", refusal=Refusal.REFUSED, permanent=True, why=why)
