"""The settings from the command line: where each comes from, and a file that is never spoiled."""

import io
import json
import os
import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Remind, Said, rows

from remindcli.cli import main

FILE = """\
# mine, by hand
snooze_minutes = 5   # short

[named_days]  # of the family
mum = "03-14"
"""


@pytest.fixture
def file(remind: Remind, tmp_path: Path) -> Path:
    """Return the settings file, which is not there yet."""
    remind.db.parent.mkdir(exist_ok=True)
    file = tmp_path / "dot files" / "config.toml"
    remind.variables["REMIND_CONFIG"] = str(file)
    return file


def value(remind: Remind, name: str) -> tuple[str, str]:
    """Return a setting's value and where it comes from."""
    return next((row[1], row[2]) for row in rows(remind.out("config list")) if row[0] == name)


def test_each_value_says_where_it_comes_from(remind: Remind, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(FILE, encoding="utf-8")
    remind.variables["REMIND_MORNING"] = "07:30"
    assert value(remind, "snooze_minutes") == ("5", f"{file}:2")
    assert value(remind, "named_days") == ('{ "mum" = "03-14" }', f"{file}:4")
    assert value(remind, "morning") == ("07:30", "REMIND_MORNING")
    assert value(remind, "evening") == ("19:00", "default")
    shown = remind.screen("config", width=120)
    assert "REMIND_MORNING" in shown
    listed = json.loads(remind.out("config list --json"))
    assert {"name", "value", "default", "origin", "help"} == set(listed[0])
    assert remind.out("config get snooze_minutes") == "5\n"
    assert json.loads(remind.out("config get snooze_minutes --json"))["default"] == 10


def test_set_keeps_comments_and_order_and_takes_effect(remind: Remind, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(FILE, encoding="utf-8")
    file.chmod(0o640)
    assert remind.out("config set snooze_minutes 15") == f"snooze_minutes = 15  ({file}:2)\n"
    assert remind.out("config set all_day_at 08:30").startswith("all_day_at = 08:30  (")
    text = file.read_text(encoding="utf-8")
    assert "# mine, by hand\nsnooze_minutes = 15   # short\n" in text
    assert '[named_days]  # of the family\nmum = "03-14"\n' in text
    assert 'all_day_at = "08:30"' in text.split("[named_days]")[0], "a key behind a table would be of the table"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [one.name for one in file.parent.iterdir()] == ["config.toml"], "nothing is left beside it"


def test_an_address_that_holds_a_secret_is_shown_nowhere(remind: Remind, file: Path) -> None:
    said = remind.out("config set heartbeat_url https://ping.example.org/my-uuid")
    said += remind.out("config list") + remind.out("config list --json") + remind.out("config get heartbeat_url")
    assert value(remind, "heartbeat_url") == ("[secret]", f"{file}:2")
    said += remind("config set heartbeat_url 'https://a b/my-uuid'").err
    remind.variables["REMIND_HEARTBEAT_URL"] = "ftp://ping.example.org/my-uuid"
    said += remind("list").err
    assert "heartbeat_url can't be that" in said
    assert "my-uuid" not in said
    assert "my-uuid" in file.read_text(encoding="utf-8")


def test_set_makes_the_file_and_unset_takes_it_off(remind: Remind, file: Path) -> None:
    remind.out("config set channels terminal,desktop")
    assert value(remind, "channels") == ("terminal,desktop", f"{file}:2")
    assert remind.out("config unset channels") == "channels = desktop,terminal  (default)\n"
    said = remind("config unset channels")
    assert (said.status, "does not stand in" in said.err) == (3, True)


def test_a_link_into_somebodys_dotfiles_stays_one(remind: Remind, file: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_text("", encoding="utf-8")
    file.parent.mkdir()
    file.symlink_to(real)
    remind.out("config set snooze_minutes 15")
    assert file.is_symlink()
    assert "snooze_minutes = 15" in real.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("warm no", 'warm = "no"'),
        ("warm false", "warm = false"),
        ("on_failure notify-me loudly", 'on_failure = ["notify-me", "loudly"]'),
        ("date_order dmy", 'date_order = "dmy"'),
        ("date_order ''", 'date_order = ""'),
        ("""named_days '{ "mum" = "03-14" }'""", '[named_days]\nmum = "03-14"'),
    ],
)
def test_a_value_is_typed_as_it_is_meant(words: str, written: str, remind: Remind, file: Path) -> None:
    remind.out(f"config set {words}")
    assert written in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("set snooze_minutes soon", "it takes a whole number"),
        ("set snooze_minuts 5", 'did you mean "snooze_minutes"'),
        ("get snooze_minuts", 'did you mean "snooze_minutes"'),
        ("set channel.phone.topic x", "channels are tables of the file: remind config edit"),
        ("set all_day_at 9 o'clock", "a time of day"),
        ("set channels desktp", 'there is no channel "desktp"'),
        ("set channels terminal,desktp", 'did you mean "desktop"?'),
        ("set digest_channels termnal", 'did you mean "terminal"?'),
        ("set channels phone", "a table of the settings makes one: [channel.phone]"),
        ("set channels \x1b[31mdesktop", 'there is no channel "␛[31mdesktop"'),
    ],
)
def test_what_can_not_be_set_is_refused_and_nothing_is_written(
    words: str, what: str, remind: Remind, file: Path
) -> None:
    said = remind("config", *words.split(" ", 2))
    assert (said.status, said.out) == (2, "")
    assert what in said.err
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a = 1\nb = x", "line 2"),
        ("# x\nsnooze_minuts = 5", "config.toml:2"),
        ("# x\n\nsnooze_minutes = 'soon'", "config.toml:3"),
        ("# x\nchannels = 'desktp'", "config.toml:2; the channels are desktop, terminal\n hint: did you mean"),
        ("digest_channels = ['desktop', 'fone']\n[channel.phone]\nkind = 'ntfy'", 'did you mean "phone"?'),
    ],
)
def test_a_wrong_file_is_an_error_with_its_line_and_is_left_alone(
    text: str, what: str, remind: Remind, file: Path
) -> None:
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    for line in ("list", "config list", "config set morning 08:00"):
        said = remind(line)
        assert (said.status, what in said.err) == (2, True), said.err
    assert file.read_text(encoding="utf-8") == text
    assert remind.out("config path") == f"{file}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# x\nsnooze_minutes = 'soon'\n", "snooze_minutes 5"),
        ("# x\nchannels = 'desktp'\n", "channels desktop"),
    ],
)
def test_what_is_wrong_is_put_right_by_setting_it(text: str, words: str, remind: Remind, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    name, new = words.split()
    assert remind.out(f"config set {words}") == f"{name} = {new}  ({file}:2)\n"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_what_the_daemon_would_run_is_not_written_where_others_may_write(remind: Remind, file: Path) -> None:
    file.parent.mkdir()
    file.write_text(FILE, encoding="utf-8")
    file.chmod(0o664)
    said = remind("config set on_failure my-hook loud")
    assert (said.status, f"chmod go-w {file}" in said.err) == (2, True)
    assert file.read_text(encoding="utf-8") == FILE


def test_a_variable_that_names_no_channel_is_refused(remind: Remind, file: Path) -> None:
    remind.variables["REMIND_CHANNELS"] = "terminl"
    said = remind("list")
    assert said.status == 2
    assert "it comes from REMIND_CHANNELS" in said.err
    assert 'did you mean "terminal"?' in said.err


def test_a_name_that_nobody_knows_can_be_taken_out(remind: Remind, file: Path) -> None:
    file.parent.mkdir()
    file.write_text("snooze_minuts = 5\n", encoding="utf-8")
    assert remind("config unset snooze_minuts").status == 0
    assert remind("config list").status == 0


def edited(remind: Remind, tmp_path: Path, body: str) -> Said:
    """Edit the settings with an editor that runs this line of shell."""
    program = tmp_path / "editor"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    remind.variables |= {"VISUAL": str(program), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)}
    out, err = io.StringIO(), io.StringIO()
    status = main(["config", "edit"], remind.environment(out, err, terminal=True, width=100))
    return Said(status, out.getvalue(), err.getvalue())


