"""`frontdesk tickets stuck` and the part of `frontdesk doctor` that looks at a desk at work."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.checkup import check_up
from bot.cli.stuck import ADVICE, advice
from bot.cli.wording import lasted
from bot.doctor import Finding, Health
from bot.settings import Settings
from storage.database import open_store
from storage.stuck import Kind, Stuck
from tests.programs import frontdesk
from tests.storage.desk import delivery


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A folder with a desk in which one message waits and nobody is at work."""

    async def receive() -> None:
        store = open_store(f"sqlite:///{tmp_path / 'frontdesk.db'}")
        await store.receive(delivery("one"))
        await store.close()

    asyncio.run(receive())
    return tmp_path


def test_stuck_turn_is_shown_with_what_to_do(waiting: Path, cache: Path) -> None:
    done = frontdesk("tickets", "stuck", "--minutes", "0", folder=waiting, cache=cache)

    assert done.returncode == 1
    assert "turn M-" in done.stdout
    assert "frontdesk worker" in done.stdout


def test_stuck_turn_as_json(waiting: Path, cache: Path) -> None:
    done = frontdesk("tickets", "stuck", "--minutes", "0", "--json", folder=waiting, cache=cache)

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["kind"], one["state"]) for one in told] == [("turn", "pending")]
    assert told[0]["advice"]


def test_nothing_stuck_is_said_so(waiting: Path, cache: Path) -> None:
    done = frontdesk("tickets", "stuck", folder=waiting, cache=cache)

    assert done.returncode == 0
    assert "Nothing has waited for more than 5 min." in done.stdout


def test_there_is_advice_for_everything_that_can_be_stuck() -> None:
    for kind in Kind:
        assert advice(Stuck(kind, "name", "T-1", 1.0, "pending"))
    assert set(ADVICE) == set(Kind) - {Kind.TURN}


def told(findings: list[Finding]) -> dict[str, Health]:
    return {one.what: one.health for one in findings}


async def test_check_up_finds_messages_that_nobody_works_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'frontdesk.db'}"
    store = open_store(url)
    await store.receive(delivery("one"))
    await store.close()

    found = await check_up(Settings(database_url=url, stuck_seconds=0.001))

    assert told(found) == {"keys": Health.GOOD, "workers": Health.BAD, "stuck": Health.BAD}


async def test_check_up_finds_keys_that_others_may_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'frontdesk.db'}"
    await open_store(url).close()
    (tmp_path / "frontdesk.keys").chmod(0o755)

    found = await check_up(Settings(database_url=url))

    assert told(found)["keys"] is Health.ADVICE
    assert "chmod -R go-rwx" in found[0].advice


async def test_check_up_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    assert await check_up(Settings(database_url=f"sqlite:///{tmp_path / 'frontdesk.db'}")) == []
    assert not (tmp_path / "frontdesk.db").exists()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (89, "89 s"), (600, "10 min"), (7200, "2 h"), (3e5, "3 days")]
)
def test_times_are_told_roughly(seconds: float, said: str) -> None:
    assert lasted(seconds) == said
