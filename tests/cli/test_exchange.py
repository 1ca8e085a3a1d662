"""Tasks carried from one store to another: everything of them, all or none, and never twice."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cli.conftest import Remind, rows
from tests.cli.living import live_until
from tests.conftest import FakeChannel

from remindcli.cli import main
from remindcli.errors import UsageError
from remindcli.exchange import lines

UID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def other(remind: Remind, tmp_path: Path) -> Remind:
    """Return a second store, on the same clock."""
    made = Remind(tmp_path / "other")
    made.clock = remind.clock
    made.db.parent.mkdir(parents=True)
    return made


def carried(remind: Remind, other: Remind, words: str = "") -> str:
    """Export from one store, import into the other; return what it says."""
    file = other.db.parent / "tasks.jsonl"
    file.write_text(remind.out(f"export {words}"), encoding="utf-8")
    return other.out("import", str(file))


def test_everything_of_a_task_is_the_same_in_the_other_store(remind: Remind, other: Remind) -> None:
    remind.out("add call bob tomorrow 5pm +work @office p1 -a 1d -a 0 --note", "a line\nanother \u201cline\u201d")
    remind.out("add pay rent every month on the 31st 9am --tz America/New_York --nag")
    remind.out("add water the plants 3 days after done")
    remind.out("add stand up every day 10am --catch-up all")
    remind.out("add read a book")
    remind.out("add file taxes friday")
    remind.out("move bob friday")
    remind.out("pause rent")
    remind.out("done stand")
    assert carried(remind, other) == "imported 6 tasks\n"
    assert other.out("export") == remind.out("export")
    beside = {"modified_at", "rings_at", "next_due"}

    def seen(one: Remind) -> list[dict[str, object]]:
        return [{k: v for k, v in task.items() if k not in beside} for task in json.loads(one.out("list --json"))]

    assert seen(other) == seen(remind)


def test_what_is_brought_in_rings_as_it_would_have(remind: Remind, other: Remind) -> None:
    remind.out("add call bob 10am -a 30m -a 0")
    remind.out("add stand up every day 11am")
    remind.out("add the rent every month on the 25th 9am -a 40d")
    carried(remind, other)
    channel = FakeChannel(other.clock)
    told = live_until(other, channel, "2026-11-25 12:00")
    assert [(other.clock.wall(one.at), one.title) for one in told if "rent" not in one.title] == [
        ("2026-11-24 09:30", "call bob"),
        ("2026-11-24 10:00", "call bob"),
        ("2026-11-24 11:00", "stand up"),
        ("2026-11-25 11:00", "stand up"),
    ]


def test_what_passed_on_the_way_is_caught_up_with(remind: Remind, other: Remind) -> None:
    remind.out("add stand up every day 10am")
    text = remind.out("export")
    remind.clock.set("2026-11-27 12:00")
    (other.db.parent / "t").write_text(text, encoding="utf-8")
    other.out("import t")
    assert rows(other.out("list"))[0][1] == "2026-11-27T10:00:00+01:00"


def test_a_second_import_changes_nothing_and_undo_takes_the_first_back(remind: Remind, other: Remind) -> None:
    remind.out("add one +a")
    remind.out("add two tomorrow")
    carried(remind, other)
    before = other.out("list --json")
    assert carried(remind, other) == "imported 0 tasks; 2 tasks were there already\n"
    assert other.out("list --json") == before
    other.out("undo")
    assert other.out("list") == ""
    other.out("redo")
    assert other.out("list --json") == before
    assert other.out("add -q three") == "3\n"


def test_done_ones_are_carried_where_they_are_asked_for(remind: Remind, other: Remind) -> None:
    remind.out("add one today")
    remind.out("add two")
    remind.out("done one")
    carried(remind, other)
    assert other.out("list -q") == "1\n"
    assert carried(remind, other, "is:done") == "imported 1 task\n"
    assert rows(other.out("list is:done"))[0][3] == "one"


def test_commands_folders_and_channels_stay_where_they_are(remind: Remind, other: Remind) -> None:
    remind.out("add back up today --channel terminal --run", "rm -rf /")
    text = remind.out("export")
    assert "rm -rf" not in text
    forged = {**json.loads(text), "channels": ["terminal"], "conditions": {"run": "rm -rf /"}, "here": "/"}
    (other.db.parent / "t").write_text(json.dumps(forged), encoding="utf-8")
    other.out("import t")
    found = json.loads(other.out("list --json"))[0]
    assert found["channels"] == []
    assert "rm -rf" not in other.out("show 1")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uid", "7"),
        ("title", ""),
        ("title", 7),
        ("title", "x" * 2000),
        ("title", "nul \0"),
        ("tags", "a"),
        ("tags", ["a b"]),
        ("tags", [7]),
        ("priority", 9),
        ("priority", True),
        ("state", "deleted"),
        ("state", "gone"),
        ("alerts", ["soon"]),
        ("alerts", [10**30]),
        ("day_alerts", [[1]]),
        ("day_alerts", [[10**6, "09:00"]]),
        ("nag", "5m"),
        ("catch_up", "never"),
        ("created_at", "2026-11-24"),
        ("rule", []),
        ("rule", {"dtstart": "tomorrow"}),
        ("rule", {"dtstart": "2026-11-24T09:00:00+01:00"}),
        ("rule", {"dtstart": "2026-11-24T09:00:00", "zone": "Europe"}),
        ("rule", {"dtstart": "2026-11-24T09:00:00", "zone": "../etc/passwd"}),
        ("rule", {"dtstart": "2026-11-24T09:00:00", "rrule": "FREQ=NEVER"}),
        ("rule", {"dtstart": "2026-11-24T09:00:00", "rrule": 7}),
        ("standing", {"planned_for": "2026-11-24T09:00:00"}),
        ("standing", 7),
    ],
)
@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_one_wrong_line_and_nothing_is_imported(field: str, value: object, remind: Remind) -> None:
    remind.db.parent.mkdir(exist_ok=True)
    good = {"uid": UID, "title": "good"}
    wrong = {"uid": UID.replace("1", "9"), "title": "wrong", field: value}
    file = remind.db.parent / "t"
    file.write_text(json.dumps(good) + "\n" + json.dumps(wrong) + "\n", encoding="utf-8")
    said = remind("import t")
    assert (said.status, said.out) == (2, ""), said.err
    assert "error: line 2: " in said.err
    assert remind.out("list") == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "the line is no JSON"),
        ("[" * 100_000, "the line is no JSON"),
        ("7", "the line is no task"),
        ('{"title": "no uid"}', "the line is no task"),
    ],
)
def test_a_line_that_is_no_task_is_refused(text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        lines.read(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from([*json.loads(lines.write(lines.read(json.dumps({"uid": UID}))))]), JSON))
def test_whatever_stands_in_a_line_is_a_task_or_a_clear_error(fields: dict[str, object]) -> None:
    try:
        task = lines.read(json.dumps({"uid": UID, **fields}))
    except UsageError:
        return
    assert lines.read(lines.write(task)) == task


@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_the_lines_that_can_be_used_come_in_where_that_is_asked_for(remind: Remind) -> None:
    remind.db.parent.mkdir(exist_ok=True)
    text = json.dumps({"uid": UID, "title": "good"}) + "\n{\n"
    (remind.db.parent / "t").write_text(text, encoding="utf-8")
    said = remind("import --partial t")
    assert (said.status, said.out) == (0, "imported 1 task\n")
    assert said.err.startswith("left out: line 2: the line is no JSON")
    assert json.loads(remind.out("import --partial --json t"))["left_out"] == 1


def test_a_dry_run_writes_nothing_and_a_missing_file_is_said(remind: Remind) -> None:
    remind.out("add one")
    file = remind.db.parent / "t"
    file.write_text(json.dumps({"uid": UID, "title": "two"}), encoding="utf-8")
    assert remind.out("import -n t") == "would import 1 task\n"
    assert json.loads(remind.out("import --json t")) == {"imported": 1, "known": 0, "read": 1, "left_out": 0}
    assert remind("import nowhere").status == 1
    file.write_bytes(b"\xff\xfe")
    assert "can't read" in remind("import t").err


@pytest.mark.parametrize("remind", ["cold"], indirect=True)
def test_from_standard_input(remind: Remind) -> None:
    remind.db.parent.mkdir(exist_ok=True)
    out, err = io.StringIO(), io.StringIO()
    world = remind.environment(out, err, terminal=False, width=80)
    world.stdin = io.StringIO(json.dumps({"uid": UID, "title": "two"}) + "\n\n")
    assert main(["import", "-"], world) == 0
    assert out.getvalue() == "imported 1 task\n"
