"""The other ends of a turn: handed to a human once, stopped, or ended unheard."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.engine.rescue import end_stopped, hand_to_human
from frontdesk import PostError
from router.flow import Desk
from router.outbox import Outbox
from router.records import OutcomeKind, Receipt
from storage.claims import Claims
from storage.database import open_store
from storage.durable import durable
from storage.ledger.tables import INDEX
from storage.steps import About, Turn, begin
from storage.store import SqlStore
from tests.router.fakes import Board
from tests.storage import desk as acts


async def turn_of(store: SqlStore, receipt: Receipt, name: str) -> Turn:
    taken = await Claims(store, name, lambda holder: True).take(receipt.ticket)
    assert taken is not None
    return await begin(store, About(taken.hold, taken.subject, receipt.message))


def desk_on(store: SqlStore, board: Board) -> Desk:
    """A desk of which only the record and the board are needed."""
    nobody: object = None
    bare = Desk(store, nobody, nobody, nobody, board, Outbox(store, board))  # type: ignore[arg-type]
    return durable(bare, store)


async def kinds(store: SqlStore) -> list[str]:
    query = select(INDEX.c.kind).order_by(INDEX.c.ticket_seq)
    return list(await store.read(lambda db: db.execute(query).scalars().all()))


async def test_matter_is_handed_over_once_though_the_process_dies_in_between(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    receipt, board = await store.receive(acts.delivery("d1")), Board()
    desk = desk_on(store, board)
    first = await turn_of(store, receipt, "first")

    async def hand_over() -> str:
        await desk.store.record(acts.escalated(receipt))
        return "it broke"

    with first.running():
        await first.run("rescue", str, hand_over)
    second = await turn_of(store, receipt, "second")
    assert second.did("rescue")
    with second.running():
        outcome = await hand_to_human(desk, receipt.message, "", second)
    assert outcome.kind is OutcomeKind.ESCALATED
    assert (await kinds(store)).count("ticket:escalated") == 1
    assert len(board.said) == 1
    await store.close()


async def test_human_gets_the_matter_even_where_nobody_can_be_told(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    receipt, board = await store.receive(acts.delivery("d1")), Board(refuse=PostError("no channel"))
    turn = await turn_of(store, receipt, "first")
    with turn.running():
        await hand_to_human(desk_on(store, board), receipt.message, "no channel", turn)
    assert (await kinds(store))[-1] == "turn:ended"
    assert board.said == []
    await store.close()


@pytest.mark.parametrize("intended", [True, False])
async def test_turn_is_stopped_only_before_its_post_is_on_its_way(
    tmp_path: Path, intended: bool
) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    receipt = await store.receive(acts.delivery("d1"))
    if intended:
        await store.record(acts.intended(acts.outcome(receipt, OutcomeKind.REPLIED)))
    turn = await turn_of(store, receipt, "first")
    with turn.running():
        stopped = await end_stopped(desk_on(store, Board()), receipt.message, "human:requester")
    assert stopped is not intended
    assert ("turn:stopped" in await kinds(store)) is not intended
    await store.close()
