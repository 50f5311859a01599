from datetime import date
from pathlib import Path

import pytest

from router.answer.knowledge import articles
from router.answer.knowledge.articles import knowledge_folder, load_articles
from tests.router.answer.knowledge.parts import GARDEN, REFUNDS, written

HEAD = "---\ntitle: Refunds\nsource: https://help.example.com/r\nupdated: 2026-03-31\n---\n"


def test_article_has_what_its_front_matter_says(tmp_path: Path) -> None:
    library = load_articles("billing", written(tmp_path, refunds=REFUNDS))
    (article,) = library.articles
    assert (article.specialist, article.slug, article.title) == (
        "billing",
        "refunds",
        "Refund rules",
    )
    assert article.source == "https://help.example.com/refunds"
    assert article.updated == date(2026, 3, 31)
    assert library.problems == ()


def test_articles_come_in_the_order_of_their_files_also_from_folders_below(tmp_path: Path) -> None:
    written(tmp_path, b=REFUNDS)
    written(tmp_path / "a", deep=GARDEN)
    written(tmp_path / ".hidden", draft=GARDEN)
    found = load_articles("billing", tmp_path).articles
    assert [article.slug for article in found] == ["a/deep", "b"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Only a heading\n\nNo front matter here.", "has no front matter"),
        ("", "has no front matter"),
        ("---\ntitle: [unclosed\n---\ntext", "front matter cannot be read"),
        ("---\n- a list\n---\ntext", "front matter"),
        ("---\nsource: https://a.example\n---\ntext", "no title"),
        ("---\ntitle: A\n---\ntext", "no source"),
        ("---\ntitle: A\nsource: https://a.example\nupdated: soon\n---\ntext", "updated is no"),
        (
            "---\ntitle: A\nsource: https://a.example\nupdated: 2026-02-31\n---\ntext",
            "out of range",
        ),
        ("---\ntitle: A\nsource: https://a.example\nupdated: [1]\n---\ntext", "updated is no"),
        ("---\ntitle: A\nsource: javascript:alert(1)\n---\ntext", "begins with javascript"),
        (f"---\ntitle: {'A' * 501}\nsource: https://a.example\n---\ntext", "title is longer"),
        (HEAD, "article is empty"),
        (HEAD + "\n<!-- nothing to see -->\n", "article is empty"),
        (HEAD + "word " * 60_000, "larger than 256 KB"),
    ],
)
def test_bad_article_is_reported_and_the_rest_goes_on(tmp_path: Path, text: str, said: str) -> None:
    library = load_articles("billing", written(tmp_path, bad=text, good=GARDEN))
    (problem,) = library.problems
    assert problem.file == tmp_path / "bad.md"
    assert said in problem.message
    assert str(problem).startswith(str(problem.file))
    assert [article.slug for article in library.articles] == ["good"]


def test_article_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(HEAD.encode() + "Gebühren".encode("latin-1"))
    (problem,) = load_articles("billing", tmp_path).problems
    assert "not UTF-8" in problem.message


def test_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = REFUNDS.replace("\n", "\r\n")
    (tmp_path / "refunds.md").write_bytes(b"\xef\xbb\xbf" + text.encode())
    plain = load_articles("billing", written(tmp_path / "plain", refunds=REFUNDS)).articles[0]
    assert load_articles("billing", tmp_path).articles[-1].blocks == plain.blocks


def test_article_without_a_date_is_used(tmp_path: Path) -> None:
    text = REFUNDS.replace("updated: 2026-03-31\n", "")
    (article,) = load_articles("billing", written(tmp_path, refunds=text)).articles
    assert article.updated is None


def test_more_articles_than_allowed_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "MOST", 1)
    library = load_articles("billing", written(tmp_path, a=REFUNDS, b=GARDEN))
    assert [article.slug for article in library.articles] == ["a"]
    assert "holds 2 articles" in library.problems[0].message


def test_more_text_than_fits_in_memory_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "LARGEST_FOLDER", len(REFUNDS.encode()) + 1)
    library = load_articles("billing", written(tmp_path, a=REFUNDS, b=GARDEN))
    assert [article.slug for article in library.articles] == ["a"]
    assert library.problems[0].file == tmp_path


def test_missing_folder_is_reported_and_none_is_not(tmp_path: Path) -> None:
    assert "no such folder" in load_articles("billing", tmp_path / "gone").problems[0].message
    assert load_articles("billing", None).problems == ()


def test_operators_folder_replaces_only_the_specialists_it_has(tmp_path: Path) -> None:
    shipped = written(tmp_path / "shipped", refunds=REFUNDS)
    own = tmp_path / "own"
    written(own / "billing", garden=GARDEN)
    assert knowledge_folder("billing", shipped, own) == own / "billing"
    assert knowledge_folder("technical", shipped, own) == shipped
    assert knowledge_folder("billing", shipped, None) == shipped
    assert knowledge_folder("billing", None, None) is None
