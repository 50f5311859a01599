"""Cards in the triage channel, and what staff does with them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.slack import assigning_look, card_look
from tests.bot.slack.rooms import Room, room

served_by = room


@pytest.fixture
async def drafting(slack: Sandbox, tmp_path: Path) -> AsyncIterator[Room]:
    async with room(slack, tmp_path, draft=("billing",)) as served:
        yield served


async def test_escalation_is_one_card_with_reason_question_and_findings(desk: Room) -> None:
    await desk.escalated()
    card = await desk.card()
    shown = str(card.blocks)
    assert "nothing in the help articles answers it" in shown
    assert "I need a human" in shown
    assert "|open the thread>" in shown
    assert "Nothing about this in the articles." in shown
    assert desk.buttons(card) == [
        card_look.TAKE_OVER,
        card_look.REPLY,
        card_look.SEND_TO,
        card_look.RESOLVE,
        assigning_look.PRIORITY,
        assigning_look.ASSIGN,
    ]
    await asyncio.sleep(1.5)
    assert desk.cards_now == 1


async def test_question_on_a_card_is_not_live(desk: Room) -> None:  # L
    await desk.escalated(text="human! &lt;!channel&gt; <!here>")
    shown = str((await desk.card()).blocks)
    assert "<!here" not in shown
    assert "<!channel" not in shown


async def test_take_over_mutes_the_desk_until_it_is_handed_back(desk: Room) -> None:
    asked = await desk.escalated()
    card = await desk.card()
    await desk.slack.press("sam", "triage", card.ts, card_look.TAKE_OVER)
    await desk.shows("Taken over by <@")
    await desk.says(asked, "has taken over here")
    before = len(desk.helper.asked)
    await desk.slack.post("ana", "help", "are you there?", thread=asked.ts)
    await desk.settled()
    assert len(desk.helper.asked) == before
    await desk.slack.press("sam", "triage", card.ts, card_look.HAND_BACK)
    await desk.says(asked, "following this thread again")
    await desk.shows("Handed back by <@")
    await desk.slack.post("ana", "help", "@frontdesk and now?", thread=asked.ts)
    await desk.says(asked, "Billing says: and now?")


async def test_draft_in_flight_is_withheld_when_a_human_takes_over(desk: Room) -> None:  # 12
    asked = await desk.escalated()
    card = await desk.card()
    desk.helper.free.clear()
    await desk.slack.post("ana", "help", "and where is my invoice?", thread=asked.ts)
    await desk.slack.wait_for(lambda: len(desk.helper.asked) == 2)
    await desk.slack.press("sam", "triage", card.ts, card_look.TAKE_OVER)
    desk.helper.free.set()
    await desk.settled()
    assert "reply:withheld" in await desk.kinds()
    assert not any("Billing says" in one.text for one in desk.answers(asked))


async def test_click_by_somebody_else_changes_nothing_and_is_on_record(
    slack: Sandbox, tmp_path: Path
) -> None:  # 17
    (group,) = slack.workspace.user_groups
    await slack.join("ben", "triage")
    async with room(slack, tmp_path, slack_staff_group=group) as desk:
        asked = await desk.escalated()
        card = await desk.card()
        await slack.press("ben", "triage", card.ts, card_look.TAKE_OVER)
        await desk.is_told("ben", "Only our staff can do that.")
        (refused,) = await desk.entries("act:refused")
        assert refused.actor_id == await desk.ref("ben")
        assert await desk.entries("ticket:taken-over") == []
        assert not any("taken over" in one.text for one in desk.answers(asked))
        await slack.press("sam", "triage", card.ts, card_look.TAKE_OVER)
        await desk.says(asked, "has taken over here")


async def test_second_take_over_is_told_who_was_quicker(desk: Room) -> None:  # 17
    await desk.escalated()
    card = await desk.card()
    await asyncio.gather(
        desk.slack.press("sam", "triage", card.ts, card_look.TAKE_OVER),
        desk.slack.press("kim", "triage", card.ts, card_look.TAKE_OVER),
    )
    told = await desk.slack.wait_for(lambda: desk.told("sam") + desk.told("kim"))
    assert "has taken this over already" in told[0]
    assert len(await desk.entries("ticket:taken-over")) == 1


async def test_resolved_ticket_is_closed_and_its_card_has_no_buttons(desk: Room) -> None:
    asked = await desk.escalated()
    card = await desk.card()
    await desk.slack.press("kim", "triage", card.ts, card_look.RESOLVE)
    await desk.shows("Resolved by <@")
    assert desk.buttons(card) == []
    await desk.says(asked, "marked this as resolved")
    (resolved,) = await desk.entries("ticket:resolved")
    assert resolved.actor_id == await desk.ref("kim")


async def test_card_is_posted_once_though_slack_loses_the_answer(desk: Room) -> None:  # E
    await desk.slack.post("ana", "help", "hello", thread=None)
    desk.slack.fault("chat.postMessage", "lost_response", times=1)
    await desk.room.aftermath.tick()
    await desk.slack.post("ana", "help", "@frontdesk I need a human")
    await desk.settled()
    await desk.card()
    await asyncio.sleep(2.5)
    assert desk.cards_now == 1


async def test_staff_sends_a_question_to_another_specialist(desk: Room) -> None:
    desk.technical.says = desk.helper.says
    asked = await desk.escalated(text="my human resources app crashes")
    card = await desk.card()
    desk.helper.says = desk.technical.says = lambda text: _reply("Restart it.")
    value = f"{card_value(card)}:technical"
    await desk.slack.press("sam", "triage", card.ts, card_look.SEND_TO, value)
    await desk.says(asked, "Restart it.")
    assert desk.technical.asked == ["my human resources app crashes"]
    await desk.shows("Sent on by <@")
    await desk.says(asked, "has sent this to Technical")


async def test_many_specialists_are_chosen_from_in_a_form(desk: Room) -> None:
    many = {f"s{number}": f"Specialist {number}" for number in range(30)}
    desk.room.office.introduce(dict(desk.room.office.titles) | many)
    asked = await desk.escalated(text="my human resources app crashes")
    card = await desk.card()
    desk.technical.says = lambda text: _reply("Restart it.")
    await desk.slack.press("sam", "triage", card.ts, card_look.SEND_TO)
    assert await desk.slack.submit("sam", {"team": "technical"}) == {}
    await desk.says(asked, "Restart it.")


async def test_reply_through_the_desk_is_posted_under_the_persons_name(desk: Room) -> None:
    asked = await desk.escalated()
    card = await desk.card()
    await desk.slack.press("sam", "triage", card.ts, card_look.REPLY)
    assert await desk.slack.submit("sam", {"words": "Hello, I am looking into it."}) == {}
    said = await desk.says(asked, "Hello, I am looking into it.")
    assert "of our staff" in str(said.blocks)
    await desk.shows("Taken over by <@")
    await asyncio.sleep(1.5)
    texts = [one.text for one in desk.answers(asked)]
    assert texts.count("Hello, I am looking into it.") == 1


async def test_draft_waits_until_staff_approves_it(drafting: Room) -> None:
    asked = await drafting.slack.post("ana", "help", "@frontdesk where is my invoice?")
    card = await drafting.shows("Billing says: where is my invoice?")
    await drafting.says(asked, "Somebody of our staff looks at it")
    assert not any("Billing says" in one.text for one in drafting.answers(asked))
    await drafting.slack.press("sam", "triage", card.ts, card_look.APPROVE)
    await drafting.says(asked, "Billing says: where is my invoice?")
    await drafting.shows("; posted.")
    (approved,) = await drafting.entries("draft:approved")
    assert approved.actor_id == await drafting.ref("sam")


async def test_approving_twice_posts_once(drafting: Room) -> None:  # 17
    asked = await drafting.slack.post("ana", "help", "@frontdesk where is my invoice?")
    card = await drafting.shows("Draft to approve")
    await asyncio.gather(
        drafting.slack.press("sam", "triage", card.ts, card_look.APPROVE),
        drafting.slack.press("kim", "triage", card.ts, card_look.APPROVE),
    )
    await drafting.says(asked, "Billing says")
    await drafting.settled()
    assert len([one for one in drafting.answers(asked) if "Billing says" in one.text]) == 1
    assert len(await drafting.entries("draft:approved")) == 1


async def test_requester_cannot_approve_the_own_answer(drafting: Room) -> None:  # 17
    asked = await drafting.slack.post("sam", "help", "@frontdesk where is my invoice?")
    card = await drafting.shows("Draft to approve")
    await drafting.slack.press("sam", "triage", card.ts, card_look.APPROVE)
    await drafting.is_told("sam", "somebody else has to approve")
    await drafting.settled()
    assert not any("Billing says" in one.text for one in drafting.answers(asked))
    await drafting.slack.press("kim", "triage", card.ts, card_look.APPROVE)
    await drafting.says(asked, "Billing says")


async def test_expired_draft_cannot_be_approved(slack: Sandbox, tmp_path: Path) -> None:  # 17
    async with room(slack, tmp_path, draft=("*",), draft_hours=0.00001) as desk:
        asked = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
        card = await desk.shows("Draft to approve")
        await desk.slack.press("sam", "triage", card.ts, card_look.APPROVE)
        await desk.is_told("sam", "too old")
        await desk.settled()
        assert not any("Billing says" in one.text for one in desk.answers(asked))


async def test_edited_draft_goes_out_in_staffs_words(drafting: Room) -> None:
    asked = await drafting.slack.post("ana", "help", "@frontdesk where is my invoice?")
    card = await drafting.shows("Draft to approve")
    await drafting.slack.press("kim", "triage", card.ts, card_look.EDIT)
    view = drafting.slack.modal("kim")
    assert view is not None
    assert "Billing says: where is my invoice?" in str(view.body)
    assert await drafting.slack.submit("kim", {"words": "Under Settings, Invoices."}) == {}
    said = await drafting.says(asked, "Under Settings, Invoices.")
    assert "put into words by our staff" in str(said.blocks)
    assert not any("Billing says" in one.text for one in drafting.answers(asked))
    await drafting.shows("Under Settings, Invoices.")


async def test_approved_draft_is_posted_after_a_crash(slack: Sandbox, tmp_path: Path) -> None:  # D
    async with room(slack, tmp_path, draft=("*",)) as desk:
        asked = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
        card = await desk.shows("Draft to approve")
        slack.fault("chat.postMessage", "drop", times=100)
        await desk.slack.press("sam", "triage", card.ts, card_look.APPROVE)
        await asyncio.sleep(0.3)
    slack.core.faults.clear()
    async with room(slack, tmp_path, draft=("*",)) as desk:
        await desk.says(asked, "Billing says: where is my invoice?")


async def test_record_of_drafts_and_humans_verifies(drafting: Room, tmp_path: Path) -> None:
    from storage.ledger.verify import verify  # noqa: PLC0415

    asked = await drafting.slack.post("ana", "help", "@frontdesk where is my invoice?")
    card = await drafting.shows("Draft to approve")
    await drafting.slack.press("sam", "triage", card.ts, card_look.APPROVE)
    await drafting.says(asked, "Billing says")
    value = f"{card_value(card)}:technical"
    await drafting.slack.press("sam", "triage", card.ts, card_look.SEND_TO, value)
    await drafting.says(asked, "Technical says")
    await drafting.settled()
    await drafting.app.store.sequence()
    settings = drafting.app.settings
    report = await asyncio.to_thread(verify, settings.database_url, settings.keys)
    assert report.ok, report.findings


async def test_buttons_forms_and_cards_work_over_socket_mode(
    slack: Sandbox, tmp_path: Path
) -> None:
    async with room(slack, tmp_path, transport="socket", draft=("billing",)) as desk:
        asked = await slack.post("ana", "help", "@frontdesk where is my invoice?")
        card = await desk.shows("Draft to approve")
        await slack.press("kim", "triage", card.ts, card_look.EDIT)
        assert await slack.submit("kim", {"words": "Under Settings, Invoices."}) == {}
        await desk.says(asked, "Under Settings, Invoices.")
        await slack.press("sam", "triage", card.ts, card_look.TAKE_OVER)
        await desk.says(asked, "has taken over here")


def card_value(card: object) -> str:
    """The id that a card's buttons carry."""
    blocks = card.blocks  # type: ignore[attr-defined]
    actions = next(block for block in blocks if block["type"] == "actions")
    return str(actions["block_id"]).removeprefix("card:")


def _reply(text: str) -> object:
    from frontdesk import Reply  # noqa: PLC0415

    return Reply(text)
