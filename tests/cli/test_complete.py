"""Completion: what is offered at each place, what each shell is told, and that the scripts and the table are fresh.

After a change of verbs, options or scripts, `REMIND_WRITE=1 pytest tests/cli/test_complete.py` writes both anew.
"""

import io
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Remind

from remindcli.cli import commands, completion_line, completion_places, completion_words
from remindcli.cli.app import ALIASES
from remindcli.cli.complete import FILES, script
from remindcli.cli.completion_places import Place, Verb
from remindcli.cli.completion_values import answer_for
from remindcli.cli.completion_words import SHELLS
from remindcli.cli.session import Session
from remindcli.core import when
from remindcli.core.safe import cut, safe
from remindcli.store import glance, schema

ROOT = Path(__file__).parents[2]
TABLE_FILE = ROOT / "src/remindcli/cli/completion_table.py"
STALE = "stale: REMIND_WRITE=1 pytest tests/cli/test_complete.py"
HOSTILE = (
    "$(touch canary) `touch canary` ;touch canary",
    "a'b\"c:d\\e|f&g %B%{x%} *[red]* {1,2} ~ !!",
    "line\nfeed\ttab\x1b[31mred\x1b]0;title\x07\x9b31m \u202egnp",
    "-n --option",
    "x" * 1000,
)
_HEAD = '''"""Every verb and option, so that completion need not load typer: written by tests/cli/test_complete.py."""

TABLE = """
{}
"""
'''


def is_writing() -> bool:
    return bool(os.environ.get("REMIND_WRITE"))


def values(text: str) -> list[str]:
    """Return the values of an answer for zsh, fish or PowerShell."""
    return [line.partition("\t")[0] for line in text.splitlines()]


class Asked:
    """Presses TAB: the words before the cursor, and what is typed of the word at it."""

    def __init__(self, remind: Remind) -> None:
        self.remind = remind

    def __call__(self, line: str, typed: str = "", shell: str = "fish") -> str:
        return self.remind.out(f"__complete {shell} remind {line}", f":{typed}")

    def values(self, line: str, typed: str = "") -> list[str]:
        return values(self(line, typed))

    def bash(self, typed: str, replaced: str | None = None, comp_type: int = 63) -> list[str]:
        """Press TAB in bash at the end of a line; `replaced` is the word as readline parts it, the last by default."""
        replaced = typed.rpartition(" ")[2] if replaced is None else replaced
        return self.remind.out(f"__complete bash {comp_type}", replaced, typed).splitlines()


@pytest.fixture
def asked(remind: Remind) -> Asked:
    """Return a way to press TAB over a store with a few tasks: 1 today, 2 without a time, 3 tomorrow."""
    remind.out("add pay rent today 5pm +home +money @flat p1")
    remind.out("add read a book +home")
    remind.out("add call bob tomorrow @work")
    return Asked(remind)


# -- what is written is fresh --------------------------------------------------------------------------------


def rows(command: Any, path: tuple[str, ...] = (), parent: Any = None) -> Iterator[str]:
    """Yield the table's rows of a command and of all that is under it."""
    if path:
        yield _row(" ".join(path), command.get_short_help_str(90))
    context = command.context_class(command, parent=parent, **command.context_settings)
    for parameter in command.get_params(context):
        if parameter.param_type_name == "option" and not parameter.hidden:
            names = " ".join(sorted(parameter.opts, key=len))
            value = "" if parameter.is_flag or parameter.name == "help" else f" {parameter.metavar or 'VALUE'}"
            yield _row(" ".join((*path, names)) + value, parameter.help or "")
    for name in command.list_commands(context) if hasattr(command, "commands") else ():
        child = command.commands[name]
        if not child.hidden:
            yield from rows(child, (*path, name), context)


def _row(head: str, about: str) -> str:
    return cut(f"{head}  {' '.join(about.split()).rstrip('.')}", 118)


