"""Markdown made into text that a person can read in a chat: blocks of plain lines.

Marks of emphasis and the targets of links go, `code` keeps its backticks because it would be
misread without them, and every row of a table becomes a line that names its columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from router.validate.hidden import visible

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BETWEEN = " / "
"""Between a heading and the one below it."""
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list, a table or a piece of code under its heading.

    A list has one line an item, a table one a row; both begin with `- ` or `1. `. A piece of code
    is one entry of `lines` with its fences.
    """

    heading: str
    lines: tuple[str, ...]


def blocks(markdown: str) -> list[Block]:
    """The blocks of a Markdown text in their order; comments and raw HTML are left out."""
    tree = SyntaxTreeNode(_PARSER.parse(visible(markdown)))
    headings: list[tuple[int, str]] = []
    found = []
    for node in tree.children:
        if node.type == "heading":
            level = int(node.tag[1:])
            headings = [*(h for h in headings if h[0] < level), (level, _inline(node))]
        elif lines := tuple(_lines(node)):
            found.append(Block(BETWEEN.join(text for _, text in headings if text), lines))
    return found


def without_title(found: list[Block], title: str) -> list[Block]:
    """The same blocks, where a heading begins with the article's title without that part."""
    pattern = re.compile(rf"{re.escape(title)}(?:{BETWEEN}|$)", re.IGNORECASE)
    return [replace(block, heading=pattern.sub("", block.heading, count=1)) for block in found]


def _lines(node: SyntaxTreeNode, depth: int = 0) -> Iterator[str]:
    """The lines of one block; what a list or a quotation holds is walked through."""
    match node.type:
        case "paragraph" | "heading":
            yield from (line for line in _inline(node).splitlines() if line)
        case "fence" | "code_block":
            yield f"```\n{node.content.rstrip()}\n```"
        case "bullet_list" | "ordered_list":
            yield from _list(node, depth)
        case "table":
            yield from _rows(node)
        case "blockquote":
            for child in node.children:
                yield from _lines(child, depth)


def _list(node: SyntaxTreeNode, depth: int) -> Iterator[str]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, first):
        marker = f"{number}. " if node.type == "ordered_list" else "- "
        own = [child for child in item.children if not child.type.endswith("_list")]
        text = " ".join(line for child in own for line in _lines(child) if child.type != "fence")
        if text:
            yield "  " * depth + marker + text
        for child in item.children:
            if child.type == "fence":
                yield from _lines(child)
            elif child.type.endswith("_list"):
                yield from _lines(child, depth + 1)


def _rows(node: SyntaxTreeNode) -> Iterator[str]:
    """Each row as `- its name: second column its value, third column its value`."""
    head, *body = [
        [_inline(cell) for cell in row.children] for part in node.children for row in part.children
    ]
    for name, *cells in body:
        values = ", ".join(f"{h} {c}".strip() for h, c in zip(head[1:], cells, strict=False) if c)
        text = f"{name}: {values}" if name and values else name or values
        if text:
            yield f"- {text}"


def _inline(node: SyntaxTreeNode) -> str:
    text = "".join(_piece(piece) for child in node.children for piece in child.walk())
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()


def _piece(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text":
            return node.content
        case "code_inline":
            return f"`{node.content}`"
        case "softbreak":
            return " "
        case "hardbreak":
            return "\n"
        case _:
            return ""
