"""Secrets: where one stands is written down, what it is is read only when it is sent, and it never prints."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from remindcli.channels import ChannelError, Refusal

HIDDEN = "[secret]"

_PLACES = ("env", "keyring", "file")
_NOT_THEIRS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection"})
_MOST_BYTES = 65_536
_SHORTEST_HIDDEN = 4
"""A shorter secret hides nothing, and to blot it out everywhere would make a text unreadable."""


class Secret:
    """A secret, or where it stands: `env:NAME`, `keyring:SERVICE/USER`, `file:PATH`, or the text itself.

    Args:
        written: as it stands in the settings.
    """

    __slots__ = ("_text",)

    def __init__(self, written: str) -> None:
        self._text = written

    def __repr__(self) -> str:
        return f"Secret({self.place or HIDDEN})"

    __str__ = __repr__

    @property
    def place(self) -> str:
        """Return where it stands, which may be shown; "" if it stands in the settings themselves."""
        kind, colon, _ = self._text.partition(":")
        return self._text if colon and kind in _PLACES else ""

    def read(self) -> str:
        """Return the secret itself, without the line end that a file closes with.

        Raises:
            ChannelError: refused: it can't be read; permanent unless it is in a keyring, which may be locked.
        """
        kind, _, where = self._text.partition(":")
        if not self.place:
            found = self._text
        elif kind == "env":
            found = os.environ.get(where, "")
            if not found:
                hint = "the daemon has its own environment: see docs/channels.md, Secrets"
                raise _unreadable(f"the variable {where} is not set", hint=hint)
        else:
            found = _of_file(where) if kind == "file" else _of_keyring(where)
        if not found or "\n" in found or "\r" in found or "\0" in found:
            raise _unreadable(f"{self.place or 'it'} is empty or more than a line")
        return found


def secret(value: object) -> Secret:
    """Return a secret, from where it stands or from itself."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("env:NAME, keyring:SERVICE/USER, file:PATH, or the secret itself")
    kind, colon, where = value.partition(":")
    if colon and kind in _PLACES and not where:
        raise ValueError(f"where it stands behind {kind}:")
    if kind == "keyring" and colon and not all(where.partition("/")[::2]):
        raise ValueError("keyring:SERVICE/USER")
    return Secret(value)


def no_secret(value: object) -> Secret | None:
    """Return a secret, or None for ""."""
    return None if value == "" else secret(value)


def secrets(value: object) -> tuple[Secret, ...]:
    """Return one secret or more, from a list or one text."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        raise ValueError("a list of secrets, such as env:NAME")
    return tuple(secret(item) for item in items)


def named_secrets(value: object) -> dict[str, Secret]:
    """Return secrets by the names of environment variables."""
    if not isinstance(value, dict):
        raise ValueError('variables with their values, such as { TOKEN = "env:TOKEN" }')  # noqa: TRY004
    for name in value:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError(f'names of variables, which "{name}" is not')
    return {name: secret(one) for name, one in value.items()}


def header_fields(value: object) -> dict[str, Secret]:
    """Return secrets by the names of the header fields that carry them."""
    if not isinstance(value, dict):
        raise ValueError('header fields with their values, such as { Authorization = "env:HOOK_AUTH" }')  # noqa: TRY004
    for name in value:
        # RFC 9110, 5.6.2; the length and the type of the body are not the user's to say.
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or name.lower() in _NOT_THEIRS:
            raise ValueError(f'names of header fields, which "{name}" is not, or is not free')
    return {name: secret(one) for name, one in value.items()}


def redacted(text: str, hidden: Iterable[str]) -> str:
    """Return a text in which no secret stands, as it is or as an address has it, the longest ones first."""
    every = {form for one in hidden for form in (one, quote(one), quote(one, safe=""))}
    for one in sorted((one for one in every if len(one) >= _SHORTEST_HIDDEN), key=len, reverse=True):
        text = text.replace(one, HIDDEN)
    return text


def _of_file(where: str) -> str:
    try:
        path = Path(where).expanduser()
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with open(fd, "rb") as file:  # noqa: PTH123 (a descriptor: what is checked is what is read)
            status = os.fstat(fd)
            if os.name == "posix" and status.st_mode & 0o077:
                raise _unreadable(f"others may read {where}", hint=f"chmod 600 {where}")
            found = file.read(_MOST_BYTES).decode()
    except (OSError, RuntimeError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text, or there is no such home"
        raise _unreadable(f"{where}: {why}") from None
    return found.removesuffix("\n").removesuffix("\r")


def _of_keyring(where: str) -> str:
    service, _, user = where.partition("/")
    try:
        import keyring  # noqa: PLC0415  an extra, and it asks D-Bus when it is imported
    except ImportError:
        raise _unreadable("the package keyring is not installed", hint='pip install "remindcli[keyring]"') from None
    try:
        found = keyring.get_password(service, user)
    except Exception as error:  # a backend throws what it likes: a locked wallet, no bus  # noqa: BLE001
        raise _unreadable(f"the keyring says {type(error).__name__}", permanent=False, hint="unlock it") from None
    if not found:
        raise _unreadable(f"the keyring has no {where}", hint=f"keyring set {service} {user}")
    return str(found)


def _unreadable(why: str, *, permanent: bool = True, hint: str = "") -> ChannelError:
    return ChannelError("a secret can't be read", refusal=Refusal.REFUSED, permanent=permanent, why=why, hint=hint)
