"""How late 200 reminders due at once are, with and without a channel that hangs: python bench/channels.py.

Two webhooks on loopback: `quick` answers at once, `stuck` never does. Beside it what one message costs on each channel
that sends over the network, or starts a program.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from remindcli.channels import Channel, Message
from remindcli.channels.command import CommandChannel
from remindcli.channels.ntfy import NtfyChannel
from remindcli.channels.secret import Secret
from remindcli.channels.webhook import WebhookChannel
from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.daemon import serve
from remindcli.daemon.engine import Engine
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

CLOCK = SystemClock()
COUNT = 200
OVER = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Answers at once, or, under /stuck, never."""

    def do_POST(self) -> None:
        """Take a message."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/stuck":
            OVER.wait(60)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def late(url: str, stuck: int) -> tuple[float, float]:
    """Return the median and the longest lateness in milliseconds, as the store has it, of the quick ones.

    Args:
        stuck: how many of the reminders go to the channel that hangs.
    """
    with tempfile.TemporaryDirectory(prefix="remind-bench-") as folder:
        store = Store(Path(folder, "remind.db"), CLOCK)
        due = (CLOCK.now() + timedelta(seconds=COUNT * 0.03 + 2)).replace(microsecond=0, tzinfo=None)
        for number in range(COUNT):
            name = "stuck" if number < stuck else "quick"
            store.add(NewTask(name, Rule(due, "UTC"), channels=(name,)))
        channels: dict[str, Channel] = {
            "stuck": WebhookChannel(url=Secret(f"{url}/stuck"), timeout=25),
            "quick": WebhookChannel(url=Secret(f"{url}/quick")),
        }
        engine = Engine(store, channels, CLOCK, order=("quick",), owner="bench", ahead=serve.AHEAD)
        wait = (due - CLOCK.now().replace(tzinfo=None) - serve.AHEAD).total_seconds()
        time.sleep(max(0.0, wait))
        looking = threading.Thread(target=engine.tick)
        OVER.clear()
        looking.start()
        while store.queue.counts().get("delivered", 0) < COUNT - stuck:
            time.sleep(0.2)
        OVER.set()
        looking.join()
        told = [store.deliveries(task_id, 1)[0] for task_id in range(stuck + 1, COUNT + 1)]
        store.close()
    times = [(one.delivered_at - one.due_at) / timedelta(milliseconds=1) for one in told if one.delivered_at]
    return statistics.median(times), max(times)


def cost(channel: Channel) -> float:
    """Return the median milliseconds of a message."""
    times = []
    for number in range(20):
        begun = time.perf_counter()
        channel.send(Message(f"key {number}", "pay rent", "due 09:00"))
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def main() -> None:
    """Measure, and print."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    costs: dict[str, Callable[[], float]] = {
        "webhook": lambda: cost(WebhookChannel(url=Secret(url))),
        "ntfy": lambda: cost(NtfyChannel(topic=Secret("bench"), server=url)),
        "command (true)": lambda: cost(CommandChannel(run=["true"])),
        "command (python -ISs)": lambda: cost(CommandChannel(run=[sys.executable, "-ISs", "-c", ""])),
    }
    for what, measure in costs.items():
        print(f"{what}: {measure():.1f} ms a message")
    for stuck in (0, 100):
        median, longest = late(url, stuck)
        print(
            f"{COUNT} due at once, {stuck} of them on a channel that hangs: the others {median:.0f} ms late, ", end=""
        )
        print(f"at most {longest:.0f} ms")
    server.shutdown()


if __name__ == "__main__":
    main()
