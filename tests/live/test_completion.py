"""Completion in real shells: TAB is pressed, what shows and what runs is looked at, and no title runs anything."""

import os
import re
import shlex
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pexpect
import pytest
from tests.live.conftest import Require
from tests.live.shells import COMMANDS, ESCAPES

from remindcli.clock import SystemClock
from remindcli.core.rule import Rule
from remindcli.store.asked import NewTask
from remindcli.store.store import Store

SECONDS = 20.0
READY = "READY> "
CANARY = "canary"
SHELLS = ("bash", "zsh", "fish")
HOSTILE = (
    f"dollar $(touch {CANARY}) `touch {CANARY}`",
    f"marks ' \" \\ ; touch {CANARY} & | > {CANARY} < * ? [a] {{b,c}} ~ ! # :x:y",
    f"prompt %B%F{{red}}%n %(?.a.b) ${{x}} $((1+1)) %{{$(touch {CANARY})%}}",
    f"lines\n$(touch {CANARY})\n\ttabbed\r\x1b[31mred\x1b]0;title\x07 \u202ertl",
    f"--option $'\\x24(touch {CANARY})' (touch {CANARY})",
    "long " + "x" * 995,
)
_RAN = re.compile(r"RAN(<[^\r\n]*>)\r?\n")
_RC = {
    "bash": (
        "rc",
        """\
PS1='READY> '
bind 'set bell-style none'
bind 'set page-completions off'
bind 'set enable-bracketed-paste off'
source ~/.local/share/bash-completion/completions/remind
""",
    ),
    "zsh": (
        ".zshrc",
        """\
PROMPT='READY> '
unsetopt prompt_cr prompt_sp beep
LISTMAX=1000
bindkey -e
fpath=(~/.local/share/zsh/site-functions $fpath)
autoload -Uz compinit && compinit -u -D
""",
    ),
    "fish": (
        ".config/fish/config.fish",
        """\
function fish_prompt; echo 'READY> '; end
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
""",
    ),
}
_PROGRAM = """\
#!/bin/sh
case "$1" in
    __complete|completion) exec {python} -m remindcli "$@" ;;
esac
printf 'RAN'
printf '<%s>' "$@"
echo
"""


class Shell:
    """A shell with an empty home, and a `remind` in it that says with which words it was run.

    Attributes:
        name: of the shell.
        folder: where it works: what a title runs would leave its canary there.
    """

    def __init__(self, name: str, home: Path, db: Path) -> None:
        self.name = name
        self.folder = home / "work"
        self.folder.mkdir()
        self.db = db
        for program in ("remind", "remindcli"):
            file = home / "bin" / program
            file.parent.mkdir(exist_ok=True)
            file.write_text(_PROGRAM.format(python=shlex.quote(sys.executable)))
            file.chmod(0o755)
        self.env = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PATH": f"{home}/bin:/usr/local/bin:/usr/bin:/bin",
            "REMIND_DB": str(db),
            "TERM": "xterm",
            "TZ": "UTC",
        }
        rc = home / _RC[name][0]
        rc.parent.mkdir(parents=True, exist_ok=True)
        rc.write_text(_RC[name][1])
        install = f"{home}/bin/remind completion {name} --install"
        pexpect.run(install, env=self.env, cwd=str(self.folder), timeout=SECONDS)  # type: ignore[arg-type]
        command = [part.format(home=home) for part in COMMANDS[name]]
        self._child: pexpect.spawn[str] = pexpect.spawn(
            command[0],
            command[1:],
            cwd=str(self.folder),
            env=self.env,  # type: ignore[arg-type]
            encoding="utf-8",
            codec_errors="replace",
            dimensions=(60, 200),
            timeout=SECONDS,
        )
        # What is typed goes out at once: nothing here waits by the clock.
        self._child.delaybeforesend = None
        self._seen = ""
        self.sees(READY)

    def close(self) -> None:
        """End the shell."""
        self._child.close(force=True)

    def types(self, keys: str) -> None:
        """Type keys; what was shown until now is forgotten."""
        self._seen = ""
        self._child.send(keys)

    def sees(self, *texts: str) -> str:
        """Return what is shown from the last keys on, as soon as all the texts stand in it."""
        self._reads_until(lambda: all(text in self.screen for text in texts), f"show {texts}")
        return self.screen

    def _reads_until(self, is_there: Callable[[], object], what: str) -> None:
        ends_at = time.monotonic() + SECONDS
        while not is_there():
            try:
                self._seen += self._child.read_nonblocking(65536, timeout=max(ends_at - time.monotonic(), 0.01))
            except (pexpect.TIMEOUT, pexpect.EOF):
                pytest.fail(f"{self.name} does not {what}; it shows:\n{self.screen}")

    @property
    def screen(self) -> str:
        """Return what was shown since the last keys, without colours and moves of the cursor."""
        return ESCAPES.sub("", self._seen)

    def runs(self, keys: str) -> str:
        """Type keys and Enter; return the words with which `remind` was run."""
        self.types(keys + "\r")
        self._reads_until(lambda: _RAN.search(self.screen), "run anything")
        found = _RAN.search(self.screen)
        assert found
        self._reads_until(lambda: READY in self.screen[found.end() :], "show its prompt again")
        return found[1]

    def lists(self, line: str, *texts: str) -> str:
        """Type a line, press TAB until a list shows, wait for the texts in it, and leave the line."""
        self.types(line + ("\t\t" if self.name == "bash" else "\t"))
        shown = self.sees(*texts)
        self.types("\x15\r")
        self.sees(READY)
        return shown

    def has_run_nothing(self) -> bool:
        """Return whether no canary was left, after the shell has answered once more."""
        self.types("echo al''ive\r")
        self.sees("alive")
        return not [path for path in self.folder.parent.rglob(CANARY) if path.name == CANARY]


