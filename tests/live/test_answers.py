"""A reminder is answered where it is shown: on a real server, by its real menu and by a real click."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, new_method_call, new_signal
from jeepney.io.blocking import open_dbus_connection
from tests.live.rig import NAME, NotificationRig, until
from tests.live.test_daemon import Home

_DUNSTRC = """\
[global]
    width = 420
    height = 300
    origin = top-right
    offset = 20x20
    notification_limit = 20
    font = DejaVu Sans 11
    markup = full
    format = "<b>%s</b>\\n%b"
    idle_threshold = 0
    dmenu = {pick}
    mouse_left_click = close_current
[urgency_normal]
    background = "#285577"
    foreground = "#ffffff"
    timeout = 0
"""
_PICK = """\
#!/bin/sh
# takes the place of dmenu: prints the first line of the menu that has the text in the file beside it
grep -m1 -F -- "$(cat "$0.text")"
"""
GTK_SERVER = "/usr/lib/notification-daemon/notification-daemon"
FIRST_BUTTON = ("532", "93")
"""Where notification-daemon draws the first of three buttons (Done), on a screen of 800 x 500."""


class Dunst:
    """A real dunst, and hands on its menu."""

    def __init__(self, rig: NotificationRig, folder: Path) -> None:
        self.rig = rig
        self._pick = folder / "pick"
        self._pick.write_text(_PICK)
        self._pick.chmod(0o755)
        config = folder / "dunstrc"
        config.write_text(_DUNSTRC.format(pick=self._pick))
        rig.start_server(["dunst", "-conf", str(config)])

    def choose(self, label: str) -> None:
        """Open the menu of what is shown, and choose the line with that label."""
        self._pick.with_name("pick.text").write_text(label)
        self.rig._dunst("ContextMenuCall")

    def displayed(self) -> int:
        """Return how many notifications stand on the screen."""
        address = DBusAddress(
            "/org/freedesktop/Notifications", bus_name=NAME, interface="org.freedesktop.DBus.Properties"
        )
        ((_, count),) = self.rig._ask(
            new_method_call(address, "Get", "ss", ("org.dunstproject.cmd0", "displayedLength"))
        )
        return int(count)


@pytest.fixture
def dunst(desktop: NotificationRig, tmp_path: Path) -> Iterator[Dunst]:
    """Return a dunst that shows nothing yet."""
    yield Dunst(desktop, tmp_path)
    if desktop.server:
        desktop.stop_server()


@pytest.fixture
def home(tmp_path: Path, desktop: NotificationRig) -> Home:
    """Return a home on that desktop."""
    return Home(tmp_path, desktop.env)


def task(home: Home, task_id: int = 1) -> dict[str, Any]:
    """Return a task as JSON has it."""
    shown: dict[str, Any] = json.loads(home.remind("show", str(task_id), "--json"))
    return shown


def occurrences(home: Home) -> list[tuple[str, str]]:
    """Return the occurrences, each with its state."""
    with home.store() as store, store.database.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT planned_for, state FROM occurrences ORDER BY id").all()
        return [(planned_for, state) for planned_for, state in rows]


def test_done_on_the_notification_is_done_once_and_undone_in_one_step(home: Home, dunst: Dunst) -> None:
    home.remind("add", "water", "plants", "--every", "day", "-d", "in 2s")
    with home.daemon():
        until(lambda: dunst.displayed() == 1, 20, "the notification")
        home.until_told(1)
        dunst.choose("Done")
        until(lambda: occurrences(home)[0][1] == "done", 10, "done")
        until(lambda: dunst.displayed() == 0, 10, "the notification to go")
        assert [state for _, state in occurrences(home)] == ["done", "open"], "the next one is there once"
        assert "(on its notification)" in home.remind("undo")
        assert occurrences(home)[0][1] == "open"


def test_a_snooze_on_the_notification_moves_the_alert_and_not_the_task(home: Home, dunst: Dunst) -> None:
    home.remind("add", *["call", "bob", "in", "2s"])
    due = task(home)["due"]
    with home.daemon():
        until(lambda: dunst.displayed() == 1, 20, "the notification")
        home.until_told(1)
        dunst.choose("Snooze 10m")
        until(lambda: dunst.displayed() == 0, 10, "the notification to go")
        after = task(home)
        assert after["due"] == due
        assert after["rings_at"] > due
        home.remind("undo")
        assert task(home)["rings_at"] is None


def test_what_is_answered_elsewhere_goes_from_the_screen(home: Home, dunst: Dunst) -> None:
    home.remind("add", *["call", "bob", "in", "2s"])
    with home.daemon():
        until(lambda: dunst.displayed() == 1, 20, "the notification")
        home.until_told(1)
        home.remind("done", "1")
        until(lambda: dunst.displayed() == 0, 10, "the notification to go")


def test_the_buttons_work_after_the_daemon_was_killed(home: Home, dunst: Dunst) -> None:
    home.remind("add", *["call", "bob", "in", "2s"])
    with home.daemon() as process:
        until(lambda: dunst.displayed() == 1, 20, "the notification")
        home.until_told(1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with home.daemon():
        log = home.folder / "remind.db.log"
        until(lambda: "can be answered on desktop again" in _text(log, home), 20, "the buttons")
        assert dunst.displayed() == 1, "it is the same one"
        dunst.choose("Done")
        until(lambda: task(home)["state"] == "finished", 10, "done")


def _text(log: Path, home: Home) -> str:
    return home.remind("daemon", "logs", "-n", "200") if not log.exists() else log.read_text()


def test_the_buttons_work_on_the_next_server_after_one_was_killed(home: Home, dunst: Dunst, tmp_path: Path) -> None:
    home.remind("add", "water", "plants", "--every", "day", "-d", "in 2s")
    with home.daemon():
        until(lambda: dunst.displayed() == 1, 20, "the notification")
        home.until_told(1)
        dunst.rig.stop_server(how=signal.SIGKILL)
        after = Dunst(dunst.rig, tmp_path)
        until(lambda: after.displayed() == 1, 10, "the notification on the new server")
        after.choose("Done")
        until(lambda: occurrences(home)[0][1] == "done", 10, "done")
        assert [state for _, state in occurrences(home)] == ["done", "open"]
        until(lambda: after.displayed() == 0, 10, "the notification to go")


def test_an_answer_that_no_server_gave_is_not_done(home: Home, dunst: Dunst) -> None:
    home.remind("add", *["call", "bob", "in", "2s"])
    with home.daemon():
        until(lambda: dunst.displayed() == 1, 20, "the notification")
        home.until_told(1)
        with home.store() as store:
            (delivery,) = store.deliveries(1, 1)
        number = int(delivery.target.rpartition("/")[2])
        path = DBusAddress("/org/freedesktop/Notifications", interface=NAME)
        with open_dbus_connection(home.env["DBUS_SESSION_BUS_ADDRESS"]) as forger:
            forger.send(new_signal(path, "ActionInvoked", "us", (number, "done")))
            until(lambda: "not its own" in home.remind("daemon", "logs", "-n", "50"), 10, "the warning")
        assert task(home)["state"] != "finished"
        dunst.choose("Done")
        until(lambda: task(home)["state"] == "finished", 10, "done")


def test_what_was_held_is_told_as_soon_as_a_server_is_there(
    home: Home, desktop: NotificationRig, tmp_path: Path
) -> None:
    home.remind("add", *["call", "bob", "in", "1s"])
    with home.daemon():
        until(lambda: home.counts().get("held") == 1, 20, "a delivery that is held")
        dunst = Dunst(desktop, tmp_path)
        try:
            until(lambda: dunst.displayed() == 1, 10, "the notification, well before the next look")
        finally:
            desktop.stop_server()


def test_a_real_click_on_a_real_button(
    home: Home, desktop: NotificationRig, require: Callable[..., None], tmp_path: Path
) -> None:
    require("xdotool", "xwd", "convert", GTK_SERVER)
    home.remind("add", "--note", "about the offer", *["call", "bob", "in", "2s"])
    desktop.start_server([GTK_SERVER])
    try:
        with home.daemon():
            home.until_told(1)
            until(lambda: _is_drawn(desktop, tmp_path), 20, "the notification on the screen")
            desktop.screenshot(Path(os.environ.get("REMIND_PICTURE", tmp_path / "screen.png")))

            def click() -> bool:
                subprocess.run(["xdotool", "mousemove", *FIRST_BUTTON, "click", "1"], env=home.env, check=True)
                return bool(task(home)["state"] == "finished")

            until(click, 20, "the click to be done")
        assert "(on its notification)" in home.remind("undo")
    finally:
        desktop.stop_server()


def _is_drawn(desktop: NotificationRig, folder: Path) -> bool:
    """Return whether anything is on the screen: a picture of nothing is a few hundred bytes."""
    picture = folder / "look.png"
    desktop.screenshot(picture)
    return picture.stat().st_size > 2000
