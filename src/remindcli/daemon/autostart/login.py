"""Install, uninstall and ask for the start at login; each step is told as it is done."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from remindcli.daemon.autostart import launchd, systemd, windows, xdg
from remindcli.daemon.autostart.start import Command, LoginStart, Start
from remindcli.errors import DaemonError

_COMMAND_SECONDS = 120.0  # `enable --now` waits for the daemon, which may have to wait for its store


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it said about it."""

    status: int
    said: str = ""


Run = Callable[[Command], Outcome]


@dataclass(frozen=True, slots=True)
class State:
    """Whether the daemon starts at login.

    Attributes:
        is_on: it does, with the present program and store.
        words: the same for people.
        file: what starts it; None if nothing does.
    """

    is_on: bool
    words: str
    file: Path | None = None


def ways(start: Start, *, platform: str, variables: Mapping[str, str]) -> Sequence[LoginStart]:
    """Return the platform's ways to start at login, the one to install first.

    Args:
        platform: as sys.platform has it.
        variables: the user's environment.

    Raises:
        DaemonError: the environment does not say where the user's files are.
    """
    if platform == "win32":
        return [windows.describe(start, _folder(variables, "APPDATA"))]
    if platform == "darwin":
        return [launchd.describe(start, _folder(variables, "HOME"), os.getuid())]
    is_moved = Path(variables.get("XDG_CONFIG_HOME", "")).is_absolute()
    config = _folder(variables, "XDG_CONFIG_HOME") if is_moved else _folder(variables, "HOME") / ".config"
    both = [systemd.describe(start, config), xdg.describe(start, config)]
    return both if _has_user_manager(variables) else both[::-1]


def install(way: LoginStart, run: Run, *, make_way: Callable[[], bool] = lambda: False) -> Iterator[str]:
    """Write and enable a start at login; yield what was done, step by step.

    Args:
        make_way: ends a daemon that runs now, if the start brings its own; returns whether there was one.

    Raises:
        DaemonError: a step failed; the steps before it stand.
    """
    file = Path(way.file)
    if _read(file) == way.text:
        yield f"{file} is as it should be"
    else:
        try:
            _write(file, way.text)
        except OSError as error:
            raise DaemonError(f"can't write {file}", why=error.strerror or str(error)) from error
        yield f"wrote {file}"
    for command in way.prepare:
        yield from _do(command, way, run, f"{file} was written, but is not enabled")
    if way.starts_now and make_way():
        yield "ended the daemon that ran"
    for command in way.enable:
        yield from _do(command, way, run, f"{file} was written, but the daemon may not start with it")


def uninstall(way: LoginStart, run: Run) -> Iterator[str]:
    """Disable and remove a start at login; yield what was done: nothing if there was none.

    Raises:
        DaemonError: a file can't be removed; or a command failed, and all the rest was done.
    """
    file, link = Path(way.file), Path(way.link) if way.link else None
    if not any(path is not None and _is_there(path) for path in (file, link)):
        return
    failure: DaemonError | None = None
    steps: list[tuple[str, Path | Command]] = [
        *(("run", command) for command in way.disable),
        *(("remove", path) for path in (link, file) if path is not None),
        *(("run", command) for command in way.forget),
    ]
    for _, step in steps:
        if isinstance(step, Path):
            try:
                step.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise DaemonError(f"can't remove {step}", why=error.strerror or str(error)) from error
            yield f"removed {step}"
            continue
        try:
            yield from _do(step, way, run, f"the daemon no longer starts at login ({file} is gone)")
        except DaemonError as error:
            failure = failure or error
    if failure is not None:
        raise failure


def preview(way: LoginStart) -> Iterator[str]:
    """Yield what `install` would write and run."""
    yield f"# would write {way.file}"
    yield from way.text.splitlines()
    for command in (*way.prepare, *way.enable):
        yield f"# would run {shlex.join(command)}"


def state(all_ways: Sequence[LoginStart]) -> State:
    """Return whether the daemon starts at login; looks at files only."""
    for way in all_ways:
        file = Path(way.file)
        text = _read(file)
        if text is None:
            continue
        if text != way.text:
            return State(False, f"{way.name} of another program, store or version; renew it with: {_HINT}", file)
        if way.link is not None and not _is_there(Path(way.link)):
            return State(False, f"{way.name}, but not enabled; enable it with: {_HINT}", file)
        return State(True, f"{way.name} {file}", file)
    return State(False, f"no; have it with: {_HINT}")


_HINT = "remind daemon install"


def runner(variables: Mapping[str, str]) -> Run:
    """Return what runs commands in the user's environment."""

    def run(command: Command) -> Outcome:
        try:
            done = subprocess.run(
                command,
                env=dict(variables),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Outcome(1, f"no answer in {_COMMAND_SECONDS:g} s")
        except OSError as error:
            return Outcome(1, error.strerror or str(error))
        return Outcome(done.returncode, (done.stderr or done.stdout).decode("utf-8", "replace").strip())

    return run


def _do(command: Command, way: LoginStart, run: Run, meanwhile: str) -> Iterator[str]:
    outcome = run(command)
    if outcome.status == 0:
        yield f"ran {shlex.join(command)}"
    elif command not in way.may_fail:
        why = outcome.said.splitlines()[0] if outcome.said else f"exit status {outcome.status}"
        raise DaemonError(f"{shlex.join(command)} failed", why=why, hint=meanwhile)


def _has_user_manager(variables: Mapping[str, str]) -> bool:
    """Return whether a systemd user manager serves this login: it makes this folder (systemd.unit(5))."""
    runtime = variables.get("XDG_RUNTIME_DIR", "")
    has_systemctl = shutil.which("systemctl", path=variables.get("PATH", "")) is not None
    return has_systemctl and bool(runtime) and Path(runtime, "systemd").is_dir()


def _folder(variables: Mapping[str, str], name: str) -> Path:
    given = variables.get(name, "")
    if not Path(given).is_absolute():
        raise DaemonError("can't tell where a start at login belongs", why=f"{name} is not set")
    if not given.isprintable():
        raise DaemonError("can't start the daemon at login", why=f"{name} is {given!a}")
    return Path(given)


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _read(file: Path) -> str | None:
    """Return what the file holds; None if it is not there, nothing if it can't be read."""
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def _write(file: Path, text: str) -> None:
    """Replace the file whole, so that no login finds half of one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_bytes(text.encode())
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
