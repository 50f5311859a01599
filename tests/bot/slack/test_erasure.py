"""Somebody asks in Slack to be forgotten; an officer approves; they are told, once it is done."""

from __future__ import annotations

import pytest

from bot.slack import home
from bot.slack.noticeboard import NoticeBoard
from bot.slack.per_team import PerTeam
from frontdesk import StoreError
from storage.looking import operator
from storage.notices import Notices
from storage.privacy.erasures import Erasures
from storage.privacy.tables import ErasureState
from tests.bot.slack.rooms import Room, room

ASKED = "where is my zebra invoice?"


served_by = room


async def asked_to_forget(desk: Room) -> None:
    """Ana asks something, and then that all of it be erased."""
    asked = await desk.slack.post("ana", "help", f"@frontdesk {ASKED}")
    await desk.answer(asked)
    await desk.settled()
    await desk.slack.open_home("ana")
    await desk.slack.wait_for(lambda: desk.slack.home("ana"), 8.0)
    await desk.slack.press_in_view("ana", home.ERASE, in_home=True)
    assert await desk.slack.submit("ana") == {}
    await desk.shows("everything they wrote to the desk be erased")
    await desk.settled()


async def test_request_from_slack_is_approved_carried_out_and_told(desk: Room) -> None:
    await asked_to_forget(desk)
    store = desk.app.store
    erasures = Erasures(store)
    (case,) = await erasures.all(ErasureState.REQUESTED)
    assert case.known_as == desk.slack.workspace.user("ana").id
    await erasures.approve(case.id, operator("officer"))

    await desk.slack.wait_for(lambda: ASKED not in str(desk.slack.answers("triage")[0].blocks), 8.0)
    triage = PerTeam(desk.slack.workspace.channel("triage").id)
    parts = desk.served.desk
    notices = Notices(store, "me", lambda _: True)
    await NoticeBoard(notices, parts.calls, parts.workspaces, triage).tick()
    channels = desk.slack.workspace.channels.values()
    direct = [one for one in channels if one.id.startswith("D")]
    said = [one.text for channel in direct for one in desk.slack.answers(channel.id)]
    assert any("has been erased from its record" in text for text in said)

    await erasures.tick()
    with pytest.raises(StoreError, match="nothing is kept"):
        await erasures.person(f"slack:{case.known_as}")


async def test_who_was_erased_can_write_again(desk: Room) -> None:
    await asked_to_forget(desk)
    erasures = Erasures(desk.app.store)
    (case,) = await erasures.all()
    await erasures.approve(case.id, operator("officer"))
    again = await desk.slack.post("ana", "help", "@frontdesk and where is the other one?")
    await desk.answer(again)
