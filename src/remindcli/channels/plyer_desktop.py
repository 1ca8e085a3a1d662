"""A notification shown through plyer, and never taken for shown without a check.

The way on macOS and Windows, and the second choice on Linux.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from remindcli.channels import ChannelError, Message, Receipt, Refusal
from remindcli.channels.desktop_texts import texts
from remindcli.channels.program import end_group
from remindcli.core.safe import safe

# The child sees exactly the modules that this process sees (a --user install too), and nothing of PYTHON*.
_BOOTSTRAP = """\
import json, sys
sys.path[:] = json.loads(sys.stdin.readline())
from remindcli.channels.plyer_child import main
main()
"""


class PlyerDesktop:
    """Shows a message on the desktop of the user, through plyer in a process of its own.

    Args:
        environment: where the bus and the display are named; the default is this process's own.
        platform: as in sys.platform.
        child_seconds: how long plyer may take.
    """

    name: ClassVar[str] = "desktop"
    timeout_seconds: ClassVar[float] = 18.0

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        platform: str = sys.platform,
        child_seconds: float = 10.0,
    ) -> None:
        self._environment = environment
        self._platform = platform
        self._child_seconds = child_seconds

    def send(self, message: Message) -> Receipt:
        """Show the message.

        Raises:
            ChannelError: absent: no bus or no server; refused: a silent server, or plyer failed; unknown: it
                took too long, or the server went away meanwhile.
        """
        environment = dict(os.environ if self._environment is None else self._environment)
        if self._platform in {"darwin", "win32"}:
            title, body = texts(message, platform=self._platform)
            return Receipt(self.name, self._show(title, body, message, environment))
        return self._send_on_linux(message, environment)

    def _send_on_linux(self, message: Message, environment: dict[str, str]) -> Receipt:
        try:
            from remindcli.channels.notification_server import notification_server  # noqa: PLC0415  (jeepney: 20 ms)
            from remindcli.channels.session_bus import bus_address  # noqa: PLC0415
        except ImportError as error:
            raise _refused(str(error), permanent=True, hint="pip install jeepney") from error

        with notification_server(environment) as server:
            title, body = texts(message, has_markup=server.has_markup)
            environment["DBUS_SESSION_BUS_ADDRESS"] = bus_address(environment)
            target = self._show(title, body, message, environment)
            if not server.is_still_there():
                raise ChannelError(
                    "the notification server went away while it was told",
                    refusal=Refusal.UNKNOWN,
                    why="the message may have been shown",
                )
        return Receipt(self.name, target)

    def _show(self, title: str, body: str, message: Message, environment: Mapping[str, str]) -> str:
        """Return the notification's id, or "", after the child said that it was taken."""
        order = {
            "title": title,
            "body": body,
            "urgency": str(message.urgency),
            "platform": self._platform,
            # A little less, so that the child ends its own programs even if nobody is left to kill it.
            "seconds": self._child_seconds * 0.9,
        }
        answer = _ask_child(order, environment, self._child_seconds)
        if answer["is_unsure"]:
            raise _unknown(safe(answer["error"], 200))
        if answer["error"]:
            is_mendable = answer["permanent"] and self._platform == "linux"
            hint = "install notify-send (Debian: libnotify-bin)" if is_mendable else ""
            raise _refused(answer["error"], permanent=answer["permanent"], hint=hint)
        return safe(answer["id"], 40)


def _ask_child(order: Mapping[str, object], environment: Mapping[str, str], seconds: float) -> dict[str, Any]:
    """Return the child's answer; nothing that it started is left when the time is over.

    Raises:
        ChannelError: unknown: it did not answer in time, or was killed; refused: it could not begin.
    """
    try:
        status, output, errors = _run_child(order, environment, seconds)
    except OSError as error:  # no memory for another process, or this Python was removed by an upgrade
        raise _refused(str(error), permanent=False, hint="") from error
    try:
        answer: dict[str, Any] = json.loads(output.splitlines()[-1])
    except (IndexError, ValueError):
        if status > 0:  # an exception of its own, before plyer was asked
            raise _refused(errors.strip().rpartition("\n")[2], permanent=False, hint="") from None
        raise _unknown(f"its process ended with status {status} and no answer") from None
    return answer


def _run_child(order: Mapping[str, object], environment: Mapping[str, str], seconds: float) -> tuple[int, str, str]:
    """Return the child's exit status, output and error text."""
    question = json.dumps([entry for entry in sys.path if entry]) + "\n" + json.dumps(order)
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as child:
        try:
            output, errors = child.communicate(question, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise _unknown(f"it did not answer for {seconds:g} seconds") from None
        finally:
            end_group(child)
    return child.returncode, output, errors


def _refused(why: str, *, permanent: bool, hint: str) -> ChannelError:
    return ChannelError(
        "the desktop did not take the notification",
        refusal=Refusal.REFUSED,
        permanent=permanent,
        why=safe(why, 200),
        hint=hint,
    )


def _unknown(why: str) -> ChannelError:
    return ChannelError("the desktop may not have shown the notification", refusal=Refusal.UNKNOWN, why=why)
