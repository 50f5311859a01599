"""Messages that become tickets: by shortcut, by emoji."""

import asyncio

from bot.slack.manifest import TICKET_FROM_MESSAGE, TICKET_NEW
from tests.bot.slack.rooms import Room, room

served_by = room


async def test_own_message_becomes_a_ticket_by_shortcut(desk: Room) -> None:
    said = await desk.slack.post("ana", "help", "where is my invoice?")
    await desk.slack.shortcut("ana", TICKET_FROM_MESSAGE, channel="help", ts=said.ts)
    await desk.says(said, "Billing says: where is my invoice?")
    await desk.is_told("ana", "is ticket T-")


async def test_message_is_a_ticket_once(desk: Room) -> None:
    said = await desk.slack.post("ana", "help", "where is my invoice?")
    for _ in range(2):
        await desk.slack.shortcut("ana", TICKET_FROM_MESSAGE, channel="help", ts=said.ts)
    await desk.is_told("ana", "already")
    await desk.settled()
    assert len(desk.answers(said)) == 1


async def test_somebody_elses_message_becomes_a_ticket_only_by_staff(desk: Room) -> None:  # M
    said = await desk.slack.post("ana", "help", "where is my invoice?")
    for user in ("ben", "gus"):
        await desk.slack.shortcut(user, TICKET_FROM_MESSAGE, channel="help", ts=said.ts)
        await desk.is_told(user, "Only our staff")
    await desk.slack.shortcut("sam", TICKET_FROM_MESSAGE, channel="help", ts=said.ts)
    await desk.says(said, "Billing says")
    (opened,) = await desk.entries("ticket:opened")
    assert opened.subject_ref in {None, await desk.ref("ana")}


async def test_message_where_the_desk_is_not_is_refused_with_what_to_do(desk: Room) -> None:
    said = await desk.slack.post("ana", "random", "where is my invoice?")
    await desk.slack.shortcut("ana", TICKET_FROM_MESSAGE, channel="random", ts=said.ts)
    await asyncio.sleep(0.3)
    assert await desk.entries("ticket:opened") == []


async def test_emoji_of_the_author_or_staff_makes_a_ticket(desk: Room) -> None:
    said = await desk.slack.post("ana", "help", "where is my invoice?")
    await desk.slack.react("ben", "help", said.ts, "ticket")
    await desk.slack.react("ana", "help", said.ts, "eyes")
    await desk.settled()
    assert await desk.entries("ticket:opened") == []
    await desk.slack.react("kim", "help", said.ts, "ticket")
    await desk.says(said, "Billing says: where is my invoice?")


async def test_reaction_delivered_four_times_is_one_ticket(desk: Room) -> None:  # B
    said = await desk.slack.post("ana", "help", "where is my invoice?")
    desk.slack.fault("events:reaction_added", "duplicate", copies=3)
    await desk.slack.react("ana", "help", said.ts, "ticket")
    await desk.says(said, "Billing says")
    await desk.settled()
    assert len(desk.answers(said)) == 1


async def test_global_shortcut_opens_the_form(desk: Room) -> None:
    await desk.slack.shortcut("ana", TICKET_NEW)
    view = desk.slack.modal("ana")
    assert view is not None
    assert view.body["title"]["text"] == "New ticket"
