"""What the record says was posted is what people read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from frontdesk import PostError
from frontdesk.errors import StoreError
from router import wording
from router.facts import Fact, PostDone, PostIntended, PostWithdrawn
from router.outbox import Outbox
from router.records import Conversation, Outcome, OutcomeKind, Posting
from tests.router.fakes import Board, MemoryStore, conversation

REPLY = Outcome(OutcomeKind.REPLIED, "t1", "m1", "Invoices are under Billing.")
NOTICE = Outcome(OutcomeKind.ESCALATED, "t1", "m1", wording.SAFE_NOTICE)


async def failed_to_post(outcome: Outcome) -> tuple[Outbox, MemoryStore, Board]:
    store, board = MemoryStore(), Board(refuse=PostError("not in channel"))
    outbox = Outbox(store, board)
    with pytest.raises(PostError):
        await outbox.post(conversation(), outcome)
    board.refuse = None
    return outbox, store, board


async def test_what_replaces_a_post_that_failed_is_intended_anew() -> None:
    outbox, store, board = await failed_to_post(REPLY)

    await outbox.post(conversation(), NOTICE)

    assert board.said == [NOTICE.text]
    intended = [fact.texts["post"] for fact in store.facts if isinstance(fact, PostIntended)]
    assert intended == [REPLY.text, NOTICE.text]
    assert store.kinds()[-1] == "post:done"


async def test_the_same_post_tried_again_is_intended_once() -> None:
    outbox, store, board = await failed_to_post(REPLY)

    await outbox.post(conversation(), REPLY)

    assert board.said == [REPLY.text]
    assert store.kinds() == ["post:intended", "post:done"]


async def test_nothing_replaces_a_post_that_is_visible() -> None:
    store, board = MemoryStore(), Board(lose_answers=1)
    outbox = Outbox(store, board)
    await outbox.post(conversation(), REPLY)

    await outbox.post(conversation(), NOTICE)

    assert board.said == [REPLY.text]
    assert store.kinds() == ["post:intended", "post:done"]


@dataclass
class Overtaken(MemoryStore):
    """The store of a process whose turn another one has taken over, and posted as `theirs`."""

    theirs: str = ""
    looks: int = 0

    async def record(self, *happened: Fact) -> tuple[str, ...]:
        if any(isinstance(fact, PostDone) for fact in happened):
            raise StoreError("another process has the turn now")
        return await super().record(*happened)

    async def posting(self, message: str) -> Posting | None:
        self.looks += 1
        if self.looks <= 3:  # before it posts, and while the other is at it
            return await super().posting(message)
        return Posting(REPLY, bool(self.theirs), self.theirs)


@dataclass
class Twice(Board):
    """A board on which the post stands twice until one is taken back."""

    kept: list[str] = field(default_factory=list)

    async def withdraw(self, conversation: Conversation, key: str, kept: str) -> Sequence[str]:
        self.kept.append(kept)
        return [] if kept == f"ts-{key}" else [f"ts-{key}"]


@pytest.mark.parametrize(
    ("theirs", "kept", "gone"),
    [("ts-theirs", ["ts-theirs"], ["ts-m1"]), ("ts-m1", ["ts-m1"], []), ("", [], [])],
)
async def test_of_two_posts_only_the_one_on_record_stays(
    theirs: str, kept: list[str], gone: list[str]
) -> None:
    store, record, board = Overtaken(theirs=theirs), MemoryStore(), Twice()
    with pytest.raises(StoreError, match="another process"):
        await Outbox(store, board, aside=record).post(conversation(), REPLY)

    assert board.kept == kept
    assert [fact.external for fact in record.facts if isinstance(fact, PostWithdrawn)] == gone
