"""A message as plain text for programs and services: nothing in it acts, and it is no longer than they take."""

from remindcli.channels import Message
from remindcli.core.safe import safe

TITLE_LIMIT = 200
BODY_LIMIT = 2000
NO_TITLE = "(no title)"


def title_of(message: Message) -> str:
    """Return the title in one line of at most 200 characters, never empty."""
    return safe(message.title, TITLE_LIMIT).strip() or NO_TITLE


def body_of(message: Message) -> str:
    """Return the body in its lines, at most 2,000 characters, may be empty."""
    return safe(message.body, BODY_LIMIT, newline="\n").strip()


def as_json(message: Message) -> dict[str, str]:
    """Return what programs are told of a message: key, title, body, urgency. Fields are only added."""
    return {
        "key": message.key,
        "title": title_of(message),
        "body": body_of(message),
        "urgency": str(message.urgency),
    }
