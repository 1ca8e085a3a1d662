"""The parts of the screen: the list, the line that is typed into, and the page that lies over both."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from remindcli.tui.agenda import Row
from remindcli.tui.desk import Said
from remindcli.tui.verbs import Line

HELP = """\
j k  arrows   down, up           g G   first, last
enter         all about the task
a             add a task, read as you type
d  space      done               n     skip to its next time
s             snooze: 20m, tomorrow 9am; empty: the usual span
e             edit with the words of add
m             move: when it is due this time
x             delete; undo brings it back
u             undo               r     redo (also ctrl+r)
/             filter: @work overdue; empty or esc shows all
c             calendar and back
              h j k l  arrows: day and week; H L  pages: month
              t  today; enter: into the tasks of the day
esc           back               q     quit

Every key is a command of the command line; remind --help has more."""


class Tasks(OptionList):
    """The list of tasks; headings can't be marked.

    Attributes:
        is_resting: a line is typed, and all keys are for it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(markup=False, id="tasks", compact=True)
        self.is_resting = False
        self._rows: Sequence[Row] = ()
        self._marked: int | None = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key may do this now."""
        return not self.is_resting and super().check_action(action, parameters)

    @property
    def task_id(self) -> int | None:
        """Return the marked task; None if there is none."""
        return None if self.highlighted is None else self._rows[self.highlighted].task_id

    def show(self, rows: Sequence[Row], *, marked: int | None = None) -> None:
        """Show rows, and mark the task that was marked, else what stands now where it stood.

        Args:
            marked: mark this task, if it is there.
        """
        wanted, place = marked or self.task_id, self.highlighted or 0
        self._rows, self._marked = rows, None
        self.set_options(Option(row.text, disabled=row.task_id is None) for row in rows)
        places = [index for index, row in enumerate(rows) if row.task_id is not None]
        there = [index for index in places if rows[index].task_id == wanted]
        self.highlighted = there[0] if there else min(places, key=lambda index: abs(index - place), default=None)
        self._put_sign()

    @on(OptionList.OptionHighlighted)
    def _put_sign(self) -> None:
        """Put a sign before the marked task: its colour alone would not tell those who see none."""
        before, self._marked = self._marked, self.highlighted
        if before is not None:
            self.replace_option_prompt_at_index(before, self._rows[before].text)
        if self._marked is not None:
            text = self._rows[self._marked].text
            self.replace_option_prompt_at_index(self._marked, Text.assemble((">", text.style), text[1:]))


class Typed(Vertical):
    """The line: what is asked for, what is typed, and how it is understood."""

    def __init__(self) -> None:
        super().__init__(id="typed")
        self.line: Line | None = None
        self.task_id = 0
        self._label = Static(markup=False, id="label")
        self._input = Input(id="input", compact=True, select_on_focus=False)
        self._reading = Static(markup=False, id="reading")

    def compose(self) -> ComposeResult:
        """Yield the parts."""
        with Horizontal(id="prompt"):
            yield self._label
            yield self._input
        yield self._reading

    @property
    def text(self) -> str:
        """Return what is typed."""
        return self._input.value

    def begin(self, line: Line, text: str = "", task_id: int = 0) -> None:
        """Ask for a line."""
        self.line, self.task_id = line, task_id
        self._label.update(f"{line.value.label}{f' {task_id}' if task_id else ''}: ")
        self._input.placeholder = line.value.example
        self._input.value = text
        self._input.cursor_position = len(text)
        self.say(Said(""))
        self.display = True
        self._input.focus()

    def type_ahead(self, text: str) -> None:
        """Take what was typed before the line had the keyboard."""
        self._input.insert_text_at_cursor(text)

    def end(self) -> None:
        """Take the line away."""
        self.line = None
        self.display = False

    def say(self, said: Said) -> None:
        """Say how the line is understood."""
        self._reading.update(Text(said.text))
        self._reading.set_class(said.is_error, "error")


class Page(ModalScreen[None]):
    """A page of text over the screen, until a key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss", "Back"),
        Binding("j", "down", "Down", show=False),
        Binding("k", "up", "Up", show=False),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """Yield the text."""
        with VerticalScroll(id="page"):
            yield Static(Text(self._text), markup=False)

    def action_down(self) -> None:
        """Go on by a line."""
        self.query_one("#page", VerticalScroll).scroll_down()

    def action_up(self) -> None:
        """Go back by a line."""
        self.query_one("#page", VerticalScroll).scroll_up()
