"""Channels of the user's at the command line: named, completed, examined, and their secrets kept."""

import json
from pathlib import Path

import pytest
from tests.channels.http_rig import serving
from tests.cli.conftest import Remind

_CONFIG = """\
channels = ["phone"]

[channel.phone]
kind = "ntfy"
topic = "env:TEST_REMIND_TOPIC"
server = "{url}"

[channel.hook]
kind = "webhook"
url = "{url}?token=tk_12345"
"""


@pytest.fixture
def config(remind: Remind, tmp_path: Path) -> Path:
    """Return a settings file with two channels, at whose other end nobody is."""
    file = tmp_path / "config.toml"
    file.write_text(_CONFIG.format(url="http://127.0.0.1:1/hook"))
    file.chmod(0o600)
    remind.variables["REMIND_CONFIG"] = str(file)
    return file


def test_a_task_rings_on_a_channel_of_the_users(remind: Remind, config: Path) -> None:
    remind.out("add milk in 1h --channel phone --channel terminal")
    assert json.loads(remind.out("show 1 --json"))["channels"] == ["phone", "terminal"]
    said = remind("add eggs in 1h --channel pone")
    assert said.status == 2
    assert 'there is no channel "pone"' in said.err
    assert "the channels are desktop, terminal, phone, hook" in said.err
    assert 'did you mean "phone"?' in said.err


def test_a_channel_that_is_gone_is_found_and_can_be_taken_off_its_tasks(remind: Remind, config: Path) -> None:
    remind.out("add milk in 1h --channel phone")
    remind.out("add eggs in 1h --channel phone --channel hook")
    config.write_text(config.read_text().replace("channel.phone", "channel.tablet").replace('"phone"', '"tablet"'))
    found = {one["name"]: one for one in json.loads(remind("doctor --json").out)}
    assert "channel-hook" in found
    assert found["channel-phone"]["level"] == "warn"
    assert found["channel-phone"]["what"] == "there is none, so task 1 and 1 more of it will ring as others do"
    assert found["channel-phone"]["fix"] == 'remind edit 1 --channel ""'
    remind.out(found["channel-phone"]["fix"].removeprefix("remind "))
    remind.out("edit 2 --channel hook")
    assert json.loads(remind.out("show 1 --json"))["channels"] == []
    assert "channel-phone" not in {one["name"] for one in json.loads(remind("doctor --json").out)}


def test_their_names_are_completed(remind: Remind, config: Path) -> None:
    assert remind.out("__complete fish remind add x --channel :p").splitlines() == ["phone\tntfy"]
    assert "terminal" in remind.out("__complete fish remind add x --channel :")
    config.write_text("[channel.phone]")
    assert "terminal" in remind.out("__complete fish remind add x --channel :"), "broken settings are no reason"


def test_the_settings_are_shown_without_secrets(remind: Remind, config: Path) -> None:
    rows = {one["name"]: one for one in json.loads(remind.out("config list --json"))}
    assert rows["channel.phone.topic"]["value"] == "env:TEST_REMIND_TOPIC"
    assert rows["channel.hook.url"]["value"] == "[secret]"
    assert rows["channel.phone.server"]["origin"] == f"{config}:6"
    everything = remind.out("config list") + remind.out("config list --json") + remind("doctor --json").out
    assert "tk_12345" not in everything


def test_doctor_reads_the_secrets_and_asks_nobody(
    remind: Remind, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> dict[str, tuple[str, str]]:
        return {one["name"]: (one["level"], one["what"]) for one in json.loads(remind("doctor --json").out)}

    said = found()
    assert said["channel-phone"] == ("fail", "a secret can't be read: the variable TEST_REMIND_TOPIC is not set")
    assert said["channel-hook"] == ("ok", "posts to 127.0.0.1")
    monkeypatch.setenv("TEST_REMIND_TOPIC", "my-topic")
    assert found()["channel-phone"] == ("ok", "publishes on 127.0.0.1")
    config.write_text(config.read_text().replace("topic =", "topc ="))
    level, what = found()["channels"]
    assert level == "fail"
    assert what == f'the channel "phone" has no option "topc": it stands in {config}:5'


def test_doctor_says_once_what_is_wrong_with_the_settings_and_asks_the_usual_channels(
    remind: Remind, config: Path
) -> None:
    config.write_text('channels = "desktp"')
    found = {one["name"]: one for one in json.loads(remind("doctor --json").out)}
    assert found["settings"]["level"] == "fail"
    assert {name for name in found if name.startswith("channel")} == {"channel-desktop", "channel-terminal"}


def test_doctor_notify_sends_on_each(remind: Remind, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_REMIND_TOPIC", "my-topic")
    with serving() as server:
        config.write_text(_CONFIG.format(url=server.url))
        said = {one["name"]: one["what"] for one in json.loads(remind("doctor --notify --json").out)}
        assert [one.json["title"] for one in server.asked] == ["remind doctor"] * 2
    assert said["channel-phone"] == said["channel-hook"] == "took a message (127.0.0.1)"


def test_a_daemon_with_a_wrong_channel_does_not_begin(remind: Remind, config: Path) -> None:
    config.write_text(config.read_text().replace('"phone"', '"fone"'))
    said = remind("daemon")
    assert said.status == 2
    assert 'there is no channel "fone"' in said.err
    assert f"it comes from {config}:1" in said.err
    assert 'did you mean "phone"?' in said.err
