from __future__ import annotations

import asyncio
import json

from sqlalchemy import Connection, func, select, update

from storage.ledger import merkle, sequencer, tiles
from storage.ledger.sequencer import BATCH
from storage.ledger.tables import CHECKPOINT, ENTRY, LEAF, PENDING, TILE
from storage.ledger.verify import verify
from storage.store import SqlStore
from tests.storage import desk
from tests.storage.conftest import Database


async def test_nothing_waits_after_sequencing_and_again_is_nothing(store: SqlStore) -> None:
    for number in range(3):
        await store.receive(desk.delivery(f"d{number}"))
    assert (await store.sequence()).entries == 6
    assert (await store.sequence()).entries == 0
    places = await store.read(
        lambda connection: list(
            connection.execute(select(LEAF.c.log_index).order_by(LEAF.c.log_index)).scalars()
        )
    )
    assert places == list(range(6))


async def test_each_batch_lists_the_checkpoint_before_it(store: SqlStore) -> None:
    for number in range(3):
        await store.receive(desk.delivery(f"d{number}"))
        await store.sequence()

    def listed(connection: Connection) -> list[tuple[int, int]]:
        leaves = connection.execute(
            select(ENTRY.c.leaf).where(ENTRY.c.ticket_id == "audit").order_by(ENTRY.c.ticket_seq)
        )
        bodies = [json.loads(text)["body"] for text in leaves.scalars()]
        return [(body["seq"], body["size"]) for body in bodies]

    assert await store.read(listed) == [(1, 2), (2, 5)]


async def test_many_entries_make_batches_tiles_and_one_tree(store: SqlStore) -> None:
    receipt = await store.receive(desk.delivery("d1"))
    for _ in range(8):
        await store.record(*(desk.gated(receipt) for _ in range(200)))
    assert (await store.sequence()).entries == 1602 > BATCH

    def compared(connection: Connection) -> tuple[int, bool]:
        hashes = connection.execute(select(LEAF.c.leaf_hash).order_by(LEAF.c.log_index)).scalars()
        growing = merkle.Frontier()
        for one in hashes:
            growing.append(one)
        root = connection.execute(
            select(CHECKPOINT.c.root).where(CHECKPOINT.c.size == growing.size)
        ).scalar_one()
        proof = merkle.inclusion_proof(700, growing.size, tiles.reader(connection))
        leaf = connection.execute(
            select(LEAF.c.leaf_hash).where(LEAF.c.log_index == 700)
        ).scalar_one()
        full = connection.execute(select(func.count()).select_from(TILE)).scalar_one()
        held = merkle.verify_inclusion(leaf, 700, growing.size, proof, root)
        return full, held and root == growing.root()

    assert await store.read(compared) == (6, True)


async def test_sequencers_side_by_side_give_each_place_once(database: Database) -> None:
    stores = [database.open() for _ in range(3)]

    async def used(number: int) -> None:
        for step in range(10):
            await stores[number].receive(desk.delivery(f"d{number}-{step}"))
            await stores[number].sequence()

    await asyncio.gather(*(used(number) for number in range(3)))
    for store in stores:
        await store.close()
    report = verify(database.url, database.keys)
    assert report.ok, report.findings
    assert report.size == report.checked >= 60


async def test_entry_that_was_tampered_with_is_not_sequenced_and_others_are(
    store: SqlStore,
) -> None:
    first = await store.receive(desk.delivery("d1"))
    await store.receive(desk.delivery("d2"))
    bad, *_ = await store.read(
        lambda connection: (
            connection.execute(select(ENTRY.c.id).where(ENTRY.c.ticket_id == first.ticket))
            .scalars()
            .all()
        )
    )
    await store._writer.run(
        lambda connection: connection.execute(
            update(PENDING).where(PENDING.c.entry_id == bad).values(mac=bytes(32))
        )
    )
    done = await store.sequence()
    assert (done.entries, done.refused) == (3, (bad,))
    assert sequencer.BATCH > 3
