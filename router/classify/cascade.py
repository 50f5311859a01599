"""The router agent: the cheapest way of deciding that is sure has the last word.

Rules, then the answer to a question of ours, then the thread's own specialist, then the embedded
model; a language model may be asked about what these leave in doubt.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from frontdesk import EscalationReason, FrontdeskError
from router.classify.clean import clean
from router.classify.embedded import EmbeddedRouter
from router.classify.language import detect_language
from router.classify.matters import split_matters
from router.classify.replies import hinted_candidate, is_neither, named_candidate, picked
from router.classify.rules import Rule, rule_for
from router.classify.sticky import stays, stuck
from router.classify.urgency import urgency_of
from router.records import BASIS_POINTS, Band, Conversation, DecidedBy, Decision, Matter
from router.threads import Threads

log = logging.getLogger(__name__)


class RouterAgent(Protocol):
    """A language model that decides what the embedded model is not sure of."""

    async def decide(
        self, conversation: Conversation, matters: tuple[Matter, ...]
    ) -> tuple[Matter, ...]:
        """The matters with the agent's decisions; `matters` hold the embedded ones.

        Raises:
            FrontdeskError: the model is not there: the embedded decisions stand.
        """


class Router:
    """Decides who answers. Computing runs on one thread beside the event loop.

    `embedded` may be replaced by another at any time (when plugins or examples change): turns
    under way finish with the one they began with.
    """

    def __init__(self, embedded: EmbeddedRouter, agent: RouterAgent | None = None) -> None:
        self.embedded = embedded
        self._agent = agent
        self._threads = Threads(1, "router")

    async def decide(self, conversation: Conversation) -> tuple[Matter, ...]:
        """The matters of the conversation's message, at least one, each with its decision."""
        matters = await self._threads.run(decide_embedded, self.embedded, conversation)
        if self._agent is None or not any(map(_is_in_doubt, matters)):
            return matters
        try:
            return await self._agent.decide(conversation, matters)
        except FrontdeskError as error:
            log.warning("The router agent's model did not decide, the embedded one did: %s", error)
            return matters

    def close(self) -> None:
        """Stop the thread; nothing can be decided any more."""
        self._threads.shutdown()


def decide_embedded(router: EmbeddedRouter, conversation: Conversation) -> tuple[Matter, ...]:
    """What is decided without any language model; the same conversation, the same decision."""
    return tuple(
        replace(matter, decision=replace(matter.decision, urgency=urgency_of(matter.text)))
        for matter in _matters(router, conversation)
    )


def _matters(router: EmbeddedRouter, conversation: Conversation) -> tuple[Matter, ...]:
    for way in (_by_rule, _by_reply):
        matter = way(router, conversation)
        if matter is not None:
            return (matter,)
    matters = split_matters(_full_text(conversation), router, conversation.questions)
    if len(matters) > 1:
        return matters
    kept = _by_stickiness(router, conversation)
    return (kept,) if kept is not None else matters


def _by_rule(router: EmbeddedRouter, conversation: Conversation) -> Matter | None:
    text = conversation.message.text
    rule = rule_for(text)
    if rule is not None:
        return Matter(text, _ruled(rule))
    language = detect_language(clean(text))
    if language in router.settings.languages:
        return None
    why = f"It is written in another language ({language}) than the router reads."
    decision = _ruled(Rule(f"language:{language}", why, EscalationReason.UNSURE))
    return Matter(text, replace(decision, language=language))


def _by_reply(router: EmbeddedRouter, conversation: Conversation) -> Matter | None:
    titles = {name: router.title(name) for name in conversation.asked if router.knows(name)}
    if not titles:
        return None
    answer, text = conversation.message.text, _full_text(conversation)
    if is_neither(answer):
        why = "The requester meant neither of those that the question named."
        return Matter(text, _ruled(Rule("reply:neither", why, EscalationReason.UNSURE)))
    name = named_candidate(answer, titles) or hinted_candidate(router.decide(answer), titles)
    if name is None:
        return None
    return Matter(text, picked(name, titles[name], router.decide(text)))


def _by_stickiness(router: EmbeddedRouter, conversation: Conversation) -> Matter | None:
    specialist, text = conversation.specialist, conversation.message.text
    if specialist is None or conversation.asked or not router.knows(specialist):
        return None
    decision = router.decide(text)
    if not stays(specialist, clean(text), decision, router.settings):
        return None
    return Matter(text, stuck(specialist, router.title(specialist), decision))


def _full_text(conversation: Conversation) -> str:
    """The message, after the matter that it answers a question about, if it does."""
    answer = conversation.message.text
    asked = conversation.asked_text if conversation.asked else ""
    return f"{asked}\n{answer}" if asked else answer


def _ruled(rule: Rule) -> Decision:
    return Decision(
        band=Band.HUMAN,
        specialist=None,
        confidence_bp=BASIS_POINTS,
        decided_by=DecidedBy.RULE,
        reason=rule.why,
        escalation=rule.escalation,
        rules=(rule.id,),
    )


def _is_in_doubt(matter: Matter) -> bool:
    decision = matter.decision
    by_model = decision.decided_by is DecidedBy.EMBEDDED
    foreign = any(rule.startswith("language:") for rule in decision.rules)
    return (by_model and decision.band is not Band.GO) or foreign
