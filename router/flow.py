"""A turn, top to bottom: from a message that was received to the end that people can see.

    gate -> decide -> answer -> check -> look again -> post and end

Each step leaves its entry in the audit trail before the next one begins, and before anything
becomes visible. Matters of one message run side by side. What is expected (a hand-off, an
objection, a human being needed) is a value; whatever else goes wrong ends with a human too.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace

from frontdesk import Escalation, EscalationReason, Handoff, Question, Reply
from router import facts, wording
from router.answer.answered import Answered
from router.answer.brief import Brief
from router.answer.run import SpecialistRunner
from router.compose import compose, whole_draft
from router.endings import (
    approved_part,
    draft_held,
    ended,
    held_back,
    judged,
    quiet,
    refused_handoff,
    rejected,
    sent_by_a_person,
    undecided,
)
from router.gate import Gate, admit
from router.modes import Mode, Modes, kept_in_shadow, switched_off
from router.outbox import DESK, Outbox
from router.ports import DirectSteps, Messenger, RouterAgent, Steps, Store
from router.records import (
    Band,
    Conversation,
    Matter,
    Outcome,
    OutcomeKind,
    Part,
    Posting,
    Verdict,
    VerdictKind,
)
from router.validate import Validator

log = logging.getLogger("frontdesk.flow")

NOT_SHOWN = frozenset({OutcomeKind.QUIET, OutcomeKind.HELD})
"""Outcomes of which the requester sees nothing, or nothing yet."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a turn ends in a human. `hops` counts hand-offs, `revisions` rejected drafts."""

    revisions: int = 2
    hops: int = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk: its parts, and the turn that they make together."""

    store: Store
    router: RouterAgent
    specialists: SpecialistRunner
    validator: Validator
    messenger: Messenger
    outbox: Outbox
    limits: Limits = Limits()
    modes: Modes = field(default_factory=Modes)

    async def turn(self, message: str, steps: Steps | None = None) -> Outcome:
        """Bring the turn about `message` to its end; one that has ended is only read back.

        Raises:
            StoreError: something could not be recorded, so it did not happen; run it again.
            PostError: the result is on record and not visible yet; run it again.
        """
        standing = await self.store.standing(message)
        if isinstance(standing, Outcome):
            return standing
        steps = steps or DirectSteps()
        conversation, posting = standing
        prepared = self.take_up(conversation, posting, steps) if posting else None
        outcome = await (prepared or self.prepare(conversation, steps))
        last = "end" if outcome.kind in NOT_SHOWN else "post"
        await steps.run(last, type(None), lambda: self.end(conversation, outcome, posting))
        return outcome

    async def resume(self, message: str, steps: Steps | None = None) -> Outcome:
        """Bring a turn to its end that a crash cut off, and say so on record."""
        conversation = await self.store.conversation(message)
        await self.store.record(
            facts.TurnResumed(ticket=conversation.ticket, message=message, actor=DESK)
        )
        return await self.turn(message, steps)

    async def take_up(self, conversation: Conversation, posting: Posting, steps: Steps) -> Outcome:
        """Go on with a post that was announced before a crash, unless the thread has moved on."""
        if posting.done or await self.outbox.is_there(conversation, posting.outcome):
            return posting.outcome
        why = await steps.run("look again", str, lambda: self.look_again(conversation))
        return quiet(conversation) if why else posting.outcome

    async def prepare(self, conversation: Conversation, steps: Steps) -> Outcome:
        """All that happens before anything is visible."""
        gate = await steps.run("gate", Gate, lambda: self.gate(conversation))
        if not gate.admitted:
            return quiet(conversation)
        await self.messenger.progress(conversation, "decide")
        matters = await steps.run("decide", tuple[Matter, ...], lambda: self.decide(conversation))
        parts = await asyncio.gather(
            *(self.settle(conversation, steps, number, m) for number, m in enumerate(matters))
        )
        outcome = await steps.run("whole", Outcome, lambda: self.whole(conversation, tuple(parts)))
        why = await steps.run("look again", str, lambda: self.look_again(conversation))
        if why:
            return quiet(conversation)
        return await steps.run("hold", Outcome, lambda: self.hold(conversation, outcome))

    async def gate(self, conversation: Conversation) -> Gate:
        """Let the message start a turn, or say which rule keeps it out."""
        gate = admit(conversation)
        await self.store.record(
            facts.MessageGated(
                **conversation.where,
                actor=DESK,
                admitted=gate.admitted,
                rule=gate.rule,
            )
        )
        return gate

    async def decide(self, conversation: Conversation) -> tuple[Matter, ...]:
        """Choose who answers each matter, and put all that was considered on record."""
        try:
            matters = sent_by_a_person(conversation)
            matters = matters or await self.router.decide(conversation)
        except Exception:  # whatever failed there, the requester gets a human, not silence
            log.exception("the router agent failed on message %s", conversation.message.id)
            matters = (undecided(conversation),)
        await self.store.record(
            *(
                facts.RouteDecided(
                    **conversation.where,
                    actor=f"agent:router:{matter.decision.decided_by}",
                    part=number,
                    parts=len(matters),
                    decision=matter.decision,
                    texts={"matter": matter.text},
                )
                for number, matter in enumerate(matters)
            )
        )
        return matters

    async def settle(
        self, conversation: Conversation, steps: Steps, number: int, matter: Matter
    ) -> Part:
        """Bring one matter to its end: a reply, a question, or a human."""
        brief = Brief(conversation, number, matter)
        decision = matter.decision
        if decision.band is Band.ASK:
            titles = [self.specialists.title(name) for name in decision.candidates]
            return brief.part(OutcomeKind.ASKED, wording.clarifying_question(titles))
        if decision.band is Band.GO and decision.specialist:
            brief, ended = await self.converse(brief, steps)
        else:
            ended = Escalation(decision.escalation or EscalationReason.UNSURE, decision.reason)
        if isinstance(ended, Escalation):
            return await steps.run(brief.step("escalate"), Part, brief.bind(self.escalate, ended))
        return ended

    async def converse(self, brief: Brief, steps: Steps) -> tuple[Brief, Part | Escalation]:
        """Let specialists answer until a draft is approved or a human is needed."""
        revisions = 0
        while True:
            mode = self.modes.of(brief.specialist, brief.conversation)
            if mode is Mode.OFF:
                return brief, switched_off(brief.specialist)
            await self.messenger.progress(brief.conversation, f"answer:{brief.specialist}")
            answered = await steps.run(brief.step("answer"), Answered, brief.bind(self.answer))
            answer = answered.answer
            if isinstance(answer, Escalation):
                return brief, answer
            if isinstance(answer, Handoff):
                refusal = await steps.run(
                    brief.step("handoff"), str, brief.bind(self.hand_off, answer)
                )
                if refusal:
                    return brief, refused_handoff(refusal, answer)
                brief = brief.handed_to(answer)
                continue
            await self.messenger.progress(brief.conversation, "check")
            verdict = await steps.run(
                brief.step("check"), Verdict, brief.bind(self.check, answer, answered)
            )
            if verdict.kind is VerdictKind.APPROVE:
                shown = approved_part(brief, answer)
                return brief, kept_in_shadow(brief.specialist) if mode is Mode.SHADOW else shown
            if verdict.kind is VerdictKind.ESCALATE or revisions == self.limits.revisions:
                return brief, rejected(verdict)
            revisions += 1
            brief = brief.objected(verdict)

    async def answer(self, brief: Brief) -> Answered:
        """Ask the specialist, and put what it said, or how it failed, on record."""
        answered = await self.specialists.answer(brief)
        await self.store.record(*answered.on_record(brief))
        return answered

    async def hand_off(self, brief: Brief, handoff: Handoff) -> str:
        """Record a hand-off; give the reason why it is refused, empty if it is not."""
        refusal = self.specialists.refuse_handoff(brief, handoff, self.limits.hops)
        await self.store.record(
            facts.HandoffMade(
                **brief.where,
                actor=f"plugin:{brief.specialist}",
                part=brief.number,
                source=brief.specialist,
                target=handoff.to,
                refused=refusal,
                texts={"reason": handoff.reason, "packet": handoff.summary},
            )
        )
        return refusal

    async def check(self, brief: Brief, answer: Reply | Question, answered: Answered) -> Verdict:
        """Let the validator judge a draft, and put its verdict on record."""
        verdict = await self.validator.judge(self.specialists.draft(brief, answer, answered))
        await self.store.record(judged(brief, verdict))
        return verdict

    async def escalate(self, brief: Brief, escalation: Escalation) -> Part:
        """Give one matter to a human, with what was found so far."""
        await self.store.record(
            facts.TicketEscalated(
                **brief.where,
                actor=DESK,
                part=brief.number,
                reason=escalation.reason,
                specialist=brief.specialist or None,
                texts={"note": escalation.note},
            )
        )
        notice = wording.escalation_notice(escalation.reason)
        return replace(brief.part(OutcomeKind.ESCALATED, notice), escalation=escalation.reason)

    async def whole(self, conversation: Conversation, parts: tuple[Part, ...]) -> Outcome:
        """All parts as one outcome; what the desk itself adds is judged like everything else."""
        outcome = compose(conversation, parts, self.specialists.titles)
        if len(parts) == 1 and outcome.kind is OutcomeKind.REPLIED:
            return outcome
        brief = Brief(conversation, len(parts), Matter("", parts[0].decision))
        verdict = await self.validator.judge(whole_draft(conversation, outcome))
        await self.store.record(judged(brief, verdict, notice=True))
        if verdict.kind is VerdictKind.APPROVE:
            return outcome
        escalated = await self.escalate(brief, rejected(verdict))
        part = replace(escalated, text=wording.SAFE_NOTICE)
        return replace(outcome, kind=OutcomeKind.ESCALATED, text=part.text, parts=(part,))

    async def look_again(self, conversation: Conversation) -> str:
        """See whether the thread has moved on; give the reason to withhold, empty if none."""
        why = await self.store.overtaken(conversation.message.id)
        if why:
            await self.store.record(
                facts.ReplyWithheld(
                    **conversation.where,
                    actor=DESK,
                    why=why,
                )
            )
        return why

    async def hold(self, conversation: Conversation, outcome: Outcome) -> Outcome:
        """Keep a reply back where staff must let it out first."""
        if not self.modes.holds(conversation, outcome):
            return outcome
        await self.store.record(draft_held(conversation, outcome))
        return held_back(outcome)

    async def end(
        self, conversation: Conversation, outcome: Outcome, posting: Posting | None
    ) -> None:
        """Make the outcome visible where it is to be, and close the turn with it."""
        closed = ended(conversation, outcome)
        if outcome.kind in NOT_SHOWN:
            await self.store.record(closed)
        elif posting:
            await self.outbox.post(conversation, outcome, closed)
        else:
            await self.outbox.first(conversation, outcome, closed)
