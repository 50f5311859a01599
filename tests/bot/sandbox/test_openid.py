"""The sandbox's OpenID Connect, as a program meets it."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import AsyncClient
from joserfc import jwt
from joserfc.jwk import KeySet
from slack_sdk.oauth import OpenIDConnectAuthorizeUrlGenerator

from bot.sandbox import Sandbox
from tests.bot.sandbox.apps import client_of

BACK = "https://desk.example/back"


@pytest.fixture
async def browser(slack: Sandbox) -> AsyncIterator[AsyncClient]:
    async with AsyncClient() as opened:
        yield opened


def address(slack: Sandbox) -> str:
    return OpenIDConnectAuthorizeUrlGenerator(
        client_id=slack.core.app.client_id,
        redirect_uri=BACK,
        scopes=["openid", "profile"],
        authorization_url=f"{slack.base_url}/openid/connect/authorize",
    ).generate(state="a state", nonce="a nonce")


async def code_of(slack: Sandbox, browser: AsyncClient, user: str) -> str:
    answer = await browser.get(f"{address(slack)}&user={user}")
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["a state"]
    return query["code"][0]


async def exchanged(slack: Sandbox, code: str, **changes: str) -> dict[str, str]:
    app = slack.core.app
    given = {"client_id": app.client_id, "client_secret": app.client_secret, "redirect_uri": BACK}
    async with AsyncClient() as program:
        url = f"{slack.api_url}openid.connect.token"
        answer: dict[str, str] = (
            await program.post(url, data={"code": code, **given, **changes})
        ).json()
    return answer


async def test_page_asks_who_signs_in_and_knows_no_bots(
    slack: Sandbox, browser: AsyncClient
) -> None:
    page = (await browser.get(address(slack))).text
    assert "Sam Lindqvist" in page
    assert slack.workspace.bot.real_name not in page.partition("</p>")[2]


async def test_identity_is_signed_by_the_published_key(
    slack: Sandbox, browser: AsyncClient
) -> None:
    answer = await exchanged(slack, await code_of(slack, browser, "sam"))
    published = (await browser.get(f"{slack.base_url}/openid/connect/keys")).json()
    assert "d" not in published["keys"][0]
    token = jwt.decode(answer["id_token"], KeySet.import_key_set(published), algorithms=["RS256"])
    sam = slack.workspace.user("sam").id
    assert token.claims["https://slack.com/user_id"] == token.claims["sub"] == sam
    assert token.claims["https://slack.com/team_id"] == slack.workspace.team_id
    assert token.claims["aud"] == slack.core.app.client_id
    assert token.claims["nonce"] == "a nonce"
    who = await client_of(slack, answer["access_token"]).openid_connect_userInfo()
    assert who["name"] == "Sam Lindqvist"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"redirect_uri": "https://evil.example"}, "bad_redirect_uri"),
    ],
)
async def test_code_is_good_for_its_app_and_address_only(
    slack: Sandbox, browser: AsyncClient, changes: dict[str, str], error: str
) -> None:
    code = await code_of(slack, browser, "sam")
    assert await exchanged(slack, code, **changes) == {"ok": False, "error": error}


async def test_code_is_good_once(slack: Sandbox, browser: AsyncClient) -> None:
    code = await code_of(slack, browser, "sam")
    assert (await exchanged(slack, code))["token_type"] == "Bearer"
    assert await exchanged(slack, code) == {"ok": False, "error": "invalid_code"}
