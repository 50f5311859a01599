"""Posting: what a turn came to becomes visible exactly once.

The intent is recorded, the post is made under a key, the result is recorded. After anything that
leaves it open whether the post went out, it is looked up by its key before it is repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from frontdesk import PostUnknown
from frontdesk.errors import StoreError
from router import facts
from router.facts import Fact
from router.ports import Messenger, Store
from router.records import Conversation, Outcome, OutcomeKind

DESK = "system:desk"
"""Who the desk itself is on record."""

LOOKS = 10
"""How often it is asked what became of a post of a turn that another process has taken over."""

OUTCOME = TypeAdapter(Outcome)
"""Reads and writes an outcome as JSON."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Posts through `messenger`, with `store` as its memory.

    `patience` is how many seconds an earlier post may still be on its way when it is looked up.
    `aside` puts on record what no turn of this process has a say in any more; it is `store` where
    there is no difference.
    """

    store: Store
    messenger: Messenger
    patience: float = 0.0
    aside: Store | None = None

    async def post(self, conversation: Conversation, outcome: Outcome, *last: Fact) -> None:
        """Make the outcome visible, once, whatever was tried before.

        One that replaces what was intended before, and is not visible, is intended anew: the record
        says what people read. The `last` facts are put on record together with the post.

        Raises:
            PostError: it is not visible, or nobody knows; run it again.
        """
        posting = await self.store.posting(outcome.message)
        if posting is None:
            await self.first(conversation, outcome, *last)
        elif posting.done:
            if last:
                await self.store.record(*last)
        elif not await self.is_there(conversation, outcome, *last):
            if posting.outcome != outcome:
                await self.store.record(_intended(conversation, outcome))
            await self._made(conversation, outcome, last)

    async def first(self, conversation: Conversation, outcome: Outcome, *last: Fact) -> None:
        """As `post`, where it is known that nothing was tried before."""
        await self.store.record(_intended(conversation, outcome))
        await self._made(conversation, outcome, last)

    async def _made(
        self, conversation: Conversation, outcome: Outcome, last: Sequence[Fact]
    ) -> None:
        try:
            external = await self.messenger.post(conversation, outcome, outcome.message)
        except PostUnknown:
            if await self.found(conversation, outcome, *last):
                return
            raise
        try:
            await self.store.record(_done(conversation, outcome, external), *last)
        except StoreError:
            await self._settle(conversation, outcome)
            raise

    async def is_there(self, conversation: Conversation, outcome: Outcome, *last: Fact) -> bool:
        """Look up what an attempt before this one meant to post, which it may still be about to."""
        await self.store.doubt(outcome.message)
        return await self.found(conversation, outcome, *last)

    async def take_back(self, conversation: Conversation, key: str, kept: str) -> None:
        """Take back what was posted under `key` besides `kept`, and put that on record.

        Raises:
            PostError: it is still there.
        """
        gone = await self.messenger.withdraw(conversation, key, kept)
        withdrawn = (_withdrawn(conversation, key, name) for name in gone)
        await (self.aside or self.store).record(*withdrawn)

    async def found(self, conversation: Conversation, outcome: Outcome, *last: Fact) -> bool:
        """Look an earlier post up by its key and record it; say whether there was one."""
        await asyncio.sleep(self.patience)
        external = await self.messenger.find(conversation, outcome.message)
        if external is None:
            return False
        await self.store.record(_done(conversation, outcome, external, found=True), *last)
        return True

    async def _settle(self, conversation: Conversation, outcome: Outcome) -> None:
        """See whether another process has posted it too, as this one was held up; one post stays.

        Only the record says which of the two counts. Where it says nothing, whoever takes the turn
        up finds what is there.
        """
        for _ in range(LOOKS):
            await asyncio.sleep(self.patience)
            posting = await self.store.posting(outcome.message)
            if posting and posting.done:
                await self.take_back(conversation, outcome.message, posting.external)
                return


def _withdrawn(conversation: Conversation, key: str, name: str) -> facts.PostWithdrawn:
    return facts.PostWithdrawn(**conversation.where, actor=DESK, key=key, external=name)


def _intended(conversation: Conversation, outcome: Outcome) -> facts.PostIntended:
    asked = [part for part in outcome.parts if part.kind is OutcomeKind.ASKED]
    texts = {"post": outcome.text, "outcome": OUTCOME.dump_json(outcome).decode()}
    return facts.PostIntended(
        **conversation.where,
        actor=DESK,
        key=outcome.message,
        outcome=outcome.kind,
        specialists=tuple(part.specialist for part in outcome.parts if part.specialist),
        asked=asked[0].decision.candidates if asked else (),
        texts={**texts, "asked": asked[0].matter} if asked else texts,
    )


def _done(
    conversation: Conversation, outcome: Outcome, external: str, *, found: bool = False
) -> facts.PostDone:
    return facts.PostDone(
        **conversation.where,
        actor=DESK,
        key=outcome.message,
        external=external,
        found=found,
    )
