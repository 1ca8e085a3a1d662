"""The interactive view: an agenda and a calendar, a key for each verb, and a line that says how it is understood."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.message import Message
from textual.widgets import Footer, Input, OptionList, Static

from remindcli.cli import show
from remindcli.cli.calendar import Day
from remindcli.cli.session import Session
from remindcli.core.safe import safe
from remindcli.daemon.instance import is_running
from remindcli.errors import RemindError
from remindcli.store.database import Stamp
from remindcli.tui import agenda, verbs
from remindcli.tui.agenda import Row
from remindcli.tui.desk import Desk, Said
from remindcli.tui.month import Chosen, Month, days_of
from remindcli.tui.parts import HELP, Page, Tasks, Typed
from remindcli.tui.verbs import Line, Verb

LOOK_SECONDS = 2.0
"""How often it is looked whether somebody else changed the store: a look at the file's time, nothing is opened."""


_NOT_WHILE_TYPING = frozenset({"ask", "done", "undo", "calendar", "help", "skip", "remove", "redo"})


class Waits(Message):
    """The store keeps us waiting, or lets us in."""

    def __init__(self, *, is_waiting: bool) -> None:
        super().__init__()
        self.is_waiting = is_waiting


class _Seen(NamedTuple):
    """What was found in the store at a look.

    Attributes:
        stamp: of the file before it was read.
        minute: when it was read; what is overdue or so many minutes away is another way in the next.
    """

    stamp: Stamp | None
    minute: int
    rows: list[Row]
    days: dict[date, Day]
    is_heard: bool


