"""A task as a text of lines that a person changes in an editor: written, and read line by line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from remindcli.channel_tables import check_order
from remindcli.core import explain, when
from remindcli.core.when import When
from remindcli.draft import (
    catch_up_of,
    checked_list,
    checked_note,
    checked_priority,
    checked_tags,
    checked_title,
)
from remindcli.errors import UsageError
from remindcli.moments import Here, as_move, series_rule
from remindcli.rings import alerts_of, conditions_of, nag_of
from remindcli.store.asked import Seen, TaskChange
from remindcli.store.reading import Item

HEAD = """\
# {0}  Change the lines, save, and leave the editor. Lines that begin with # do not count.
# Nothing is changed if you empty the text, or leave it as it is.
# due is of this occurrence (empty: no time); repeats is of the series; all below "note:" is the note.
"""
_FAULT = "#! remind:"
"""How a line begins that says what is wrong with the one below."""

_NOTE = "note:"
_OF_ONE_LINE = ("title", "list_name", "priority", "alerts", "day_alerts", "channels", "catch_up", "nag_after")
_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


class FormError(UsageError):
    """Lines of a form that can't be used.

    Attributes:
        faults: the errors by the number of the line, from 0 on.
    """

    def __init__(self, faults: Mapping[int, UsageError]) -> None:
        first = next(iter(faults.values()))
        super().__init__(first.what, why=first.why, hint=first.hint)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the form: how it is written of a task, and what a text in it changes."""

    name: str
    write: Callable[[Item, Here], str]
    read: Callable[[str, Sequence[str], Here], TaskChange]


def _due(item: Item, here: Here) -> str:
    occurrence = item.occurrence
    if occurrence is None or occurrence.due_at is None:
        return ""
    wall = occurrence.due_at.astimezone(here.zone)
    if occurrence.is_all_day:
        return f"{wall:%Y-%m-%d}"
    return f"{wall:%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def _repeats(item: Item, here: Here) -> str:
    rule = item.task.rule
    return explain.explain(When(rule), now=here.now, zone=here.zone) if rule is not None and rule.rrule else ""


def _span(span: timedelta) -> str:
    """Return a span as it is typed: "1h30m"; what is not before due can't be typed, and is 0."""
    seconds = -round(span / timedelta(seconds=1))
    words = ""
    for unit, size in _UNITS:
        count, seconds = divmod(max(0, seconds), size)
        words += f"{count}{unit}" if count else ""
    return words or "0"


def _alerts(item: Item, _here: Here) -> str:
    alerts = [_span(alert) for alert in item.task.alerts] + [alert.words for alert in item.task.day_alerts]
    return ", ".join(alerts) or "none"


def _nag(item: Item, _here: Here) -> str:
    after = item.task.nag_after
    return "" if after is None else _span(-after) if after else "off"


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _alerts_change(text: str, here: Here) -> TaskChange:
    alerts = alerts_of([one.strip() for one in text.split(",")], here.options)
    return TaskChange(alerts=alerts.offsets, day_alerts=alerts.at_hours)


def _channels(text: str, known: Sequence[str], _here: Here) -> TaskChange:
    check_order(_words(text), known)
    return TaskChange(channels=tuple(dict.fromkeys(_words(text))))


_LINES = (
    _Line("title", lambda item, _: item.task.title, lambda text, *_: TaskChange(title=checked_title(text))),
    _Line("list", lambda item, _: item.task.list_name, lambda text, *_: TaskChange(list_name=checked_list(text))),
    _Line(
        "tags",
        lambda item, _: " ".join(item.task.tags),
        lambda text, *_: TaskChange(add_tags=checked_tags(_words(text))),
    ),
    _Line(
        "priority",
        lambda item, _: f"p{item.task.priority}" if item.task.priority else "none",
        lambda text, *_: TaskChange(priority=checked_priority(text or "none")),
    ),
    _Line(
        "alerts",
        _alerts,
        lambda text, _, here: _alerts_change(text or "none", here),
    ),
    _Line("nag", _nag, lambda text, *_: TaskChange(nag_after=nag_of(text or "off"))),
    _Line("channels", lambda item, _: " ".join(item.task.channels), _channels),
    _Line(
        "catch-up",
        lambda item, _: item.task.catch_up.value,
        lambda text, *_: TaskChange(catch_up=catch_up_of(text or None)),
    ),
)
_TIMES: Mapping[str, Callable[[Item, Here], str]] = {"due": _due, "repeats": _repeats}
_COMMANDS = {"if": "only_if", "until-ok": "until_ok", "run": "run"}


def write(item: Item, here: Here) -> str:
    """Return a task as a form."""
    values = {line.name: line.write(item, here) for line in _LINES}
    values |= {name: show(item, here) for name, show in _TIMES.items()}
    values |= {name: getattr(item.task.conditions, field) for name, field in _COMMANDS.items()}
    names = ("title", *_TIMES, *(line.name for line in _LINES[1:]), *_COMMANDS)
    lines = [f"{name}: {values[name]}".rstrip() for name in names]
    return HEAD.format(item.task.id) + "\n".join([*lines, _NOTE, item.task.note]).rstrip("\n") + "\n"


