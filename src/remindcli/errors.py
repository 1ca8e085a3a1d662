"""What can go wrong, said so that a person can mend it: what, why, what to do; a code; an exit status."""

from __future__ import annotations

from enum import IntEnum

TYPE_CHECKING = False  # what typing calls so: importing it takes 8 ms, and only a checker needs it
if TYPE_CHECKING:
    from typing import ClassVar


class ExitStatus(IntEnum):
    """The only exit statuses."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOTHING_MATCHED = 4
    NO_DAEMON = 5
    BUG = 70
    ALREADY_RUNS = 75
    """Of a second daemon: a service manager does not try again."""
    INTERRUPTED = 130


class RemindError(Exception):
    """An error that a user is told of.

    Args:
        what: one clause, no full stop: what could not be done.
        why: the reason, if it adds something.
        hint: what to type or do instead.
    """

    code: ClassVar[str] = "failed"
    status: ClassVar[ExitStatus] = ExitStatus.FAILED

    def __init__(self, what: str, *, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint


class UsageError(RemindError):
    """The words of the command do not fit."""

    code = "usage"
    status = ExitStatus.USAGE


class UnreadableTimeError(UsageError):
    """A phrase that is not wholly understood as a time."""

    code = "unreadable_time"


class InvalidRuleError(UsageError):
    """An RRULE that RFC 5545 does not allow, or that never occurs."""

    code = "invalid_rule"


class NotFoundError(RemindError):
    """No task answers to that id or text."""

    code = "not_found"
    status = ExitStatus.NOT_FOUND


class AmbiguousError(RemindError):
    """Several tasks answer to that text."""

    code = "ambiguous"
    status = ExitStatus.NOT_FOUND


class ConflictError(RemindError):
    """The task was changed by somebody else meanwhile; nothing of this change was written."""

    code = "conflict"


class StoreError(RemindError):
    """The store cannot be used; it was left as it was."""

    code = "store"


class StoreBusyError(StoreError):
    """Another program holds the store's lock."""

    code = "store_busy"


class AlreadyDoneError(RemindError):
    """Another process did it, and died before it could say so."""

    code = "already_done"
    status = ExitStatus.OK


class DaemonError(RemindError):
    """The daemon cannot be started, stopped or reached."""

    code = "daemon"


class DaemonRunsError(DaemonError):
    """Another daemon serves this store."""

    code = "daemon_runs"
    status = ExitStatus.ALREADY_RUNS


class NoDaemonError(DaemonError):
    """No daemon runs for this store."""

    code = "no_daemon"
    status = ExitStatus.NO_DAEMON
