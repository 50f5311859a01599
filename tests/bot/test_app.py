"""The builder refuses what would make the desk say wrong things."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import think
from bot.settings import Settings
from frontdesk import SettingsError


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
