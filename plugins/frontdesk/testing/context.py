"""A context that a test controls: what is found and what the model says is set beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from frontdesk.contract import (
    Answer,
    Citation,
    Escalation,
    EscalationReason,
    Passage,
    Reply,
    Ticket,
)
from frontdesk.errors import NotGranted
from frontdesk.permissions import HttpReply
from frontdesk.testing.fake_http import FakeHttp, Requested
from frontdesk.testing.makers import make_passage
from frontdesk.testing.scripted import Asked, ScriptedModel


@dataclass
class FakeContext:
    """A `frontdesk.Context` for tests.

    `passages` is what every search finds, or a function from the query to what it finds. `says` is
    what the language model answers, one after the other, or a `ScriptedModel`; an exception in it
    is raised. When nothing is left the model is unavailable, as it is on a desk without one. `web`
    is what services answer: by URL without its query, or a function of method and URL; where there
    is nothing, the service is down. `secrets` are by name, and all that was granted.

    Afterwards `searched`, `asked`, `requested` and `logged` tell what the specialist did, in order,
    and `given` holds every passage that it was shown.
    """

    passages: Sequence[Passage] | Callable[[str], Sequence[Passage]] = ()
    says: Sequence[str | Exception] | ScriptedModel = ()
    key: str = "answer-1"
    web: Callable[[str, str], HttpReply] | Mapping[str, HttpReply] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    requested: list[Requested] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    logged: list[tuple[str, Mapping[str, str | int | bool]]] = field(default_factory=list)
    given: list[Passage] = field(default_factory=list)
    _model: ScriptedModel = field(init=False, repr=False)

    def __post_init__(self) -> None:
        says = self.says
        self._model = says if isinstance(says, ScriptedModel) else ScriptedModel(*says)

    @property
    def asked(self) -> list[Asked]:
        """Every question to the language model."""
        return self._model.asked

    async def search(self, query: str, limit: int = 5) -> Sequence[Passage]:
        """Find what the test has set; best first, at most `limit`."""
        self.searched.append(query)
        await asyncio.sleep(0)  # as for real, others get their turn meanwhile
        found = self.passages(query) if callable(self.passages) else self.passages
        best = sorted(found, key=lambda passage: -passage.score)[:limit]
        self.given += best
        return best

    async def ask(self, instructions: str, data: Mapping[str, str]) -> str:
        """Answer what the test has set, in order.

        Raises:
            ModelUnavailable: nothing is left to say.
        """
        await asyncio.sleep(0)  # as for real, others get their turn meanwhile
        return self._model.ask(instructions, data)

    @property
    def http(self) -> FakeHttp:
        """The services of `web`."""
        return FakeHttp(self.web, self.requested)

    def found(self, text: str, *, title: str, source: str) -> Passage:
        """A passage to cite, kept in `given` as one that a search found."""
        passage = make_passage(text, title=title, source=source)
        self.given.append(passage)
        return passage

    def secret(self, name: str) -> str:
        """A secret that the test has set.

        Raises:
            NotGranted: there is none of that name.
        """
        if name not in self.secrets:
            raise NotGranted(f"no secret {name!r}; give FakeContext(secrets={{{name!r}: ...}})")
        return self.secrets[name]

    async def answer(self, ticket: Ticket) -> Answer:
        """Quote the best passage, as a desk without a model does; a human where none is found."""
        found = await self.search(ticket.text)
        if not found:
            return Escalation(EscalationReason.OUT_OF_SCOPE, "nothing fitting was found")
        return Reply(found[0].text, (Citation.of(found[0]),))

    def log(self, message: str, **fields: str | int | bool) -> None:
        """Keep it in `logged`."""
        self.logged.append((message, fields))
