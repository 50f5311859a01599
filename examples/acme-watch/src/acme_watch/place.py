"""Where the collector is, and what all doors ask for to reach it."""

from __future__ import annotations

import os

from frontdesk import DoorContext, HttpFailed, HttpReply, Permissions

URL = os.environ.get("ACME_WATCH_URL", "https://watch.acme.example").rstrip("/")
TOKEN = "acme-watch-token"
ASKS = Permissions(hosts=(URL,), secrets=(TOKEN,))
OK = 200


async def call(context: DoorContext, method: str, path: str, content: object = None) -> HttpReply:
    """Ask the collector.

    Raises:
        HttpFailed: it did not take it.
    """
    headers = {"Authorization": f"Bearer {context.secret(TOKEN)}"}
    reply = await context.http.request(method, f"{URL}{path}", headers=headers, json=content)
    if reply.status != OK:
        raise HttpFailed(f"the collector answered {reply.status}")
    return reply
