"""Modals, App Home, buttons, shortcuts, commands and response URLs with a real Bolt app."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox
from bot.sandbox.errors import SlackError
from tests.bot.sandbox.apps import bolt, over_socket


def text_input(block_id: str, *, optional: bool = False) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": {"type": "plain_text", "text": block_id},
        "element": {"type": "plain_text_input", "action_id": "value"},
    }


def modal(title: str = "New ticket", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "ticket",
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": "Create"},
        "blocks": [text_input("subject"), text_input("details", optional=True)],
    } | more


def button(action_id: str, value: str = "v") -> dict[str, Any]:
    label = {"type": "plain_text", "text": action_id}
    return {"type": "button", "action_id": action_id, "value": value, "text": label}


@pytest.fixture
async def app(slack: Sandbox) -> AsyncIterator[AsyncApp]:
    made = bolt(slack)

    @made.command("/desk")
    async def command(ack, body, client) -> None:  # type: ignore[no-untyped-def]
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))

    async with over_socket(made, slack):
        yield made


async def test_modal_is_submitted_after_its_errors(slack: Sandbox, app: AsyncApp) -> None:
    taken: list[dict[str, Any]] = []

    @app.view("ticket")
    async def submit(ack, view) -> None:  # type: ignore[no-untyped-def]
        subject = view["state"]["values"]["subject"]["value"]["value"]
        if len(subject) < 4:
            await ack(response_action="errors", errors={"subject": "Say more."})
            return
        await ack()
        taken.append(view["state"]["values"])

    await slack.command("ana", "help", "/desk new")
    assert await slack.submit("ana", {}) == {"subject": "Please complete this required field."}
    assert await slack.submit("ana", {"subject": "abc"}) == {"subject": "Say more."}
    assert slack.modal("ana")
    assert await slack.submit("ana", {"subject": "A broken invoice"}) == {}
    assert slack.modal("ana") is None
    assert taken[0]["details"]["value"] == {"type": "plain_text_input", "value": None}


async def test_submission_can_push_update_and_clear(slack: Sandbox, app: AsyncApp) -> None:
    plain = {"blocks": [], "submit": {"type": "plain_text", "text": "Next"}}
    answers = [
        {"response_action": "push", "view": modal("Second", **plain)},
        {"response_action": "update", "view": modal("Third", **plain)},
        {"response_action": "clear"},
    ]

    @app.view("ticket")
    async def submit(ack) -> None:  # type: ignore[no-untyped-def]
        await ack(**answers.pop(0))

    await slack.command("ana", "help", "/desk new")
    titles = []
    for values in ({"subject": "x"}, {}, {}):
        assert await slack.submit("ana", values) == {}
        view = slack.modal("ana")
        titles.append(view.body["title"]["text"] if view else None)
    assert titles == ["Second", "Third", None]


async def test_closing_a_modal_is_told_when_asked_for(slack: Sandbox, app: AsyncApp) -> None:
    closed = asyncio.Event()

    @app.view_closed("ticket")
    async def listen(ack) -> None:  # type: ignore[no-untyped-def]
        await ack()
        closed.set()

    await slack.command("ana", "help", "/desk new")
    await slack.close_view("ana")
    await asyncio.wait_for(closed.wait(), 2)
    assert slack.modal("ana") is None


async def test_trigger_opens_one_view_in_time(slack: Sandbox, client: AsyncWebClient) -> None:
    trigger = slack.core.triggers.make("U0AANA000")
    await client.views_open(trigger_id=trigger, view=modal())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=modal())
    slack.core.triggers.lifetime = 0.0
    late = slack.core.triggers.make("U0AANA000")
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=modal())


async def test_stale_hash_does_not_overwrite(slack: Sandbox, client: AsyncWebClient) -> None:
    trigger = slack.core.triggers.make("U0AANA000")
    opened = (await client.views_open(trigger_id=trigger, view=modal()))["view"]
    await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal("Second"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal("Third"))


@pytest.mark.parametrize(
    "wrong",
    [
        modal("x" * 25),
        modal(submit=None),
        modal(private_metadata="x" * 3_001),
        modal(blocks=[{"type": "divider"}] * 101),
        modal(type="home"),
    ],
)
async def test_malformed_modal_is_refused(
    slack: Sandbox, client: AsyncWebClient, wrong: dict[str, Any]
) -> None:
    trigger = slack.core.triggers.make("U0AANA000")
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_open(trigger_id=trigger, view=wrong)


async def test_home_is_published_when_opened_and_its_buttons_work(
    slack: Sandbox, app: AsyncApp
) -> None:
    pressed: list[str] = []

    @app.event("app_home_opened")
    async def opened(event, client) -> None:  # type: ignore[no-untyped-def]
        blocks = [{"type": "actions", "elements": [button("open_ticket", "12")]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.action("open_ticket")
    async def press(ack, action) -> None:  # type: ignore[no-untyped-def]
        await ack()
        pressed.append(action["value"])

    await slack.open_home("ana")
    await slack.wait_for(lambda: slack.home("ana"))
    await slack.press_in_view("ana", "open_ticket", in_home=True)
    assert pressed == ["12"]
    assert slack.home("ben") is None


async def test_response_url_replaces_the_message_five_times_at_most(
    slack: Sandbox, app: AsyncApp
) -> None:
    statuses: list[int] = []

    @app.action("approve")
    async def press(ack, respond) -> None:  # type: ignore[no-untyped-def]
        await ack()
        for number in range(6):
            answer = await respond(text=f"Approved {number}", replace_original=True)
            statuses.append(answer.status_code)

    blocks = [{"type": "actions", "elements": [button("approve")]}]
    card = await app.client.chat_postMessage(channel="triage", text="A draft", blocks=blocks)
    await slack.press("sam", "triage", card["ts"], "approve")
    await slack.wait_for(lambda: len(statuses) == 6)
    assert statuses == [200] * 5 + [404]
    assert [one.text for one in slack.answers("triage")] == ["Approved 4"]


async def test_choice_arrives_as_its_option(slack: Sandbox, app: AsyncApp) -> None:
    chosen: list[Any] = []

    @app.action("send_to")
    async def choose(ack, action) -> None:  # type: ignore[no-untyped-def]
        await ack()
        chosen.append(action["selected_option"])

    option = {"text": {"type": "plain_text", "text": "Technical"}, "value": "technical"}
    menu = {"type": "static_select", "action_id": "send_to", "options": [option]}
    blocks = [{"type": "actions", "elements": [menu]}]
    card = await app.client.chat_postMessage(channel="triage", text="A card", blocks=blocks)
    await slack.press("sam", "triage", card["ts"], "send_to", "technical")
    assert chosen == [option]


async def test_feedback_button_sends_its_value(slack: Sandbox, app: AsyncApp) -> None:
    votes: list[str] = []

    @app.action("feedback")
    async def vote(ack, action) -> None:  # type: ignore[no-untyped-def]
        await ack()
        votes.append(action["value"])

    def side(text: str, value: str) -> dict[str, Any]:
        return {"text": {"type": "plain_text", "text": text}, "value": value}

    buttons = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": side("Good", "up"),
        "negative_button": side("Bad", "down"),
    }
    blocks = [{"type": "context_actions", "elements": [buttons]}]
    posted = await app.client.chat_postMessage(channel="help", text="An answer", blocks=blocks)
    await slack.press("ana", "help", posted["ts"], "feedback", "down")
    assert votes == ["down"]


async def test_pressing_what_is_not_there_says_what_is(slack: Sandbox, app: AsyncApp) -> None:
    blocks = [{"type": "actions", "elements": [button("approve")]}]
    card = await app.client.chat_postMessage(channel="triage", text="A card", blocks=blocks)
    with pytest.raises(SlackError) as refused:
        await slack.press("sam", "triage", card["ts"], "reject")
    assert refused.value.more["known"] == ["approve"]


async def test_message_shortcut_carries_the_message(slack: Sandbox, app: AsyncApp) -> None:
    seen: list[str] = []

    @app.message_shortcut("ticket_from_message")
    async def run(ack, shortcut) -> None:  # type: ignore[no-untyped-def]
        await ack()
        seen.append(shortcut["message"]["text"])

    posted = await slack.post("ben", "help", "the printer is on fire")
    await slack.shortcut("ana", "ticket_from_message", channel="help", ts=posted.ts)
    assert seen == ["the printer is on fire"]


async def test_external_menu_asks_the_app_for_options(slack: Sandbox, app: AsyncApp) -> None:
    @app.options("customer")
    async def look_up(ack, payload) -> None:  # type: ignore[no-untyped-def]
        text = {"type": "plain_text", "text": f"{payload['value']} Ltd"}
        await ack(options=[{"text": text, "value": "c-1"}])

    menu = {"type": "external_select", "action_id": "customer", "min_query_length": 1}
    label = {"type": "plain_text", "text": "Customer"}
    block = {"type": "input", "block_id": "who", "label": label, "element": menu}
    trigger = slack.core.triggers.make("U0AANA000")
    await app.client.views_open(trigger_id=trigger, view=modal(blocks=[block]))
    [option] = await slack.options("ana", "customer", "Globex")
    assert option["text"]["text"] == "Globex Ltd"


async def test_unanswered_command_tells_the_person(slack: Sandbox) -> None:
    delivery = await slack.command("ana", "help", "/desk help")
    assert delivery.state == "failed"
    assert "operation_timeout" in slack.ephemerals("ana")[0].text
