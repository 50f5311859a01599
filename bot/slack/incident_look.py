"""How an incident looks in the triage channel: what people ask, where it stands, what to do."""

from __future__ import annotations

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.slack.blocks import Piece, as_json, context
from bot.slack.card_look import MOST_QUESTION, person, quoted
from storage.doors.incident_reading import IncidentView
from storage.doors.incident_state import IncidentState

OPEN = "incident_open"
DECLINE = "incident_decline"
ANSWER = "incident_answer"
CLOSE = "incident_close"
FORM = "form_incident"
WORDS, VALUE = "words", "value"
MOST_LISTED = 10
MOST_ANSWER = 3_000

LABELS = {
    OPEN: "It is one incident",
    DECLINE: "It is not",
    ANSWER: "Answer all…",
    CLOSE: "Close and resolve all",
}
HEADLINES = {
    IncidentState.PROPOSED: "Many ask the same: an incident?",
    IncidentState.OPEN: "Incident",
    IncidentState.DECLINED: "No incident",
    IncidentState.CLOSED: "Incident closed",
}
BUTTONS = {
    IncidentState.PROPOSED: (OPEN, DECLINE),
    IncidentState.OPEN: (ANSWER, CLOSE),
    IncidentState.DECLINED: (),
    IncidentState.CLOSED: (),
}


def look(view: IncidentView, by: str = "") -> Piece:
    """The incident as it stands; `by` is who moved it last, as Slack knows them."""
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=HEADLINES[view.state])),
        SectionBlock(text=MarkdownTextObject(text=_about(view))),
    ]
    if view.answer:
        told = f"*All were told* ({view.told} of {len(view.tickets)})"
        words = f"{told}\n{quoted(view.answer, MOST_QUESTION)}"
        blocks.append(SectionBlock(text=MarkdownTextObject(text=words)))
    blocks.append(context(_standing(view, by), f"Incident {view.incident}"))
    if actions := BUTTONS[view.state]:
        buttons = [_button(action, view.incident) for action in actions]
        blocks.append(ActionsBlock(block_id=f"incident:{view.incident}", elements=buttons))
    return Piece(f"{HEADLINES[view.state]} {len(view.tickets)} tickets", as_json(blocks))


def form(incident: str, tickets: int) -> dict[str, object]:
    """What staff wants to tell everybody."""
    note = f"{tickets} people get this, and whoever asks the same later. It is checked first."
    words = InputBlock(
        block_id=WORDS,
        label="Your answer to all",
        element=PlainTextInputElement(action_id=VALUE, multiline=True, max_length=MOST_ANSWER),
    )
    view = View(
        type="modal",
        callback_id=FORM,
        title=PlainTextObject(text="Answer all"),
        submit=PlainTextObject(text="Send"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=incident,
        blocks=[SectionBlock(text=MarkdownTextObject(text=note)), words],
    )
    return dict(view.to_dict())


def _about(view: IncidentView) -> str:
    listed = ", ".join(view.tickets[:MOST_LISTED])
    more = len(view.tickets) - MOST_LISTED
    tickets = f"{listed} and {more} more" if more > 0 else listed
    asked = f"*{len(view.tickets)} tickets* are about the same, such as:"
    return f"{asked}\n{quoted(view.question, MOST_QUESTION)}\nTickets: {tickets}"


def _standing(view: IncidentView, by: str) -> str:
    match view.state:
        case IncidentState.PROPOSED:
            return "Link them, answer all at once, and have one clock for all of them."
        case IncidentState.OPEN:
            return f"Opened or answered last by {person(by)}. Whoever asks the same joins it."
        case IncidentState.DECLINED:
            return f"{person(by)} says that these are different matters."
        case IncidentState.CLOSED:
            return f"Closed by {person(by)}; all its tickets are resolved."


def _button(action: str, incident: str) -> ButtonElement:
    style = "primary" if action in {OPEN, ANSWER} else None
    text = PlainTextObject(text=LABELS[action])
    return ButtonElement(action_id=action, text=text, value=incident, style=style)
