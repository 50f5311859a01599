"""What the line on top of every page says."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock.verifying import Verifying
from bot.web.console.banner import banner
from storage.overview.state_of_log import Anchored, LogState
from storage.overview.verifying import VerifyResult
from storage.people.roles import Role
from tests.bot.web.consoles import console_of

PERIOD = timedelta(minutes=5)
NOW = datetime.now(UTC)
SOON = NOW + timedelta(hours=1)
"""Later than this test runs, however long the tests before it took."""
FOUND_NOTHING = VerifyResult(SOON, 5, True, 9, 0, 9, "00", ())
FINE = LogState("log", 9, 1, "00", NOW, 0, None, (), FOUND_NOTHING)


@pytest.mark.parametrize(
    ("state", "tone", "sentence"),
    [
        (FINE, "good", "unaltered"),
        (replace(FINE, verified=None), "warn", "not been verified"),
        (replace(FINE, verified=replace(FOUND_NOTHING, found=1)), "bad", "altered: one finding"),
        (replace(FINE, verified=replace(FOUND_NOTHING, found=1200)), "bad", "1,200 findings"),
        (replace(FINE, pending=3, pending_since=NOW - timedelta(minutes=2)), "bad", "wait"),
        (replace(FINE, pending=3, pending_since=SOON), "good", "unaltered"),
        (
            replace(FINE, anchors=(Anchored("git", "far", 5, 4, NOW - timedelta(hours=1)),)),
            "warn",
            "git has got no checkpoint",
        ),
        (
            replace(FINE, verified=replace(FOUND_NOTHING, at=NOW - timedelta(hours=1))),
            "warn",
            "too long ago",
        ),
    ],
)
def test_worst_news_comes_first(state: LogState, tone: str, sentence: str) -> None:
    said = banner(state, PERIOD, PERIOD)
    assert said.tone == tone
    assert sentence in said.sentence


def test_anchors_say_how_far_they_are_behind() -> None:
    state = replace(FINE, anchors=(Anchored("file", "far.txt", 5, 4, NOW),))
    assert "file 4 behind" in banner(state, PERIOD, PERIOD).facts


async def test_changed_record_turns_every_page_red(tmp_path: Path) -> None:

    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        await Verifying(bench.app).run(whole=True, by="system:clock")
        await bench.site.state.console.banners.refresh(now=True)
        assert "banner good" in (await client.get("/me")).text
        with sqlite3.connect(tmp_path / "frontdesk.db") as database:
            database.execute("UPDATE audit_index SET outcome = 'x' WHERE kind = 'route:decided'")
        database.close()
        await Verifying(bench.app).run(whole=True, by="system:clock")
        await bench.site.state.console.banners.refresh(now=True)
        assert "banner bad" in (await client.get("/me")).text
        integrity = (await client.get("/integrity")).text
        assert "The record was altered: 3 findings." in integrity
        assert (await bench.rows("route:decided"))[0].id in integrity
