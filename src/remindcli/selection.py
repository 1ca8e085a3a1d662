"""Which tasks a command means: ids, ranges of ids, texts, or a filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from remindcli.core import filters
from remindcli.core.safe import safe
from remindcli.core.task import TaskState
from remindcli.errors import AmbiguousError, NotFoundError, UsageError
from remindcli.store.reading import Item
from remindcli.store.store import Store

LIVE = (TaskState.ACTIVE, TaskState.PAUSED)
_IN_A_LIST = 5
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Selected:
    """The tasks that are meant, each once, in their order.

    Attributes:
        is_by_filter: a filter found them, so that the user may not know which they are.
    """

    ids: Sequence[int]
    is_by_filter: bool = False


def select(
    store: Store, words: Sequence[str], *, now: datetime, zone: ZoneInfo, states: Sequence[TaskState] = LIVE
) -> Selected:
    """Return the tasks that words mean: each an id, a range of ids or a text; or all together a filter.

    One word that can only be a filter makes all of them one: `@work overdue`, `is:done 12-15`.

    Args:
        states: those in which a text or a filter looks; an id means the task whatever its state.

    Raises:
        NotFoundError: an id, a range or a text means nothing, or no task passes the filter.
        AmbiguousError: a text means several.
        UsageError: a range runs backwards, or a filter can't be read.
    """
    if any(filters.is_filter(word) for word in words):
        return Selected(_by_filter(store, words, now, zone, states), is_by_filter=True)
    ids: list[int] = []
    for word in words:
        numbers = _numbers(word)
        if numbers is None:
            ids.append(_by_text(store, word, states))
        else:
            for low, high in numbers:
                ids += _range(store, low, high, states) if low != high else [store.item(low).task.id]
    return Selected(list(dict.fromkeys(ids)))


def candidate(item: Item) -> filters.Candidate:
    """Return a task as the filters look at it."""
    return filters.Candidate(
        task=item.task,
        occurrence=item.occurrence,
        is_ringing=item.is_ringing,
        is_snoozed=item.is_snoozed,
        has_failed=item.has_failed,
    )


def _numbers(word: str) -> list[tuple[int, int]] | None:
    """Return the first and last of each range in "7", "#7", "12-15" or "7,9,12-15"; None if it is a text."""
    ranges = []
    for part in word.split(","):
        low, hyphen, high = part.removeprefix("#").partition("-")
        if not (low.isascii() and low.isdigit()) or (hyphen and not (high.isascii() and high.isdigit())):
            return None
        first, last = min(int(low), _LARGEST_ID), min(int(high or low), _LARGEST_ID)
        if last < first:
            raise UsageError(f"the range {safe(part, 40)} runs backwards", hint=f"try {last}-{first}")
        ranges.append((first, last))
    return ranges


def _range(store: Store, low: int, high: int, states: Sequence[TaskState]) -> list[int]:
    ids = sorted(item.task.id for item in store.items(states) if low <= item.task.id <= high)
    if not ids:
        raise NotFoundError(f"there is no task from {low} to {high}", hint="remind list shows the ids")
    return ids


def _by_filter(
    store: Store, words: Sequence[str], now: datetime, zone: ZoneInfo, states: Sequence[TaskState]
) -> list[int]:
    passes = filters.read(words, now=now, zone=zone)
    asked = filters.asks_for(words)
    among = states if asked == LIVE else asked
    ids = [item.task.id for item in store.items(among) if passes(candidate(item))]
    if not ids:
        line = " ".join(words)
        raise NotFoundError(f'no task passes "{safe(line, 60)}"', hint=f"remind list {safe(line, 60)}")
    return ids


def _by_text(store: Store, text: str, states: Sequence[TaskState]) -> int:
    wanted = text.casefold().strip()
    items = store.items(states)
    exact = [item for item in items if item.task.title.casefold() == wanted]
    found = exact or [item for item in items if wanted and wanted in item.task.title.casefold()]
    if not found:
        raise NotFoundError(f'no open task has "{safe(text, 60)}" in its title', hint="remind list shows them")
    if len(found) > 1:
        more = f" and {len(found) - _IN_A_LIST} more" if len(found) > _IN_A_LIST else ""
        raise AmbiguousError(
            f'"{safe(text, 60)}" means {len(found)} tasks',
            why=", ".join(f"{item.task.id} {safe(item.task.title, 40)}" for item in found[:_IN_A_LIST]) + more,
            hint="use the id",
        )
    return found[0].task.id
