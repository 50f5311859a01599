"""What is searched for: the matter, and what was said before only where the topic stayed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from frontdesk import Author, Passage, Specialist
from router.answer.brief import Brief
from router.answer.context import DeskContext
from router.answer.quoting import Quoting
from router.classify.encoder import load_encoder
from router.records import Band, DecidedBy, Matter
from tests.router.answer.parts import Nobody, message, ticket
from tests.router.conversations import conversation, decided

BILLING = Specialist(name="billing", handles="money")
BEFORE = "How do I get a refund?"


class Asked:
    """Knowledge that finds nothing and remembers what was searched for."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    async def search(self, query: str, limit: int) -> Sequence[Passage]:
        self.queries.append(query)
        return ()


@pytest.mark.parametrize(
    ("decided_by", "text", "searched"),
    [
        (DecidedBy.STICKY, "and how long?", f"{BEFORE}\nand how long?"),
        (DecidedBy.EMBEDDED, "how much is a seat", "how much is a seat"),
        (DecidedBy.STICKY, "and in how many days is it on my card", None),
    ],
)
async def test_a_short_question_leans_on_the_thread_while_its_topic_stays(
    decided_by: DecidedBy, text: str, searched: str | None
) -> None:
    decision = replace(decided(Band.GO, "billing"), decided_by=decided_by)
    asked = Asked()
    context = DeskContext(
        Brief(conversation(text), 0, Matter(text, decision)),
        BILLING,
        knowledge=asked,
        answerer=Nobody(),
        asker=None,
    )
    quoting = Quoting(load_encoder(None, fast=False))

    await quoting.answer(
        BILLING, ticket(text, thread=(message(BEFORE, Author.REQUESTER),)), context
    )

    assert asked.queries == [searched or text]
