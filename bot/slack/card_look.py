"""How a card looks: why a person is needed, the question, what was found, the draft, the buttons.

A card is a picture of its ticket's state and of nothing else, so it can be drawn anew at any time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    HeaderBlock,
    InteractiveElement,
    MarkdownBlock,
    MarkdownTextObject,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.slack import escape
from bot.slack.assigning_look import assigned, assigning_block
from bot.slack.blocks import Piece, as_json, context
from bot.slack.change_look import change_blocks
from frontdesk import EscalationReason
from router.ticket_life import DONE
from storage.cases import Case
from storage.changes_done import Change
from storage.doors.places import API, DOORS, is_door
from storage.human_tables import CardState

TAKE_OVER = "card_take_over"
APPROVE = "card_approve"
EDIT = "card_edit"
SEND_TO = "card_send_to"
REPLY = "card_reply"
RESOLVE = "card_resolve"
HAND_BACK = "card_hand_back"

LABELS = {
    TAKE_OVER: "Take over",
    APPROVE: "Approve",
    EDIT: "Edit and send",
    REPLY: "Reply",
    SEND_TO: "Send to…",
    HAND_BACK: "Hand back",
    RESOLVE: "Resolve",
}
MOST_QUESTION = 1_200
MOST_NOTE = 1_200
MOST_DRAFT = 4_000
MOST_OPTIONS = 100
MOST_TITLE = 75
MOST_IN_A_MENU = 20
"""Specialists in a card's own menu; more of them, and a form has it: a card has to stay small."""

MOST_CITED = 600
MOST_CHANGES = 5
"""Proposed changes on one card; a turn ends with the first that it proposes."""

REASONS: Mapping[EscalationReason, str] = {
    EscalationReason.UNSURE: "the desk was not sure enough to answer",
    EscalationReason.OUT_OF_SCOPE: "nothing in the help articles answers it",
    EscalationReason.ASKED_FOR_HUMAN: "they asked for a person",
    EscalationReason.REJECTED: "no draft passed the checks",
    EscalationReason.BUDGET: "the limits were reached before there was an answer",
    EscalationReason.LOOP: "the specialists sent it around",
    EscalationReason.SPECIALIST_FAILED: "a specialist failed",
    EscalationReason.MODEL_UNAVAILABLE: "the language model could not be reached",
    EscalationReason.POLICY: "a rule wants a person to answer",
    EscalationReason.PERMISSION: "it needs somebody's permission",
    EscalationReason.ABUSE: "the message looks like abuse",
}


def card(
    case: Case, titles: Mapping[str, str], link: str = "", changes: Sequence[Change] = ()
) -> Piece:
    """The card of a case; `titles` are what people call the specialists, `link` leads there.

    `changes` are what tools proposed to change in this matter.
    """
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=headline(case))),
        SectionBlock(text=MarkdownTextObject(text=_question(case, link))),
    ]
    if case.notes:
        found = quoted(" ".join(case.notes), MOST_NOTE)
        blocks.append(SectionBlock(text=MarkdownTextObject(text=f"*What the desk noted*\n{found}")))
    for change in changes[:MOST_CHANGES]:
        blocks += change_blocks(change, open_=_is_open(case))
    if case.draft:
        blocks.append(SectionBlock(text=MarkdownTextObject(text=_draft_title(case))))
        blocks.append(MarkdownBlock(text=escape.markdown(cut(case.draft, MOST_DRAFT), ())))
    blocks.append(context(standing(case), f"Ticket {case.ticket}{assigned(case)}"))
    blocks += _buttons(case, titles)
    return Piece(f"{headline(case)}: {escape.escaped(cut(case.question, 200))}", as_json(blocks))


def headline(case: Case) -> str:
    """What the card is, in a few words."""
    if case.state is CardState.RESOLVED:
        return "Resolved"
    if case.owner:
        return "With a person"
    if case.state is CardState.REROUTED:
        return "Sent to another specialist"
    if case.state is CardState.WITH_DESK:
        return "Back with the desk"
    if case.draft:
        return "Draft to approve" if case.state is CardState.OPEN else "Draft approved"
    return "Needs a person"


