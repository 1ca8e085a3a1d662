"""Text from outside, made harmless for a person's terminal, log line or notification."""

import unicodedata

ELLIPSIS = "…"
SUBSTITUTE = "\N{REPLACEMENT CHARACTER}"
RETURN_SIGN = "⏎"

_JOINERS = "\u200c\u200d"


def _table() -> dict[int, str]:
    """Return what stands for each character that must not pass."""
    table = {code: chr(0x2400 + code) for code in range(0x20)}  # the control pictures: ␀ … ␛ …
    table[0x7F] = "␡"
    table[ord("\t")] = " "
    table |= dict.fromkeys(range(0x80, 0xA0), SUBSTITUTE)  # C1: 0x9b alone is a CSI to some terminals
    table |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), SUBSTITUTE)  # they turn text round
    table |= dict.fromkeys(range(0xD800, 0xE000), SUBSTITUTE)
    table |= dict.fromkeys((*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF), SUBSTITUTE)
    # Never visible, so nothing is lost: soft hyphen, marks of direction, zero width, annotations, tags.
    table |= dict.fromkeys((0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF), "")
    table |= dict.fromkeys((*range(0x2060, 0x2066), *range(0x206A, 0x2070), *range(0xFFF9, 0xFFFC)), "")
    table |= dict.fromkeys(range(0xE0000, 0xE0080), "")
    table |= dict.fromkeys(map(ord, "\n\r\u0085\u2028\u2029"), "\n")
    return table


_TABLE = _table()


def safe(text: str, limit: int | None = None, *, newline: str = RETURN_SIGN) -> str:
    """Return text in which nothing acts on the place where it is shown.

    What would act (controls, escape sequences, overrides of direction, surrogates) is replaced by a sign that
    can be seen; what could never be seen (zero width) is left out; letters, emoji and combining marks stay.

    Args:
        text: anything at all.
        limit: the most characters to return; a longer text ends in an ellipsis.
        newline: what stands for a line end of any kind; `"\\n"` keeps the lines.
    """
    if not text.isprintable():
        # A line's worth of what is dropped may precede what is kept; beyond that, do not work on 100 MB.
        if limit is not None and len(text) > 8 * limit + 4096:
            text = text[: 8 * limit + 4096] + ELLIPSIS
        text = _without_controls(text, newline)
    return text if limit is None else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Return at most limit characters, the last of them an ellipsis where something is left out."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = limit - 1
    # Do not take the accent from a letter, nor half an emoji; but a column of marks is no letter.
    for back in range(min(end, 16)):
        if not _continues(text[end - back]):
            end -= back
            break
    return text[:end].rstrip(_JOINERS) + ELLIPSIS


def _continues(character: str) -> bool:
    """Return whether the character belongs to the one before it."""
    return character in _JOINERS or unicodedata.category(character) in {"Mn", "Me", "Mc"}


def _without_controls(text: str, newline: str) -> str:
    """Return the text with each control character replaced."""
    text = text.replace("\r\n", "\n").translate(_TABLE).replace("\n", newline)
    if not any(joiner in text for joiner in _JOINERS):
        return text
    # A joiner makes one emoji of several, and shapes Persian and Hindi; beside ASCII it only hides.
    kept: list[str] = []
    for character in text:
        if character in _JOINERS and (not kept or kept[-1].isascii() or kept[-1] in _JOINERS):
            continue
        kept.append(character)
    return "".join(kept)
