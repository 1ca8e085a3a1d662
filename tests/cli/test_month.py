"""A month of somebody who is new to it: month.console is what they typed and saw. REMIND_WRITE=1 writes it anew."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Remind
from tests.cli.living import live_until
from tests.conftest import FakeChannel

TRANSCRIPT = Path(__file__).with_name("month.console")
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def channel(remind: Remind) -> FakeChannel:
    """Return the only channel that there is."""
    return FakeChannel(remind.clock)


def lived(remind: Remind, channel: FakeChannel, script: str) -> Iterator[str]:
    """Yield the lines of a transcript as they come out when its commands are typed.

    A line "$ remind ..." is typed at a terminal, "| remind ..." goes into a pipe.

    A line "@ 2026-10-12 18:00" lets time pass with a daemon, "@off ..." without one; a zone behind it is where the
    user is from then on. A line "! ..." is what reached them; "# ..." is said by the author.
    """
    for line in script.splitlines():
        mark, _, rest = line.partition(" ")
        if mark in ("@", "@off"):
            yield ""
            yield line
            wall, zone = rest[:16], rest[16:].strip() or None
            if mark == "@off" or not remind.db.exists():
                remind.clock.set(wall, zone)
                continue
            for told in live_until(remind, channel, wall, zone):
                body = told.message.body.replace("\n", " / ")
                yield f"! {remind.clock.wall(told.at)}  {told.title}" + (f": {body}" if body else "")
        elif mark == "#":
            yield line
        elif mark in ("$", "|"):
            yield line
            said = remind(rest.removeprefix("remind").strip(), terminal=mark == "$", width=100)
            shown = said.out + re.sub(r"warning: no daemon runs.*\n", "", said.err)
            shown = _UID.sub("<uid>", shown.replace(str(remind.db.parent.parent), "~"))
            yield from (one.rstrip() for one in shown.splitlines())
            if said.status:
                yield f"[{int(said.status)}]"


def test_the_month_goes_as_it_is_written_down(remind: Remind, channel: FakeChannel) -> None:
    script = TRANSCRIPT.read_text(encoding="utf-8")
    seen = "\n".join(lived(remind, channel, script)).lstrip("\n") + "\n"
    if os.environ.get("REMIND_WRITE"):
        TRANSCRIPT.write_text(seen, encoding="utf-8")
    assert seen == script, "REMIND_WRITE=1 pytest tests/cli/test_month.py, and read what changed"
