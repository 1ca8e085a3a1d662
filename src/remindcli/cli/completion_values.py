"""What can be offered at a place: verbs, options, and the values of each kind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from remindcli.cli import completion_words as words
from remindcli.cli.completion_places import ALIASES, Place
from remindcli.cli.completion_words import Kind
from remindcli.cli.session import Session
from remindcli.core import filter_words
from remindcli.core.fields import Value
from remindcli.core.safe import safe
from remindcli.store import glance

TYPE_CHECKING = False  # what typing calls so: importing it takes time, and only a checker needs it
if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LIMIT = 200
"""The most candidates of the store: nobody reads more, and a shell would ask first."""

_TITLE_CHARACTERS = 56
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Pair = tuple[str, str]


class Answer(Value):
    """What may stand at a place.

    Attributes:
        pairs: values with what each is.
        is_files: the shell's own file names may.
        is_id_for_text: the values are ids of the tasks in whose titles the typed text stands.
    """

    pairs: Sequence[Pair] = ()
    is_files: bool = False
    is_id_for_text: bool = False


def answer_for(place: Place, session: Session) -> Answer:
    """Return what may stand at the place."""
    session.db = place.values.get("--db", "")
    if place.option:
        return _values(words.OPTIONS.get(place.option, Kind.NOTHING), place, session)
    if place.typed.startswith("-") and not place.is_literal:
        return Answer([*_begun(_options(place), place.typed), *_tags_off(place, session)])
    if place.verb.verbs and not place.words:
        verbs = _begun(_verbs(place), place.typed)
        if verbs or place.path not in words.PLACES:
            return Answer(verbs)
    kinds = words.PLACES.get(place.path, (Kind.NOTHING,))
    return _values(kinds[min(len(place.words), len(kinds) - 1)], place, session)


def _begun(pairs: Iterable[Pair], typed: str) -> list[Pair]:
    """Return the pairs whose value goes on with what was typed, in capitals or not."""
    begin = typed.casefold()
    return [(value, about) for value, about in pairs if value.casefold().startswith(begin)]


def _verbs(place: Place) -> Iterator[Pair]:
    yield from ((name, verb.help) for name, verb in place.verb.verbs.items())
    if not place.path:
        yield from ((alias, f"short for {name}") for alias, name in ALIASES.items())


def _options(place: Place) -> Iterator[Pair]:
    # The long names first: who knows the short ones does not look for them.
    for option in place.verb.options:
        yield option.names[-1], option.help
    for option in place.verb.options:
        yield from ((name, option.help) for name in option.names[:-1])


def _values(kind: Kind, place: Place, session: Session) -> Answer:
    """Return what of a kind goes on with what is typed."""
    if kind is Kind.FILE:
        return Answer(is_files=True)
    if kind in (Kind.ID, Kind.PAUSED_ID, Kind.FAILED_ID):
        return _ids(kind, place, session)
    return Answer(_begun(_PAIRS[kind](place, session), place.typed) if kind in _PAIRS else [])


def _ids(kind: Kind, place: Place, session: Session) -> Answer:
    states = ("paused", "paused") if kind is Kind.PAUSED_ID else ("active", "paused")
    found = glance.tasks(session.store_file, LIMIT, typed=place.typed, states=states, is_failed=kind is Kind.FAILED_ID)
    now, zone = session.now_and_zone()
    pairs = [(str(one.id), _about(one, now, zone)) for one in found if str(one.id) not in place.words]
    return Answer(pairs, is_id_for_text=bool(place.typed) and not place.typed.isdecimal())


def _about(task: glance.Glimpse, now: datetime, zone: "ZoneInfo") -> str:
    """Return what a task is: its title and when it is due."""
    title = safe(task.title, _TITLE_CHARACTERS)
    if task.due_ms is None:
        return title
    try:
        due = (_EPOCH + timedelta(milliseconds=task.due_ms)).astimezone(zone)
    except (OverflowError, ValueError):
        return title
    year = "" if due.year == now.astimezone(zone).year else f" {due.year}"
    hour = "" if task.is_all_day else f" {due:%H:%M}"
    return f"{title}, {_DAYS[due.weekday()]} {due.day} {_MONTHS[due.month - 1]}{year}{hour}"


def _tags(_place: Place, session: Session) -> Iterator[Pair]:
    yield from ((tag, _tasks(count)) for tag, count in glance.tags(session.store_file, LIMIT))


def _lists(_place: Place, session: Session) -> Iterator[Pair]:
    yield from ((name, _tasks(count)) for name, count in glance.lists(session.store_file, LIMIT))


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"


def _tags_off(place: Place, session: Session) -> Iterator[Pair]:
    """Yield -tag where it is a filter."""
    if words.PLACES.get(place.path) in ((Kind.FILTER,), (Kind.ID_OR_TAG,)) and not place.typed.startswith("--"):
        yield from _begun(((f"-{tag}", f"not +{tag}") for tag, _ in _tags(place, session)), place.typed)


def _tag_values(place: Place, session: Session) -> Iterator[Pair]:
    if place.path == "edit" and place.typed.startswith("-"):
        yield from ((f"-{tag}", "take it off") for tag, _ in _tags(place, session))
    else:
        yield from _tags(place, session)


def _tokens(place: Place, session: Session) -> Iterator[Pair]:
    """Yield +tag, @list and p1: the store is asked only for what was begun."""
    if place.typed.startswith("+"):
        yield from ((f"+{tag}", about) for tag, about in _tags(place, session))
    elif place.typed.startswith("@"):
        yield from ((f"@{name}", about) for name, about in _lists(place, session))
    elif place.typed:
        yield from words.PRIORITIES.items()


def _words(place: Place, session: Session) -> Iterator[Pair]:
    if place.is_literal:
        return
    yield from _tokens(place, session)
    if not {"--due", "--every"} & place.values.keys():
        yield from _time_words(place, session)


def _time_words(place: Place, _session: Session) -> Iterator[Pair]:
    yield from words.next_words((*words.MOMENTS, *words.RECURRENCES), place.words, place.typed)


def _moment_words(place: Place, _session: Session) -> Iterator[Pair]:
    yield from words.next_words(words.MOMENTS, place.words, place.typed)


def _filters(place: Place, session: Session) -> Iterator[Pair]:
    yield from _tokens(place, session)
    yield from _saved_views(session)
    yield from filter_words.SPANS.items()
    yield from ((f"is:{name}", about) for name, about in filter_words.STATES.items())
    key, colon, _ = place.typed.partition(":")
    if key in ("before", "after") and colon:
        yield from ((f"{key}:{moment}", "") for moment in (*filter_words.WEEKDAYS, *words.MOMENTS) if " " not in moment)
    elif key == "every" and colon:
        yield from ((f"every:{name}", "") for name in filter_words.FREQUENCIES)
    else:
        yield from ((f"{key}:", about) for key, about in filter_words.KEYS.items() if key != "is")
    if place.typed:
        yield from ((day, f"due on the next {day}") for day in filter_words.DAY_NAMES)
    if place.words:
        yield from filter_words.JOINTS.items()
    if not place.typed:
        yield from words.PRIORITIES.items()
        yield from ((f"+{tag}", about) for tag, about in _tags(place, session))
        yield from ((f"@{name}", about) for name, about in _lists(place, session))
    if place.is_literal:
        yield from ((f"-{tag}", f"not +{tag}") for tag, _ in _tags(place, session))
    if place.typed.isdecimal():
        yield from _ids(Kind.ID, place, session).pairs


def _saved_views(session: Session) -> Iterator[Pair]:
    """Yield the saved views; the settings are read only where some stand in them."""
    if session.has_setting("views"):
        yield from session.settings.views("views").items()


def _ids_and_spans(place: Place, session: Session) -> Iterator[Pair]:
    has_time = any(not word.isdecimal() for word in place.words)
    if not has_time and (not place.typed or place.typed.isdecimal()):
        yield from _ids(Kind.ID, place, session).pairs
    if not has_time:
        yield from words.SPANS.items()
    yield from _moment_words(place, session)


def _ids_and_tags(place: Place, session: Session) -> Iterator[Pair]:
    if place.typed.startswith("+") or (place.words and not place.typed):
        yield from ((f"+{tag}", about) for tag, about in _tags(place, session))
    if not place.typed or place.typed.isdecimal():
        yield from _ids(Kind.ID, place, session).pairs


def _settings(_place: Place, _session: Session) -> Iterator[Pair]:
    from remindcli import settings  # noqa: PLC0415 (it brings tomllib along)

    yield from ((setting.name, setting.help) for setting in settings.TABLE)


def _channels(_place: Place, session: Session) -> Iterator[Pair]:
    from remindcli import channel_tables  # noqa: PLC0415
    from remindcli.errors import UsageError  # noqa: PLC0415

    try:
        tables = session.settings.channels
    except UsageError:  # what is wrong with the settings is said when the command is run
        tables = {}
    for name in channel_tables.names_of(tables):
        yield name, tables[name].kind if name in tables and tables[name].kind != name else ""


def _zones(_place: Place, _session: Session) -> Iterator[Pair]:
    import zoneinfo  # noqa: PLC0415

    yield from ((name, "") for name in sorted(zoneinfo.available_timezones()))


def _fixed(pairs: Iterable[Pair]) -> Callable[[Place, Session], Iterable[Pair]]:
    kept = tuple(pairs)
    return lambda _place, _session: kept


_PAIRS: dict[Kind, Callable[[Place, Session], Iterable[Pair]]] = {
    Kind.CATCH_UP: _fixed(words.CATCH_UPS.items()),
    Kind.CHANNEL: _channels,
    Kind.FILTER: _filters,
    Kind.ID_OR_SPAN: _ids_and_spans,
    Kind.ID_OR_TAG: _ids_and_tags,
    Kind.LIST: _lists,
    Kind.MOMENT: _fixed((phrase, "") for phrase in words.MOMENTS),
    Kind.MOMENT_WORD: _moment_words,
    Kind.PRIORITY: _fixed((*words.PRIORITIES.items(), ("none", "take it off"))),
    Kind.RECURRENCE: _fixed((phrase, "") for phrase in words.RECURRENCES),
    Kind.SETTING: _settings,
    Kind.SHELL: _fixed((shell, "") for shell in words.SHELLS),
    Kind.SPAN: _fixed(words.SPANS.items()),
    Kind.TAG: _tag_values,
    Kind.TIME_WORD: _time_words,
    Kind.WORD: _words,
    Kind.ZONE: _zones,
}
