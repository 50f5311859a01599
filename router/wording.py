"""What the desk itself says: questions and hand-over notices.

Every sentence here must stay true: a notice says only what the record already shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from frontdesk import EscalationReason

OPEN_QUESTION = "What can I help you with?"

HANDED_OVER = "I have put this in the queue for our staff, with everything from this thread."

HELD = "I have drafted an answer. Somebody of our staff looks at it before you see it."

SAFE_NOTICE = "This needs a person. " + HANDED_OVER

_BECAUSE: Mapping[EscalationReason, str] = {
    EscalationReason.UNSURE: "I am not sure who should answer this.",
    EscalationReason.OUT_OF_SCOPE: "I found nothing in our help centre that answers this.",
    EscalationReason.ASKED_FOR_HUMAN: "You asked for a person.",
    EscalationReason.REJECTED: "I could not write an answer that passes our checks.",
    EscalationReason.BUDGET: "I reached my limits before I had an answer.",
    EscalationReason.LOOP: "Our specialists could not agree on whose matter this is.",
    EscalationReason.SPECIALIST_FAILED: "Something went wrong on our side.",
    EscalationReason.MODEL_UNAVAILABLE: "I cannot reach what I need to answer right now.",
    EscalationReason.POLICY: "Our rules want a person to answer this.",
    EscalationReason.PERMISSION: "This needs somebody's permission.",
    EscalationReason.ABUSE: "I cannot help with this message.",
}


def escalation_notice(reason: EscalationReason) -> str:
    """Tell the requester that a person is needed, and why."""
    return f"{_BECAUSE[reason]} {HANDED_OVER}"


def clarifying_question(titles: Sequence[str]) -> str:
    """Ask which of the named specialists the message is meant for; open if none is named."""
    if not titles:
        return OPEN_QUESTION
    *first, last = titles
    return f"Is this about {', '.join(first)} or {last}?" if first else f"Is this about {last}?"
