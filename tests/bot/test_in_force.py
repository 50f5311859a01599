"""What is in force at a start is on record by digest, and every digest resolves."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from bot.in_force import configuration, put_in_force
from bot.settings import Settings
from router.prompts.texts import ALL
from storage.database import open_store
from storage.ledger.tables import ARTIFACT, ENTRY
from storage.ledger.verify import verify

NOBODY: Any = SimpleNamespace(
    router=SimpleNamespace(embedded=SimpleNamespace(profiles=())),
    registry=SimpleNamespace(specialists={}, doors={}, quarantined=()),
)


async def _started(folder: Path, **given: Any) -> list[dict[str, Any]]:
    settings = Settings(database_url=f"sqlite:///{folder / 'desk.db'}", **given)
    store = open_store(settings.database_url)
    await put_in_force(store, settings, NOBODY)
    leaves = await store.read(
        lambda db: db.execute(select(ENTRY.c.leaf).order_by(ENTRY.c.id)).scalars().all()
    )
    kept = await store.read(lambda db: set(db.execute(select(ARTIFACT.c.sha256)).scalars()))
    await store.close()
    for prompt in ALL:
        assert bytes.fromhex(prompt.digest) in kept
    return [json.loads(leaf) for leaf in leaves]


async def test_every_digest_of_a_start_resolves(tmp_path: Path) -> None:
    started = (await _started(tmp_path))[-1]
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}")
    digest = hashlib.sha256(configuration(settings)).hexdigest()
    assert (started["type"], started["body"]["config_digest"]) == ("desk:started", digest)
    report = verify(settings.database_url)
    assert (report.ok, report.skipped) == (True, ())


async def test_other_settings_are_on_record_with_before_and_after(tmp_path: Path) -> None:
    await _started(tmp_path)
    again = await _started(tmp_path)
    assert "config:changed" not in {leaf["type"] for leaf in again}
    changed, started = (await _started(tmp_path, route_go=0.8))[-2:]
    first = next(leaf for leaf in again if leaf["type"] == "desk:started")
    assert changed["type"] == "config:changed"
    assert changed["body"] == {
        "before": first["body"]["config_digest"],
        "after": started["body"]["config_digest"],
    }


def test_no_password_is_put_away() -> None:
    settings = Settings(database_url="postgresql://desk:secret-word@host/name")
    text = configuration(settings).decode()
    assert "secret-word" not in text
    assert "***@host" in text
