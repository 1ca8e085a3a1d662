"""The start at login: the texts of every platform, and what install and uninstall write, run and say."""

import plistlib
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path, PurePath, PureWindowsPath

import pytest
from tests.cli.conftest import Remind

from remindcli.daemon.autostart import launchd, login, systemd, windows, xdg
from remindcli.daemon.autostart.login import Outcome
from remindcli.daemon.autostart.start import Command, LoginStart, Start
from remindcli.errors import DaemonError

PROGRAM = "/opt/my tools/$HOME 50%/remindcli"
START = Start((PROGRAM,), ("--db", "/data/a 'b' `c` $d %h.db", "daemon"), {"REMIND_CONFIG": "/etc/my 100%.toml"})
PLAIN = Start(("/usr/bin/remindcli",), ("daemon",))


class Shell:
    """Takes commands and remembers them; some can be made to fail."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.fails: dict[str, str] = {}

    def __call__(self, command: Command) -> Outcome:
        line = " ".join(command)
        self.ran.append(line)
        for part, why in self.fails.items():
            if part in line:
                return Outcome(1, why)
        return Outcome(0)


@pytest.fixture
def shell() -> Shell:
    return Shell()


# -- what is started -----------------------------------------------------------------------------------------


def test_the_entry_beside_the_python_is_started(tmp_path: Path) -> None:
    (tmp_path / "remindcli").touch()
    assert Start.of(str(tmp_path / "python3"), "linux").program == (str(tmp_path / "remindcli"),)


def test_a_python_behind_a_link_is_not_followed(tmp_path: Path) -> None:
    """A virtual environment of pipx or uv: its python is a link to one that does not know us."""
    bin_folder = tmp_path / "venvs" / "remindcli" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to("/usr/bin/python3")
    (bin_folder / "remindcli").touch()
    assert Start.of(str(bin_folder / "python"), "linux").program == (str(bin_folder / "remindcli"),)


def test_without_an_entry_the_module_is_started(tmp_path: Path) -> None:
    python = str(tmp_path / "python3")
    assert Start.of(python, "linux").program == (python, "-P", "-m", "remindcli")


def test_the_windows_entry(tmp_path: Path) -> None:
    (tmp_path / "remindcli.exe").touch()
    assert Start.of(str(tmp_path / "python.exe"), "win32").program == (str(tmp_path / "remindcli.exe"),)


def test_another_store_and_settings_file_are_named(tmp_path: Path) -> None:
    start = Start.of("/usr/bin/python3", "linux", db=tmp_path / "x.db", settings=tmp_path / "c.toml")
    assert start.arguments == ("--db", str(tmp_path / "x.db"), "daemon")
    assert start.variables == {"REMIND_CONFIG": str(tmp_path / "c.toml")}
    assert Start.of("/usr/bin/python3", "linux") == Start(start.program, ("daemon",), {})


@pytest.mark.parametrize("name", ["line\nfeed.db", "bell\a.db", "not-utf8-\udcff.db"])
def test_a_path_that_no_file_can_hold_is_refused(name: str) -> None:
    with pytest.raises(DaemonError, match="can't start the daemon at login"):
        Start.of("/usr/bin/python3", "linux", db=Path("/data", name))


# -- texts ---------------------------------------------------------------------------------------------------


def test_the_systemd_unit() -> None:
    text = systemd.describe(START, PurePath("/home/me/.config")).text
    lines = text.splitlines()
    assert f"""ExecStart=:"{PROGRAM.replace("%", "%%")}" "--db" "/data/a 'b' `c` $d %%h.db" "daemon\"""" in lines
    assert 'Environment="REMIND_CONFIG=/etc/my 100%%.toml"' in lines
    for line in ("Type=notify", "WatchdogSec=120", "RestartPreventExitStatus=2 75", "WantedBy=default.target"):
        assert line in lines


def test_a_program_that_systemd_would_refuse_is_started_through_env() -> None:
    start = Start(('/opt/5" \\disk/remindcli',), ("daemon",))
    text = systemd.describe(start, PurePath("/c")).text
    assert 'ExecStart=:"/usr/bin/env" "/opt/5\\" \\\\disk/remindcli" "daemon"\n' in text


