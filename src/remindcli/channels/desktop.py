"""A notification on the user's desktop, which can be answered there."""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from remindcli.channels import ChannelError, Message, Receipt, Refusal
from remindcli.channels.desktop_texts import texts
from remindcli.channels.plyer_desktop import PlyerDesktop

if TYPE_CHECKING:  # jeepney takes 20 ms, and only Linux has it
    from remindcli.channels.notifications import Notifications, OnAnswer


class DesktopChannel:
    """Shows a message on the desktop of the user: on Linux over D-Bus, with buttons; elsewhere through plyer.

    Args:
        environment: where the bus and the display are named; the default is this process's own, at each message.
        platform: as in sys.platform.
        child_seconds: how long plyer may take; None is what fits.
    """

    name: ClassVar[str] = "desktop"
    timeout_seconds: ClassVar[float] = 29.0
    """The bus and its server 18; where that refuses, plyer 11. Elsewhere plyer alone, 15."""

    def __init__(
        self,
        *,
        environment: Mapping[str, str] | None = None,
        platform: str = sys.platform,
        child_seconds: float | None = None,
    ) -> None:
        self._environment = environment
        self._has_bus = platform not in {"darwin", "win32"}
        seconds = child_seconds if child_seconds is not None else 6.0 if self._has_bus else 10.0
        self._plyer = PlyerDesktop(environment=environment, platform=platform, child_seconds=seconds)
        self._notifications: Notifications | None = None

    def send(self, message: Message) -> Receipt:
        """Show the message.

        Raises:
            ChannelError: absent: no bus or no server; refused: a silent server, or one that answers with an error;
                unknown: it took too long, or the server went away meanwhile.
        """
        if not self._has_bus:
            return self._plyer.send(message)
        bus = self._bus()
        from remindcli.channels.notification_server import NotTakenError  # noqa: PLC0415 (see _bus)

        try:
            return Receipt(self.name, bus.show(message, _texts_of(message), replaces=message.replaces))
        except NotTakenError as error:
            # The second choice, without buttons: another program may say it in a way that this server takes.
            try:
                return self._plyer.send(message)
            except ChannelError:
                raise error from None

    # -- what can be answered (daemon/answers.py) ------------------------------------------------------------

    def on_return(self, call: Callable[[], object]) -> None:
        """Have it told when a notification server appears."""
        if self._can_be_answered():
            self._bus().on_return(call)

    def on_answer(self, call: "OnAnswer") -> None:
        """Have what the user chooses on a notification told, on a thread of the channel."""
        if self._can_be_answered():
            self._bus().on_answer(call)

    def shown(self) -> Mapping[str, int]:
        """Return the occurrence of each notification that can be answered, by the key of its message."""
        return self._notifications.shown() if self._notifications is not None else {}

    def close(self, key: str) -> None:
        """Take the notification of that key away."""
        if self._notifications is not None:
            self._notifications.close(key)

    def show_again(self, message: Message) -> bool:
        """Show anew what an earlier process showed, if the same server is still there: its buttons work again then.

        Raises:
            ChannelError: see `send`.
        """
        if not self._can_be_answered():
            return False
        return self._bus().show_again(message, _texts_of(message))

    def end(self) -> None:
        """Let go of the bus; what is shown stays."""
        if self._notifications is not None:
            self._notifications.end()
            self._notifications = None

    def _can_be_answered(self) -> bool:
        if not self._has_bus:
            return False
        try:
            self._bus()
        except ChannelError:
            return False
        return True

    def _bus(self) -> "Notifications":
        if self._notifications is None:
            try:
                from remindcli.channels.notifications import Notifications  # noqa: PLC0415 (jeepney: 20 ms)
            except ImportError as error:
                raise ChannelError(
                    "the desktop can't be reached",
                    refusal=Refusal.REFUSED,
                    permanent=True,
                    why=str(error),
                    hint="pip install jeepney",
                ) from error
            self._notifications = Notifications(self._environment)
        return self._notifications


def _texts_of(message: Message) -> Callable[[bool], tuple[str, str]]:
    return lambda has_markup: texts(message, has_markup=has_markup)
