"""`python -m remindcli`, and what the `remind` entry does where the warm process can't."""

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_OBJECTS = 200_000
"""Made before garbage is looked for: a command has ended by then, and what lives longer notices nothing."""


def run_here(argv: "Sequence[str]", *, request: str = "", is_repeat: bool = False) -> "NoReturn":
    """Run a command in this process and end with its exit status.

    Args:
        request: names this run of it; see Environment.
        is_repeat: another process may have done it before it died.
    """
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
    run_here(sys.argv[1:])
