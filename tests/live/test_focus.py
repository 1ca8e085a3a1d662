"""The do-not-disturb of a real dunst, asked as the daemon asks it."""

import subprocess

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
