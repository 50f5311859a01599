"""Posting by door: what came in by the API or a webhook goes out by callback, not in Slack."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messengers import RecordOnly
from router.ports import Messenger
from router.records import Conversation, Outcome
from storage.doors.places import DOORS


class ByDoor:
    """A messenger that leaves what came by another door to the record, from which it goes out."""

    def __init__(self, others: Messenger) -> None:
        self._others = others
        self._record = RecordOnly()

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Post it where the ticket came from.

        Raises:
            PostError: it is certain that nothing became visible.
            PostUnknown: it may or may not have; `find` tells.
        """
        return await self._for(conversation).post(conversation, outcome, key)

    async def find(self, conversation: Conversation, key: str) -> str | None:
        """The name of the post made under `key`, or None if there is none."""
        return await self._for(conversation).find(conversation, key)

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Take back what was posted under `key` besides `kept`.

        Raises:
            PostError: it is still there.
        """
        return await self._for(conversation).withdraw(conversation, key, kept)

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Show that the desk is at work on `step`."""
        await self._for(conversation).progress(conversation, step)

    def _for(self, conversation: Conversation) -> Messenger:
        return self._record if conversation.source in DOORS else self._others
