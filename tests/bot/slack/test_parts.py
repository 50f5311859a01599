"""Several processes serve one desk: one takes messages in, another runs the turns, as one desk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine import processes
from bot.parts import Part, Parts
from bot.sandbox import Sandbox
from bot.slack.calls import HELD_UP, Calls, Refused
from bot.slack.messenger import SlackMessenger
from bot.slack.places import Thread
from bot.slack.progress import Progress
from bot.slack.service import Serving, serving
from router.human_facts import HumanReplied, human
from storage.claims import Claims
from storage.guard import guarded
from storage.human_tables import CARD
from tests.bot.slack.desks import ALERT, BRISK, Helper, quick_app, settings_for, slower
from tests.bot.slack.rooms import room

WEB: Parts = frozenset({Part.WEB})
TURNS: Parts = frozenset({Part.TURNS})


@dataclass
class Two:
    """A process that takes in, and one that answers."""

    slack: Sandbox
    web: Serving
    worker: Serving
    helper: Helper


@asynccontextmanager
async def process(
    slack: Sandbox, folder: Path, helper: Helper, parts: Parts, in_flight: int = 16
) -> AsyncIterator[Serving]:
    """Some parts of a desk."""
    calls = Calls()
    messenger = SlackMessenger(calls, Progress(calls, 60.0))
    pace = slower(BRISK, in_flight=in_flight, look=0.1, settle=0.1)
    async with (
        quick_app(settings_for(slack, folder, "http"), messenger, helper) as app,
        serving(app, messenger, pace=pace, watch=ALERT, parts=parts) as served,
    ):
        yield served


@asynccontextmanager
async def two(
    slack: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch, in_flight: int = 16
) -> AsyncIterator[Two]:
    """Two processes as far as the database can tell."""
    helper = Helper()
    async with AsyncExitStack() as stack:
        made = []
        for name, parts in (("here/web", WEB), ("here/worker", TURNS)):
            monkeypatch.setattr(processes, "name", lambda name=name: name)
            one = process(slack, folder, helper, parts, in_flight)
            made.append(await stack.enter_async_context(one))
        slack.request_url = f"http://127.0.0.1:{made[0].port}/slack/events"
        yield Two(slack, made[0], made[1], helper)
        slack.request_url = None


async def test_what_one_process_takes_in_another_answers_once(
    slack: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(slack, tmp_path, monkeypatch) as desk:
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        said = await slack.wait_for(lambda: slack.answers("help", thread=asked.ts), within=10)
        assert said[0].text == "About hello there: it is done."
        place = (asked.channel, asked.ts)
        await slack.wait_for(lambda: slack.workspace.sessions[place].status == "active", within=10)
        assert slack.workspace.thread_status(*place) is None
        assert len(slack.answers("help", thread=asked.ts)) == 1
        assert desk.web.desk.worker.busy == 0


async def test_stop_button_reaches_the_process_that_runs_the_turn(
    slack: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(slack, tmp_path, monkeypatch) as desk:
        desk.helper.free.clear()
        asked = await slack.post("ana", "help", "@frontdesk hello there")
        await slack.wait_for(lambda: desk.helper.asked, within=10)
        await slack.stop("ana", "help", asked.ts)
        await slack.wait_for(lambda: not desk.worker.desk.worker.busy, within=10)
        assert not await desk.worker.desk.app.store.unfinished()
        desk.helper.free.set()
        assert slack.answers("help", thread=asked.ts) == []


async def test_whoever_waits_in_line_sees_the_number(
    slack: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(slack, tmp_path, monkeypatch, in_flight=1) as desk:
        desk.helper.free.clear()
        asked = [await slack.post("ana", "help", f"@frontdesk question {n}") for n in range(3)]
        last = asked[-1]

        def number() -> bool:
            status = slack.workspace.thread_status(last.channel, last.ts)
            return status is not None and "number 2" in status.text

        await slack.wait_for(number, within=25)
        desk.helper.free.set()
        for one in asked:
            await slack.wait_for(lambda one=one: slack.answers("help", thread=one.ts), within=15)


async def test_process_that_was_held_up_posts_nothing(
    slack: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two(slack, tmp_path, monkeypatch) as desk:
        asked = await slack.post("ana", "help", "hello people")
        thread = Thread(slack.workspace.team_id, asked.channel, asked.ts)
        calls = desk.worker.desk.calls
        with guarded(lambda: False), pytest.raises(Refused, match=HELD_UP):
            await calls(thread.team, "chat_postMessage", channel=thread.channel, text="late")
        assert slack.answers("help") == []


async def test_processes_that_tick_at_once_post_what_staff_said_once(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with room(slack, tmp_path) as desk:
        asked = await desk.escalated()
        aftermath = desk.room.aftermath
        (card,) = await desk.app.store.read(lambda db: db.execute(select(CARD)).all())

        async def slow(team: str, method: str, **arguments: Any) -> dict[str, Any]:
            """Each looks before any of them has posted."""
            answer = await aftermath.messenger.calls(team, method, **arguments)
            await asyncio.sleep(0.5)
            return answer

        rivals = [
            replace(
                aftermath,
                claims=Claims(desk.app.store, f"there/{number}", lambda holder: False),
                messenger=SlackMessenger(slow),  # type: ignore[arg-type]
                _lock=asyncio.Lock(),
            )
            for number in range(3)
        ]
        said = HumanReplied(
            ticket=card.ticket_id,
            message=card.message_id,
            actor=human(await desk.ref("sam")),
            texts={"reply": "I look into it."},
        )
        await aftermath.humans.act("said", said)
        await asyncio.gather(*(rival.tick() for rival in rivals))
        await desk.says(asked, "I look into it.")
        await asyncio.sleep(1.5)
        shown = [one for one in desk.answers(asked) if "I look into it." in str(one.blocks)]
        assert len(shown) == 1