@pytest.mark.parametrize("start", [START, PLAIN, Start(('/a "b" \\c $(d) `e` %f/remindcli',), ("daemon",))])
def test_the_desktop_entry_reads_back(start: Start) -> None:
    """Undo the two quotings of the specification, and the words are there again."""
    text = xdg.describe(start, PurePath("/home/me/.config")).text
    value = next(line for line in text.splitlines() if line.startswith("Exec=")).removeprefix("Exec=")
    quoted = re.findall(r'"((?:\\.|[^"\\])*)"', value.replace("\\\\", "\\"))
    words = [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in quoted]
    given = [f"{name}={value}" for name, value in start.variables.items()]
    assert words == [*(["/usr/bin/env", *given] if given else []), *start.program, *start.arguments, "--background"]


def test_the_launchd_agent() -> None:
    way = launchd.describe(START, PurePath("/Users/me"), 501)
    agent = plistlib.loads(way.text.encode())
    assert agent["ProgramArguments"] == [PROGRAM, *START.arguments, "--background"]
    assert agent["EnvironmentVariables"] == {"REMIND_CONFIG": "/etc/my 100%.toml"}
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    file = "/Users/me/Library/LaunchAgents/remindcli.daemon.plist"
    assert str(way.file) == file
    assert way.enable == (
        ("launchctl", "bootout", "gui/501/remindcli.daemon"),
        ("launchctl", "bootstrap", "gui/501", file),
    )
    assert way.disable == (("launchctl", "bootout", "gui/501/remindcli.daemon"),)


def test_the_startup_file_of_windows() -> None:
    start = Start((r"C:\my tools\remindcli.exe",), ("--db", r"C:\50%\ä.db", "daemon"), {"REMIND_CONFIG": r"C:\c.toml"})
    way = windows.describe(start, PureWindowsPath(r"C:\Users\me\AppData\Roaming"))
    assert way.text.split("\r\n") == [
        "@echo off",
        "chcp 65001 >nul",
        r'set "REMIND_CONFIG=C:\c.toml"',
        r'start "remindcli" /min "C:\my tools\remindcli.exe" "--db" "C:\50%%\ä.db" "daemon" "--background"',
        "",
    ]
    folder = r"C:\Users\me\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\Startup"
    assert str(way.file) == rf"{folder}\remindcli.cmd"


# -- which way -----------------------------------------------------------------------------------------------


def names(platform: str, **variables: str) -> list[str]:
    return [way.name for way in login.ways(PLAIN, platform=platform, variables=variables)]


def test_each_platform_has_its_way(tmp_path: Path) -> None:
    assert names("darwin", HOME="/Users/me") == ["launchd agent"]
    assert names("win32", APPDATA=str(tmp_path)) == ["Startup entry"]
    assert names("linux", HOME="/home/me") == ["XDG autostart entry", "systemd user unit"]


def test_systemd_is_used_where_a_user_manager_runs(tmp_path: Path) -> None:
    (tmp_path / "systemd").mkdir()
    systemctl = tmp_path / "systemctl"
    systemctl.touch(mode=0o700)
    here = {"HOME": "/home/me", "XDG_RUNTIME_DIR": str(tmp_path), "PATH": str(tmp_path)}
    assert names("linux", **here)[0] == "systemd user unit"
    systemctl.unlink()
    assert names("linux", **here)[0] == "XDG autostart entry"


def test_the_folder_of_settings_may_be_elsewhere() -> None:
    unit, entry = sorted(
        str(way.file)
        for way in login.ways(PLAIN, platform="linux", variables={"HOME": "/home/me", "XDG_CONFIG_HOME": "/cfg"})
    )[::-1]
    assert (unit, entry) == ("/cfg/systemd/user/remindcli.service", "/cfg/autostart/remindcli.desktop")


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_without_a_home_it_is_refused(platform: str) -> None:
    with pytest.raises(DaemonError, match="can't tell where"):
        names(platform, HOME="")


def test_a_home_that_would_change_the_terminal_is_refused() -> None:
    with pytest.raises(DaemonError) as caught:
        names("linux", HOME="/home/me", XDG_CONFIG_HOME="/a\x1b[2Jb")
    assert caught.value.why == r"XDG_CONFIG_HOME is '/a\x1b[2Jb'"


# -- install, uninstall, ask ---------------------------------------------------------------------------------


@pytest.fixture
def unit(tmp_path: Path) -> LoginStart:
    return systemd.describe(PLAIN, tmp_path)