def standing(case: Case) -> str:
    """Where the case stands, and who moved it there."""
    if case.state is CardState.RESOLVED:
        return f"Resolved by {person(case.by)}."
    if case.owner:
        return f"Taken over by {person(case.owner)}. The desk is quiet there until handed back."
    if case.state is CardState.REROUTED:
        return f"Sent on by {person(case.by)}."
    if case.state is CardState.WITH_DESK:
        return f"Handed back by {person(case.by)}."
    if case.state is CardState.APPROVED:
        return f"Approved by {person(case.by)}; {'posted' if case.posted else 'being posted'}."
    since = int(case.opened.timestamp())
    shown = f"{case.opened:%Y-%m-%d %H:%M} UTC"
    return f"Waits since <!date^{since}^{{date_short_pretty}} {{time}}|{shown}>."


def person(user: str) -> str:
    """A person by name, without a notification where nobody is known any more."""
    return f"<@{user}>" if user else "somebody"


def cut(text: str, most: int) -> str:
    """Text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def quoted(text: str, most: int) -> str:
    """What somebody wrote, as a quote, with nothing live in it."""
    shown = cut(escape.escaped(cut(text, most)), 2 * most)
    return "\n".join(f"> {line}" for line in shown.splitlines() or [""])


def _question(case: Case, link: str) -> str:
    if case.source in DOORS:
        return f"{_somebody_outside(case)}:\n{quoted(case.question, MOST_QUESTION)}{_why(case)}"
    direct = case.channel.startswith("D") or not case.channel
    where = "in a direct message" if direct else f"in <#{case.channel}>"
    if link and not direct:
        where = f"{where} (<{link}|open the thread>)"
    asked = f"{person(case.requester)} asked {where}"
    return f"{asked}:\n{quoted(case.question, MOST_QUESTION)}{_why(case)}"


def _why(case: Case) -> str:
    reasons = "; ".join(dict.fromkeys(REASONS[reason] for reason in case.reasons))
    return f"\n*Why a person:* {reasons}." if reasons else ""


def _somebody_outside(case: Case) -> str:
    """Who asked, where Slack does not know them; what is replied reaches them by callback."""
    through = "the API" if case.source == API else f"the webhook {escape.label(case.channel)}"
    named = bool(case.requester) and not is_door(case.requester)
    who = escape.label(cut(case.requester, MOST_TITLE)) if named else "Somebody"
    return f"*{who}* asked through {through}"


def _draft_title(case: Case) -> str:
    titles = dict.fromkeys(escape.label(source.title) for source in case.sources)
    cited = f" (sources: {', '.join(titles)})" if titles else ""
    return cut(f"*Draft*{cited}", MOST_CITED)


def _buttons(case: Case, titles: Mapping[str, str]) -> list[Block]:
    if not _is_open(case):
        return []
    elements: list[InteractiveElement] = []
    if case.draft and case.state is CardState.OPEN:
        elements += [button(APPROVE, case, style="primary"), button(EDIT, case)]
    elements.append(button(HAND_BACK if case.owner else TAKE_OVER, case))
    elements.append(button(REPLY, case))
    if 0 < len(titles) <= MOST_IN_A_MENU:
        elements.append(_send_to(case, titles))
    elif titles:
        elements.append(button(SEND_TO, case))
    elements.append(button(RESOLVE, case))
    return [
        ActionsBlock(block_id=f"card:{case.card}", elements=elements),
        assigning_block(case),
    ]


def _is_open(case: Case) -> bool:
    """Whether staff can still do something about it here."""
    return case.status not in DONE and case.state is not CardState.REROUTED


def button(action: str, case: Case, style: str | None = None) -> ButtonElement:
    """A button that does something to a case."""
    text = PlainTextObject(text=LABELS[action])
    return ButtonElement(action_id=action, text=text, value=case.card, style=style)


def _send_to(case: Case, titles: Mapping[str, str]) -> StaticSelectElement:
    options = [
        Option(label=cut(title, MOST_TITLE), value=f"{case.card}:{name}")
        for name, title in titles.items()
    ]
    return StaticSelectElement(
        action_id=SEND_TO, placeholder=PlainTextObject(text=LABELS[SEND_TO]), options=options
    )


def option_value(body: Mapping[str, Any]) -> str:
    """What was chosen in the menu of an interaction."""
    chosen = body["actions"][0].get("selected_option") or {}
    return str(chosen.get("value") or "")
