"""Which channels there are."""

import subprocess
import sys

import pytest

from remindcli.channels.registry import available, build
from remindcli.errors import RemindError


def test_the_desktop_comes_before_the_terminal() -> None:
    assert list(available()) == list(build()) == ["desktop", "terminal"]


@pytest.mark.parametrize("name", list(available()))
def test_each_declares_its_name_and_an_end(name: str) -> None:
    channel = available()[name]
    assert channel.name == name
    assert 0 < channel.timeout_seconds < 30


def test_the_order_is_the_names_order() -> None:
    assert list(build(["terminal", "desktop"])) == ["terminal", "desktop"]
    assert list(build(["terminal"])) == ["terminal"]
    assert list(build([])) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [("destkop", 'did you mean "desktop"?'), ("Terminal", 'did you mean "terminal"?'), ("", ""), ("ntfy", "")],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(RemindError) as caught:
        build(["desktop", name])
    assert str(caught.value) == f'there is no channel "{name}"'
    assert caught.value.why == "the channels are desktop, terminal"
    assert caught.value.hint == hint


def test_importing_the_channels_loads_neither_plyer_nor_jeepney() -> None:
    script = "import remindcli.channels.registry, sys; print({'plyer', 'jeepney', 'difflib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
