"""A real Bolt app meets the sandbox as it would meet Slack, over both transports."""

import pytest

from bot.sandbox import Sandbox
from tests.bot.sandbox.apps import TRANSPORTS, answering, bolt

both = pytest.mark.parametrize("transport", TRANSPORTS)


@both
async def test_mention_is_answered_in_its_thread(slack: Sandbox, transport: str) -> None:
    async with TRANSPORTS[transport](answering(slack), slack):
        asked = await slack.post("ana", "help", "@frontdesk where is my invoice?")
        [answer] = await slack.wait_for(lambda: slack.answers("help", thread=asked.ts))
    assert answer.text == "On it."
    assert answer.thread_ts == asked.ts


@both
async def test_direct_message_is_answered(slack: Sandbox, transport: str) -> None:
    async with TRANSPORTS[transport](answering(slack), slack):
        asked = await slack.post("ben", "dm", "I cannot log in")
        await slack.wait_for(lambda: slack.answers(asked.channel, thread=asked.ts))


@both
async def test_button_press_reaches_its_listener(slack: Sandbox, transport: str) -> None:
    app, pressed = bolt(slack), []

    @app.action("wrong_team")
    async def listen(ack, body) -> None:  # type: ignore[no-untyped-def]
        pressed.append(body["actions"][0]["value"])
        await ack()

    async with TRANSPORTS[transport](app, slack):
        button = {"type": "button", "action_id": "wrong_team", "value": "t-1"}
        label = {"text": {"type": "plain_text", "text": "Wrong team"}}
        blocks = [{"type": "actions", "elements": [button | label]}]
        posted = await app.client.chat_postMessage(channel="help", text="Hi", blocks=blocks)
        delivery = await slack.press("ana", "help", posted["ts"], "wrong_team")
    assert pressed == ["t-1"]
    assert delivery.acknowledged


async def test_command_with_the_word_payload_arrives_over_a_socket(slack: Sandbox) -> None:
    app = bolt(slack)

    @app.command("/desk")
    async def listen(ack, body) -> None:  # type: ignore[no-untyped-def]
        await ack(f"heard: {body['text']}")

    async with TRANSPORTS["socket"](app, slack):
        await slack.command("ana", "help", "/desk my payload is broken")
    assert [one.text for one in slack.ephemerals("ana")] == ["heard: my payload is broken"]


async def test_command_is_a_form_so_the_word_payload_trips_stock_bolt(slack: Sandbox) -> None:
    app = bolt(slack)

    @app.command("/desk")
    async def listen(ack) -> None:  # type: ignore[no-untyped-def]
        await ack()

    async with TRANSPORTS["http"](app, slack):
        plain = await slack.command("ana", "help", "/desk hello")
        tripped = await slack.command("ana", "help", "/desk my payload is broken")
    assert (plain.acknowledged, tripped.acknowledged) == (True, False)


async def test_request_url_is_verified_by_its_challenge(slack: Sandbox) -> None:
    assert not await slack.verify_request_url()
    async with TRANSPORTS["http"](bolt(slack), slack):
        assert await slack.verify_request_url()
