"""What rang meanwhile, for a shell's prompt: the hidden command that the hooks of `remind shell-init` call.

`remind __rang STORE`. Silent about whatever goes wrong, and of little import: nothing here may be slow, and no prompt
may break. Each ring is printed once for the user, in the shell that comes first; what was printed is noted in a file
beside the store, before it is printed.
"""

import os
import sys
from time import localtime, strftime

from remindcli.core.safe import safe

_MOST = 5
_TITLE_CHARACTERS = 60


def seen_file(store: str) -> str:
    """Return the file in which is noted what was printed."""
    return store + ".seen"


def tell(store: str) -> int:
    """Print what rang and was not printed yet; never fails."""
    try:
        text = "".join(f"{line}\n" for line in lines(store))
        encoding = (sys.stdout and sys.stdout.encoding) or "utf-8"
        os.write(1, text.encode(encoding, "replace"))
    except Exception:  # noqa: BLE001, S110 (an error here would be printed into a prompt)
        pass
    return 0


def lines(store: str) -> "list[str]":
    """Return the lines to print, and note that they are; nothing where it can't be noted."""
    from remindcli.store.rung import rung  # noqa: PLC0415 (what sqlite3 raises when it is missing is nobody's business)

    found = rung(store)
    file = seen_file(store)
    seen = _read(file)
    news = [one for one in found if one[0] not in seen]
    noted_at = _write(file, [one[0] for one in found])
    if noted_at is None:
        return []
    today = localtime(noted_at)[:3]
    words = []
    for _, task_id, title, rang_ms in news[:_MOST]:
        at = localtime(rang_ms / 1000)
        when = strftime("%H:%M" if at[:3] == today else "%a %d %b %H:%M", at)
        words.append(f"remind: {when}  {safe(title, _TITLE_CHARACTERS)}  (remind done {task_id})")
    if len(news) > _MOST:
        words.append(f"remind: and {len(news) - _MOST} more: remind list is:ringing")
    return words


def _read(file: str) -> "set[str]":
    try:
        with open(file, encoding="utf-8") as source:  # noqa: PTH123 (pathlib: 6 ms)
            return set(source.read().split())
    except (OSError, ValueError):
        return set()


def _write(file: str, keys: "list[str]") -> "float | None":
    """Note what was printed, or need not be any more; return when, None if it could not be noted."""
    fresh = f"{file}.{os.getpid()}"
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, "".join(f"{key}\n" for key in keys).encode())
            noted_at = os.fstat(descriptor).st_mtime
        finally:
            os.close(descriptor)
        os.replace(fresh, file)  # noqa: PTH105 (pathlib: 6 ms)
    except OSError:
        return None
    return noted_at
