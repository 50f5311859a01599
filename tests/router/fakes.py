"""Small stand-ins for what the core needs from outside; their facts can be looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from frontdesk import Answer, Author, Context, EscalationReason, PostUnknown, Specialist, Ticket
from router.facts import Fact, PostDone, PostIntended, TurnEnded
from router.outbox import OUTCOME
from router.records import (
    Band,
    Conversation,
    DecidedBy,
    Decision,
    Delivery,
    Matter,
    Outcome,
    Posting,
    Receipt,
    ThreadMessage,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def conversation(text: str = "Where are my invoices?", **given: object) -> Conversation:
    message = ThreadMessage("m1", Author.REQUESTER, "ana", text, NOON)
    return replace(
        Conversation("t1", "test", "local", "", "c1", message),
        **given,  # type: ignore[arg-type]
    )


@dataclass
class MemoryStore:
    """Keeps facts in a list. `before` may raise, to break a step just before it is recorded."""

    talk: Conversation = field(default_factory=conversation)
    facts: list[Fact] = field(default_factory=list)
    before: Callable[[Fact], None] = lambda fact: None
    doubted: list[str] = field(default_factory=list)

    async def receive(self, delivery: Delivery) -> Receipt:
        return Receipt(self.talk.message.id, self.talk.ticket, new=True)

    async def conversation(self, message: str) -> Conversation:
        return self.talk

    async def overtaken(self, message: str) -> str:
        now = await self.conversation(message)
        return "owned_by_human" if now.owned_by_human else str(now.superseded)

    async def record(self, *facts: Fact) -> tuple[str, ...]:
        for fact in facts:
            self.before(fact)
        self.facts += facts
        return tuple(str(number) for number, _ in enumerate(facts))

    async def outcome(self, message: str) -> Outcome | None:
        ended = [fact for fact in self.facts if isinstance(fact, TurnEnded)]
        return OUTCOME.validate_json(ended[-1].texts["outcome"]) if ended else None

    async def unfinished(self) -> Sequence[str]:
        return () if await self.outcome("m1") else ("m1",)

    async def posting(self, message: str) -> Posting | None:
        intended = [fact for fact in self.facts if isinstance(fact, PostIntended)]
        if not intended:
            return None
        done = any(isinstance(fact, PostDone) for fact in self.facts)
        return Posting(OUTCOME.validate_json(intended[-1].texts["outcome"]), done)

    async def doubt(self, message: str) -> None:
        self.doubted.append(message)

    async def standing(self, message: str) -> Outcome | tuple[Conversation, Posting | None]:
        ended = await self.outcome(message)
        return ended or (await self.conversation(message), await self.posting(message))

    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.facts]


@dataclass
class Board:
    """A messenger whose posts can be read. `lose_answers` posts and then forgets to say so."""

    posts: dict[str, list[str]] = field(default_factory=dict)
    lose_answers: int = 0
    refuse: Exception | None = None

    async def post(self, conversation: Conversation, outcome: Outcome, key: str) -> str:
        if self.refuse:
            raise self.refuse
        self.posts.setdefault(key, []).append(outcome.text)
        if self.lose_answers:
            self.lose_answers -= 1
            raise PostUnknown("the connection broke")
        return f"ts-{key}"

    async def find(self, conversation: Conversation, key: str) -> str | None:
        return f"ts-{key}" if key in self.posts else None

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        """Nothing is there twice."""
        return ()

    async def progress(self, conversation: Conversation, step: str) -> None:
        pass

    @property
    def said(self) -> list[str]:
        return [text for texts in self.posts.values() for text in texts]


@dataclass
class Sends:
    """A router agent that sends every matter to the named specialists, or to a human."""

    names: tuple[str | None, ...] = ("billing",)

    async def decide(self, conversation: Conversation) -> tuple[Matter, ...]:
        return tuple(Matter(conversation.message.text, decision(name)) for name in self.names)


def decision(specialist: str | None, **given: object) -> Decision:
    band = Band.GO if specialist else Band.HUMAN
    escalation = None if specialist else EscalationReason.OUT_OF_SCOPE
    made = Decision(band, specialist, 9000, DecidedBy.EMBEDDED, "because", escalation)
    return replace(made, **given)  # type: ignore[arg-type]


class Says(Specialist):
    """A specialist that gives prepared answers in turn, the last one for ever."""

    def __init__(self, name: str, *answers: Answer | Exception, **facts: object) -> None:
        super().__init__(name=name, **facts)
        self.answers = list(answers)
        self.asked: list[Ticket] = []

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        self.asked.append(ticket)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        await context.search(ticket.text)
        return answer
