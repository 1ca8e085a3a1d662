"""Which channels there are, and what is said of tables that are wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from remindcli import settings
from remindcli.channel_tables import ALWAYS, KINDS, check_order
from remindcli.channels import registry
from remindcli.channels.email import EmailChannel
from remindcli.channels.ntfy import NtfyChannel
from remindcli.channels.registry import available, build
from remindcli.errors import UsageError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    return path


def tables(file: Path, text: str, *, mode: int = 0o600) -> settings.Settings:
    file.write_text(text)
    file.chmod(mode)
    return settings.load(file, {})


def test_the_desktop_comes_before_the_terminal() -> None:
    assert list(available()) == list(build()) == ["desktop", "terminal"]


@pytest.mark.parametrize("name", list(available()))
def test_each_declares_its_name_and_an_end(name: str) -> None:
    channel = available()[name]
    assert channel.name == name
    assert 0 < channel.timeout_seconds < 30


def test_the_order_is_the_names_order() -> None:
    assert list(build(["terminal", "desktop"])) == ["terminal", "desktop"]
    assert list(build(["terminal"])) == ["terminal"]
    assert list(build([])) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("destkop", 'did you mean "desktop"?'),
        ("Terminal", 'did you mean "terminal"?'),
        ("ntfy", "a table of the settings makes one: [channel.ntfy]"),
        ("", ""),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_order(["desktop", name], ALWAYS, origin="REMIND_CHANNELS")
    assert str(caught.value) == f'there is no channel "{name}"'
    assert caught.value.why == "it comes from REMIND_CHANNELS; the channels are desktop, terminal"
    assert caught.value.hint == hint


def test_several_channels_of_a_kind_under_names_of_the_users(file: Path) -> None:
    found = tables(
        file,
        """
