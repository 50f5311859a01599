"""Cutting a draft into sentences, the same way for what is said and for what is cited.

Line ends, list items and table cells end a sentence as a full stop does. Formatting is taken off,
so that a sentence is the same in Markdown, in Slack's markup and in plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_MARKER = re.compile(r"^\s*(?:[>\s]*)(?:[-*+\u2022\u2013]\s+|\d{1,3}[.)]\s+|#{1,6}\s+)?")
_SLACK_LINK = re.compile(r"<([^<>|\s]+)\|([^<>\n]*)>")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]\n]{0,300})\]\(([^()\s]*)\)")
_EMPHASIS = re.compile(r"\*\*|__|[*`]|(?<!\w)[_~]+(?=\S)|(?<=\S)[_~]+(?!\w)")
_ABBREVIATION = r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bvs)(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bNo)"
_END = re.compile(
    rf"{_ABBREVIATION}(?<=[.!?…])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[^\Wa-z_])"
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence without its formatting; `number` counts from 1."""

    number: int
    text: str


@lru_cache(256)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order, none of them empty."""
    found = (piece for line in text.splitlines() for piece in _END.split(plain(line)))
    kept = [piece.strip() for piece in found if any(c.isalnum() for c in piece)]
    return tuple(Sentence(number, piece) for number, piece in enumerate(kept, start=1))


def plain(line: str) -> str:
    """One line without list markers, emphasis and link targets, and with single spaces."""
    line = _MARKER.sub("", line)
    line = _SLACK_LINK.sub(r"\2", line)
    line = _MARKDOWN_LINK.sub(r"\1", line)
    line = _EMPHASIS.sub("", line.replace("|", " "))
    return _SPACE.sub(" ", line).strip()


def line_at(text: str, position: int) -> int:
    """The number of the line that `position` lies in, from 1."""
    return text.count("\n", 0, position) + 1
