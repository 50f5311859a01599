"""Before the desk starts, it can be told whether it could work with a database."""

import os
from pathlib import Path

import pytest

from storage.inspection import inspect_database
from tests.storage.conftest import Database


async def test_a_database_that_can_be_written_is_good(sqlite: Database) -> None:
    await sqlite.open().close()

    assert inspect_database(sqlite.url, sqlite.keys).good


@pytest.mark.parametrize("made", [True, False])
async def test_a_database_that_can_only_be_read_is_no_good(
    sqlite: Database, made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if made:
        await sqlite.open().close()
    # Permissions do not hold root back, and tests may run as root.
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)

    state = inspect_database(sqlite.url, sqlite.keys)

    assert not state.good
    assert "cannot be written to" in state.found
    assert "FRONTDESK_DATABASE_URL" in state.advice


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    state = inspect_database(f"sqlite:///{tmp_path / 'no' / 'desk.db'}")

    assert not state.good
    assert str(tmp_path / "no" / "desk.db") in state.found
