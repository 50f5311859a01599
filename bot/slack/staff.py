"""Who is staff: named people, a user group, and the members of the triage channel.

Asked of Slack now and then, and remembered: the answer is needed before an event is acknowledged,
and must not depend on Slack answering then. Who cannot be looked up is not staff.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.slack.calls import Calls
from bot.slack.workspaces import Workspaces
from frontdesk import PostError

log = logging.getLogger("frontdesk.slack.staff")

REFRESH = 300.0
PAGE = 200
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class StaffSettings:
    """Where staff is found: user ids, the id of a user group, the id of the triage channel."""

    people: frozenset[str] = frozenset()
    group: str = ""
    channel: str = ""


class Staff:
    """Knows who is staff in each workspace."""

    def __init__(self, calls: Calls, workspaces: Workspaces, settings: StaffSettings) -> None:
        self._calls = calls
        self._workspaces = workspaces
        self._settings = settings
        self._members: dict[str, frozenset[str]] = {}

    def knows(self, team: str, user: str) -> bool:
        """Whether somebody is staff, as far as it was last found out."""
        return user in self._settings.people or user in self._members.get(team, frozenset())

    async def run(self) -> None:
        """Find out anew every few minutes, until cancelled."""
        while True:
            await self.refresh()
            await asyncio.sleep(REFRESH)

    async def refresh(self) -> None:
        """Find out now, in all workspaces."""
        for team in await self._workspaces.teams():
            await self.refresh_team(team)

    async def refresh_team(self, team: str) -> None:
        """Find out now in one workspace; where Slack does not say, what was known stays."""
        me = await self._workspaces.me(team)
        try:
            members = await self._of_group(team) | await self._of_channel(team)
        except PostError as error:
            log.warning("staff of %s cannot be looked up: %s", team, error)
            return
        self._members[team] = members - ({me.user} if me else set())

    async def _of_group(self, team: str) -> frozenset[str]:
        if not self._settings.group:
            return frozenset()
        found = await self._calls(team, "usergroups_users_list", usergroup=self._settings.group)
        return frozenset(map(str, found.get("users", ())))

    async def _of_channel(self, team: str) -> frozenset[str]:
        members: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES if self._settings.channel else 0):
            page = await self._calls(
                team,
                "conversations_members",
                channel=self._settings.channel,
                limit=PAGE,
                cursor=cursor or None,
            )
            members |= {str(member) for member in page.get("members", ())}
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return frozenset(members)
