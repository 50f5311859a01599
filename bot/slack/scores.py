"""How satisfied requesters are: asked with buttons in the thread, answered by whoever asked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.slack.acting import Actor, Refusal
from bot.slack.blocks import as_json, context
from bot.slack.listening import Ack, attempt, key_of, place_of, team_of, value_of
from bot.slack.office import Office
from storage.doors.satisfaction import BEST, Ratings

ACTION = "csat_"
WORDS = {1: "badly", BEST: "very well"}


def question(ticket: str, text: str) -> str:
    """The question's blocks, as JSON."""
    buttons = [
        ButtonElement(
            action_id=f"{ACTION}{score}",
            text=PlainTextObject(text=f"{score} {WORDS.get(score, '')}".strip()),
            value=f"{ticket}:{score}",
        )
        for score in range(1, BEST + 1)
    ]
    words = SectionBlock(text=MarkdownTextObject(text=text))
    return json.dumps(as_json([words, ActionsBlock(block_id="csat", elements=buttons)]))


@dataclass(frozen=True, slots=True)
class Scores:
    """Takes what is pressed."""

    office: Office
    ratings: Ratings

    def register(self, app: AsyncApp) -> None:
        """Listen for the buttons."""
        app.action(re.compile(rf"^{ACTION}[1-{BEST}]$"))(self.pressed)

    async def pressed(self, ack: Ack, body: dict[str, Any]) -> None:
        """Somebody gives a score; pressed again by the same person, the latest counts."""
        ticket, _, score = value_of(body).rpartition(":")

        async def act(actor: Actor) -> None:
            why = await self.ratings.by(key_of(body), ticket, actor.ref, int(score))
            if why == "not_yours":
                await self.office.refused(actor, "satisfaction", why, ticket=ticket)
            if why:
                raise Refusal(why)

        if await attempt(self.office, ack, body, act):
            self.office.later(self._thanked(body, score))

    async def _thanked(self, body: dict[str, Any], score: str) -> None:
        """Put thanks where the buttons were."""
        channel, _ = place_of(body)
        text = f"Thank you. You gave this {score} of {BEST}."
        await self.office.calls(
            team_of(body),
            "chat_update",
            channel=channel,
            ts=str(body["message"]["ts"]),
            text=text,
            blocks=as_json([context(text)]),
        )
