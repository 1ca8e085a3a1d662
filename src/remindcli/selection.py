"""Which tasks a command means: ids, ranges of ids, texts, or a filter."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from remindcli.core import filters
from remindcli.core.filters import LIVE, Filter, HasId, HasText, HasTitle
from remindcli.core.ids import read_range
from remindcli.core.safe import safe
from remindcli.core.task import TaskState
from remindcli.errors import AmbiguousError, NotFoundError
from remindcli.store.selecting import Order
from remindcli.store.store import Store

_IN_A_LIST = 5


@dataclass(frozen=True, slots=True)
class Selected:
    """The tasks that are meant, each once, in their order.

    Attributes:
        is_by_filter: a filter found them, so that the user may not know which they are.
    """

    ids: Sequence[int]
    is_by_filter: bool = False


def select(
    store: Store,
    words: Sequence[str],
    *,
    read: Callable[[Sequence[str]], Filter],
    states: Sequence[TaskState] = LIVE,
    views: Collection[str] = (),
) -> Selected:
    """Return the tasks that words mean: each an id, a range of ids or a text; or all together a filter.

    One word that can only be a filter makes all of them one: `@work overdue`, `is:done 12-15`.

    Args:
        read: reads a filter.
        states: those in which a text or a filter looks; an id means the task whatever its state.
        views: the names of the saved filters.

    Raises:
        NotFoundError: an id, a range or a text means nothing, or no task matches the filter.
        AmbiguousError: a text means several.
        UsageError: a range runs backwards, or a filter can't be read.
    """
    if any(filters.is_filter(word, views) for word in words):
        return Selected(_by_filter(store, words, read(words), states), is_by_filter=True)
    ids: list[int] = []
    for word in words:
        numbers = _numbers(word)
        if numbers is None:
            ids.append(_by_text(store, word, states))
        else:
            for low, high in numbers:
                ids += _range(store, low, high, states) if low != high else [store.item(low).task.id]
    return Selected(list(dict.fromkeys(ids)))


def _numbers(word: str) -> list[tuple[int, int]] | None:
    """Return the first and the last of each range in "7", "#7" or "7,9,12-15"; None if the word is a text."""
    ranges = []
    for part in word.split(","):
        one = read_range(part)
        if one is None:
            return None
        ranges.append(one)
    return ranges


def _range(store: Store, low: int, high: int, states: Sequence[TaskState]) -> list[int]:
    found = store.select(Filter(HasId(((low, high),)), tuple(states)), [Order("id")])
    if not found.ids:
        raise NotFoundError(f"there is no task from {low} to {high}", hint="remind list shows the ids")
    return list(found.ids)


def _by_filter(store: Store, words: Sequence[str], filtered: Filter, states: Sequence[TaskState]) -> list[int]:
    among = tuple(states) if filtered.states == LIVE else filtered.states
    found = store.select(filtered.but(states=among))
    if not found.ids:
        line = " ".join(words)
        raise NotFoundError(f'no task matches "{safe(line, 60)}"', hint=f"remind list {safe(line, 60)}")
    return list(found.ids)


def _by_text(store: Store, text: str, states: Sequence[TaskState]) -> int:
    wanted = text.encode("utf-8", "replace").decode().casefold().strip()  # half a character finds nothing
    found = store.select(Filter(HasTitle(wanted), tuple(states)), limit=_IN_A_LIST)
    if not found.ids and wanted:
        found = store.select(Filter(HasText(wanted, is_note_too=False), tuple(states)), limit=_IN_A_LIST)
    if not found.ids:
        raise NotFoundError(f'no open task has "{safe(text, 60)}" in its title', hint="remind list shows them")
    if found.total > 1:
        more = f" and {found.total - _IN_A_LIST} more" if found.total > _IN_A_LIST else ""
        raise AmbiguousError(
            f'"{safe(text, 60)}" means {found.total} tasks',
            why=", ".join(f"{one.task.id} {safe(one.task.title, 40)}" for one in store.pages(found.ids)) + more,
            hint="use the id",
        )
    return found.ids[0]
