"""The router agent's language model: decides what rules and the embedded model leave in doubt.

One structured call about all that is in doubt. What comes back is not trusted: an unknown name, no
matter or too many leave the embedded decision standing, with a note on record; a matter's text is
taken from the message and never from the model.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from frontdesk import Author
from router.classify.intents import NOBODY, Intents, intents_of
from router.classify.matters import MAX_MATTERS
from router.classify.own_words import OwnWords
from router.classify.profiles import Profile, profiles_digest, thinned
from router.classify.reading import Reading, left_standing
from router.classify.settings import RoutingSettings
from router.model import DeskTurn, Model, ModelRequest, Parsed, Quoted, Role, Trust
from router.prompts.texts import ROUTER
from router.records import Band, Conversation, Matter

log = logging.getLogger(__name__)
EXAMPLES = 6
COUNTER_EXAMPLES = 2
"""How many a specialist shows to the model: a few say as much as all of them, for less."""
THREAD_MESSAGES = 3
THREAD_CHARACTERS = 300
"""What the model gets to see of the thread."""


class ModelRouter:
    """Implements `router.classify.cascade.RouterAgent` on a language model."""

    def __init__(
        self, model: Model, profiles: Sequence[Profile], settings: RoutingSettings | None = None
    ) -> None:
        self._model = model
        self._settings = settings or RoutingSettings()
        self._titles = {profile.name: profile.title for profile in profiles}
        self._schema = intents_of(tuple(self._titles))
        self._context = "\n".join(_line(profile) for profile in profiles)
        self._examples_digest = profiles_digest(profiles)
        self._own_words = OwnWords([self._context, ROUTER.text])

    async def decide(
        self, conversation: Conversation, matters: tuple[Matter, ...]
    ) -> tuple[Matter, ...]:
        """The matters with the model's decisions; the ones that were sure stay as they are.

        Raises:
            ModelUnavailable: the model did not answer: the embedded decisions stand.
            BudgetExceeded: this ticket's limits are used up: likewise.
        """
        sure = [matter for matter in matters if matter.decision.band is Band.GO]
        doubtful = [matter for matter in matters if matter.decision.band is not Band.GO]
        if not doubtful:
            return matters
        text = "\n".join(matter.text for matter in doubtful)
        asked = await self._model.parse(self._request(conversation, text), self._schema)
        fault = self._fault(asked)
        if fault:
            log.warning("the router agent's model gave %s; the embedded decision stands", fault)
            return (*sure, *(left_standing(matter, fault) for matter in doubtful))
        reading = Reading(
            text=text,
            embedded=doubtful[0].decision,
            titles=self._titles,
            settings=self._settings,
            questions=conversation.questions,
            own_words=self._own_words,
            model=asked.model,
            examples_digest=self._examples_digest,
        )
        return (*sure, *reading.matters(asked.value.matters))

    def _request(self, conversation: Conversation, text: str) -> ModelRequest:
        thread = conversation.thread[-THREAD_MESSAGES:]
        author = conversation.message.author
        asks = author in {Author.REQUESTER, Author.STAFF}
        blocks = (
            *(Quoted("earlier", m.author, m.text[:THREAD_CHARACTERS]) for m in thread),
            Quoted("message", author, text, Trust.MAY_ASK if asks else Trust.DATA_ONLY),
        )
        return ModelRequest(
            role=Role.ROUTER,
            prompt=ROUTER,
            context=self._context,
            turns=(DeskTurn(blocks),),
            actor="agent:router",
            **conversation.where,
        )

    def _fault(self, asked: Parsed[Intents]) -> str:
        names = {NOBODY, *self._titles}
        intents = asked.value.matters
        if not 1 <= len(intents) <= MAX_MATTERS:
            return "wrong_number_of_matters"
        if any(i.specialist not in names or i.second not in names for i in intents):
            return "unknown_specialist"
        return ""


def _line(profile: Profile) -> str:
    """A specialist as the model reads it: one JSON object."""
    facts = {
        "specialist": profile.name,
        "handles": profile.handles,
        "examples": list(thinned(profile.examples, EXAMPLES)),
        "not": list(thinned(profile.counter_examples, COUNTER_EXAMPLES)),
    }
    return json.dumps({key: value for key, value in facts.items() if value}, ensure_ascii=False)
