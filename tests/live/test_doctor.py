"""doctor on a real desktop: the channel is there, and a message that it sends is seen."""

from pathlib import Path

from tests.cli.conftest import Remind, rows
from tests.live.rig import NotificationRig


def test_the_desktop_is_asked_and_told(notification_server: NotificationRig, tmp_path: Path) -> None:
    remind = Remind(tmp_path)
    remind.variables |= {**notification_server.env, "REMIND_DB": str(remind.db), "REMIND_CHANNELS": "desktop"}
    asked = remind("doctor")
    assert asked.status == 5, asked.out + asked.err
    assert ["channel-desktop", "ok", "a notification server answers", ""] in rows(asked.out)
    assert notification_server.titles() == []
    told = remind("doctor --notify")
    assert told.status == 5
    notification_server.wait_for("remind doctor")
    assert any(row[0] == "channel-desktop" and row[2].startswith("took a message") for row in rows(told.out))
