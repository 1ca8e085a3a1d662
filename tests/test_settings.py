"""The table of settings writes its own page."""

import json
import os
from pathlib import Path

from remindcli.channel_tables import KINDS
from remindcli.channels import registry
from remindcli.settings import TABLE, Setting, load

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = """# Settings

They stand in `~/.config/remindcli/config.toml` (`$XDG_CONFIG_HOME`, or the file that `REMIND_CONFIG` names); each can
be set for one command as `REMIND_` and its name in capitals. A name or a value that is wrong is an error that says
where it stands. `remind config list` says where each value comes from, `remind config set` writes one and keeps your
comments, `remind config edit` opens the file. A daemon that runs reads them anew when the file changes, or on SIGHUP.

A file that names a command or an address (`on_failure`, `heartbeat_url`, a channel) must not be writable by others.

| setting | default | what it does |
|---|---|---|
"""


_CHANNELS = """
## Channels

`desktop` and `terminal` are there without a word. Others are tables of the file, under a name of yours with a kind, or
under the name of the kind; `channels` and `--channel` then take their names. There is no `REMIND_*` for these.

```toml
channels = ["desktop", "phone"]

[channel.phone]
kind = "ntfy"
topic = "env:REMIND_TOPIC"
```

An option that is secret is written as where it stands: `env:NAME`, `keyring:SERVICE/USER` or `file:PATH` (0600); as it
is only in a config.toml that nobody else may read (`chmod 600`). What each channel does: [channels.md](channels.md).
"""


def page() -> str:
    """Return the page that the table gives."""
    rows = (f"| `{one.name}` | `{_as_written(one.default)}` | {one.help} |\n" for one in TABLE)
    return _HEAD + "".join(rows) + _CHANNELS + "".join(map(_channel, KINDS))


def _channel(kind: str) -> str:
    """Return the table of a kind of channel; "" for one without options."""
    options = registry.options_of(kind)
    rows = "".join(f"| `{one.name}` | {_default(one)} | {one.help} |\n" for one in options)
    return f"\n### {kind}\n\n| option | default | what it is |\n|---|---|---|\n{rows}" if rows else ""


def _default(one: Setting) -> str:
    said = "(needed)" if one.is_required else f"`{_as_written(one.default)}`"
    return said + ", secret" * one.is_secret


def _as_written(default: object) -> object:
    if isinstance(default, list) and default:
        return json.dumps(default)
    return str(default).lower() if isinstance(default, bool) else default or "—"


def test_the_page_is_what_the_table_says() -> None:
    if os.environ.get("REMIND_WRITE"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: REMIND_WRITE=1 pytest tests/test_settings.py"


def test_a_variable_goes_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert load(file, {}).origins["snooze_minutes"] == "default"
    file.write_text("snooze_minutes = 5")
    assert (load(file, {}).number("snooze_minutes"), load(file, {}).origins["snooze_minutes"]) == (5, f"{file}:1")
    over = load(file, {"REMIND_SNOOZE_MINUTES": "7"})
    assert (over.number("snooze_minutes"), over.origins["snooze_minutes"]) == (7, "REMIND_SNOOZE_MINUTES")