def read(text: str, item: Item, here: Here, *, known_channels: Sequence[str], folder: str) -> TaskChange | None:
    """Return what a form changes of the task of which it was written; None if that is nothing.

    Args:
        folder: where new commands run.

    Raises:
        FormError: lines that can't be used.
    """
    before, written = _fields(write(item, here))[0], _fields(text)
    fields, faults = written
    change = TaskChange()
    asked_times: dict[str, str] = {}
    readers = {line.name: line.read for line in _LINES}
    for name, (number, value) in fields.items():
        if value == before.get(name, (0, ""))[1]:
            continue
        try:
            if name == _NOTE:
                change = replace(change, note=checked_note(value))
            elif name in _TIMES:
                asked_times[name] = value
            elif name in _COMMANDS:
                before_it = change.conditions or item.task.conditions
                asked = dict.fromkeys(_COMMANDS.values()) | {_COMMANDS[name]: value}
                change = replace(change, conditions=conditions_of(**asked, folder=folder, before=before_it))
            elif name in readers:
                change = _joined(change, readers[name](value, known_channels, here), item)
        except UsageError as error:
            faults[number] = error
    if asked_times:
        try:
            change = _with_times(change, asked_times, item, here)
        except UsageError as error:
            faults[fields[next(iter(asked_times))][0]] = error
    if faults:
        raise FormError(dict(sorted(faults.items())))
    return None if change == TaskChange() else replace(change, seen=Seen(item.task, item.occurrence))


def with_faults(text: str, faults: Mapping[int, UsageError]) -> str:
    """Return a text with what is wrong with its lines said above them."""
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        if number in faults:
            error = faults[number]
            lines += [f"{_FAULT} {part}" for part in (error.what, error.why, error.hint) if part]
        lines.append(line)
    return "\n".join(lines) + "\n"


def without_faults(text: str) -> str:
    """Return a text without what was said to be wrong with it."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_FAULT))


def _fields(text: str) -> tuple[dict[str, tuple[int, str]], dict[int, UsageError]]:
    """Return the number and the value of each line by its name, and what is no such line."""
    fields: dict[str, tuple[int, str]] = {}
    faults: dict[int, UsageError] = {}
    known = (*_TIMES, *(line.name for line in _LINES), *_COMMANDS)
    lines = text.splitlines()
    for number, line in _until_note(lines):
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if f"{name}:" == _NOTE:
            rest = [value.strip()] if value.strip() else []
            fields[_NOTE] = (number, "\n".join([*rest, *lines[number + 1 :]]).rstrip())
        elif not colon or name not in known:
            faults[number] = UsageError("can't read this line", hint="lines: " + ", ".join((*known, "note")))
        elif name in fields:
            faults[number] = UsageError(f'there are two lines "{name}"')
        else:
            fields[name] = (number, value.strip())
    return fields, faults


def _until_note(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines that count, up to the one with which the note begins."""
    for number, line in enumerate(lines):
        if line.startswith("#") or not line.strip():
            continue
        yield number, line
        if line.strip().lower().startswith(_NOTE):
            return


def _joined(change: TaskChange, more: TaskChange, item: Item) -> TaskChange:
    """Return both changes as one; the tags of a form are all the tags there are."""
    if more.add_tags or more == TaskChange():
        remove = tuple(tag for tag in item.task.tags if tag not in more.add_tags)
        return replace(change, add_tags=more.add_tags, remove_tags=remove)
    fields = {name: getattr(more, name) for name in _OF_ONE_LINE}
    return replace(change, **{name: value for name, value in fields.items() if value is not None})


def _with_times(change: TaskChange, asked: Mapping[str, str], item: Item, here: Here) -> TaskChange:
    """Return a change with what the lines `due` and `repeats` say."""
    rule = item.task.rule
    due, repeats = asked.get("due"), asked.get("repeats")
    if repeats:
        chosen = when.combine(due or None, repeats, now=here.now, zone=here.zone, options=here.options)
        return replace(change, rule=series_rule(rule, chosen.rule, item.occurrence))
    is_single = repeats == "" or not item.task.is_recurring
    at = _due(item, here) if due is None else due
    if not at:
        if not is_single:
            raise UsageError("a task that comes back needs a time", hint="empty the line repeats too, or remind skip")
        return replace(change, has_no_time=True)
    chosen = when.parse(at, now=here.now, zone=here.zone, options=here.options)
    if chosen.rule.rrule is not None:
        raise UsageError("that comes back: it belongs in the line repeats")
    if is_single:
        return replace(change, rule=chosen.rule)
    return replace(change, move=as_move(chosen, here.zone))
