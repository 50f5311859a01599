"""Who is to see to a case, and how soon: what a card says of it, and the menus to change it."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    ActionsBlock,
    Option,
    PlainTextObject,
    StaticSelectElement,
    UserSelectElement,
)

from router.ticket_facts import Priority
from storage.cases import Case

PRIORITY = "card_priority"
ASSIGN = "card_assign"
BLOCK = "card_more:"
"""How the id of the block begins; the card's follows."""


def assigned(case: Case) -> str:
    """Behind the ticket's name: its priority where it is not the usual one, and whose it is."""
    priority = f" · priority {case.priority}" if case.priority != Priority.NORMAL else ""
    return f"{priority} · assigned to <@{case.assignee}>" if case.assignee else priority


def assigning_block(case: Case) -> ActionsBlock:
    """Menus for the priority and for whoever is to see to it."""
    options = {
        one: Option(value=one, text=PlainTextObject(text=f"Priority: {one}")) for one in Priority
    }
    priority = StaticSelectElement(
        action_id=PRIORITY,
        options=list(options.values()),
        initial_option=options[Priority(case.priority)],
    )
    assign = UserSelectElement(
        action_id=ASSIGN,
        placeholder=PlainTextObject(text="Assign to\u2026"),
        initial_user=case.assignee or None,
    )
    return ActionsBlock(block_id=f"{BLOCK}{case.card}", elements=[priority, assign])
