"""`python -m remindcli`, and what the `remind` entry does where the warm process can't."""

import sys
from collections.abc import Sequence
from typing import NoReturn


def run_here(argv: Sequence[str], *, request: str = "", is_repeat: bool = False) -> NoReturn:
    """Run a command in this process and end with its exit status.

    Args:
        request: names this run of it; see Environment.
        is_repeat: another process may have done it before it died.
    """
    from remindcli.cli import main  # noqa: PLC0415 (nothing is imported before Ctrl-C can be answered)
    from remindcli.cli.environment import of_process  # noqa: PLC0415

    sys.exit(main(argv, of_process(request=request, is_repeat=is_repeat)))


if __name__ == "__main__":
    run_here(sys.argv[1:])
