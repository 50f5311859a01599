"""What the other doors have to do from time to time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doors.callbacks import CallbackSender
from bot.doors.drafts import DraftSender
from storage.doors.intake import DoorIntake

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.app import App

CALLBACK_SECONDS = 1.0
DRAFT_SECONDS = 2.0
FORGET_SECONDS = 3600.0

Due = tuple[str, float, "Callable[[], Awaitable[object]]", bool]


def door_jobs(app: App) -> tuple[Due, ...]:
    """Each job's name, its seconds, itself, and whether only one process may do it at a time.

    Callbacks are taken one by one, so any number of processes may send them.
    """
    settings = app.settings
    sender = CallbackSender(app.store, settings.callback_private_hosts, settings.webhooks)
    return (
        ("callbacks", CALLBACK_SECONDS, sender.tick, False),
        ("door-drafts", DRAFT_SECONDS, DraftSender(app).tick, True),
        ("door-keys", FORGET_SECONDS, DoorIntake(app.store).forget, True),
    )
