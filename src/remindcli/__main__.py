"""The `remind` and `remindcli` entry."""

import sys


def run() -> None:
    """Run the command of this process and end with its exit status."""
    from remindcli.cli import main  # noqa: PLC0415 (nothing is imported before Ctrl-C can be answered)
    from remindcli.cli.environment import of_process  # noqa: PLC0415

    sys.exit(main(sys.argv[1:], of_process()))


if __name__ == "__main__":
    run()
