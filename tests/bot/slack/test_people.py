"""Who is staff, who is an outsider; whoever is unknown has the least rights."""

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Sandbox
from bot.slack.calls import Refused
from bot.slack.people import FAILED, FRESH, People, Standing, outsider
from bot.slack.per_team import PerTeam
from frontdesk import SettingsError
from tests.bot.slack.rooms import room

TEAM = "T1"


class Slack:
    """Answers the calls that tell who is who."""

    def __init__(self, members: list[str], users: dict[str, dict[str, Any]] | None = None) -> None:
        self.members, self.users = members, users or {}
        self.broken = False
        self.asked: list[str] = []

    async def __call__(self, team: str, method: str, **arguments: Any) -> dict[str, Any]:
        self.asked.append(method)
        if self.broken:
            raise Refused(method, "unreachable")
        if method == "users_info":
            return {"user": self.users.get(arguments["user"], {"team_id": TEAM})}
        if method == "usergroups_users_list":
            return {"users": self.members}
        half = len(self.members) // 2
        if arguments["cursor"] is None and half:
            more = {"next_cursor": "more"}
            return {"members": self.members[:half], "response_metadata": more}
        return {"members": self.members[half:], "response_metadata": {"next_cursor": ""}}


def people(slack: Slack, now: list[float], **given: Any) -> People:
    channel = given.pop("channel", PerTeam("C1"))
    return People(slack, channel=channel, clock=lambda: now[0], **given)  # type: ignore[arg-type]


async def test_members_of_the_triage_channel_are_staff_over_all_pages() -> None:
    asked = people(Slack(["U1", "U2", "U3"]), [0.0])
    assert [await asked.is_staff(TEAM, user) for user in ("U1", "U3", "U4")] == [True, True, False]


async def test_members_of_the_group_are_staff_where_one_is_set() -> None:
    slack = Slack(["U1"])
    assert await people(slack, [0.0], group=PerTeam("S1")).is_staff(TEAM, "U1")
    assert "conversations_members" not in slack.asked


async def test_nobody_is_staff_where_nothing_is_set() -> None:
    assert not await people(Slack(["U1"]), [0.0], channel=PerTeam()).is_staff(TEAM, "U1")


@pytest.mark.parametrize("mark", ["is_restricted", "is_ultra_restricted", "is_stranger", "is_bot"])
async def test_guest_in_the_triage_channel_is_an_outsider(mark: str) -> None:
    asked = people(Slack(["U1"], {"U1": {"team_id": TEAM, mark: True}}), [0.0])
    assert await asked.standing(TEAM, "U1") is Standing.OUTSIDER


def test_person_of_another_company_is_an_outsider_and_of_the_same_grid_is_not() -> None:
    assert outsider({"team_id": "T2"}, TEAM)
    assert not outsider({"team_id": "T2", "enterprise_user": {"id": "E1", "teams": [TEAM]}}, TEAM)


async def test_unknown_has_the_least_rights_and_is_asked_again_soon() -> None:
    now, slack = [0.0], Slack(["U1"])
    slack.broken = True
    asked = people(slack, now)
    assert await asked.standing(TEAM, "U1") is Standing.OUTSIDER
    slack.broken = False
    assert await asked.standing(TEAM, "U1") is Standing.OUTSIDER
    now[0] = FAILED + 1
    assert await asked.standing(TEAM, "U1") is Standing.STAFF


async def test_answer_is_believed_for_a_while_and_no_longer() -> None:
    now, slack = [0.0], Slack(["U1"])
    asked = people(slack, now)
    assert await asked.is_staff(TEAM, "U1")
    slack.members = []
    assert await asked.is_staff(TEAM, "U1")
    now[0] = FRESH + 1
    assert not await asked.is_staff(TEAM, "U1")


def test_setting_may_differ_by_workspace() -> None:
    setting = PerTeam.parse("C0, T1=C1,T2=C2")
    assert [setting.of(team) for team in ("T1", "T2", "T3")] == ["C1", "C2", "C0"]
    with pytest.raises(SettingsError, match="several values"):
        PerTeam.parse("C1,C2")


@pytest.mark.parametrize("user", ["gus", "zoe"])
async def test_outsiders_question_goes_to_a_person_where_that_is_the_policy(
    slack: Sandbox, tmp_path: Path, user: str
) -> None:
    channel = "partners" if user == "zoe" else "help"
    async with room(slack, tmp_path, slack_outsiders="human") as desk:
        await slack.post(user, channel, "@frontdesk where is my invoice?")
        await desk.shows("a rule wants a person to answer")
        assert desk.helper.asked == []
        asked = await slack.post("ana", "help", "@frontdesk where is my invoice?")
        await desk.says(asked, "Billing says")


async def test_outsiders_question_is_left_alone_where_that_is_the_policy(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with room(slack, tmp_path, slack_outsiders="ignore") as desk:
        await slack.post("gus", "help", "@frontdesk where is my invoice?")
        await desk.settled()
        assert await desk.entries("ticket:opened") == []


async def test_nobody_is_looked_up_where_everybody_is_answered(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with room(slack, tmp_path) as desk:
        asked = await slack.post("gus", "help", "@frontdesk where is my invoice?")
        await desk.says(asked, "Billing says")
        assert slack.calls("users.info") == 0
