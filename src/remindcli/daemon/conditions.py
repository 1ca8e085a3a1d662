"""The commands of a task: whether it may ring, whether it is done, what is run in place of telling."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from remindcli.channels import ChannelError, Receipt, Refusal
from remindcli.channels.program import Ended, run
from remindcli.core.decide import Drop, Wait
from remindcli.core.safe import safe
from remindcli.rings import words_of
from remindcli.store.claiming import Claim

log = logging.getLogger(__name__)

ASK_SECONDS = 10.0
"""How long a condition may take."""

RUN_SECONDS = 300.0
"""How long what is run in place of telling may take."""

ASK_FOR = timedelta(days=1)
"""How long a condition that does not hold is asked again, from the time of the alert on."""

SOONEST, LATEST = timedelta(minutes=1), timedelta(minutes=15)
"""When it is asked again, at the soonest and at the latest: after a tenth of the time that it waits already."""

_NO = range(1, 126)
"""Exit statuses that are an answer; what the shells keep for "can't be run" and "was killed" is a fault."""

RUN = "run"
"""Stands for a channel where a command is run in place of telling."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell it now.

    Attributes:
        note: what the user should know beside; "" is nothing.
    """

    note: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to tell: it is done by itself."""

    why: str


Verdict = Tell | Wait | Drop | Done


class Conditions:
    """Asks and runs the commands of tasks: never through a shell, each in the folder in which it was given.

    Args:
        environment: their variables; the default is this process's own.
        ask_seconds: how long a condition may take.
        run_seconds: how long what is run in place of telling may take.
    """

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        ask_seconds: float = ASK_SECONDS,
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        self._environment = environment
        self._ask_seconds = ask_seconds
        self._run_seconds = run_seconds

    def before(self, claim: Claim, now: datetime) -> Verdict:
        """Return whether a delivery is told now.

        A command that can't be asked keeps nobody from being reminded: it is told, with what is wrong.
        """
        conditions = claim.task.conditions
        faults: list[str] = []
        if conditions.until_ok:
            ended = self._ask(claim, conditions.until_ok)
            if isinstance(ended, str):
                faults.append(ended)
            elif ended.status == 0:
                return Done(f"{_name(conditions.until_ok)} succeeded")
        if conditions.only_if:
            ended = self._ask(claim, conditions.only_if)
            if isinstance(ended, str):
                faults.append(ended)
            elif ended.status != 0:
                return _not_now(claim, f"{_name(conditions.only_if)} ended with {ended.status}", now)
        return Tell("; ".join(faults))

    def run(self, claim: Claim) -> Receipt:
        """Run what is to be run in place of telling.

        Raises:
            ChannelError: refused: it failed; for good where it can't be run at all.
        """
        command = claim.task.conditions.run
        try:
            ended = self._run(claim, command, self._run_seconds)
        except (OSError, ValueError) as error:
            raise ChannelError(
                f"{_name(command)} can't be run", refusal=Refusal.REFUSED, permanent=True, why=_reason(error)
            ) from None
        said = safe(ended.output.strip(), 500, newline=" · ")
        if ended.status == 0:
            log.info("ran %s%s", _name(command), f": {said}" if said else "")
            return Receipt(RUN, _name(command))
        how = f"took longer than {self._run_seconds:g} s" if ended.status is None else f"ended with {ended.status}"
        raise ChannelError(f"{_name(command)} {how}", refusal=Refusal.REFUSED, why=said)

    def _ask(self, claim: Claim, command: str) -> Ended | str:
        """Return how a command ended; in words what is wrong where it gave no answer."""
        try:
            ended = self._run(claim, command, self._ask_seconds)
        except (OSError, ValueError) as error:
            return f"{_name(command)} can't be run ({_reason(error)})"
        if ended.status is None:
            return f"{_name(command)} took longer than {self._ask_seconds:g} s"
        return ended if ended.status == 0 or ended.status in _NO else f"{_name(command)} ended with {ended.status}"

    def _run(self, claim: Claim, command: str, seconds: float) -> Ended:
        folder = claim.task.conditions.folder
        environment = {
            **(os.environ if self._environment is None else self._environment),
            "REMIND_ID": str(claim.task.id),
            "REMIND_TITLE": claim.task.title,
        }
        if not Path(folder).is_dir():
            raise NotADirectoryError(0, f"its folder {safe(folder, 100)} is gone")
        return run(words_of(command), "", seconds=seconds, environment=environment, folder=folder)


def _not_now(claim: Claim, why: str, now: datetime) -> Wait | Drop:
    """Return when to ask again; it is given up after a day."""
    since = claim.delivery.waits_since if "promised" not in claim.delivery.payload else claim.delivery.due_at
    waited = max(timedelta(0), now - since)
    if waited >= ASK_FOR:
        return Drop(f"{why}, for a day")
    return Wait(now + min(LATEST, max(SOONEST, waited / 10)), why)


def _name(command: str) -> str:
    return safe(command, 60)


def _reason(error: Exception) -> str:
    return safe((error.strerror if isinstance(error, OSError) else "") or str(error), 120)
