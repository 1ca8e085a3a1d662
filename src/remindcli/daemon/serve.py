"""Put an engine and a runner together over a store."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from uuid import uuid4

from remindcli.channels import Channel
from remindcli.channels.focus import Focus
from remindcli.clock import Clock
from remindcli.core import decide
from remindcli.core.manners import Manners
from remindcli.daemon.answers import Answers
from remindcli.daemon.companion import kept_warm
from remindcli.daemon.engine import Engine
from remindcli.daemon.hooks import ping, run_hook
from remindcli.daemon.runner import Runner
from remindcli.settings import Settings
from remindcli.store.store import Store

AHEAD = timedelta(milliseconds=100)
"""A claim's write takes about 16 ms on a disk, and more on a busy one."""


def run(
    store: Store,
    channels: Mapping[str, Channel],
    clock: Clock,
    *,
    order: Sequence[str],
    old_after: timedelta = decide.OLD_AFTER,
    manners: Manners | None = None,
    snooze: timedelta = timedelta(minutes=10),
    is_finished: Callable[[], bool] = lambda: False,
    has_changed: Callable[[], bool] = lambda: False,
    on_failure: Sequence[str] = (),
    heartbeat_url: str = "",
    is_warm: bool = False,
    history: timedelta | None = None,
) -> bool:
    """Serve a store until SIGTERM, SIGINT or `is_finished`; return whether to begin anew with other settings.

    Args:
        manners: how insistent and how quiet reminders are; None: neither nags by itself nor is ever quiet.
        snooze: how long the shorter snooze of a notification's buttons lasts.
        has_changed: whether the settings are others now.
        on_failure: a command for what was given up; empty is none.
        heartbeat_url: asked for at each heartbeat; "" is none.
        history: how long what happened is kept; None for ever.
        is_warm: whether to keep a process that answers commands (docs/start-up.md).

    Raises:
        DaemonError: another daemon serves it.
    """
    owner = f"{os.getpid()}-{uuid4().hex[:8]}"

    def on_loss(about: Mapping[str, object]) -> None:
        if on_failure:
            run_hook(on_failure, about)

    engine = Engine(
        store,
        channels,
        clock,
        order=order,
        owner=owner,
        old_after=old_after,
        ahead=AHEAD,
        manners=manners or Manners(),
        surroundings=Focus(),
        snooze=snooze,
        on_loss=on_loss,
    )
    on_beat = partial(ping, heartbeat_url) if heartbeat_url else None
    return Runner(
        store,
        engine,
        clock,
        is_finished=is_finished,
        has_changed=has_changed,
        on_beat=on_beat,
        beside=kept_warm(store.path, is_wanted=is_warm),
        answers=Answers(store, channels, engine.messages, clock),
        history=history,
    ).run()


def manners_of(settings: Settings) -> Manners:
    """Return how insistent and how quiet the settings have reminders."""
    passes = settings.text("quiet_passes")
    return Manners(
        nags=settings.spans("nag"),
        nag_times=settings.number("nag_times"),
        quiet=settings.by_day("quiet_hours"),
        least_priority=0 if passes == "none" else int(passes.removeprefix("p")),
        heeds_focus=settings.text("do_not_disturb") == "hold",
        digest_at=settings.by_day("digest_at"),
        digest_channels=settings.names("digest_channels"),
    )
