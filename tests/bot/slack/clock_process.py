"""A clock in a process of its own, which may be gone at a point: see test_clock_killed.py.

Usage: python -m tests.bot.slack.clock_process URL API TOKEN CHANNEL POINT RULES
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from bot.clock.deadlines import DeadlineKeeper
from bot.engine import processes
from bot.settings.sla import SlaSettings
from bot.slack.calls import Calls
from bot.slack.limits import Buckets, Rate
from bot.slack.noticeboard import NoticeBoard
from bot.slack.per_team import PerTeam
from bot.slack.workspaces import one_workspace, web_client, web_session
from storage.database import open_store
from storage.notices import Notices
from tests.bot.slack.desk_process import die

SURVIVED_POSTS = 2


class AtOnce(Buckets):
    """What is tested here is not the pace."""

    async def take(self, rate: Rate, *key: str) -> None:
        """Go on."""


class Dying(Calls):
    """Makes calls until it is to die: before the next post, or when Slack has it."""

    point = ""
    posts = 0

    async def __call__(self, team: str, method: str, **arguments: Any) -> dict[str, Any]:
        posts = method == "chat_postMessage"
        self.posts += posts
        late = posts and self.posts > SURVIVED_POSTS
        if late and self.point == "before_post":
            die()
        answer = await super().__call__(team, method, **arguments)
        if late and self.point == "after_post":
            die()
        return answer


async def main(*given: str) -> None:
    """Tick until killed, or until nothing is left to do."""
    url, api, token, channel, point, rules = given
    store = open_store(url)
    keeper = DeadlineKeeper(store, SlaSettings.model_validate_json(rules))
    async with web_session() as session:
        workspaces = await one_workspace(web_client(token, api, session))
        calls = Dying(workspaces, AtOnce())
        calls.point = point
        notices = Notices(store, processes.name(), processes.is_gone)
        board = NoticeBoard(notices, calls, workspaces, PerTeam(channel))
        for _ in range(5):
            await keeper.tick()
            if point == "after_look":
                die()
            sys.stdout.write("posting\n")
            sys.stdout.flush()
            await board.tick()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
