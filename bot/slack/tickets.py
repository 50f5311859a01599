"""Tickets that do not begin with a message to the desk: from forms, shortcuts, an emoji.

A form's ticket is kept first and gets its thread after: a direct message in which the desk repeats
the question. A ticket that is still without a thread, because the process died, gets one later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.slack import notices
from bot.slack.acting import Actor, Refusal
from bot.slack.calls import Calls, Refused
from bot.slack.intake import Intake
from bot.slack.lookup import Place, posted_as
from bot.slack.mentions import plain
from bot.slack.messenger import metadata
from bot.slack.office import Wake
from bot.slack.patience import Patience
from bot.slack.places import Thread
from bot.slack.translate import SOURCE, Wrote, moment, not_a_person, place
from bot.slack.workspaces import Workspaces
from frontdesk import PostError, StoreError
from router.human_facts import TicketPlaced
from router.outbox import DESK
from router.ports import Clock
from router.records import Addressee, Delivery, Receipt
from storage.backlog import UNPLACED
from storage.cases import Cases
from storage.claims import Claims
from storage.humans import Humans
from storage.ids import made_at
from storage.store import SqlStore

log = logging.getLogger("frontdesk.slack.tickets")

FORM = UNPLACED
"""How the conversation of a ticket begins that has no thread yet."""


@dataclass(slots=True)
class Tickets:
    """Opens tickets. `wake` starts a turn."""

    store: SqlStore
    humans: Humans
    cases: Cases
    intake: Intake
    calls: Calls
    workspaces: Workspaces
    clock: Clock
    wake: Wake
    claims: Claims
    patience: Patience = field(default_factory=Patience)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def from_form(self, actor: Actor, text: str, key: str) -> Receipt:
        """Keep what somebody wrote in a form; `place_all` gives it a thread.

        Raises:
            StoreError: it could not be kept.
        """
        return await self.store.receive(
            Delivery(
                id=f"{actor.team}:{FORM}{key}",
                source=SOURCE,
                text=text,
                at=self.clock.now(),
                author_id=actor.user,
                conversation=f"{FORM}{key}",
                workspace=actor.team,
            )
        )

    async def from_message(self, actor: Actor, channel: str, message: Mapping[str, Any]) -> Receipt:
        """Make a message a ticket of whoever wrote it; one that is a ticket already stays it.

        Only staff may do that with what others wrote.

        Raises:
            Refusal: the message is not theirs, or nobody's.
            StoreError: it could not be kept.
        """
        me = await self.workspaces.me(actor.team)
        if me is None or not_a_person(message, me):
            raise Refusal("not_a_person")
        author, ts = str(message["user"]), str(message["ts"])
        if author != actor.user and not actor.staff:
            raise Refusal("not_your_message")
        delivery = Delivery(
            id=place(actor.team, channel, ts),
            source=SOURCE,
            text=plain(str(message.get("text") or ""), me.user),
            at=moment(ts),
            author_id=author,
            conversation=f"{channel}:{message.get('thread_ts') or ts}",
            workspace=actor.team,
            channel=channel,
            addressee=Addressee.DESK,
        )
        receipt = await self.intake.wrote(Wrote(delivery))
        if receipt is None:
            raise StoreError("the message was not kept")
        return receipt

    async def look_up(self, team: str, channel: str, ts: str) -> dict[str, Any]:
        """A message, as Slack has it.

        Raises:
            Refusal: the desk cannot see it.
            PostError: Slack did not say.
        """
        try:
            page = await self.calls(team, "conversations_replies", channel=channel, ts=ts, limit=1)
        except Refused as error:
            raise Refusal("not_in_channel") from error
        found = [one for one in page.get("messages", ()) if one.get("ts") == ts]
        if not found:
            raise Refusal("not_in_channel")
        return dict(found[0])

    async def place_all(self) -> None:
        """Give every ticket a thread that has none. What fails is tried at the next call."""
        async with self.lock:
            await self._place_all()

    async def _place_all(self) -> None:
        for ticket, team, conversation, person in await self.cases.unplaced(SOURCE, FORM):
            if not self.patience.ready(ticket):
                continue
            try:
                async with self.claims.errand(f"place:{ticket}") as mine:
                    if mine:
                        await self._place(ticket, team, conversation, person)
            except PostError as error:
                log.warning("ticket %s has no thread yet: %s", ticket, error)
                self.patience.failed(ticket)

    async def _place(self, ticket: str, team: str, conversation: str, person: str) -> None:
        about = await self.cases.latest("", team, ticket)
        if about is None:
            return
        answer = await self.calls(team, "conversations_open", users=person)
        channel = str(answer["channel"]["id"])
        # The first message of its thread, if that was begun before.
        root = await posted_as(self.calls, Place(team, channel), conversation, made_at(ticket))
        root = root or await self._begun(team, channel, conversation, person, about.line.question)
        thread = Thread(team, channel, root)
        fact = TicketPlaced(
            ticket=ticket,
            message=about.message,
            actor=DESK,
            channel=channel,
            conversation=thread.conversation,
        )
        if await self.humans.act(f"place:{ticket}", fact):
            placed = await self.cases.about(about.message)
            if placed is not None:
                self.wake(placed)

    async def _begun(self, team: str, channel: str, key: str, person: str, question: str) -> str:
        piece = notices.opened(person, question)
        answer = await self.calls(
            team,
            "chat_postMessage",
            channel=channel,
            text=piece.text,
            blocks=piece.blocks,
            metadata=metadata(key, 0, 1),
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])
