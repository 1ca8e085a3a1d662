"""How insistent and how quiet reminders are, as the settings have it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from remindcli.core import nagging
from remindcli.core.quiet import Windows
from remindcli.core.task import Delivery, Task


@dataclass(frozen=True, slots=True)
class Manners:
    """What the settings say of nagging, quiet hours and the digest.

    Attributes:
        nags: spans by "@list", "+tag" or "p1": what nags by itself.
        nag_times: how often a reminder is told again at the most.
        quiet: quiet hours by the day of the week.
        least_priority: the lowest priority that rings in them; 0: none does.
        heeds_focus: whether the desktop's own do-not-disturb keeps reminders back.
        digest_at: when the morning digest comes, by the day of the week.
        digest_channels: the channels on which it comes; empty is the order of the settings.
    """

    nags: Mapping[str, timedelta] = field(default_factory=dict)
    nag_times: int = 12
    quiet: Windows = field(default_factory=dict)
    least_priority: int = 1
    heeds_focus: bool = False
    digest_at: Mapping[int, time] = field(default_factory=dict)
    digest_channels: tuple[str, ...] = ()

    def again_at(self, task: Task, delivery: Delivery, now: datetime) -> datetime | None:
        """Return when a delivery that was told just now is told again; None if it is not.

        What waits for a command to succeed has no end: the command is asked before each repetition.
        """
        nag_after = nagging.nag_of(task, self.nags)
        if nag_after is None or task.conditions.run:
            return None
        times = None if task.conditions.until_ok else self.nag_times
        return nagging.next_nag_at(now, nag_after, max(delivery.nagged, delivery.repetition), times=times)
