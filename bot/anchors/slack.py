"""A Slack channel: Slack's servers give each message a time of theirs.

It is as strong as the admins of the workspace are honest: they can delete messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.anchors.places import Checkpoint, NotKept
from storage.ledger.anchors import Receipt

WAY_US = 5_000_000
"""How long the way to Slack and its queue may take before it means anything about clocks."""

EVENT = "frontdesk_checkpoint"


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A channel by its id, and the client of a bot that is in it."""

    name: str
    client: AsyncWebClient = field(repr=False)
    kind: str = "slack"

    async def keep(self, checkpoint: Checkpoint) -> Receipt:
        """Post a note; the receipt is the message's `ts`."""
        signed = checkpoint.signed
        try:
            answer = await self.client.chat_postMessage(
                channel=self.name,
                text=f"Checkpoint of the audit trail\n```\n{signed.note}```",
                unfurl_links=False,
                metadata={"event_type": EVENT, "event_payload": {"size": str(signed.size)}},
            )
        except (SlackApiError, OSError, TimeoutError) as error:
            raise NotKept(f"the channel {self.name}: {error}") from error
        ts = str(answer["ts"])
        return Receipt(ts.encode(), round(float(ts) * 1_000_000), WAY_US)
