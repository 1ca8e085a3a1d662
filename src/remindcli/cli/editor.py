"""A text in the user's editor: what was typed is never lost, and nothing is half changed."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from remindcli import form
from remindcli.cli.environment import Environment
from remindcli.cli.session import Session
from remindcli.errors import RemindError, UsageError
from remindcli.store.reading import Item

_USUAL = ("sensible-editor", "nano", "vi", "notepad")


def edit(session: Session, task_id: int) -> Sequence[Item]:
    """Let a person change a task as a form; return it as it is then, or nothing if nothing was changed.

    Raises:
        RemindError: see `change`; or the task was changed meanwhile.
    """
    item = session.store.item(task_id)
    here = session.actions.here()
    changed: list[Item] = []

    def keep(text: str) -> None:
        change = form.read(
            text, item, here, known_channels=session.actions.known_channels, folder=str(session.environment.cwd)
        )
        if change is None:
            session.out.note("nothing was changed")
        else:
            changed.extend(session.actions.change({task_id: change}))

    change(session, form.write(item, here), f"remind-{task_id}-", ".txt", keep)
    return changed


def change(session: Session, text: str, prefix: str, suffix: str, keep: Callable[[str], None]) -> bool:
    """Let a person change a text, and keep it; return whether it was: not if it is empty, or as it was.

    A text that can't be used is opened again with the errors in it; left as it is then, it is given up.

    Args:
        prefix: how the name of the file begins that the editor gets, and `suffix` how it ends.
        keep: takes the text; raises UsageError if it can't be used.

    Raises:
        RemindError: no editor, or it failed, or the text was given up. It is kept in a file that the error names.
    """
    session.environment.claim_keyboard()
    command = command_of(session.environment)
    blank = last = text
    file = _new_file(prefix, suffix, text)
    while True:
        text = text_after(session, command, file)
        if not text.strip() or text == blank:
            file.unlink(missing_ok=True)
            session.out.note("nothing was changed" + ("" if text.strip() else ": the text is empty"))
            return False
        try:
            keep(form.without_faults(text))
        except UsageError as error:
            if text == last:
                raise _kept(error, file) from error
            faults = error.faults if isinstance(error, form.FormError) else {0: error}
            last = form.with_faults(form.without_faults(text), faults)
            file.write_text(last, encoding="utf-8")
        except RemindError as error:
            raise _kept(error, file) from error
        else:
            file.unlink(missing_ok=True)
            return True


def text_of(file: Path) -> str:
    """Return the text of a file; "" if there is none.

    Raises:
        RemindError: it can't be read.
    """
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise RemindError(f"can't read {file}", why=str(error)) from error


def command_of(environment: Environment) -> list[str]:
    """Return the words of the editor's command: $VISUAL, $EDITOR, or one of the usual ones.

    Raises:
        RemindError: there is none.
    """
    variables = environment.variables
    chosen = variables.get("VISUAL") or variables.get("EDITOR")
    if chosen:
        try:
            return shlex.split(chosen, posix=os.name != "nt") or [chosen]
        except ValueError as error:
            raise RemindError(f"can't read the command of the editor: {chosen}", why=str(error)) from None
    found = next((name for name in _USUAL if shutil.which(name, path=variables.get("PATH"))), None)
    if found is None:
        raise RemindError("there is no editor", hint="EDITOR=nano remind edit 7 --editor")
    return [found]


def text_after(session: Session, command: Sequence[str], file: Path) -> str:
    """Open a file in the editor, wait for its end, and return what is in the file then.

    Raises:
        RemindError: the editor can't be started, or failed; the file stays.
    """
    environment = session.environment
    environment.stdout.flush()
    name = command[0]
    try:
        status = subprocess.run([*command, os.fspath(file)], env=dict(environment.variables), check=False).returncode
    except OSError as error:
        raise _kept(RemindError(f"can't start the editor {name}", why=error.strerror or str(error)), file) from error
    except KeyboardInterrupt:
        session.out.note(f"your text: {file}")
        raise
    if status:
        raise _kept(RemindError(f"the editor {name} failed", why=f"its exit status is {status}"), file)
    try:
        return text_of(file)
    except RemindError as error:
        raise _kept(RemindError("can't read what the editor wrote", why=error.why), file) from error


def _new_file(prefix: str, suffix: str, text: str) -> Path:
    """Return a new file that only we can read."""
    try:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix)
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 (a descriptor)
            stream.write(text)
    except OSError as error:
        raise RemindError("can't make a file for the editor", why=error.strerror or str(error)) from error
    return Path(name)


def _kept(error: RemindError, file: Path) -> RemindError:
    """Return an error that says where what was typed is kept."""
    kept = type(error).__new__(type(error))
    RemindError.__init__(kept, error.what, why=error.why, hint=f"nothing was changed; your text: {file}")
    return kept
