"""Workspaces that remove the desk."""

from __future__ import annotations

from datetime import timedelta

from freezegun import freeze_time
from sqlalchemy import select

from storage.database import SystemClock
from storage.installations import Installations, Installed
from storage.ledger.tables import INDEX
from storage.privacy.departures import erase_due
from storage.privacy.erasures import Erasures
from storage.privacy.facts import Basis
from storage.store import SqlStore
from tests.storage.privacy.test_erasure import answered, texts


async def installed(store: SqlStore) -> Installations:
    installations = Installations(store, "client", SystemClock())
    await installations.save(Installed("client", "T1", "xoxb-made-up"))
    return installations


async def test_workspace_that_left_is_erased_after_its_grace(store: SqlStore) -> None:
    with freeze_time("2026-10-01") as clock:
        installations = await installed(store)
        receipt = await answered(store, "d1", "U1")
        await installations.remove("T1")
        assert await erase_due(store, backup_days=30) == 0
        clock.tick(timedelta(days=31))
        assert await erase_due(store, backup_days=30) == 1
        assert await texts(store, receipt) == {}
        (case,) = await Erasures(store).all()
        assert case.basis is Basis.UNINSTALLED
        assert await erase_due(store, backup_days=30) == 0


async def test_workspace_that_comes_back_in_time_keeps_everything(store: SqlStore) -> None:
    with freeze_time("2026-10-01") as clock:
        installations = await installed(store)
        receipt = await answered(store, "d1", "U1")
        await installations.remove("T1")
        clock.tick(timedelta(days=3))
        await installed(store)
        clock.tick(timedelta(days=60))
        assert await erase_due(store, backup_days=30) == 0
        assert len(await texts(store, receipt)) == 7
        kinds = await store.read(lambda db: set(db.execute(select(INDEX.c.kind)).scalars()))
        assert {"workspace:left", "workspace:returned"} <= kinds
