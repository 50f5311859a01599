"""What was in force when a decision was made, and what became of it since."""

from pathlib import Path

from router.facts import DeskStarted
from router.records import PluginRef
from storage.facts import DESK
from storage.people.roles import Role
from tests.bot.web.consoles import Bench, console_of
from tests.storage.desk import delivery, gated, routed


async def started(bench: Bench, settings: bytes, plugin: str) -> str:
    config = await bench.store.keep("config", settings)
    billing = PluginRef("billing", "frontdesk", "1", plugin)
    fact = DeskStarted(
        ticket=DESK, actor="system:desk", version="1", config_digest=config, plugins=(billing,)
    )
    await bench.store.record(fact)
    return config


async def decided(bench: Bench) -> str:
    receipt = await bench.store.receive(delivery("later"))
    await bench.store.record(gated(receipt), routed(receipt))
    return str((await bench.rows("route:decided"))[-1].id)


async def test_settings_that_were_changed_since_lead_to_what_changed(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        then = await started(bench, b'{"route_go": 0.7}', "1" * 64)
        entry = await decided(bench)
        assert 'class="changed"' not in (await client.get(f"/entries/{entry}")).text
        now = await started(bench, b'{"route_go": 0.9}', "1" * 64)
        page = (await client.get(f"/entries/{entry}")).text
        assert f'href="/artifacts/{now}?against={then}">changed since' in page
        compared = (await client.get(f"/artifacts/{now}?against={then}")).text
        assert "0.7" in compared.partition("<del>")[2].partition("</del>")[0]
        assert "0.9" in compared.partition("<ins>")[2].partition("</ins>")[0]


async def test_history_shows_each_start_with_what_it_was_made_of(tmp_path: Path) -> None:
    async with console_of(tmp_path) as bench:
        client = await bench.enter("rita", Role.REVIEWER)
        config = await started(bench, b'{"route_go": 0.7}', "1" * 64)
        page = (await client.get("/config")).text
        assert f'href="/artifacts/{config}"' in page
        assert "Desk started" in page