@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_edit_begins_with_all_settings_as_comments(remind: Remind, file: Path, tmp_path: Path) -> None:
    said = edited(remind, tmp_path, "sed -i 's/^# snooze_minutes = .*/snooze_minutes = 7/' \"$1\"")
    assert said.err == f"written: {file}\n"
    assert remind.out("config get snooze_minutes") == "7\n"
    assert '# all_day_at = "09:00"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("remind", ["cold"], indirect=True)
@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[channel.phone]\nkind = "ntfy"\ntopc = "x"', 'the channel "phone" has no option "topc"'),
        ('channels = "desktop,fone"', 'there is no channel "fone"'),
    ],
)
def test_an_edit_with_a_wrong_channel_is_not_kept(
    remind: Remind, file: Path, tmp_path: Path, text: str, what: str
) -> None:
    (tmp_path / "typed").write_text(text)
    # The second time, with what is wrong said in it, nothing is changed, which gives up.
    said = edited(remind, tmp_path, f"test -e '{tmp_path}/typed' && mv '{tmp_path}/typed' \"$1\" || true")
    assert said.status == 2
    assert what in said.err
    assert str(file) in said.err
    assert not file.exists()


def test_an_edit_that_is_wrong_is_not_kept_but_not_lost(remind: Remind, file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    file.write_text(FILE, encoding="utf-8")
    said = edited(remind, tmp_path, "sed -i 's/= 5 /= soon /' \"$1\"")
    assert said.status == 2
    kept = Path(said.err.split("your text: ")[1].strip()).read_text(encoding="utf-8")
    assert "snooze_minutes = soon" in kept
    assert kept.startswith("#! remind: ")
    assert file.read_text(encoding="utf-8") == FILE


def test_one_entry_of_a_setting_that_holds_names_is_put_and_taken_off(remind: Remind, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[views]\nold = 'p1'  # kept\n")
    assert remind.out("config set views.mine @work or p1").startswith(
        'views = { "old" = "p1", "mine" = "@work or p1" }'
    )
    remind.out("config set nag.@work 20m")
    assert "# kept" in file.read_text()
    remind.out("add call bob @work")
    assert remind.out("list -q mine") == "1\n"
    remind.out("config unset views.old")
    assert json.loads(remind.out("config get views --json"))["value"] == {"mine": "@work or p1"}
    before = file.read_text()
    for line, what in (
        ("set views.week p1", '"week"'),
        ("set views.new is:gone", "is:gone"),
        ("set nag.@work soon", "nag.@work can't be"),
        ("unset views.old", "views.old does not stand in"),
        ("set snooze_minutes.x 3", 'there is no setting "snooze_minutes.x"'),
    ):
        said = remind(f"config {line}")
        assert said.status in (2, 3), line
        assert what in said.err, line
    assert file.read_text() == before