class RemindApp(App[None]):
    """The screen, and what its keys do.

    Args:
        filter_words: begin with the tasks that they mean.

    Raises:
        StoreError: the store can't be opened.
    """

    TITLE = "remind"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #head { height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    #month { height: auto; display: none; }
    #month:focus { background: $boost; }
    #tasks { height: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis; }
    #typed { height: auto; display: none; }
    #prompt { height: 1; }
    #label { width: auto; text-style: bold; }
    #input { width: 1fr; }
    #reading { height: auto; max-height: 6; color: $text-muted; }
    #said { height: auto; max-height: 6; display: none; }
    .error { color: $text-error; text-style: bold; }
    #waits, #silent { height: auto; display: none; color: $text-warning; }
    Page { align: center middle; }
    #page { width: auto; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; background: $panel; }
    #page Static { width: auto; max-width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ask('ADD')", "Add"),
        Binding("d,space", "done", "Done"),
        Binding("s", "ask('SNOOZE')", "Snooze"),
        Binding("e", "ask('EDIT')", "Edit"),
        Binding("u", "undo", "Undo"),
        Binding("slash", "ask('FILTER')", "Filter", key_display="/"),
        Binding("c", "calendar", "Calendar"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("m", "ask('MOVE')", "Move", show=False),
        Binding("n", "skip", "Skip", show=False),
        Binding("x", "remove", "Delete", show=False),
        Binding("r,ctrl+r", "redo", "Redo", show=False),
        Binding("escape", "back", "Back", show=False),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: Session, *, filter_words: str = "") -> None:
        super().__init__()
        self._session = session
        self._desk = Desk(session, self._tell_of_waiting)
        self._filter = filter_words
        self._filter_before = ""
        self._is_taking = False
        self._seen: _Seen | None = None
        clock = session.environment.clock
        self.month = Month(clock.now().astimezone(clock.zone()).date())
        self.tasks = Tasks()
        self.typed = Typed()

    def compose(self) -> ComposeResult:
        """Yield the parts of the screen from its top."""
        yield Static(markup=False, id="head")
        yield self.month
        yield self.tasks
        yield self.typed
        yield Static(markup=False, id="said")
        yield Static("waiting for the store: another program holds it", markup=False, id="waits")
        yield Static("no daemon runs, so nothing will ring: remind daemon start", markup=False, id="silent")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the tasks, and look again every few seconds."""
        self._desk.open()
        self.tasks.focus()
        self.look()
        self.set_interval(LOOK_SECONDS, self.look_again)

    def _tell_of_waiting(self, is_waiting: bool) -> None:  # noqa: FBT001 (the desk calls it so)
        self.post_message(Waits(is_waiting=is_waiting))

    def on_unmount(self) -> None:
        """End what was begun."""
        self._desk.close()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key may do this now: while a line is typed, no verb but what the line does."""
        if self.typed.line is not None and action in _NOT_WHILE_TYPING:
            return False
        return super().check_action(action, parameters)

    # -- looking -------------------------------------------------------------

    def look_again(self) -> None:
        """Look again if the store is another one, or a minute has passed."""
        seen = self._seen
        if seen is None or (seen.stamp, seen.minute) != (self._desk.store.stamp(), self._minute()):
            self.look()

    @work(exclusive=True, group="look")
    async def look(self, marked: int | None = None) -> None:
        """Read the store and show what is there.

        Args:
            marked: mark this task.
        """
        before, chosen, text, is_calendar = self._seen, self.month.chosen, self._filter, bool(self.month.display)
        minute = self._minute()

        def read(session: Session) -> _Seen:
            is_heard = is_running(session.store.path)
            if not is_heard and (before is None or before.minute != minute):
                session.actions.catch_up()
            stamp = session.store.stamp()
            days = days_of(session, chosen.replace(day=1)) if is_calendar else {}
            if is_calendar:
                rows = agenda.of_day(session, chosen, days[chosen].due)
            else:
                rows = agenda.filtered(session, text) if text else agenda.agenda(session)
            return _Seen(stamp, minute, rows, days, is_heard)

        try:
            seen = await self._desk.work(read)
        except RemindError as error:
            self.say(Said("\n".join(filter(None, (error.what, error.why, error.hint))), is_error=True))
            return
        self._seen = seen
        clock = self._session.environment.clock
        self.month.today = clock.now().astimezone(clock.zone()).date()
        if is_calendar:
            self.month.show(seen.days)
        self.tasks.show(seen.rows, marked=marked)
        where = "calendar" if is_calendar else f"filter: {safe(text)}" if text else "agenda"
        self.query_one("#head", Static).update(Text(f"remind  {where}"))
        silent = self.query_one("#silent", Static)
        silent.display = not seen.is_heard

    def _minute(self) -> int:
        return int(self._session.environment.clock.now().timestamp()) // 60

    @on(Waits)
    def _show_waiting(self, waits: Waits) -> None:
        self.query_one("#waits", Static).display = waits.is_waiting

    # -- doing ---------------------------------------------------------------

    def say(self, said: Said) -> None:
        """Say what came of a verb on the line under the list."""
        line = self.query_one("#said", Static)
        line.update(Text(said.text))
        line.set_class(said.is_error, "error")
        line.display = bool(said.text)

    @work(group="do")
    async def do(self, verb: Verb) -> None:
        """Do a verb, say what came of it, and look."""
        self.say(await self._desk.do(verb))
        self.look()

    def _do_to_marked(self, verb: Callable[[int], Verb]) -> None:
        task_id = self.tasks.task_id
        if task_id is None:
            self.say(Said("no task is marked", is_error=True))
        else:
            self.do(verb(task_id))

    def action_done(self) -> None:
        """Complete the marked task."""
        self._do_to_marked(verbs.done)

    def action_skip(self) -> None:
        """Leave this occurrence of the marked task out."""
        self._do_to_marked(verbs.skip)

    def action_remove(self) -> None:
        """Take the marked task away."""
        self._do_to_marked(verbs.remove)

    def action_undo(self) -> None:
        """Take back what was done last."""
        self.do(verbs.undo)

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.do(verbs.redo)

    # -- the line ------------------------------------------------------------

    def action_ask(self, name: str) -> None:
        """Ask for a line, about the marked task if it needs one."""
        line, task_id = Line[name], self.tasks.task_id
        if line.value.needs_task and task_id is None:
            self.say(Said("no task is marked", is_error=True))
            return
        self._filter_before = self._filter
        if line is Line.FILTER and self.month.display:
            self.action_calendar()
        self.say(Said(""))
        self.tasks.is_resting = self.month.is_resting = True
        self.typed.begin(
            line, self._filter if line is Line.FILTER else "", task_id or 0 if line.value.needs_task else 0
        )

    @on(Input.Changed)
    @work(exclusive=True, group="reading")
    async def _read_line(self) -> None:
        line, text = self.typed.line, self.typed.text
        if line is None:
            return
        said = await self._desk.do(verbs.reading(line, text))
        if (line, text) == (self.typed.line, self.typed.text):  # else what was typed since is read already
            self.typed.say(said)
            if line is Line.FILTER and not said.is_error:
                self._filter = text.strip()
                self.look()

    @on(Input.Submitted)
    @work(group="line")
    async def _take_line(self) -> None:
        line, text = self.typed.line, self.typed.text
        if line is None or self._is_taking:  # Enter again, while the store keeps us waiting
            return
        if not text.strip() and line in (Line.ADD, Line.EDIT, Line.MOVE):
            self._end_line()
            return
        self._is_taking = True
        try:
            said = await self._desk.do(verbs.of_line(line, text, self.typed.task_id))
        finally:
            self._is_taking = False
        if said.is_error:  # what was typed stays, to be mended
            self.typed.say(said)
            return
        if line is Line.FILTER:
            self._filter = text.strip()
        self._end_line()
        self.say(said)
        self.look()

    def on_key(self, event: Key) -> None:
        """Give the line what was typed before it had the keyboard; what it has typed itself does not come here."""
        if self.typed.line is not None and event.is_printable and event.character is not None:
            self.typed.type_ahead(event.character)

    def _end_line(self) -> None:
        self.tasks.is_resting = self.month.is_resting = False
        self.typed.end()
        self.tasks.focus()

    # -- going about ---------------------------------------------------------

    async def action_back(self) -> None:
        """Leave the line, the tasks of a day, the calendar, the filter: the innermost of them."""
        if self.typed.line is not None:
            if self.typed.line is Line.FILTER:
                self._filter = self._filter_before
            self._end_line()
        elif self.month.display and self.focused is self.tasks:
            self.month.focus()
        elif self.month.display:
            self.action_calendar()
        else:
            self._filter = ""
            self.say(Said(""))
        self.look()

    def action_calendar(self) -> None:
        """Go to the calendar, or back to the agenda."""
        self.month.display = not self.month.display
        (self.month if self.month.display else self.tasks).focus()
        self.look()

    @on(Chosen)
    def _look_at_day(self) -> None:
        self.look()

    def on_resize(self) -> None:
        """Draw the month as wide as there is room now."""
        self.month.draw()

    @on(OptionList.OptionSelected)
    @work(exclusive=True, group="page")
    async def _show_details(self) -> None:
        task_id = self.tasks.task_id
        if task_id is None:
            return

        def verb(session: Session) -> None:
            for line in show.lines(session, task_id):
                session.out.line(line)

        said = await self._desk.do(verb)
        if said.is_error:
            self.say(said)
        else:
            self.push_screen(Page(said.text))

    def action_help(self) -> None:
        """Show the keys."""
        self.push_screen(Page(HELP))
