"""Keeping a ticket to oneself while one works on it, among several processes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Protocol

from frontdesk import StoreError

log = logging.getLogger("frontdesk.claims")


class Claims(Protocol):
    """Keeps other processes from a ticket while this one works on it."""

    @property
    def seconds(self) -> float:
        """How long a claim holds unless it is renewed."""

    async def claim(self, ticket: str) -> bool:
        """Claim a ticket, or renew one's claim; false if another process has it."""

    async def release(self, ticket: str) -> None:
        """Let others have it."""


class NoOthers:
    """The claims of a process that is alone."""

    seconds = 3600.0

    async def claim(self, ticket: str) -> bool:
        """Nobody else wants it."""
        return True

    async def release(self, ticket: str) -> None:
        """Nobody else wants it."""


@contextlib.asynccontextmanager
async def claimed(claims: Claims, ticket: str) -> AsyncIterator[bool]:
    """Hold the claim to a ticket, or say that another process does.

    Raises:
        StoreError: it could not be claimed, or let go of.
    """
    if not await claims.claim(ticket):
        yield False
        return
    renewing = asyncio.create_task(_renew(claims, ticket), name="frontdesk-claim")
    try:
        yield True
    finally:
        renewing.cancel()
        await claims.release(ticket)


async def _renew(claims: Claims, ticket: str) -> None:
    while True:
        await asyncio.sleep(claims.seconds / 3)
        try:
            await claims.claim(ticket)
        except StoreError as error:
            log.warning("the claim to ticket %s was not renewed: %s", ticket, error)
