"""Telegram, Matrix, Pushover, Slack and a hundred other services, through the library apprise, which is an extra."""

import json
import logging
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import ClassVar

from remindcli import checks
from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal
from remindcli.channels.plain import as_json
from remindcli.channels.program import run
from remindcli.channels.secret import Secret, redacted, secrets
from remindcli.core.safe import safe
from remindcli.settings import Setting

OPTIONS = (
    Setting(
        "urls",
        [],
        'Addresses as apprise has them: ["env:TELEGRAM_URL"]; they hold tokens, so they are secrets.',
        secrets,
        is_required=True,
        is_secret=True,
    ),
    Setting("timeout", 20, "The seconds that all of it may take.", checks.whole_number(1, 25)),
)

SOME, NONE, UNREADABLE = 0, 75, 65
"""Exit statuses of the child: one service at least took it, none did, none of the addresses can be read."""

MOST_MEMORY = 512 * 1024 * 1024
"""Bytes that the child may take; 70 MB are what it needs."""

_log = logging.getLogger(__name__)

# The child sees exactly the modules that this process sees (a --user install too), and nothing of PYTHON*.
_BOOTSTRAP = """\
import json, sys
sys.path[:] = json.loads(sys.stdin.readline())
from remindcli.channels.apprise import main
sys.exit(main())
"""


class AppriseChannel(Channel):
    """Hands a message to apprise, in a process of its own: its hundred plug-ins can neither hang nor fill the daemon.

    Args:
        urls: where it goes; one that takes it is enough.
        timeout: seconds that a message may take.
    """

    name: ClassVar[str] = "apprise"
    timeout_seconds: ClassVar[float] = 28.0

    def __init__(self, *, urls: Sequence[Secret], timeout: int = 20) -> None:
        self._urls = tuple(urls)
        self._seconds = timeout

    def examine(self) -> str:
        """Return how many services are told; asks none.

        Raises:
            ChannelError: apprise is not installed, or a secret can't be read.
        """
        count = len(self._read())
        return f"tells {count} service{'' if count == 1 else 's'}"

    def send(self, message: Message) -> Receipt:
        """Tell the services.

        Raises:
            ChannelError: refused: none of them took it; unknown: they took too long.
        """
        urls = self._read()
        paths = json.dumps([entry for entry in sys.path if entry])
        order = json.dumps({"urls": urls, **as_json(message)})
        try:
            ended = run(
                [sys.executable, "-I", "-c", _BOOTSTRAP],
                f"{paths}\n{order}\n",
                seconds=self._seconds,
                environment=os.environ,
            )
        except OSError as error:  # no memory for another process, or this Python was removed by an upgrade
            raise _refused(str(error.strerror)) from None
        said = safe(redacted(ended.output.strip(), _pieces(urls)), 200)
        if ended.status == SOME:
            if said:
                _log.warning("apprise said: %s", said)
            return Receipt(self.name, f"{len(urls)} service{'' if len(urls) == 1 else 's'}")
        if ended.status is None or ended.status < 0:
            raise ChannelError(
                "apprise gave no answer, and may have told it",
                refusal=Refusal.UNKNOWN,
                why=f"it took longer than {self._seconds} s" if ended.status is None else said,
            )
        raise _refused(said, permanent=ended.status == UNREADABLE)

    def _read(self) -> list[str]:
        if find_spec("apprise") is None:
            raise ChannelError(
                "apprise is not installed",
                refusal=Refusal.REFUSED,
                permanent=True,
                hint='pip install "remindcli[apprise]"',
            )
        return [one.read() for one in self._urls]


def main() -> int:
    """Tell the services that stdin names, in the child; return SOME, NONE or UNREADABLE."""
    from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415  an extra, and it takes 0.3 s

    _bound_memory()

    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(message)s")
    order = json.loads(sys.stdin.readline())
    kind = NotifyType.WARNING if order["urgency"] == "critical" else NotifyType.INFO
    services = []
    for url in order["urls"]:
        service = Apprise.instantiate(url, suppress_exceptions=True)
        if service is None:
            sys.stdout.write("an address that apprise can't read\n")
        else:
            services.append(service)
    body = order["body"] or order["title"]
    taken = []
    for service in services:
        try:
            is_taken = service.notify(body=body, title=order["title"], notify_type=kind, body_format=NotifyFormat.TEXT)
        except MemoryError:
            sys.stdout.write("a service answered without an end\n")
            is_taken = False
        taken.append(bool(is_taken))
    if any(taken):
        return SOME
    return NONE if services else UNREADABLE


def _bound_memory() -> None:
    """Have an answer without an end fail, and not fill the machine: the plug-ins read all that a service says."""
    try:
        import resource  # noqa: PLC0415  not on Windows
    except ImportError:
        return
    with suppress(OSError, ValueError):  # a lower limit holds already, or the system has none of this kind
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _pieces(urls: Sequence[str]) -> list[str]:
    """Return the parts of addresses, each of which may be a token."""
    return [piece for url in urls for piece in (url, *re.split(r"[:/?&=@#,]+", url.partition("://")[2]))]


def _refused(why: str, *, permanent: bool = False) -> ChannelError:
    return ChannelError("no service took the message", refusal=Refusal.REFUSED, permanent=permanent, why=why)
