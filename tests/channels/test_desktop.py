"""What the desktop channel hands over, where it can be seen without a desktop."""

import json
import sys
from pathlib import Path

import pytest
from tests.channels.contract import HOSTILE_TITLES, refusal_of

from remindcli.channels import ChannelError, Message, Refusal
from remindcli.channels.desktop import DesktopChannel
from remindcli.channels.desktop_texts import cut_units, texts
from remindcli.channels.plyer_child import notify_send_command


@pytest.mark.parametrize(("title", "seen"), HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_titles(title: str, seen: str) -> None:
    assert texts(Message("key", title), has_markup=True) == (seen, "")


@pytest.mark.parametrize(
    ("body", "plain", "markup"),
    [
        ("due 09:00\n<b>&amp;", "due 09:00\n<b>&amp;", "due 09:00\n&lt;b&gt;&amp;amp;"),
        ("\x1b[2J\0", "␛[2J␀", "␛[2J␀"),
        ("y" * 100_000, "y" * 1999 + "…", "y" * 1999 + "…"),
    ],
)
def test_bodies(body: str, plain: str, markup: str) -> None:
    message = Message("key", "t", body)
    assert texts(message)[1] == plain
    assert texts(message, has_markup=True)[1] == markup


def test_windows_takes_63_and_255_units() -> None:
    title, body = texts(Message("key", "🎉" * 100, "é" * 1000), platform="win32")
    assert title == "🎉" * 31 + "…"
    assert body == "é" * 254 + "…"


@pytest.mark.parametrize(
    ("text", "units", "result"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("🎉🎉", 4, "🎉🎉"), ("🎉🎉", 3, "🎉…"), ("a🎉🎉", 4, "a🎉…"), ("", 3, "")],
)
def test_cut_units(text: str, units: int, result: str) -> None:
    assert cut_units(text, units) == result
    assert len(result.encode("utf-16-le")) <= 2 * units


def test_notify_send_reads_no_text_as_an_option_or_an_escape() -> None:
    words = ["notify-send", "-h", "a\\nb", "-i", "", "-u", "normal"]
    assert notify_send_command(words, "critical") == [
        *("notify-send", "-i", "", "-u", "normal", "-u", "critical"),
        *("--", "-h", "a\\\\nb"),
    ]


class TestMac:
    """osascript itself is not here: a program of that name writes down what it was given."""

    @pytest.fixture
    def osascript(self, tmp_path: Path) -> Path:
        program = tmp_path / "osascript"
        program.write_text(
            f'#!{sys.executable}\nimport json, sys; json.dump(sys.argv[1:], open("{tmp_path}/words", "w"))\n'
            f'sys.exit("execution error" if "refuse" in sys.argv else 0)\n'
        )
        program.chmod(0o755)
        return program

    @pytest.fixture
    def channel(self, osascript: Path) -> DesktopChannel:
        return DesktopChannel(platform="darwin", environment={"PATH": str(osascript.parent)})

    def test_the_texts_are_arguments_and_never_script(self, channel: DesktopChannel, osascript: Path) -> None:
        receipt = channel.send(Message("key", '-e "do shell script', 'x" & (do shell script "id")'))
        assert receipt.channel == "desktop"
        assert json.loads((osascript.parent / "words").read_text()) == [
            *("-e", "on run argv"),
            *("-e", "display notification (item 3 of argv) with title (item 2 of argv)"),
            *("-e", "end run"),
            *("remind", '-e "do shell script', 'x" & (do shell script "id")'),
        ]

    def test_its_exit_status_is_seen(self, channel: DesktopChannel) -> None:
        assert refusal_of(channel, Message("key", "refuse")) == (Refusal.REFUSED, False)

    def test_without_it_nothing_will_ever_be_shown(self) -> None:
        channel = DesktopChannel(platform="darwin", environment={"PATH": ""})
        assert refusal_of(channel) == (Refusal.REFUSED, True)


def test_a_python_that_is_gone_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert refusal_of(DesktopChannel(platform="darwin")) == (Refusal.REFUSED, False)


def test_a_child_that_cannot_begin_refuses_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["/nowhere"])
    with pytest.raises(ChannelError) as caught:
        DesktopChannel(platform="darwin").send(Message("key", "title"))
    assert caught.value.refusal is Refusal.REFUSED
    assert "Error" in caught.value.why


@pytest.mark.skipif(sys.platform == "win32", reason="there it works")
def test_an_error_inside_the_balloon_is_no_success() -> None:
    assert refusal_of(DesktopChannel(platform="win32"))[0] is Refusal.REFUSED


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere/bus"},
        {"XDG_RUNTIME_DIR": "/nowhere"},
        {"DBUS_SESSION_BUS_ADDRESS": "nonsense"},
        {"DBUS_SESSION_BUS_ADDRESS": "autolaunch:"},
        {"DBUS_SESSION_BUS_ADDRESS": "tcp:host=localhost,port=1"},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/dev/null", "DISPLAY": ":0"},
    ],
    ids=str,
)
def test_without_a_bus_it_is_absent(environment: dict[str, str]) -> None:
    with pytest.raises(ChannelError) as caught:
        DesktopChannel(platform="linux", environment=environment).send(Message("key", "title"))
    assert caught.value.refusal is Refusal.ABSENT
    assert not caught.value.permanent
    assert caught.value.why
    assert caught.value.hint
