"""Drafts that staff let out for tickets of the other doors: they go to the record, once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from frontdesk import PostError, StoreError
from storage.humans import Humans

if TYPE_CHECKING:
    from bot.app import App

log = logging.getLogger("frontdesk.doors.drafts")


class DraftSender:
    """Sends what staff approved."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._humans = Humans(app.store)

    async def tick(self) -> None:
        """Send what is left to send; what fails is left for the next time."""
        for message in await self._humans.drafts_to_send(doors=True):
            try:
                conversation = await self._app.store.conversation(message)
                outcome = await self._humans.approved(message)
                await self._app.desk.outbox.post(conversation, outcome)
            except (PostError, StoreError) as error:
                log.warning("the draft for message %s is not out yet: %s", message, error)
