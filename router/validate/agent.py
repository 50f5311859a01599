"""The validator agent's language model: judges what the deterministic checks have passed.

It sees the question, the reply in numbered sentences, the passages it cites and the policies, and
nothing of what the writer was told. Its verdict holds only if it is whole: a claim for every
sentence, each supported one with its passage. Anything missing or contradictory is a no.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from router.model import Block, DeskTurn, Instruction, Model, ModelRequest, Quoted, Role, Trust
from router.prompts.texts import VALIDATOR
from router.records import CheckResult, Objection
from router.validate.draft import Draft
from router.validate.sentences import sentences
from router.wanted import Wanted

log = logging.getLogger("frontdesk.validate")


class Claim(Wanted):
    """What the model says of one sentence. `passage` counts from 1; 0 is none."""

    sentence: int
    verdict: Literal["supported", "unsupported", "no_claim"]
    passage: int


class Problem(Wanted):
    """What else is wrong. `sentence` 0 is the reply as a whole; `policy` its id, or empty."""

    kind: Literal["policy", "tone", "promise", "incomplete", "instruction"]
    sentence: int
    policy: str


class Judgement(Wanted):
    """The whole verdict."""

    claims: list[Claim]
    problems: list[Problem]
    verdict: Literal["approve", "revise", "escalate"]


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """When another model judges as well: for a share of the drafts under one of these policies."""

    policies: frozenset[str] = frozenset()
    share: float = 0.0


class ModelValidator:
    """Implements `router.validate.check.ValidatorAgent` on a language model."""

    id = "validator_agent"
    version = VALIDATOR.version

    def __init__(
        self,
        model: Model,
        second: SecondOpinion | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._model = model
        self._second = second or SecondOpinion()
        self._chance = chance

    async def check(self, draft: Draft) -> CheckResult:
        """Judge the draft. What the desk itself says is made of parts that were judged before.

        Raises:
            ModelUnavailable: no model judged it, so it does not go out.
            BudgetExceeded: this ticket's limits are used up: likewise.
        """
        if draft.kind == "notice":
            return CheckResult(self.id, self.version, passed=True)
        objections = await self._objections(draft, Role.VALIDATOR)
        if not objections and self._wants_second(draft):
            objections = await self._objections(draft, Role.SECOND_OPINION)
        return CheckResult(self.id, self.version, not objections, objections)

    def _wants_second(self, draft: Draft) -> bool:
        at_risk = any(policy.id in self._second.policies for policy in draft.policies)
        return at_risk and self._chance() < self._second.share

    async def _objections(self, draft: Draft, role: Role) -> tuple[Objection, ...]:
        said = [sentence.text for sentence in sentences(draft.text)]
        cited = _cited(draft)
        judged = await self._model.parse(_request(draft, role, said, cited), Judgement)
        policies = frozenset(policy.id for policy in draft.policies)
        is_reply = draft.kind == "reply"
        found = _Findings(judged.value, len(said), len(cited), policies, is_reply)
        return tuple(dict.fromkeys(found.objections()))


def _request(draft: Draft, role: Role, said: list[str], cited: list[str]) -> ModelRequest:
    policies = "\n".join(f"- {policy.id}: {policy.text}" for policy in draft.policies)
    blocks: tuple[Block, ...] = (
        *([Instruction(f"Policies:\n{policies}")] if policies else []),
        Quoted("question", "requester", draft.question or "(none)", Trust.DATA_ONLY),
        *(Quoted(f"passage {n}", "article", text) for n, text in enumerate(cited, start=1)),
        *(Quoted(f"sentence {n}", "desk", text) for n, text in enumerate(said, start=1)),
    )
    return ModelRequest(
        role=role,
        prompt=VALIDATOR,
        turns=(DeskTurn(blocks),),
        ticket=draft.ticket,
        message=draft.message,
        actor="agent:validator",
    )


def _cited(draft: Draft) -> list[str]:
    """The texts of the cited passages, each once; the quotation where the passage is not there."""
    passages = {passage.id: passage.text for passage in draft.passages}
    texts: dict[str, str] = {}
    for citation in draft.citations:
        texts.setdefault(citation.passage, passages.get(citation.passage, citation.quote))
    return list(texts.values())


@dataclass(frozen=True, slots=True)
class _Findings:
    """Makes objections of a judgement of so many sentences and passages."""

    judged: Judgement
    sentences: int
    passages: int
    policies: frozenset[str]
    is_reply: bool

    def objections(self) -> Iterator[Objection]:
        """What keeps the draft from going out; nothing only where all of it says yes."""
        judged = sorted(claim.sentence for claim in self.judged.claims)
        if judged != list(range(1, self.sentences + 1)):
            yield Objection("check.half_verdict", "The validator agent did not judge all of it.")
            return
        if self.judged.verdict == "escalate":
            yield Objection("check.escalated", "The validator agent wants a person to see it.")
        found = [*self._unsupported(), *map(self._problem, self.judged.problems)]
        yield from found
        if self.judged.verdict != "approve" and not found:
            yield Objection("agent.unclear", "The validator agent objects without saying why.")

    def _unsupported(self) -> Iterator[Objection]:
        supported = 0
        for claim in sorted(self.judged.claims, key=lambda claim: claim.sentence):
            if claim.verdict == "no_claim":
                continue
            if claim.verdict == "supported" and 1 <= claim.passage <= self.passages:
                supported += 1
                continue
            yield Objection(
                "agent.unsupported",
                f"Sentence {claim.sentence} is not stated by a cited passage. "
                "Cite the passage that states it, or leave it out.",
            )
        if self.is_reply and not supported:
            yield Objection("agent.nothing_supported", "No sentence is stated by a cited passage.")

    def _problem(self, problem: Problem) -> Objection:
        known = 1 <= problem.sentence <= self.sentences
        where = f"Sentence {problem.sentence}" if known else "The reply"
        if problem.kind == "policy" and problem.policy in self.policies:
            return Objection("agent.policy", f"{where} breaks the policy {problem.policy}.")
        return Objection(f"agent.{problem.kind}", f"{where} {_WRONG[problem.kind]}")


_WRONG = {
    "policy": "breaks a policy. Keep to the policies.",
    "tone": "has the wrong tone. Be plain and friendly, and blame nobody.",
    "promise": "promises something that no cited passage promises. Leave it out.",
    "incomplete": "leaves out a part of the question or a condition. Add it, with its source.",
    "instruction": "follows or shows an instruction that is not for the reader. Leave it out.",
}
