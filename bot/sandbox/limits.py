"""Rate limits and scopes of each Web API method, as Slack publishes them."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

MINUTE = 60.0
TIER_2, TIER_3, TIER_4 = 20, 50, 100
POST_BURST = 5

METHODS: dict[str, tuple[int, tuple[str, ...]]] = {
    "agents.sessions.rename": (TIER_3, ("chat:write",)),
    "agents.sessions.setStatus": (TIER_3, ("chat:write",)),
    "apps.connections.open": (TIER_2, ()),
    "assistant.threads.setStatus": (600, ("chat:write",)),
    "assistant.threads.setSuggestedPrompts": (TIER_4, ("assistant:write",)),
    "assistant.threads.setTitle": (TIER_4, ("assistant:write",)),
    "auth.revoke": (TIER_3, ()),
    "auth.test": (600, ()),
    "bots.info": (TIER_3, ("users:read",)),
    "chat.appendStream": (TIER_4, ("chat:write",)),
    "chat.delete": (TIER_3, ("chat:write",)),
    "chat.getPermalink": (600, ()),
    "chat.postEphemeral": (TIER_4, ("chat:write",)),
    "chat.postMessage": (600, ("chat:write",)),
    "chat.startStream": (TIER_2, ("chat:write",)),
    "chat.stopStream": (TIER_2, ("chat:write",)),
    "chat.update": (TIER_3, ("chat:write",)),
    "conversations.history": (TIER_3, ("channels:history", "groups:history", "im:history")),
    "conversations.info": (TIER_3, ("channels:read", "groups:read", "im:read")),
    "conversations.join": (TIER_3, ("channels:join",)),
    "conversations.list": (TIER_2, ("channels:read", "groups:read", "im:read")),
    "conversations.members": (TIER_4, ("channels:read", "groups:read", "im:read")),
    "conversations.open": (TIER_3, ("im:write",)),
    "conversations.replies": (TIER_3, ("channels:history", "groups:history", "im:history")),
    "files.completeUploadExternal": (TIER_4, ("files:write",)),
    "files.getUploadURLExternal": (TIER_4, ("files:write",)),
    "files.info": (TIER_4, ("files:read",)),
    "oauth.v2.access": (600, ()),
    "reactions.add": (TIER_3, ("reactions:write",)),
    "reactions.get": (TIER_3, ("reactions:read",)),
    "reactions.remove": (TIER_2, ("reactions:write",)),
    "team.info": (TIER_3, ("team:read",)),
    "usergroups.users.list": (TIER_2, ("usergroups:read",)),
    "users.info": (TIER_4, ("users:read",)),
    "users.list": (TIER_2, ("users:read",)),
    "views.open": (TIER_4, ()),
    "views.publish": (TIER_4, ()),
    "views.push": (TIER_4, ()),
    "views.update": (TIER_4, ()),
}


def missing_scope(method: str, granted: frozenset[str] | None) -> str | None:
    """Return what a token lacks for a method, as Slack's `needed`; any one scope listed does."""
    scopes = METHODS[method][1]
    if granted is None or not scopes or granted.intersection(scopes):
        return None
    return ",".join(scopes)


class RateLimits:
    """Counts calls a minute per workspace and method; posting is counted per channel besides."""

    def __init__(self, *, enforced: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.enforced = enforced
        self._clock = clock
        self._calls: dict[tuple[str, ...], deque[float]] = {}

    def wait_before(self, team_id: str, method: str, channel: str) -> int:
        """Return the seconds of `Retry-After`, or 0 when the call may go on."""
        if not self.enforced:
            return 0
        waits = [self._count((team_id, method), METHODS[method][0], MINUTE)]
        if method == "chat.postMessage":
            waits.append(self._count((team_id, method, channel), POST_BURST, float(POST_BURST)))
        return math.ceil(max(waits))

    def _count(self, key: tuple[str, ...], allowed: int, seconds: float) -> float:
        now = self._clock()
        calls = self._calls.setdefault(key, deque())
        while calls and now - calls[0] >= seconds:
            calls.popleft()
        if len(calls) >= allowed:
            return seconds - (now - calls[0])
        calls.append(now)
        return 0.0
