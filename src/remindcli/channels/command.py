"""A program of the user's that is run for each message: anything at all, and never through a shell."""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which
from typing import ClassVar

from remindcli import checks
from remindcli.channels import Channel, ChannelError, Message, Receipt, Refusal
from remindcli.channels.plain import as_json
from remindcli.channels.program import run
from remindcli.channels.secret import Secret, named_secrets, redacted
from remindcli.core.safe import safe
from remindcli.settings import Setting

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: it did not work now and may work later."""

_MOST_SHOWN = 200
_log = logging.getLogger(__name__)


def _run(value: object) -> tuple[str, ...]:
    words = checks.command(value)
    if not words or not words[0]:
        raise ValueError('the words of a command such as ["notify-me", "--urgent"]')
    return words


OPTIONS = (
    Setting("run", [], "The program and its arguments, a list of words.", _run, is_required=True),
    Setting("environment", {}, 'More variables for it: { TOKEN = "env:MY_TOKEN" }.', named_secrets, is_secret=True),
    Setting(
        "timeout", 10, "The seconds after which it is ended, with all that it started.", checks.whole_number(1, 25)
    ),
)


class CommandChannel(Channel):
    """Runs a program with the message as JSON on its standard input and in variables.

    Args:
        run: the program and its arguments.
        environment: more variables for it.
        timeout: seconds after which it is ended.
    """

    name: ClassVar[str] = "command"
    timeout_seconds: ClassVar[float] = 28.0

    def __init__(
        self, *, run: Sequence[str], environment: Mapping[str, Secret] | None = None, timeout: int = 10
    ) -> None:
        self._words = tuple(run)
        self._environment = dict(environment or {})
        self._seconds = timeout

    def examine(self) -> str:
        """Return which program is run; runs nothing.

        Raises:
            ChannelError: it is not there, or a secret can't be read.
        """
        for one in self._environment.values():
            one.read()
        program = Path(self._words[0]).expanduser()
        found = which(program)
        if found is None:
            raise _not_started(self._words[0], "not executable" if program.is_file() else "not there")
        return f"runs {found}"

    def send(self, message: Message) -> Receipt:
        """Run the program.

        Raises:
            ChannelError: refused: it can't be started, or its exit status is not 0 (for good, except 75);
                unknown: it took too long, or was killed.
        """
        about = as_json(message)
        secrets = {name: one.read() for name, one in self._environment.items()}
        told = {f"REMIND_{name.upper()}": value for name, value in about.items()}
        program = str(Path(self._words[0]).expanduser())
        try:
            ended = run(
                [program, *self._words[1:]],
                json.dumps(about) + "\n",
                seconds=self._seconds,
                environment={**os.environ, **secrets, **told},
            )
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
            raise _not_started(self._words[0], why) from None
        name = safe(Path(program).name, 60)
        said = safe(redacted(ended.output.strip(), secrets.values()), _MOST_SHOWN)
        if said:
            _log.info("%s said: %s", name, said)
        if ended.status == 0:
            return Receipt(self.name, name)
        if ended.status is None or ended.status < 0:
            how = f"was killed by signal {-ended.status}" if ended.status else f"took longer than {self._seconds} s"
            raise ChannelError(f"{name} {how}", refusal=Refusal.UNKNOWN, why=said)
        raise ChannelError(
            f"{name} ended with {ended.status}",
            refusal=Refusal.REFUSED,
            permanent=ended.status != TRY_AGAIN,
            why=said,
        )


def _not_started(program: str, why: str) -> ChannelError:
    return ChannelError(
        f"{safe(program, 100)} can't be run",
        refusal=Refusal.REFUSED,
        permanent=True,
        why=safe(why, 100),
        hint="write the whole path; it must be executable and, a script, begin with #!",
    )
