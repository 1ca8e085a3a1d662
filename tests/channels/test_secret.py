"""Secrets are read where they stand, and shown nowhere."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from remindcli.channels import ChannelError, Refusal
from remindcli.channels.secret import Secret, redacted


def refusal(secret: Secret) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        secret.read()
    assert caught.value.refusal is Refusal.REFUSED
    assert caught.value.what == "a secret can't be read"
    return caught.value


def test_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(Secret("env:TEST_TOKEN")).why == "the variable TEST_TOKEN is not set"
    monkeypatch.setenv("TEST_TOKEN", "tk_1")
    assert Secret("env:TEST_TOKEN").read() == "tk_1"
    monkeypatch.setenv("TEST_TOKEN", "a\nb: c")
    assert "more than a line" in refusal(Secret("env:TEST_TOKEN")).why


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_of_a_file_that_is_the_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "token"
    assert "No such file" in refusal(Secret(f"file:{file}")).why
    file.write_text("tk_2\n")
    file.chmod(0o644)
    error = refusal(Secret(f"file:{file}"))
    assert (error.permanent, error.hint) == (True, f"chmod 600 {file}")
    file.chmod(0o600)
    assert Secret(f"file:{file}").read() == "tk_2"
    file.write_bytes(b"\xff\xfe")
    refusal(Secret(f"file:{file}"))
    file.write_text("")
    assert "empty" in refusal(Secret(f"file:{file}")).why
    refusal(Secret(f"file:{tmp_path}"))
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "empty" in refusal(Secret(f"file:{tmp_path / 'pipe'}")).why, "it does not wait for a writer"


def test_of_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    error = refusal(Secret("keyring:remind/ann"))
    assert (error.permanent, error.hint) == (True, 'pip install "remindcli[keyring]"')
    # The library needs a desktop session: here stands something that answers as it does.
    library = ModuleType("keyring")
    monkeypatch.setitem(sys.modules, "keyring", library)
    kept = {("remind", "ann"): "tk_3"}
    monkeypatch.setattr(library, "get_password", lambda service, user: kept.get((service, user)), raising=False)
    assert Secret("keyring:remind/ann").read() == "tk_3"
    assert refusal(Secret("keyring:remind/bob")).hint == "keyring set remind bob"

    def locked(_service: str, _user: str) -> str:
        raise RuntimeError("the wallet with tk_3 is locked")

    monkeypatch.setattr(library, "get_password", locked)
    error = refusal(Secret("keyring:remind/ann"))
    assert not error.permanent
    assert "tk_3" not in f"{error.why} {error.hint}"


def test_it_never_prints() -> None:
    assert f"{Secret('tk_4')} {Secret('tk_4')!r}" == "Secret([secret]) Secret([secret])"
    assert str([Secret("env:A")]) == "[Secret(env:A)]"


@pytest.mark.parametrize(
    ("text", "hidden", "seen"),
    [
        ("bad token tk_12345", ["tk_12345"], "bad token [secret]"),
        ("GET /a%20b/c?x", ["a b/c"], "GET /[secret]?x"),
        ("tk_1234 and tk_12345678", ["tk_1234", "tk_12345678"], "[secret] and [secret]"),
        ("a short one", ["o", "", "on"], "a short one"),
    ],
)
def test_redacted(text: str, hidden: list[str], seen: str) -> None:
    assert redacted(text, hidden) == seen
