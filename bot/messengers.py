"""Where results become visible when there is no Slack: on record, and in what reads it."""

from __future__ import annotations

from collections.abc import Sequence

from router.records import Conversation, Outcome


class RecordOnly:
    """A messenger whose posts are the record itself, so that posting twice changes nothing."""

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        """Nothing is left to do: the outcome is on record under `key`."""
        return key

    async def find(self, conversation: Conversation, key: str) -> str | None:
        """The intent on record is the post."""
        return key

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Nothing is visible anywhere, nor twice."""
        return ()

    async def progress(self, conversation: Conversation, step: str) -> None:
        """Nobody is looking."""
