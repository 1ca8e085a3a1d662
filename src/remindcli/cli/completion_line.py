"""The words of a line as a shell means them, without what a shell would run in them."""

from remindcli.core.fields import Value

_ESCAPED_IN_DOUBLE = '$`"\\\n'


class Line(Value):
    """A line that was typed up to the cursor.

    Attributes:
        words: the whole words, the command's name first.
        current: the word at the cursor, as far as it was typed.
        quote: the quotation mark that is open at the cursor, or "".
    """

    words: tuple[str, ...]
    current: str
    quote: str


def split(text: str, *, is_one_word: bool = False) -> Line:
    """Return the words of a line: quotation marks and backslashes are read, all else stands for itself.

    Args:
        is_one_word: a blank does not end a word.
    """
    words: list[str] = []
    word: list[str] | None = None
    quote = ""
    characters = iter(text)
    for character in characters:
        if not quote and not is_one_word and character in " \t\n":
            if word is not None:
                words.append("".join(word))
            word = None
            continue
        word = [] if word is None else word
        if character == "\\" and quote != "'":
            after = next(characters, "")
            is_kept = quote == '"' and after not in _ESCAPED_IN_DOUBLE
            word.append(character + after if is_kept else after)
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        else:
            word.append(character)
    return Line(tuple(words), "".join(word or ()), quote)


def unquoted(word: str) -> str:
    """Return one word as a shell means it; an open quotation mark ends where the word does."""
    return split(word, is_one_word=True).current


def for_bash(value: str, quote: str) -> str | None:
    """Return a value as it must be typed in bash to stand for itself; None where the open quote can't hold it."""
    match quote:
        case "'":
            return None if "'" in value else value
        case '"':
            # Even in double quotes an interactive bash looks for its history behind an exclamation mark.
            return None if "!" in value else "".join(f"\\{c}" if c in '$`"\\' else c for c in value)
        case _:
            return "".join(c if c.isalnum() or not c.isascii() or c in "_./:=@%+,-" else f"\\{c}" for c in value)


def for_powershell(value: str) -> str:
    """Return a value as it must be typed in PowerShell to stand for itself."""
    is_plain = all((c.isascii() and c.isalnum()) or c in "_./:=+-" for c in value)
    return value if is_plain else "'" + "".join(c * 2 if c in "'\u2018\u2019\u201a\u201b" else c for c in value) + "'"
