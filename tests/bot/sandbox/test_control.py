"""The control API does what the Python methods do, for the page and for other languages."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox import Sandbox


@pytest.fixture
async def http(slack: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.base_url) as session:
        yield session


async def test_act_posts_as_a_person(slack: Sandbox, http: aiohttp.ClientSession) -> None:
    order = {"user": "ana", "channel": "help", "text": "hello"}
    answer = await (await http.post("/sandbox/act/post", json=order)).json()
    assert answer["result"]["text"] == "hello"
    assert [one.text for one in slack.messages("help")] == ["hello"]


async def test_wrong_act_says_what_is_wrong(http: aiohttp.ClientSession) -> None:
    unknown = await http.post("/sandbox/act/sing", json={})
    assert unknown.status == 404
    assert "post" in (await unknown.json())["acts"]
    missing = await http.post("/sandbox/act/post", json={"user": "ana"})
    assert "channel" in (await missing.json())["error"]
    refused = await http.post(
        "/sandbox/act/post", json={"user": "ana", "channel": "triage", "text": "x"}
    )
    assert await refused.json() == {"error": "not_in_channel"}


async def test_state_is_for_members_only(http: aiohttp.ClientSession) -> None:
    staff = await http.get("/sandbox/state", params={"user": "sam", "channel": "triage"})
    assert (await staff.json())["me"] == "U0ASAM000"
    other = await http.get("/sandbox/state", params={"user": "ana", "channel": "triage"})
    assert other.status == 403


async def test_fault_is_ordered_and_listed(http: aiohttp.ClientSession) -> None:
    order = {"target": "chat.postMessage", "kind": "rate_limited", "seconds": 3}
    await http.post("/sandbox/faults", json=order)
    [waiting] = await (await http.get("/sandbox/faults")).json()
    assert waiting["kind"] == "rate_limited"
    wrong = await http.post("/sandbox/faults", json=order | {"kind": "sing"})
    assert "lost_response" in (await wrong.json())["error"]
    await http.delete("/sandbox/faults")
    assert await (await http.get("/sandbox/faults")).json() == []


async def test_another_sites_page_is_refused(http: aiohttp.ClientSession) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    answer = await http.post("/sandbox/act/uninstall", json={}, headers=foreign)
    assert answer.status == 403


async def test_stream_tells_of_changes(slack: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get("/sandbox/stream") as stream:
        first = await stream.content.readuntil(b"\n\n")
        await slack.post("ana", "help", "hello")
        second = await stream.content.readuntil(b"\n\n")
    assert first.startswith(b"data: ")
    assert first != second


async def test_page_runs_no_inline_script_and_loads_nothing_from_elsewhere(
    http: aiohttp.ClientSession,
) -> None:
    page = await http.get("/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    html = await page.text()
    assert "<script>" not in html
    assert "https://" not in html
