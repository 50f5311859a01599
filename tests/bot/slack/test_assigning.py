"""Staff says on a card who sees to a ticket, and how soon."""

from bot.slack import assigning_look
from router.ticket_facts import Priority
from storage.queries import Queries
from storage.ticket_queries import Life, TicketQueries
from tests.bot.slack.rooms import Room, room

served_by = room


async def life(desk: Room) -> Life:
    (row,) = await Queries(desk.app.store).tickets()
    return await TicketQueries(desk.app.store, desk.app.settings.sla.of).life(row.id)


async def test_priority_and_assignee_are_set_on_the_card_and_shown_there(desk: Room) -> None:
    await desk.escalated()
    card = await desk.card()
    await desk.slack.press("sam", "triage", card.ts, assigning_look.PRIORITY, "urgent")
    await desk.shows("priority urgent")
    sam = desk.slack.workspace.user("sam").id
    await desk.slack.press("sam", "triage", card.ts, assigning_look.ASSIGN, sam)
    await desk.shows(f"assigned to <@{sam}>")
    found = await life(desk)
    assert (found.priority, found.assignee) == (Priority.URGENT, sam)
    (entry,) = await desk.entries("ticket:assigned")
    assert entry.actor_id == await desk.ref("sam")


async def test_only_staff_may_assign_and_be_assigned(desk: Room) -> None:
    await desk.escalated()
    card = await desk.card()
    ana = desk.slack.workspace.user("ana").id
    await desk.slack.press("sam", "triage", card.ts, assigning_look.ASSIGN, ana)
    await desk.is_told("sam", "only be assigned to our staff")
    await desk.slack.press("ana", "triage", card.ts, assigning_look.PRIORITY, "low")
    refused = [entry.actor_id for entry in await desk.entries("act:refused")]
    assert refused == [await desk.ref("sam"), await desk.ref("ana")]
    found = await life(desk)
    assert (found.priority, found.assignee) == (Priority.NORMAL, "")


async def test_whoever_takes_over_has_the_ticket(desk: Room) -> None:
    await desk.escalated()
    card = await desk.card()
    await desk.slack.press("sam", "triage", card.ts, "card_take_over")
    sam = desk.slack.workspace.user("sam").id
    await desk.shows(f"assigned to <@{sam}>")
