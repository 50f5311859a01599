"""Forms: a new ticket, a draft to edit, a reply, another specialist, what was wrong with an answer.

A form carries an opaque id and nothing that gives rights: who submits it is checked again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.slack.card_look import MOST_OPTIONS, MOST_TITLE, cut

TICKET = "form_ticket"
EDIT = "form_edit"
REPLY = "form_reply"
REROUTE = "form_reroute"
REASON = "form_reason"
ERASE = "form_erase"

VALUE = "value"
SUBJECT, DETAILS, TEAM, MORE, WORDS, WHY, HUMAN = (
    "subject",
    "details",
    "team",
    "more",
    "words",
    "why",
    "human",
)
A_PERSON = "person"
ANY_TEAM = "any"
MOST_FIELD = 3_000
REASONS = {
    "wrong": "It is wrong",
    "incomplete": "Something is missing",
    "not_asked": "It answers something else",
    "unclear": "I do not understand it",
    "other": "Something else",
}

Form = dict[str, Any]


def ticket(titles: Mapping[str, str], text: str = "") -> Form:
    """A structured ticket."""
    teams = {ANY_TEAM: "Find out for me"} | dict(titles)
    return _form(
        TICKET,
        "New ticket",
        "Send",
        [
            _text(SUBJECT, "What is it about?", cut(text, 150), lines=1, most=150),
            _text(DETAILS, "What happened, and what did you expect?", optional=True),
            _choice(TEAM, "Who should answer?", teams, first=ANY_TEAM),
        ],
    )


def edit(card: str, draft: str) -> Form:
    """A draft to change; one that is too long for a field goes on in a second one."""
    first, rest = _split(draft)
    blocks: list[Block] = [_text(WORDS, "The answer", first)]
    if rest:
        blocks.append(_text(MORE, "The answer, continued", rest, optional=True))
    return _form(EDIT, "Edit and send", "Send", blocks, card)


def reply(card: str) -> Form:
    """What staff wants to say through the desk."""
    note = "I post it in their thread under your name, and stay quiet there from then on."
    blocks = [SectionBlock(text=MarkdownTextObject(text=note)), _text(WORDS, "Your reply")]
    return _form(REPLY, "Reply", "Send", blocks, card)


def reroute(message: str, titles: Mapping[str, str]) -> Form:
    """Who should have answered instead."""
    choices = dict(titles) | {A_PERSON: "A person"}
    blocks = [_choice(TEAM, "Who should answer this?", choices)]
    return _form(REROUTE, "Wrong team", "Send", blocks, message)


def reason(message: str) -> Form:
    """What was wrong with an answer."""
    wants = Option(value=A_PERSON, text=PlainTextObject(text="I would like a person to answer"))
    human = InputBlock(
        block_id=HUMAN,
        label="And then?",
        optional=True,
        element=CheckboxesElement(action_id=VALUE, options=[wants]),
    )
    blocks = [
        _radio(WHY, "What was wrong?", REASONS),
        _text(DETAILS, "Anything else?", optional=True, most=1_000),
        human,
    ]
    return _form(REASON, "Not helpful", "Send", blocks, message)


def erase() -> Form:
    """Whether somebody really wants to be forgotten."""
    text = (
        "Our staff will be asked to erase everything you wrote to the desk in this workspace. "
        "The record keeps that tickets existed, not what they said. Slack keeps its own copy."
    )
    blocks = [SectionBlock(text=MarkdownTextObject(text=text))]
    return _form(ERASE, "Delete my data", "Ask for it", blocks)


def entered(view: Mapping[str, Any], block: str) -> str:
    """What stands in a field of a submitted form; empty if nothing does."""
    state = (view["state"]["values"].get(block) or {}).get(VALUE) or {}
    chosen = state.get("selected_option") or {}
    if many := state.get("selected_options"):
        chosen = many[0]
    return str(state.get("value") or chosen.get("value") or "").strip()


def about(view: Mapping[str, Any]) -> str:
    """The id that a form carries."""
    return str(view.get("private_metadata") or "")


def _form(callback: str, title: str, submit: str, blocks: Sequence[Block], about: str = "") -> Form:
    made: Form = View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit),
        close=PlainTextObject(text="Cancel"),
        blocks=blocks,
        private_metadata=about,
    ).to_dict()
    return made


def _text(
    block: str,
    label: str,
    initial: str = "",
    *,
    lines: int = 2,
    most: int = MOST_FIELD,
    optional: bool = False,
) -> InputBlock:
    return InputBlock(
        block_id=block,
        label=label,
        optional=optional,
        element=PlainTextInputElement(
            action_id=VALUE, multiline=lines > 1, max_length=most, initial_value=initial or None
        ),
    )


def _choice(
    block: str, label: str, choices: Mapping[str, str], first: str | None = None
) -> InputBlock:
    options = _options(choices)
    chosen = next((one for one in options if one.value == first), None)
    element = StaticSelectElement(action_id=VALUE, options=options, initial_option=chosen)
    return InputBlock(block_id=block, label=label, element=element)


def _radio(block: str, label: str, choices: Mapping[str, str]) -> InputBlock:
    element = RadioButtonsElement(action_id=VALUE, options=_options(choices))
    return InputBlock(block_id=block, label=label, element=element)


def _options(choices: Mapping[str, str]) -> list[Option]:
    return [
        Option(value=value, text=PlainTextObject(text=cut(text, MOST_TITLE)))
        for value, text in list(choices.items())[:MOST_OPTIONS]
    ]


def _split(text: str) -> tuple[str, str]:
    """A text in two parts that each fit into a field; it is parted between paragraphs or words."""
    if len(text) <= MOST_FIELD:
        return text, ""
    at = max(text.rfind("\n\n", 0, MOST_FIELD), 0) or text.rfind(" ", 0, MOST_FIELD)
    at = at if at > 0 else MOST_FIELD
    return text[:at], text[at:].strip()[:MOST_FIELD]
