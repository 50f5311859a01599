"""What of a post stands in a thread twice, because two processes made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def surplus(messages: Iterable[Mapping[str, Any]], event: str, key: str, kept: str) -> list[str]:
    """Timestamps of the messages of a post that are there again, oldest first.

    Of each piece one stays: the one that is on record (`kept`), or else the first.
    """
    pieces: dict[int, list[str]] = {}
    for message in messages:
        about = message.get("metadata") or {}
        payload = about.get("event_payload") or {}
        if about.get("event_type") == event and payload.get("key") == key:
            pieces.setdefault(int(payload["piece"]), []).append(str(message["ts"]))
    again: list[str] = []
    for found in pieces.values():
        stays = kept if kept in found else min(found, key=float)
        again += [ts for ts in found if ts != stays]
    return sorted(again, key=float)
