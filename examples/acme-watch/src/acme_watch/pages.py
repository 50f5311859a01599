"""A page of the desk's site: what the collector has."""

from __future__ import annotations

from frontdesk import DoorContext, Route, WebReply, WebRequest

from acme_watch.place import ASKS, call


async def status(request: WebRequest, context: DoorContext) -> WebReply:
    """How many entries there are; anybody may know."""
    count = (await call(context, "GET", "/count")).json()["entries"]
    return WebReply(f"The collector has {count} entries.\n")


STATUS = Route("acme-status", status, permissions=ASKS)
