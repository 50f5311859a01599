"""What goes over the wire: the API's own words, apart from how anything is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from bot.web.characters import WHY, is_text
from router.ticket_facts import Priority
from router.ticket_life import TicketStatus

MOST_TEXT = 20_000
MOST_NAME = 200


def _readable(text: str) -> str:
    if not is_text(text):
        raise ValueError(f"it {WHY}")
    return text


_Readable = AfterValidator(_readable)
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_TEXT, pattern=r"\S"), _Readable
]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=MOST_NAME, pattern=r"\S"), _Readable
]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTicket(_Wire):
    """A question for the desk."""

    text: Text = Field(
        description="what the requester wrote",
        examples=["I was charged twice this month and want the second charge back."],
    )
    subject: Name | None = Field(None, description="its first line, if there is one apart")
    requester: Name | None = Field(
        None,
        description="who asks, by a name that stays the same; each ticket is somebody else's "
        "if there is none",
        examples=["customer-8731"],
    )
    reference: Name | None = Field(
        None,
        description="what you call the matter: what comes with the same reference continues its "
        "ticket while that is open",
        examples=["order-2291"],
    )
    callback_url: HttpUrl | None = Field(
        None, description="where answers go, as https://…; else where the token says"
    )

    def whole(self) -> str:
        """What the desk reads."""
        return f"{self.subject}\n\n{self.text}" if self.subject else self.text


class NewMessage(_Wire):
    """What the requester adds to a ticket."""

    text: Text


class NewScore(_Wire):
    """How satisfied the requester is with a whole ticket."""

    score: int = Field(ge=1, le=5, description="5 is best", strict=True)
    comment: Text | None = None


class Receipt(BaseModel):
    """What became of what was sent."""

    ticket: str = Field(examples=["T-0K3M9X7Q2ABC"])
    message: str = Field(examples=["M-0K3M9X7Q2ABD"])
    url: str = Field(examples=["/api/tickets/T-0K3M9X7Q2ABC"])


class Ticket(BaseModel):
    """A ticket in a list."""

    id: str
    status: TicketStatus
    priority: Priority
    source: str = Field(description="the door it came by: slack, api, webhook, chat, triage")
    workspace: str
    specialist: str | None
    with_staff: bool = Field(description="a person has taken it over")
    opened: datetime
    updated: datetime


class Message(BaseModel):
    """One message of a ticket."""

    id: str
    author: str = Field(description="requester, desk, staff or bystander")
    text: str
    at: datetime


class Decision(BaseModel):
    """Who should answer, and why; `entry` is its entry in the audit trail."""

    entry: str
    specialist: str | None
    band: str = Field(description="go, ask or human")
    decided_by: str
    confidence: float = Field(ge=0, le=1)
    reason: str
    escalation: str | None


class TicketInFull(Ticket):
    """A ticket with all that was said, oldest first."""

    messages: list[Message]
    decisions: list[Decision]
    satisfaction: int | None = None


class Page(BaseModel):
    """Tickets, newest first. `next` is the address of the next page, none at the end."""

    tickets: list[Ticket]
    next: str | None
