"""The power is cut at any moment: whatever of the unsynced writes is on the disk, all that was told as done is kept."""

import hashlib
import random
import shutil
from datetime import timedelta
from pathlib import Path

from tests.conftest import FakeClock
from tests.live.faults.conftest import Tell
from tests.live.faults.disk import RECORDED, Disk, Files, Op, read_log
from tests.live.faults.lab import IS_FULL, NOON, Dump, Lab, Step, dump

from remindcli.store.store import Store

RUN = (
    Step(("add", "buy bread daily 9am +shop")),
    Step(("add", "call bob 6pm")),
    Step(("snooze", "2", "20m")),
    Step(("done", "2")),
    Step(("undo",)),
    Step(None, NOON + timedelta(hours=23)),
    Step(("done", "1"), NOON + timedelta(days=4)),
    Step(("rm", "2"), NOON + timedelta(days=4)),
)
SHORT_EVERY = 6
LOTS = 4 if IS_FULL else 1


def _record(lab: Lab, db: Path) -> tuple[list[Op], list[int]]:
    """Run the commands; return what they did to the disk, and how much of it was done as each had ended."""
    ops: list[Op] = []
    ends = []
    log = ""
    for step in RUN:
        options = ("-xx", "-s", "70000", "-e", "trace=" + ",".join(f"?{name}" for name in RECORDED))
        ran = lab.run(db, step, *options)
        assert ran.status == 0, ran.err
        log += ran.log
        ops = read_log(log, str(db.parent))
        ends.append(len(ops))
    return ops, ends


def _put(files: Files, db: Path) -> None:
    shutil.rmtree(db.parent, ignore_errors=True)
    db.parent.mkdir(mode=0o700)
    for path, content in files.items():
        if path != str(db.parent):
            Path(path).write_bytes(content)


def _left(files: Files, db: Path) -> Dump | None:
    """Return what the product finds; where there is no store yet, it must be able to make one."""
    _put(files, db)
    found = dump(db)
    if found is None:
        Store(db, FakeClock(NOON)).close()
    return found


def _marks(files: Files) -> bytes:
    mark = hashlib.sha256()
    for path in sorted(files):
        mark.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return mark.digest()


def test_a_power_cut_keeps_what_was_told_as_done(lab: Lab, tell: Tell) -> None:
    with lab.store() as db:
        ops, ends = _record(lab, db)
        final = dump(db)
        tried: set[tuple[int, bytes]] = set()  # a state that was right before a command had ended may be wrong after
        chance = random.Random(4)
        seen: list[Dump | None] = [None]  # what the store was, in its order
        ended_with = [0]  # the place in `seen` of what it was as each command had ended
        waiting: list[tuple[int, Files]] = []
        disk = Disk()
        for number, op in enumerate(ops, 1):
            disk.do(op)
            is_end = number in ends
            if op.kind in ("unlink", "rename") or is_end:  # where a transaction is over, or the store is there
                whole = _left(disk.everything(), db)
                if whole != seen[-1]:
                    seen.append(whole)
            if is_end:
                _check(waiting, seen[ended_with[-1] :], db)
                waiting.clear()
                ended_with.append(len(seen) - 1)
            if not (IS_FULL or is_end or number % SHORT_EVERY == 0):
                continue
            states = [disk.only_what_is_safe(), disk.everything()]
            states += [disk.some(chance, is_torn=is_torn) for is_torn in (False, True) for _ in range(LOTS)]
            fresh = {key: files for files in states if (key := (len(ended_with), _marks(files))) not in tried}
            tried |= fresh.keys()
            waiting += [(number, files) for files in fresh.values()]
            if is_end:
                _check(waiting, seen[-1:], db)
                waiting.clear()
        assert not waiting
        assert seen[-1] == final, "the replay leaves another store than the commands did"
    tell(f"power cut: {len(tried)} states of the disk, over {len(ops)} writes, syncs and names")


def _check(states: list[tuple[int, Files]], allowed: list[Dump | None], db: Path) -> None:
    for number, files in states:
        left = _left(files, db)
        assert left in allowed, f"after operation {number}: {sorted(files)} hold what was told, or half of it, no more"
