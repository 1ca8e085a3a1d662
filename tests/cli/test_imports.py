"""Start-up is a feature: what a command does not use is not imported. Asked of a fresh interpreter each time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROBE = """
import io, json, sys
from pathlib import Path
from remindcli.clock import SystemClock
from remindcli.cli import main
from remindcli.cli.environment import Environment
argv, db = json.loads(sys.argv[1]), sys.argv[2]
out, err = io.StringIO(), io.StringIO()
world = Environment(io.StringIO(), out, err, False, False, False, 80, {"HOME": db, "REMIND_DB": db + "/r.db"},
                    SystemClock(), Path(db))
status = main(argv, world)
assert status == 0, err.getvalue()
print(json.dumps(sorted(sys.modules)))
"""
_HEAVY = {
    "apscheduler",
    "plyer",
    "rich",
    "dateutil.parser",
    "sqlalchemy",
    "platformdirs",
    "jeepney",
    "pydantic",
    "textual",
    "icalendar",
    "remindcli.drafting",
}


def modules_after(code: str, *arguments: str) -> set[str]:
    """Return the modules that a fresh interpreter has imported."""
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(run.stdout))


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    loaded = modules_after("import json, sys, remindcli.cli; print(json.dumps(sorted(sys.modules)))")
    assert not loaded & {*_HEAVY, "typer", "dateutil", "remindcli.store.store"}


def test_the_time_language_stands_on_re_and_datetime() -> None:
    loaded = modules_after("import json, sys, remindcli.core.when; print(json.dumps(sorted(sys.modules)))")
    assert not loaded & {"dataclasses", "typing", "inspect", "zoneinfo", "dateutil", "remindcli.core.recurrence"}


@pytest.mark.parametrize(
    ("argv", "allowed"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["add", "call bob tomorrow 5pm"], {"sqlalchemy", "remindcli.drafting"}),
        (["list"], {"sqlalchemy"}),
        (["--json", "list"], {"sqlalchemy"}),
        (["export"], {"sqlalchemy"}),
        (["export", "--ics"], {"sqlalchemy", "icalendar"}),
        (["completion", "bash"], set()),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_only_what_it_uses(tmp_path: Path, argv: list[str], allowed: set[str]) -> None:
    loaded = modules_after(_PROBE, json.dumps(argv), str(tmp_path))
    assert loaded & _HEAVY == allowed


_KEY_PRESS = """
import sys
before = set(sys.modules)
from remindcli.cli import main
from remindcli.cli.environment import of_process
assert main(["__complete", "bash", "63", "", "remind done "], of_process()) == 0
loaded = sorted(set(sys.modules) - before)
import json
print(json.dumps(loaded))
"""


def test_a_key_press_loads_no_paths_and_no_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMIND_DB", str(tmp_path / "r.db"))
    loaded = modules_after(_KEY_PRESS)
    assert "remindcli.store.glance" in loaded
    assert not loaded & {*_HEAVY, "pathlib", "re", "typing", "dataclasses", "json", "remindcli.settings"}
