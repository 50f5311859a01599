"""How the end of a turn looks in Slack: answer, sources, who and why, notice, buttons.

Made of the SDK's models, which refuse what Slack would. Each message carries its words as `text`
too: that is what notifications and screen readers get.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    MarkdownBlock,
    MarkdownTextObject,
    PlainTextObject,
)

from bot.slack import escape
from bot.slack.split import pieces
from router.records import Outcome, OutcomeKind, Part
from router.validate.addresses import host_of

MOST_TEXT = 8_000
"""Characters of an answer in one message: below every limit, and as much as anybody reads."""

MOST_SOURCES = 5

FEEDBACK = "feedback"
WRONG_TEAM = "wrong_team"
TALK_TO_HUMAN = "talk_to_human"
GOOD, BAD = "good", "bad"

ANSWER_BUTTONS = "answer_buttons"
FEEDBACK_BUTTONS = "answer_feedback"

ORDINARY = frozenset({"A", "An", "It", "No", "Nobody's", "The", "There", "This", "You"})
"""Words with which reasons begin and that have no capital of their own."""

NOTICE = "Written by software from our help articles. It can be wrong: check what matters."

NOTICES = {
    "": NOTICE,
    "approved": f"{NOTICE} Our staff has looked at it.",
    "edited": "Drafted by software, put into words by our staff.",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One message to post."""

    text: str
    blocks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Look:
    """What a result looks like: `titles` of specialists by name, `hosts` that links may lead to."""

    titles: Mapping[str, str]
    hosts: frozenset[str] = frozenset()

    def pieces(self, outcome: Outcome) -> list[Piece]:
        """The outcome as messages, to be posted in order; buttons stand in the last one."""
        hosts = self.hosts | cited_hosts(outcome)
        texts = pieces(escape.markdown(outcome.text, hosts), MOST_TEXT)
        made = [Piece(text, as_json([MarkdownBlock(text=text)])) for text in texts]
        last = made[-1]
        tail = as_json(self._tail(outcome, hosts))
        return [*made[:-1], Piece(last.text, [*last.blocks, *tail])]

    def _tail(self, outcome: Outcome, hosts: frozenset[str]) -> list[Block]:
        blocks: list[Block] = []
        if sources := _sources(outcome, hosts):
            blocks.append(context(f"*Sources:* {' · '.join(sources)}"))
        blocks.append(context(*(self._who(part) for part in outcome.parts[:5]), small(outcome)))
        if outcome.kind is OutcomeKind.REPLIED:
            blocks.append(_feedback(outcome.message))
        if outcome.kind is not OutcomeKind.ESCALATED:
            blocks.append(_buttons(outcome.message, wrong_team=outcome.kind is OutcomeKind.REPLIED))
        return blocks

    def _who(self, part: Part) -> str:
        """Who answered one matter, and why."""
        why = _within_a_sentence(escape.label(part.decision.reason))
        if part.kind is OutcomeKind.ESCALATED:
            return f"*For a person*, because {why}."
        name = self.titles.get(part.specialist or "", part.specialist or "")
        who = f"*{escape.label(name)}*" if name else "*Frontdesk*"
        return f"{who}, because {why}."


def small(outcome: Outcome) -> str:
    """The line below everything: that this is software, and which ticket it is."""
    ticket = f"Ticket {outcome.ticket}"
    notice = NOTICES[outcome.staff]
    return f"{notice} {ticket}" if outcome.kind is OutcomeKind.REPLIED else ticket


def context(*lines: str) -> ContextBlock:
    """Small grey text, one element a line."""
    return ContextBlock(elements=[MarkdownTextObject(text=line) for line in lines if line])


def as_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks as Slack takes them.

    Raises:
        SlackObjectFormationError: one is not as Slack wants it.
    """
    return [block.to_dict() for block in blocks]


def cited_hosts(outcome: Outcome) -> frozenset[str]:
    """The hosts of all sources: they come from the operator's own articles."""
    sources = (source.source for part in outcome.parts for source in part.sources)
    return frozenset(host_of(source) for source in sources if source.startswith("https://")) - {""}


def _within_a_sentence(reason: str) -> str:
    """A reason, which is a sentence, as the end of another one; names keep their capitals."""
    first, space, rest = reason.rstrip(".").partition(" ")
    return f"{first.lower() if first in ORDINARY else first}{space}{rest}"


def _sources(outcome: Outcome, hosts: Iterable[str]) -> list[str]:
    found = {
        source.source: escape.source_link(source.title, source.source, hosts)
        for part in outcome.parts
        for source in part.sources
    }
    return list(found.values())[:MOST_SOURCES]


def _feedback(key: str) -> ContextActionsBlock:
    return ContextActionsBlock(
        block_id=FEEDBACK_BUTTONS,
        elements=[
            FeedbackButtonsElement(
                action_id=FEEDBACK,
                positive_button=FeedbackButtonObject(
                    text="Helpful", accessibility_label="This helped", value=f"{GOOD}:{key}"
                ),
                negative_button=FeedbackButtonObject(
                    text="Not helpful",
                    accessibility_label="This did not help",
                    value=f"{BAD}:{key}",
                ),
            )
        ],
    )


def _buttons(key: str, *, wrong_team: bool) -> ActionsBlock:
    labels = {WRONG_TEAM: "Wrong team", TALK_TO_HUMAN: "Talk to a human"}
    if not wrong_team:
        del labels[WRONG_TEAM]
    return ActionsBlock(
        block_id=ANSWER_BUTTONS,
        elements=[
            ButtonElement(action_id=action, value=key, text=PlainTextObject(text=text))
            for action, text in labels.items()
        ],
    )
