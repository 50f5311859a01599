"""Every digest on a real desk's record resolves: what was in force, and what models were asked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from router.classify.profiles import texts_by_digest
from storage.overview.artifacts import content
from tests.bot.modelled import SURE, UNSURE, Stage, staged
from tests.bot.resolving import digests
from tests.programs import frontdesk


@pytest.fixture
async def desk(tmp_path: Path, cache: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, cache) as stage:
        yield stage


async def test_every_digest_of_a_turn_on_language_models_resolves(
    desk: Stage, tmp_path: Path, cache: Path
) -> None:
    stories = [await desk.hears(SURE), await desk.hears(UNSURE)]
    found, missing = await digests(desk.app.store)
    calls = [one for story in stories for one in story.entries if one.row.kind == "model:called"]
    asked = {one.leaf["body"]["params_digest"] for one in calls}

    assert missing == set()
    assert len(asked) > 1
    assert asked <= set(found)
    digest = asked.pop()
    kept = await content(desk.app.store, digest)
    assert kept is not None
    assert kept[0] == "params"
    assert SURE.encode() not in kept[1]
    shown = frontdesk("audit", "show", digest, folder=tmp_path, cache=cache)
    assert shown.stdout.strip() == kept[1].decode()


@pytest.mark.parametrize("text", [SURE, UNSURE])
async def test_known_examples_that_were_near_are_texts_again(text: str, desk: Stage) -> None:
    story = await desk.hears(text)
    (decided,) = [one for one in story.entries if one.row.kind == "route:decided"]
    decision = decided.leaf["body"]["decision"]
    kept = await content(desk.app.store, decision["examples_digest"])
    assert kept is not None
    texts = texts_by_digest(kept[1])

    assert len(decision["neighbours"]) == 3
    assert all(texts[one["example"]].strip() for one in decision["neighbours"])
