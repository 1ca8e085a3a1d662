"""A systemd user unit: started at login, watched, started again after a crash."""

from pathlib import PurePath

from remindcli.daemon.autostart.start import LoginStart, Start

UNIT = "remindcli.service"

# After, not Wants or PartOf: a session without graphical-session.target (a terminal, a lingering user) has reminders
# too. KillMode=mixed: SIGTERM goes to the daemon alone, which lets the notification on its way finish.
# No hardening that needs name spaces or changes what the bus and the terminals look like: a user manager often can't,
# and the hooks of a user run in here.
_TEXT = """\
# Written by: remind daemon install. Change it with: systemctl --user edit {unit}
[Unit]
Description=Reminders (remindcli)
After=graphical-session.target dbus.socket
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=notify
{environment}ExecStart=:{command}
Restart=on-failure
RestartSec=2
RestartPreventExitStatus={never_again}
WatchdogSec=120
KillMode=mixed
OOMPolicy=continue
TimeoutStopSec=30
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
UMask=0077

[Install]
WantedBy=default.target
"""
_NEVER_AGAIN = "2 75"  # unreadable settings; a daemon serves the store already


def describe(start: Start, config: PurePath) -> LoginStart:
    """Return the unit under the user's folder of settings."""
    folder = config / "systemd" / "user"
    environment = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in start.variables.items())
    # systemd takes no program with one of these in its path, however it is quoted ("special characters").
    through = ("/usr/bin/env",) if set(start.program[0]) & set("\"'\\") else ()
    command = " ".join(map(_quoted, (*through, *start.program, *start.arguments)))
    text = _TEXT.format(unit=UNIT, environment=environment, command=command, never_again=_NEVER_AGAIN)
    return LoginStart(
        name="systemd user unit",
        file=folder / UNIT,
        text=text,
        prepare=(_systemctl("daemon-reload"),),
        enable=(_systemctl("enable", "--now", UNIT),),
        disable=(_systemctl("disable", "--now", UNIT),),
        forget=(_systemctl("daemon-reload"),),
        start=_systemctl("start", UNIT),
        link=folder / "default.target.wants" / UNIT,
    )


def _systemctl(*arguments: str) -> tuple[str, ...]:
    return ("systemctl", "--user", *arguments)


def _quoted(word: str) -> str:
    """Return the word for a unit file (systemd.service(5), "Command lines"); `:` before it leaves `$` alone."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'