channels = ["phone", "desktop"]
[channel.phone]
kind = "ntfy"
topic = "env:TOPIC"
[channel.tablet]
kind = "ntfy"
topic = "env:OTHER_TOPIC"
[channel.email]
server = "smtp.example.org"
to = "Ann Example <ann@example.org>"
""",
    )
    assert found.channel_names == ("desktop", "terminal", "phone", "tablet", "email")
    channels = available(found.channels)
    assert [type(channels[name]) for name in ("phone", "tablet", "email")] == [NtfyChannel, NtfyChannel, EmailChannel]
    assert list(build(found.names("channels"), found.channels)) == ["phone", "desktop"]
    registry.check(found.channels)


@pytest.mark.parametrize(
    ("text", "what", "line", "hint"),
    [
        ("[channel.phone]\n", 'the channel "phone" has no kind', 1, "kind = one of"),
        ('[channel.phone]\nkind = "ntfi"', 'there is no kind of channel "ntfi"', 2, 'did you mean "ntfy"?'),
        ('[channel."a b"]\nkind = "ntfy"', 'a channel can\'t be named "a b"', 1, "small letters"),
        ('[channel.email]\nkind = "ntfy"', 'the channel "email" is of its own kind', 1, "[channel.my-email]"),
        ('[channel]\nphone = "x"', "channel.phone must be a table", 0, "[channel.phone]"),
        ('channel = "x"', "channel must be tables, one for each channel", 0, "such as [channel.phone]"),
    ],
)
def test_a_wrong_table_is_said_with_its_line(file: Path, text: str, what: str, line: int, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        tables(file, text)
    assert caught.value.what == what
    assert caught.value.why == f"it stands in {file}" + (f":{line}" if line else "")
    assert hint in caught.value.hint


_PHONE = '# mine\n[channel.phone]\nkind = "ntfy"\ntopic = "secret-topic"\n'
_BOSS = '[channel.boss]\nkind = "email"\nserver = "smtp.example.org"\n'


@pytest.mark.parametrize(
    ("text", "what", "line", "hint"),
    [
        (_PHONE + 'topc = "x"', 'the channel "phone" has no option "topc"', 5, 'did you mean "topic"?'),
        (_PHONE + "timeout = 99", 'timeout of the channel "phone" can\'t be "99"', 5, "a whole number from 1 to 25"),
        (_PHONE + "token = 7", 'token of the channel "phone" can\'t be that', 5, "env:NAME"),
        (_PHONE + 'token = "env:"', 'token of the channel "phone" can\'t be that', 5, "where it stands behind env:"),
        (_PHONE + "priority = 9", 'priority of the channel "phone" can\'t be "9"', 5, "from 1 to 5"),
        (_PHONE + 'actions = [{ action = "view" }]', 'actions of the channel "phone" can\'t be', 5, "and a label"),
        ('[channel.ntfy]\ntags = ["x"]', 'the channel "ntfy" needs topic', 1, "The topic"),
        (_BOSS, 'the channel "boss" needs to', 1, "Who gets it"),
        ('[channel.webhook]\nsecret = "env:S"', 'the channel "webhook" needs url', 1, "Where the message goes"),
        ("[channel.apprise]", 'the channel "apprise" needs urls', 1, "Addresses"),
        ("[channel.command]", 'the channel "command" needs run', 1, "The program"),
        (_BOSS + 'to = "a@b.c\\nBcc: x@y.z"', 'to of the channel "boss" can\'t be "a@b.c⏎Bcc: x@y.z"', 4, "me@example"),
        (_BOSS + 'to = ["me"]', 'to of the channel "boss" can\'t be', 4, "me@example.org"),
        ("[channel.command]\nrun = []", 'run of the channel "command" can\'t be', 2, "the words of a command"),
        ('[channel.webhook]\nurl = "env:U"\nheaders = { Host = "x" }', "headers of the channel", 3, "header fields"),
        ("[channel.terminal]\nbells = 1", 'the channel "terminal" has no option "bells"', 2, ""),
    ],
)
def test_a_wrong_option_is_said_with_its_line(file: Path, text: str, what: str, line: int, hint: str) -> None:
    found = tables(file, text)
    with pytest.raises(UsageError) as caught:
        registry.check(found.channels)
    assert caught.value.what.startswith(what)
    assert caught.value.why == f"it stands in {file}:{line}"
    assert hint in caught.value.hint


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_a_secret_itself_stands_only_in_a_file_that_nobody_else_may_read(file: Path) -> None:
    registry.check(tables(file, _PHONE).channels)
    with pytest.raises(UsageError) as caught:
        registry.check(tables(file, _PHONE, mode=0o640).channels)
    assert caught.value.what == 'topic of the channel "phone" is a secret, and others may read it'
    assert caught.value.hint.startswith(f"chmod 600 {file}")
    registry.check(tables(file, _PHONE.replace("secret-topic", "env:TOPIC"), mode=0o644).channels)
    hook = '[channel.apprise]\nurls = ["env:A", "tgram://token/1"]'
    with pytest.raises(UsageError, match="urls of the channel"):
        registry.check(tables(file, hook, mode=0o644).channels)
    with pytest.raises(UsageError, match="others can write"):
        tables(file, _PHONE, mode=0o622)


def test_what_is_shown_of_a_channel_holds_no_secret(file: Path) -> None:
    text = _PHONE + 'token = "env:TOKEN"\npriority = 4\n[channel.apprise]\nurls = ["tgram://token/1", "file:/x"]'
    text += '\n[channel.command]\nrun = ["x"]\nenvironment = { A = "plain", B = "env:B" }'
    found = tables(file, text)
    assert registry.shown(found.channels["phone"]) == {"topic": "[secret]", "token": "env:TOKEN", "priority": 4}
    assert registry.shown(found.channels["apprise"]) == {"urls": ["[secret]", "file:/x"]}
    assert registry.shown(found.channels["command"])["environment"] == {"A": "[secret]", "B": "env:B"}
    assert "secret-topic" not in repr(found) + repr(available(found.channels))
    assert "tgram" not in repr(found)


@pytest.mark.parametrize(
    ("kind", "needed", "secrets"),
    [
        ("ntfy", "", ["topic = ", "token = ", "password = "]),
        ("email", 'server = "smtp.example.org"\nto = "me@example.org"\n', ["password = "]),
        ("webhook", 'url = "env:U"\n', ["secret = ", "headers.Authorization = "]),
        ("webhook", "", ["url = "]),
        ("apprise", "", ["urls = "]),
        ("command", 'run = ["x"]\n', ["environment.TOKEN = "]),
    ],
)
def test_whatever_opens_an_account_is_never_shown_and_never_in_a_file_for_all(
    kind: str, needed: str, secrets: list[str], file: Path
) -> None:
    for secret in secrets:
        others = "topic = 'env:T'\n" if kind == "ntfy" and "topic" not in secret else needed
        text = f"[channel.{kind}]\n{others}{secret}'https://example.org/hush'\n"
        found = tables(file, text)
        registry.check(found.channels)
        assert "hush" not in repr(registry.shown(found.channels[kind]))
        assert "hush" not in repr(available(found.channels)[kind])
        with pytest.raises(UsageError, match="is a secret"):
            registry.check(tables(file, text, mode=0o644).channels)


@pytest.mark.parametrize("kind", ["ntfy", "email", "webhook", "apprise", "command"])
def test_the_time_that_it_may_take_has_a_bound(kind: str, file: Path) -> None:
    needed = {
        "ntfy": "topic = 'env:T'",
        "email": "server = 'smtp.example.org'\nto = 'me@example.org'",
        "webhook": "url = 'env:U'",
        "apprise": "urls = 'env:U'",
        "command": "run = ['x']",
    }
    for seconds in (1, 25):
        found = tables(file, f"[channel.{kind}]\n{needed[kind]}\ntimeout = {seconds}\n")
        registry.check(found.channels)
        assert available(found.channels)[kind].timeout_seconds > seconds, "a claim holds for longer"
    for seconds in (0, 26):
        with pytest.raises(UsageError, match="timeout of the channel"):
            registry.check(tables(file, f"[channel.{kind}]\n{needed[kind]}\ntimeout = {seconds}\n").channels)


def test_importing_the_channels_loads_none_of_their_libraries() -> None:
    script = "import json, remindcli.channels.registry, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    kinds = {f"remindcli.channels.{kind}" for kind in KINDS}
    assert not loaded & {"plyer", "jeepney", "difflib", "apprise", "keyring", "smtplib", "http.client", "ssl", *kinds}
