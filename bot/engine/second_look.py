"""Looking again at posts that may stand there twice: one of each stays, and it is on record."""

from __future__ import annotations

import asyncio
import logging

from frontdesk import PostError, StoreError
from router.flow import Desk
from storage.claims import Claims
from storage.doubts import Doubt, Doubts

log = logging.getLogger("frontdesk.second_look")


class SecondLook:
    """Looks at what is doubted, in one process at a time."""

    def __init__(self, desk: Desk, doubts: Doubts, claims: Claims) -> None:
        self._desk = desk
        self._doubts = doubts
        self._claims = claims

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._claims.seconds / 3)
            try:
                await self.tick()
            except StoreError as error:
                log.warning("what may stand there twice was not looked at: %s", error)
            # It may fail in any way; the next look may not.
            except Exception:
                log.exception("what may stand there twice was not looked at")

    async def tick(self) -> None:
        """Look once at everything that is due.

        Raises:
            StoreError: the database could not be asked, or told.
        """
        for doubt in await self._doubts.due():
            async with self._claims.errand(f"second look:{doubt.message}") as mine:
                if mine:
                    await self._look(doubt)

    async def _look(self, doubt: Doubt) -> None:
        store, outbox = self._desk.store, self._desk.outbox
        try:
            conversation = await store.conversation(doubt.message)
            posting = await store.posting(doubt.message)
            if posting and posting.done:
                await outbox.take_back(conversation, doubt.message, posting.external)
            elif not doubt.ended:
                return
            elif posting:
                # What was withheld may have become visible: then it is on record as well.
                await outbox.found(conversation, posting.outcome)
        except (PostError, StoreError) as error:
            log.warning("whether %s stands there twice is not known: %s", doubt.message, error)
        await self._doubts.looked(doubt)
