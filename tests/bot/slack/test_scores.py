"""Satisfaction: asked once when a ticket is resolved, and answered by whoever asked only."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.slack import card_look, scores
from bot.slack.noticeboard import noticeboard
from bot.slack.translate import SOURCE
from storage.doors.asking import SatisfactionAsker
from storage.doors.satisfaction import Ratings
from tests.bot.slack.rooms import Room, room


@pytest.fixture
async def desk(slack: Sandbox, tmp_path: Path) -> AsyncIterator[Room]:
    async with room(slack, tmp_path) as served, noticeboard(served.served.desk):
        yield served


async def test_who_asked_is_asked_once_and_their_latest_score_counts(desk: Room) -> None:
    asked = await desk.escalated()
    card = await desk.card()
    asker = SatisfactionAsker(desk.app.store, SOURCE, scores.question)
    assert await asker.tick() == 0
    await desk.slack.press("sam", "triage", card.ts, card_look.RESOLVE)
    await desk.shows("Resolved by <@")

    assert [await asker.tick() for _ in range(3)] == [1, 0, 0]
    question = await desk.says(asked, "How did we do")
    await desk.slack.press("ben", "help", question.ts, f"{scores.ACTION}1")
    await desk.is_told("ben", "Only whoever asked")
    await desk.slack.press("ana", "help", question.ts, f"{scores.ACTION}4")
    await desk.says(asked, "You gave this 4 of 5")

    (entry,) = await desk.entries("satisfaction:given")
    assert entry.actor_id == await desk.ref("ana")
    assert [
        (one.rated, one.mean, one.satisfied) for one in await Ratings(desk.app.store).summary()
    ] == [(1, 4.0, 1.0)]
    assert len(await desk.entries("act:refused")) == 1


async def test_a_person_who_was_rated_before_being_asked_is_left_alone(desk: Room) -> None:
    await desk.escalated()
    card = await desk.card()
    await desk.slack.press("sam", "triage", card.ts, card_look.RESOLVE)
    await desk.shows("Resolved by <@")
    (opened,) = await desk.entries("ticket:opened")
    await Ratings(desk.app.store).by_requester(opened.ticket_id, 5, "Very quick.")

    assert await SatisfactionAsker(desk.app.store, SOURCE, scores.question).tick() == 0
