"""What a specialist may use during one answer: only what it was granted, and all of it counted."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

from frontdesk import Answer, ModelUnavailable, Passage, Specialist, Ticket
from router.answer.brief import Brief
from router.answer.permit import OF_THE_DESK, Permit
from router.answer.reach import GrantedHttp, Outside, granted_secret, service_passage

log = logging.getLogger("frontdesk.specialist")
MOST_PASSAGES = 20
"""How many passages one search may give."""


class Knowledge(Protocol):
    """A specialist's articles, searchable."""

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        """The passages that fit best, best first, scores in 0..1."""


class Answerer(Protocol):
    """The desk's own way of answering, used by specialists that override nothing."""

    async def answer(self, specialist: Specialist, ticket: Ticket, context: DeskContext) -> Answer:
        """Answer with the specialist's knowledge, instructions and tools."""


class Asker(Protocol):
    """Asks a language model on a specialist's behalf."""

    async def ask(self, brief: Brief, instructions: str, data: Mapping[str, str]) -> str:
        """The model's text.

        Raises:
            ModelUnavailable: it did not answer.
            BudgetExceeded: this ticket's limits are used up.
        """


class DeskContext:
    """The `frontdesk.Context` of one answer. `retrieved` is every passage it has handed out."""

    def __init__(
        self,
        brief: Brief,
        specialist: Specialist,
        *,
        knowledge: Knowledge | None,
        answerer: Answerer,
        asker: Asker | None,
        permit: Permit = OF_THE_DESK,
        outside: Outside | None = None,
    ) -> None:
        self.brief = brief
        self.retrieved = {passage.id: passage for passage in brief.conversation.done}
        self._specialist = specialist
        self._knowledge = knowledge
        self._answerer = answerer
        self._asker = asker
        self._permit = permit
        self._outside = outside

    @property
    def key(self) -> str:
        """The same for every try of this answer."""
        return self.brief.key

    @property
    def http(self) -> GrantedHttp:
        """Reaches the hosts that were granted."""
        return GrantedHttp(self.brief.specialist, self._permit, self._outside)

    def found(self, text: str, *, title: str, source: str) -> Passage:
        """What a granted service said, as a passage to cite.

        Raises:
            NotGranted: `source` is not at a granted host.
        """
        day = self.brief.conversation.message.at.date()
        who = self.brief.specialist
        passage = service_passage(who, self._permit, text=text, title=title, source=source, day=day)
        self.retrieved[passage.id] = passage
        return passage

    def secret(self, name: str) -> str:
        """A secret that was granted.

        Raises:
            NotGranted: it was not, or it is not set.
        """
        return granted_secret(self.brief.specialist, self._permit, self._outside, name)

    async def search(self, query: str, limit: int = 5) -> Sequence[Passage]:
        """Search this specialist's knowledge; without any there is nothing to find."""
        if self._knowledge is None:
            return ()
        found = await self._knowledge.search(query, max(1, min(limit, MOST_PASSAGES)))
        self.retrieved.update((passage.id, passage) for passage in found)
        return found

    async def ask(self, instructions: str, data: Mapping[str, str]) -> str:
        """Ask the language model, with `data` quoted as data."""
        if self._asker is None:
            raise ModelUnavailable(
                "no language model is configured: set ANTHROPIC_API_KEY, or answer without one"
            )
        return await self._asker.ask(self.brief, instructions, data)

    async def answer(self, ticket: Ticket) -> Answer:
        """Answer in the desk's own way."""
        return await self._answerer.answer(self._specialist, ticket, self)

    def log(self, message: str, **fields: str | int | bool) -> None:
        """Write to the log, with the ticket and the specialist named."""
        named = {
            "ticket": self.brief.conversation.ticket,
            "specialist": self.brief.specialist,
            **fields,
        }
        log.info(message, extra={"fields": named})
