"""What operators decide is in force on a desk at work, and staff hears of what is out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.app import App, open_app
from bot.messengers import RecordOnly
from bot.plugins.office import PluginOffice
from bot.plugins.renewing import Renewing
from bot.settings import Settings
from router.modes import Mode, ModeRule
from router.plugin_facts import PluginQuarantined
from router.records import OutcomeKind, PluginRef
from storage.notice_tables import NOTICE
from tests.people import Person

ASKS = "I was charged twice this month, how do I get the second charge back?"


@pytest.fixture
async def app(tmp_path: Path, cache: Path) -> AsyncIterator[App]:
    url = f"sqlite:///{tmp_path / 'frontdesk.db'}"
    async with open_app(Settings(database_url=url, cache=cache), RecordOnly()) as opened:
        yield opened


async def test_mode_is_in_force_without_a_start_and_on_record(app: App) -> None:
    renewing, office = Renewing(app), PluginOffice(app.store)
    assert (await Person("ana", app).says(ASKS)).kind is OutcomeKind.REPLIED

    await office.set_mode(ModeRule("billing", Mode.DRAFT))
    await renewing.tick()
    assert (await Person("ben", app).says(ASKS)).kind is OutcomeKind.HELD

    await office.set_mode(ModeRule("billing", Mode.AUTO))
    await renewing.tick()
    assert (await Person("eve", app).says(ASKS)).kind is OutcomeKind.REPLIED


async def test_plugin_that_is_disabled_answers_nobody_any_more(app: App) -> None:
    renewing, office = Renewing(app), PluginOffice(app.store)
    await office.disable("billing")
    await renewing.tick()
    assert (await Person("ana", app).says(ASKS)).kind is OutcomeKind.ESCALATED
    await office.enable("billing")
    await renewing.tick()
    assert (await Person("ben", app).says(ASKS)).kind is OutcomeKind.REPLIED


async def test_staff_is_told_once_of_a_specialist_that_is_out(app: App) -> None:
    asked = await Person("ana", app).says(ASKS)
    plugin = PluginRef("billing", "frontdesk", "1.2", "0" * 64)
    await app.store.record(
        PluginQuarantined(
            ticket=asked.ticket, message=asked.message, actor="system:desk", plugin=plugin
        )
    )
    for _ in range(2):
        await Renewing(app).tick()
    rows = await app.store.read(lambda db: db.execute(select(NOTICE)).all())
    assert [(row.audience, row.ticket_id) for row in rows] == [("staff", asked.ticket)]
