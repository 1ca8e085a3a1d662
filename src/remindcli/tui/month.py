"""The calendar of the interactive view: a month with how much is due on each day, and a day that the keys move."""

from datetime import date, timedelta
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Static

from remindcli.cli.calendar import LEGEND, NARROW_CELL, WEEK, WIDE_CELL, Day, days_in, month_rows, shifted
from remindcli.cli.session import Session
from remindcli.cli.views import point_of_view

_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)


class Chosen(Message):
    """Another day is chosen."""


class Month(Static, can_focus=True):
    """A month, of which one day is chosen.

    Attributes:
        is_resting: a line is typed, and all keys are for it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "go(-1)", "Day before", show=False),
        Binding("right,l", "go(1)", "Day after", show=False),
        Binding("up,k", "go(-7)", "Week before", show=False),
        Binding("down,j", "go(7)", "Week after", show=False),
        Binding("pageup,H", "turn(-1)", "Month before", show=False),
        Binding("pagedown,L", "turn(1)", "Month after", show=False),
        Binding("t", "today", "Today", show=False),
    ]

    def __init__(self, today: date) -> None:
        super().__init__(markup=False, id="month")
        self.today = today
        self.chosen = today
        self.is_resting = False
        self._days: dict[date, Day] = {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key may do this now."""
        return not self.is_resting and super().check_action(action, parameters)

    @property
    def first(self) -> date:
        """Return the first day of the month that is shown."""
        return self.chosen.replace(day=1)

    def show(self, days: dict[date, Day]) -> None:
        """Show what the days of the month hold."""
        self._days = days
        self.draw()

    def draw(self) -> None:
        """Draw the month as wide as there is room."""
        if self.first not in self._days:
            return
        cell = WIDE_CELL if self.app.size.width >= WEEK + 7 * WIDE_CELL else NARROW_CELL
        text = Text(no_wrap=True)
        for row in month_rows(self.first, self._days, self.today, cell, "✓", self.chosen):
            text.append_text(Text.assemble(*row, "\n"))
        self.update(text.append(LEGEND.format(done="✓"), style="dim"))

    def action_go(self, days: int) -> None:
        """Choose a day that is so many days away."""
        self._choose(self.chosen + timedelta(days=days))

    def action_turn(self, months: int) -> None:
        """Choose the same day of another month, or its last one."""
        first = shifted(self.first, months)
        last = shifted(first, 1) - timedelta(days=1)
        self._choose(first.replace(day=min(self.chosen.day, last.day)))

    def action_today(self) -> None:
        """Choose today."""
        self._choose(self.today)

    def _choose(self, day: date) -> None:
        self.chosen = min(max(day, _FIRST), _LAST)
        self.draw()
        self.post_message(Chosen())


def days_of(session: Session, first: date) -> dict[date, Day]:
    """Return the days of a month with what they hold."""
    return days_in(session, point_of_view(session), first, shifted(first, 1))
