from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from router.answer.knowledge.articles import Article, load_articles
from router.answer.knowledge.index import KnowledgeIndex, KnowledgeSearch
from router.answer.knowledge.vectors import StoredVectors
from tests.router.answer.knowledge.parts import REFUNDS, WordEncoder, article

BODY = REFUNDS.partition("---\n\n")[2]
ARTICLES = [
    article(BODY),
    article("Tomatoes need water every evening.", "garden", "Watering the garden"),
    article("The train to Paris leaves at noon from platform nine.", "train", "Trains"),
]


def build(articles: list[Article]) -> KnowledgeIndex:
    return KnowledgeIndex.build(articles, StoredVectors(WordEncoder()))


def test_best_passage_comes_first_and_scores_fall() -> None:
    found = build(ARTICLES).search("When do tomatoes need water?")
    assert found[0].title == "Watering the garden"
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_limit_is_kept() -> None:
    index = build(ARTICLES)
    assert [len(index.search("tomatoes", limit)) for limit in (-1, 0, 1, 2, 99)] == [0, 0, 1, 2, 3]


@pytest.mark.parametrize("query", ["", "   ", "\n\n", "!?", "🙂🙂", "\u200b"])
def test_query_that_says_nothing_finds_nothing(query: str) -> None:
    assert build(ARTICLES).search(query) == []


def test_no_knowledge_finds_nothing() -> None:
    index = build([])
    assert index.search("refund") == []
    assert index.passages == ()


def test_giant_and_foreign_queries_are_borne() -> None:
    index = build(ARTICLES)
    assert index.search("refund my annual plan please. " * 5_000)[0].title == "Refund rules"
    assert len(index.search("请问 как получить возврат 返金 🙂 \x00 \u202e", 2)) == 2


def test_article_of_headings_and_code_alone_can_be_indexed() -> None:
    index = build([article("# Refund rules\n\n```\nmake\n```"), *ARTICLES])
    assert len(index.search("make refund")) == 4


def test_same_articles_give_the_same_answers_and_digest(tmp_path: Path) -> None:
    first, second = build(ARTICLES), build(ARTICLES)
    assert first.search("annual plan refund") == second.search("annual plan refund")
    assert first.digest == second.digest != build(ARTICLES[:2]).digest


def test_threads_get_the_same_answers() -> None:
    index = build(ARTICLES)
    questions = ["tomatoes", "annual plan refund", "train to Paris"] * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(index.search, questions))
    assert found == [index.search(question) for question in questions]


async def test_search_for_a_context_gives_what_the_index_gives() -> None:
    index = build(ARTICLES)
    assert await KnowledgeSearch(index).search("tomatoes", 2) == index.search("tomatoes", 2)


def test_folder_of_one_bad_article_is_empty_knowledge(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("nothing")
    assert build(list(load_articles("billing", tmp_path).articles)).search("refund") == []
