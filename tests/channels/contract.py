"""The suite that every channel passes, against what is really at its other end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from remindcli.channels import Channel, ChannelError, Message, Refusal

HOSTILE_TITLES = {
    "rich markup": ("[red]milk[/] [/]", "[red]milk[/] [/]"),
    "pango markup": ("<b>&amp; <script>", "<b>&amp; <script>"),
    "a short option": ("-h", "-h"),
    "a long option": ("--help", "--help"),
    "a dash": ("-", "-"),
    "two dashes": ("--", "--"),
    "a format": ("%s %n %(title)s {0}", "%s %n %(title)s {0}"),
    "a shell's substitution": ("$(touch x) `id` 'a' \"b\" ; #", "$(touch x) `id` 'a' \"b\" ; #"),
    "a backslash and n": ("a\\nb\\\\c\\t\\101", "a\\nb\\\\c\\t\\101"),
    "NUL": ("a\0b", "a␀b"),
    "newlines": ("a\r\nb\nc", "a⏎b⏎c"),
    "a window title": ("\x1b]0;pwned\x07", "␛]0;pwned␇"),
    "a C1 sequence": ("\x9b31mred", "\ufffd31mred"),
    "turned round": ("invoice\u202efdp.exe", "invoice\ufffdfdp.exe"),
    "emoji": ("🎉 👩\u200d👩\u200d👧 ❤\ufe0f", "🎉 👩\u200d👩\u200d👧 ❤\ufe0f"),
    "other scripts": ("東京 grüße שלום", "東京 grüße שלום"),
    "100 kB": ("x" * 100_000, "x" * 199 + "…"),
    "a lone surrogate": ("a\udc80b", "a\ufffdb"),
    "nothing": ("", "(no title)"),
    "spaces": (" \t ", "(no title)"),
}
"""What comes from outside, and what a person is to see."""


@dataclass(frozen=True)
class End:
    """A channel and what is at its other end.

    Attributes:
        channel: the channel under test.
        titles: return the titles that arrived, oldest first.
    """

    channel: Channel
    titles: Callable[[], list[str]]


class ChannelContract:
    """A subclass gives the fixtures; whatever is at the other end, `send` reached it or raised, in time."""

    @pytest.fixture
    def works(self) -> End:
        """Return a channel whose other end takes everything."""
        raise NotImplementedError

    @pytest.fixture
    def absent(self) -> Channel:
        """Return a channel with nothing at its other end."""
        raise NotImplementedError

    @pytest.fixture
    def refuses(self) -> tuple[Channel, Refusal]:
        """Return a channel whose other end says no, and what the channel must then say."""
        raise NotImplementedError

    @pytest.fixture
    def hang(self, works: End) -> Callable[[], AbstractContextManager[None]]:
        """Return what makes the other end of `works` hang for a while."""
        raise NotImplementedError

    @pytest.fixture
    def impatient(self, works: End) -> Channel:
        """Return a channel to the same end; one that can wait longer than a hang is worth waits for a moment only."""
        return works.channel

    hang_is: Refusal
    """What the channel says of an end that hangs before anything is sent."""

    absent_is: tuple[Refusal, bool] = (Refusal.ABSENT, False)
    """What the channel says of an end that is not there, and whether for good."""

    def test_success_gives_a_receipt_and_arrives_once(self, works: End) -> None:
        receipt = works.channel.send(Message("key", "pay rent", "due 09:00"))
        assert receipt.channel == works.channel.name
        assert receipt.target
        assert works.titles() == ["pay rent"]

    def test_a_hostile_title_is_shown_as_text(self, works: End) -> None:
        for kind, (title, _) in HOSTILE_TITLES.items():
            works.channel.send(Message(kind, title))
            works.titles()  # a terminal that nobody reads from is full after some of them
        works.channel.send(Message("another key", "the next one"))
        assert works.titles() == [*(seen for _, seen in HOSTILE_TITLES.values()), "the next one"]

    def test_nothing_there_is_absent(self, absent: Channel) -> None:
        assert refusal_of(absent) == self.absent_is

    def test_a_no_raises(self, refuses: tuple[Channel, Refusal]) -> None:
        channel, expected = refuses
        assert refusal_of(channel)[0] is expected

    def test_a_hang_ends_in_time_and_the_next_message_arrives(
        self, works: End, impatient: Channel, hang: Callable[[], AbstractContextManager[None]]
    ) -> None:
        with hang():
            assert refusal_of(impatient)[0] is self.hang_is
        works.channel.send(Message("key", "after it"))
        assert works.titles()[-1] == "after it"


def refusal_of(channel: Channel, message: Message | None = None) -> tuple[Refusal, bool]:
    """Return the refusal, and whether it is permanent, of a message that must not be taken."""
    with pytest.raises(ChannelError) as caught:
        channel.send(message or Message("key", "not to be seen"))
    assert caught.value.what
    return caught.value.refusal, caught.value.permanent
