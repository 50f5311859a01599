"""Installing, rotating, revoking: many workspaces, each with its own tokens."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import App, Sandbox
from tests.bot.sandbox.apps import client_of

# The SDK still makes aiohttp's own BasicAuth for this one method.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


async def exchange(slack: Sandbox, client: AsyncWebClient, **args: str) -> dict[str, object]:
    app = slack.core.app
    answer = await client.oauth_v2_access(
        client_id=app.client_id, client_secret=app.client_secret, **args
    )
    return dict(answer.data)  # type: ignore[arg-type]


async def test_code_installs_once_in_its_workspace(slack: Sandbox, client: AsyncWebClient) -> None:
    globex = slack.add_workspace("Globex", team_id="T0GLOBEX0")
    code = slack.core.tokens.new_code(globex)
    installed = await exchange(slack, client, code=code)
    there = client_of(slack, str(installed["access_token"]))
    assert (await there.auth_test())["team_id"] == "T0GLOBEX0"
    await there.chat_postMessage(channel="help", text="hello Globex")
    assert not slack.answers("help")
    assert [one.text for one in slack.answers("help", team="T0GLOBEX0")] == ["hello Globex"]
    with pytest.raises(SlackApiError, match="invalid_code"):
        await exchange(slack, client, code=code)


async def test_wrong_client_secret_installs_nothing(slack: Sandbox, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await client.oauth_v2_access(
            client_id=slack.core.app.client_id, client_secret="wrong", code="x"
        )


async def test_refresh_token_is_good_for_one_rotation() -> None:
    async with Sandbox(app=App(rotates_tokens=True)) as slack:
        client = client_of(slack)
        code = slack.core.tokens.new_code(slack.workspace)
        refresh = str((await exchange(slack, client, code=code))["refresh_token"])
        rotate = {"grant_type": "refresh_token", "refresh_token": refresh}
        assert (await exchange(slack, client, **rotate))["refresh_token"] != refresh
        with pytest.raises(SlackApiError, match="invalid_refresh_token"):
            await exchange(slack, client, **rotate)


async def test_install_page_sends_code_and_state_back(slack: Sandbox) -> None:
    query = {
        "client_id": slack.core.app.client_id,
        "redirect_uri": "https://desk.example/slack/oauth_redirect",
        "state": "s-1",
    }
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{slack.base_url}/oauth/v2/authorize", params=query, allow_redirects=False
        ) as page,
    ):
        target = page.headers["Location"]
    assert target.startswith("https://desk.example/slack/oauth_redirect?code=")
    assert target.endswith("&state=s-1")


async def test_uninstall_kills_the_token_and_is_told(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    await slack.uninstall()
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client.auth_test()
    assert [one.name for one in slack.deliveries] == ["tokens_revoked", "app_uninstalled"]
    await slack.post("ana", "help", "@frontdesk anyone?")
    assert len(slack.deliveries) == 2
