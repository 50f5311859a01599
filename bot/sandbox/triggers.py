"""Trigger ids: they open one view, within three seconds."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from bot.sandbox.bounds import trim
from bot.sandbox.errors import SlackError

MAX_TRIGGERS = 2_000


@dataclass
class Trigger:
    """Who clicked, when, and in which view, if any."""

    user_id: str
    made_at: float
    view_id: str | None = None
    used: bool = False


class Triggers:
    """The trigger ids handed out so far."""

    def __init__(self, *, lifetime: float) -> None:
        self.lifetime = lifetime
        self._made: dict[str, Trigger] = {}

    def make(self, user_id: str, view_id: str | None = None) -> str:
        """Return a new trigger id for someone who just clicked."""
        key = f"{secrets.randbelow(10**9)}.{secrets.randbelow(10**9)}.{secrets.token_hex(8)}"
        self._made[key] = Trigger(user_id, time.monotonic(), view_id)
        trim(self._made, MAX_TRIGGERS)
        return key

    def exchange(self, key: str) -> Trigger:
        """Return the trigger, once and in time."""
        trigger = self._made.get(key)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > self.lifetime:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger
