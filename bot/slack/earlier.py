"""What was said in a thread before the desk was called into it: asked of Slack then, once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.calls import Calls
from bot.slack.mentions import plain
from bot.slack.places import Thread
from bot.slack.translate import NEW, SOURCE, Me, moment, not_a_person, place
from bot.slack.workspaces import Workspaces
from frontdesk import Author, PostError
from router.records import Addressee, Delivery

log = logging.getLogger("frontdesk.slack.earlier")

MOST = 15
"""Messages; Slack gives many apps no more at a time."""

SECONDS = 1.0
"""How long Slack may take: the event that called the desk waits to be acknowledged."""


class Earlier:
    """Looks into threads."""

    def __init__(self, calls: Calls, workspaces: Workspaces) -> None:
        self._calls = calls
        self._workspaces = workspaces

    async def said(self, thread: Thread, before: str) -> Sequence[Delivery]:
        """What people wrote before a message, oldest first; nothing where Slack does not say.

        All of it is a bystander's: whoever wrote it did not write to the desk.
        """
        me = await self._workspaces.me(thread.team)
        try:
            async with asyncio.timeout(SECONDS):
                page = await self._calls.at_once(
                    thread.team,
                    "conversations_replies",
                    channel=thread.channel,
                    ts=thread.root,
                    latest=before,
                    inclusive=False,
                    limit=MOST,
                )
        except (PostError, TimeoutError) as error:
            log.info("what was said earlier is not known: %s", error)
            return ()
        return [
            _delivery(thread, message, me)
            for message in page.get("messages", ())
            if me and _counts(message, me) and float(message["ts"]) < float(before)
        ]


def _counts(message: Mapping[str, Any], me: Me) -> bool:
    return message.get("subtype") in NEW and not not_a_person(message, me)


def _delivery(thread: Thread, message: Mapping[str, Any], me: Me) -> Delivery:
    ts = str(message["ts"])
    return Delivery(
        id=place(thread.team, thread.channel, ts),
        source=SOURCE,
        text=plain(str(message.get("text") or ""), me.user),
        at=moment(ts),
        author_id=str(message["user"]),
        conversation=thread.conversation,
        workspace=thread.team,
        channel=thread.channel,
        author=Author.BYSTANDER,
        addressee=Addressee.THREAD,
    )
