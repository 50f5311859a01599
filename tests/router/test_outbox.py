"""What the record says was posted is what people read."""

import pytest

from frontdesk import PostError
from router import wording
from router.facts import PostIntended
from router.outbox import Outbox
from router.records import Outcome, OutcomeKind
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
