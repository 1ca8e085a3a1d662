"""A desktop and a logind of which a test says what they answer: `stub_focus.py ANSWERS`, JSON.

It owns NAMES on the bus of DBUS_SESSION_BUS_ADDRESS as far as ANSWERS has something of them. ANSWERS: an object of
"PATH INTERFACE PROPERTY" to [signature, value], or "PATH INTERFACE METHOD ARGUMENT…" to [signature, values]; "silent"
to true answers nothing.
"""

import json
import sys
from typing import Any

from jeepney import HeaderFields, MessageType, message_bus, new_error, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection

NAMES = {
    "org.freedesktop.Notifications": ("/org/freedesktop/Notifications", "/org/erikreider", "/fr/emersion"),
    "org.freedesktop.login1": ("/org/freedesktop/login1",),
    "org.xfce.Xfconf": ("/org/xfce/Xfconf",),
}
"""Each name with the paths behind it."""


def main(answers: dict[str, Any]) -> None:
    """Serve until the connection ends."""
    with open_dbus_connection() as bus:
        for name, paths in NAMES.items():
            if any(key.startswith(paths) for key in answers) or answers.get("silent"):
                bus.send_and_get_reply(message_bus.RequestName(name))
        print("ready", flush=True)
        while True:
            call = bus.receive()
            if call.header.message_type is MessageType.method_call and not answers.get("silent"):
                answer(bus, call, answers)


def answer(bus: DBusConnection, call: Any, answers: dict[str, Any]) -> None:
    """Send what stands in the answers, else the error of what is not there."""
    fields = call.header.fields
    is_property = fields[HeaderFields.interface] == "org.freedesktop.DBus.Properties"
    asked = () if is_property else (fields[HeaderFields.interface], fields[HeaderFields.member])
    found = answers.get(" ".join((fields[HeaderFields.path], *asked, *call.body)))
    if found is None:
        bus.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("no such thing",)))
        return
    signature, value = found
    if is_property:
        value = [tuple(one) for one in value] if signature == "a(so)" else value
        bus.send(new_method_return(call, "v", ((signature, value),)))
    else:
        bus.send(new_method_return(call, signature, tuple(tuple(one) if signature == "v" else one for one in value)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
