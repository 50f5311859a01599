"""A small made-up desk that the tests of this folder share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from frontdesk import Author, Specialist
from router.records import Conversation, ThreadMessage

BILLING = Specialist(
    name="billing",
    handles="Invoices and receipts, payments and cards, refunds, prices and plans, VAT numbers, "
    "seats, cancelling or renewing a subscription.",
    examples=(
        "Where can I download last month's invoice?",
        "we were charged twice in October",
        "How do I get a refund for a duplicate payment?",
        "please change the credit card on file",
        "what does the team plan cost for 20 people",
        "The VAT number on our invoice is wrong",
        "I want to cancel our subscription before it renews",
        "can we pay yearly by bank transfer",
        "Is there a discount for charities?",
        "why is this receipt higher than last time",
        "add three seats to our plan",
        "My card was declined when I tried to pay",
    ),
    counter_examples=("the payment page shows error 500",),
)
TECHNICAL = Specialist(
    name="technical",
    title="Technical support",
    handles="Errors and crashes, login problems, slow pages, sync and upload failures, the API "
    "and webhooks, outages.",
    examples=(
        "I cannot log in, it says wrong password",
        "the app crashes as soon as I open it",
        "Error 500 when I upload a file",
        "our webhook has stopped firing",
        "sync is stuck since this morning",
        "the page takes a minute to load",
        "The API answers 401 although the token is new",
        "password reset mail never arrives",
        "is there an outage right now?",
        "desktop client freezes after the update",
        "two-factor codes are rejected",
        "the payment page shows error 500",
    ),
)
PRODUCT = Specialist(
    name="product",
    handles="How to use the product: boards and views, exports and imports, sharing and guests, "
    "reminders, integrations, shortcuts, what is possible and planned.",
    examples=(
        "How do I export a board to CSV?",
        "can I invite a guest to a single page",
        "is there a dark mode",
        "does it integrate with Google Calendar?",
        "Where do I set a reminder for a task?",
        "how can I change the order of columns",
        "which keyboard shortcuts are there",
        "Can I make a template out of a board?",
        "do you have an app for tablets",
        "how do I see who edited a page",
        "is it possible to merge two workspaces",
        "what is the difference between a view and a board",
    ),
)
SPECIALISTS = (BILLING, TECHNICAL, PRODUCT)


def conversation(text: str, **known: Any) -> Conversation:
    """A conversation about one message; `known` are further fields."""
    message = ThreadMessage("m1", Author.REQUESTER, "u1", text, datetime(2026, 1, 5, tzinfo=UTC))
    return Conversation("t1", "chat", "local", "general", "c1", message, **known)
