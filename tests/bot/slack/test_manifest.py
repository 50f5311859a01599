"""The manifest: within Slack's limits, nothing asked for without a reason or a use."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import slack
from bot.cli.slack import app
from bot.sandbox import Sandbox
from bot.sandbox.app import app_from_manifest
from bot.sandbox.limits import METHODS
from bot.slack import card_look
from bot.slack.manifest import Variant, manifest, scopes
from frontdesk import SettingsError
from tests.bot.slack.desks import QUICK
from tests.bot.slack.rooms import room

HOST = "https://desk.example"
VARIANTS = [
    Variant(),
    Variant(HOST),
    Variant(HOST, staff_group=True, rotates_tokens=True),
    Variant(public_triage=True),
]
SOURCES = tuple(Path(slack.__file__).parent.glob("*.py"))
URL_PARTS = ("request_url", "redirect_urls", "url")


def called(method: str) -> str:
    """How a call to a method stands in the source."""
    return f'"{method.replace(".", "_")}"'


def values(node: Any, name: str) -> list[Any]:
    """Everything that goes by a name anywhere in the manifest."""
    if isinstance(node, dict):
        here = [node[name]] if name in node else []
        return here + [found for value in node.values() for found in values(value, name)]
    if isinstance(node, list):
        return [found for value in node for found in values(value, name)]
    return []


@pytest.mark.parametrize("variant", VARIANTS)
def test_texts_are_within_slacks_limits(variant: Variant) -> None:
    made = manifest(variant)
    display, features = made["display_information"], made["features"]
    assert len(display["name"]) <= 35
    assert len(display["description"]) <= 140
    assert 175 <= len(display["long_description"]) <= 4_000
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert all(len(one["name"]) <= 24 for one in features["shortcuts"])
    assert all(len(one["description"]) <= 150 for one in features["shortcuts"])
    assert all(len(one["command"]) <= 32 for one in features["slash_commands"])


@pytest.mark.parametrize("variant", VARIANTS)
def test_description_says_that_it_is_software_and_can_be_wrong(variant: Variant) -> None:
    about = manifest(variant)["display_information"]["long_description"]
    assert "written by software" in about
    assert "can be wrong" in about


def test_socket_mode_needs_no_address_and_http_has_one_everywhere() -> None:
    socket, http = manifest(Variant()), manifest(Variant(HOST))
    assert socket["settings"]["socket_mode_enabled"] is True
    assert [values(socket, part) for part in URL_PARTS] == [[], [], []]
    assert http["settings"]["socket_mode_enabled"] is False
    assert values(http, "request_url") == [f"{HOST}/slack/events"] * 2
    assert values(http, "url") == [f"{HOST}/slack/events"]
    assert values(http, "redirect_urls") == [
        [f"{HOST}/slack/oauth_redirect", f"{HOST}/sign-in/slack/back"]
    ]


@pytest.mark.parametrize("host", ["http://desk.example", "desk.example", f"{HOST}/path"])
def test_address_that_slack_cannot_use_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match="write https://"):
        manifest(Variant(host))


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_scope_has_its_reason(variant: Variant) -> None:
    assert set(values(manifest(variant), "bot")[0]) == set(scopes(variant))
    assert all(reason.startswith(("to ", "for ", "the ")) for reason in scopes(variant).values())


@pytest.mark.parametrize("broad", ["chat:write.public", "users:read.email", "files:read", "admin"])
def test_broad_scopes_are_not_asked_for(broad: str) -> None:
    assert all(broad not in scopes(variant) for variant in VARIANTS)
    assert "user" not in manifest(Variant())["oauth_config"]["scopes"]


def test_all_methods_that_are_used_are_covered_by_the_scopes() -> None:
    sources = "".join(path.read_text() for path in SOURCES)
    used = {name: scopes_ for name, (_, scopes_) in METHODS.items() if called(name) in sources}
    assert {"chat.postMessage", "views.open", "conversations.members"} <= set(used)
    granted = set(scopes(Variant())) | set(scopes(Variant(staff_group=True)))
    assert {name for name, needs in used.items() if needs and not granted & set(needs)} == set()


def test_staff_group_replaces_reading_the_channel() -> None:
    wanted = scopes(Variant(staff_group=True))
    assert "usergroups:read" in wanted
    assert "groups:read" not in wanted


def test_sandbox_makes_an_app_of_it() -> None:
    made = app_from_manifest(manifest(Variant()))
    assert made.name == "Frontdesk"
    assert made.commands[0]["command"] == "/frontdesk"
    assert "reaction_added" in made.events


def test_command_prints_it_as_json() -> None:
    printed = CliRunner().invoke(app, ["manifest", "--host", HOST])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == manifest(Variant(HOST))


async def test_desk_works_with_these_scopes_alone(tmp_path: Path) -> None:
    async with (
        Sandbox(manifest=manifest(Variant()), timing=QUICK) as running,
        room(running, tmp_path, draft=("billing",)) as desk,
    ):
        asked = await running.post("ana", "help", "@frontdesk where is my invoice?")
        card = await desk.shows("Draft to approve")
        await running.press("sam", "triage", card.ts, card_look.APPROVE)
        await desk.says(asked, "Billing says")
        said = await running.post("ana", "help", "and my receipt?")
        await running.react("kim", "help", said.ts, "ticket")
        await desk.card(2)
        await running.open_home("sam")
        await running.wait_for(lambda: running.home("sam"))
        await running.command("ana", "random", "/frontdesk is it safe?")
        await desk.card(3)


def test_docs_name_every_scope_with_its_reason() -> None:
    page = (Path(slack.__file__).parents[2] / "docs" / "slack.md").read_text()
    for variant in VARIANTS:
        for scope, reason in scopes(variant).items():
            assert f"| `{scope}` | {reason}" in page
