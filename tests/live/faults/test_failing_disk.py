"""A disk that fails, or is full, at any system call: never a success that was not, and never the end of the store."""

from pathlib import Path

import pytest
from tests.live.faults.conftest import Tell
from tests.live.faults.lab import LOCKING, NAMING, READING, WRITING, Call, Dump, Lab, Ran, Step, dump, sample
from tests.live.faults.scenes import COMMANDS, TICK, make, stages

NAMES = (*WRITING, *NAMING, *LOCKING, *READING)
NEXT = Step(("add", "afterwards", "tomorrow", "9am"))
MOST_IN_SHORT = 12


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("name", [*COMMANDS, "tick"])
def test_a_failing_call_is_said_and_ends_nothing(name: str, error: str, lab: Lab, tell: Tell) -> None:
    scene, source = (TICK if name == "tick" else COMMANDS[name]), None
    with lab.store() as made:
        if not scene.is_new:
            made.parent.mkdir()
            make(scene, made)
            source = made
        allowed = None if name == "tick" else stages(lab, scene, source)
        calls: list[Call] = []
        for held in ("start", "send") if name == "tick" else ("start",):
            with lab.store(source) as db:
                _, found = lab.calls(db, scene.step, NAMES, held=held)
                main = found[0].text.split()[0]
                calls += [call for call in found if held == "send" or call.text.split()[0] == main]
        tried = sample(calls, MOST_IN_SHORT)
        wrong = []
        for call in tried:
            with lab.store(source) as db:
                number = db.stat().st_ino if source else 0
                ran = lab.break_at(db, scene.step, call, f"error={error}", NAMES)
                fault = _fault(ran, db, allowed, number) or _fault_of_next(lab, db)
                if fault:
                    wrong.append(f"{fault}: {call}\n{ran.status} {ran.out}{ran.err}")
    tell(f"{error} in {name!r}: {len(tried)} of {len(calls)} points")
    assert not wrong, "\n\n".join(wrong)


def _fault(ran: Ran, db: Path, allowed: list[Dump | None] | None, number: int) -> str:
    """Return what is wrong after a failed call, or ""."""
    if "INJECTED" not in ran.log:
        return "the call was not reached"
    if ran.status not in (0, 1) or "Traceback" in ran.err:
        return f"ended with {ran.status}"
    if ran.status == 1 and "error:" not in ran.err:
        return "an error without a word"
    if number and (not db.exists() or db.stat().st_ino != number):
        return "the file was made anew"
    left = dump(db)
    if allowed is None:
        return ""
    if left not in allowed:
        return "half a change"
    if ran.status == 0 and left != allowed[-1]:
        return "a success that was not"
    if ran.status == 1 and ran.out:
        return "told as done, and as failed"
    if ran.status == 1 and left == allowed[-1] and "nothing was changed" in ran.err:
        return "said that nothing was changed, and it was"
    return ""


def _fault_of_next(lab: Lab, db: Path) -> str:
    following = lab.run(db, NEXT)
    return "" if following.status == 0 else f"the next command fails ({following.err})"
