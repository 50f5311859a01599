"""Reading a knowledge folder with the standard library: enough to see whether articles are sound.

The desk itself reads front matter with a full YAML parser; plain `key: value` lines need none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from frontdesk.contract import Finding, Passage
from frontdesk.testing.makers import make_passage

FENCE = "---"
NEEDED = ("title", "source", "updated")


@dataclass(frozen=True, slots=True)
class Article:
    """One file of a knowledge folder: its front matter and the text below it."""

    file: str
    facts: dict[str, str]
    text: str


def articles(folder: Path) -> list[Article]:
    """Every Markdown file of `folder` and its subfolders, by name."""
    return [
        _article(path.relative_to(folder).as_posix(), path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.md"))
    ]


def unsound(found: list[Article]) -> Iterator[Finding]:
    """What is wrong with these articles."""
    if not found:
        yield Finding("no_articles", "the knowledge folder holds no *.md file")
    for article in found:
        missing = [name for name in NEEDED if not article.facts.get(name)]
        if missing:
            yield _finding(article, f"its front matter lacks {', '.join(missing)}")
        if not article.text:
            yield _finding(article, "it has no text below the front matter")
        yield from _wrong_facts(article)


def as_passages(found: list[Article]) -> list[Passage]:
    """The first paragraph of text of each article, as a search would give it."""
    return [
        make_passage(
            paragraph,
            title=article.facts.get("title", article.file),
            source=article.facts.get("source", article.file),
        )
        for article in found
        if (paragraph := _first_paragraph(article.text))
    ]


def _article(file: str, content: str) -> Article:
    before, fence, rest = content.removeprefix("\ufeff").partition(f"{FENCE}\n")
    head, end, text = rest.partition(f"\n{FENCE}")
    if before.strip() or not fence or not end:
        return Article(file, {}, content.strip())
    pairs = (line.partition(":") for line in head.splitlines())
    facts = {key.strip(): value.strip().strip("'\"") for key, colon, value in pairs if colon}
    return Article(file, facts, text.strip())


def _wrong_facts(article: Article) -> Iterator[Finding]:
    source, updated = article.facts.get("source"), article.facts.get("updated")
    if source and not source.startswith(("https://", "http://")):
        yield _finding(article, f"its source {source!r} is no web address: readers follow it")
    try:
        date.fromisoformat(updated or "2026-01-01")
    except ValueError:
        yield _finding(article, f"its updated {updated!r} is no date like 2026-01-31")


def _first_paragraph(text: str) -> str:
    blocks = (block.strip() for block in text.split("\n\n"))
    return next((block for block in blocks if block and not block.startswith("#")), "")


def _finding(article: Article, what: str) -> Finding:
    return Finding("bad_article", f"{article.file}: {what}")
