"""What every answer carries, and what a form must."""

from pathlib import Path

import pytest
from fastapi import Request

from bot.web.access.office import address_of
from bot.web.access.public import place_to_go
from storage.people.roles import Role
from tests.bot.web.consoles import console_of, csrf_of, send


async def test_every_answer_has_the_headers_that_protect_its_reader(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        for path in ("/", "/sign-in", "/no-such-page", "/static/console.js"):
            headers = (await client.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
        assert (await client.get("/")).headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in (await client.get("/")).headers


async def test_pages_have_no_inline_style_or_script(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", *Role)
        for path in ("/", "/log", f"/tickets/{bench.receipts[0].ticket}", "/keys", "/dictionary"):
            text = (await client.get(path)).text
            assert "<style" not in text
            assert " style=" not in text
            assert "onclick" not in text
            assert "<script>" not in text


async def test_form_without_its_token_does_nothing_and_is_on_record(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        answer = await admin.post("/people", data={"name": "mallory", "roles": "admin"})
        assert answer.status_code == 403
        assert "mallory" not in (await admin.get("/people")).text
        ((actor, body),) = await bench.entries("auth:denied")
        assert body["why"] == "csrf"
        assert actor == f"human:{bench.accounts.ref('local', '', 'ada')}"


async def test_token_of_another_session_does_not_count(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        foreign = await csrf_of(await bench.enter("ben", Role.ADMIN))
        answer = await admin.post("/people", data={"csrf": foreign, "name": "mallory"})
        assert answer.status_code == 403


async def test_form_that_another_site_sends_does_nothing(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        admin = await bench.enter("ada", Role.ADMIN)
        token = await csrf_of(admin)
        headers = {"sec-fetch-site": "cross-site"}
        data = {"csrf": token, "name": "mallory", "roles": "admin"}
        assert (await admin.post("/people", data=data, headers=headers)).status_code == 403
        assert [body["why"] for _, body in await bench.entries("auth:denied")] == ["cross_site"]


async def test_with_https_the_cookie_is_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    async with console_of(tmp_path, public_url="https://desk.test") as bench:
        nobody = await bench.nobody()
        person = await bench.accounts.grant(
            bench.accounts.ref("local", "", "ada"),
            "local",
            "ada",
            [Role.ADMIN],
            by="human:operator",
        )
        word = await bench.accounts.new_link(person.ref, by="human:operator")
        answer = await nobody.post("/sign-in/link", data={"word": word})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-frontdesk_session=")
        for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/log?kind=route:decided", "/log?kind=route:decided"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/sign-in?next=/", "/"),
        ("/log\r\nset-cookie: a=b", "/"),
        ("", "/"),
    ],
)
def test_sign_in_leads_only_to_places_of_this_site(wanted: str, place: str) -> None:
    assert place_to_go(wanted) == place


async def test_signing_out_ends_the_session_at_once(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        assert (await send(client, "/sign-out")).headers["location"] == "/sign-in"
        assert (await client.get("/")).status_code == 303
        assert len(await bench.entries("auth:session-ended")) == 1


async def test_link_that_another_site_sends_signs_nobody_in(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        ref = bench.accounts.ref("local", "", "ada")
        await bench.accounts.grant(ref, "local", "ada", [Role.ADMIN], by="human:operator")
        data = {"word": await bench.accounts.new_link(ref, by="human:operator")}
        nobody = await bench.nobody()
        headers = {"sec-fetch-site": "cross-site"}
        answer = await nobody.post("/sign-in/link", data=data, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
        assert (await nobody.post("/sign-in/link", data=data)).status_code == 303


async def test_with_https_a_cookie_that_is_not_bound_to_the_host_counts_for_nothing(
    tmp_path: Path,
) -> None:
    async with console_of(tmp_path, public_url="https://desk.test") as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        assert (await client.get("/")).status_code == 303


async def test_refusal_names_the_part_of_the_site_and_nothing_made_up(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        nobody = await bench.nobody()
        for path in ("/tickets/T-1", "/my-name-is-mallory"):
            await nobody.get(path)
        routes = [body["route"] for _, body in await bench.entries("auth:denied")]
        assert routes == ["/tickets", "(unknown)"]


@pytest.mark.parametrize(
    ("host", "address"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("unix", "unix")],
)
def test_addresses_that_one_customer_has_count_as_one(host: str, address: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == address
