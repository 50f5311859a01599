"""Events: what arrives, how often, and how it is proven to come from Slack."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import Sandbox
from tests.bot.sandbox.apps import QUICK, answering, over_http, over_socket, served

OK = 200


class Listener:
    """A request URL that keeps what it gets and answers as told, then with 200."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.pause = 0.0

    async def handle(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.text())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.pause)
        return web.Response(status=self.answers.pop(0) if self.answers else OK)

    def events(self) -> list[dict[str, object]]:
        return [json.loads(body)["event"] for body in self.bodies]

    def ids(self) -> list[str]:
        return [json.loads(body)["event_id"] for body in self.bodies]


@pytest.fixture
async def listener(slack: Sandbox) -> AsyncIterator[Listener]:
    listening = Listener()
    async with served(listening.handle) as url:
        slack.request_url = url
        yield listening


async def test_mention_arrives_twice_under_different_ids(
    slack: Sandbox, listener: Listener
) -> None:
    posted = await slack.post("ana", "help", "@frontdesk hello")
    await slack.wait_until_settled()
    assert {event["type"] for event in listener.events()} == {"message", "app_mention"}
    assert {event["ts"] for event in listener.events()} == {posted.ts}
    assert len(set(listener.ids())) == 2
    mention = next(event for event in listener.events() if event["type"] == "app_mention")
    assert "channel_type" not in mention


async def test_event_is_signed(slack: Sandbox, listener: Listener) -> None:
    await slack.post("ana", "help", "hello")
    await slack.wait_until_settled()
    verifier = SignatureVerifier(slack.signing_secret)
    assert verifier.is_valid_request(listener.bodies[0], listener.headers[0])
    assert not verifier.is_valid_request(listener.bodies[0] + " ", listener.headers[0])


async def test_bolt_refuses_another_signing_secret(slack: Sandbox) -> None:
    async with over_http(answering(slack), slack):
        slack.core.app.signing_secret = "another"
        slack.request_url = slack.request_url
        await slack.post("ana", "help", "@frontdesk hello")
        await slack.wait_until_settled()
    assert {attempt.status for one in slack.deliveries for attempt in one.attempts} == {401}
    assert not slack.answers("help")


async def test_failed_event_comes_again_with_number_and_reason(
    slack: Sandbox, listener: Listener
) -> None:
    listener.answers = [500, 404]
    await slack.post("ana", "help", "hello")
    await slack.wait_until_settled()
    assert len(set(listener.ids())) == 1
    retries = [
        (one.get("X-Slack-Retry-Num"), one.get("X-Slack-Retry-Reason")) for one in listener.headers
    ]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert slack.deliveries[0].acknowledged


async def test_slow_answer_counts_as_timeout(slack: Sandbox, listener: Listener) -> None:
    listener.pause = QUICK.ack + 0.2
    await slack.post("ana", "help", "hello")
    await slack.wait_for(lambda: len(listener.bodies) == 2)
    assert slack.deliveries[0].attempts[0].reason == "http_timeout"


async def test_event_is_given_up_after_three_retries(slack: Sandbox, listener: Listener) -> None:
    listener.answers = [500] * 9
    await slack.post("ana", "help", "hello")
    await slack.wait_until_settled()
    assert len(listener.bodies) == 4
    assert slack.deliveries[0].state == "failed"


async def test_duplicate_on_request_keeps_its_event_id(slack: Sandbox, listener: Listener) -> None:
    slack.fault("events", "duplicate", copies=3)
    await slack.post("ana", "help", "hello")
    await slack.wait_for(lambda: len(listener.bodies) == 4)
    assert len(set(listener.ids())) == 1


async def test_lost_event_never_arrives_and_late_one_does(
    slack: Sandbox, listener: Listener
) -> None:
    slack.fault("events:message", "lose")
    slack.fault("events:message", "delay", seconds=0.15)
    await slack.post("ana", "help", "lost")
    await slack.post("ana", "help", "late")
    assert not listener.bodies
    await slack.wait_until_settled()
    assert [event["text"] for event in listener.events()] == ["late"]


async def test_paused_events_arrive_after_resume(slack: Sandbox, listener: Listener) -> None:
    slack.core.deliveries.pause()
    await slack.post("ana", "help", "hello")
    await asyncio.sleep(0.1)
    assert not listener.bodies
    slack.core.deliveries.resume()
    await slack.wait_for(lambda: listener.bodies)


async def test_unacknowledged_envelope_is_sent_again(slack: Sandbox) -> None:
    app = answering(slack)
    seen: list[tuple[str, str | None]] = []

    @app.middleware
    async def fail_once(body, request, next) -> None:  # type: ignore[no-untyped-def]  # noqa: A002
        seen.append((body["event_id"], (request.headers.get("x-slack-retry-num") or [None])[0]))
        if len(seen) == 1:
            raise RuntimeError("not stored")
        await next()

    async with over_socket(app, slack):
        asked = await slack.post("ana", "dm", "hello")
        await slack.wait_for(lambda: slack.answers(asked.channel))
        await slack.wait_until_settled()
    first, second = seen[0], seen[1]
    assert first[0] == second[0]
    assert second[1] == "1"
    assert slack.deliveries[0].attempts[0].reason == "timeout"


async def test_bot_hears_nothing_where_it_is_not_a_member(
    slack: Sandbox, listener: Listener
) -> None:
    await slack.post("ana", "random", "@frontdesk hello")
    await slack.join("frontdesk", "random")
    await slack.wait_until_settled()
    assert [event["type"] for event in listener.events()] == ["member_joined_channel"]


async def test_edit_and_delete_are_told_with_what_was_before(
    slack: Sandbox, listener: Listener
) -> None:
    posted = await slack.post("ana", "help", "helo")
    await slack.edit("ana", "help", posted.ts, "hello")
    await slack.delete("ana", "help", posted.ts)
    await slack.wait_until_settled()
    by_subtype = {event.get("subtype"): event for event in listener.events()}
    changed, deleted = by_subtype["message_changed"], by_subtype["message_deleted"]
    assert changed["message"]["text"] == "hello"  # type: ignore[index]
    assert changed["previous_message"]["text"] == "helo"  # type: ignore[index]
    assert deleted["deleted_ts"] == posted.ts


async def test_outsider_in_a_shared_channel_is_marked(slack: Sandbox, listener: Listener) -> None:
    await slack.post("zoe", "partners", "hello")
    await slack.wait_until_settled()
    body = json.loads(listener.bodies[0])
    assert body["is_ext_shared_channel"]
    assert body["event"]["user_team"] != slack.workspace.team_id
