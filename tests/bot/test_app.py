"""The builder refuses what would make the desk say wrong things."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import open_app, think
from bot.messengers import RecordOnly
from bot.settings import Settings
from frontdesk import SettingsError
from tests.people import Person


@pytest.mark.parametrize("made", [True, False])
def test_a_knowledge_folder_that_replaces_nothing_is_refused(
    tmp_path: Path, settings: Callable[..., Settings], made: bool
) -> None:
    knowledge = tmp_path / "knowledge"
    if made:
        (knowledge / "sales").mkdir(parents=True)

    with pytest.raises(SettingsError, match="billing or product or technical"):
        think(settings(tmp_path, knowledge=knowledge))


def test_a_knowledge_folder_replaces_one_specialists_articles(
    tmp_path: Path, settings: Callable[..., Settings]
) -> None:
    (tmp_path / "billing").mkdir()

    thinking = think(settings(tmp_path, knowledge=tmp_path))

    assert set(thinking.specialists.installed) == {"billing", "product", "technical"}
    thinking.router.close()


async def test_open_desk_counts_what_it_puts_on_record(
    tmp_path: Path, settings: Callable[..., Settings]
) -> None:
    async with open_app(settings(tmp_path), RecordOnly()) as app:
        await Person("ana", app).says("I was charged twice, how do I get the second one back?")
        said = app.watch.meters.text().decode()

    assert 'frontdesk_turns_total{outcome="replied"} 1.0' in said
    assert 'frontdesk_answers_total{result="reply",specialist="billing"} 1.0' in said
