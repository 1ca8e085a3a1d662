"""A text in the user's editor: what was typed is never lost, and nothing is half changed."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from remindcli import form
from remindcli.cli.environment import Environment
from remindcli.cli.session import Session
from remindcli.errors import RemindError
from remindcli.store.reading import Item

_USUAL = ("sensible-editor", "nano", "vi", "notepad")


def edit(session: Session, task_id: int) -> Sequence[Item]:
    """Let a person change a task as a form; return it as it is then, or nothing if nothing was changed.

    A form that can't be used is opened again with the errors in it; left as it is then, it is given up.

    Raises:
        RemindError: no editor, or it failed, or the form was given up, or the task was changed meanwhile. What was
            typed is kept in a file that the error names.
    """
    environment = session.environment
    environment.claim_keyboard()
    command = command_of(environment)
    item = session.store.item(task_id)
    here = session.actions.here()
    blank = shown = form.write(item, here)
    file = _new_file(f"remind-{task_id}-", shown)
    while True:
        text = text_after(session, command, file)
        if not text.strip() or text == blank:
            file.unlink(missing_ok=True)
            session.out.note("nothing was changed" + ("" if text.strip() else ": the text is empty"))
            return []
        try:
            change = form.read(text, item, here, known_channels=session.actions.known_channels)
            items = session.actions.change({task_id: change}) if change else []
        except form.FormError as error:
            if text == shown:
                raise _kept(error, file) from error
            shown = form.with_faults(text, error.faults)
            file.write_text(shown, encoding="utf-8")
        except RemindError as error:
            raise _kept(error, file) from error
        else:
            file.unlink(missing_ok=True)
            if not items:
                session.out.note("nothing was changed")
            return items


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
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise _kept(RemindError("can't read what the editor wrote", why=str(error)), file) from error


def _new_file(prefix: str, text: str) -> Path:
    """Return a new file that only we can read."""
    try:
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".txt")
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
