"""What `verify` says of texts that are gone, and of texts that came back."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from storage.ledger.tables import PAYLOAD
from storage.ledger.verify import verify
from storage.store import SqlStore
from tests.storage.conftest import Database
from tests.storage.privacy.test_erasure import answered, erased


async def test_text_that_is_gone_without_an_erasure_is_found(
    store: SqlStore, database: Database
) -> None:
    await answered(store, "d1", "U1")
    await store.write(lambda db, _: db.execute(delete(PAYLOAD).where(PAYLOAD.c.field == "text")))
    await store.sequence()
    (finding,) = verify(database.url, database.keys).findings
    assert finding.code == "payload-missing"


async def test_one_more_text_that_goes_with_an_erasure_is_found(
    store: SqlStore, database: Database
) -> None:
    """Whoever erases cannot let other texts of the ticket go along unsaid."""
    receipt = await answered(store, "d1", "U1")
    await answered(store, "d2", "U2")
    await erased(store, "slack:U1")
    other = PAYLOAD.c.field == "draft"
    await store.write(lambda db, _: db.execute(delete(PAYLOAD).where(other)))
    await store.sequence()
    (finding,) = verify(database.url, database.keys).findings
    assert (finding.code, finding.ticket != receipt.ticket) == ("payload-missing", True)


async def test_text_that_a_backup_brought_back_is_found(
    store: SqlStore, database: Database
) -> None:
    await answered(store, "d1", "U1")
    rows = await store.read(lambda db: db.execute(select(PAYLOAD)).all())
    await erased(store, "slack:U1")
    back = [row._asdict() for row in rows]
    await store.write(lambda db, _: db.execute(insert(PAYLOAD), back))
    await store.sequence()
    codes = {one.code for one in verify(database.url, database.keys).findings}
    assert "payload-returned" in codes
