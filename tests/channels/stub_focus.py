"""A desktop and a logind of which a test says what they answer: `stub_focus.py ANSWERS`, JSON.

It owns the names org.freedesktop.Notifications and org.freedesktop.login1 on the bus of DBUS_SESSION_BUS_ADDRESS as
far as ANSWERS has something of them, and answers org.freedesktop.DBus.Properties.Get alone. ANSWERS: an object of
"PATH INTERFACE MEMBER" to [signature, value]; "silent" to true answers nothing.
"""

import json
import sys
from typing import Any

from jeepney import HeaderFields, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAMES = ("org.freedesktop.Notifications", "org.freedesktop.login1")


def main(answers: dict[str, Any]) -> None:
    """Serve until the connection ends."""
    with open_dbus_connection() as bus:
        for name in NAMES:
            path = name.replace("org.freedesktop.", "/org/freedesktop/")
            if any(key.startswith(path) for key in answers) or answers.get("silent"):
                bus.send_and_get_reply(message_bus.RequestName(name))
        print("ready", flush=True)
        while True:
            call = bus.receive()
            if call.header.message_type is MessageType.method_call and not answers.get("silent"):
                answer(bus, call, answers)


def answer(bus: DBusConnection, call: Any, answers: dict[str, Any]) -> None:
    """Send what stands in the answers, else the error of a property that is not there."""
    interface, member = call.body
    found = answers.get(f"{call.header.fields[HeaderFields.path]} {interface} {member}")
    if found is None:
        bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownProperty", "s", ("no such property",)))
    else:
        signature, value = found
        value = [tuple(one) for one in value] if isinstance(value, list) else value
        bus.send(new_method_return(call, "v", ((signature, value),)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
