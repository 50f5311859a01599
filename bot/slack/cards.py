"""Cards in the triage channel: posted once, and drawn anew whenever their ticket has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from slack_sdk.errors import SlackObjectFormationError

from bot.slack.blocks import Piece
from bot.slack.calls import Calls, Refused
from bot.slack.card_look import card
from bot.slack.lookup import Place, posted_as
from bot.slack.patience import Patience
from bot.slack.per_team import PerTeam
from bot.slack.translate import SOURCE
from frontdesk import PostError, StoreError
from storage.cases import BEING_SHOWN, Case, Cases
from storage.changes import Changes
from storage.claims import Claims
from storage.doors.places import is_door
from storage.ids import made_at

log = logging.getLogger("frontdesk.slack.cards")

EVENT_TYPE = "frontdesk_card"
GONE = frozenset({"message_not_found", "channel_not_found", "cant_update_message"})
MOST_LINKS = 1_000


class CardWall:
    """Shows cards; `triage` names the channel by workspace."""

    def __init__(
        self, calls: Calls, cases: Cases, triage: PerTeam, changes: Changes, claims: Claims
    ) -> None:
        self._calls = calls
        self._cases = cases
        self._triage = triage
        self._changes = changes
        self._claims = claims
        self._titles: Mapping[str, str] = {}
        self._patience = Patience()
        self._links: dict[str, str] = {}
        self._lock = asyncio.Lock()

    def introduce(self, titles: Mapping[str, str]) -> None:
        """Say what the specialists are called."""
        self._titles = titles

    def channel(self, team: str) -> str:
        """The triage channel of a workspace; empty if it has none."""
        return self._triage.of(team)

    async def refresh(self) -> None:
        """Show every card that is not shown as it is now. What fails is tried at the next call."""
        async with self._lock:
            try:
                for case in await self._cases.to_show(SOURCE):
                    await self._try(case)
            except StoreError as error:
                log.warning("the cards could not be read: %s", error)

    async def _try(self, case: Case) -> None:
        if not self.channel(case.workspace) or not self._patience.ready(case.card):
            return
        try:
            async with self._claims.errand(f"card:{case.card}") as mine:
                if mine:
                    await self._show(case)
        except PostError as error:
            log.warning("the card of %s is not shown as it is: %s", case.ticket, error)
            self._patience.failed(case.card)
        except SlackObjectFormationError:  # one card that cannot be drawn must not hide the others
            log.exception("the card of %s cannot be drawn", case.ticket)
            self._patience.failed(case.card)
        else:
            self._patience.done(case.card)

    async def _show(self, case: Case) -> None:
        place = case.place
        if place == BEING_SHOWN:
            place = await self._found(case)
        elif not place and not await self._cases.claim(case.card):
            return  # another process shows it this moment
        if place and await self._updated(case, place):
            await self._cases.shown(case, place)
            return
        await self._cases.shown(case, await self._posted(case))

    async def _posted(self, case: Case) -> str:
        piece = await self._drawn(case)
        answer = await self._calls(
            case.workspace,
            "chat_postMessage",
            channel=self.channel(case.workspace),
            text=piece.text,
            blocks=piece.blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": case.card}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return f"{answer['channel']}:{answer['ts']}"

    async def _updated(self, case: Case, place: str) -> bool:
        """Draw it anew; false if somebody removed it."""
        channel, _, ts = place.partition(":")
        piece = await self._drawn(case)
        try:
            await self._calls(
                case.workspace,
                "chat_update",
                channel=channel,
                ts=ts,
                text=piece.text,
                blocks=piece.blocks,
            )
        except Refused as error:
            if error.code in GONE:
                return False
            raise
        return True

    async def _drawn(self, case: Case) -> Piece:
        changes = await self._changes.of_message(case.message)
        return card(case, self._titles, await self._link(case), changes)

    async def _link(self, case: Case) -> str:
        """Where the thread is; empty if there is none, or Slack does not say."""
        if is_door(case.conversation):
            return ""
        channel, _, ts = case.conversation.partition(":")
        if case.conversation not in self._links:
            try:
                answer = await self._calls(
                    case.workspace, "chat_getPermalink", channel=channel, message_ts=ts
                )
            except PostError:
                return ""
            if len(self._links) >= MOST_LINKS:
                self._links.clear()
            self._links[case.conversation] = str(answer.get("permalink") or "")
        return self._links[case.conversation]

    async def _found(self, case: Case) -> str:
        """Where a card stands that was about to be posted; empty if it is not there."""
        channel = self.channel(case.workspace)
        place = Place(case.workspace, channel)
        ts = await posted_as(self._calls, place, case.card, made_at(case.card))
        return f"{channel}:{ts}" if ts else ""