def test_the_table_is_the_tree_of_verbs() -> None:
    text = _HEAD.format("\n".join(rows(commands.tree())))
    if is_writing():
        TABLE_FILE.write_text(text, encoding="utf-8")
    assert TABLE_FILE.read_text(encoding="utf-8") == text, STALE


def test_the_aliases_are_those_of_the_tree() -> None:
    assert completion_places.ALIASES == ALIASES


def test_the_mark_of_a_store_is_that_of_the_schema() -> None:
    assert glance._APPLICATION_ID == schema.APPLICATION_ID


@pytest.mark.parametrize("shell", SHELLS)
def test_the_files_in_completions_are_what_is_printed(remind: Remind, shell: str) -> None:
    printed = remind.out(f"completion {shell}")
    file = ROOT / "completions" / FILES[shell]
    if is_writing():
        file.write_text(printed, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == printed, STALE


@pytest.mark.parametrize("shell", SHELLS)
def test_no_script_evaluates_anything(shell: str) -> None:
    code = re.sub(r"(?m)^\s*#.*$", "", script(shell))
    assert not re.search(r"\b(eval|iex|source|Invoke-Expression|Invoke-Command|_describe)\b", code)
    assert "remindcli" in code


def test_every_time_that_is_offered_is_understood(remind: Remind) -> None:
    now, zone = remind.clock.now(), remind.clock.zone()
    for phrase in (*completion_words.MOMENTS, *completion_words.RECURRENCES):
        assert when.parse(phrase, now=now, zone=zone), phrase
        assert when.read_sentence(["call", "bob", *phrase.split()], now=now, zone=zone).title == "call bob", phrase


@pytest.mark.parametrize("span", completion_words.SPANS)
def test_every_span_that_is_offered_is_understood(asked: Asked, span: str) -> None:
    assert asked.remind(f"snooze 1 {span}").status == 0
    assert asked.remind(f"add x tomorrow -a {span}").status == 0


@pytest.mark.parametrize("how", completion_words.CATCH_UPS)
def test_every_way_to_catch_up_that_is_offered_is_understood(asked: Asked, how: str) -> None:
    assert asked.remind(f"add x every day --catch-up {how}").status == 0


# -- what is offered where -----------------------------------------------------------------------------------


def test_verbs_and_aliases(asked: Asked) -> None:
    offered = asked.values("")
    assert {"add", "done", "list", "daemon", "completion", "a", "d", "s", "ls"} <= set(offered)
    assert "done\tComplete a task; a recurring one comes back at its next time\n" in asked("")
    assert asked.values("", "sn") == ["snooze"]
    assert asked.values("daemon", "st") == ["start", "stop", "status"]
    assert asked.values("completion") == list(SHELLS)
    assert asked.values("nonsense ") == []


def test_options_with_their_help(asked: Asked) -> None:
    assert "--every\tHow it comes back\n" in asked("add x", "--e")
    assert asked.values("", "--") == ["--db", "--json", "--version", "--help"]
    assert "--background" not in asked.values("daemon", "--")
    assert asked.values("daemon logs", "-f") == ["-f"]
    assert asked.values("add --", "-") == []


@pytest.mark.parametrize("verb", ["done", "d", "skip", "edit", "rm", "show", "move", "snooze", "s"])
def test_ids_the_next_due_first_with_title_and_due(asked: Asked, verb: str) -> None:
    lines = asked(verb).splitlines()[:3]
    assert lines == ["1\tpay rent, Tue 24 Nov 17:00", "3\tcall bob, Wed 25 Nov", "2\tread a book"]


def test_ids_that_were_typed_are_not_offered_again(asked: Asked) -> None:
    assert asked.values("done 3") == ["1", "2"]
    assert asked.values("show 3") == []


def test_ids_of_what_is_closed_are_not_offered(asked: Asked) -> None:
    asked.remind.out("done 1")
    asked.remind.out("rm 2")
    assert asked.values("done") == ["3"]


def test_only_what_was_given_up_can_be_tried_again(asked: Asked) -> None:
    assert asked.values("failed") == ["list", "retry", "drop"]
    assert asked.values("failed retry") == []
    with closing(sqlite3.connect(asked.remind.db)) as connection, connection:
        connection.execute("UPDATE scheduled_tasks SET status = 'discarded' WHERE task_id = 3")
    assert asked.values("failed retry") == ["3"]


def test_a_part_of_a_title_gives_its_id(asked: Asked) -> None:
    assert asked("done", "BOB", "zsh") == "\treplace\n3\t3  -- call bob, Wed 25 Nov\n"
    assert asked.bash("remind done bob", comp_type=9) == ["3"]
    assert asked.bash("remind done b", comp_type=9) == []
    assert asked.bash("remind done b") == ["3  -- call bob, Wed 25 Nov", "2  -- read a book"]
    assert asked.values("done", "bob") == [], "fish offers only what resembles the word"


def test_tags_lists_priorities(asked: Asked) -> None:
    assert asked("add x -t") == "home\t2 tasks\nmoney\t1 task\n"
    assert asked.values("add x", "+h") == ["+home"]
    assert asked.values("list", "+") == ["+home", "+money"]
    assert asked.values("list", "-m") == ["-money"]
    assert asked.values("edit 1 -t", "-") == ["-home", "-money"]
    assert asked.values("add x -l") == ["flat", "work"]
    assert asked.values("add x", "@w") == ["@work"]
    assert asked.values("list", "@") == ["@flat", "@work"]
    assert asked.values("add x", "p") == ["p1", "p2", "p3"]
    assert asked.values("add x -p") == ["p1", "p2", "p3", "none"]


def test_filters_channels_catch_up_zones(asked: Asked) -> None:
    assert "is:recurring" in asked.values("list")
    assert asked.values("list", "over") == ["overdue"]
    assert asked.values("list", "be") == ["before:"]
    assert asked.values("list", "before:to") == ["before:today", "before:tonight", "before:tomorrow"]
    assert asked.values("list", "every:mon") == ["every:month", "every:monthly"]
    assert asked.values("list", "fr") == ["friday"]
    assert asked.values("list overdue", "o") == ["overdue", "or"]
    assert asked.values("log", "is:del") == ["is:deleted"]
    assert asked.values("list", "3") == ["3"]
    assert asked.values("add x --channel") == ["desktop", "terminal"]
    assert asked.values("add x --catch-up") == ["latest", "all", "skip"]
    assert asked.values("add x --tz", "europe/berl") == ["Europe/Berlin"]
    assert asked.values("add x --note") == []


def test_saved_views_are_offered_where_there_are_some(asked: Asked) -> None:
    assert asked.values("list", "min") == []
    asked.remind.variables["REMIND_VIEWS"] = "mine=+home; late=overdue"
    assert asked("list", "mi") == "mine\t+home\n"


def test_settings_for_the_command_that_is_to_come(asked: Asked) -> None:
    place = Place(Verb(""), "config get", typed="all")
    environment = asked.remind.environment(io.StringIO(), io.StringIO(), terminal=False, width=80)
    assert [value for value, _ in answer_for(place, Session(environment)).pairs] == ["all_day_at"]


def test_times(asked: Asked) -> None:
    assert asked.values("add x -d", "tom") == ["tomorrow", "tomorrow morning", "tomorrow at 9am"]
    assert asked.values("add x --due", "next f") == ["next friday"]
    assert asked.values("add x", "--due=next f") == ["--due=next friday"]
    assert asked.values("add x", "-dnext f") == ["-dnext friday"]
    assert "every month on the 1st" in asked.values("add x -e", "every m")
    assert asked.values("add call bob", "Tom") == ["tomorrow"]
    assert asked.values("add call bob next", "f") == ["friday"]
    assert asked.values("add pay rent every month on the") == ["1st", "15th", "last"]
    assert asked.values("move 1 next", "fr") == ["friday"]
    assert asked.values("move 1", "every") == []
    assert asked.values("snooze 1", "1") == ["10m", "1h", "1d"]
    assert asked.values("snooze", "1") == ["1", "10m", "1h", "1d"]
    assert asked.values("add x -d today", "tom") == []
    assert asked.values("add --", "tom") == []


def test_files_behind_db_and_the_store_that_it_names(asked: Asked, tmp_path: Path) -> None:
    assert asked("--db") == "\tfiles\t\n"
    assert asked("", "--db=/tm") == "\tfiles\t--db=\n"
    assert asked.bash("remind --db ") == ["\tfiles"]
    assert asked.values("backup") == ["list", "restore"]
    assert asked("backup", "~/us") == asked("backup restore") == "\tfiles\t\n"
    other = tmp_path / "other.db"
    asked.remind.out(f"--db {other} add another")
    assert asked(f"--db {other} done") == "1\tanother\n"
    assert asked(f"--db={other} done") == "1\tanother\n"
    asked.remind.variables["REMIND_DB"] = str(other)
    assert asked("done") == "1\tanother\n"


# -- each shell ----------------------------------------------------------------------------------------------


def test_bash_gets_rows_only_where_it_shows_them(asked: Asked) -> None:
    plain = ["1", "3", "2"]
    assert asked.bash("remind done ", comp_type=9) == plain
    # 37 and 42 put what they get into the line: menu-complete, insert-completions.
    assert asked.bash("remind done ", comp_type=37) == plain
    assert asked.bash("remind done ", comp_type=42) == plain
    listed = ["1  -- pay rent, Tue 24 Nov 17:00", "3  -- call bob, Wed 25 Nov", "2  -- read a book"]
    for comp_type in (33, 63, 64):
        assert asked.bash("remind done ", comp_type=comp_type) == listed
    assert asked.bash("remind done 3") == ["3"]


def test_bash_gets_words_as_they_must_be_typed(asked: Asked) -> None:
    assert asked.bash("remind add -d next\\ f", "next\\ f") == ["next\\ friday"]
    assert asked.bash('remind add -d "next f', "next f") == ["next friday"]
    assert asked.bash("remind add -d 'next f", "next f") == ["next friday"]
    assert asked.bash("remind list is:rec", "rec") == ["recurring"]
    assert asked.bash('remind add --due="next f', "next f") == ["next friday"]
    assert asked.bash("remind add --due=next\\ f", "next\\ f") == ["next\\ friday"]
    assert asked.bash("remind list @wo") == ["@work"]


def test_the_name_of_a_tag_that_a_shell_would_run_is_quoted(asked: Asked) -> None:
    with closing(sqlite3.connect(asked.remind.db)) as connection, connection:
        connection.execute("DELETE FROM task_tags")
        connection.executemany("INSERT INTO task_tags VALUES (1, ?)", [("$(touch canary)",), ("a\x1b[31m",), ("b\tc",)])
    assert asked("add -t") == "$(touch canary)\t1 task\n", "what can't be inserted as it is is not offered"
    assert asked.bash("remind add -t ") == ["\\$\\(touch\\ canary\\)"]
    assert asked.bash('remind add -t "', "") == ["\\$(touch canary)"]
    assert values(asked("add -t", "", "powershell")) == ["'$(touch canary)'"]


@pytest.mark.parametrize(
    ("value", "quote", "typed"),
    [
        ("next friday", "", "next\\ friday"),
        ("~a{b}*?[c]", "", "\\~a\\{b\\}\\*\\?\\[c\\]"),
        ("müde", "", "müde"),
        ('a$b`c"d\\e', '"', 'a\\$b\\`c\\"d\\\\e'),
        ("a!b", '"', None),
        ("a$b", "'", "a$b"),
        ("a'b", "'", None),
    ],
)
def test_quoting_for_bash(value: str, quote: str, typed: str | None) -> None:
    assert completion_line.for_bash(value, quote) == typed


@pytest.mark.parametrize(
    ("text", "words", "current", "quote"),
    [
        ("remind done ", ("remind", "done"), "", ""),
        ("remind done 1", ("remind", "done"), "1", ""),
        ("a 'b c' \"d e", ("a", "b c"), "d e", '"'),
        ('a "b\\"c\\d" e\\ f', ("a", 'b"c\\d'), "e f", ""),
        ("a '' b", ("a", ""), "b", ""),
        ("a $(touch x) \\", ("a", "$(touch", "x)"), "", ""),
        ("", (), "", ""),
    ],
)
def test_reading_a_line(text: str, words: tuple[str, ...], current: str, quote: str) -> None:
    assert completion_line.split(text) == completion_line.Line(words, current, quote)


@pytest.mark.parametrize("value", ["@home", "a b", "it's", "$(x)", "a\u2019b"])
def test_powershell_gets_what_it_would_read_otherwise_in_quotes(value: str) -> None:
    typed = completion_line.for_powershell(value)
    assert typed == "'" + re.sub("(['\u2019])", r"\1\1", value) + "'"


# -- whatever a title holds, and whatever became of the store ------------------------------------------------


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_is_one_line_of_harmless_text(remind: Remind, shell: str, title: str) -> None:
    remind.out("add --literal --", title)
    (line,) = remind.out(f"__complete {shell} remind done", ":").splitlines()
    value, about = line.split("\t")
    assert value == "1"
    assert safe(about) == about
    assert len(about) < 100


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_in_bash_is_never_what_is_inserted(remind: Remind, title: str) -> None:
    remind.out("add --literal --", title)
    assert Asked(remind).bash("remind done ") == ["1"]
    remind.out("add --literal --", title)
    one, two = Asked(remind).bash("remind done ")
    assert (one[:3], two[:3]) == ("1  ", "2  "), "readline inserts what all have in common: nothing"
    assert safe(one) == one


def test_a_title_of_a_megabyte_and_one_that_is_not_utf8(asked: Asked) -> None:
    with closing(sqlite3.connect(asked.remind.db)) as connection, connection:
        connection.execute("UPDATE tasks SET title = ? WHERE id = 1", ("y" * 1_000_000,))
        connection.execute("UPDATE tasks SET title = CAST(x'ff41' AS TEXT) WHERE id = 2")
    assert [len(line) < 100 for line in asked("done").splitlines()] == [True] * 3


def test_at_most_200_ids(remind: Remind) -> None:
    remind.out("add first")
    with closing(sqlite3.connect(remind.db)) as connection, connection:
        connection.executemany(
            "INSERT INTO tasks (id, uid, title, created_at, modified_at) VALUES (?, ?, 'x', 0, 0)",
            [(number, str(number)) for number in range(2, 2001)],
        )
    assert len(Asked(remind).values("done")) == 200
    assert len(Asked(remind).values("done", "19")) == 111


def _folder(path: Path) -> None:
    path.mkdir(parents=True)


def _text(content: bytes) -> Any:
    def make(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return make


def _pipe(path: Path) -> None:
    path.parent.mkdir(parents=True)
    os.mkfifo(path)


def _foreign(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE tasks (id)")


@pytest.mark.parametrize(
    "make", [None, _folder, _text(b""), _text(b"no store at all" * 100), _text(b"SQLite format 3\0"), _pipe, _foreign]
)
def test_a_store_that_cannot_be_read_gives_no_ids_and_no_noise(remind: Remind, make: Any) -> None:
    if make is not None:
        make(remind.db)
    said = remind("__complete fish remind done :")
    assert (said.status, said.out, said.err) == (0, "", "")
    assert make is not None or not remind.db.exists(), "pressing TAB makes no store"


def test_a_store_that_is_locked_gives_no_ids_at_once(asked: Asked) -> None:
    with closing(sqlite3.connect(asked.remind.db)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert asked("done") == ""
        assert asked.values("snooze", "1") == ["10m", "1h", "1d"]


@pytest.mark.parametrize("words", ["", "zsh", "bash", "bash 9", "nonsense x", "bash x y z w", "fish :", "zsh remind"])
def test_a_request_that_makes_no_sense_is_answered_quietly(remind: Remind, words: str) -> None:
    said = remind(f"__complete {words}")
    assert (said.status, said.err) == (0, "")


def test_words_that_are_not_utf8(asked: Asked) -> None:
    said = asked.remind("__complete fish remind done", "\udcff", ":\udcff")
    assert (said.status, said.out, said.err) == (0, "", "")


def test_nothing_slow_is_loaded() -> None:
    code = (
        "import sys; from remindcli.cli import main; from remindcli.cli.environment import of_process;"
        "main(['__complete', 'fish', 'remind', 'done', ':'], of_process());"
        "print([n for n in ('typer', 'click', 'rich', 'sqlalchemy', 'dateutil', 'apscheduler') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"REMIND_DB": "/nowhere/x"}
    )
    assert done.stdout == "[]\n"


# -- remind completion ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "paths"),
    [
        (
            "bash",
            [".local/share/bash-completion/completions/remind", ".local/share/bash-completion/completions/remindcli"],
        ),
        ("zsh", [".local/share/zsh/site-functions/_remind"]),
        ("fish", [".config/fish/completions/remind.fish", ".config/fish/completions/remindcli.fish"]),
        ("powershell", [".local/share/remindcli/completion.ps1"]),
    ],
)
def test_install_writes_the_files_once(remind: Remind, tmp_path: Path, shell: str, paths: list[str]) -> None:
    files = [tmp_path / path for path in paths]
    said = remind(f"completion {shell} --install")
    assert said.out == "".join(f"written: {file}\n" for file in files)
    assert said.err
    for file in files:
        assert file.read_text(encoding="utf-8") == script(shell)
    assert remind.out(f"completion {shell} --install") == "".join(f"already there: {file}\n" for file in files)
    files[0].write_text(f"# of an older version, by `remind completion {shell}`\n")
    assert "written" in remind.out(f"completion {shell} --install")


def test_install_follows_the_folders_that_are_named(remind: Remind, tmp_path: Path) -> None:
    remind.variables |= {"XDG_DATA_HOME": str(tmp_path / "data home"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    said = remind("completion zsh --install")
    assert said.out == f"written: {tmp_path}/data home/zsh/site-functions/_remind\n"
    assert f"fpath=('{tmp_path}/data home/zsh/site-functions' $fpath)" in said.err
    assert not (tmp_path / ".zshrc").exists()
    remind.variables["BASH_COMPLETION_USER_DIR"] = str(tmp_path / "bc")
    assert f"written: {tmp_path}/bc/completions/remind\n" in remind.out("completion bash --install")
    assert f"{tmp_path}/config/fish/completions/remind.fish" in remind.out("completion fish --install")


def test_install_leaves_what_is_not_ours(remind: Remind, tmp_path: Path) -> None:
    file = tmp_path / ".config/fish/completions/remind.fish"
    file.parent.mkdir(parents=True)
    file.write_text("complete -c remind -a mine\n")
    said = remind("completion fish --install")
    assert said.status == 1
    assert "is not ours" in said.err
    assert file.read_text() == "complete -c remind -a mine\n"


def test_install_where_nothing_can_be_written_says_so(remind: Remind, tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file where a folder belongs")
    said = remind("completion fish --install")
    assert said.status == 1
    assert said.err.startswith("error: can't write ")


def test_the_shell_that_is_not_named_is_the_login_shell(remind: Remind) -> None:
    remind.variables["SHELL"] = "/usr/bin/fish"
    assert remind.out("completion") == script("fish")
    remind.variables["SHELL"] = "/bin/tcsh"
    said = remind("completion")
    assert said.status == 2
    assert "tcsh" in said.err


def test_a_shell_that_is_not_known(remind: Remind) -> None:
    said = remind("completion csh")
    assert (said.status, said.out) == (2, "")
    assert "bash|zsh|fish|powershell" in said.err
