"""A POST of JSON to an address of the user's, with an idempotency key and, with a secret, a signature."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import ClassVar
from urllib.parse import urlsplit

from remindcli import checks
from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal
from remindcli.channels.plain import as_json
from remindcli.channels.post import post
from remindcli.channels.secret import Secret, header_fields, no_secret, secret
from remindcli.clock import Clock, SystemClock
from remindcli.settings import Setting

OPTIONS = (
    Setting(
        "url",
        "",
        "Where the message goes; an address often holds a token, so it is a secret.",
        secret,
        is_required=True,
        is_secret=True,
    ),
    Setting("secret", "", "Signs each message: `whsec_` and base64, or any text.", no_secret, is_secret=True),
    Setting("headers", {}, 'More header fields: { Authorization = "env:HOOK_AUTH" }.', header_fields, is_secret=True),
    Setting("ca_file", "", "Certificates to trust beside the system's (PEM).", checks.maybe_text),
    Setting("timeout", 10, "The seconds that all of it may take.", checks.whole_number(1, 25)),
)


class WebhookChannel(Channel):
    """Posts a message to a server.

    Args:
        url: its address.
        secret: signs the messages, so that the server can check who sent them.
        headers: more header fields.
        ca_file: certificates to trust beside the system's.
        timeout: seconds that a message may take.
        clock: for the time in a signature.
    """

    name: ClassVar[str] = "webhook"
    timeout_seconds: ClassVar[float] = 28.0
    at_once: ClassVar[int] = 4

    def __init__(
        self,
        *,
        url: Secret,
        secret: Secret | None = None,
        headers: Mapping[str, Secret] | None = None,
        ca_file: str = "",
        timeout: int = 10,
        clock: Clock | None = None,
    ) -> None:
        self._url = url
        self._secret = secret
        self._headers = dict(headers or {})
        self._ca_file = ca_file
        self._seconds = timeout
        self._clock = clock or SystemClock()

    def examine(self) -> str:
        """Return which server is told; asks no server."""
        url, _, _ = self._read()
        return f"posts to {urlsplit(url).hostname}"

    def send(self, message: Message) -> Receipt:
        """Post the message.

        Raises:
            ChannelError: absent: no way to the server; refused: it said no; unknown: it gave no answer.
        """
        url, key, fields = self._read()
        now = self._clock.now()
        body = json.dumps(as_json(message), ensure_ascii=False).encode()
        headers = {**fields, "Idempotency-Key": message.key, "webhook-id": message.key}
        if key:
            timestamp = int(now.timestamp())
            headers["webhook-timestamp"] = str(timestamp)
            headers["webhook-signature"] = signature(key, message.key, timestamp, body)
        hidden = [url, urlsplit(url).path, urlsplit(url).query, key, *fields.values()]
        post(url, body, headers, seconds=self._seconds, now=now, hidden=hidden, ca_file=self._ca_file)
        return Receipt(self.name, urlsplit(url).hostname or "")

    def _read(self) -> tuple[str, str, dict[str, str]]:
        """Return the address, the secret or "", and the header fields."""
        url = self._url.read()
        try:
            checks.url(url)
        except ValueError as error:
            what, why = "the webhook's address can't be used", f"it must be {error}"
            raise ChannelError(what, refusal=Refusal.REFUSED, permanent=True, why=why) from None
        fields = {name: one.read() for name, one in self._headers.items()}
        return url, self._secret.read() if self._secret else "", fields


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """Return the webhook-signature field of Standard Webhooks: HMAC-SHA256 over "key.timestamp.body", in base64.

    Args:
        secret: `whsec_` and the key in base64; any other text is the key itself.
        timestamp: seconds since 1970.
    """
    secret_bytes = secret.encode()
    if secret.startswith("whsec_"):
        with suppress(binascii.Error):
            secret_bytes = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.new(secret_bytes, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
