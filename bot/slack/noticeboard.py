"""Posts what the desk says outside of a turn: in the triage channel, in a thread, to a person.

A notice carries its key in the message's metadata. One that was begun before, by a process that
died or with a call that nobody answered, is looked for by that key before it is posted. A picture
is a file, and files have no metadata: it is found again by its name.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from slack_sdk.models.blocks import MarkdownBlock

from bot.clock.clockwork import ticking
from bot.clock.jobs import Job
from bot.engine import processes
from bot.parts import Part
from bot.slack import escape
from bot.slack.blocks import Piece, as_json
from bot.slack.calls import Calls
from bot.slack.card_look import person
from bot.slack.desk import SlackDesk
from bot.slack.lookup import Place, key_of, messages_since
from bot.slack.messenger import metadata
from bot.slack.patience import Patience
from bot.slack.per_team import PerTeam
from bot.slack.places import Thread
from bot.slack.workspaces import Workspaces
from frontdesk import PostError, StoreError
from router.notice_facts import Audience
from router.ports import Clock
from storage.conversations import moment
from storage.database import SystemClock
from storage.notices import Due, Notices

log = logging.getLogger("frontdesk.slack.noticeboard")

SECONDS = 1.0
"""How often the outbox is looked at."""

TOO_OLD = timedelta(hours=24)
"""What could not be said for so long is not said any more: it would be no news."""

PATIENCE_SECONDS = 30.0
"""How long one notice may take; a process is let be at it for three times as long."""

MOST_TEXT = 11_000


class _Nowhere(Exception):  # noqa: N818 - it never leaves this module
    """There is no place yet where the notice could be shown."""


@dataclass(slots=True)
class NoticeBoard:
    """Posts notices. `triage` names the staff's channel by workspace, `hosts` may be linked to."""

    notices: Notices
    calls: Calls
    workspaces: Workspaces
    triage: PerTeam
    hosts: frozenset[str] = frozenset()
    clock: Clock = field(default_factory=SystemClock)
    _patience: Patience = field(default_factory=Patience)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def tick(self) -> None:
        """Post all that is due; what fails is left for the next time."""
        async with self._lock:
            try:
                for key in filter(self._patience.ready, await self.notices.waiting()):
                    await self._try(key)
            except StoreError as error:
                log.warning("the notices could not be read: %s", error)

    async def _try(self, key: str) -> None:
        due = await self.notices.take(key)
        if due is None:
            return
        if not due.text or self.clock.now() - moment(due.at_us) > TOO_OLD:
            await self.notices.failed(key, "too_old" if due.text else "erased", given_up=True)
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._post(due)
        except (PostError, TimeoutError, _Nowhere) as error:
            fault = str(error) or "timeout"
            log.warning("the notice %s is not posted yet: %s", key, fault)
            self._patience.failed(key)
            await self.notices.failed(key, fault)
        else:
            self._patience.done(key)

    async def _post(self, due: Due) -> None:
        place = await self._place(due)
        meant = moment(due.at_us)
        there = await messages_since(self.calls, place, meant) if due.begun else []
        found = next((one for one in there if key_of(one) == due.key), None)
        ts = str(found["ts"]) if found else await self._said(due, place)
        name = _file_name(due.key)
        if due.image and not any(name in _files(one) for one in there):
            await self._drawn(due, place, name)
        await self.notices.posted(due, f"{place.channel}:{ts}", found=found is not None)

    async def _said(self, due: Due, place: Place) -> str:
        piece = self._look(due)
        answer = await self.calls(
            place.team,
            "chat_postMessage",
            **place.where,
            text=piece.text,
            blocks=piece.blocks,
            metadata=metadata(due.key, 0, 1),
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer["ts"])

    async def _drawn(self, due: Due, place: Place, name: str) -> None:
        await self.calls(
            place.team,
            "files_upload_v2",
            **place.where,
            file=due.image,
            filename=name,
            title=name,
            alt_txt=due.alt or None,
        )

    def _look(self, due: Due) -> Piece:
        text = escape.markdown(due.text, self.hosts)[:MOST_TEXT]
        if due.person and due.audience is Audience.STAFF:
            text = f"{person(due.person)} {text}"
        blocks = json.loads(due.blocks) if due.blocks else as_json([MarkdownBlock(text=text)])
        return Piece(text[:3_000], blocks)

    async def _place(self, due: Due) -> Place:
        if due.audience is Audience.REQUESTER:
            thread = Thread.named(due.workspace, due.conversation)
            return Place(thread.team, thread.channel, thread.root)
        team = await self._team(due.workspace)
        if due.audience is Audience.STAFF:
            if channel := self.triage.of(team):
                return Place(team, channel)
            raise _Nowhere("FRONTDESK_SLACK_TRIAGE_CHANNEL is not set")
        answer = await self.calls(team, "conversations_open", users=due.person)
        return Place(team, str(answer["channel"]["id"]))

    async def _team(self, workspace: str) -> str:
        """The workspace; for what came from elsewhere the only one there is."""
        teams = await self.workspaces.teams()
        if workspace in teams:
            return workspace
        if len(teams) == 1:
            return teams[0]
        raise _Nowhere(f"it is not said in which workspace the staff of {workspace!r} is")


@asynccontextmanager
async def noticeboard(desk: SlackDesk) -> AsyncIterator[NoticeBoard]:
    """Post what is due for as long as the desk serves, where this process does what is due."""
    settings = desk.app.settings
    board = NoticeBoard(
        notices=Notices(desk.app.store, processes.name(), processes.is_gone),
        calls=desk.calls,
        workspaces=desk.workspaces,
        triage=PerTeam.parse(settings.slack_triage_channel),
        hosts=frozenset(settings.allowed_hosts),
    )
    jobs = (Job("slack-notices", SECONDS, board.tick, once=False),)
    async with ticking(desk.app.store, jobs if Part.CLOCK in desk.parts else ()):
        yield board


def _files(message: dict[str, Any]) -> set[str]:
    return {str(one.get("name")) for one in message.get("files") or ()}


def _file_name(key: str) -> str:
    return f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.png"
