"""`/frontdesk` from anywhere: help, a question, a form, status, a person."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.bot.slack.rooms import Room, room

served_by = room


async def in_dm(desk: Room, user: str, text: str) -> None:
    """Wait until somebody's direct message with the desk says something."""
    channel = desk.slack.workspace.direct_message(desk.slack.workspace.user(user).id).id
    await desk.slack.wait_for(
        lambda: any(text in f"{one.text}{one.blocks}" for one in desk.slack.answers(channel)), 8.0
    )


async def test_help_needs_nothing_but_the_command(desk: Room) -> None:
    await desk.slack.command("ana", "random", "/frontdesk help")
    assert "answers support questions" in desk.told("ana")[-1]


async def test_question_is_answered_in_a_direct_message(desk: Room) -> None:
    await desk.slack.command("ana", "random", "/frontdesk where is my invoice?")
    assert "answer in a direct message" in desk.told("ana")[-1]
    await in_dm(desk, "ana", "where is my invoice?")
    await in_dm(desk, "ana", "Billing says: where is my invoice?")


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_question_with_the_word_payload_is_not_lost(
    slack: Sandbox, tmp_path: Path, transport: str
) -> None:  # S
    async with room(slack, tmp_path, transport=transport) as desk:
        await slack.command("ana", "random", "/frontdesk my payload is broken")
        await in_dm(desk, "ana", "Billing says: my payload is broken")


async def test_new_opens_a_form_whose_ticket_is_answered(desk: Room) -> None:
    await desk.slack.command("ana", "help", "/frontdesk new")
    values = {"subject": "Two invoices", "details": "I paid twice.", "team": "technical"}
    assert await desk.slack.submit("ana", values) == {}
    await in_dm(desk, "ana", "Technical says: Two invoices\n\nI paid twice.")


async def test_ticket_without_a_thread_gets_one_after_a_crash(
    slack: Sandbox, tmp_path: Path
) -> None:  # D
    async with room(slack, tmp_path) as desk:
        slack.fault("conversations.open", "drop", times=1_000)
        await slack.command("ana", "random", "/frontdesk where is my invoice?")
    slack.core.faults.clear()
    async with room(slack, tmp_path) as desk:
        await in_dm(desk, "ana", "Billing says: where is my invoice?")
        await asyncio.sleep(0.5)
        channel = slack.workspace.direct_message(slack.workspace.user("ana").id).id
        asked = [one for one in slack.answers(channel) if "you asked" in str(one.blocks)]
        assert len(asked) == 1


async def test_mine_and_status_tell_where_ones_own_tickets_stand(desk: Room) -> None:
    await desk.escalated()
    await desk.settled()
    await desk.slack.command("ana", "help", "/frontdesk mine")
    assert "I need a human" in desk.told("ana")[-1]
    assert "queue of our staff" in desk.told("ana")[-1]
    await desk.slack.command("ana", "help", "/frontdesk status")
    assert "queue of our staff" in desk.told("ana")[-1]


async def test_status_of_somebody_elses_ticket_is_for_staff_alone(desk: Room) -> None:  # M
    await desk.escalated()
    (opened,) = await desk.entries("ticket:opened")
    ticket = opened.ticket_id
    for user in ("ben", "gus"):
        await desk.slack.command(user, "help", f"/frontdesk status {ticket}")
        assert desk.told(user)[-1] == f"You have no ticket {ticket}."
    await desk.slack.command("sam", "help", f"/frontdesk status {ticket}")
    assert "I need a human" in desk.told("sam")[-1]


async def test_human_puts_the_latest_ticket_before_a_person(desk: Room) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
    await desk.answer(asked)
    await desk.settled()
    await desk.slack.command("ana", "random", "/frontdesk human it is urgent")
    await desk.shows("they asked for a person")
    assert "it is urgent" in str((await desk.card()).blocks)


async def test_human_without_a_ticket_opens_one(desk: Room) -> None:
    await desk.slack.command("ana", "random", "/frontdesk human")
    assert "I have your question" in desk.told("ana")[-1]
    await in_dm(desk, "ana", "I would like to talk to a person")
