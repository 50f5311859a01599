"""Buttons below answers: feedback, wrong team, talk to a human."""

import asyncio

import pytest

from bot.sandbox.records import Message
from bot.slack.blocks import FEEDBACK, TALK_TO_HUMAN, WRONG_TEAM
from bot.slack.card_look import RESOLVE
from storage.human_tables import FEEDBACK as FEEDBACK_TABLE
from tests.bot.slack.rooms import Room, room

served_by = room


async def answered(desk: Room) -> Message:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
    await desk.answer(asked)
    await desk.settled()
    return await desk.answer(asked)


def votes(message: Message) -> tuple[str, str]:
    element = next(
        element
        for block in message.blocks
        for element in block.get("elements", [])
        if element.get("action_id") == FEEDBACK
    )
    return element["positive_button"]["value"], element["negative_button"]["value"]


async def stored(desk: Room) -> list[str]:
    rows = await desk.app.store.read(lambda db: db.execute(FEEDBACK_TABLE.select()).all())
    return [row.vote for row in rows]


async def test_feedback_is_stored_once_per_user_and_message(desk: Room) -> None:  # P
    answer = await answered(desk)
    good, _ = votes(answer)
    for _ in range(3):
        await desk.slack.press("ana", "help", answer.ts, FEEDBACK, good)
    await desk.slack.press("ben", "help", answer.ts, FEEDBACK, good)
    assert await stored(desk) == ["helpful", "helpful"]
    entries = await desk.entries("feedback:given")
    assert {one.actor_id for one in entries} == {await desk.ref("ana"), await desk.ref("ben")}
    assert len(entries) == 2


async def test_changed_mind_replaces_the_vote(desk: Room) -> None:
    answer = await answered(desk)
    good, bad = votes(answer)
    await desk.slack.press("ana", "help", answer.ts, FEEDBACK, good)
    await desk.slack.press("ana", "help", answer.ts, FEEDBACK, bad)
    assert await stored(desk) == ["unhelpful"]


async def test_unhelpful_asks_for_the_reason_and_offers_a_person(desk: Room) -> None:
    answer = await answered(desk)
    await desk.slack.press("ana", "help", answer.ts, FEEDBACK, votes(answer)[1])
    assert desk.slack.modal("ana")
    values = {"why": "wrong", "details": "It is under Billing.", "human": ["person"]}
    assert await desk.slack.submit("ana", values) == {}
    card = await desk.card()
    assert "It is under Billing." in str(card.blocks)
    assert "they asked for a person" in str(card.blocks)
    assert len(await desk.entries("feedback:given")) == 2


async def test_modal_submitted_twice_counts_once(desk: Room) -> None:  # O
    answer = await answered(desk)
    await desk.slack.press("ana", "help", answer.ts, FEEDBACK, votes(answer)[1])
    view = desk.slack.modal("ana")
    assert view is not None
    values = {"why": "wrong", "details": "No.", "human": ["person"]}
    assert await desk.slack.submit("ana", values) == {}
    desk.slack.workspace.modals[desk.slack.workspace.user("ana").id].append(view.id)
    desk.slack.workspace.views[view.id] = view
    await desk.slack.submit("ana", values)
    assert len(await desk.entries("feedback:given")) == 2
    assert len(await desk.entries("ticket:escalated")) == 1


async def test_wrong_team_lets_the_right_specialist_answer(desk: Room) -> None:
    answer = await answered(desk)
    await desk.slack.press("ana", "help", answer.ts, WRONG_TEAM)
    view = desk.slack.modal("ana")
    assert view is not None
    assert "Technical" in str(view.body)
    assert "'Billing'" not in str(view.body)
    assert await desk.slack.submit("ana", {"team": "technical"}) == {}
    await desk.says(answer, "Technical says: where is my invoice?")
    (rerouted,) = await desk.entries("ticket:rerouted")
    assert rerouted.actor_id == await desk.ref("ana")
    (decided,) = [one for one in await desk.entries("route:decided") if "human" in one.actor_id]
    assert decided.specialist == "technical"


async def test_wrong_team_of_somebody_elses_answer_is_refused(desk: Room) -> None:  # 17
    answer = await answered(desk)
    await desk.slack.press("ben", "help", answer.ts, WRONG_TEAM)
    await desk.is_told("ben", "Only whoever asked, or our staff")
    assert desk.slack.modal("ben") is None
    (refused,) = await desk.entries("act:refused")
    assert refused.actor_id == await desk.ref("ben")


async def test_question_sent_around_too_often_goes_no_further(desk: Room) -> None:
    answer = await answered(desk)
    for number, team in enumerate(("technical", "billing", "technical")):
        await desk.slack.press("ana", "help", answer.ts, WRONG_TEAM)
        assert await desk.slack.submit("ana", {"team": team}) == {}
        await desk.slack.wait_for(lambda n=number: len(desk.answers(answer)) >= 2 + 2 * n)
        await desk.settled()
    await desk.slack.press("ana", "help", answer.ts, WRONG_TEAM)
    errors = await desk.slack.submit("ana", {"team": "billing"})
    assert "too often" in errors["team"]


async def test_talk_to_a_human_makes_a_card_and_says_so(desk: Room) -> None:
    answer = await answered(desk)
    await desk.slack.press("ana", "help", answer.ts, TALK_TO_HUMAN)
    await desk.shows("they asked for a person")
    await desk.says(answer, "in the queue for our staff")
    await desk.slack.press("ana", "help", answer.ts, TALK_TO_HUMAN)
    await desk.is_told("ana", "queue already")
    await asyncio.sleep(1.2)
    assert desk.cards_now == 1


async def test_resolved_ticket_is_not_opened_again_by_an_old_button(desk: Room) -> None:
    answer = await answered(desk)
    await desk.slack.press("ana", "help", answer.ts, TALK_TO_HUMAN)
    card = await desk.card()
    await desk.slack.press("sam", "triage", card.ts, RESOLVE)
    await desk.shows("Resolved by")
    await desk.slack.press("ana", "help", answer.ts, TALK_TO_HUMAN)
    await desk.is_told("ana", "resolved already")
    assert len(await desk.entries("ticket:escalated")) == 1


async def test_talk_to_a_human_is_not_for_bystanders(desk: Room) -> None:  # 17
    answer = await answered(desk)
    await desk.slack.press("ben", "help", answer.ts, TALK_TO_HUMAN)
    await desk.is_told("ben", "Only whoever asked")
    assert await desk.entries("ticket:escalated") == []


async def test_click_that_cannot_be_recorded_is_not_acknowledged(
    desk: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from frontdesk import StoreError  # noqa: PLC0415

    answer = await answered(desk)

    async def fails(*_: object) -> bool:
        raise StoreError("the disk is full")

    monkeypatch.setattr(desk.room.office.humans, "act", fails)
    pressed = await desk.slack.press("ana", "help", answer.ts, TALK_TO_HUMAN)
    assert not pressed.acknowledged
    await desk.is_told("ana", "nothing was changed")
