"""Show one notification through plyer, in a process of its own, and say what became of it.

plyer returns as if it had shown the message when it has not: it looks at no exit status and sets no limit.
Here its programs are run under a limit, their exit statuses are seen, and the answer is one line of JSON.
"""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any

APP_NAME = "remind"
BALLOON_SECONDS = 5
MAC_SCRIPT = (
    "on run argv",
    "display notification (item 3 of argv) with title (item 2 of argv)",
    "end run",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be shown; the texts are safe and short enough already."""

    title: str
    body: str
    urgency: str
    platform: str
    """As in sys.platform."""
    seconds: float
    """How long one program may take."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it: shown, or why not."""

    id: str = ""
    error: str = ""
    permanent: bool = False
    is_unsure: bool = False
    """It was sent, and no answer came in time."""


class _FailedError(Exception):
    """A program that plyer ran did not show the message."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.error)
        self.answer = answer


def main() -> None:
    """Answer on stdout the order that stands on stdin."""
    order = json.loads(sys.stdin.read())
    print(json.dumps(asdict(show(Order(**order)))), flush=True)  # noqa: T201


def show(order: Order) -> Answer:
    """Return what became of the message on the platform of the order."""
    ways = {"darwin": _on_mac, "win32": _on_windows}
    warnings.simplefilter("ignore")
    try:
        return ways.get(order.platform, _on_linux)(order)
    except _FailedError as failed:
        return failed.answer
    except ImportError as error:
        return Answer(error=str(error), permanent=True)
    except Exception as error:  # noqa: BLE001  plyer lets out whatever its backends raise
        return _failed(f"{type(error).__name__}: {error}")


def _failed(error: str) -> Answer:
    """Return the answer for an error text; a server that died while it was told may have shown it."""
    return Answer(error=error, is_unsure="NoReply" in error)


def _on_linux(order: Order) -> Answer:
    from plyer.platforms.linux import notification  # noqa: PLC0415

    # plyer's own choice takes the Flatpak portal wherever a folder /app exists, and pastes the title into
    # GVariant text there.
    try:
        import dbus  # type: ignore[import-untyped,import-not-found,unused-ignore]  # noqa: PLC0415
    except ImportError:
        return _by_notify_send(notification, order)
    level = dbus.Byte({"low": 0, "critical": 2}.get(order.urgency, 1))
    # A time-out of 0: it stays until somebody has seen it, as it does with notify-send.
    notification.NotifyDbus().notify(
        title=order.title, message=order.body, app_name=APP_NAME, timeout=0, hints={"urgency": level}
    )
    return Answer()


def _by_notify_send(notification: Any, order: Order) -> Answer:
    """Return what became of the message when plyer's module ran notify-send."""
    ids: list[str] = []
    notification.subprocess = SimpleNamespace(call=lambda words: ids.append(_notify_send(words, order)))
    notification.NotifySendNotification().notify(title=order.title, message=order.body, app_name=APP_NAME)
    return Answer(id=ids[0])


def _notify_send(words: Sequence[str], order: Order) -> str:
    """Return the id that notify-send got for plyer's command."""
    command = notify_send_command(words, order.urgency)
    status, output, error = run([*command[:1], "--print-id", *command[1:]], order.seconds)
    if status and "print-id" in error:  # notify-send before 0.7.10
        status, output, error = run(command, order.seconds)
    if status:
        raise _FailedError(_failed(error or f"notify-send ended with status {status}"))
    return output


def notify_send_command(words: Sequence[str], urgency: str) -> list[str]:
    """Return plyer's command so that notify-send shows exactly the texts in it.

    plyer puts title and body first, where a leading `-` is read as an option, and notify-send turns backslash
    sequences of the body into what they stand for in C.
    """
    program, title, body, *options = words
    # The last of two equal options counts.
    return [program, *options, "-u", urgency, "--", title, body.replace("\\", "\\\\")]


def _on_mac(order: Order) -> Answer:
    # plyer needs pyobjus and an app bundle there; without a bundle it is silent and returns.
    status, _, error = run(osascript_command(order), order.seconds)
    if status:
        raise _FailedError(_failed(error or f"osascript ended with status {status}"))
    return Answer()


def osascript_command(order: Order) -> list[str]:
    """Return the command that shows the texts as arguments, never as part of the script."""
    lines = [word for line in MAC_SCRIPT for word in ("-e", line)]
    # The first plain word ends the options, so that a title may begin with a dash.
    return ["osascript", *lines, APP_NAME, order.title, order.body]


def _on_windows(order: Order) -> Answer:
    # plyer's notify() starts a thread, in which errors are lost.
    from plyer.platforms.win.libs.balloontip import WindowsBalloonTip  # noqa: PLC0415

    balloon: Callable[..., object] = WindowsBalloonTip
    balloon(title=order.title, message=order.body, app_name=APP_NAME, timeout=BALLOON_SECONDS)
    return Answer()


def run(command: Sequence[str], seconds: float) -> tuple[int, str, str]:
    """Return exit status, output and error text of a program that was given so many seconds.

    Raises:
        _FailedError: the program is missing, or did not end in time.
    """
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise _FailedError(Answer(error=f"{command[0]} is not installed", permanent=True)) from None
    except subprocess.TimeoutExpired:
        raise _FailedError(Answer(error=f"{command[0]} did not end", is_unsure=True)) from None
    return done.returncode, done.stdout.strip(), done.stderr.strip()
