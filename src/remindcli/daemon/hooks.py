"""What tells those who watch from outside: a command for what was given up, a ping that says "alive"."""

import json
import logging
import subprocess
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit, urlunsplit

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
        seconds: after which it is killed.
    """
    try:
        done = subprocess.run(
            list(command),
            input=json.dumps(about),
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.warning("the command %s took longer than %g s and was ended", safe(command[0], 100), seconds)
        return False
    except (OSError, ValueError) as error:
        log.warning("the command %s can't be run: %s", safe(command[0], 100), error)
        return False
    if done.returncode:
        log.warning("the command %s ended with %d", safe(command[0], 100), done.returncode)
    return done.returncode == 0


def ping(url: str, *, seconds: float = PING_SECONDS) -> bool:
    """Ask for a URL (a dead man's switch, as healthchecks has it); return whether it answered with 200 to 299.

    No redirect is followed and no body is read. The log names the host alone: the path is mostly a secret.

    Args:
        url: http or https.
        seconds: how long the server may keep silent.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(host, parts.port, timeout=seconds)
    try:
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        connection.request("GET", path, headers={"User-Agent": "remindcli"})
        status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        log.warning("the heartbeat to %s failed: %s", safe(host, 100), type(error).__name__)
        return False
    finally:
        connection.close()
    if not 200 <= status < 300:
        log.warning("the heartbeat to %s was answered with %d", safe(host, 100), status)
        return False
    return True
