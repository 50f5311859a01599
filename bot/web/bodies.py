"""Bodies of requests, read no further than they may be long."""

from __future__ import annotations

from fastapi import Request


async def bounded(request: Request, most: int) -> bytes | None:
    """The body; None if it has more than `most` bytes, whatever its sender says of its length."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
