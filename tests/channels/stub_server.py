"""A notification server that misbehaves as it is told: `stub_server.py silent|angry|vanishing|plain|late LOG`.

It owns the real name on a real bus, answers what a client asks first, and then, at Notify: silent never answers,
angry answers with an error, vanishing ends, plain takes the message and writes its body to LOG (it has no markup); late
answers the first message when it is asked for its capabilities again, and writes what the next one replaces to LOG.
"""

import sys
from pathlib import Path
from typing import Any

from jeepney import HeaderFields, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from remindcli.channels.notification_server import NAME


def main(kind: str, log: Path) -> None:
    """Serve until the connection ends."""
    with open_dbus_connection() as bus:
        bus.send_and_get_reply(message_bus.RequestName(NAME))
        waiting: list[Any] = []
        is_first = True
        while True:
            call = bus.receive()
            if call.header.message_type is not MessageType.method_call:
                continue
            member = call.header.fields[HeaderFields.member]
            if waiting and member == "GetCapabilities":
                bus.send(new_method_return(waiting.pop(), "u", (7,)))
            if kind == "late" and member == "Notify" and is_first:
                is_first = False
                waiting.append(call)
            else:
                answer(bus, call, kind, log)


def answer(bus: DBusConnection, call: Any, kind: str, log: Path) -> None:
    """Send the answer that such a server gives, if any."""
    member = call.header.fields[HeaderFields.member]
    if member == "GetServerInformation":
        bus.send(new_method_return(call, "ssss", ("stub", "remindcli", "1", "1.2")))
    elif member == "GetCapabilities":
        bus.send(new_method_return(call, "as", (["body"],)))
    elif member == "Notify" and kind == "plain":
        log.write_text(call.body[4])
        bus.send(new_method_return(call, "u", (7,)))
    elif member == "Notify" and kind == "late":
        log.write_text(str(call.body[1]))
        bus.send(new_method_return(call, "u", (7,)))
    elif member == "Notify" and kind == "angry":
        bus.send(new_error(call, f"{NAME}.MaxNotificationsExceeded", "s", ("too many",)))
    elif member == "Notify" and kind == "vanishing":
        sys.exit()
    elif member == "Notify":
        log.touch()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
