"""The entry, `remind`, `remindcli` and `python -m remindcli`: the warm process does a command if it can, else this one.

What stands here is paid by each command: nothing is imported but what the interpreter has loaded already.
"""

import os
import sys

from remindcli import client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_INTERRUPTED = 130
_OBJECTS = 200_000
"""Made before garbage is looked for: a command has ended by then, and what lives longer notices nothing."""


def run() -> "NoReturn":
    """Run the command of this process and end with its exit status."""
    argv = sys.argv[1:]
    if len(argv) == 2 and argv[0] == "__rang":
        from remindcli import rang  # noqa: PLC0415 (a prompt waits)

        os._exit(rang.tell(argv[1]))
    request = os.urandom(8).hex()
    try:
        answer = client.answer(argv, request)
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)
    if answer is not None and answer.status is not None:
        os._exit(client.say(answer))
    if argv == ["status", "--prompt"]:
        from remindcli import prompt  # noqa: PLC0415 (a prompt waits)

        status = prompt.tell()
        if status is not None:
            os._exit(status)
    _run_here(argv, request=request, is_repeat=answer is not None)


def _run_here(argv: "Sequence[str]", *, request: str, is_repeat: bool) -> "NoReturn":
    """Run a command in this process and end with its exit status.

    Args:
        request: names this run of it; see Environment.
        is_repeat: another process may have done it before it died.
    """
    import gc  # noqa: PLC0415

    from remindcli.cli import main  # noqa: PLC0415 (nothing is imported before Ctrl-C can be answered)
    from remindcli.cli.environment import of_process  # noqa: PLC0415

    gc.set_threshold(_OBJECTS)
    status = main(argv, of_process(request=request, is_repeat=is_repeat))
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status or 1)
    os._exit(status)  # all is closed and written; taking the interpreter apart takes longer than many a command


if __name__ == "__main__":
    run()
