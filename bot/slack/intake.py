"""What a message does: who wrote it to whom, whether it is kept, and who gets to know.

A message is kept if it addresses the desk or stands in a thread with an open ticket. Only what
somebody asks of the desk can begin a turn; what others say in the thread is context.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from typing import Protocol

from bot.seeing.correlation import correlated
from bot.slack.earlier import Earlier
from bot.slack.locks import Locks
from bot.slack.places import Thread
from bot.slack.translate import Deleted, Edited, Wrote
from frontdesk import Author
from router import facts
from router.facts import Fact
from router.human_facts import human
from router.outbox import DESK
from router.records import Addressee, Delivery, Receipt
from storage.slack import Known, OpenThread, SlackMemory

log = logging.getLogger("frontdesk.slack.intake")

STAFF_SECONDS = 1.0

OVERTAKEN = (0.1, 0.4)
"""Seconds to wait for the message that opens a ticket, where a reply in its thread came first."""

BURST_US = 5_000_000
"""How soon a second direct message must follow to belong to the first."""


class StaffList(Protocol):
    """Knows who is staff."""

    async def is_staff(self, team: str, user: str) -> bool:
        """Whether somebody is."""


class Attention(Protocol):
    """Gets to know what happened, at once; the record has it already."""

    def noticed(self, receipt: Receipt, delivery: Delivery, *, asks: bool) -> None:
        """A message is to have its turn; `asks` says that the desk will most likely answer."""

    def quieted(self, thread: Thread, ticket: str, by: str) -> None:
        """The desk went quiet in a thread because `by` wrote there."""

    def withdrawn(self) -> None:
        """A message was taken back; what it had replaced may have to be answered again."""


class Guests(Protocol):
    """Treats outsiders as the policy says."""

    async def turned_away(self, delivery: Delivery) -> bool:
        """Whether a message is not taken in."""

    async def arrived(self, receipt: Receipt, delivery: Delivery) -> None:
        """A message was taken in."""


class Keeper(Protocol):
    """Keeps what comes in, and what is put on record about it."""

    async def receive(self, delivery: Delivery) -> Receipt:
        """Keep a delivery; see `router.ports.Store`."""

    async def record(self, *facts: Fact) -> tuple[str, ...]:
        """Append facts; see `router.ports.Store`."""


class Intake:
    """Keeps messages, and says what they mean for their threads."""

    def __init__(
        self,
        store: Keeper,
        memory: SlackMemory,
        staff: StaffList,
        *,
        attention: Attention,
        earlier: Earlier,
        outsiders: Guests,
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._store = store
        self._memory = memory
        self._staff = staff
        self._attention = attention
        self._earlier = earlier
        self._outsiders = outsiders
        self._now_us = now_us
        self._direct = Locks()
        self._posts = Locks()

    def kept_by(self, store: Keeper) -> Intake:
        """The same intake, but messages are kept in another way."""
        other = copy(self)
        other._store = store
        return other

    async def take(self, heard: Wrote | Edited | Deleted) -> None:
        """Take in what was heard.

        Raises:
            StoreError: it could not be kept.
        """
        match heard:
            case Wrote():
                await self.wrote(heard)
            case Edited():
                async with self._posts.held(heard.old):
                    await self._edited(heard)
            case Deleted():
                async with self._posts.held(heard.old):
                    await self._retract(await self._memory.latest_version(heard.old), "deleted")

    async def wrote(self, wrote: Wrote) -> Receipt | None:
        """Keep a message; None if it does not concern the desk."""
        if not wrote.direct:
            async with self._posts.held(wrote.delivery.id):
                return await self._keep(wrote.delivery)
        async with self._direct.held(wrote.delivery.channel):
            return await self._keep(await self._in_burst(wrote))

    async def _keep(self, delivery: Delivery) -> Receipt | None:
        thread = await self._thread(delivery)
        if thread is None and delivery.addressee is not Addressee.DESK:
            return None
        if await self._outsiders.turned_away(delivery):
            return None
        author = await self._author(delivery, thread)
        earlier = await self._said_before(delivery) if thread is None else ()
        receipt = await self._store.receive(replace(delivery, author=author))
        with correlated(receipt.message, receipt.ticket):
            log.info("received" if receipt.new else "received again")
        await self._outsiders.arrived(receipt, delivery)
        for said in earlier:
            self._attention.noticed(await self._store.receive(said), said, asks=False)
        await self._set_mode(delivery, author, thread)
        if receipt.new:
            asks = author is Author.REQUESTER and _expects_answer(delivery, thread)
            self._attention.noticed(receipt, delivery, asks=asks)
        return receipt

    async def _said_before(self, delivery: Delivery) -> Sequence[Delivery]:
        """What people wrote in a thread into which the desk is called now."""
        if _is_root(delivery):
            return ()
        thread = Thread.named(delivery.workspace, delivery.conversation)
        return await self._earlier.said(thread, delivery.id.split(":")[2])

    async def _thread(self, delivery: Delivery) -> OpenThread | None:
        """The thread a message stands in; it may overtake the one that opens the ticket."""
        place = (delivery.workspace, delivery.conversation)
        thread = await self._memory.thread(*place)
        if delivery.addressee is Addressee.DESK or _is_root(delivery):
            return thread
        for pause in OVERTAKEN:
            if thread is not None:
                break
            await asyncio.sleep(pause)
            thread = await self._memory.thread(*place)
        return thread

    async def _author(self, delivery: Delivery, thread: OpenThread | None) -> Author:
        """Who opened a thread, or addresses the desk, is asking; others are staff or bystanders."""
        if thread is None or delivery.addressee is Addressee.DESK:
            return Author.REQUESTER
        if delivery.author_id == thread.opener:
            return Author.REQUESTER
        return Author.STAFF if await self._is_staff(delivery) else Author.BYSTANDER

    async def _is_staff(self, delivery: Delivery) -> bool:
        """Ask, but not for so long that the acknowledgement comes too late."""
        try:
            async with asyncio.timeout(STAFF_SECONDS):
                return await self._staff.is_staff(delivery.workspace, delivery.author_id)
        except TimeoutError:
            return False

    async def _set_mode(
        self, delivery: Delivery, author: Author, thread: OpenThread | None
    ) -> None:
        """Be quiet once staff is at it; follow again once addressed."""
        if thread is None or thread.owned_by_human:
            return
        if author is Author.STAFF and not thread.quiet:
            await self._quiet(thread, "staff_wrote", quiet=True)
            place = Thread.named(delivery.workspace, delivery.conversation)
            self._attention.quieted(place, thread.ticket, delivery.author_id)
        elif delivery.addressee is Addressee.DESK and thread.quiet:
            await self._quiet(thread, "addressed", quiet=False)

    async def _quiet(self, thread: OpenThread, why: str, *, quiet: bool) -> None:
        fact = facts.ThreadQuieted(ticket=thread.ticket, actor=DESK, quiet=quiet, why=why)
        await self._store.record(fact)

    async def _edited(self, edited: Edited) -> None:
        """Let the new text ask anew; an edit that comes twice finds its delivery known.

        One that comes before the post itself is taken for the post.
        """
        old = await self._memory.latest_version(edited.old, besides=edited.new.delivery.id)
        new = edited.new.delivery
        if old is None:
            if new.addressee is Addressee.DESK:
                await self._keep(replace(new, id=edited.old))
            return
        if old.at >= new.at:
            return
        if await self._memory.known(new.id) is None:
            addressee = Addressee.DESK if old.addressee is Addressee.DESK else new.addressee
            new = replace(new, addressee=addressee, conversation=old.conversation)
            await self._keep(new)
        await self._retract(old, "edited")

    async def _retract(self, known: Known | None, why: str) -> None:
        if known is None or known.retracted:
            return
        fact = facts.MessageRetracted(
            ticket=known.ticket, message=known.message, actor=human(known.author), why=why
        )
        await self._store.record(fact)
        self._attention.withdrawn()

    async def _in_burst(self, wrote: Wrote) -> Delivery:
        """A direct message, in the thread of the one before it if that is still waiting."""
        delivery = wrote.delivery
        if not _is_root(delivery):
            return delivery
        since = self._now_us() - BURST_US
        before = await self._memory.burst(delivery.workspace, delivery.channel, since)
        return replace(delivery, conversation=before) if before else delivery


def _is_root(delivery: Delivery) -> bool:
    """Whether a message begins its thread."""
    root = Thread.named(delivery.workspace, delivery.conversation).root
    return delivery.id.endswith(f":{root}")


def _expects_answer(delivery: Delivery, thread: OpenThread | None) -> bool:
    if thread is not None and thread.owned_by_human:
        return False
    if delivery.addressee is Addressee.THREAD:
        return thread is not None and not thread.quiet
    return delivery.addressee is Addressee.DESK
