"""One of several people at one store: adds, answers and puts off, each as a command, as fast as it can.

    REMIND_DB=STORE python -m tests.live.faults.writer NAME COUNT

What went wrong, and what is to be in the store, goes to stdout as JSON.
"""

import io
import json
import os
import sys
from pathlib import Path

from remindcli.cli import main as command
from remindcli.cli.environment import Environment
from remindcli.clock import SystemClock

SOON, LATER = "in 1s", "in 5 days"


def run(*words: str) -> tuple[int, str, str]:
    """Run a command in this process; return its exit status and both streams."""
    out, err = io.StringIO(), io.StringIO()
    world = Environment(
        stdin=io.StringIO(),
        stdout=out,
        stderr=err,
        has_terminal_in=False,
        has_terminal_out=False,
        has_terminal_err=False,
        width=80,
        variables=os.environ,
        clock=SystemClock(),
        cwd=Path.cwd(),
    )
    return command(list(words), world), out.getvalue(), err.getvalue()


def main() -> None:
    """Write as the command line says: every other task is due at once; of the others each is done or put off."""
    name, count = sys.argv[1], int(sys.argv[2])
    faults: list[str] = []
    titles: dict[str, list[str]] = {"told": [], "done": [], "snoozed": []}

    def must(*words: str) -> str:
        status, out, err = run(*words)
        if status or "locked" in err or "warning" in err:
            faults.append(f"{words}: {status} {err}")
        return out

    for number in range(count):
        title = f"{name}-{number}"
        kind = ("told", "done", "told", "snoozed")[number % 4]
        # what is urgent is told by itself however late it is, so that each can be counted
        added = must("--json", "add", "p1", title, "--due", SOON if kind == "told" else LATER)
        titles[kind].append(title)
        if kind != "told":
            task = str(json.loads(added)["id"])
            must("done", task) if kind == "done" else must("snooze", task, "6d")
    print(json.dumps({"faults": faults, "titles": titles}))


if __name__ == "__main__":
    main()
