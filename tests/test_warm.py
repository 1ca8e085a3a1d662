"""What the warm process keeps between two commands: a store that stays open, and is still the file as it is now."""

import shutil
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from tests.conftest import FakeClock

from remindcli import client
from remindcli.store.asked import NewTask
from remindcli.store.store import Store
from remindcli.warm.answering import KeptStores
from remindcli.warm.parts import Saying


@pytest.fixture
def stores() -> Iterator[KeptStores]:
    """Return stores that are given up at the end."""
    kept = KeptStores()
    yield kept
    kept.give_up()


def titles(stores: KeptStores, path: Path, clock: FakeClock) -> list[str]:
    store = stores.open(path, clock, all_day_at=time(9))
    try:
        return [item.task.title for item in store.items()]
    finally:
        stores.close(store)


def test_a_store_that_stays_open_shows_what_another_program_wrote(
    stores: KeptStores, folder: Path, clock: FakeClock
) -> None:
    path = folder / "remind.db"
    other = Store(path, clock)
    other.add(NewTask("one", None))
    assert titles(stores, path, clock) == ["one"]
    other.add(NewTask("two", None))
    assert titles(stores, path, clock) == ["one", "two"]
    other.close()


def two_stores(folder: Path, clock: FakeClock) -> tuple[Path, Path]:
    """Return the store in use, with the task "here", and another one with "elsewhere"."""
    path, other = folder / "remind.db", folder / "other.db"
    for file, title in ((path, "here"), (other, "elsewhere")):
        store = Store(file, clock)
        store.add(NewTask(title, None))
        store.close()
    return path, other


def test_a_store_that_stays_open_shows_the_file_that_was_copied_over_it(
    stores: KeptStores, folder: Path, clock: FakeClock
) -> None:
    """Two files with as many transactions: SQLite, which looks at their number, would take one for the other."""
    path, other = two_stores(folder, clock)
    assert titles(stores, path, clock) == ["here"]
    inode = path.stat().st_ino
    shutil.copyfile(other, path)
    assert path.stat().st_ino == inode
    assert titles(stores, path, clock) == ["elsewhere"]


def test_a_store_that_stays_open_is_not_written_where_another_file_took_its_place(
    stores: KeptStores, folder: Path, clock: FakeClock
) -> None:
    path, other = two_stores(folder, clock)
    assert titles(stores, path, clock) == ["here"]
    other.replace(path)
    assert titles(stores, path, clock) == ["elsewhere"]


def test_lines_travel_together_and_in_their_order() -> None:
    parts: list[tuple[int, bytes]] = []
    saying = Saying(lambda kind, payload: parts.append((kind, payload)))
    for kind, payload in ((client.OUT, b"a\n"), (client.OUT, b"b\n"), (client.ERR, b"c\n"), (client.OUT, b"d\n")):
        saying.write(kind, payload)
    saying.flush()
    assert parts == [(client.OUT, b"a\nb\n"), (client.ERR, b"c\n"), (client.OUT, b"d\n")]
    saying.write(client.OUT, b"x" * 100_000)
    assert parts[-1] == (client.OUT, b"x" * 100_000)