OpenShell = Callable[[str], Shell]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Return a store: 1 is hostile by its tag, 2 and 3 are plain, and the titles of HOSTILE follow."""
    path = tmp_path / "remind.db"
    clock = SystemClock()
    store = Store(path, clock)
    tomorrow = datetime(2100, 1, 4, 9)
    store.add(NewTask("first", Rule(tomorrow, "UTC"), tags=("home",), list_name="flat"))
    store.add(NewTask("pay rent", Rule(tomorrow + timedelta(days=1), "UTC"), tags=("money",)))
    store.add(NewTask("call bob", Rule(tomorrow + timedelta(days=2), "UTC")))
    for number, title in enumerate(HOSTILE):
        store.add(NewTask(title, Rule(tomorrow + timedelta(days=3 + number), "UTC")))
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO task_tags VALUES (1, ?)", (f"evil$(touch {CANARY})' \"x",))
    return path


@pytest.fixture
def open_shell(require: Require, tmp_path: Path, db: Path) -> Iterator[OpenShell]:
    """Return a way to start a shell that has our completion, installed as `remind completion --install` does."""
    shells: list[Shell] = []

    def start(name: str) -> Shell:
        require(name)
        home = tmp_path / "home"
        home.mkdir()
        shells.append(Shell(name, home, db))
        return shells[-1]

    yield start
    for shell in shells:
        shell.close()


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, open_shell: OpenShell) -> Shell:
    """Return each of the shells."""
    return open_shell(request.param)


def test_verbs_options_and_words_are_completed(shell: Shell) -> None:
    assert shell.runs("remind sno\t") == "<snooze>"
    assert shell.runs("remindcli daemon sta\tr\t") == "<daemon><start>"
    assert shell.runs("remind add x --ev\tday") == "<add><x><--every><day>"
    assert shell.runs("remind add x --pr\tp1") == "<add><x><--priority><p1>"
    assert shell.runs("remind add call bob tomo\t") == "<add><call><bob><tomorrow>"
    assert shell.runs("remind add call bob next fr\t") == "<add><call><bob><next><friday>"
    assert shell.runs("remind list is:rec\t") == "<list><is:recurring>"
    assert shell.runs("remind list @fl\t") == "<list><@flat>"
    assert shell.runs("remind list +mo\t") == "<list><+money>"


def test_a_phrase_of_several_words_becomes_one_word(shell: Shell) -> None:
    assert shell.runs("remind add x -d 'next fr\t") == "<add><x><-d><next friday>"
    assert shell.runs('remind add x -d "next fr\t') == "<add><x><-d><next friday>"
    assert shell.runs("remind add x -d next\\ fr\t") == "<add><x><-d><next friday>"
    assert shell.runs("remind add x --due=next\\ fr\t") == "<add><x><--due=next friday>"


def test_ids_come_with_title_and_due_and_alone_go_into_the_line(shell: Shell) -> None:
    shell.lists("remind done ", "pay rent, Tue 5 Jan 2100 09:00", "call bob, Wed 6 Jan 2100 09:00")
    assert shell.runs("remind done 3\t") == "<done><3>"
    assert shell.runs("remind d 2\t3\t") == "<d><2><3>"


def test_titles_show_as_text_and_run_nothing(shell: Shell) -> None:
    shown = shell.lists(
        "remind done ",
        f"dollar $(touch {CANARY}) `touch {CANARY}`",
        f"marks ' \" \\ ; touch {CANARY} & |",
        "prompt %B%F{red}%n %(?.a.b) ${x}",
        f"lines⏎$(touch {CANARY})⏎ tabbed",
        "xxxxxxxx…, ",
    )
    assert "\x1b]0;" not in shown
    assert shell.has_run_nothing()
    for key in range(4, 4 + len(HOSTILE)):
        assert shell.runs(f"remind done {key}\t") == f"<done><{key}>"
    assert shell.has_run_nothing()


def test_a_tag_that_a_shell_would_run_is_inserted_as_text(shell: Shell) -> None:
    tag = f"evil$(touch {CANARY})' \"x"
    assert shell.runs("remind add x -t ev\t") == f"<add><x><-t><{tag}>"
    assert shell.runs("remind list +ev\t") == f"<list><+{tag}>"
    assert shell.runs('remind add x -t "ev\t') == f"<add><x><-t><{tag}>"
    assert shell.has_run_nothing()


def test_what_was_typed_is_not_run_either(shell: Shell) -> None:
    shell.lists(f"remind add 'a $(touch {CANARY})' \"b\" -d ", "tomorrow")
    assert shell.has_run_nothing()


def test_files_follow_db_and_nothing_else(shell: Shell) -> None:
    (shell.folder / "store with blank.db").write_text("")
    assert shell.runs("remind --db sto\t") == "<--db><store with blank.db>"
    assert shell.runs("remind add x --note sto\t") == "<add><x><--note><sto>"
    if shell.name != "bash":  # bash leaves --db=sto to readline, which completes files behind = as well
        assert shell.runs("remind --db=sto\t") == "<--db=store with blank.db>"


def test_a_store_that_is_not_there_offers_no_ids_and_says_nothing(shell: Shell) -> None:
    shell.db.unlink()
    assert shell.runs("remind done \t1") == "<done><1>"
    assert "rror" not in shell.screen


def test_a_damaged_store_offers_no_ids_and_says_nothing(shell: Shell) -> None:
    shell.db.write_bytes(os.urandom(5000))
    assert shell.runs("remind done \t1") == "<done><1>"
    assert "rror" not in shell.screen


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_a_part_of_a_title_becomes_its_id(open_shell: OpenShell, name: str) -> None:
    shell = open_shell(name)
    assert shell.runs("remind done bob\t") == "<done><3>"
    shell.lists("remind done r", "pay rent, Tue 5 Jan 2100 09:00", "first")


def test_menu_complete_in_bash_inserts_ids_only(open_shell: OpenShell) -> None:
    shell = open_shell("bash")
    shell.types("bind 'TAB: menu-complete'\r")
    shell.sees(READY)
    assert shell.runs("remind done \t\t\t\t") == "<done><4>"
    # M-* puts all that is offered into the line.
    assert shell.runs("remind done \x1b*") == "".join(("<done>", *(f"<{key}>" for key in range(1, 4 + len(HOSTILE)))))
    assert shell.has_run_nothing()


def test_menu_select_and_colours_in_zsh(open_shell: OpenShell) -> None:
    shell = open_shell("zsh")
    shell.types(
        "zmodload zsh/complist; zstyle ':completion:*' menu select; zstyle ':completion:*' list-colors 'ma=7'\r"
    )
    shell.sees(READY)
    assert shell.runs("remind done \t\t\t\t\r") == "<done><3>"
    assert shell.has_run_nothing()


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_the_script_can_be_sourced(open_shell: OpenShell, name: str) -> None:
    shell = open_shell(name)
    shell.types("source <(remind completion $0 2>/dev/null || remind completion ${0#-})\r")
    shell.sees(READY)
    assert shell.runs("remind sno\t") == "<snooze>"
