"""The command line: main(argv, environment) -> exit status, and the one place where errors end."""

from remindcli.cli.environment import Environment
from remindcli.cli.output import shown
from remindcli.cli.session import Session
from remindcli.errors import AlreadyDoneError, ExitStatus, RemindError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO


def main(argv: "Sequence[str]", environment: Environment) -> int:
    """Run one command and return its exit status; nothing global is read or changed.

    Args:
        argv: the words after `remind`.
        environment: streams, terminal, variables, clock.
    """
    words = argv[: argv.index("--")] if "--" in argv else argv
    session = Session(environment, is_json="--json" in words)
    try:
        return _run(argv, session)
    except AlreadyDoneError as error:
        session.out.note(f"the process that answers commands died; it had done this: {shown(error.what)}")
        return error.status
    except RemindError as error:
        session.out.error(error)
        return error.status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        # nobody reads any more (`remind list | head -1`)
        _let_go(environment)
        return ExitStatus.OK
    except Exception as error:  # noqa: BLE001
        if isinstance(error, OSError) and _is_unwritable(environment.stdout):
            _let_go(environment)
            session.out.error(RemindError("can't write the result", why=error.strerror or str(error)))
            return ExitStatus.FAILED
        # The last line of defence: a bug of ours is said as one, with what a report needs.
        import traceback  # noqa: PLC0415 (9 ms, and nobody needs it)

        session.out.note(f"remind: a bug: {type(error).__name__}: {error}")
        session.out.note("please report it with the lines below")
        session.out.note(traceback.format_exc())
        return ExitStatus.BUG
    finally:
        session.close()


def _run(argv: "Sequence[str]", session: Session) -> int:
    if argv and argv[0] == "__complete":
        from remindcli.cli.completion_answer import answer  # noqa: PLC0415 (a key was pressed: typer is left out)

        return answer(argv[1:], session.environment)
    from remindcli.cli import commands  # noqa: PLC0415 (typer takes a while, and Ctrl-C is answered above)

    status = commands.run(argv, session)
    session.warn()
    session.environment.stdout.flush()
    return status


def _is_unwritable(stream: "TextIO") -> bool:
    """Return whether what waits in a stream can't go out (a full disk)."""
    try:
        stream.flush()
    except OSError:
        return True
    return False


def _let_go(environment: Environment) -> None:
    """Have what is still to be written to stdout, by Python at exit, go nowhere."""
    import os  # noqa: PLC0415

    try:
        descriptor = environment.stdout.fileno()
    except (OSError, ValueError):
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
