"""How a matter, or a whole turn, can end: small values that `flow.py` puts together."""

from __future__ import annotations

from dataclasses import replace

from frontdesk import Escalation, EscalationReason, Handoff, Question, Reply
from router import facts, human_facts, wording
from router.answer.brief import Brief
from router.outbox import DESK, OUTCOME
from router.records import (
    BASIS_POINTS,
    Band,
    Conversation,
    DecidedBy,
    Decision,
    Matter,
    Outcome,
    OutcomeKind,
    Part,
    Verdict,
    VerdictKind,
)

A_HUMAN = "@human"
"""Who a message is sent to that no specialist may answer."""

ANSWERED_BY_A_PERSON = "A rule wants a person to answer whoever wrote this."


def draft_held(conversation: Conversation, outcome: Outcome) -> human_facts.DraftHeld:
    """That an outcome waits for staff, with all that is needed to post it later."""
    return human_facts.DraftHeld(
        **conversation.where,
        actor=DESK,
        specialists=tuple(part.specialist for part in outcome.parts if part.specialist),
        texts={"draft": outcome.text, "outcome": OUTCOME.dump_json(outcome).decode()},
    )


def ended(conversation: Conversation, outcome: Outcome) -> facts.TurnEnded:
    """That the turn is over: nothing of it will happen again."""
    specialists = [part.specialist for part in outcome.parts if part.specialist]
    return facts.TurnEnded(
        **conversation.where,
        actor=DESK,
        outcome=outcome.kind,
        specialist=specialists[0] if specialists else None,
        texts={"outcome": OUTCOME.dump_json(outcome).decode()},
    )


def held_back(outcome: Outcome) -> Outcome:
    """The outcome as the turn ends with it: nothing of the draft is for the requester yet."""
    parts = tuple(
        replace(part, kind=OutcomeKind.HELD) if part.kind is OutcomeKind.REPLIED else part
        for part in outcome.parts
    )
    return replace(outcome, kind=OutcomeKind.HELD, text=wording.HELD, parts=parts)


def sent_by_a_person(conversation: Conversation) -> tuple[Matter, ...]:
    """The one matter of a message that a person sent to a specialist; empty if none did."""
    target = conversation.sent_to
    if not target:
        return ()
    if target == A_HUMAN:
        policy = EscalationReason.POLICY
        decision = Decision(
            Band.HUMAN, None, BASIS_POINTS, DecidedBy.RULE, ANSWERED_BY_A_PERSON, policy
        )
        return (Matter(conversation.message.text, decision),)
    reason = "A person sent it there."
    decision = Decision(Band.GO, target, BASIS_POINTS, DecidedBy.HUMAN, reason)
    return (Matter(conversation.message.text, decision),)


def undecided(conversation: Conversation) -> Matter:
    """The whole message as one matter for a human, where the router agent itself failed."""
    failed = EscalationReason.SPECIALIST_FAILED
    reason = "The router agent failed; the log has the details."
    decision = Decision(Band.HUMAN, None, 0, DecidedBy.RULE, reason, failed)
    return Matter(conversation.message.text, decision)


def quiet(conversation: Conversation) -> Outcome:
    """The end of a turn in which nothing is said."""
    return Outcome(OutcomeKind.QUIET, conversation.ticket, conversation.message.id, "")


def approved_part(brief: Brief, answer: Reply | Question) -> Part:
    """An approved draft as the end of its matter."""
    if isinstance(answer, Question):
        return brief.part(OutcomeKind.ASKED, answer.text)
    return brief.part(OutcomeKind.REPLIED, answer.text, answer.citations)


def refused_handoff(refusal: str, handoff: Handoff) -> Escalation:
    """A hand-off that may not be made ends with a human, who gets its packet."""
    reasons = {
        "unknown_specialist": EscalationReason.SPECIALIST_FAILED,
        "not_granted": EscalationReason.PERMISSION,
    }
    reason = reasons.get(refusal, EscalationReason.LOOP)
    return Escalation(reason, f"Hand-off refused ({refusal}). {handoff.summary}")


def rejected(verdict: Verdict) -> Escalation:
    """A draft that may not go out ends with a human, who reads why."""
    note = "Rejected: " + " ".join(objection.message for objection in verdict.objections)
    return Escalation(verdict.reason or EscalationReason.REJECTED, note)


def judged(brief: Brief, verdict: Verdict, *, notice: bool = False) -> facts.ReplyJudged:
    """The validator's verdict as a fact: on a draft, or on a notice of the desk itself."""
    approved = verdict.kind is VerdictKind.APPROVE
    of_notice = facts.NoticeApproved if approved else facts.NoticeRejected
    of_reply = facts.ReplyApproved if approved else facts.ReplyRejected
    return (of_notice if notice else of_reply)(
        **brief.where,
        actor="agent:validator",
        part=brief.number,
        attempt=brief.attempt,
        verdict=verdict,
    )
