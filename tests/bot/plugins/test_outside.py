"""Plugins reach services through one client: bounded, without memory, never into a private net."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.plugins import outside
from bot.plugins.outside import Outside, open_outside, variable_of
from frontdesk import HttpFailed, HttpReply, NotGranted


async def echo(request: web.Request) -> web.Response:
    body = await request.text()
    said = {
        "method": request.method,
        "query": dict(request.query),
        "body": body,
        "cookie": request.headers.get("Cookie", ""),
        "key": request.headers.get("Idempotency-Key", ""),
    }
    response = web.json_response(said)
    response.set_cookie("visitor", "one")
    return response


async def away(request: web.Request) -> web.Response:
    raise web.HTTPFound("http://169.254.169.254/latest")


async def huge(request: web.Request) -> web.Response:
    return web.Response(text="x" * 1_000_001)


async def slow(request: web.Request) -> web.Response:
    await asyncio.sleep(10)
    return web.Response()


@pytest.fixture
async def service() -> AsyncIterator[str]:
    app = web.Application()
    for path, handler in (("/echo", echo), ("/away", away), ("/huge", huge), ("/slow", slow)):
        app.router.add_route("*", path, handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://localhost:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def reach() -> AsyncIterator[Outside]:
    async with open_outside(["localhost"]) as made:
        yield made


async def ask(reach: Outside, url: str, method: str = "get", **more: object) -> HttpReply:
    given = {"params": None, "headers": None, "json": None, **more}
    return await reach.request(method, url, **given)  # type: ignore[arg-type]


async def test_a_request_arrives_as_it_was_made(reach: Outside, service: str) -> None:
    reply = await ask(
        reach,
        f"{service}/echo",
        "post",
        params={"q": "ä b"},
        headers={"Idempotency-Key": "k1"},
        json={"n": 1},
    )
    said = reply.json()
    assert (reply.status, said["method"], said["query"]) == (200, "POST", {"q": "ä b"})
    assert (said["body"], said["key"]) == ('{"n": 1}', "k1")


async def test_no_cookie_goes_from_one_requester_to_the_next(reach: Outside, service: str) -> None:
    await ask(reach, f"{service}/echo")
    assert (await ask(reach, f"{service}/echo")).json()["cookie"] == ""


async def test_a_redirect_is_given_and_not_followed(reach: Outside, service: str) -> None:
    reply = await ask(reach, f"{service}/away")
    assert reply.status == 302
    assert reply.headers["Location"].startswith("http://169.254")


async def test_an_answer_above_a_megabyte_is_refused(reach: Outside, service: str) -> None:
    with pytest.raises(HttpFailed, match="no usable answer"):
        await ask(reach, f"{service}/huge")


async def test_a_service_that_does_not_answer_fails_in_time(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "SECONDS", 0.2)
    async with open_outside(["localhost"]) as reach:
        with pytest.raises(HttpFailed, match=r"did not answer within 0\.2 seconds"):
            await ask(reach, f"{service}/slow")


async def test_a_service_that_is_down_fails(reach: Outside) -> None:
    with pytest.raises(HttpFailed, match="cannot be reached"):
        await ask(reach, "http://localhost:1/")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/echo",
        "http://localhost:{port}/echo",
        "http://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
    ],
)
async def test_private_addresses_are_refused(service: str, address: str) -> None:
    port = service.rsplit(":", 1)[1]
    async with open_outside() as reach:
        with pytest.raises(NotGranted, match="FRONTDESK_PLUGIN_PRIVATE_HOSTS"):
            await ask(reach, address.format(port=port))


async def test_a_secret_is_a_variable_of_the_environment(
    reach: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_SECRET_ACME_TOKEN", "open sesame")
    assert variable_of("acme-token") == "FRONTDESK_SECRET_ACME_TOKEN"
    assert reach.secret("acme-token") == "open sesame"
    assert reach.secret("other") is None
