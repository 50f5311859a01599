"""What becomes of the questions of outsiders: guests, and people of other companies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from router.endings import A_HUMAN
from router.records import Delivery, Receipt
from storage.humans import Humans

SECONDS = 1.5
"""How long Slack may take to say who somebody is; after that they count as an outsider."""


class Policy(StrEnum):
    """How outsiders are treated."""

    ANSWER = "answer"
    HUMAN = "human"
    IGNORE = "ignore"


class Standings(Protocol):
    """Knows who belongs here."""

    async def is_outsider(self, team: str, user: str) -> bool:
        """Whether `user` is a guest, or of another company."""


@dataclass(frozen=True, slots=True)
class Outsiders:
    """Treats outsiders by a policy; where everybody is answered nobody is looked up."""

    policy: Policy
    people: Standings
    humans: Humans

    async def turned_away(self, delivery: Delivery) -> bool:
        """Whether a message is not taken in."""
        return self.policy is Policy.IGNORE and await self._is_one(delivery)

    async def arrived(self, receipt: Receipt, delivery: Delivery) -> None:
        """Have a person answer, if that is the policy.

        Raises:
            StoreError: it could not be kept.
        """
        if receipt.new and self.policy is Policy.HUMAN and await self._is_one(delivery):
            await self.humans.choose(receipt.message, A_HUMAN)

    async def _is_one(self, delivery: Delivery) -> bool:
        try:
            async with asyncio.timeout(SECONDS):
                return await self.people.is_outsider(delivery.workspace, delivery.author_id)
        except TimeoutError:
            return True
