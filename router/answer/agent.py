"""A specialist on a language model: the agent loop that a specialist has if it overrides nothing.

The passages that fit are handed over at once, as search results that can be cited; so most matters
take one call. What the thread said before comes as a few bounded quotations, never whole. A reply
carries the citations that the model made, each taken from the article itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from textwrap import shorten

from frontdesk import (
    Answer,
    Author,
    BudgetExceeded,
    Citation,
    Escalation,
    EscalationReason,
    Message,
    ModelUnavailable,
    Passage,
    Reply,
    Specialist,
    Ticket,
)
from router.answer.context import Answerer, DeskContext
from router.answer.desk_tools import desk_specs
from router.answer.quoting import in_context
from router.answer.tools import ToolBox
from router.answer.toolwork import ToolRecorder, ToolWork, unrecorded
from router.model import (
    Block,
    DeskTurn,
    Fault,
    Found,
    Instruction,
    Model,
    ModelFailed,
    ModelReply,
    ModelRequest,
    Quoted,
    Role,
    Stop,
    Trust,
)
from router.prompts.texts import SPECIALIST

log = logging.getLogger("frontdesk.specialist")
COLLEAGUE = 160
"""Characters of what another specialist handles: enough to know whom to hand a matter to."""
NEAR = 0.3
"""A passage is handed over if its score is at least this share of the best one's."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """How much a specialist's model gets, and how often it may go on.

    `passages` are handed over, of at most `passage_characters` together; `thread` earlier messages
    of at most `thread_characters` each; `rounds` is the most calls of one answer.
    """

    passages: int = 4
    passage_characters: int = 5_000
    thread: int = 4
    thread_characters: int = 300
    rounds: int = 6


class ModelAnswerer:
    """Answers on a language model. Implements `router.answer.context.Answerer`.

    `handles` maps every installed specialist to what it handles, for hand-offs. `fallback` answers
    where no model does. `record` puts each use of a tool on record.
    """

    def __init__(
        self,
        model: Model,
        handles: Mapping[str, str],
        fallback: Answerer | None = None,
        settings: AgentSettings | None = None,
        record: ToolRecorder = unrecorded,
    ) -> None:
        self._model = model
        self._record = record
        self._handles = handles
        self._fallback = fallback
        self._settings = settings or AgentSettings()

    async def answer(self, specialist: Specialist, ticket: Ticket, context: DeskContext) -> Answer:
        """Answer one matter.

        A ticket whose budget ran out, and one that no model would answer, goes to a human with
        what was found so far.

        Raises:
            ModelUnavailable: no model answered, and there is nobody to fall back on.
            PluginError: a tool of the specialist cannot be offered to a model.
        """
        found = await self._search(ticket, context)
        tools = ToolBox(specialist.tools, context)
        request = self._request(specialist, ticket, context, found, tools)
        try:
            work = ToolWork(tools, context.brief, self._record)
            return await self._converse(request, work, found)
        except BudgetExceeded as error:
            return Escalation(EscalationReason.BUDGET, f"{error}. {_so_far(found)}")
        except ModelUnavailable as error:
            if isinstance(error, ModelFailed) and error.fault is Fault.REFUSED:
                note = f"The language model refused to answer. {_so_far(found)}"
                return Escalation(EscalationReason.MODEL_UNAVAILABLE, note)
            if self._fallback is None:
                raise
            log.warning("%s; %s answers without a model", error, specialist.name)
            return await self._fallback.answer(specialist, ticket, context)

    async def _search(self, ticket: Ticket, context: DeskContext) -> list[Passage]:
        passages = await context.search(in_context(ticket), self._settings.passages)
        least = NEAR * max((passage.score for passage in passages), default=0.0)
        kept: list[Passage] = []
        for passage in passages:
            total = sum(len(other.text) for other in (*kept, passage))
            fits = not kept or total <= self._settings.passage_characters
            if passage.text.strip() and passage.score >= least and fits:
                kept.append(passage)
        return [*context.brief.conversation.done, *kept]

    async def _converse(
        self, request: ModelRequest, work: ToolWork, found: Sequence[Passage]
    ) -> Answer:
        """Go on until the model has said what it has to say, or has had its rounds."""
        for _ in range(self._settings.rounds):
            reply = await self._model.converse(request)
            if reply.stop is Stop.DONE:
                return reply_with_citations(reply, found)
            results = await work.use(reply)
            if not isinstance(results, DeskTurn):
                return results
            request = replace(request, turns=(*request.turns, reply.turn, results))
        note = f"No answer after {self._settings.rounds} rounds. {_so_far(found)}"
        return Escalation(EscalationReason.BUDGET, note)

    def _request(
        self,
        specialist: Specialist,
        ticket: Ticket,
        context: DeskContext,
        found: Sequence[Passage],
        tools: ToolBox,
    ) -> ModelRequest:
        others = {name: text for name, text in self._handles.items() if name != specialist.name}
        return ModelRequest(
            role=Role.SPECIALIST,
            prompt=SPECIALIST,
            context=_introduction(specialist, others),
            turns=(DeskTurn(self._blocks(ticket, found)),),
            tools=(*tools.specs, *desk_specs(tuple(sorted(others)))),
            actor=f"plugin:{specialist.name}",
            **context.brief.where,
        )

    def _blocks(self, ticket: Ticket, found: Sequence[Passage]) -> tuple[Block, ...]:
        blocks: list[Block] = [Found(passage) for passage in found]
        blocks += [self._earlier(message) for message in self._thread(ticket)]
        if ticket.packet:
            blocks.append(Quoted("packet", "another specialist", ticket.packet))
        blocks.append(Quoted("matter", Author.REQUESTER, ticket.text, Trust.MAY_ASK))
        if ticket.objections:
            wrong = "\n".join(f"- {objection}" for objection in ticket.objections)
            blocks.append(Instruction(f"Your last draft was not sent. Mend this:\n{wrong}"))
        return tuple(blocks)

    def _thread(self, ticket: Ticket) -> Sequence[Message]:
        """The latest messages, and the one that opened the thread."""
        said = [message for message in ticket.thread if message.text != ticket.text]
        if len(said) <= self._settings.thread:
            return said
        return [said[0], *said[1 - self._settings.thread :]]

    def _earlier(self, message: Message) -> Quoted:
        text = message.text
        if len(text) > self._settings.thread_characters:
            text = f"{text[: self._settings.thread_characters]} […]"
        asks = message.author in {Author.REQUESTER, Author.STAFF}
        trust = Trust.MAY_ASK if asks else Trust.DATA_ONLY
        return Quoted("earlier", message.author, text, trust)


def reply_with_citations(reply: ModelReply, found: Sequence[Passage]) -> Reply:
    """The model's text as a reply, each citation once, in the order in which they come."""
    citations = dict.fromkeys(
        Citation.of(found[cited.found], cited.quote)
        for said in reply.said
        for cited in said.citations
    )
    return Reply(reply.text, tuple(citations))


def _introduction(specialist: Specialist, others: Mapping[str, str]) -> str:
    """What this specialist is, the same for all its tickets."""
    policies = [f"- {policy.id}: {policy.text}" for policy in specialist.policies]
    colleagues = [
        json.dumps({"to": name, "handles": _in_short(text)}) for name, text in others.items()
    ]
    parts = (
        f"You are {specialist.title or specialist.name}. You handle: {specialist.handles}",
        specialist.instructions,
        "\n".join(["Policies:", *policies]) if policies else "",
        "\n".join(["The other specialists:", *colleagues]) if colleagues else "",
    )
    return "\n\n".join(part.strip() for part in parts if part.strip())


@lru_cache(256)
def _in_short(handles: str) -> str:
    return shorten(handles, COLLEAGUE, placeholder=" …")


def _so_far(found: Sequence[Passage]) -> str:
    titles = ", ".join(f"{passage.title} ({passage.source})" for passage in found)
    return f"Found so far: {titles}." if titles else "Nothing was found in the articles."
