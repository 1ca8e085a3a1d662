"""What `safe` lets through, as a table."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindcli.core.safe import cut, safe

SAFE = [
    ("pay rent", "pay rent"),
    ("", ""),
    ("[red] milk [/]", "[red] milk [/]"),
    ("<b>&amp;", "<b>&amp;"),
    ("-h", "-h"),
    ("100 %s $(date) `id` \\n", "100 %s $(date) `id` \\n"),
    ("a\x00b", "a␀b"),
    ("a\tb", "a b"),
    ("a\nb", "a⏎b"),
    ("a\r\nb\rc\u2028d\x85e", "a⏎b⏎c⏎d⏎e"),
    ("\x1b]0;pwned\x07", "␛]0;pwned␇"),
    ("\x1b[31mred", "␛[31mred"),
    ("\x9b31mred", "\ufffd31mred"),
    ("del\x7f", "del␡"),
    ("evil\u202egpj.exe", "evil\ufffdgpj.exe"),
    ("\u2066isolated\u2069", "\ufffdisolated\ufffd"),
    ("pay\u200b re\u00adnt\ufeff\u200e", "pay rent"),
    ("half \udc80 surrogate", "half \ufffd surrogate"),
    ("grüße 東京 שלום", "grüße 東京 שלום"),
    ("cafe\u0301", "cafe\u0301"),
    ("🎉 👩\u200d👩\u200d👧 ❤\ufe0f", "🎉 👩\u200d👩\u200d👧 ❤\ufe0f"),
    ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001
    ("a\u200db\u200c", "ab"),
    ("東\u200d\u200d\u200d京", "東\u200d京"),
    ("\u200d", ""),
    ("\U000e0041tag", "tag"),
    ("no\u00a0break", "no\u00a0break"),
]


@pytest.mark.parametrize(("text", "expected"), SAFE, ids=[ascii(text) for text, _ in SAFE])
def test_safe(text: str, expected: str) -> None:
    assert safe(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("pay rent", 8, "pay rent"),
        ("pay rent", 5, "pay …"),
        ("pay rent", 1, "…"),
        ("pay rent", 0, ""),
        ("cafe\u0301s", 5, "caf…"),
        ("👩\u200d👩\u200d👧", 3, "👩…"),
        ("é" * 3, 3, "ééé"),
    ],
)
def test_cut(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


def test_lines_are_kept_on_request() -> None:
    assert safe("a\r\nb\nc\x1b", newline="\n") == "a\nb\nc␛"


def test_a_megabyte_of_what_is_never_seen_costs_little_and_is_still_cut() -> None:
    assert safe("\u200b" * 1_000_000 + "end", 10) == ELLIPSIS
    assert safe("x" * 100_000 + "\x1b", 10) == "x" * 9 + ELLIPSIS


ELLIPSIS = "…"
FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}


@given(st.text(st.characters()), st.integers(0, 50))
def test_nothing_that_acts_passes_whatever_comes(text: str, limit: int) -> None:
    result = safe(text, limit)
    assert len(result) <= limit
    assert not [c for c in result if unicodedata.category(c) in FORBIDDEN or "\u202a" <= c <= "\u202e"]
    result.encode()


@given(st.text(st.characters()))
def test_safe_text_is_left_as_it_is(text: str) -> None:
    assert safe(safe(text)) == safe(text)
