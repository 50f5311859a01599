"""The Home tab: my tickets and settings; for staff the queue; for nobody else's eyes."""

from bot.slack import card_look, home
from bot.slack.home import About
from tests.bot.slack.rooms import Room, room

served_by = room


async def shown(desk: Room, user: str, text: str = "About") -> str:
    await desk.slack.open_home(user)

    def found() -> str:
        view = desk.slack.home(user)
        return str(view.body) if view and text in str(view.body) else ""

    return await desk.slack.wait_for(found, 8.0)


async def test_home_has_my_open_tickets_and_nobody_elses(desk: Room) -> None:  # M
    await desk.escalated("ana", "I need a human for my invoice")
    await desk.settled()
    assert "human for my invoice" in await shown(desk, "ana")
    for user in ("ben", "gus"):
        assert "human for my invoice" not in await shown(desk, user)


async def test_queue_is_for_staff_alone(desk: Room) -> None:
    await desk.escalated("ana", "I need a human for my invoice")
    await desk.settled()
    assert "human for my invoice" in await shown(desk, "sam", "Queue")
    assert "'Queue'" not in await shown(desk, "ana")


async def test_staff_takes_over_from_the_queue(desk: Room) -> None:
    asked = await desk.escalated("ana", "I need a human for my invoice")
    await desk.settled()
    await shown(desk, "sam", "Queue")
    await desk.slack.press_in_view("sam", card_look.TAKE_OVER, in_home=True)
    await desk.says(asked, "has taken over here")
    await desk.shows("Taken over by <@")
    assert "Hand back" in await shown(desk, "sam", "Hand back")


async def test_answered_ticket_is_among_recent_answers(desk: Room) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
    await desk.answer(asked)
    await desk.settled()
    assert "answered" in await shown(desk, "ana", "Recent answers")


async def test_home_says_that_it_is_software_and_what_it_keeps(desk: Room) -> None:
    text = await shown(desk, "ana")
    assert "no language model is used" in text
    assert "kept encrypted" in text
    named = About(("claude-haiku-5-5",), "for 30 days", "help@example.org").text()
    assert "claude-haiku-5-5" in named
    assert "for 30 days" in named
    assert "help@example.org" in named


async def test_language_somebody_chose_is_the_one_the_specialist_is_told(desk: Room) -> None:
    await shown(desk, "ana")
    await desk.slack.press_in_view("ana", home.LANGUAGE, "de", in_home=True)
    message = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
    await desk.answer(message)
    assert desk.helper.languages == ["de"]


async def test_deletion_is_asked_for_and_put_before_staff(desk: Room) -> None:
    asked = await desk.slack.post("ana", "help", "@frontdesk where is my invoice?")
    await desk.answer(asked)
    await desk.settled()
    await shown(desk, "ana")
    await desk.slack.press_in_view("ana", home.ERASE, in_home=True)
    assert await desk.slack.submit("ana") == {}
    await desk.shows("everything they wrote to the desk be erased")
    (entry,) = await desk.entries("erasure:requested")
    assert entry.actor_id == await desk.ref("ana")


async def test_new_ticket_begins_in_the_home_tab(desk: Room) -> None:
    await shown(desk, "ana")
    await desk.slack.press_in_view("ana", home.NEW, in_home=True)
    assert desk.slack.modal("ana")
