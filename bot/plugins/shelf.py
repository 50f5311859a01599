"""The shelf: what every specialist knows, from its folder and from sources that plugins bring."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.plugins.permitting import permitted
from bot.plugins.registry import Loaded
from bot.settings import Settings
from frontdesk import SettingsError
from router.answer.knowledge.articles import Article, Problem, knowledge_folder, load_articles
from router.answer.knowledge.index import KnowledgeIndex, KnowledgeSearch
from router.answer.knowledge.vectors import StoredVectors
from router.answer.run import Installed
from storage.plugins import Standing

log = logging.getLogger("frontdesk.knowledge")


@dataclass(slots=True)
class Shelf:
    """The articles of all specialists; `brought` are those of sources, by specialist and source."""

    vectors: StoredVectors
    own: dict[str, tuple[Article, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    brought: dict[str, dict[str, tuple[Article, ...]]] = field(default_factory=dict)

    def search(self, specialist: str) -> KnowledgeSearch:
        """A search over all that a specialist knows now. It computes; keep it off the loop."""
        more = [one for some in self.brought.get(specialist, {}).values() for one in some]
        articles = (*self.own.get(specialist, ()), *more)
        return KnowledgeSearch(KnowledgeIndex.build(articles, self.vectors))

    def bring(self, specialist: str, source: str, articles: Sequence[Article]) -> bool:
        """Put down what a source brought; False if it is what it brought before."""
        known = self.brought.setdefault(specialist, {})
        if known.get(source) == tuple(articles):
            return False
        known[source] = tuple(articles)
        return True


def shelf(settings: Settings, specialists: Mapping[str, Loaded], vectors: StoredVectors) -> Shelf:
    """Read the articles of all specialists.

    Raises:
        SettingsError: the operator's folder replaces nothing.
    """
    _need_own_articles(settings.knowledge, specialists)
    made = Shelf(vectors)
    problems: list[Problem] = []
    for name, loaded in specialists.items():
        folder = knowledge_folder(name, loaded.specialist.knowledge, settings.knowledge)
        library = load_articles(name, folder)
        made.own[name] = library.articles
        problems += library.problems
    for problem in problems:
        log.warning("article left out: %s", problem)
    made.problems = tuple(problems)
    return made


def installed_from(
    full: Shelf, specialists: Mapping[str, Loaded], standing: Standing
) -> dict[str, Installed]:
    """Every specialist with what it may search, and what it may do."""
    return {
        name: permitted(loaded, standing, full.search(name)) for name, loaded in specialists.items()
    }


def _need_own_articles(folder: Path | None, specialists: Iterable[str]) -> None:
    """Refuse a folder that replaces nothing: answers would come from the sample articles.

    Raises:
        SettingsError: it has no folder of any specialist.
    """
    names = sorted(specialists)
    if folder is None or not names or any((folder / name).is_dir() for name in names):
        return
    raise SettingsError(
        f"FRONTDESK_KNOWLEDGE: {folder} has no folder for any specialist: make one named "
        f"{' or '.join(names)} in it, or name another folder"
    )
