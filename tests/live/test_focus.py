"""The do-not-disturb of a real dunst and a real Xfce, asked as the daemon asks it."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.live.conftest import Require
from tests.live.rig import NotificationRig

from remindcli.channels.focus import Focus

pytestmark = pytest.mark.live


def test_a_paused_dunst_wants_to_be_left_alone(notification_server: NotificationRig, require: Require) -> None:
    require("dunstctl")

    def set_paused(word: str) -> None:
        subprocess.run(["dunstctl", "set-paused", word], env=dict(notification_server.env), check=True, timeout=20)

    assert not Focus(notification_server.env).is_do_not_disturb()
    set_paused("true")
    try:
        assert Focus(notification_server.env).is_do_not_disturb()
    finally:
        set_paused("false")
    assert not Focus(notification_server.env).is_do_not_disturb()


@pytest.fixture
def xfce(require: Require) -> Iterator[NotificationRig]:
    """Return a desktop with Xfce's notification server, which starts the keeper of its settings."""
    require("Xvfb", "dbus-daemon", "xfce4-notifyd-config", "xfconf-query")
    (program,) = Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd")
    (keeper,) = Path("/usr/lib").glob("*/xfce4/xfconf/xfconfd")
    with NotificationRig(services=f"[D-BUS Service]\nName=org.xfce.Xfconf\nExec={keeper}\n") as rig:
        rig.start_server([str(program)])
        yield rig


def test_xfces_own_switch_is_heard(xfce: NotificationRig) -> None:
    def set_switch(word: str) -> None:
        xfce.run("xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "-n", "-t", "bool", "-s", word)

    assert not Focus(xfce.env).is_do_not_disturb()
    set_switch("true")
    assert Focus(xfce.env).is_do_not_disturb()
    set_switch("false")
    assert not Focus(xfce.env).is_do_not_disturb()
