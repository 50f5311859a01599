"""A specialist's articles: a folder of Markdown with front matter, read and checked.

One bad article costs only itself: it is reported with its file and what to do, the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import frontmatter
import yaml

from router.answer.knowledge.markdown import Block, blocks, without_title

LARGEST = 256 * 1024
"""Bytes; a longer article is better cut in several, each with its own title."""
MOST = 2_000
LARGEST_FOLDER = 8 * 1024 * 1024
"""Articles of one specialist, and their bytes (their vectors take some 30 times as much memory)."""
LONGEST_FIELD = 500
EXAMPLE = """---
title: Refund rules
source: https://help.example.com/refunds
updated: 2026-03-31
---"""


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `slug` is its file's path in the folder without the ending."""

    specialist: str
    slug: str
    title: str
    source: str
    updated: date | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """An article that cannot be used: which file, and what is wrong and what to do."""

    file: Path
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder held: the usable articles in the order of their files, and the others."""

    articles: tuple[Article, ...] = ()
    problems: tuple[Problem, ...] = ()


class BadArticleError(ValueError):
    """An article cannot be used; the text says why and what to do."""


def knowledge_folder(name: str, shipped: Path | None, own: Path | None) -> Path | None:
    """Where a specialist's articles are.

    Args:
        name: the specialist.
        shipped: the folder that came with its plugin.
        own: the operator's folder with one folder a specialist; one that is there replaces
            the shipped one altogether.
    """
    replaced = own / name if own is not None else None
    return replaced if replaced is not None and replaced.is_dir() else shipped


def load_articles(specialist: str, folder: Path | None) -> Library:
    """Read every `*.md` under `folder`; without a folder there is nothing to read."""
    if folder is None:
        return Library()
    if not folder.is_dir():
        return Library(problems=(Problem(folder, "no such folder: the specialist knows nothing"),))
    articles, problems, size = [], [], 0
    files = list(_files(folder))
    for number, file in enumerate(files):
        size += file.stat().st_size
        if number == MOST or size > LARGEST_FOLDER:
            problems.append(Problem(folder, _too_much(number, len(files))))
            break
        try:
            articles.append(_article(specialist, file, folder))
        except BadArticleError as error:
            problems.append(Problem(file, str(error)))
    return Library(tuple(articles), tuple(problems))


def _too_much(read: int, found: int) -> str:
    return (
        f"holds {found} articles, only the first {read} are used: at most {MOST} articles or "
        f"{LARGEST_FOLDER // 2**20} MB belong to one specialist; move some elsewhere"
    )


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*.md")):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not hidden:
            yield file


def _article(specialist: str, file: Path, folder: Path) -> Article:
    fields, body = _parsed(_read(file))
    slug = file.relative_to(folder).with_suffix("").as_posix()
    return article_of(specialist, slug, fields, body)


def article_of(specialist: str, slug: str, fields: dict[str, Any], body: str) -> Article:
    """An article of its front matter and its Markdown.

    Raises:
        ValueError: it cannot be used; the text says why and what to do.
    """
    title = _line(fields, "title")
    found = without_title(blocks(body), title)
    if not found:
        raise BadArticleError("the article is empty: write its text below the front matter")
    return Article(specialist, slug, title, _source(fields), _updated(fields), tuple(found))


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise BadArticleError(f"cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise BadArticleError(f"larger than {LARGEST // 1024} KB: cut it in several articles")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadArticleError(
            f"is not UTF-8 (byte {error.start}): save it with that encoding"
        ) from error


def _parsed(text: str) -> tuple[dict[str, Any], str]:
    try:
        fields, body = frontmatter.parse(text)
    # YAML values may be of any kind, and a date like 2026-02-31 is a bare ValueError.
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BadArticleError(f"the front matter cannot be read: {reason}") from error
    if not fields:
        raise BadArticleError(f"has no front matter: begin the file with\n{EXAMPLE}")
    return dict(fields), body


def _line(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    text = " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
    if not text:
        raise BadArticleError(f"the front matter has no {name}: add a line `{name}: …`")
    if len(text) > LONGEST_FIELD:
        raise BadArticleError(f"the {name} is longer than {LONGEST_FIELD} characters: shorten it")
    return text


def _source(fields: dict[str, Any]) -> str:
    source = _line(fields, "source")
    scheme = source.partition(":")[0].lower() if ":" in source.partition("/")[0] else "https"
    if scheme not in {"http", "https"}:
        raise BadArticleError(f"the source begins with {scheme}: give an http or https address")
    return source


def _updated(fields: dict[str, Any]) -> date | None:
    value = fields.get("updated")
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return datetime.fromisoformat(value).date()
    # TypeError: YAML may give a number or a list.
    except (ValueError, TypeError) as error:
        raise BadArticleError("updated is no date: write it like 2026-03-31") from error
