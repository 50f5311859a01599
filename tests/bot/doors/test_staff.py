"""Tickets of the API in Slack: staff gets cards, and what staff says goes back by callback."""

from pathlib import Path

import httpx2 as httpx

from bot.doors.callbacks import CallbackSender
from bot.doors.drafts import DraftSender
from bot.sandbox import Sandbox
from bot.slack import card_look
from bot.slack.noticeboard import noticeboard
from bot.web.api.room import make_api
from router.door_facts import Scope
from storage.doors.tokens import Tokens
from tests.bot.doors.receiver import receiver
from tests.bot.slack.rooms import Room, room
from tests.bot.slack.test_cards import card_value

HOST = "127.0.0.1"


def client(desk: Room) -> httpx.AsyncClient:
    site = httpx.ASGITransport(app=make_api(desk.app))
    return httpx.AsyncClient(transport=site, base_url="http://desk")


async def test_staff_answers_a_ticket_of_the_api_from_its_card(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with (
        receiver() as hook,
        room(slack, tmp_path) as desk,
        noticeboard(desk.served.desk),
        client(desk) as http,
    ):
        made = await Tokens(desk.app.store).create(
            "website", list(Scope), expires=None, callback=hook.url
        )
        headers = {"authorization": f"Bearer {made.token}"}
        body = {"text": "I need a human <!channel>", "requester": "customer-7"}
        opened = await http.post("/tickets", json=body, headers=headers)
        ticket = opened.json()["ticket"]
        sender = CallbackSender(desk.app.store, (HOST,))

        card = await desk.shows("asked through the API")
        assert "customer-7" in str(card.blocks)
        assert "<!channel>" not in str(card.blocks)
        await slack.press("sam", "triage", card.ts, card_look.REPLY)
        assert await slack.submit("sam", {"words": "Hello, I am looking into it."}) == {}
        await desk.shows("Taken over by <@")
        more = {"text": "Please hurry <!here>"}
        await http.post(f"/tickets/{ticket}/messages", json=more, headers=headers)
        (told,) = await slack.wait_for(
            lambda: [one for one in slack.answers("triage") if "Please hurry" in one.text], 10.0
        )
        assert "<!here>" not in str(told.blocks)
        await slack.press("sam", "triage", card.ts, card_look.RESOLVE)
        await desk.shows("Resolved by <@")
        await sender.tick()
        shown = (await http.get(f"/tickets/{ticket}", headers=headers)).json()

    assert [one["type"] for one in hook.contents] == [
        "ticket.answered",
        "ticket.staff_replied",
        "ticket.resolved",
    ]
    assert hook.contents[1]["data"]["text"] == "Hello, I am looking into it."
    assert shown["status"] == "resolved"
    assert slack.answers("help") == []
    assert len(slack.answers("triage")) == 2


async def test_a_draft_for_a_ticket_of_the_api_goes_out_once_staff_lets_it(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with (
        receiver() as hook,
        room(slack, tmp_path, draft=("*",)) as desk,
        client(desk) as http,
    ):
        made = await Tokens(desk.app.store).create(
            "website", list(Scope), expires=None, callback=hook.url
        )
        headers = {"authorization": f"Bearer {made.token}"}
        await http.post("/tickets", json={"text": "where is my invoice?"}, headers=headers)
        card = await desk.shows("Draft to approve")
        sender, drafts = CallbackSender(desk.app.store, (HOST,)), DraftSender(desk.app)
        await drafts.tick()
        await sender.tick()
        before = list(hook.contents)
        await slack.press("sam", "triage", card.ts, card_look.APPROVE)
        await desk.shows("Draft approved")
        for _ in range(2):
            await drafts.tick()
            await sender.tick()

    assert before == []
    assert [one["data"]["text"] for one in hook.contents] == ["Billing says: where is my invoice?"]


async def test_a_question_of_the_api_that_staff_sends_on_is_answered_by_the_other(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with room(slack, tmp_path) as desk, client(desk) as http:
        made = await Tokens(desk.app.store).create("website", list(Scope), expires=None)
        headers = {"authorization": f"Bearer {made.token}"}
        opened = await http.post("/tickets", json={"text": "a human thing"}, headers=headers)
        ticket = opened.json()["ticket"]
        card = await desk.shows("asked through the API")
        desk.technical.says = lambda text: desk.helper.says("It was restarted")
        chosen = f"{card_value(card)}:technical"
        await slack.press("sam", "triage", card.ts, card_look.SEND_TO, chosen)
        await desk.shows("Sent on by <@")
        await desk.settled()
        shown = (await http.get(f"/tickets/{ticket}", headers=headers)).json()

    assert shown["messages"][-1]["text"] == "Billing says: It was restarted"
