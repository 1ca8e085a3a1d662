"""Title and body as a desktop may get them."""

from remindcli.channels import Message
from remindcli.core.safe import ELLIPSIS, safe

TITLE_LIMIT = 200
BODY_LIMIT = 2000
WINDOWS_TITLE_UNITS = 63
WINDOWS_BODY_UNITS = 255
NO_TITLE = "(no title)"


def texts(message: Message, *, platform: str = "linux", has_markup: bool = False) -> tuple[str, str]:
    """Return title and body as they may be handed to the platform.

    Args:
        message: plain text from outside.
        platform: as in sys.platform.
        has_markup: the server reads the body as markup; the title is never markup.
    """
    title = safe(message.title, TITLE_LIMIT).strip() or NO_TITLE
    body = safe(message.body, BODY_LIMIT, newline="\n")
    if platform == "win32":
        return cut_units(title, WINDOWS_TITLE_UNITS), cut_units(body, WINDOWS_BODY_UNITS)
    if has_markup:
        body = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return title, body


def cut_units(text: str, units: int) -> str:
    """Return at most so many UTF-16 units of the text, with an ellipsis where something is left out."""
    if len(text.encode("utf-16-le")) <= 2 * units:
        return text
    return text.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore") + ELLIPSIS
