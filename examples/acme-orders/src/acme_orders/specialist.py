"""Says where an order is: from the shop's own service, and from articles about delivery.

An order number in the question is looked up and the answer cites what the service said. Everything
else is answered in the desk's own way, where a model may look an order up with the same tool.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from frontdesk import (
    Answer,
    Citation,
    Context,
    Escalation,
    EscalationReason,
    HttpFailed,
    Permissions,
    Policy,
    Reply,
    Specialist,
    Ticket,
    tool,
)

SERVICE = os.environ.get("ACME_ORDERS_URL", "https://orders.acme.example")
"""The shop's service. Another address is another permission: it has to be granted anew."""
TOKEN = "acme-orders-token"
NUMBER = re.compile(r"\bORD-(\d{4,8})\b", re.IGNORECASE)
SAYS = {
    "packing": "Order {number} is being packed and has not left the warehouse.",
    "sent": "Order {number} was handed to the carrier on {day}.",
    "delivered": "Order {number} was delivered on {day}.",
}


async def said_of(number: str, context: Context) -> str | None:
    """What the service says of an order, as a sentence; None if it knows no such order.

    Raises:
        HttpFailed: it did not answer as it should.
        NotGranted: the operator has not granted it.
    """
    reply = await context.http.request(
        "GET",
        f"{SERVICE}/orders/{number}",
        headers={"Authorization": f"Bearer {context.secret(TOKEN)}"},
    )
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise HttpFailed(f"the order service answered {reply.status}")
    try:
        order = reply.json()
        return SAYS[order["state"]].format(number=f"ORD-{number}", day=order.get("day", ""))
    except (ValueError, KeyError, TypeError) as error:
        raise HttpFailed("the order service gave an answer of another shape") from error


@tool()
async def order_state(number: str, context: Context) -> str:
    """Look up where an order is. `number` is its digits, without ORD-."""
    if not number.isdigit():
        return "An order number has digits only."
    return await said_of(number, context) or "There is no such order."


class OrdersSpecialist(Specialist):
    """Knows where orders are and how delivery works."""

    name = "orders"
    title = "Orders"
    handles = (
        "orders and their delivery: where an order is, order numbers such as ORD-1042, parcels "
        "and carriers, delivery times, late, lost or damaged parcels, changing the delivery "
        "address. Not for invoices, payments or refunds of subscriptions."
    )
    examples = (
        "where is my order ORD-1042",
        "has ORD-20455 been sent yet",
        "my parcel has not arrived",
        "the tracking page has not moved for a week",
        "when will my order be delivered",
        "the parcel came damaged",
        "can I change the delivery address of my order",
        "how long does delivery to Norway take",
        "the carrier says delivered but nothing is here",
        "which carrier brings my order",
        "one item is missing from the parcel",
        "do you deliver on Saturdays",
    )
    counter_examples = ("I want my subscription money back", "the invoice of my order is wrong")
    instructions = "Be brief. Name the order number. Never guess a day of delivery."
    knowledge = Path(__file__).parent / "knowledge"
    tools = (order_state,)
    permissions = Permissions(hosts=(SERVICE,), secrets=(TOKEN,))
    policies = (
        Policy(
            "orders.no-promised-day",
            "Never promise a day of delivery: only the carrier knows.",
            forbid=(r"\bwill (?:arrive|be delivered) (?:on|by|tomorrow)\b",),
        ),
    )

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        """Look the order up if one is named; else answer as the desk does."""
        named = NUMBER.search(ticket.text)
        if named is None:
            return await context.answer(ticket)
        number = named[1]
        try:
            said = await said_of(number, context)
        except HttpFailed as error:
            return Escalation(EscalationReason.UNSURE, f"ORD-{number} was not looked up: {error}")
        if said is None:
            note = f"The order service knows no ORD-{number}."
            return Escalation(EscalationReason.UNSURE, note)
        source = f"{SERVICE}/orders/{number}"
        found = context.found(said, title=f"Order ORD-{number}", source=source)
        return Reply(said, (Citation.of(found),))
