"""What must stay true of this specialist."""

from __future__ import annotations

import json

import pytest
from frontdesk import Answer, Escalation, HttpFailed, HttpReply, Reply
from frontdesk.testing import FakeContext, check_specialist, make_passage, make_ticket

from acme_orders import register_specialists
from acme_orders.specialist import SERVICE, TOKEN, OrdersSpecialist, order_state


def desk(status: int = 200, **order: str) -> FakeContext:
    """A desk on which the service knows order 1042."""
    reply = HttpReply(status, json.dumps(order))
    return FakeContext(web={f"{SERVICE}/orders/1042": reply}, secrets={TOKEN: "open sesame"})


async def ask(context: FakeContext, text: str = "Where is ord-1042?") -> Answer:
    return await OrdersSpecialist().answer(make_ticket(text), context)


def test_the_hook_offers_the_specialist() -> None:
    assert [one.name for one in register_specialists()] == ["orders"]


def test_the_specialist_keeps_the_contract() -> None:
    articles_only = ["When will it be delivered?", "The parcel came damaged."]
    assert check_specialist(OrdersSpecialist(), tickets=articles_only) == []


async def test_an_order_is_looked_up_and_cited() -> None:
    context = desk(state="sent", day="3 November")
    answer = await ask(context)
    assert isinstance(answer, Reply)
    assert answer.text == "Order ORD-1042 was handed to the carrier on 3 November."
    assert answer.citations[0].source == f"{SERVICE}/orders/1042"
    (request,) = context.requested
    assert request.headers == {"Authorization": "Bearer open sesame"}


@pytest.mark.parametrize(
    "context",
    [desk(404), desk(500), desk(state="lost"), desk(200), FakeContext(secrets={TOKEN: "x"})],
    ids=["unknown", "error", "strange state", "strange shape", "down"],
)
async def test_whatever_goes_wrong_there_a_human_takes_over(context: FakeContext) -> None:
    answer = await ask(context)
    assert isinstance(answer, Escalation)
    assert "ORD-1042" in answer.note


async def test_other_questions_are_answered_from_the_articles() -> None:
    context = FakeContext(passages=[make_passage("Delivery takes two days.")])
    assert isinstance(await ask(context, "How long does delivery take?"), Reply)
    assert context.requested == []


async def test_the_tool_says_the_same_and_takes_digits_only() -> None:
    said = await order_state.function("1042", desk(state="packing"))
    assert said == "Order ORD-1042 is being packed and has not left the warehouse."
    assert await order_state.function("1042", desk(404)) == "There is no such order."
    assert "digits only" in await order_state.function("../admin", desk())
    with pytest.raises(HttpFailed):
        await order_state.function("1042", desk(500))
