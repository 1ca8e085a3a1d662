"""What --format takes: '{id}\\t{title}', known fields and a few escapes, and nothing that runs."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from remindcli.core.safe import safe
from remindcli.errors import UsageError

_ESCAPES = {"t": "\t", "n": "\n", "0": "\0", "\\": "\\", "{": "{", "}": "}"}


class Format:
    """A line made of fields.

    Args:
        text: fields stand in braces; \\t \\n \\0 \\\\ are what they are elsewhere, {{ and }} are braces.
        fields: the names that are known.

    Attributes:
        fields: the names that it uses, in their order.

    Raises:
        UsageError: a field or an escape is not known, or a brace is left open.
    """

    def __init__(self, text: str, fields: Sequence[str]) -> None:
        self._parts: list[tuple[str, str]] = []  # literal text, and the field behind it ("" for none)
        self._read(text, fields)
        self.fields = tuple(field for _, field in self._parts if field)
        last, field = self._parts[-1]
        self._has_end = not field and last.endswith(("\n", "\0"))

    def __call__(self, cells: Mapping[str, str], end: str) -> str:
        """Return the line of a record, with the end that it needs if it brings none itself."""
        line = "".join(text + (cells.get(field, "") if field else "") for text, field in self._parts)
        return line if self._has_end else line + end

    def _read(self, text: str, fields: Sequence[str]) -> None:
        literal = ""
        at = 0
        while at < len(text):
            one, two = text[at], text[at : at + 2]
            if one == "\\":
                if two[1:] not in _ESCAPES:
                    raise UsageError(f'--format does not know "{safe(two, 10)}"', hint=r"it knows \t \n \0 \\ {{ }}")
                literal += _ESCAPES[two[1:]]
                at += 2
            elif two in ("{{", "}}"):
                literal += one
                at += 2
            elif one == "{":
                name, closing, _ = text[at + 1 :].partition("}")
                if not closing:
                    raise UsageError('--format has a "{" without a "}"', hint="{{ is a brace")
                self._parts.append((literal, _known(name, fields)))
                literal = ""
                at += len(name) + 2
            elif one == "}":
                raise UsageError('--format has a "}" without a "{"', hint="}} is a brace")
            else:
                literal += one
                at += 1
        if literal or not self._parts:
            self._parts.append((literal, ""))


def _known(name: str, fields: Sequence[str]) -> str:
    if name in fields:
        return name
    raise unknown_field(name, fields)


def unknown_field(name: str, fields: Sequence[str], *, what: str = "field") -> UsageError:
    """Return the error for a field that is not there, with the nearest one."""
    near = get_close_matches(name.strip().lower(), fields, n=1, cutoff=0.5)
    return UsageError(
        f'there is no {what} "{safe(name, 40)}"',
        why=f'did you mean "{near[0]}"?' if near else "",
        hint=f"the {what}s are: " + " ".join(fields),
    )
