"""Grants and switches are read from the audit trail, and from entries of this log alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.plugins.office import PluginOffice
from router.answer.permit import Manifest
from router.records import PluginRef
from storage.database import open_store
from storage.plugins import Standing, plugin_standing

PLUGIN = PluginRef("stock", "acme-stock", "1.0", "0" * 64)
MANIFEST = Manifest("stock", hosts=("api.example.com",))


async def test_what_operators_decided_last_is_in_force(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    office = PluginOffice(store)
    assert await office.standing() == Standing()

    await office.grant(MANIFEST, PLUGIN)
    assert await office.disable("broken")
    assert await office.disable("other")
    assert not await office.disable("other")
    assert await office.enable("other")
    assert not await office.enable("other")
    standing = await office.standing()
    assert standing == Standing(frozenset({"broken"}), {"stock": MANIFEST.digest})

    assert await office.revoke("stock")
    assert not await office.revoke("stock")
    assert (await office.standing()).grants == {}
    await store.close()


async def test_an_entry_that_somebody_wrote_into_the_database_grants_nothing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "desk.db"
    store = open_store(f"sqlite:///{file}")
    await PluginOffice(store).grant(MANIFEST, PLUGIN)
    await store.close()
    with sqlite3.connect(file) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
            database.execute(f"DROP TRIGGER {trigger}")
        forged = Manifest("stock", hosts=("evil.example.net",)).digest
        database.execute(
            "UPDATE audit_entry SET leaf = replace(leaf, ?, ?)", (MANIFEST.digest, forged)
        )
        assert database.total_changes
    database.close()

    store = open_store(f"sqlite:///{file}")
    assert (await plugin_standing(store)).grants == {}
    await store.close()
