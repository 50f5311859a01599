"""An article cut into passages: long enough to be understood alone, short enough to be precise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from frontdesk import Passage
from router.answer.knowledge.articles import Article
from router.answer.knowledge.markdown import Block
from router.answer.knowledge.units import HEADING_MARK, sentences

FEWEST_WORDS, MOST_WORDS = 60, 120
DIGEST = 8


def split(article: Article) -> list[Passage]:
    """The passages of an article in order, each of about 60 to 120 words.

    A passage ends where a section does if it can, never inside a sentence or a list item. Its
    text has `## heading` lines, paragraphs and lists; blocks are divided by an empty line. Its id
    is `specialist/slug#number-digest`, and the digest changes with the text only.
    """
    texts = (_text(blocks) for blocks in _chunks(list(_cut(article.blocks))))
    return [_passage(article, number, text) for number, text in enumerate(texts, 1)]


def _passage(article: Article, number: int, text: str) -> Passage:
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGEST]
    return Passage(
        id=f"{article.specialist}/{article.slug}#{number}-{digest}",
        title=article.title,
        source=article.source,
        text=text,
        updated=article.updated,
    )


def _text(blocks: Iterable[Block]) -> str:
    parts: list[str] = []
    heading = ""
    for block in blocks:
        if block.heading != heading:
            heading = block.heading
            parts.extend([HEADING_MARK + heading] if heading else [])
        parts.append("\n".join(block.lines))
    return "\n\n".join(parts)


def _chunks(blocks: list[Block]) -> Iterator[list[Block]]:
    """Whole sections together while they fit, else as many blocks as do."""
    chunk: list[Block] = []
    for place, block in enumerate(blocks):
        begins = bool(chunk) and block.heading != chunk[-1].heading
        coming = _words(_section(blocks, place)) if begins else _words([block])
        full = _words(chunk) + coming > MOST_WORDS
        enough = _words(chunk) >= FEWEST_WORDS
        if chunk and (full or (begins and enough)):
            yield chunk
            chunk = []
        chunk.append(block)
    if chunk:
        yield chunk


def _section(blocks: list[Block], place: int) -> list[Block]:
    heading = blocks[place].heading
    following = (n for n in range(place, len(blocks)) if blocks[n].heading != heading)
    return blocks[place : next(following, len(blocks))]


def _cut(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, with those that are too long for one passage cut in several."""
    for block in blocks:
        if _words([block]) <= MOST_WORDS:
            yield block
        else:
            separate = len(block.lines) == 1 and not block.lines[0].startswith("```")
            pieces = list(_sentences(block.lines[0])) if separate else list(block.lines)
            for group in _groups(pieces):
                yield Block(block.heading, (" ".join(group),) if separate else tuple(group))


def _sentences(paragraph: str) -> Iterator[str]:
    return (paragraph[start:end] for start, end in sentences(paragraph))


def _groups(pieces: Iterable[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for piece in pieces:
        if group and _count([*group, piece]) > MOST_WORDS:
            yield group
            group = []
        group.append(piece)
    yield group


def _words(blocks: Iterable[Block]) -> int:
    return sum(_count(block.lines) for block in blocks)


def _count(lines: Iterable[str]) -> int:
    return sum(len(line.split()) for line in lines)