def link(way: LoginStart) -> Path:
    """Do what `systemctl enable` does."""
    assert way.link is not None
    made = Path(way.link)
    made.parent.mkdir(parents=True, exist_ok=True)
    made.symlink_to(way.file)
    return made


def test_install_writes_enables_and_says_so(unit: LoginStart, shell: Shell) -> None:
    lines = list(login.install(unit, shell, make_way=lambda: True))
    assert Path(unit.file).read_text() == unit.text
    assert lines == [
        f"wrote {unit.file}",
        "ran systemctl --user daemon-reload",
        "ended the daemon that ran",
        "ran systemctl --user enable --now remindcli.service",
    ]
    assert [entry.name for entry in Path(unit.file).parent.iterdir()] == ["remindcli.service"], "no draft is left"


def test_install_again_changes_nothing(unit: LoginStart, shell: Shell) -> None:
    list(login.install(unit, shell))
    before = Path(unit.file).stat()
    assert next(login.install(unit, shell)) == f"{unit.file} is as it should be"
    assert Path(unit.file).stat().st_mtime_ns == before.st_mtime_ns


def test_a_command_that_fails_is_told_with_what_was_written(unit: LoginStart, shell: Shell) -> None:
    shell.fails["daemon-reload"] = "Failed to connect to bus: No medium found\nmore"
    asked: list[int] = []

    def make_way() -> bool:
        asked.append(1)
        return True

    with pytest.raises(DaemonError) as caught:
        list(login.install(unit, shell, make_way=make_way))
    assert caught.value.what == "systemctl --user daemon-reload failed"
    assert caught.value.why == "Failed to connect to bus: No medium found"
    assert caught.value.hint == f"{unit.file} was written, but is not enabled"
    assert not asked, "a daemon that runs goes on when nothing could take its place"


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "systemd").write_text("in the way")
    with pytest.raises(DaemonError, match=r"can't write .*remindcli\.service"):
        list(login.install(systemd.describe(PLAIN, tmp_path), shell))
    assert shell.ran == []


def test_uninstall_removes_all_of_it(unit: LoginStart, shell: Shell) -> None:
    list(login.install(unit, shell))
    wants = link(unit)
    shell.ran.clear()
    assert list(login.uninstall(unit, shell)) == [
        "ran systemctl --user disable --now remindcli.service",
        f"removed {wants}",
        f"removed {unit.file}",
        "ran systemctl --user daemon-reload",
    ]
    assert not Path(unit.file).exists()
    assert list(login.uninstall(unit, shell)) == [], "there is nothing left to do"


def test_uninstall_without_a_manager_removes_the_files_and_then_tells(unit: LoginStart, shell: Shell) -> None:
    list(login.install(unit, shell))
    wants = link(unit)
    shell.fails["systemctl"] = "Failed to connect to bus"
    with pytest.raises(DaemonError, match=r"disable --now remindcli\.service failed"):
        list(login.uninstall(unit, shell))
    assert not Path(unit.file).exists()
    assert not wants.is_symlink()


def test_an_agent_that_was_not_loaded_is_no_failure(tmp_path: Path, shell: Shell) -> None:
    agent = launchd.describe(PLAIN, tmp_path, 501)
    shell.fails["bootout"] = "Boot-out failed: 3: No such process"
    lines = list(login.install(agent, shell))
    assert lines == [f"wrote {agent.file}", f"ran launchctl bootstrap gui/501 {shlex.quote(str(agent.file))}"]


def test_the_state_is_asked_of_files(unit: LoginStart, shell: Shell, tmp_path: Path) -> None:
    ways = [unit, xdg.describe(PLAIN, tmp_path)]
    assert login.state(ways) == login.State(is_on=False, words="no; have it with: remind daemon install")
    list(login.install(unit, shell))
    assert "not enabled" in login.state(ways).words
    link(unit)
    assert login.state(ways) == login.State(True, f"systemd user unit {unit.file}", Path(unit.file))
    other = [systemd.describe(START, tmp_path)]
    assert not login.state(other).is_on
    assert "another program, store or version" in login.state(other).words


# -- the commands --------------------------------------------------------------------------------------------

