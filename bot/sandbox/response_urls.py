"""`response_url`: five answers within half an hour, to where an interaction happened."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from bot.sandbox.bounds import trim
from bot.sandbox.errors import SlackError
from bot.sandbox.state import Workspace

MAX_USES = 5
MAX_URLS = 2_000


@dataclass
class ResponseUrl:
    """Where an answer goes: the message it came from, if any, and who clicked."""

    workspace: Workspace
    channel_id: str
    user_id: str
    made_at: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class ResponseUrls:
    """The response URLs handed out so far."""

    def __init__(self, *, lifetime: float) -> None:
        self._lifetime = lifetime
        self._made: dict[str, ResponseUrl] = {}

    def make(
        self,
        workspace: Workspace,
        channel_id: str,
        user_id: str,
        *,
        message_ts: str | None = None,
        thread_ts: str | None = None,
    ) -> str:
        """Return the key of a new response URL."""
        key = secrets.token_hex(12)
        self._made[key] = ResponseUrl(
            workspace, channel_id, user_id, time.monotonic(), message_ts, thread_ts
        )
        trim(self._made, MAX_URLS)
        return key

    def use(self, key: str) -> ResponseUrl:
        """Return where an answer goes and count the use."""
        found = self._made.get(key)
        if found is None or time.monotonic() - found.made_at > self._lifetime:
            raise SlackError("expired_url")
        if found.uses >= MAX_USES:
            raise SlackError("used_url")
        found.uses += 1
        return found
