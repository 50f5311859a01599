"""Who somebody is to the desk: staff, a colleague, or an outsider.

Staff are the members of a user group, or, where none is set, those of the triage channel. Guests
and people of other companies (Slack Connect) are outsiders and never staff, wherever they are
members. What cannot be found out is answered with the least rights, and asked again soon.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from bot.slack.calls import Calls
from bot.slack.per_team import PerTeam
from frontdesk import PostError

log = logging.getLogger("frontdesk.slack.people")

T = TypeVar("T")
FRESH = 300.0
"""Seconds for which an answer of Slack is believed."""

FAILED = 10.0
"""Seconds before it is asked again after it could not be."""

EVERYBODY_IN_THE_CHANNEL = PerTeam()
MOST = 10_000
PAGE = 200
MOST_PAGES = 50


class Standing(StrEnum):
    """How far somebody belongs here."""

    STAFF = "staff"
    MEMBER = "member"
    OUTSIDER = "outsider"


@dataclass(slots=True)
class Fresh(Generic[T]):
    """Answers by key, for a while; the oldest go when there are many."""

    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[tuple[str, ...], tuple[float, T]] = field(default_factory=OrderedDict)

    async def get(self, key: tuple[str, ...], ask: Callable[[], Awaitable[T]], doubt: T) -> T:
        """The answer, asked for if it is not fresh; `doubt` where it cannot be had."""
        until, value = self._kept.get(key, (0.0, doubt))
        if until > self.clock():
            return value
        try:
            value, seconds = await ask(), FRESH
        except PostError as error:
            log.warning("not known who is who: %s", error)
            value, seconds = doubt, FAILED
        self._kept[key] = (self.clock() + seconds, value)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return value

    def forget(self) -> None:
        """Ask everything anew."""
        self._kept.clear()


class People:
    """Tells who is who; `group` is a user group's id, `channel` the triage channel's, by team."""

    def __init__(
        self,
        calls: Calls,
        *,
        group: PerTeam = EVERYBODY_IN_THE_CHANNEL,
        channel: PerTeam,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._group = group
        self._channel = channel
        self._staff: Fresh[frozenset[str]] = Fresh(clock)
        self._outsiders: Fresh[bool] = Fresh(clock)

    async def standing(self, team: str, user: str) -> Standing:
        """Who `user` is in the workspace `team`."""
        outside = await self._outsiders.get(
            (team, user), lambda: self._is_outsider(team, user), doubt=True
        )
        if outside:
            return Standing.OUTSIDER
        staff = await self._staff.get((team,), lambda: self._staff_of(team), frozenset())
        return Standing.STAFF if user in staff else Standing.MEMBER

    async def is_staff(self, team: str, user: str) -> bool:
        """Whether `user` may act for the desk's owner."""
        return await self.standing(team, user) is Standing.STAFF

    async def is_outsider(self, team: str, user: str) -> bool:
        """Whether `user` is a guest, or of another company."""
        return await self.standing(team, user) is Standing.OUTSIDER

    def forget(self) -> None:
        """Ask everything anew, because somebody came or went."""
        self._staff.forget()
        self._outsiders.forget()

    async def _is_outsider(self, team: str, user: str) -> bool:
        answer = await self._calls(team, "users_info", user=user)
        return outsider(answer["user"], team)

    async def _staff_of(self, team: str) -> frozenset[str]:
        if group := self._group.of(team):
            answer = await self._calls(team, "usergroups_users_list", usergroup=group)
            return frozenset(answer.get("users", ()))
        channel = self._channel.of(team)
        return await self._members(team, channel) if channel else frozenset()

    async def _members(self, team: str, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self._calls(
                team,
                "conversations_members",
                channel=channel,
                limit=PAGE,
                cursor=cursor or None,
            )
            found.update(page.get("members", ()))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return frozenset(found)


def outsider(user: dict[str, Any], team: str) -> bool:
    """Whether a user object is of a guest, a stranger, a bot, or somebody who left."""
    marks = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")
    if any(user.get(mark) for mark in marks):
        return True
    home = user.get("team_id") or (user.get("enterprise_user") or {}).get("id") or team
    teams = (user.get("enterprise_user") or {}).get("teams") or []
    return home != team and team not in teams