linux = pytest.mark.skipif(sys.platform != "linux", reason="the texts of Linux")
_SYSTEMCTL = """\
#!/bin/sh
echo "$@" >>"$HOME/ran"
[ ! -e "$HOME/broken" ] || { echo "Failed to connect to bus: No medium found" >&2; exit 1; }
folder="$HOME/.config/systemd/user"
case "$*" in
*enable\\ --now*) mkdir -p "$folder/default.target.wants"
                 ln -sf ../remindcli.service "$folder/default.target.wants/remindcli.service" ;;
esac
"""


@pytest.fixture
def remind(tmp_path: Path) -> Remind:
    return Remind(tmp_path)


@pytest.fixture
def managed(remind: Remind, tmp_path: Path) -> Callable[[], list[str]]:
    """Give the commands a home with a user manager, played by a systemctl of ours; return what it was asked."""
    (tmp_path / "run" / "systemd").mkdir(parents=True)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "systemctl").write_text(_SYSTEMCTL)
    (folder / "systemctl").chmod(0o700)
    remind.variables |= {"XDG_RUNTIME_DIR": str(tmp_path / "run"), "PATH": f"{folder}:/usr/bin:/bin"}
    ran = tmp_path / "ran"
    return lambda: ran.read_text().splitlines() if ran.exists() else []


@linux
def test_dry_run_shows_the_text_and_changes_nothing(
    remind: Remind, managed: Callable[[], list[str]], tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    out = remind.out("daemon install --dry-run")
    assert out.startswith(f"# would write {tmp_path}/.config/systemd/user/remindcli.service\n")
    assert f'"--db" "{remind.db}" "daemon"' in out
    assert out.endswith("# would run systemctl --user enable --now remindcli.service\n")
    assert sorted(tmp_path.rglob("*")) == before
    assert managed() == []


@linux
def test_install_status_start_and_uninstall(remind: Remind, managed: Callable[[], list[str]], tmp_path: Path) -> None:
    file = tmp_path / ".config/systemd/user/remindcli.service"
    assert "login start: no; have it with: remind daemon install\n" in remind("daemon status").out
    assert remind.out("daemon install").splitlines() == [
        f"wrote {file}",
        "ran systemctl --user daemon-reload",
        "ran systemctl --user enable --now remindcli.service",
        "the daemon starts at login: systemd user unit",
    ]
    assert f"login start: systemd user unit {file}\n" in remind("daemon status").out
    assert '"is_started_at_login": true' in remind("daemon status --json").out
    assert remind.out("daemon install").startswith(f"{file} is as it should be\n")
    assert remind.out("daemon start") == "the daemon runs (systemd user unit); end it with: remind daemon stop\n"
    assert managed()[-1] == "--user start remindcli.service"
    assert remind.out("daemon uninstall").splitlines()[-1] == "the daemon does not start at login"
    assert not file.exists()
    assert remind.out("daemon uninstall") == "the daemon does not start at login\n"


@linux
def test_install_removes_the_start_of_another_kind(
    remind: Remind, managed: Callable[[], list[str]], tmp_path: Path
) -> None:
    entry = tmp_path / ".config/autostart/remindcli.desktop"
    entry.parent.mkdir(parents=True)
    entry.touch()
    assert remind.out("daemon install").splitlines()[0] == f"removed {entry}"


@linux
def test_a_manager_that_can_t_be_reached_is_told(
    remind: Remind, managed: Callable[[], list[str]], tmp_path: Path
) -> None:
    (tmp_path / "broken").touch()
    said = remind("daemon install")
    file = tmp_path / ".config/systemd/user/remindcli.service"
    assert (said.status, said.out) == (1, f"wrote {file}\n")
    assert said.err.splitlines() == [
        "error: systemctl --user daemon-reload failed",
        "  why: Failed to connect to bus: No medium found",
        f" hint: {file} was written, but is not enabled",
    ]


@linux
def test_the_usual_store_and_settings_are_not_named(remind: Remind, managed: Callable[[], list[str]]) -> None:
    del remind.variables["REMIND_DB"]
    text = remind.out("daemon install -n")
    assert "--db" not in text
    assert "Environment" not in text
    remind.variables["XDG_CONFIG_HOME"] = f"{remind.variables['HOME']}/cfg"
    assert f'Environment="REMIND_CONFIG={remind.variables["HOME"]}/cfg/remindcli/config.toml"' in remind.out(
        "daemon install -n"
    )
