"""The drill is the proof: what must be found is found, and what is not is said to be out of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from storage.ledger.drill import copies
from storage.ledger.drill.copies import Copy
from storage.ledger.drill.fuzz import change
from storage.ledger.drill.run import original, tried
from storage.ledger.drill.tamperings import TAMPERINGS, Seen, Tampering

DOCS = Path(__file__).parents[4] / "docs" / "audit" / "threat-model.md"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return copies.made(tmp_path_factory.mktemp("drill") / "original")


def test_log_that_nothing_was_done_to_is_clean(made: Copy) -> None:
    report = made.verified(outside=True)
    assert report.ok, report.findings
    assert report.size > 256


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.name)
def test_tampering_is_seen_from_where_it_must_be(made: Copy, tampering: Tampering) -> None:
    result = tried(made, tampering)
    assert result.seen is tampering.expected, (result.alone, result.outside)


@pytest.mark.parametrize("one", [t for t in TAMPERINGS if t.expected is not Seen.ALONE])
def test_what_is_not_found_at_home_is_explained(one: Tampering) -> None:
    assert f"`{one.name}`" in DOCS.read_text()


def test_random_changes_are_found_and_located(made: Copy, tmp_path: Path) -> None:
    chance = random.Random(20261121)
    done = [change(made, tmp_path / "victim", chance) for _ in range(60)]
    told = [one for one in done if one is not None]
    assert len(told) > 30
    assert [one for one in told if not (one.found and one.located)] == []


def test_short_log_is_copied_and_stays_as_it_is(made: Copy, tmp_path: Path) -> None:
    mine = made.again(tmp_path / "mine")
    before = mine.file.read_bytes()
    with original(f"sqlite:///{mine.file}", mine.keys) as (copy, copied):
        assert copied
        assert tried(copy, TAMPERINGS[0]).good
    assert mine.file.read_bytes() == before


def test_where_there_is_no_log_one_is_made(tmp_path: Path) -> None:
    with original(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "keys") as (copy, copied):
        assert not copied
        assert copy.verified().ok
    assert list(tmp_path.iterdir()) == []
