"""What tells those who watch from outside: a command for what was given up, a ping that says "alive"."""

import json
import logging
import os
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from urllib.parse import urlsplit

from remindcli.channels.post import status_of
from remindcli.channels.program import run
from remindcli.core.safe import safe

log = logging.getLogger(__name__)

HOOK_SECONDS = 30.0
PING_SECONDS = 10.0


def run_hook(command: Sequence[str], about: Mapping[str, object], *, seconds: float = HOOK_SECONDS) -> bool:
    """Run a command with JSON on its standard input, never through a shell; return whether it succeeded.

    Its output goes nowhere, and what it leaves running is not waited for. A fault is logged, never raised: it must
    not stop the reminders.

    Args:
        command: the program and its arguments.
        seconds: after which it is killed, with all that it started.
    """
    name = safe(command[0], 100)
    try:
        ended = run(command, json.dumps(about), seconds=seconds, environment=os.environ)
    except (OSError, ValueError) as error:
        log.warning("the command %s can't be run: %s", name, error)
        return False
    if ended.status is None:
        log.warning("the command %s took longer than %g s and was ended", name, seconds)
    elif ended.status:
        log.warning("the command %s ended with %d", name, ended.status)
    return ended.status == 0


def ping(url: str, *, seconds: float = PING_SECONDS) -> bool:
    """Ask for a URL (a dead man's switch, as healthchecks has it); return whether it answered with 200 to 299.

    No redirect is followed and no body is read. The log names the host alone: the path is mostly a secret.

    Args:
        url: http or https.
        seconds: how long all of it may take.
    """
    host = safe(urlsplit(url).hostname or "", 100)
    try:
        status = status_of(url, seconds=seconds)
    except (OSError, HTTPException, ValueError) as error:
        log.warning("the heartbeat to %s failed: %s", host, type(error).__name__)
        return False
    if not 200 <= status < 300:
        log.warning("the heartbeat to %s was answered with %d", host, status)
        return False
    return True
