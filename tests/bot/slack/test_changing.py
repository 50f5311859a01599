"""Changes on cards: staff sees exactly what would run, lets it run or not, and sees what came."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock.changes import ChangeRunner
from bot.sandbox import Sandbox
from bot.sandbox.records import Message
from bot.slack import change_look
from frontdesk import tool
from router.facts import ToolProposed
from storage.changes import Changes
from tests.bot.slack.rooms import Room, room

ran: list[tuple[str, int]] = []


@tool(changes=True)
def pay_back(invoice: str, cents: int) -> str:
    """Pay an invoice back."""
    ran.append((invoice, cents))
    return "paid back"


@pytest.fixture
async def desk(slack: Sandbox, tmp_path: Path) -> AsyncIterator[Room]:
    ran.clear()
    async with room(slack, tmp_path) as served:
        served.helper.tools = (pay_back,)
        yield served


async def proposal(desk: Room, arguments: str = '{"invoice":"QL-1","cents":900}') -> Message:
    """A card with a proposed change."""
    await desk.escalated()
    await desk.settled()
    (entry,) = await desk.entries("ticket:escalated")
    await desk.app.store.record(
        ToolProposed(
            ticket=entry.ticket_id,
            message=entry.message_id,
            actor="plugin:billing",
            part=0,
            attempt=0,
            tool="pay_back",
            texts={"arguments": arguments, "digest": "0" * 64},
        )
    )
    return await desk.shows("wants to run")


async def test_card_shows_exactly_what_would_run(desk: Room) -> None:
    card = await proposal(desk)
    assert '"cents": 900' in str(card.blocks)
    assert "Nothing was run" in str(card.blocks)
    assert {change_look.RUN, change_look.DECLINE} <= set(desk.buttons(card))


async def test_staff_lets_it_run_and_sees_that_it_did(desk: Room) -> None:
    card = await proposal(desk)
    await desk.slack.press("sam", "triage", card.ts, change_look.RUN)
    await desk.shows("it is about to")
    await ChangeRunner(desk.app).tick()
    await desk.shows("let it run, and it did")
    assert ran == [("QL-1", 900)]
    (entry,) = await desk.entries("tool:confirmed")
    assert entry.actor_id == await desk.ref("sam")


async def test_staff_does_not_want_it_to_run(desk: Room) -> None:
    card = await proposal(desk)
    await desk.slack.press("sam", "triage", card.ts, change_look.DECLINE)
    card = await desk.shows("does not want it to run")
    await ChangeRunner(desk.app).tick()
    assert change_look.RUN not in desk.buttons(card)
    assert ran == []


async def test_whoever_asked_cannot_let_it_run_themselves(desk: Room) -> None:
    card = await proposal(desk)
    await desk.slack.press("ana", "triage", card.ts, change_look.RUN)
    (refused,) = await desk.entries("act:refused")
    assert refused.actor_id == await desk.ref("ana")
    assert not await Changes(desk.app.store).waiting()


async def test_what_cannot_be_shown_whole_cannot_be_let_run(desk: Room) -> None:
    card = await proposal(desk, f'{{"invoice":"{"x" * 3000}","cents":1}}')
    assert "too long to be shown whole" in str(card.blocks)
    assert change_look.RUN not in desk.buttons(card)


async def test_what_nobody_can_see_is_written_out(desk: Room) -> None:
    card = await proposal(desk, '{"invoice":"QL-1\\u202e\\u200b`","cents":1}')
    assert "QL-1\\\\u202e\\\\u200b\\\\u0060" in str(card.blocks)


async def test_many_signs_that_slack_escapes_do_not_keep_a_card_away(desk: Room) -> None:
    card = await proposal(desk, f'{{"invoice":"{"<" * 2000}","cents":1}}')
    assert "too long to be shown whole" in str(card.blocks)
